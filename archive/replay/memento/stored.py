"""The answer that a capture holds: status, fields and payload, read piece by piece.

The transfer coding is undone, the content coding is kept. A revisit has its own fields where its record has a head, and
the payload of its original.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

import attrs

from archive.catalog import Capture, Catalog
from archive.collection import Collection
from archive.errors import RecordDamaged, RecordMissing
from archive.faults import Damage, Fault
from archive.originals import original_of, present_place, read_capture
from archive.warc.chunks import Dechunker, dechunk, is_framed
from archive.warc.codings import LARGEST, codings_of, decode
from archive.warc.http import HttpMessage
from archive.warc.httphead import HeadFinder, HttpHead
from archive.warc.members import MemberDamaged
from archive.warc.reader import read_block

_LONGEST_HEAD = 1 << 20
_NOT_MODIFIED = 304
_SIZE_LINE = re.compile(rb"[0-9A-Fa-f]{1,15}[^\r\n]{0,99}\r\n")
# What a body of a coding begins with; of others nothing can be said
_BEGINNINGS = {"gzip": b"\x1f\x8b", "x-gzip": b"\x1f\x8b", "zstd": b"\x28\xb5\x2f\xfd"}


@attrs.frozen(kw_only=True)
class StoredAnswer:
    """An answer; `coding` is the content coding in which the payload is, empty where it is in none."""

    status: int
    fields: tuple[tuple[str, str], ...]
    mime: str | None
    coding: str
    payload: Iterator[bytes]

    def field(self, name: str) -> str | None:
        """The first value of a field; `name` is in lower case."""
        return next((value for key, value in self.fields if key.lower() == name), None)


def stored_answer(collection: Collection, catalog: Catalog, capture: Capture) -> StoredAnswer:
    """The answer of a capture.

    Raises:
        RecordMissing: it is a revisit whose original is not in the collection.
        RecordDamaged: the record cannot be read.
    """
    original = original_of(collection, catalog, capture)
    if original is None:
        raise RecordMissing(capture.record_id)
    pieces = _pieces(collection, original)
    head, body = _parted(pieces) if original.type != "resource" else (None, pieces)
    own = _own_head(collection, capture) if capture.id != original.id else None
    shown = own or head
    if head is None or shown is None:
        return StoredAnswer(status=original.status or 200, fields=(), mime=original.mime, coding="", payload=body)
    first, payload = _peeked(_unframed(head, body))
    message = HttpMessage(shown, b"")
    return StoredAnswer(
        status=shown.status or capture.status or 200,
        fields=message.fields,
        mime=message.field("Content-Type"),
        coding=_coding(message.field("Content-Encoding") or "", first),
        payload=payload,
    )


def _own_head(collection: Collection, capture: Capture) -> HttpHead | None:
    """The head in the record of a revisit; None where it has none, or that of an answer without a payload."""
    message = read_capture(collection, capture).http
    return message.head if message and message.head.is_whole and message.status not in (None, _NOT_MODIFIED) else None


def _pieces(collection: Collection, capture: Capture) -> Iterator[bytes]:
    """The block of a capture's record, also if it was moved to another file since the capture was looked up.

    Raises:
        RecordDamaged: it cannot be read.
    """
    pieces = _pieces_at(collection, capture)
    try:
        first = next(pieces, b"")
    except RecordDamaged:
        moved = present_place(collection, capture)
        if moved is None:
            raise
        pieces = _pieces_at(collection, moved)
        first = next(pieces, b"")
    return itertools.chain((first,), pieces)


def _pieces_at(collection: Collection, capture: Capture) -> Iterator[bytes]:
    file = collection.warc_file(capture.file)
    try:
        with file.open("rb") as stream:
            yield from read_block(stream, capture.offset, capture.record_id)
    except LookupError:
        # an id that the import gave to the record, which bears none
        yield read_capture(collection, capture).block
    except MemberDamaged as error:
        raise RecordDamaged(file, capture.offset, error.fault) from error
    except OSError as error:
        fault = Fault.of(Damage.UNREADABLE, found=error.strerror or str(error))
        raise RecordDamaged(file, capture.offset, fault) from error


def _parted(pieces: Iterator[bytes]) -> tuple[HttpHead | None, Iterator[bytes]]:
    """The head at the beginning of a block, and the rest; where there is none, all."""
    octets = bytearray()
    finder = HeadFinder(octets)
    head = None
    for piece in pieces:
        octets += piece
        head = finder.find()
        if head is not None or len(octets) > _LONGEST_HEAD:
            break
    if head is None or head.status is None:
        return None, itertools.chain((bytes(octets),), pieces)
    return head, itertools.chain((bytes(octets[head.body_start :]),), pieces)


def _unframed(head: HttpHead, body: Iterator[bytes]) -> Iterator[bytes]:
    """A body without its transfer codings, also where the head does not name them or names one that is not there."""
    if others := codings_of(",".join(coding.decode("latin-1") for coding in head.transfer_codings)):
        whole = b"".join(body)
        return iter((decode(dechunk(whole)[0] if head.is_chunked else whole, others, LARGEST).content,))
    if head.is_chunked:
        return _dechunked(body)
    first, body = _peeked(body)
    if not _SIZE_LINE.match(first):
        return body
    gathered = bytearray()
    for piece in body:
        gathered += piece
        if len(gathered) > LARGEST:
            break
    whole = bytes(gathered)
    return itertools.chain((dechunk(whole)[0] if is_framed(whole) else whole,), body)


def _dechunked(body: Iterator[bytes]) -> Iterator[bytes]:
    """A chunked body without its framing; one that was stored without it as it is."""
    dechunker = Dechunker()
    before = b""  # what came before it is known, which is a line at most
    for piece in body:
        parts = list(dechunker.feed(piece))
        before = b"" if dechunker.is_chunked else before + piece
        if dechunker.is_broken and before:
            break
        yield from parts
    yield before
    yield from body if before else ()


def _peeked(pieces: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """The first piece that is not empty, and all pieces."""
    first = next((piece for piece in pieces if piece), b"")
    return first, itertools.chain((first,), pieces)


def _coding(named: str, first: bytes) -> str:
    """The content codings that a body is in: none where it begins otherwise, stored decoded by another program."""
    codings = codings_of(named)
    beginning = _BEGINNINGS.get(codings[-1], b"") if codings else b""
    return ", ".join(codings) if first.startswith(beginning) else ""
