"""A record as the check knows it: its place and its head, without its block; reads no file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from isal import isal_zlib

from archive.warc.check.heads import Head
from archive.warc.httphead import HttpHead


class BlockChecksum:
    """CRC-32 of a block that comes in pieces."""

    def __init__(self) -> None:
        self.value = 0

    def pass_on(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """The pieces as they come."""
        for piece in pieces:
            self.value = isal_zlib.crc32(piece, self.value)
            yield piece


class Checked:
    """A record that was read to its end: where it lies and what its head says.

    `length` is 0 where the record has no place of its own: it shares a gzip member with others. `is_ended`: two CR LF
    stand behind its block. `checksum`: of its block (CRC-32).
    """

    __slots__ = ("checksum", "head", "is_ended", "length", "message", "offset")

    def __init__(
        self,
        head: Head,
        offset: int,
        length: int,
        message: HttpHead | None,
        *,
        checksum: int = 0,
        is_ended: bool = True,
    ) -> None:
        self.head, self.offset, self.length, self.message = head, offset, length, message
        self.checksum, self.is_ended = checksum, is_ended

    @property
    def status(self) -> int | None:
        """The status of the HTTP response in it."""
        return self.message.status if self.message else None

    @property
    def type(self) -> str:
        """WARC-Type, in lower case."""
        return self.head.type

    @property
    def record_id(self) -> str:
        """WARC-Record-ID without its angle brackets."""
        return (self.head.text(b"warc-record-id") or "").strip("<>")

    @property
    def url(self) -> str | None:
        """WARC-Target-URI without the angle brackets that some put around it."""
        uri = self.head.text(b"warc-target-uri")
        return uri.strip("<>") if uri else None

    def header(self, name: str) -> str | None:
        """The first value of a named field."""
        return self.head.text(name.lower().encode())
