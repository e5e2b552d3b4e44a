"""Reads the chunked transfer coding (RFC 9112, 7.1), for client, writer and verifier.

It is tolerant, as browsers are: empty lines before a size, lines that end with LF alone, white space around a size and
a missing line end after a chunk are accepted. Each of these is a `ChunkFault`: a body without faults is one that the
grammar allows.
"""

from __future__ import annotations

import copy
import enum
import re
from collections.abc import Iterator

# A longer line is no line of the framing
LONGEST_LINE = 8 * 1024
_STEP = 64 * 1024
_SIZE = re.compile(rb"([ \t]*)0*([0-9A-Fa-f]{1,15})([ \t]*)(?:;.*)?", re.DOTALL)
_LONGEST_FOUND = 100
_BEGINNING = re.compile(rb"[0-9A-Fa-f]{1,15}(?:;[^\r\n]{0,99})?\r\n")


class ChunkFault(enum.Enum):
    """How a body departs from the grammar of RFC 9112, 7.1."""

    EMPTY_LINE = "empty line before a size"
    NO_LINE_END = "no line end behind a chunk"
    BARE_LINE_FEED = "line that ends with LF alone"
    WHITE_SPACE = "white space around a size"
    NO_SIZE = "no size where one should stand"
    BEHIND_END = "octets behind the end"


class Dechunker:
    """Decodes a body that arrives in pieces.

    After a fault of the framing the rest is no payload. `is_chunked`: the body begins with a chunk; `is_whole`: the
    last chunk was read; `has_ended`: also the empty line after the trailer fields; `is_broken`: `found` is in the place
    of a size. `declared`: octets of payload by the sizes so far; `consumed`: octets of the body that were read, at the
    end the offset at which the body ends.
    """

    def __init__(self) -> None:
        self.is_chunked = self.is_whole = self.has_ended = self.is_broken = False
        self.declared = self.consumed = 0
        self.found = b""
        self.faults: set[ChunkFault] = set()
        self._left = 0
        self._line_ends = b""  # since the last chunk; two octets are enough
        self._rest = b""  # an incomplete line

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """The payload in the next piece of the body; must be exhausted before the next call."""
        octets, at = (self._rest + piece if self._rest else piece), 0
        while at < len(octets) and not (self.has_ended or self.is_broken):
            if self._left:
                part = octets[at : at + self._left]
                self._left -= len(part)
                at += len(part)
                yield part
            elif not self.is_whole and octets[at] in b"\r\n":
                self._line_ends = (self._line_ends + octets[at : at + 1])[:3]
                at += 1
            elif (line_end := octets.find(b"\n", at)) >= 0 and line_end - at <= LONGEST_LINE:
                at = self._line(octets[at:line_end], at, line_end + 1)
            elif line_end >= 0 or len(octets) - at > LONGEST_LINE:
                self._break(octets[at:])
            else:
                break
        self.consumed += at
        self._rest = b"" if self.has_ended or self.is_broken else octets[at:]
        if self.has_ended and at < len(octets):
            self.faults.add(ChunkFault.BEHIND_END)

    def _line(self, line: bytes, start: int, behind: int) -> int:
        """Read a line of the framing; the offset after it."""
        is_bare, line = not line.endswith(b"\r"), line.removesuffix(b"\r")
        match = None if self.is_whole else _SIZE.fullmatch(line)
        if match is None and not self.is_whole:
            self._break(line)
            return start
        if is_bare:
            self.faults.add(ChunkFault.BARE_LINE_FEED)
        if match is None:  # a line of the trailer section
            self.has_ended = not line
            return behind
        self._note_line_ends()
        if match[1] or match[3]:
            self.faults.add(ChunkFault.WHITE_SPACE)
        self._left = int(match[2], 16)
        self.declared += self._left
        self.is_chunked, self.is_whole = True, not self._left
        return behind

    def _note_line_ends(self) -> None:
        expected, found = b"\r\n" if self.is_chunked else b"", self._line_ends
        self._line_ends = b""
        if found == expected:
            return
        if not found:
            self.faults.add(ChunkFault.NO_LINE_END)
        else:
            self.faults.add(ChunkFault.BARE_LINE_FEED if expected and found == b"\n" else ChunkFault.EMPTY_LINE)

    def _break(self, found: bytes) -> None:
        self.is_broken, self.found = True, found[:_LONGEST_FOUND]
        self.faults.add(ChunkFault.NO_SIZE)


def dechunk(body: bytes) -> tuple[bytes, bool]:
    """The payload of a whole body, and whether its last chunk is there.

    A body that does not begin with a chunk is returned unchanged.
    """
    dechunker = Dechunker()
    payload = b"".join(dechunker.feed(body))
    return (payload if dechunker.is_chunked else body), dechunker.is_whole


def end_of_payload(body: bytes | memoryview, size: int) -> int:
    """The offset in a body at which the first `size` octets of its payload end; its length where there are fewer."""
    reader, got = Dechunker(), 0
    for start in range(0, len(body), _STEP):
        piece = bytes(body[start : start + _STEP])
        before = copy.deepcopy(reader)
        held = sum(map(len, reader.feed(piece)))
        if got + held >= size:
            shortest, enough = 0, len(piece)
            while shortest < enough:
                middle = (shortest + enough) // 2
                if sum(map(len, copy.deepcopy(before).feed(piece[:middle]))) >= size - got:
                    enough = middle
                else:
                    shortest = middle + 1
            return start + shortest
        got += held
    return len(body)


def is_framed(body: bytes) -> bool:
    """Whether a whole body consists of chunks, without any fault."""
    if not _BEGINNING.match(body):
        return False
    dechunker = Dechunker()
    for _ in dechunker.feed(body):
        if dechunker.is_broken:
            return False
    return dechunker.has_ended and not dechunker.faults
