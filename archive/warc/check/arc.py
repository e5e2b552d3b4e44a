"""Checks ARC files (Burner and Kahle, 1996), the format before WARC, document by document.

A file is a version block and then documents: each is a line with address and length, the octets, and a line end.
Version 1 has five fields in that line, version 2 has ten.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import attrs

from archive.faults import Fault, as_text
from archive.warc.check.findings import HEADER, ODD_HEADERS, Departure, Finding, Severity
from archive.warc.flow import Flow, PlainFlow
from archive.warc.members import GZIP_MAGIC, MemberDamaged
from archive.warc.zippedflow import ZippedFlow

RULE = "ARC File Format"
_LONGEST_LINE = 64 * 1024
_ENDING = re.compile(
    rb" (?P<ip>\S+) (?P<date>\d{14}|\S+) (?P<type>\S+)"
    rb"(?P<version_2> (?P<code>\S+) (?P<checksum>\S+) (?P<location>\S+) (?P<offset>\S+) (?P<file>\S+))?"
    rb" (?P<length>-?\w+)$"
)
_PLAUSIBLE = re.compile(rb"[A-Za-z][A-Za-z0-9+.\-]*:\S.* \S+ \d{12,17} \S+ (?:\S+ ){0,5}\d+\r?\n")
_ADDRESS = re.compile(rb"\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*|-|no-ip|x-?|0")


@attrs.frozen
class Document:
    """A document of an ARC file: its place, and its address and date."""

    offset: int
    length: int
    url: str
    date: str


Verdict = tuple[Document | None, list[Finding]]


def is_arc(first: bytes) -> bool:
    """Whether a file that begins with these octets, inflated, is an ARC file."""
    return first[:11].lower() == b"filedesc://"


def verify_arc(path: Path) -> Iterator[Verdict]:
    """All documents of a file with the findings about each; None where one cannot be read.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as stream:
        yield from verify_arc_stream(stream, path.name)


def verify_arc_stream(stream: BinaryIO, name: str) -> Iterator[Verdict]:
    """As `verify_arc`, for a stream that can seek."""
    is_zipped = stream.read(len(GZIP_MAGIC)) == GZIP_MAGIC
    yield from _Walk(name, ZippedFlow(stream) if is_zipped else PlainFlow(stream)).verdicts()


class _Walk:
    """Reads all documents of a file once, from its beginning to its end."""

    def __init__(self, name: str, flow: Flow) -> None:
        self.name, self.flow = name, flow
        self._documents = 0
        self._fields = 0  # of a document's line, once the version block is read

    def verdicts(self) -> Iterator[Verdict]:
        flow, going = self.flow, True
        while going:
            try:
                going = flow.begin()
                if going:
                    yield from self._next()
            except MemberDamaged as error:
                yield None, [self._finding(error.offset, "damage", error.fault)]
                going = flow.recover(error.offset)
        if isinstance(flow, ZippedFlow):
            for offset, odd in flow.odd_headers():
                yield None, [attrs.evolve(self._finding(offset, *ODD_HEADERS[odd]), rule=HEADER)]

    def _next(self) -> Iterator[Verdict]:
        flow, offset = self.flow, self.flow.offset
        line = self._line()
        match = _ENDING.search(line) if line is not None else None
        if line is None or match is None or not match["length"].isdigit():
            fault = Fault.of(Departure.ARC_NO_LINE_END)
            if line is not None:
                fault = Fault.of(Departure.ARC_LINE, found=as_text(line, 60))
            yield None, [self._finding(offset, "damage", fault)]
            self._seek()
            return
        findings = [self._finding(offset, "breach", fault) for fault in self._judge(line, match)]
        length, is_first = int(match["length"][:18]), not self._documents
        if trouble := self._misfit(length):
            yield None, [*findings, self._finding(offset, "damage", trouble)]
            self._seek()
            return
        start = b""
        came = 0
        for piece in flow.pieces(length):
            start = start or piece[:200]
            came += len(piece)
        if came < length:
            cut = Fault.of(Departure.ARC_CUT, expected=length, found=came)
            yield None, [*findings, self._finding(offset, "damage", cut)]
            return
        if is_first:
            findings += self._version(offset, line, start)
        findings += self._end(offset)
        size = flow.offset - offset
        if isinstance(flow, ZippedFlow):
            while not flow.has_ended and flow.position == len(flow.buffer):
                flow.inflate()
            size = flow.end - offset if flow.position == len(flow.buffer) else 0
        self._documents += 1
        url = line[: match.start()].decode("utf-8", "replace")
        yield Document(offset, size, url, match["date"].decode("utf-8", "replace")), findings

    def _line(self) -> bytes | None:
        """Read the next line; None, and then nothing is read, where it has no end within the longest length."""
        flow = self.flow
        while (end := flow.buffer.find(b"\n", flow.position)) < 0:
            if len(flow.buffer) - flow.position > _LONGEST_LINE or not flow.fill():
                return None
        line = flow.buffer[flow.position : end]
        if len(line) > _LONGEST_LINE:
            return None
        flow.position = end + 1
        return line.rstrip(b"\r")

    def _misfit(self, length: int) -> Fault | None:
        """What is wrong with a length, where that shows without reading the document."""
        flow = self.flow
        if not isinstance(flow, PlainFlow):
            return None
        end = flow.offset + length
        if end > flow.size:
            return Fault.of(Departure.ARC_CUT, expected=length, found=flow.size - flow.offset)
        behind = flow.peek(end, 1)
        if behind not in (b"", b"\n", b"\r"):
            return Fault.of(Departure.ARC_LENGTH, found=as_text(behind))
        return None

    def _judge(self, line: bytes, match: re.Match[bytes]) -> Iterator[Fault]:
        url = line[: match.start()]
        if not self._documents and not is_arc(line):
            yield Fault.of(Departure.ARC_NO_VERSION_BLOCK)
        if not re.match(rb"[A-Za-z][A-Za-z0-9+.\-]*:", url):
            yield Fault.of(Departure.ARC_ADDRESS, found=as_text(url, 60))
        elif b" " in url:
            yield Fault.of(Departure.ARC_ADDRESS_SPACE, found=as_text(url, 60))
        if not re.fullmatch(rb"\d{14}", match["date"]):
            yield Fault.of(Departure.ARC_TIME, found=as_text(match["date"], 20))
        if not _ADDRESS.fullmatch(match["ip"]):
            yield Fault.of(Departure.ARC_IP_ADDRESS, found=as_text(match["ip"], 40))
        if self._fields and self._documents and (10 if match["version_2"] else 5) != self._fields:
            yield Fault.of(Departure.ARC_FIELDS, expected=self._fields)

    def _version(self, offset: int, line: bytes, start: bytes) -> Iterator[Finding]:
        """Judge the version block: version number, reserved, origin; then the names of the fields."""
        lines = start.split(b"\n")
        if not re.fullmatch(rb"[12] \d+ .*", lines[0].rstrip(b"\r")):
            yield self._finding(offset, "breach", Fault.of(Departure.ARC_VERSION_LINE, found=as_text(lines[0], 40)))
            return
        self._fields = 10 if lines[0][:1] == b"2" else 5
        if len(lines) < 2 or not lines[1].lower().startswith(b"url ip-address archive-date content-type"):
            yield self._finding(offset, "breach", Fault.of(Departure.ARC_FIELD_NAMES))

    def _end(self, offset: int) -> list[Finding]:
        """Read the line end behind a document."""
        flow = self.flow
        flow.ensure(2)
        count = 0
        while flow.buffer[flow.position : flow.position + 1] in (b"\n", b"\r"):
            count += flow.buffer[flow.position : flow.position + 1] == b"\n"
            flow.position += 1
            if flow.position == len(flow.buffer) and not self._same_place():
                break
        if count == 1:
            return []
        if count:  # the length of a version block may not include its last line end
            return [self._finding(offset, "warning", Fault.of(Departure.ARC_LINE_ENDS, found=count))]
        if flow.position == len(flow.buffer) and not self._same_place():
            if isinstance(flow, ZippedFlow):
                return [self._finding(offset, "warning", Fault.of(Departure.ARC_LINE_ENDS, found=0))]
            return [self._finding(offset, "damage", Fault.of(Departure.ARC_END_CUT))]
        behind = flow.buffer[flow.position : flow.position + 20]
        self._seek()
        return [self._finding(offset, "damage", Fault.of(Departure.ARC_LENGTH, found=as_text(behind)))]

    def _same_place(self) -> bool:
        flow = self.flow
        if not isinstance(flow, ZippedFlow):
            return flow.fill()
        while not flow.has_ended:
            if flow.inflate():
                return True
        return False

    def _seek(self) -> None:
        """Go on to the next line that may begin a document, or to the end of what can be read."""
        flow = self.flow
        while True:
            if match := re.compile(rb"(?m)^" + _PLAUSIBLE.pattern).search(flow.buffer, flow.position):
                flow.position = match.start()
                return
            flow.position = max(flow.position, len(flow.buffer) - _LONGEST_LINE)
            if not self._same_place():
                flow.position = len(flow.buffer)
                return

    def _finding(self, offset: int, severity: Severity, fault: Fault) -> Finding:
        return Finding(file=self.name, offset=offset, record_id=None, rule=RULE, severity=severity, fault=fault)
