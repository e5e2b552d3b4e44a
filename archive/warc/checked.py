"""A record as the check knows it: its place and its head, without its block; reads no file."""

from __future__ import annotations

from archive.warc.heads import Head
from archive.warc.payload import Message


class Checked:
    """A record that was read to its end: where it lies and what its head says.

    `length` is 0 where the record has no place of its own: it shares a gzip member with others. `is_ended`: two CR LF
    stand behind its block.
    """

    __slots__ = ("head", "is_ended", "length", "message", "offset")

    def __init__(self, head: Head, offset: int, length: int, message: Message | None, *, is_ended: bool = True) -> None:
        self.head, self.offset, self.length, self.message = head, offset, length, message
        self.is_ended = is_ended

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
