"""The addresses of Memento's resources, and the Link field that ties them together (RFC 7089, 2.2)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Literal
from urllib.parse import quote

import attrs

from archive.catalog import Capture, Catalog
from archive.catalog.mementos import CaptureRange, earliest_after, ends_of, latest_before
from archive.clock import timestamp14
from archive.replay.memento.dates import http_date

WEB_PATH = "/web/"
TimeMapForm = Literal["link", "json"]
MEDIA_TYPES: dict[TimeMapForm, str] = {"link": "application/link-format", "json": "application/json"}
_TIMESTAMP = re.compile(r"[0-9]{4,14}")
# what a shorter timestamp lacks: the middle of the year, month, day, hour
_MIDDLE = "00000701120000"
# all that may stand between the angle brackets of a Link field and in a Location
_KEPT = "%!#$&'()*+,/:;=?@[]_~.-|"


@attrs.frozen
class Addresses:
    """The addresses of Memento's resources on an origin."""

    origin: str

    def timegate(self, url: str) -> str:
        """The TimeGate of an address."""
        return f"{self.origin}{WEB_PATH}{_escaped(url)}"

    def timemap(self, url: str, form: TimeMapForm = "link", page: int = 1) -> str:
        """A page of the TimeMap of an address."""
        number = f"{page}/" if page > 1 else ""
        return f"{self.origin}{WEB_PATH}timemap/{form}/{number}{_escaped(url)}"

    def memento(self, capture: Capture) -> str:
        """The stored bytes of a capture."""
        return self.stored(timestamp14(capture.captured_at), capture.url)

    def memento_link(self, capture: Capture) -> str:
        """The same between the angle brackets of a link: pywb ends an address there at a semicolon."""
        return self.memento(capture).replace(";", "%3B")

    def stored(self, timestamp: str, url: str) -> str:
        """The stored bytes of an address at a time."""
        return f"{self.origin}{WEB_PATH}{timestamp}id_/{_escaped(url)}"

    def replay(self, capture: Capture) -> str:
        """The page on which a capture is replayed."""
        return f"{self.origin}{WEB_PATH}{timestamp14(capture.captured_at)}/{_escaped(capture.url)}"

    def link_field(self, catalog: Catalog, url: str, span: CaptureRange, found: Capture) -> str:
        """The Link field of a TimeGate or a memento: its address, TimeGate, TimeMap, and the mementos around it.

        Args:
            span: the captures of the address.
        """
        first, last = ends_of(catalog.connection, span) or (found, found)
        times = f'from="{http_date(first.captured_at)}"; until="{http_date(last.captured_at)}"'
        links = [
            f'<{_escaped(url)}>; rel="original"',
            f'<{self.timegate(url)}>; rel="timegate"',
            f'<{self.timemap(url)}>; rel="timemap"; type="{MEDIA_TYPES["link"]}"; {times}',
            *(self._memento_link(capture, names) for capture, names in _around(catalog, span, found, first, last)),
        ]
        return ", ".join(links)

    def original_link(self, url: str) -> str:
        """The Link field where there is no memento."""
        return f'<{_escaped(url)}>; rel="original"'

    def _memento_link(self, capture: Capture, names: str) -> str:
        return f'<{self.memento_link(capture)}>; rel="{names}"; datetime="{http_date(capture.captured_at)}"'


def _around(
    catalog: Catalog, span: CaptureRange, found: Capture, first: Capture, last: Capture
) -> Iterator[tuple[Capture, str]]:
    """The mementos that a Link field names, each once, with its relations."""
    connection, at = catalog.connection, found.captured_at
    places = (
        ("first", first),
        ("prev", latest_before(connection, span, at)),
        ("", found),
        ("next", earliest_after(connection, span, at)),
        ("last", last),
    )
    named: dict[str, list[str]] = {}
    captures: dict[str, Capture] = {}
    for name, capture in places:
        if capture is not None:
            stamp = timestamp14(capture.captured_at)
            captures.setdefault(stamp, capture)
            named.setdefault(stamp, []).extend([name] if name else [])
    for stamp, capture in captures.items():
        yield capture, " ".join([*named[stamp], "memento"])


def instant_of(timestamp: str) -> datetime | None:
    """The instant of a timestamp of 4 to 14 digits, the middle of what it leaves open; None if it is none."""
    if not _TIMESTAMP.fullmatch(timestamp):
        return None
    try:
        return datetime.strptime(timestamp + _MIDDLE[len(timestamp) :], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def _escaped(url: str) -> str:
    return quote(url.encode("utf-8", "replace"), _KEPT)
