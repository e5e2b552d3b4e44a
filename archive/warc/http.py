"""HTTP/1 messages as they stand in record blocks: start line, fields, payload; never speaks HTTP itself."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator

import attrs
import brotli
import zstandard

HEAD_END = re.compile(rb"\r?\n\r?\n")
_STATUS = re.compile(rb"HTTP/\d(?:\.\d)?\s+(\d{3})", re.IGNORECASE)
_INTERIM = re.compile(rb"HTTP/\d\.\d[ \t]+1(?!01)\d\d(?!\d)", re.IGNORECASE)
_LINE_ENDS = re.compile(rb"[\r\n]*")
_CHUNK_SIZE = re.compile(rb"\s*([0-9A-Fa-f]{1,16})[^\n]*\n")


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

    def content(self, limit: int = 64 * 1024 * 1024) -> bytes:
        """The payload with its content codings undone, cut at `limit` bytes.

        A coding that is unknown or broken ends the decoding: what could be decoded is given.
        """
        content = self.payload()
        for coding in reversed((self.field("Content-Encoding") or "").lower().split(",")):
            decode = _DECODERS.get(coding.strip())
            if decode is None:
                break
            decoded = bounded(decode(content), limit)
            if content and not decoded:
                break
            content = decoded
        return content[:limit]

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


def dechunk(body: bytes) -> tuple[bytes, bool]:
    """Undo chunked transfer coding (RFC 9112, 7.1); also whether the last chunk was there.

    A body that is not chunked from its first byte on comes back as it is.
    """
    pieces: list[bytes] = []
    position = 0
    while match := _CHUNK_SIZE.match(body, position):
        size = int(match[1], 16)
        if size == 0:
            return b"".join(pieces), True
        start = match.end()
        pieces.append(body[start : start + size])
        position = start + size
        if position > len(body):
            break
        position += 2 if body[position : position + 2] == b"\r\n" else 0
    return (b"".join(pieces) if pieces else body), False


def bounded(pieces: Iterator[bytes], limit: int) -> bytes:
    """The pieces joined, not more than `limit` bytes of them."""
    taken = bytearray()
    for piece in pieces:
        taken += piece[: limit - len(taken)]
        if len(taken) >= limit:
            break
    return bytes(taken)


_STEP = 64 * 1024


def _inflate(bits: int) -> Callable[[bytes], Iterator[bytes]]:
    def pieces(coded: bytes) -> Iterator[bytes]:
        decoder = zlib.decompressobj(bits)
        try:
            while coded and not decoder.eof:
                yield decoder.decompress(coded, _STEP)
                coded = decoder.unconsumed_tail
            yield decoder.flush()
        except zlib.error:
            return

    return pieces


def _deflate(coded: bytes) -> Iterator[bytes]:
    # servers send zlib streams and bare deflate streams under this one name (RFC 9110, 8.4.1.2)
    wrapped = coded[:1] and coded[0] & 0x0F == 8 and int.from_bytes(coded[:2], "big") % 31 == 0
    yield from _inflate(zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS)(coded)


def _brotli(coded: bytes) -> Iterator[bytes]:
    decoder = brotli.Decompressor()
    try:
        for start in range(0, len(coded), 4096):
            piece = decoder.process(coded[start : start + 4096], output_buffer_limit=_STEP)
            while piece or not decoder.can_accept_more_data():  # a few bytes can stand for a gigabyte
                yield piece
                piece = decoder.process(b"", output_buffer_limit=_STEP)
    except brotli.error:
        return


def _zstd(coded: bytes) -> Iterator[bytes]:
    try:
        with zstandard.ZstdDecompressor().stream_reader(coded, read_across_frames=True) as reader:
            while piece := reader.read(_STEP):
                yield piece
    except zstandard.ZstdError:
        return


_DECODERS: dict[str, Callable[[bytes], Iterator[bytes]]] = {
    "gzip": _inflate(zlib.MAX_WBITS | 16),
    "x-gzip": _inflate(zlib.MAX_WBITS | 16),
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
    "identity": lambda coded: iter((coded,)),
}
