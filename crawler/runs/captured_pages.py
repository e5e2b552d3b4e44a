"""The article pages of one newspaper in a collection, read from their WARC records."""

from __future__ import annotations

from archive.catalog import Catalog
from archive.collection import Collection
from archive.errors import BaotinhError
from archive.originals import read_capture
from archive.urls import DOM_TYPE
from crawler.declaration.declared import Declared
from crawler.survey.page import FetchedPage


class ArticlePages:
    """The newspaper's captured article pages, the oldest first."""

    def __init__(self, collection: Collection, catalog: Catalog, declared: type[Declared], most: int) -> None:
        """Find the newest ones, at most so many."""
        self._collection, self._catalog = collection, catalog
        found = [
            record_id
            for record_id, url in catalog.pages_of(declared.name, most)
            if declared.article_of(url) is not None
        ]
        self._record_ids = found[::-1]

    def __len__(self) -> int:
        return len(self._record_ids)

    def page(self, number: int) -> FetchedPage | None:
        """The page of that number, as scripts drew it where that was kept; None where its record cannot be read."""
        capture = self._catalog.capture(self._record_ids[number])
        if capture is None:
            return None
        held = self._catalog.dom_of(capture) or capture
        try:
            record = read_capture(self._collection, held)
        except (BaotinhError, OSError):
            return None
        if held is not capture:
            body, kind = record.block, held.mime or DOM_TYPE
        elif record.http is not None:
            body, kind = record.http.content(), record.http.field("Content-Type") or ""
        else:
            return None
        return FetchedPage(
            kind="article", url=capture.url, body=body, headers={"Content-Type": kind} if kind else {},
            captured_at=capture.captured_at,
        )  # fmt: skip
