"""HTTP/1 messages as they stand in record blocks: start line, fields, payload; never speaks HTTP itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

import attrs

from archive.warc.chunks import dechunk, is_framed
from archive.warc.codings import LARGEST, CodingFault, Decoded, codings_of, decode

HEAD_END = re.compile(rb"\r?\n\r?\n")
_STATUS = re.compile(rb"HTTP/\d(?:\.\d)?\s+(\d{3})", re.IGNORECASE)
_INTERIM = re.compile(rb"HTTP/\d\.\d[ \t]+1(?!01)\d\d(?!\d)", re.IGNORECASE)
_LINE_ENDS = re.compile(rb"[\r\n]*")


@attrs.frozen
class HttpMessage:
    """A request or the final response of a block.

    `start_line` and `fields` are decoded as ISO 8859-1, so that every byte survives; `body` is as on the wire, its
    transfer coding included.
    """

    start_line: str
    fields: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def status(self) -> int | None:
        """The status code of a response; None for a request or an unreadable status line."""
        match = _STATUS.match(self.start_line.encode("latin-1"))
        return int(match[1]) if match else None

    def field(self, name: str) -> str | None:
        """The values of a field joined by commas (RFC 9110, 5.3), or None."""
        values = [value for key, value in self.fields if key.lower() == name.lower()]
        return ", ".join(values) if values else None

    @property
    def is_chunked(self) -> bool:
        """Whether the last transfer coding is chunked (RFC 9112, 6.1)."""
        codings = [coding.strip() for coding in (self.field("Transfer-Encoding") or "").lower().split(",")]
        return [coding for coding in codings if coding not in ("", "identity")][-1:] == ["chunked"]

    def payload(self) -> bytes:
        """The body without its transfer coding, the content coding kept: what a payload digest covers."""
        return dechunk(self.body)[0] if self.is_chunked else self.body

    def decoded(self, limit: int = LARGEST) -> Decoded:
        """The payload with its codings undone, cut at `limit` bytes, and what was wrong with them."""
        body, faults = self.unframed()
        found = decode(body, codings_of(self.field("Content-Encoding"), self.field("Transfer-Encoding")), limit)
        return attrs.evolve(found, faults=faults + found.faults)

    def unframed(self) -> tuple[bytes, tuple[tuple[str, CodingFault], ...]]:
        """The payload; of a body in chunks whose header field was lost, what they hold, and that as a fault."""
        if not self.is_chunked and is_framed(self.body):
            return dechunk(self.body)[0], (("chunked", CodingFault.FRAMED),)
        return self.payload(), ()

    def content(self, limit: int = LARGEST) -> bytes:
        """The payload with its codings undone as far as they can be, cut at `limit` bytes."""
        return self.decoded(limit).content

    @property
    def mime(self) -> str | None:
        """The media type without its parameters, in lower case."""
        value = self.field("Content-Type")
        return value.split(";")[0].strip().lower() or None if value else None


def parse_message(block: bytes) -> HttpMessage | None:
    """The message in a block, interim 1xx answers and line ends before it passed over; None where there is none."""
    start = _behind_interim(block)
    match = HEAD_END.search(block, start)
    end, behind = (match.start(), match.end()) if match else (len(block), len(block))
    lines = re.split(rb"\r?\n", block[start:end])
    if not lines[0].strip():
        return None
    return HttpMessage(lines[0].decode("latin-1"), tuple(_fields(lines[1:])), block[behind:])


def split_interim(octets: bytes) -> tuple[bytes, bytes]:
    """What came before a final answer, interim ones and line ends, and that one; where none came, nothing and all."""
    start = _behind_interim(octets)
    status = _STATUS.match(octets, start)
    is_final = status is not None and (int(status[1]) >= 200 or int(status[1]) == 101)
    return (octets[:start], octets[start:]) if is_final else (b"", octets)


def _behind_interim(block: bytes) -> int:
    """Where the last message begins: behind all interim answers that something follows, and the line ends before it."""
    start = _behind_line_ends(block, 0)
    while _INTERIM.match(block, start) and (match := HEAD_END.search(block, start)) and match.end() < len(block):
        start = _behind_line_ends(block, match.end())
    return start


def _behind_line_ends(block: bytes, start: int) -> int:
    found = _LINE_ENDS.match(block, start)
    return found.end() if found else start


def _fields(lines: list[bytes]) -> Iterator[tuple[str, str]]:
    name, value = "", ""
    for line in lines:
        text = line.decode("latin-1")
        if text[:1] in " \t" and name:  # obs-fold, RFC 9112, 5.2
            value += " " + text.strip()
            continue
        if name:
            yield name, value
        name, colon, value = text.partition(":")
        name, value = (name.strip(), value.strip()) if colon else ("", "")
    if name:
        yield name, value
