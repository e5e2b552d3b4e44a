"""Waits until an article's captures are on disk, and completes its references to them."""

from __future__ import annotations

import asyncio

from archive.article import Article, CaptureRef
from pipelines import SessionPipeline


class Provenance(SessionPipeline):
    """Completes references to captures with file, offset, length and payload digest."""

    async def process_item(self, item: Article) -> Article:
        """The article, when its captures are durable."""
        if item.capture is None:
            raise ValueError(f"{item.id} names no capture")
        pictures = await asyncio.gather(*(self._complete(image.capture) for image in item.images))
        own, dom = await self._complete(item.capture), await self._complete(item.dom_capture)
        missing = [image.capture_missing for image in item.images]
        further = await asyncio.gather(*(self._complete(page.capture) for page in item.further_pages))
        unread = [page.capture_missing for page in item.further_pages]
        return item.captured(
            own,
            [place or why for place, why in zip(pictures, missing, strict=True)],
            [place or why for place, why in zip(further, unread, strict=True)],
            dom,
        )

    async def _complete(self, capture: CaptureRef | None) -> CaptureRef | None:
        if capture is None or capture.file is not None:
            return capture
        return await asyncio.wrap_future(self.session.durable(capture.record_id))
