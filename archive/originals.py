"""Finds the original of a revisit (ISO 28500, 6.7), and reads the bytes of captures and of captured pictures.

Revisits of other programs name their original in many ways, or not at all. It is looked for in this order: the record
that the revisit names; the address and date that it names; an earlier capture of its own address, which for an
identical payload must have its digest; and for an identical payload any capture with its digest. The digest of an empty
payload is not used. A 304 that was stored as a response is handled as a revisit. Some writers look up the digest of an
empty payload and name the first empty body that they hold: that of another address, such as a redirect, is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

import attrs

from archive.catalog import Capture, Catalog
from archive.clock import parse_warc_date
from archive.collection import Collection
from archive.errors import RecordDamaged, RecordMissing
from archive.warc.cdxj import urlkey
from archive.warc.digests import Claim, Impossible, Unknown, is_of_nothing, normal_form, read_claim
from archive.warc.reader import Record, read_record

# An address may have ten thousand captures, each a revisit of another
_MOST_LOOKED_AT = 100
_NOT_MODIFIED = "server-not-modified"
_NOT_MODIFIED_STATUS = 304


def original_of(collection: Collection, catalog: Catalog, capture: Capture) -> Capture | None:
    """The capture that holds the bytes: itself, or the original of a revisit, also over other revisits; or None."""
    return _Search(collection, catalog).original(capture)


def read_original(collection: Collection, catalog: Catalog, record_id: str) -> Record:
    """The record with the bytes of a capture.

    Raises:
        RecordMissing: no such capture, or a revisit whose original is not in the collection.
        RecordDamaged: the record cannot be read.
    """
    found = catalog.capture(record_id)
    original = original_of(collection, catalog, found) if found else None
    if original is None:
        raise RecordMissing(record_id)
    return read_capture(collection, original)


def read_capture(collection: Collection, capture: Capture) -> Record:
    """The record of a capture, also if it was moved to another file since the capture was looked up.

    Raises:
        RecordDamaged: it cannot be read.
    """
    try:
        return read_record(collection.warc_file(capture.file), capture.offset, capture.length)
    except RecordDamaged:
        moved = present_place(collection, capture)
        if moved is None:
            raise
    return read_record(collection.warc_file(moved.file), moved.offset, moved.length)


def present_place(collection: Collection, capture: Capture) -> Capture | None:
    """The capture as the catalog has it now, if its record is in another place; else None."""
    with collection.catalog() as catalog:  # a connection of its own: another may see an earlier state
        now = catalog.capture(capture.record_id)
    return now if now is not None and (now.file, now.offset) != (capture.file, capture.offset) else None


class _Search:
    """One search, which examines each capture once."""

    def __init__(self, collection: Collection, catalog: Catalog) -> None:
        self._collection, self._catalog = collection, catalog
        self._seen: set[int] = set()

    def original(self, capture: Capture) -> Capture | None:
        if capture.type != "revisit" and capture.status != _NOT_MODIFIED_STATUS:
            return capture
        if capture.id in self._seen or len(self._seen) >= _MOST_LOOKED_AT:
            return None
        self._seen.add(capture.id)
        for candidate in self._candidates(capture):
            if (found := self.original(candidate)) is not None:
                return found
        return None

    def _candidates(self, capture: Capture) -> Iterator[Capture]:
        record = self._read(capture)
        profile = (record.header("WARC-Profile") or "") if record else ""
        is_unchanged = capture.status == _NOT_MODIFIED_STATUS or _NOT_MODIFIED in profile
        named = self._catalog.capture(capture.refers_to) if capture.refers_to else None
        if named is not None and _can_hold(named, capture, is_unchanged=is_unchanged):
            yield named
        uri = (record.header("WARC-Refers-To-Target-URI") or "").strip("<>") if record else ""
        at = _second(record.header("WARC-Refers-To-Date") if record else None)
        if at is not None:
            named_address = self._of_address(uri or capture.url, capture)
            yield from (
                one
                for one in named_address
                if one.captured_at.replace(microsecond=0) == at and _can_hold(one, capture, is_unchanged=is_unchanged)
            )
        same = self._of_address(capture.url, capture)
        if is_unchanged:
            yield from self._confirmed(capture, same)
            return
        yield from self._with_digest(capture, [*(self._of_address(uri, capture) if uri else ()), *same])
        if not (_says_something(capture.payload_digest) or capture.refers_to or at):
            yield from _before(capture, _answering(capture.status or 200, same))

    def _confirmed(self, capture: Capture, same: list[Capture]) -> Iterator[Capture]:
        """The captures that a 304 may confirm: earlier ones of its address, those with its digest first."""
        earlier = list(_before(capture, _answering(200, same)))
        if _says_something(capture.payload_digest):
            yield from (one for one in earlier if _is_same(one.payload_digest, capture.payload_digest))
        yield from earlier

    def _with_digest(self, capture: Capture, same: list[Capture]) -> Iterator[Capture]:
        """Captures with the payload digest of a revisit, those of its address first."""
        digest = capture.payload_digest
        if digest is None:
            return
        if not _says_something(digest):
            # an empty page, or the digest of a block that was left out
            answering = list(_answering(capture.status or 200, same))
            yield from (one for one in answering if _is_same(one.payload_digest, digest))
            yield from _before(capture, answering)
            return
        yield from (one for one in same if one.type != "revisit" and self._holds(one, digest))
        yield from (one for one in self._catalog.with_digest(digest) if one.type != "revisit")

    def _of_address(self, url: str, capture: Capture) -> list[Capture]:
        """The other captures of exactly the address, then those with its urlkey; the last one before first."""
        found = [one for one in self._catalog.captures(urlkey(url)) if one.id != capture.id]
        at = capture.captured_at

        def rank(one: Capture) -> tuple[bool, bool, float]:
            return one.url != url, one.captured_at > at, abs((one.captured_at - at).total_seconds())

        return sorted(found, key=rank)[:_MOST_LOOKED_AT]

    def _holds(self, capture: Capture, digest: str) -> bool:
        """Whether a capture has that digest, by its record, or where that has no comparable one by its payload."""
        if (same := _compared(capture.payload_digest, digest)) is not None:
            return same
        claim, record = _claim(digest), self._read(capture)
        if claim is None or record is None:
            return False
        return claim.fits(record.http.payload() if record.http else record.block)

    def _read(self, capture: Capture) -> Record | None:
        try:
            return read_capture(self._collection, capture)
        except (RecordDamaged, OSError):
            return None


def _before(capture: Capture, others: Iterable[Capture]) -> Iterator[Capture]:
    return (one for one in others if one.captured_at <= capture.captured_at)


def _can_hold(named: Capture, revisit: Capture, *, is_unchanged: bool) -> bool:
    """Whether a capture that a revisit names can hold its bytes; an empty answer of another address cannot."""
    if urlkey(named.url) == urlkey(revisit.url) or not named.payload_digest or _says_something(named.payload_digest):
        return True
    return not is_unchanged and revisit.status in (named.status, None)


def _answering(status: int, captures: Iterable[Capture]) -> Iterator[Capture]:
    """Captures with that status, and captures without one: revisits without a block, resources."""
    return (one for one in captures if one.status in (status, None, _NOT_MODIFIED_STATUS))


def _second(date: str | None) -> datetime | None:
    try:
        return parse_warc_date(date.upper()).replace(microsecond=0) if date else None
    except (ValueError, OverflowError):
        return None


def _claim(digest: str | None) -> Claim | None:
    try:
        return read_claim(digest.encode()) if digest else None
    except (Unknown, Impossible):
        return None


def _says_something(digest: str | None) -> bool:
    """Whether it is the digest of a payload that is not empty: many writers store that of the omitted block."""
    return bool(digest) and not is_of_nothing((digest or "").encode())


def _compared(one: str | None, other: str) -> bool | None:
    """Whether two digests are equal in any encoding; None where they cannot be compared."""
    if one is None:
        return None
    first, second = normal_form(one.encode()), normal_form(other.encode())
    if first is None or second is None:
        return True if one == other else None
    return first[1] == second[1] if first[0] == second[0] else None


def _is_same(one: str | None, other: str | None) -> bool:
    return other is not None and _compared(one, other) is True


LARGEST = 40 * 1024 * 1024

# First bytes of the supported formats; the Content-Type is ignored. SVG is left out: it can contain scripts.
_BEGINNINGS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (4, b"ftypavif", "image/avif"),
    (4, b"ftypavis", "image/avif"),
)


@attrs.frozen
class CapturedPicture:
    """A captured picture, decoded."""

    mime: str
    content: bytes


def picture(collection: Collection, catalog: Catalog, record_id: str) -> CapturedPicture | None:
    """The picture of a capture, or None if it is not a picture of a supported format.

    Raises:
        RecordMissing: no such capture, or a revisit whose original is not in the collection.
        RecordDamaged: the record cannot be read.
    """
    record = read_original(collection, catalog, record_id)
    content = record.http.content(LARGEST) if record.http else record.block
    mime = picture_type(content)
    return CapturedPicture(mime, content) if mime and len(content) < LARGEST else None


def picture_type(content: bytes) -> str | None:
    """The type of a picture, judged by its first bytes."""
    for offset, beginning, mime in _BEGINNINGS:
        if content[offset : offset + len(beginning)] == beginning:
            return mime
    return None
