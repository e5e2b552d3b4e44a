"""The parser of HTTP/1 heads (RFC 9112): start line, fields, and what they say of the body's framing.

It is tolerant, as browsers are: line ends before a start line are skipped, lines may end with LF alone, a line without
a colon is skipped, folded fields are joined, the name of the protocol may be in small letters and the reason phrase may
be missing. Each of these is a `HeadFault`: a head without faults is one that the grammar allows.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable, Iterator

import attrs

from archive.warc.chunks import ChunkFault

_HEAD_END = re.compile(rb"\n\r?\n")
_LINE_ENDS = re.compile(rb"[\r\n]*")
_STATUS_LINE = re.compile(rb"(HTTP/\d(?:\.\d)?)[ \t]+(\d{3})(?!\d)", re.IGNORECASE)
_FIELD = re.compile(rb"^(?![ \t])([^:\n]*):([^\n]*(?:\n[ \t][^\n]*)*)", re.MULTILINE)
_LENGTH = re.compile(rb"[0-9]{1,18}")
_CONTROL_OCTETS = bytes((*range(9), *range(10, 32), 127))
_ALL_BUT_CONTROLS = bytes(octet for octet in range(256) if octet not in _CONTROL_OCTETS)
_SWITCHING_PROTOCOLS = 101

# what the grammar allows (RFC 9112, 3, 4 and 5)
_TOKEN = rb"[!#$%&'*+\-.0-9A-Z^_`a-z|~]+"
_STRICT_START = re.compile(rb"HTTP/\d\.\d \d{3} [\t\x20-\x7e\x80-\xff]*|%s [^\x00-\x20\x7f]+ HTTP/\d\.\d" % _TOKEN)
_STRICT_NAME = re.compile(_TOKEN)
# a head whose lines have the right form, whatever their values; possessive, so that it takes linear time
_STRICT_HEAD = re.compile(rb"(?:%s)\r\n(?:%s+:.*+\n)*+\r\n" % (_STRICT_START.pattern, _TOKEN))
_NOT_IN_A_VALUE = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")

Fields = tuple[tuple[bytes, bytes], ...]


class HeadFault(enum.Enum):
    """How a head departs from the grammar of RFC 9112."""

    LINE_ENDS_BEFORE = "line ends before the start line"
    START_LINE = "no start line as the grammar has it"
    BARE_LINE_FEED = "line that ends with LF alone"
    NO_COLON = "line without a colon"
    NAME = "name of a field that is no token"
    FOLDED = "field folded over several lines"
    CONTROL = "control characters in a value"
    LENGTH = "Content-Length that is not one number"
    LENGTH_AND_CODING = "Content-Length beside Transfer-Encoding"
    CUT = "no empty line behind the fields"


class BadMessage(ValueError):
    """The octets are not an HTTP/1 message; `found` are the first of those that are wrong."""

    def __init__(self, fault: HeadFault | ChunkFault, found: bytes) -> None:
        self.fault, self.found = fault, found[:100]
        super().__init__(f"{fault.value}: {self.found!r}")


@attrs.define(eq=True)
class HttpHead:
    """Start line and fields of a message; `octets` are those of the wire, with the empty line after them.

    `body_start`: the offset of the body in the octets that hold the head. `is_whole`: an empty line ends it. Fields are
    parsed on first use.
    """

    octets: bytes
    body_start: int = attrs.field(eq=False)
    is_whole: bool = True
    _is_behind_line_ends: bool = attrs.field(default=False, eq=False)
    _content_length: int = attrs.field(default=-2, eq=False, init=False, repr=False)
    _fields: Fields | None = attrs.field(default=None, eq=False, init=False, repr=False)
    _status: int | None = attrs.field(default=-1, eq=False, init=False, repr=False)

    @property
    def start_line(self) -> bytes:
        """The first line, without its line end."""
        return self.octets.partition(b"\n")[0].removesuffix(b"\r")

    @property
    def version(self) -> bytes | None:
        """The protocol that a status line names, in capitals; None where it is none."""
        match = _STATUS_LINE.match(self.octets)
        return match[1].upper() if match else None

    @property
    def status(self) -> int | None:
        """The status code of a response; None for a request or an unreadable status line."""
        if self._status == -1:  # not read yet
            match = _STATUS_LINE.match(self.octets)
            self._status = int(match[2]) if match else None
        return self._status

    @property
    def is_interim(self) -> bool:
        """Whether another answer follows (RFC 9110, 15.2)."""
        status = self.status
        return status is not None and 100 <= status < 200 and status != _SWITCHING_PROTOCOLS

    @property
    def fields(self) -> Fields:
        """Names and values in order, folded values joined, white space around both taken off."""
        if self._fields is None:
            start = self.octets.find(b"\n") + 1
            found = _FIELD.findall(self.octets, start) if start else []
            self._fields = tuple(
                (name, _unfolded(value) if b"\n" in value else value.strip())
                for name, value in ((name.strip(), value) for name, value in found)
                if name
            )
        return self._fields

    def values(self, name: bytes) -> list[bytes]:
        """The values of a field; `name` is in lower case."""
        if self._fields is not None:
            return [value for key, value in self._fields if key.lower() == name]
        octets = self.octets
        values: list[bytes] = []
        lower = octets.lower()  # finding one field is faster than parsing all
        start = lower.find(b"\n") + 1 or len(lower)
        while (place := lower.find(name, start)) >= 0:  # `in` takes three times as long for bytes
            field = _FIELD.match(octets, lower.rfind(b"\n", 0, place) + 1)
            if field is None:  # skip the rest of the line: searching it again and again would take long
                start = lower.find(b"\n", place)
                if start < 0:
                    break
                continue
            if field[1].strip().lower() == name:
                values.append(_unfolded(field[2]) if b"\n" in field[2] else field[2].strip())
            start = field.end()
        return values

    def tokens(self, name: bytes) -> list[bytes]:
        """The members of a field that is a list of tokens, in lower case (RFC 9110, 5.6.1)."""
        return [token.strip().lower() for value in self.values(name) for token in value.split(b",") if token.strip()]

    @property
    def transfer_codings(self) -> list[bytes]:
        """The transfer codings in the order in which they were applied; identity is none."""
        return [coding for coding in self.tokens(b"transfer-encoding") if coding != b"identity"]

    @property
    def is_chunked(self) -> bool:
        """Whether the last transfer coding is chunked (RFC 9112, 6.1)."""
        return self.octets.lower().find(b"transfer-encoding") >= 0 and self.transfer_codings[-1:] == [b"chunked"]

    @property
    def lengths(self) -> frozenset[bytes]:
        """All values of Content-Length; the same number several times is one (RFC 9112, 6.3)."""
        values = self.values(b"content-length")
        return frozenset([length.strip() for value in values for length in value.split(b",")])

    @property
    def content_length(self) -> int | None:
        """The number in Content-Length, where it is a single one; else None."""
        if self._content_length < -1:  # not read yet
            values = self.values(b"content-length")
            if len(values) > 1 or (values and b"," in values[0]):
                values = list(self.lengths)
            is_length = len(values) == 1 and _LENGTH.fullmatch(values[0])
            self._content_length = int(values[0]) if is_length else -1
        return self._content_length if self._content_length >= 0 else None

    def faults(self) -> frozenset[HeadFault]:
        """How it departs from the grammar."""
        return frozenset() if self._is_regular() else frozenset(fault for fault, _ in self._departures())

    def _is_regular(self) -> bool:
        """Whether one match shows that the head has no fault, as nearly all heads; `_departures` takes much longer."""
        octets = self.octets
        if self._is_behind_line_ends or not self.is_whole or not _STRICT_HEAD.fullmatch(octets):
            return False
        if octets.translate(None, _ALL_BUT_CONTROLS) != b"\r\n" * octets.count(b"\n"):
            return False
        lower = octets.lower()
        if lower.find(b"content-length") < 0:
            return True
        return lower.find(b"transfer-encoding") < 0 and self.content_length is not None

    def _departures(self) -> Iterator[tuple[HeadFault, bytes]]:
        if self._is_behind_line_ends:
            yield HeadFault.LINE_ENDS_BEFORE, b""
        if not self.is_whole:
            yield HeadFault.CUT, self.octets[-100:]
        start_line, *lines = self.octets.removesuffix(b"\n").split(b"\n")
        if not _STRICT_START.fullmatch(start_line.removesuffix(b"\r")):
            yield HeadFault.START_LINE, start_line
        last = len(lines) - (0 if self.is_whole else 1)
        for number, line in enumerate((start_line, *lines)):
            if not line.endswith(b"\r") and number <= last:
                yield HeadFault.BARE_LINE_FEED, line
        for line in lines:
            yield from _departures_of(line.removesuffix(b"\r"))
        if self.lengths and self.content_length is None:
            yield HeadFault.LENGTH, b", ".join(sorted(self.lengths))
        if self.lengths and self.values(b"transfer-encoding"):
            yield HeadFault.LENGTH_AND_CODING, b""


def _unfolded(value: bytes) -> bytes:
    """A value whose lines are joined by spaces (obs-fold, RFC 9112, 5.2)."""
    return b" ".join(line.strip() for line in value.split(b"\n")).strip()


def _departures_of(line: bytes) -> Iterator[tuple[HeadFault, bytes]]:
    """What is wrong with a line after the start line; an empty one ends the head."""
    if not line:
        return
    name, colon, value = line.partition(b":")
    if line[:1] in (b" ", b"\t"):
        yield HeadFault.FOLDED, line
        value = line
    elif not colon:
        yield HeadFault.NO_COLON, line
    elif not _STRICT_NAME.fullmatch(name):
        yield HeadFault.NAME, name
    if _NOT_IN_A_VALUE.search(value):
        yield HeadFault.CONTROL, line


class HeadFinder:
    """Finds the head of a message in octets that may still grow; interim answers and line ends before it are skipped.

    `start` is the offset of what is not read yet.
    """

    def __init__(self, octets: bytes | bytearray) -> None:
        self.start = 0
        self._octets = octets
        self._seen = 0  # up to here the end of the head was searched
        self._is_behind_line_ends = False
        self._interim: HttpHead | None = None

    def find(self) -> HttpHead | None:
        """The head of the final message, None until it is complete; searches only what is new since the last call."""
        octets = self._octets
        while True:
            line_ends = _LINE_ENDS.match(octets, self.start)
            if line_ends and line_ends.end() > self.start:
                self.start, self._is_behind_line_ends = line_ends.end(), True
            found = _HEAD_END.search(octets, max(self.start, self._seen - 2))
            if found is None:
                self._seen = len(octets)
                return None
            head = HttpHead(bytes(octets[self.start : found.end()]), found.end(), True, self._is_behind_line_ends)
            self.start = self._seen = found.end()
            self._is_behind_line_ends = False
            if not head.is_interim:
                return head
            self._interim = head

    def end(self) -> HttpHead | None:
        """As `find`, once no more octets come: also a head that is cut, or an interim answer without a final one."""
        head = self.find()
        if head is not None:
            return head
        if self.start >= len(self._octets):
            return self._interim
        octets = bytes(self._octets[self.start :])
        return HttpHead(octets, len(self._octets), False, self._is_behind_line_ends) if octets.strip() else None


def find_head(block: bytes) -> HttpHead | None:
    """The head of the message in a block; None where there is none."""
    if block[:1] not in (b"\r", b"\n"):  # nearly always: one head, with nothing before it
        end = block.find(b"\n\r\n") + 3
        if short := block.find(b"\n\n", 0, end if end > 2 else None) + 1:
            end = short + 1
        if end > 2:
            head = HttpHead(block[:end], end)
            if not head.is_interim:
                return head
    return HeadFinder(block).end()


def serialise_head(start_line: bytes, fields: Iterable[tuple[bytes, bytes]]) -> bytes:
    """A head as it goes over the wire, the empty line included."""
    return b"\r\n".join((start_line, *(b"%s: %s" % field for field in fields), b"", b""))
