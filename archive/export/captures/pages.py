"""The list of pages in a WACZ: a line for each version of an article, with its text where that is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from archive.catalog.chosen import ChosenCaptures
from archive.catalog.database import Catalog
from archive.catalog.versions import Version, versions_with
from archive.clock import warc_date
from archive.printable import json_text
from archive.search.terms.passages import BODY_BLOCKS

_BATCH = 500


def page_lines(catalog: Catalog, chosen: ChosenCaptures, *, with_text: bool) -> Iterator[str]:
    """The lines (WACZ 1.1.1, 5.1.1), the version that was released first ahead; a damaged version has no title."""
    reached = 0
    while seqs := chosen.versions(reached, _BATCH):
        for version in versions_with(catalog.connection, seqs):
            capture = catalog.capture(version.record_id)
            if capture is not None:
                yield json_text(_page(version, capture.url, with_text=with_text))
        reached = seqs[-1]


def _page(version: Version, url: str, *, with_text: bool) -> dict[str, Any]:
    # `seq` is another after a rebuild: a page's id is made of what stays
    page: dict[str, Any] = {
        "id": f"{version.article_id}@{version.content_hash.removeprefix('sha256:')[:16]}",
        "url": url,
        "ts": warc_date(version.captured_at),
    }
    try:
        values = version.values()
        page["title"] = str(values.get("title") or url)
        if with_text:
            blocks = [
                values.get("lead") or "",
                *(block["text"] for block in values["body"] if block["type"] in BODY_BLOCKS),
            ]
            page["text"] = "\n".join(dict.fromkeys(filter(None, blocks)))
    except (ValueError, KeyError, TypeError, AttributeError):
        page.setdefault("title", url)
    return page
