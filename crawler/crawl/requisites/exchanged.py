"""Notices pictures that took the place of others under their addresses, which no page says."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import attrs

from archive.article import Article, CaptureRef, Image
from archive.catalog import Address, Version
from archive.catalog.readings import reading_of_record
from archive.errors import UnknownArticle, WorkerLost
from archive.ingest.session import Session

if TYPE_CHECKING:
    from archive.pictures.exchange import Exchanges

logger = logging.getLogger(__name__)


@attrs.frozen
class Judged:
    """An article whose pictures were compared with those of its last version; how many of them are others."""

    article: Article
    exchanged: int


class ExchangedPictures:
    """Compares the pictures of an article with those that its last version shows under the same addresses."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._catalog = session.collection.catalog()
        self._exchanges: Exchanges | None = None
        self._alone = asyncio.Lock()

    def close(self) -> None:
        """Close the catalog, and end the process that compares."""
        self._catalog.close()
        if self._exchanges is not None:
            self._exchanges.close()

    def last_read(self, known: Address) -> Article | None:
        """The article as it was read last from an address; None where that is not known."""
        if known.article_id is None or known.record_id is None:
            return None
        read = reading_of_record(self._catalog.connection, known.record_id)
        if read is None and (version := self._version(known.article_id)) is not None:
            read = version.article()
            if version.content_hash == known.content_hash:  # it moved, and says the same here
                read = attrs.evolve(read, url=known.url)
        return read if read is not None and (read.id, read.url) == (known.article_id, known.url) else None

    async def judge(self, article: Article) -> Judged:
        """Compare; a picture that took another's place says so, one that is only compressed again stays that which the
        version shows."""
        version = self._version(self._id_at(article) or article.id) if article.images else None
        if version is None or version.captured_at > article.captured_at:
            return Judged(article, 0)
        shown = {image.url: image for image in version.article().images if image.capture is not None}
        images = tuple([await self._judged(image, shown.get(image.url)) for image in article.images])
        if images == article.images:
            return Judged(article, 0)
        count = sum(
            image.url in shown and image.exchanged not in (None, shown[image.url].exchanged) for image in images
        )
        return Judged(attrs.evolve(article, images=images).known_as(article.id), count)

    def _id_at(self, article: Article) -> str | None:
        known = self._catalog.addresses(article.newspaper, [article.url]).get(article.url)
        return known.article_id if known is not None else None

    def _version(self, article_id: str) -> Version | None:
        try:
            return self._catalog.article(article_id)
        except UnknownArticle:
            return None

    async def _judged(self, image: Image, former: Image | None) -> Image:
        if former is None or former.capture is None or image.capture is None:
            return image
        if image.capture.record_id == former.capture.record_id:
            return attrs.evolve(image, exchanged=former.exchanged)
        later = await self._durable(image.capture)
        if later.payload_digest in (None, former.capture.payload_digest):
            return attrs.evolve(image, exchanged=former.exchanged)
        if await self._is_other(former.capture, later):
            return attrs.evolve(image, capture=later, exchanged=later.payload_digest)
        return attrs.evolve(image, capture=former.capture, exchanged=former.exchanged)

    async def _durable(self, capture: CaptureRef) -> CaptureRef:
        if capture.file is not None:
            return capture
        return await asyncio.wrap_future(self._session.durable(capture.record_id))

    async def _is_other(self, former: CaptureRef, later: CaptureRef) -> bool:
        async with self._alone:
            return await asyncio.to_thread(self._compare, former.record_id, later.record_id)

    def _compare(self, former: str, later: str) -> bool:
        # loads Pillow, NumPy and SciPy, which most crawls do not need
        from archive.pictures.exchange import Exchanges

        if self._exchanges is None:
            self._exchanges = Exchanges(self._session.collection)
        try:
            return self._exchanges.is_other(former, later)
        except WorkerLost as error:  # the next time that the article is looked at they are compared
            logger.warning("%s", error)
            return False
