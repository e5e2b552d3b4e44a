"""Checking ARC files, WARC's forerunner (Burner and Kahle, 1996), record by record; writes none.

A file is a version block and then documents, each a line that says what follows and how long it is, the octets, and a
line end. Version 1 has five fields in that line, version 2 has ten.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import attrs

from archive.warc.check.findings import HEADER, ODD_HEADERS, Finding, Severity
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
    """A document of an ARC file: where it lies, and what its line says."""

    offset: int
    length: int
    url: str
    date: str


Verdict = tuple[Document | None, list[Finding]]


def is_arc(first: bytes) -> bool:
    """Whether a file that begins with these octets, inflated, is an ARC file."""
    return first[:11].lower() == b"filedesc://"


def verify_arc(path: Path) -> Iterator[Verdict]:
    """All documents of a file with what is wrong with each; None where one could not be read.

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
    """One way through a file."""

    def __init__(self, name: str, flow: Flow) -> None:
        self.name, self.flow = name, flow
        self._documents = 0
        self._fields = 0  # of a document's line, once the version block has said

    def verdicts(self) -> Iterator[Verdict]:
        flow, going = self.flow, True
        while going:
            try:
                going = flow.begin()
                if going:
                    yield from self._next()
            except MemberDamaged as error:
                yield None, [self._finding(error.offset, "damage", error.found)]
                going = flow.recover(error.offset)
        if isinstance(flow, ZippedFlow):
            for offset, odd in flow.odd_headers():
                yield None, [attrs.evolve(self._finding(offset, *ODD_HEADERS[odd]), rule=HEADER)]

    def _next(self) -> Iterator[Verdict]:
        flow, offset = self.flow, self.flow.offset
        line = self._line()
        match = _ENDING.search(line) if line is not None else None
        if line is None or match is None or not match["length"].isdigit():
            found = repr(line[:60]) if line is not None else "no line end"
            yield None, [self._finding(offset, "damage", f"expected the line of a document, found {found}")]
            self._seek()
            return
        findings = [self._finding(offset, "breach", text) for text in self._judge(line, match)]
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
            text = f"a document of {length} bytes is cut: {came} are there"
            yield None, [*findings, self._finding(offset, "damage", text)]
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
        """The next line, read; None where there is none of a sensible length, nothing being read then."""
        flow = self.flow
        while (end := flow.buffer.find(b"\n", flow.position)) < 0:
            if len(flow.buffer) - flow.position > _LONGEST_LINE or not flow.fill():
                return None
        line = flow.buffer[flow.position : end]
        if len(line) > _LONGEST_LINE:
            return None
        flow.position = end + 1
        return line.rstrip(b"\r")

    def _misfit(self, length: int) -> str | None:
        """What is wrong with a length, where that can be seen without reading so far."""
        flow = self.flow
        if not isinstance(flow, PlainFlow):
            return None
        end = flow.offset + length
        if end > flow.size:
            return f"a document of {length} bytes is cut: {flow.size - flow.offset} are there"
        behind = flow.peek(end, 1)
        if behind not in (b"", b"\n", b"\r"):
            return f"expected a line end behind the document of {length} bytes, found {behind!r}: its length is wrong"
        return None

    def _judge(self, line: bytes, match: re.Match[bytes]) -> Iterator[str]:
        url = line[: match.start()]
        if not self._documents and not is_arc(line):
            yield "the file does not begin with a version block, filedesc://"
        if not re.match(rb"[A-Za-z][A-Za-z0-9+.\-]*:", url):
            yield f"{url[:60]!r} is no address"
        elif b" " in url:
            yield f"white space in the address {url[:60]!r}"
        if not re.fullmatch(rb"\d{14}", match["date"]):
            yield f"{match['date'][:20]!r} is no time of 14 digits"
        if not _ADDRESS.fullmatch(match["ip"]):
            yield f"{match['ip'][:40]!r} is no IP address"
        if self._fields and self._documents and (10 if match["version_2"] else 5) != self._fields:
            yield f"its line has not the {self._fields} fields that the version block names"

    def _version(self, offset: int, line: bytes, start: bytes) -> Iterator[Finding]:
        """Judge the version block: version number, reserved, origin; then the names of the fields."""
        lines = start.split(b"\n")
        if not re.fullmatch(rb"[12] \d+ .*", lines[0].rstrip(b"\r")):
            yield self._finding(offset, "breach", f"{lines[0][:40]!r} is no version line")
            return
        self._fields = 10 if lines[0][:1] == b"2" else 5
        if len(lines) < 2 or not lines[1].lower().startswith(b"url ip-address archive-date content-type"):
            yield self._finding(offset, "breach", "the version block does not name the fields of a document's line")

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
        if count:  # the version block's own length may leave its last line end out
            return [self._finding(offset, "warning", f"{count} line ends stand behind the document")]
        if flow.position == len(flow.buffer) and not self._same_place():
            if isinstance(flow, ZippedFlow):
                return [self._finding(offset, "warning", "no line end stands behind the document")]
            return [self._finding(offset, "damage", "the file ends before the line end behind the document")]
        behind = flow.buffer[flow.position : flow.position + 20]
        text = f"expected a line end behind the document, found {behind!r}: its length is wrong"
        self._seek()
        return [self._finding(offset, "damage", text)]

    def _same_place(self) -> bool:
        flow = self.flow
        if not isinstance(flow, ZippedFlow):
            return flow.fill()
        while not flow.has_ended:
            if flow.inflate():
                return True
        return False

    def _seek(self) -> None:
        """Go on to the next line that is a document's, or to the end of what can be read here."""
        flow = self.flow
        while True:
            if match := re.compile(rb"(?m)^" + _PLAUSIBLE.pattern).search(flow.buffer, flow.position):
                flow.position = match.start()
                return
            flow.position = max(flow.position, len(flow.buffer) - _LONGEST_LINE)
            if not self._same_place():
                flow.position = len(flow.buffer)
                return

    def _finding(self, offset: int, severity: Severity, message: str) -> Finding:
        return Finding(file=self.name, offset=offset, record_id=None, rule=RULE, severity=severity, message=message)
