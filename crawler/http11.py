"""HTTP/1.1 as a client speaks it (RFC 9112): where an answer ends, what its head says; opens no connection.

As lenient as browsers are: line ends may stand before a status line, lines may end with LF alone, a line without a
colon is passed over, folded fields are joined, the name of the protocol may be in small letters and the reason phrase
may follow the status at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import attrs

from archive.warc.chunks import Dechunker, end_of_payload

HEAD_END = re.compile(rb"\n\r?\n")
_STATUS_LINE = re.compile(rb"(HTTP/\d\.\d)[ \t]+(\d{3})(?!\d)", re.IGNORECASE)
_BEGINNING = b"HTTP/"
_LINE_ENDS = re.compile(rb"[\r\n]*")
_LENGTH = re.compile(rb"[0-9]{1,18}")
_NOT_IN_A_FIELD = re.compile(rb"[\r\n\0]+")
_NOT_IN_A_TARGET = re.compile(rb"[\0- \x7f-\xff]")
# methods that may be sent again where nobody knows whether they arrived (RFC 9110, 9.2.2)
IDEMPOTENT = frozenset((b"GET", b"HEAD", b"OPTIONS", b"TRACE", b"PUT", b"DELETE"))
_WITH_A_BODY = frozenset((b"POST", b"PUT", b"PATCH"))

Fields = tuple[tuple[bytes, bytes], ...]


class BadAnswer(ValueError):
    """What came is no HTTP/1 answer; `found` are the octets, or the first of them."""

    def __init__(self, expected: str, found: bytes) -> None:
        self.expected, self.found = expected, found[:100]
        super().__init__(f"{expected} expected, {self.found!r} found")


@attrs.frozen
class Head:
    """Status line and fields of the final answer."""

    version: bytes
    status: int
    fields: Fields

    def values(self, name: bytes) -> list[bytes]:
        """The values of a field; `name` is in lower case."""
        return [value for key, value in self.fields if key.lower() == name]

    def tokens(self, name: bytes) -> list[bytes]:
        """The members of a field that is a list of tokens, in lower case (RFC 9110, 5.6.1)."""
        return [token.strip().lower() for value in self.values(name) for token in value.split(b",") if token.strip()]


class AnswerReader:
    """Finds the end of one answer in the octets of a connection as they come; interim answers are passed over.

    `received` is what the connection appends to; `head` is None until it is complete; `end` is the offset where the
    answer ends, None until that is known. An answer that ends with its connection gets its end from `close`.
    """

    def __init__(self, method: bytes, received: bytearray) -> None:
        self._received = received
        self._is_bodyless = method == b"HEAD"
        self.head: Head | None = None
        self.end: int | None = None
        self.length: int | None = None
        self.is_persistent = False
        self._start = 0  # of what has not been understood yet
        self._seen = 0  # so far was looked for the end of it
        self._is_chunked = False
        self._dechunker = Dechunker()
        self._body_start = 0
        self._content = bytearray()  # of the chunks; where they are would take more room, where each holds a byte

    def advance(self) -> None:
        """Look at what was appended since the last time.

        Raises:
            BadAnswer: it cannot be understood.
        """
        while self.head is None:
            if not self._read_head():
                return
        if self._is_chunked:
            self._read_chunks()
        elif self.length is not None and len(self._received) >= self._start + self.length:
            self.end = self._start + self.length

    def close(self) -> bool:
        """The connection has ended: whether the answer is one that ends so."""
        if self.end is None and self.head is not None and self.length is None and not self._is_chunked:
            self.end = len(self._received)
        return self.end is not None

    @property
    def ends_with_connection(self) -> bool:
        """Whether nothing but the end of the connection ends the body (RFC 9112, 6.3, 8)."""
        return self.head is not None and self.length is None and not self._is_chunked

    @property
    def head_size(self) -> int:
        """Bytes of the head with all interim answers, so far."""
        return len(self._received) if self.head is None else self._body_start

    @property
    def body_size(self) -> int:
        """Bytes of the body that have come, without its transfer coding."""
        if self.head is None:
            return 0
        if self._is_chunked:
            return len(self._content)
        came = len(self._received) - self._body_start
        return came if self.length is None else min(came, self.length)

    def offset_of(self, size: int) -> int:
        """Where in what was received the first `size` bytes of the body end; so many must have come."""
        if not self._is_chunked:
            return self._body_start + size
        with memoryview(self._received) as octets:
            return self._body_start + end_of_payload(octets[self._body_start :], size)

    def body(self) -> bytes:
        """The body without its transfer coding; what there is of it where the answer is not whole."""
        if self.head is None:
            return b""
        if self._is_chunked:
            return bytes(self._content)
        with memoryview(self._received) as octets:
            return bytes(octets[self._body_start : self.end])

    def _read_head(self) -> bool:
        # some servers end a body with one line end more than they declared
        line_ends = _LINE_ENDS.match(self._received, self._start)
        self._start = line_ends.end() if line_ends else self._start
        found = HEAD_END.search(self._received, max(self._start, self._seen - 2))
        if found is None:
            self._seen = len(self._received)
            beginning = bytes(self._received[self._start : self._start + len(_BEGINNING)])
            if not _BEGINNING.startswith(beginning.upper()):  # no need to wait for the end of what will never be read
                raise BadAnswer("a status line", beginning)
            return False
        head = read_head(bytes(self._received[self._start : found.start() + 1]))
        self._start = self._seen = found.end()
        if 100 <= head.status < 200 and head.status != 101:
            return True
        self.head, self._body_start = head, self._start
        self._find_framing(head)
        return True

    def _find_framing(self, head: Head) -> None:
        # RFC 9112, 6.3 and 9.3
        options = head.tokens(b"connection")
        self.is_persistent = (head.version >= b"HTTP/1.1" or b"keep-alive" in options) and b"close" not in options
        codings = [coding for coding in head.tokens(b"transfer-encoding") if coding != b"identity"]
        lengths = {value.strip() for field in head.values(b"content-length") for value in field.split(b",")}
        if self._is_bodyless or head.status in (101, 204, 304):
            self.length = 0
        elif codings:
            self._is_chunked = codings[-1] == b"chunked"
        elif lengths:
            (length, *others) = lengths
            if others or not _LENGTH.fullmatch(length):
                raise BadAnswer("one Content-Length", b", ".join(sorted(lengths)))
            self.length = int(length)
        is_delimited = self._is_chunked or self.length is not None
        # behind a 101 another protocol would be spoken, though nobody asked for one
        self.is_persistent = self.is_persistent and is_delimited and head.status != 101

    def _read_chunks(self) -> None:
        with memoryview(self._received) as octets:
            piece = bytes(octets[self._start :])
        self._start = len(self._received)
        dechunker = self._dechunker
        for part in dechunker.feed(piece):
            self._content += part
        if dechunker.is_broken:
            raise BadAnswer("the size of a chunk", dechunker.found)
        if dechunker.has_ended:
            self.end = self._body_start + dechunker.consumed


def read_head(octets: bytes) -> Head:
    """Read a status line and the fields behind it.

    Raises:
        BadAnswer: there is no status line.
    """
    status_line, *lines = octets.split(b"\n")
    match = _STATUS_LINE.match(status_line.removesuffix(b"\r"))
    if match is None:
        raise BadAnswer("a status line", status_line)
    return Head(match[1].upper(), int(match[2]), tuple(_fields(lines)))


def _fields(lines: Iterable[bytes]) -> Iterable[tuple[bytes, bytes]]:
    name, pieces = b"", []
    for line in lines:
        if line[:1] in b" \t" and line and name:  # obs-fold, RFC 9112, 5.2
            pieces.append(line.strip())
            continue
        if name:
            yield name, b" ".join(pieces)
        name, colon, value = line.partition(b":")
        name, pieces = (name.strip(), [value.strip()]) if colon else (b"", [])
    if name:
        yield name, b" ".join(pieces)


def target_of(url: str) -> str:
    """What of an address the server is asked for: path and query, as they stand."""
    rest = url.partition("#")[0].partition("://")[2]
    start = min(found for found in (rest.find("/"), rest.find("?"), len(rest)) if found >= 0)
    return rest[start:] if rest[start : start + 1] == "/" else "/" + rest[start:]


def request_octets(
    method: bytes, target: bytes, host: bytes, fields: Iterable[tuple[bytes, bytes]], body: bytes
) -> bytes:
    """A request as it goes out: Host first, then the fields as given, Content-Length where there is a body.

    Raises:
        ValueError: the method or target holds what would end the line.
    """
    if _NOT_IN_A_TARGET.search(method) or _NOT_IN_A_TARGET.search(target):
        raise ValueError(f"{method!r} {target!r} cannot stand in a request line")
    lines = [b"%s %s HTTP/1.1" % (method, target)]
    given = list(fields)
    if not any(name.lower() == b"host" for name, _ in given):
        lines.append(b"Host: " + host)
    lines += [b"%s: %s" % (name, _NOT_IN_A_FIELD.sub(b" ", value)) for name, value in given]
    if (body or method in _WITH_A_BODY) and not any(name.lower() == b"content-length" for name, _ in given):
        lines.append(b"Content-Length: %d" % len(body))
    return b"\r\n".join((*lines, b"", body))
