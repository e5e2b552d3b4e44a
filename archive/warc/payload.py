"""Where the payload lies in a block that holds an HTTP message, for digests; decodes no content."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from archive.warc.chunks import Dechunker
from archive.warc.http import HEAD_END

# How much of a long block is looked at for the head of its HTTP message
LONGEST_MESSAGE_HEAD = 1024 * 1024

_INTERIM = re.compile(rb"HTTP/\d\.\d[ \t]+1(?!01)\d\d(?!\d)", re.IGNORECASE)
_CODINGS = re.compile(rb"\ntransfer-encoding[ \t]*:([^\n]*(?:\n[ \t][^\n]*)*)")
_STATUS = re.compile(rb"http/\d(?:\.\d)?[ \t]+(\d{3})")


class Message:
    """The head of an HTTP message in a block: where its body starts, and how the body is framed.

    `is_cut` where no empty line ends the head: all of the block is head then.
    """

    __slots__ = ("_line", "body", "is_chunked", "is_cut", "length")

    def __init__(self, block: bytes, start: int, end: int, body: int) -> None:
        head = block[start:end].lower()
        self._line = head[:64]
        self.body, self.is_cut = body, end == body
        self.is_chunked = b"\ntransfer-encoding" in head and _is_chunked(head)
        length = _field(head, b"\ncontent-length:")
        self.length = int(length) if length is not None and length.isdigit() and len(length) <= 18 else None

    @property
    def is_response(self) -> bool:
        """Whether it begins as a response does."""
        return self._line.startswith(b"http/")

    @property
    def status(self) -> int | None:
        """The status code of a response."""
        match = _STATUS.match(self._line)
        return int(match[1]) if match else None

    @classmethod
    def find(cls, block: bytes) -> Message | None:
        """The message in a block, interim 1xx answers passed over; None where there is none."""
        start = 0
        while True:
            match = HEAD_END.search(block, start)
            if match is None:
                return cls(block, start, len(block), len(block)) if block[start:].strip() else None
            end, body = match.span()
            if not (_INTERIM.match(block, start) and body < len(block)):
                return cls(block, start, end, body) if end > start else None
            start = body


def _is_chunked(head: bytes) -> bool:
    codings = [coding.strip() for coding in b",".join(_CODINGS.findall(head)).split(b",")]
    return [coding for coding in codings if coding not in (b"", b"identity")][-1:] == [b"chunked"]


def _field(head: bytes, name: bytes) -> bytes | None:
    """The last value of a field in a head in lower case."""
    start = head.rfind(name)
    if start < 0:
        return None
    start += len(name)
    end = head.find(b"\n", start)
    return head[start : end if end >= 0 else len(head)].strip()


class PayloadHash:
    """Hashes of the payload in a block that comes in pieces: of the body as it stands, and as its chunks hold it."""

    def __init__(self, new: Callable[[], Any], *, may_hold_message: bool) -> None:
        """Hashes made by `new`; where there may be a message, its head is no payload."""
        self.message: Message | None = None
        self.dechunker = Dechunker()
        self._raw, self._chunks = new(), new()
        self._start, self._awaits_message = bytearray(), may_hold_message
        self._look_at = 0  # how long the start must be before it is looked at again: pieces may be tiny

    @property
    def is_chunked(self) -> bool:
        """Whether it is a body with chunk framing."""
        return self.dechunker.is_chunked

    def feed(self, piece: bytes) -> None:
        """Take the next piece of the block."""
        if not self._awaits_message:
            self._take(piece)
            return
        self._start += piece
        if len(self._start) >= self._look_at:
            self._look_at = 2 * len(self._start)
            self.message = Message.find(bytes(self._start))
            if (self.message and not self.message.is_cut) or len(self._start) >= LONGEST_MESSAGE_HEAD:
                self._begin()

    def finish(self) -> None:
        """Take it that the block has ended, whatever is still looked for."""
        if self._awaits_message:
            self.message = Message.find(bytes(self._start))
            self._begin()

    def of_raw(self) -> bytes:
        """The digest of the body as it stands."""
        digest: bytes = self._raw.digest()
        return digest

    def of_chunks(self) -> bytes:
        """The digest of what stands in the body's chunks."""
        digest: bytes = self._chunks.digest()
        return digest

    def _begin(self) -> None:
        self._awaits_message, start = False, bytes(self._start)
        self._start.clear()
        self._take(start[self.message.body :] if self.message else start)

    def _take(self, piece: bytes) -> None:
        self._raw.update(piece)
        if self.message and self.message.is_chunked:
            for chunk in self.dechunker.feed(piece):
                self._chunks.update(chunk)
