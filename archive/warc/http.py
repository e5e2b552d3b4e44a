"""HTTP/1 messages as bytes of the wire: whole in the block of a record, or a response that arrives in pieces."""

from __future__ import annotations

import functools

import attrs

from archive.warc.chunks import ChunkFault, Dechunker, dechunk, end_of_payload, is_framed
from archive.warc.codings import LARGEST, CodingFault, Decoded, codings_of, decode
from archive.warc.httphead import BadMessage, HeadFault, HeadFinder, HttpHead, find_head

_BEGINNING = b"HTTP/"


@attrs.frozen(slots=False)
class HttpMessage:
    """A request or the final response of a block; `body` is as on the wire, its transfer coding included."""

    head: HttpHead
    body: bytes

    @property
    def start_line(self) -> str:
        """The first line, decoded as ISO 8859-1, so that every byte survives."""
        return self.head.start_line.decode("latin-1")

    @functools.cached_property
    def fields(self) -> tuple[tuple[str, str], ...]:
        """Names and values, decoded as ISO 8859-1."""
        return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in self.head.fields)

    @property
    def status(self) -> int | None:
        """The status code of a response; None for a request or an unreadable status line."""
        return self.head.status

    def field(self, name: str) -> str | None:
        """The values of a field joined by commas (RFC 9110, 5.3), or None."""
        values = self.head.values(name.lower().encode())
        return b", ".join(values).decode("latin-1") if values else None

    @property
    def is_chunked(self) -> bool:
        """Whether the last transfer coding is chunked (RFC 9112, 6.1)."""
        return self.head.is_chunked

    def payload(self) -> bytes:
        """The body without its transfer coding, the content coding kept: what a payload digest covers."""
        return dechunk(self.body)[0] if self.is_chunked else self.body

    def decoded(self, limit: int = LARGEST) -> Decoded:
        """The payload with its codings undone, cut at `limit` bytes, and what was wrong with them."""
        body, faults = self.unframed()
        found = decode(body, codings_of(self.field("Content-Encoding"), self.field("Transfer-Encoding")), limit)
        return attrs.evolve(found, faults=faults + found.faults)

    def unframed(self) -> tuple[bytes, tuple[tuple[str, CodingFault], ...]]:
        """The payload; a body that is chunked without a header field is dechunked, and that is a fault."""
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
    head = find_head(block)
    return None if head is None else HttpMessage(head, block[head.body_start :])


def transfer_coding(message: HttpMessage) -> str:
    """The Transfer-Encoding that a message bears, as it stands; empty where there is none."""
    return message.field("Transfer-Encoding") or ""


def split_interim(octets: bytes) -> tuple[bytes, bytes]:
    """The interim answers and line ends before the final answer, and that; where there is none, nothing and all."""
    head = find_head(octets)
    if head is None or head.status is None or head.is_interim:
        return b"", octets
    start = head.body_start - len(head.octets)
    return octets[:start], octets[start:]


class ResponseReader:
    """Finds the end of one response in the octets of a connection as they arrive; interim responses are skipped.

    The connection appends to `received`. `head` is None until it is complete; `end` is the offset where the response
    ends, None until it is known. `close` sets it for a response that ends with its connection.
    """

    def __init__(self, method: bytes, received: bytearray) -> None:
        """A response to a request of that method."""
        self._received = received
        self._is_bodyless = method == b"HEAD"
        self.head: HttpHead | None = None
        self.end: int | None = None
        self.length: int | None = None
        self.is_persistent = False
        self._finder = HeadFinder(received)
        self._is_chunked = False
        self._dechunker = Dechunker()
        self._start = self._body_start = 0  # of what is not read yet, and of the body
        self._content = bytearray()  # of the chunks; their places would take more memory where each holds one byte

    def advance(self) -> None:
        """Read what was appended since the last call.

        Raises:
            BadMessage: it is not an HTTP/1 response.
        """
        if self.head is None and not self._read_head():
            return
        if self._is_chunked:
            self._read_chunks()
        elif self.length is not None and len(self._received) >= self._body_start + self.length:
            self.end = self._body_start + self.length

    def close(self) -> bool:
        """The connection has ended: whether the response is one that ends so."""
        if self.end is None and self.ends_with_connection:
            self.end = len(self._received)
        return self.end is not None

    @property
    def ends_with_connection(self) -> bool:
        """Whether nothing but the end of the connection ends the body (RFC 9112, 6.3, 8)."""
        return self.head is not None and self.length is None and not self._is_chunked

    @property
    def head_size(self) -> int:
        """Bytes of the head with all interim responses, so far."""
        return len(self._received) if self.head is None else self._body_start

    @property
    def body_size(self) -> int:
        """Bytes of the body so far, without its transfer coding."""
        if self.head is None:
            return 0
        if self._is_chunked:
            return len(self._content)
        came = len(self._received) - self._body_start
        return came if self.length is None else min(came, self.length)

    @property
    def faults(self) -> frozenset[HeadFault | ChunkFault]:
        """How the response so far departs from the grammar; octets after its end do not count."""
        of_head = self.head.faults() if self.head is not None else ()
        return frozenset((*of_head, *self._dechunker.faults - {ChunkFault.BEHIND_END}))

    def offset_of(self, size: int) -> int:
        """The offset in `received` where the first `size` bytes of the body end; so many must be there."""
        if not self._is_chunked:
            return self._body_start + size
        with memoryview(self._received) as octets:
            return self._body_start + end_of_payload(octets[self._body_start :], size)

    def body(self) -> bytes:
        """The body without its transfer coding; the part that arrived where the response is not whole."""
        if self.head is None:
            return b""
        if self._is_chunked:
            return bytes(self._content)
        with memoryview(self._received) as octets:
            return bytes(octets[self._body_start : self.end])

    def _read_head(self) -> bool:
        head = self._finder.find()
        if head is None:
            start = self._finder.start
            beginning = bytes(self._received[start : start + len(_BEGINNING)])
            if not _BEGINNING.startswith(beginning.upper()):  # no head will follow, however many octets come
                raise BadMessage(HeadFault.START_LINE, beginning)
            return False
        if head.status is None:
            raise BadMessage(HeadFault.START_LINE, head.start_line)
        self.head, self._start, self._body_start = head, head.body_start, head.body_start
        self._find_framing(head)
        return True

    def _find_framing(self, head: HttpHead) -> None:
        # RFC 9112, 6.3 and 9.3
        options = head.tokens(b"connection")
        self.is_persistent = ((head.version or b"") >= b"HTTP/1.1" or b"keep-alive" in options) and (
            b"close" not in options
        )
        if self._is_bodyless or head.status in (101, 204, 304):
            self.length = 0
        elif codings := head.transfer_codings:
            self._is_chunked = codings[-1] == b"chunked"
        elif head.lengths:
            self.length = head.content_length
            if self.length is None:
                raise BadMessage(HeadFault.LENGTH, b", ".join(sorted(head.lengths)))
        is_delimited = self._is_chunked or self.length is not None
        # after a 101 the server speaks another protocol, though the request asked for none
        self.is_persistent = self.is_persistent and is_delimited and head.status != 101

    def _read_chunks(self) -> None:
        with memoryview(self._received) as octets:
            piece = bytes(octets[self._start :])
        self._start = len(self._received)
        dechunker = self._dechunker
        for part in dechunker.feed(piece):
            self._content += part
        if dechunker.is_broken:
            raise BadMessage(ChunkFault.NO_SIZE, dechunker.found)
        if dechunker.has_ended:
            self.end = self._body_start + dechunker.consumed
