"""Checks records in segments (ISO 28500, 7): whether all segments are there, fit together and have the payload digest.

Blocks are not held in memory: for the payload digest the segments are read once more, in their order.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import attrs

from archive.faults import Fault
from archive.warc.check.between.noted import Noted, NotedSegment
from archive.warc.check.findings import Departure, Finding, Severity, clause
from archive.warc.check.heads import Head, may_hold_http
from archive.warc.check.judge import PAYLOADS, judge_payload
from archive.warc.digests import Impossible, PayloadHash, Unknown, read_claim
from archive.warc.members import MemberDamaged
from archive.warc.reader import Opener, read_block


@attrs.frozen
class _Segment:
    """A segment, and the place where it can be read again.

    `total`: its WARC-Segment-Total-Length. `head`: None for a continuation, of which there may be many.
    """

    file: str
    opened: Opener
    offset: int
    record_id: str
    version: str
    length: int
    total: int | None
    address: int
    head: Head | None

    def pieces(self) -> Iterator[bytes]:
        with closing(self.opened()) as stream:
            yield from read_block(stream, self.offset, self.record_id)


class Segments:
    """Gathers the segments of records in files that are read one after the other."""

    def __init__(self) -> None:
        self._series: dict[str, dict[int, _Segment]] = {}

    def enter(self, file: str, noted: Noted, part: NotedSegment, opened: Opener) -> Iterator[Finding]:
        """Add a segment; the findings about it and the segments before it."""
        segment = _Segment(
            file, opened, noted.offset, noted.record_id, noted.version,
            length=part.length, total=part.total, address=part.address, head=part.head,
        )  # fmt: skip
        series = self._series.setdefault(part.origin, {})
        other = series.setdefault(part.number, segment)
        if other is not segment and other.record_id != segment.record_id:
            yield _of(segment, "5.20", "breach", Fault.of(Departure.SAME_SEGMENT, number=part.number))

    def findings(self, *, is_whole: bool, is_part: bool = False) -> Iterator[Finding]:
        """The findings about each segmented record, once all files were read.

        Args:
            is_whole: no other file can hold a segment; otherwise a missing one is a warning only.
            is_part: files that may hold one were not read; a missing one is no finding.
        """
        for series in self._series.values():
            segments = [series[number] for number in sorted(series)]
            missing = list(_incomplete(series, segments, is_whole=is_whole))
            if not is_part:
                yield from missing
            yield from _disagreeing(segments)
            head = segments[0].head
            if head is not None and head.type in PAYLOADS and not missing:
                yield from _judge_whole(head, segments)


def _incomplete(series: dict[int, _Segment], segments: list[_Segment], *, is_whole: bool) -> Iterator[Finding]:
    first, last = segments[0], segments[-1]
    severity: Severity = "breach" if is_whole else "warning"
    absent = [number for number in range(1, min(max(series), len(series) + 5) + 1) if number not in series][:5]
    if absent:
        yield _of(first, "7", severity, Fault.of(Departure.SEGMENTS_ABSENT, numbers=", ".join(map(str, absent))))
    if last.total is None:
        yield _of(first, "7", severity, Fault.of(Departure.LAST_SEGMENT_ABSENT))
    elif not absent and (length := sum(segment.length for segment in segments)) != last.total:
        wrong = Fault.of(Departure.SEGMENTS_LENGTH, expected=last.total, found=length)
        yield _of(first, "7", "breach", wrong)


def _disagreeing(segments: list[_Segment]) -> Iterator[Finding]:
    for segment in segments[:-1]:
        if segment.total is not None and segment.head is None:
            yield _of(segment, "5.22", "breach", Fault.of(Departure.TOTAL_TOO_EARLY))
    for segment in segments[1:]:
        if segment.address != segments[0].address:
            yield _of(segment, "7", "breach", Fault.of(Departure.SEGMENT_ADDRESS))


def _judge_whole(head: Head, segments: list[_Segment]) -> Iterator[Finding]:
    """Whether the payload digest of the first segment is that of all of them together (5.9)."""
    first = segments[0]
    said = head.fields.get(b"warc-payload-digest")
    if not said:
        return
    try:
        claim = read_claim(said)
    except (Unknown, Impossible):
        return  # the check of the record reports it
    payload, length = PayloadHash(claim.new, may_hold_message=may_hold_http(head)), 0
    try:
        for segment in segments:
            for piece in segment.pieces():
                payload.feed(piece)
                length += len(piece)
    except (OSError, LookupError, MemberDamaged):
        yield _of(first, "5.9", "warning", Fault.of(Departure.SEGMENTS_UNREADABLE))
        return
    payload.finish()
    of_raw = claim.says(payload.of_raw())
    if not (claim.says(payload.of_chunks()) if payload.is_chunked else of_raw):
        other = Departure.DIGEST_OF_FRAMED if of_raw else None
        for complaint in judge_payload(head, said, other, payload.message, length):
            together = (*complaint.fault.values, ("segments", len(segments)))
            yield _of(first, complaint.clause, complaint.severity, attrs.evolve(complaint.fault, values=together))


def _of(segment: _Segment, number: str, severity: Severity, fault: Fault) -> Finding:
    return Finding(
        file=segment.file,
        offset=segment.offset,
        record_id=segment.record_id,
        rule=clause(number, segment.version),
        severity=severity,
        fault=fault,
    )
