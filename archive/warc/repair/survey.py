"""Which records of a WARC or ARC file are sound, and which are lost; writes none."""

from __future__ import annotations

import bisect
import itertools
import re
import tempfile
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

import attrs

from archive.warc.check.arc import verify_arc_stream
from archive.warc.check.findings import HEADER, Finding
from archive.warc.check.heads import IRREGULAR
from archive.warc.check.indexes import CAPTURES
from archive.warc.check.verdicts import Checked
from archive.warc.check.verify import verify_stream
from archive.warc.members import is_zipped
from archive.warc.repair.salvage import LooseMember, salvage
from archive.warc.zippedflow import ZippedFlow

_TYPE = re.compile(rb"WARC/[^\0]*?\nWARC-Type:[ \t]*([A-Za-z-]{1,20})[ \t]*\r?\n", re.IGNORECASE)
_DOCUMENT = re.compile(rb"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_BEGINNING = 16 * 1024
_DIGESTS = (" 5.8", " 5.9")


@attrs.frozen
class Place:
    """Where a record lies that is to be kept.

    `is_odd`: its gzip header is not as it was, the rest of the member is sound. `is_salvaged`: the record is whole,
    what held it is not. `is_open`: lines of its head do not end with CR LF, or it has not two CR LF behind its block.
    """

    offset: int
    length: int
    is_odd: bool = False
    is_salvaged: bool = False
    is_open: bool = False


@attrs.frozen
class Judged:
    """A record that is kept although something is wrong: where it lies, what that is, and why it is kept."""

    offset: int
    damage: str
    reason: str


@attrs.frozen
class Lost:
    """A record that is not sound; `type` is its WARC-Type, None where what stands there cannot be read as a record."""

    offset: int
    type: str | None

    @property
    def is_capture(self) -> bool:
        """Whether an index would list it."""
        return self.type in CAPTURES


@attrs.define
class Survey:
    """The places of all sound records, what was found, and whether records share gzip members.

    `broken`: where no record could be read, and what was found there. `mended`: records that are put right. `doubted`:
    records whose digest is wrong, though something else says that they are as they were written.
    """

    kept: list[Place]
    findings: list[Finding]
    is_shared: bool
    broken: dict[int, str]
    mended: list[Judged] = attrs.field(factory=list)
    doubted: list[Judged] = attrs.field(factory=list)
    lost: dict[int, str | None] = attrs.field(factory=dict)

    def lost_records(self) -> tuple[Lost, ...]:
        """What is lost, in order."""
        kept = {place.offset for place in self.kept}
        return tuple(Lost(offset, kind) for offset, kind in sorted(self.lost.items()) if offset not in kept)


def survey(
    stream: BinaryIO, *, is_arc: bool, is_strict: bool = False, is_checked: bool, doubtful: Sequence[range] = ()
) -> Survey:
    """Look at all records.

    Args:
        is_strict: a wrong digest is believed, whatever else speaks for the record.
        is_checked: a checksum vouches for the bytes, except those that are `doubtful`.
        doubtful: places whose bytes may have changed: what stands there is sound only where a digest says so.
    """
    looked = Survey([], [], False, {})
    kept, damaged = [], set()
    stream.seek(0)
    verdicts: Iterator[tuple[Any, list[Finding]]] = (
        verify_arc_stream(stream, "") if is_arc else verify_stream(stream, "")
    )
    for record, findings in verdicts:
        looked.findings += findings
        damage = [finding for finding in findings if finding.severity == "damage"]
        if record is None:
            looked.broken |= {finding.offset or 0: finding.message for finding in damage if finding.rule != HEADER}
            damaged |= {finding.offset for finding in damage if finding.rule != HEADER}
            continue
        if not record.length:
            looked.is_shared = True
        is_doubtful = not is_arc and any(record.offset in part for part in doubtful)
        witness = None if is_arc or is_strict else _witness(record, findings, is_checked and not is_doubtful)
        if not damage and (not is_doubtful or _has_digest(record)):
            kept.append(_place(looked, record))
        elif damage and witness:
            kept.append(_place(looked, record))
            looked.doubted.append(Judged(record.offset, damage[0].message, witness))
        else:
            looked.lost[record.offset] = "response" if is_arc else record.type
    odd = {finding.offset for finding in looked.findings if finding.severity == "damage" and finding.rule == HEADER}
    looked.kept = [attrs.evolve(place, is_odd=place.offset in odd) for place in kept if place.offset not in damaged]
    looked.lost |= {offset: _type_at(stream, offset, is_arc=is_arc) for offset in looked.broken}
    return looked


def _place(looked: Survey, record: Any) -> Place:
    if not isinstance(record, Checked):
        return Place(record.offset, record.length)
    if not record.head.is_regular:
        looked.mended.append(Judged(record.offset, IRREGULAR, "in the copy they do"))
    if not record.is_ended:
        text = "behind its block there are not two CR LF"
        looked.mended.append(Judged(record.offset, text, "they are put there"))
    return Place(record.offset, record.length, is_open=not (record.is_ended and record.head.is_regular))


def _witness(record: Checked, findings: list[Finding], is_checked: bool) -> str | None:
    """What says that a record whose digest is wrong is as it was written; None where nothing does."""
    wrong = {finding.rule[-4:] for finding in findings if finding.severity == "damage"}
    if not wrong or not wrong <= set(_DIGESTS):
        return None
    is_proven = _has_digest(record) and not any(finding.rule.endswith(_DIGESTS[0]) for finding in findings)
    if is_proven:
        return "its block is what WARC-Block-Digest says"
    return "the checksum of its gzip member is right: it is as it was written" if is_checked else None


def _has_digest(record: Checked) -> bool:
    return b"warc-block-digest" in record.head.fields


def _type_at(stream: BinaryIO, offset: int, *, is_arc: bool) -> str | None:
    """The type of the record that begins at a place, though it cannot be read; None where none begins there."""
    if is_zipped(stream):
        beginning = ZippedFlow(stream).glimpse(offset)
    else:
        stream.seek(offset)
        beginning = stream.read(_BEGINNING)
    if is_arc:
        return "response" if _DOCUMENT.match(beginning) else None
    match = _TYPE.match(beginning)
    return match[1].decode().lower() if match else None


def broken_places(stream: BinaryIO, looked: Survey) -> list[tuple[int, int]]:
    """The places where no record could be read, each to the next place where one begins."""
    size = stream.seek(0, 2)
    taken = {place.offset for place in looked.kept}
    limits = sorted({*taken, *looked.broken, size})
    return [
        (offset, limits[bisect.bisect_right(limits, offset)])
        for offset in sorted(looked.broken)
        if offset < size and offset not in taken
    ]


def holds_several(stream: BinaryIO, looked: Survey) -> bool:
    """Whether a damaged gzip member holds more than one record."""
    for offset, end in broken_places(stream, looked):
        with tempfile.TemporaryFile() as inflated:
            for octets in LooseMember(stream, offset, end).pieces():
                inflated.write(octets)
            first_two = list(itertools.islice(verify_stream(inflated, ""), 2))
            if len(first_two) == 2 and all(record is not None for record, _ in first_two):
                return True
    return False


def salvage_all(stream: BinaryIO, looked: Survey, *, is_zipped: bool) -> None:
    """Add the records that are whole where no record could be read."""
    covered = 0
    for offset, end in broken_places(stream, looked):
        if offset < covered:
            continue
        with tempfile.TemporaryFile() as record:
            whole = salvage(stream, offset, end, record, is_zipped=is_zipped)
        if whole is not None:
            covered = whole.behind
            looked.kept.append(Place(offset, whole.behind - offset, is_salvaged=True))
            looked.mended.append(Judged(offset, looked.broken[offset], whole.reason))
    looked.kept.sort(key=lambda place: place.offset)
