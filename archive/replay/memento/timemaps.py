"""TimeMaps: the list of an address's mementos, in link format or as JSON, in pages where it is long."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Iterator

import attrs

from archive.catalog import Capture
from archive.catalog.mementos import CaptureRange, captures_in, count_in, ends_of
from archive.clock import warc_date
from archive.printable import json_text
from archive.replay.memento.dates import http_date
from archive.replay.memento.links import MEDIA_TYPES, Addresses, TimeMapForm

PAGE = 5000
"""How many mementos a page lists."""
_AT_ONCE = 500


@attrs.frozen(kw_only=True)
class TimeMap:
    """A page of a TimeMap; `first` and `last` are the first and the last memento of all pages."""

    addresses: Addresses
    url: str
    span: CaptureRange
    first: Capture
    last: Capture
    page: int
    pages: int

    def text(self, connection: sqlite3.Connection, form: TimeMapForm) -> Iterator[str]:
        """The page, piece by piece: what is in memory is a block of captures."""
        whole = captures_in(connection, self.span, skipped=(self.page - 1) * PAGE)
        captures = itertools.islice(itertools.chain.from_iterable(whole), PAGE)
        return self._links(captures) if form == "link" else self._json(captures)

    def _links(self, captures: Iterator[Capture]) -> Iterator[str]:
        addresses, url = self.addresses, self.url
        form = MEDIA_TYPES["link"]
        span = f'from="{http_date(self.first.captured_at)}"; until="{http_date(self.last.captured_at)}"'
        yield addresses.original_link(url)
        yield f',\n<{addresses.timemap(url, page=self.page)}>; rel="self"; type="{form}"'
        yield f"; {span}" if self.pages == 1 else ""
        yield f',\n<{addresses.timegate(url)}>; rel="timegate"'
        for number in range(1, self.pages + 1):
            if number != self.page:
                yield f',\n<{addresses.timemap(url, page=number)}>; rel="timemap"; type="{form}"'
        for capture in captures:
            names = [name for name, end in (("first", self.first), ("last", self.last)) if capture.id == end.id]
            relation = " ".join([*names, "memento"])
            at = http_date(capture.captured_at)
            yield f',\n<{addresses.memento_link(capture)}>; rel="{relation}"; datetime="{at}"'
        yield "\n"

    def _json(self, captures: Iterator[Capture]) -> Iterator[str]:
        addresses, url = self.addresses, self.url
        head: dict[str, object] = {
            "original_uri": url,
            "self": addresses.timemap(url, "json", self.page),
            "timegate_uri": addresses.timegate(url),
            "timemap_uri": {
                "link_format": addresses.timemap(url, "link", self.page),
                "json_format": addresses.timemap(url, "json", self.page),
            },
        }
        if self.pages > 1:
            numbers = range(1, self.pages + 1)
            head["pages"] = [{"uri": addresses.timemap(url, "json", number)} for number in numbers]
        mementos = {"first": self._entry(self.first), "last": self._entry(self.last)}
        yield f'{json_text(head)[:-1]}, "mementos": {json_text(mementos)[:-1]}, "list": ['
        for nth, capture in enumerate(captures):
            yield f"{',' if nth else ''}\n{json_text(self._entry(capture))}"
        yield "]}}\n"

    def _entry(self, capture: Capture) -> dict[str, str]:
        at = warc_date(capture.captured_at)[:19] + "Z"
        return {"datetime": at, "uri": self.addresses.memento(capture)}


def timemap(
    connection: sqlite3.Connection, addresses: Addresses, url: str, span: CaptureRange, page: int
) -> TimeMap | None:
    """A page of the TimeMap of an address; None where there is no memento, or no such page."""
    ends = ends_of(connection, span)
    pages = -(-count_in(connection, span) // PAGE)
    if ends is None or not 1 <= page <= pages:
        return None
    return TimeMap(addresses=addresses, url=url, span=span, first=ends[0], last=ends[1], page=page, pages=pages)


def in_blocks(pieces: Iterator[str]) -> Iterator[str]:
    """The same text in fewer and longer pieces."""
    while block := list(itertools.islice(pieces, _AT_ONCE)):
        yield "".join(block)
