"""Checks WARC files, compressed or not, record by record."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from archive.faults import Fault
from archive.readable import Readable
from archive.warc.check.findings import HEADER, ODD_HEADERS, Departure, Finding, clause
from archive.warc.check.walk import Verdict as Verdict
from archive.warc.check.walk import Walk
from archive.warc.flow import PlainFlow
from archive.warc.members import RECORD_END, is_zipped, next_member
from archive.warc.zippedflow import ZippedFlow


def verify_file(
    path: Readable, limit: int | None = None, name: str | None = None, *, only_damage: bool = False
) -> Iterator[Verdict]:
    """All records of a file with the findings about each; None where a record cannot be read.

    Args:
        limit: how many bytes of the file are read.
        name: what the file is called in findings.
        only_damage: leave out breaches and warnings about the form of heads and blocks, in half of the time.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as stream:
        yield from verify_stream(stream, name or path.name, limit, only_damage=only_damage)


def verify_stream(
    stream: BinaryIO, name: str, limit: int | None = None, *, only_damage: bool = False
) -> Iterator[Verdict]:
    """As `verify_file`, for a stream that can seek."""
    if is_zipped(stream):
        yield from _Zipped(name, ZippedFlow(stream, limit), only_damage=only_damage).verdicts()
    else:
        yield from _Plain(name, PlainFlow(stream, limit), only_damage=only_damage).verdicts()


def verify_part(stream: BinaryIO, name: str, places: range) -> Iterator[Verdict | int]:
    """The records of a file of gzip members that begin in a part of it, as `verify_file` with `only_damage`.

    The first result is the byte at which the first of them begins; there is none where no record begins in the part.
    The last is the byte at which they end: where the next part begins there, both are as of the whole file.
    """
    start = next_member(stream, places.start - 1, places.stop)
    if start is None:
        return
    yield start
    flow = ZippedFlow(stream, until=places.stop)
    flow.go_to(start)
    yield from _Zipped(name, flow, only_damage=True).verdicts()
    yield flow.end


class _Plain(Walk):
    """The walk through an uncompressed file."""

    flow: PlainFlow

    def _fits_long(self, length: int) -> Fault | None:
        # with a wrong length the whole rest of the file would be read for one record
        block = self.flow.offset
        there = self.flow.size - block
        return self._wrong_end(
            length, there, self.flow.peek(block + length, len(RECORD_END)) if there > length else b""
        )

    def _close_record(self, offset: int) -> int:
        return self.flow.offset - offset


class _Zipped(Walk):
    """The walk through a file of gzip members."""

    flow: ZippedFlow

    def __init__(self, name: str, flow: ZippedFlow, *, only_damage: bool = False) -> None:
        super().__init__(name, flow, only_damage=only_damage)
        self._shared: dict[int, int] = {}
        self._spans = 0

    def _may_end_here(self) -> bool:
        return self.flow.has_ended  # the checksum of the member is right, so that nothing is cut

    def _close_record(self, offset: int) -> int:
        flow = self.flow
        while not flow.has_ended and flow.position == len(flow.buffer):
            flow.inflate()
        self._spans += flow.spans
        if flow.position == len(flow.buffer) and offset == flow.member and offset not in self._shared:
            return flow.end - offset
        if flow.member == offset:
            self._shared[offset] = self._shared.get(offset, 0) + 1
        return 0

    def _same_place(self) -> bool:
        flow = self.flow
        while not flow.has_ended:
            if flow.inflate():
                return True
        return False

    def _afterwards(self) -> Iterator[Finding]:
        flow = self.flow
        for offset, odd in flow.odd_headers():
            yield self.findings.finding(offset, HEADER, *ODD_HEADERS[odd])
        many = {offset: count for offset, count in self._shared.items() if count > 1}
        if many or flow.spans:
            shared = Fault.of(Departure.SHARED_MEMBERS, members=len(many), spans=flow.spans)
            yield self.findings.finding(next(iter(many), 0), clause("D.2"), "warning", shared)
