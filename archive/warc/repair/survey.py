"""Finds the records of a WARC or ARC file that are sound, and those that are lost."""

from __future__ import annotations

import bisect
import itertools
import re
import tempfile
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

import attrs

from archive.faults import Fault
from archive.warc.check.arc import verify_arc_stream
from archive.warc.check.findings import HEADER, Departure, Finding
from archive.warc.check.indexes import CAPTURES
from archive.warc.check.verdicts import Checked
from archive.warc.check.verify import verify_stream
from archive.warc.deflate import GzipMember
from archive.warc.members import is_zipped
from archive.warc.repair.salvage import KeepReason, has_block_digest, is_proven_by_digest, salvage
from archive.warc.zippedflow import ZippedFlow

_TYPE = re.compile(rb"WARC/[^\0]*?\nWARC-Type:[ \t]*([A-Za-z-]{1,20})[ \t]*\r?\n", re.IGNORECASE)
_DOCUMENT = re.compile(rb"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_BEGINNING = 16 * 1024


@attrs.frozen
class KeptRecord:
    """The place of a record that is kept.

    `is_odd`: its gzip header changed, and the rest of the member is sound. `is_salvaged`: the record is whole, its
    gzip member is not. `is_open`: lines of its head do not end with CR LF, or its block is not followed by two CR LF.
    """

    offset: int
    length: int
    is_odd: bool = False
    is_salvaged: bool = False
    is_open: bool = False


@attrs.frozen
class Judged:
    """A record that is kept although something is wrong: its offset, what is wrong, and the reason for keeping it."""

    offset: int
    fault: Fault
    reason: KeepReason


@attrs.frozen
class Lost:
    """A record that is not sound; `type` is its WARC-Type, or None where no head of a record can be read."""

    offset: int
    type: str | None

    @property
    def is_capture(self) -> bool:
        """Whether an index would list it."""
        return self.type in CAPTURES


@attrs.define
class Survey:
    """The places of all sound records, the findings, and whether records share gzip members.

    `broken`: the offsets where no record can be read, and why. `mended`: records that are repaired. `doubted`: records
    whose digest is wrong, though a checksum or another digest shows that they did not change.
    """

    kept: list[KeptRecord]
    findings: list[Finding]
    is_shared: bool
    broken: dict[int, Fault]
    mended: list[Judged] = attrs.field(factory=list)
    doubted: list[Judged] = attrs.field(factory=list)
    lost: dict[int, str | None] = attrs.field(factory=dict)

    def lost_records(self) -> tuple[Lost, ...]:
        """The lost records, by offset."""
        kept = {place.offset for place in self.kept}
        return tuple(Lost(offset, kind) for offset, kind in sorted(self.lost.items()) if offset not in kept)


def survey(
    stream: BinaryIO, *, is_arc: bool, is_strict: bool = False, is_checked: bool, doubtful: Sequence[range] = ()
) -> Survey:
    """Check all records.

    Args:
        is_strict: a record with a wrong digest is lost, even where a checksum is right.
        is_checked: the bytes have a checksum, which is right except for those that are `doubtful`.
        doubtful: ranges of bytes that may have changed: a record there is sound only where its digest is right.
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
            looked.broken |= {finding.offset or 0: finding.fault for finding in damage if finding.rule != HEADER}
            damaged |= {finding.offset for finding in damage if finding.rule != HEADER}
            continue
        if not record.length:
            looked.is_shared = True
        is_doubtful = not is_arc and any(record.offset in part for part in doubtful)
        reason = None if is_arc or is_strict else _keep_reason(record, findings, is_checked and not is_doubtful)
        if not damage and (not is_doubtful or has_block_digest(record)):
            kept.append(_place(looked, record))
        elif damage and reason:
            kept.append(_place(looked, record))
            looked.doubted.append(Judged(record.offset, damage[0].fault, reason))
        else:
            looked.lost[record.offset] = "response" if is_arc else record.type
    odd = {finding.offset for finding in looked.findings if finding.severity == "damage" and finding.rule == HEADER}
    looked.kept = [attrs.evolve(place, is_odd=place.offset in odd) for place in kept if place.offset not in damaged]
    looked.lost |= {offset: _type_at(stream, offset, is_arc=is_arc) for offset in looked.broken}
    return looked


def _place(looked: Survey, record: Any) -> KeptRecord:
    if not isinstance(record, Checked):
        return KeptRecord(record.offset, record.length)
    if not record.head.is_regular:
        looked.mended.append(Judged(record.offset, Fault.of(Departure.HEAD_LINE_END), KeepReason.REWRITTEN))
    if not record.is_ended:
        looked.mended.append(Judged(record.offset, Fault.of(Departure.BLOCK_END), KeepReason.REWRITTEN))
    return KeptRecord(record.offset, record.length, is_open=not (record.is_ended and record.head.is_regular))


def _keep_reason(record: Checked, findings: list[Finding], is_checked: bool) -> KeepReason | None:
    """Why a record whose digest is wrong did not change since it was written; None where that is not known."""
    wrong = {finding.fault.code for finding in findings if finding.severity == "damage"}
    if wrong != {Departure.WRONG_DIGEST}:
        return None
    if is_proven_by_digest(record, findings):
        return KeepReason.BLOCK_DIGEST
    return KeepReason.MEMBER_CHECKSUM if is_checked else None


def _type_at(stream: BinaryIO, offset: int, *, is_arc: bool) -> str | None:
    """The type of the record at an offset that cannot be read to its end; None where none begins there."""
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
    """The ranges of bytes in which no record can be read, each up to the next record."""
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
            for octets in GzipMember(stream, offset, end).pieces():
                inflated.write(octets)
            first_two = list(itertools.islice(verify_stream(inflated, ""), 2))
            if len(first_two) == 2 and all(record is not None for record, _ in first_two):
                return True
    return False


def salvage_all(stream: BinaryIO, looked: Survey, *, is_zipped: bool) -> None:
    """Add the records that are whole although their gzip member cannot be read."""
    covered = 0
    for offset, end in broken_places(stream, looked):
        if offset < covered:
            continue
        with tempfile.TemporaryFile() as record:
            whole = salvage(stream, offset, end, record, is_zipped=is_zipped)
        if whole is not None:
            covered = whole.behind
            looked.kept.append(KeptRecord(offset, whole.behind - offset, is_salvaged=True))
            looked.mended.append(Judged(offset, looked.broken[offset], whole.reason))
    looked.kept.sort(key=lambda place: place.offset)
