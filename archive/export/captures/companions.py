"""The records that belong to a capture without being one: its request, its metadata, its further segments.

They stand between the captures beside it, and name it in WARC-Concurrent-To, WARC-Refers-To or WARC-Segment-Origin-ID;
or it names them. Records elsewhere in the file are not looked for: no writer is known that separates them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

import attrs

from archive.catalog import Capture
from archive.catalog.chosen import ChosenCaptures
from archive.errors import RecordDamaged
from archive.warc.reader import Record, records_between
from archive.warc.recordhead import read_warc_fields

_NAMING = ("warc-concurrent-to", "warc-refers-to", "warc-segment-origin-id")
_NEVER = ("response", "revisit", "resource", "warcinfo")
_MOST_UNNAMED = 1000
_FIELDS = "application/warc-fields"


@attrs.frozen
class Companion:
    """A record that is no capture: its place, the ids that it names, and how the crawl came to its address."""

    record_id: str
    offset: int
    length: int
    names: frozenset[str]
    via: str | None = None
    hops: str | None = None


class Companions:
    """Finds them in open files; what was read last is kept, because two captures have it between them."""

    def __init__(self, chosen: ChosenCaptures) -> None:
        self._chosen = chosen
        self._kept: dict[tuple[str, int], list[Companion]] = {}

    def of(self, stream: BinaryIO, base: int, capture: Capture, named: frozenset[str]) -> list[Companion]:
        """The records that belong to a capture, in the order of its file.

        Args:
            stream: the file that holds the capture; all its offsets are `base` more than the catalog says.
            named: the ids that the capture's own record names.
        """
        beside = self._chosen.neighbours(capture)
        end = capture.offset + capture.length
        ahead = self._between(stream, base, capture.file, beside.before_end, capture.offset)
        behind = self._between(stream, base, capture.file, end, beside.behind_offset)
        self._kept = {(capture.file, end): behind}
        return [one for one in (*ahead, *behind) if capture.record_id in one.names or one.record_id in named]

    def _between(self, stream: BinaryIO, base: int, file: str, start: int, end: int) -> list[Companion]:
        if (file, start) in self._kept:
            return self._kept[file, start]
        return list(_read(stream, base, start, end)) if start < end else []


def _read(stream: BinaryIO, base: int, start: int, end: int) -> Iterator[Companion]:
    unnamed = 0
    try:
        for record in records_between(stream, base + start, base + end):
            if record.type in _NEVER:
                continue
            names = named_by(record)
            unnamed += not names
            if names or unnamed <= _MOST_UNNAMED:
                via, hops = _way(record)
                yield Companion(record.record_id, record.offset - base, record.length, names, via, hops)
    except RecordDamaged:
        return  # what stands before the damage was found


def named_by(record: Record) -> frozenset[str]:
    """The ids of the records that a record names as belonging to it."""
    return frozenset(value.strip("<>") for name, value in record.headers if name.lower() in _NAMING)


def _way(record: Record) -> tuple[str | None, str | None]:
    """The address that led to a capture, and the hops from a seed, as its metadata says."""
    if record.type != "metadata" or not (record.header("Content-Type") or "").startswith(_FIELDS):
        return None, None
    fields = read_warc_fields(record.block[:65536])
    return fields.get("via"), fields.get("hopsfromseed")
