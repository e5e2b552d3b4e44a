"""Tombstones in the places of records that are removed from a WARC file, one for each run of records side by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from archive import VERSION
from archive.durable import pieces_within
from archive.warc.belonging import Place
from archive.warc.members import GZIP_HEADER, GZIP_MAGIC
from archive.warc.record import new_record_id
from archive.warc.tombstone import TooShort, tombstone


def side_by_side(places: Iterable[Place]) -> list[list[Place]]:
    """The places in runs of such that stand side by side."""
    runs: list[list[Place]] = []
    for place in places:
        if runs and runs[-1][-1].offset + runs[-1][-1].length == place.offset:
            runs[-1].append(place)
        else:
            runs.append([place])
    return runs


def with_tombstones(path: Path, runs: Sequence[Sequence[Place]], instant: datetime, reason: str) -> Iterator[bytes]:
    """The bytes of a WARC file with tombstones in the place of records."""
    at = 0
    for run in runs:
        start, end = run[0].offset, run[-1].offset + run[-1].length
        yield from pieces_within(path, range(at, start))
        header = b"".join(pieces_within(path, range(start, start + len(GZIP_HEADER))))
        yield tombstone_of(run, end - start, instant, reason, header)
        at = end
    yield from pieces_within(path, range(at, path.stat().st_size))


def tombstone_of(run: Sequence[Place], length: int, instant: datetime, reason: str, found: bytes) -> bytes:
    """A tombstone with as many fields as there is room for: those of a short record lack its id, and the reason.

    Args:
        found: what the first of the records begins with.

    Raises:
        TooShort: there is not even room for a record without fields.
    """
    header = None
    if found.startswith(GZIP_MAGIC):  # one without further fields is taken over, so that all in the file are alike
        header = GZIP_HEADER if found[3] else found
    reasons = [("software", f"baotinh/{VERSION}"), ("purged-reason", reason)]
    records = [("purged-record", f"{place.type} {place.record_id}") for place in run]
    for fields in ([*reasons, *records], reasons):
        with suppress(TooShort):
            return tombstone(length, new_record_id(), instant, fields, header=header)
    return tombstone(length, new_record_id(), instant, (), header=header)
