"""Checking WARC files record by record, on behind damage; repairs nothing and believes no catalog."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from isal import isal_zlib

from archive.warc.checked import BlockChecksum
from archive.warc.checked import Checked as Checked
from archive.warc.filefindings import FileFindings
from archive.warc.findings import HEADER, clause
from archive.warc.findings import Finding as Finding
from archive.warc.findings import Severity as Severity
from archive.warc.flow import Flow, NoMember, PlainFlow, ZippedFlow
from archive.warc.heads import LONGEST_HEAD, Head, HeadReader, find_lines, is_version
from archive.warc.judge import judge_block, judge_pieces
from archive.warc.members import RECORD_END, MemberDamaged, is_zipped, line_ends
from archive.warc.rules import Complaint

# Longer blocks are read piece by piece
_IN_MEMORY = 4 * 1024 * 1024


Verdict = tuple[Checked | None, list[Finding]]


def verify_file(path: Path, limit: int | None = None, name: str | None = None) -> Iterator[Verdict]:
    """All records of a file with what is wrong with each; None where one could not be read.

    Args:
        limit: how many bytes of the file count; those behind are not looked at.
        name: what the file is called in findings.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as stream:
        yield from verify_stream(stream, name or path.name, limit)


def verify_stream(stream: BinaryIO, name: str, limit: int | None = None) -> Iterator[Verdict]:
    """As `verify_file`, for a stream that can seek."""
    if is_zipped(stream):
        yield from _Zipped(name, ZippedFlow(stream, limit)).verdicts()
    else:
        yield from _Plain(name, PlainFlow(stream, limit)).verdicts()


class _Walk:
    """One way through a file."""

    def __init__(self, name: str, flow: Flow) -> None:
        self.flow, self._findings = flow, FileFindings(name)
        self._reader = HeadReader()
        self._head: Head | None = None  # of the record that is being read
        self._records = 0
        # what stood behind the last record that had not two CR LF there: a writer's habit is no cut
        self._usual_end: bytes | None = None

    def verdicts(self) -> Iterator[Verdict]:
        """All records, and what else is found."""
        flow = self.flow
        going = True
        while going:
            self._head = None
            try:
                going = flow.begin()
                if going:
                    usual = self._usual()
                    if usual is not None:
                        yield usual
                    else:
                        yield from self._next()
            except MemberDamaged as error:
                self._head = self._head or self._glimpse(error.offset)
                yield None, [self._damage(error.offset, _clause_of(error), error.found)]
                going = flow.recover(error.offset)
        findings = list(self._afterwards())
        if not self._records and not self._findings.has_any:
            findings.append(self._damage(0, "4", "the file holds no record that can be read"))
        if findings:
            yield None, findings

    def _usual(self) -> Verdict | None:
        """The next record, where nothing is odd about how it lies in the file; None otherwise, nothing being read."""
        flow = self.flow
        buffer, start = flow.buffer, flow.position
        found = find_lines(buffer, start)
        if found is None or not found[2] or found[1] - start > LONGEST_HEAD:
            return None
        head = self._reader.read(found[0])
        if head is None or head.length is None or head.length > _IN_MEMORY:
            return None
        end = found[1] + head.length
        if not buffer.startswith(RECORD_END, end):
            return None
        self._head, offset = head, flow.offset
        block = buffer[found[1] : end]
        complaints, message = judge_block(head, block)
        flow.position = end + len(RECORD_END)
        if head.complaints:
            complaints = head.complaints + complaints
        size = self._close_record(offset)
        self._records += 1
        record = Checked(head, offset, size, message, checksum=isal_zlib.crc32(block))
        return record, self._findings.of(head, offset, complaints) if complaints else []

    def _next(self) -> Iterator[Verdict]:
        """The record at the flow's position, or what stands there instead."""
        flow, offset = self.flow, self.flow.offset
        if flow.buffer[flow.position] in b"\r\n":
            yield from self._line_ends(offset)
            return
        read = self._read_head()
        if isinstance(read, str):
            yield from self._resync(offset, f"expected WARC/ and a version, found {read}")
            return
        self._head = read
        length = read.length
        if length is None:
            findings = self._findings.of(read, offset, read.complaints)
            yield None, [*findings, self._damage(offset, "5.3", "without Content-Length its block has no end")]
            yield from self._resync(offset, "")
        elif trouble := self._fits(length):
            findings = self._findings.of(read, offset, read.complaints)
            yield None, [*findings, self._damage(offset, "4", trouble)]
            yield from self._resync(offset, "")
        else:
            yield from self._whole(read, offset, length)

    def _read_head(self) -> Head | str:
        """The head, the flow then standing at the block; or what stands there instead, the flow staying."""
        flow = self.flow
        while (found := find_lines(flow.buffer, flow.position)) is None:
            line, newline, _ = flow.buffer[flow.position : flow.position + 64].partition(b"\n")
            if newline and not is_version(line.rstrip(b"\r")):
                return repr(line[:20])
            if len(flow.buffer) - flow.position > LONGEST_HEAD or not flow.fill():
                # without an empty line no record can begin here either: it is not looked for line by line
                flow.position = max(flow.position, len(flow.buffer) - len(RECORD_END))
                return f"a head without the empty line behind it, beginning with {line[:20]!r}"
        lines, behind, is_regular = found
        if behind - flow.position > LONGEST_HEAD:
            return f"a head of {behind - flow.position} bytes"
        head = self._reader.read(lines, is_regular)
        if head is None:
            return repr(lines[0][:20])
        flow.position = behind
        return head

    def _fits(self, length: int) -> str | None:
        """None where the block and its end are there as far as can be seen now; else what is there."""
        flow = self.flow
        if length <= _IN_MEMORY:
            flow.ensure(length + len(RECORD_END))
            return self._wrong_end(
                length, len(flow.buffer) - flow.position, flow.buffer[flow.position + length :][: len(RECORD_END)]
            )
        return self._fits_long(length)

    def _fits_long(self, length: int) -> str | None:
        return None  # known when it was read

    def _wrong_end(self, length: int, there: int, end: bytes) -> str | None:
        if there < length:
            return f"its block of {length} bytes is cut: {there} are there"
        is_last = len(end) < len(RECORD_END) and (self._may_end_here() or end == self._usual_end)
        if line_ends(end, is_last=is_last) is not None:
            return None  # other than two CR LF they are a breach, and no more than that
        if RECORD_END.startswith(end):
            return f"it is cut within the two line ends behind its block: {len(end)} of 4 bytes are there"
        return f"expected two line ends behind the block of {length} bytes, found {end!r}"

    def _may_end_here(self) -> bool:
        """Whether a record that lacks its line ends is whole nonetheless."""
        return False

    def _whole(self, head: Head, offset: int, length: int) -> Iterator[Verdict]:
        flow = self.flow
        if length <= _IN_MEMORY:
            block = flow.buffer[flow.position : flow.position + length]
            complaints, message = judge_block(head, block)
            checksum = isal_zlib.crc32(block)
            flow.position += length
            flow.ensure(len(RECORD_END))
        else:
            summed = BlockChecksum()
            complaints, message, came = judge_pieces(head, summed.pass_on(flow.pieces(length)), length)
            checksum = summed.value
            flow.ensure(len(RECORD_END))
            end = flow.buffer[flow.position : flow.position + len(RECORD_END)]
            if trouble := self._wrong_end(length, came, end):
                yield (
                    None,
                    [*self._findings.of(head, offset, head.complaints), self._damage(offset, "4", trouble)],
                )
                return
        is_ended = flow.buffer.startswith(RECORD_END, flow.position)
        if is_ended:
            flow.position += len(RECORD_END)
        else:
            complaints.append(self._line_end())
        if head.complaints:
            complaints = head.complaints + complaints
        size = self._close_record(offset)
        self._records += 1
        findings = self._findings.of(head, offset, complaints) if complaints else []
        yield Checked(head, offset, size, message, checksum=checksum, is_ended=is_ended), findings

    def _line_end(self) -> Complaint:
        """Pass over a record's end that is not as it should be."""
        flow = self.flow
        behind = flow.buffer[flow.position : flow.position + len(RECORD_END)]
        length = line_ends(behind, is_last=True) or 0
        flow.position += length
        self._usual_end = behind[:length] or None
        return Complaint("4", "breach", "behind its block there are not two CR LF")

    def _line_ends(self, offset: int) -> Iterator[Verdict]:
        """Pass over empty lines where a record should begin."""
        flow, count = self.flow, 0
        while flow.position < len(flow.buffer):
            rest = flow.buffer[flow.position :].lstrip(b"\r\n")
            count += len(flow.buffer) - flow.position - len(rest)
            flow.position = len(flow.buffer) - len(rest)
            if rest or not self._same_place():
                break
        text = f"{count} bytes of empty lines where a record should begin"
        yield None, [self._findings.finding(offset, clause("4"), "breach", text)]

    def _same_place(self) -> bool:
        return self.flow.fill()

    def _resync(self, offset: int, message: str) -> Iterator[Verdict]:
        """Go on to the next line that can begin a record, and say what was passed over."""
        passed = self._seek()
        if message:
            text = f"{message}; no record follows" if passed is None else f"{message}; a record may begin behind it"
            yield None, [self._damage(offset, "4", text)]

    def _seek(self) -> int | None:
        flow = self.flow
        flow.position += 1 if self._head is None else 0  # not the same line once more
        return flow.seek_record()

    def _close_record(self, offset: int) -> int:
        raise NotImplementedError

    def _afterwards(self) -> Iterator[Finding]:
        return iter(())

    def _glimpse(self, offset: int) -> Head | None:
        """The head in a damaged member, as far as it can be inflated."""
        found = find_lines(self.flow.glimpse(offset), 0)
        return self._reader.read(found[0], found[2]) if found else None

    def _damage(self, offset: int, rule: str, message: str) -> Finding:
        return self._findings.damage(offset, rule, message, self._head)


class _Plain(_Walk):
    """Through an uncompressed file."""

    flow: PlainFlow

    def _fits_long(self, length: int) -> str | None:
        # a false length must not make the whole rest of the file be read for one record
        block = self.flow.offset
        there = self.flow.size - block
        return self._wrong_end(
            length, there, self.flow.peek(block + length, len(RECORD_END)) if there > length else b""
        )

    def _close_record(self, offset: int) -> int:
        return self.flow.offset - offset


class _Zipped(_Walk):
    """Through a file of gzip members."""

    flow: ZippedFlow

    def __init__(self, name: str, flow: ZippedFlow) -> None:
        super().__init__(name, flow)
        self._shared: dict[int, int] = {}
        self._spans = 0

    def _may_end_here(self) -> bool:
        return self.flow.has_ended  # the member's checksum is right: the writer left them out

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
        for offset, severity, message in flow.odd_headers():
            yield self._findings.finding(offset, HEADER, severity, message)
        many = {offset: count for offset, count in self._shared.items() if count > 1}
        if many or flow.spans:
            text = f"{len(many)} gzip members hold several records, and records span members {flow.spans} times: "
            text += "they have no place of their own, which 'baotinh repair' gives them"
            yield self._findings.finding(next(iter(many), 0), clause("D.2"), "warning", text)


def _clause_of(error: MemberDamaged) -> str:
    return "4" if isinstance(error, NoMember) else "RFC 1952"
