"""Holds an article back until its captures are on disk, and writes down where; changes nothing else."""

from __future__ import annotations

import asyncio

import attrs

from archive.article import Article, CaptureRef, Image
from pipelines.session import SessionPipeline


class Provenance(SessionPipeline):
    """Completes the references to captures: file, offset, length, payload digest."""

    async def process_item(self, item: Article) -> Article:
        """The article with its captures complete and durable."""
        if item.capture is None:
            raise ValueError(f"{item.id} names no capture")
        images = await asyncio.gather(*map(self._image, item.images))
        return attrs.evolve(item, capture=await self._complete(item.capture), images=tuple(images))

    async def _image(self, image: Image) -> Image:
        if image.capture is None:
            return image
        return attrs.evolve(image, capture=await self._complete(image.capture))

    async def _complete(self, capture: CaptureRef) -> CaptureRef:
        if capture.file is not None:
            return capture
        return await asyncio.wrap_future(self.session.durable(capture.record_id))
