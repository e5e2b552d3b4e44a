"""Checks a WARC file record by record, and goes on behind damage."""

from __future__ import annotations

from collections.abc import Iterator

import attrs
from isal import isal_zlib

from archive.faults import Damage, Fault, as_text
from archive.warc.check.findings import Complaint, Departure, Finding, clause
from archive.warc.check.forms import judge_form
from archive.warc.check.heads import Head, HeadReader
from archive.warc.check.judge import judge_block, judge_pieces
from archive.warc.check.verdicts import BlockChecksum, Checked, FileFindings
from archive.warc.flow import Flow
from archive.warc.members import RECORD_END, MemberDamaged, line_ends
from archive.warc.recordhead import LONGEST_HEAD, NoRecord, find_lines, is_version, next_lines
from archive.warc.zippedflow import NoMember

# Longer blocks are read piece by piece
_IN_MEMORY = 4 * 1024 * 1024

Verdict = tuple[Checked | None, list[Finding]]


class Walk:
    """Reads all records of a file once, from its beginning to its end.

    With `only_damage` the form of heads and blocks is not judged: breaches and warnings about it are left out.
    """

    def __init__(self, name: str, flow: Flow, *, only_damage: bool = False) -> None:
        self.flow, self.findings = flow, FileFindings(name)
        self._only_damage = only_damage
        self._reader = HeadReader(is_judging=not only_damage)
        self._head: Head | None = None  # of the record that is being read
        self._records = 0
        # what stood behind the last record that did not end with two CR LF: where a writer ends all records so, the
        # last one is not cut
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
                yield None, [self._damaged_member(error)]
                going = flow.recover(error.offset)
        findings = list(self._afterwards())
        if not self._records and not self.findings.has_any:
            findings.append(self._damage(0, "4", Fault.of(Departure.NO_RECORD_AT_ALL)))
        if findings:
            yield None, findings

    def _usual(self) -> Verdict | None:
        """The next record, where it is regular and already in the window; None otherwise, and then nothing is read."""
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
        complaints, message, chunks = judge_block(head, block)
        if not self._only_damage:
            complaints += judge_form(head, len(block), message, chunks, block)
        flow.position = end + len(RECORD_END)
        if head.complaints:
            complaints = head.complaints + complaints
        size = self._close_record(offset)
        self._records += 1
        record = Checked(head, offset, size, message, checksum=isal_zlib.crc32(block))
        return record, self.findings.of(head, offset, complaints) if complaints else []

    def _next(self) -> Iterator[Verdict]:
        """The record at the flow's position, or the findings about what is there instead."""
        flow, offset = self.flow, self.flow.offset
        if flow.buffer[flow.position] in b"\r\n":
            yield from self._line_ends(offset)
            return
        read = self._read_head()
        if isinstance(read, Fault):
            yield from self._resync(offset, read)
            return
        self._head = read
        length = read.length
        if length is None:
            findings = self.findings.of(read, offset, read.complaints)
            yield None, [*findings, self._damage(offset, "5.3", Fault.of(Damage.NO_LENGTH))]
            self._seek()
        elif trouble := self._fits(length):
            findings = self.findings.of(read, offset, read.complaints)
            yield None, [*findings, self._damage(offset, "4", trouble)]
            self._seek()
        else:
            yield from self._whole(read, offset, length)

    def _read_head(self) -> Head | Fault:
        """The head, and then the flow is at the block; or what is there instead, and the flow does not move."""
        try:
            found = next_lines(self.flow)
        except NoRecord as error:
            return error.fault
        self.flow.position = found[1]
        return self._reader.read(found)

    def _fits(self, length: int) -> Fault | None:
        """What is wrong with the block's length or end; None where nothing is, as far as can be seen now."""
        flow = self.flow
        if length <= _IN_MEMORY:
            flow.ensure(length + len(RECORD_END))
            return self._wrong_end(
                length, len(flow.buffer) - flow.position, flow.buffer[flow.position + length :][: len(RECORD_END)]
            )
        return self._fits_long(length)

    def _fits_long(self, length: int) -> Fault | None:
        return None  # known once the block is read

    def _wrong_end(self, length: int, there: int, end: bytes) -> Fault | None:
        if there < length:
            return Fault.of(Damage.BLOCK_CUT, expected=length, found=there)
        is_last = len(end) < len(RECORD_END) and (self._may_end_here() or end == self._usual_end)
        if line_ends(end, is_last=is_last) is not None:
            return None  # line ends other than two CR LF are a breach and no damage
        if RECORD_END.startswith(end):
            return Fault.of(Damage.LINE_ENDS_CUT, expected=len(RECORD_END), found=len(end))
        return Fault.of(Damage.NO_LINE_ENDS, length=length, found=as_text(end))

    def _may_end_here(self) -> bool:
        """Whether a record that lacks its line ends is whole all the same."""
        return False

    def _whole(self, head: Head, offset: int, length: int) -> Iterator[Verdict]:
        flow, came = self.flow, length
        block: bytes | None = None
        if length <= _IN_MEMORY:
            block = flow.buffer[flow.position : flow.position + length]
            complaints, message, chunks = judge_block(head, block)
            checksum = isal_zlib.crc32(block)
            flow.position += length
            flow.ensure(len(RECORD_END))
        else:
            summed = BlockChecksum()
            complaints, message, chunks, came = judge_pieces(head, summed.pass_on(flow.pieces(length)))
            checksum = summed.value
            flow.ensure(len(RECORD_END))
            end = flow.buffer[flow.position : flow.position + len(RECORD_END)]
            if trouble := self._wrong_end(length, came, end):
                findings = self.findings.of(head, offset, head.complaints)
                yield None, [*findings, self._damage(offset, "4", trouble)]
                return
        if not self._only_damage:
            complaints += judge_form(head, came, message, chunks, block)
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
        """Pass over the line ends behind a block that are not two CR LF."""
        flow = self.flow
        behind = flow.buffer[flow.position : flow.position + len(RECORD_END)]
        length = line_ends(behind, is_last=True) or 0
        flow.position += length
        self._usual_end = behind[:length] or None
        return Complaint("4", "breach", Fault.of(Departure.BLOCK_END))

    def _line_ends(self, offset: int) -> Iterator[Verdict]:
        """Pass over empty lines where a record should begin."""
        flow, count = self.flow, 0
        while flow.position < len(flow.buffer):
            rest = flow.buffer[flow.position :].lstrip(b"\r\n")
            count += len(flow.buffer) - flow.position - len(rest)
            flow.position = len(flow.buffer) - len(rest)
            if rest or not self._same_place():
                break
        empty = Fault.of(Departure.EMPTY_LINES, size=count)
        yield None, [self.findings.finding(offset, clause("4"), "breach", empty)]

    def _same_place(self) -> bool:
        return self.flow.fill()

    def _resync(self, offset: int, fault: Fault) -> Iterator[Verdict]:
        """Go on to the next line that can begin a record, and report what was passed over."""
        follows = 0 if self._seek() is None else 1
        yield None, [self._damage(offset, "4", attrs.evolve(fault, values=(*fault.values, ("follows", follows))))]

    def _seek(self) -> int | None:
        flow = self.flow
        flow.position += 1 if self._head is None else 0  # not the same line once more
        return flow.seek_record()

    def _close_record(self, offset: int) -> int:
        raise NotImplementedError

    def _afterwards(self) -> Iterator[Finding]:
        return iter(())

    def _glimpse(self, offset: int) -> Head | None:
        """The head in a damaged member, where enough of that can be inflated."""
        found = find_lines(self.flow.glimpse(offset), 0)
        return self._reader.read(found) if found and is_version(found[0][0]) else None

    def _damage(self, offset: int, number: str, fault: Fault) -> Finding:
        return self.findings.damage(offset, number, fault, self._head)

    def _damaged_member(self, error: MemberDamaged) -> Finding:
        if isinstance(error, NoMember):
            return self._damage(error.offset, "4", error.fault)
        return self.findings.finding(error.offset, "RFC 1952", "damage", error.fault, self._head)
