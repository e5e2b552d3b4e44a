"""One way through a WARC file, record by record and on behind damage; how its octets are held is the flow's matter."""

from __future__ import annotations

from collections.abc import Iterator

from isal import isal_zlib

from archive.warc.check.findings import Finding, clause
from archive.warc.check.heads import Head, HeadReader
from archive.warc.check.judge import judge_block, judge_pieces
from archive.warc.check.rules import Complaint
from archive.warc.check.verdicts import BlockChecksum, Checked, FileFindings
from archive.warc.flow import Flow
from archive.warc.members import RECORD_END, MemberDamaged, line_ends
from archive.warc.recordhead import LONGEST_HEAD, NoRecord, find_lines, is_version, next_lines
from archive.warc.zippedflow import NoMember

# Longer blocks are read piece by piece
_IN_MEMORY = 4 * 1024 * 1024

Verdict = tuple[Checked | None, list[Finding]]


class Walk:
    """One way through a file."""

    def __init__(self, name: str, flow: Flow) -> None:
        self.flow, self.findings = flow, FileFindings(name)
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
        if not self._records and not self.findings.has_any:
            findings.append(self._damage(0, "4", "the file holds no record that can be read"))
        if findings:
            yield None, findings

    def _usual(self) -> Verdict | None:
        """The next record, where nothing is odd about how it lies in the file; None otherwise, nothing being read."""
        flow = self.flow
        buffer, start = flow.buffer, flow.position
        found = find_lines(buffer, start)
        if found is None:
            return None
        lines, begin, is_regular, _ = found
        if not is_regular or begin - start > LONGEST_HEAD:
            return None
        if lines[0] != self._reader.version_line and not is_version(lines[0]):
            return None
        head = self._reader.read(found)
        if head.length is None or head.length > _IN_MEMORY:
            return None
        end = begin + head.length
        if not buffer.startswith(RECORD_END, end):
            return None
        self._head, offset = head, flow.offset
        block = buffer[begin:end]
        complaints, message = judge_block(head, block)
        flow.position = end + len(RECORD_END)
        if head.complaints:
            complaints = head.complaints + complaints
        size = self._close_record(offset)
        self._records += 1
        record = Checked(head, offset, size, message, checksum=isal_zlib.crc32(block))
        return record, self.findings.of(head, offset, complaints) if complaints else []

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
            findings = self.findings.of(read, offset, read.complaints)
            yield None, [*findings, self._damage(offset, "5.3", "without Content-Length its block has no end")]
            yield from self._resync(offset, "")
        elif trouble := self._fits(length):
            findings = self.findings.of(read, offset, read.complaints)
            yield None, [*findings, self._damage(offset, "4", trouble)]
            yield from self._resync(offset, "")
        else:
            yield from self._whole(read, offset, length)

    def _read_head(self) -> Head | str:
        """The head, the flow then standing at the block; or what stands there instead, the flow staying."""
        try:
            found = next_lines(self.flow)
        except NoRecord as error:
            return error.found
        self.flow.position = found[1]
        return self._reader.read(found)

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
                    [*self.findings.of(head, offset, head.complaints), self._damage(offset, "4", trouble)],
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
        findings = self.findings.of(head, offset, complaints) if complaints else []
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
        yield None, [self.findings.finding(offset, clause("4"), "breach", text)]

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
        return self._reader.read(found) if found and is_version(found[0][0]) else None

    def _damage(self, offset: int, rule: str, message: str) -> Finding:
        return self.findings.damage(offset, rule, message, self._head)


def _clause_of(error: MemberDamaged) -> str:
    return "4" if isinstance(error, NoMember) else "RFC 1952"
