"""Makes a WARC file of one gzip member a record out of a file that has none: one that is zipped as a whole, or ARC.

The copy begins with a warcinfo record that says what it was made of, so that nobody takes it for the file itself.
"""

from __future__ import annotations

import enum
import json
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import attrs

from archive import VERSION
from archive.clock import warc_date
from archive.errors import NothingSaved
from archive.faults import Damage, Fault
from archive.ingest.foreign.incoming import Measure
from archive.ingest.foreign.reading import Trouble
from archive.ingest.foreign.zstd import decompress
from archive.warc.check.arc import Document, is_arc, verify_arc
from archive.warc.deflate import GzipMember
from archive.warc.digests import digest
from archive.warc.httphead import find_head
from archive.warc.members import GZIP_MAGIC, is_zipped, next_member
from archive.warc.record import FIELDS, RESPONSE, serialise
from archive.warc.recordhead import warc_fields
from archive.warc.repair.copies import repair

SOURCE_SHA256 = "source-sha256"
_NAMES = uuid.UUID("8f0c1f0e-6a55-5d0b-9d3e-2b7a5c9d4e10")
# What a file may hold at most when it is inflated: this many times its size, or so many bytes
_MOST_TIMES, _MOST_BYTES = 200, 1 << 30
_STEP = 1 << 20


class Conversion(enum.StrEnum):
    """How a copy was made of a foreign file; it stands in the copy's name."""

    RECOMPRESSED = "recompressed"
    FROM_ZSTD = "from-zstd"
    FROM_ARC = "from-arc"


class TooMuchInflated(Exception):
    """A file that inflates to far more than archives do."""


@attrs.frozen
class Converted:
    """What was not sound in the foreign file; offsets are of that, or of its inflated bytes where `is_inflated`."""

    troubles: tuple[Trouble, ...]
    is_inflated: bool


def is_arc_file(path: Path) -> bool:
    """Whether a file is an ARC file, zipped or not."""
    with path.open("rb") as stream:
        first = stream.read(len(GZIP_MAGIC))
        if first == GZIP_MAGIC:
            return is_arc(next(iter(GzipMember(stream, 0).pieces()), b"")[:11])
        return is_arc(first + stream.read(8))


def convert(
    source: Path, target: Path, inner: Path, how: Conversion, name: str, measured: Measure, now: datetime
) -> Converted:
    """Write the copy of a file.

    Args:
        inner: where records are laid on the way; nothing stays there.
        name: what the file was called where it came from.

    Raises:
        TooMuchInflated: it inflates to too much.
        NothingSaved: no record in it is sound.
        OSError: the disk is full.
    """
    try:
        if how is Conversion.FROM_ZSTD:
            return _from_zstd(source, inner, target, _head(how, name, measured, now))
        if how is Conversion.RECOMPRESSED:
            return _recompress(source, inner, target, _head(how, name, measured, now))
        return _from_arc(source, inner, target, _head(how, name, measured, now), name, measured)
    finally:
        inner.unlink(missing_ok=True)
        member_part(inner).unlink(missing_ok=True)


def member_part(inner: Path) -> Path:
    """Where what was compressed otherwise is laid on the way, as one gzip member."""
    return inner.with_name(f"{inner.name}.member")


def _from_zstd(source: Path, inner: Path, target: Path, head: bytes) -> Converted:
    member = member_part(inner)
    most = max(_MOST_BYTES, _MOST_TIMES * source.stat().st_size)
    found = decompress(source, member, most)
    if found.size > most:
        raise TooMuchInflated
    made = _recompress(member, inner, target, head)
    lost = () if found.is_whole else (Trouble(found.size, Fault.of(Damage.ZSTD_CUT), None),)
    return Converted((*made.troubles, *lost), is_inflated=True)


def _head(how: Conversion, name: str, measured: Measure, now: datetime) -> bytes:
    said = [
        ("software", f"baotinh/{VERSION}"),
        ("format", "WARC File Format 1.1"),
        ("description", f"copy of {name}, {how.value}"),
        ("source-file", name),
        (SOURCE_SHA256, measured.sha256),
        ("source-bytes", str(measured.size)),
    ]
    block = warc_fields(said)
    fields = [
        ("WARC-Type", "warcinfo"),
        ("WARC-Record-ID", _record_id(measured.sha256, how.value)),
        ("WARC-Date", warc_date(now)),
        ("Content-Type", FIELDS),
        ("Content-Length", str(len(block))),
    ]
    return serialise(fields, block)


def _record_id(*parts: object) -> str:
    """The same id for the same record of the same file, whenever it is converted."""
    return f"<urn:uuid:{uuid.uuid5(_NAMES, json.dumps(parts))}>"


def refuse_bombs(source: Path) -> None:
    """Inflate a file without keeping anything.

    Raises:
        TooMuchInflated: it inflates to far more than archives do.
    """
    with source.open("rb") as stream:
        if not is_zipped(stream):
            return
        left = max(_MOST_BYTES, _MOST_TIMES * stream.seek(0, 2))
        offset: int | None = 0
        while offset is not None:
            member = GzipMember(stream, offset)
            for piece in member.pieces():
                left -= len(piece)
                if left < 0:
                    raise TooMuchInflated
            offset = next_member(stream, max(member.behind - 1, offset))


def _recompress(source: Path, inner: Path, target: Path, head: bytes) -> Converted:
    refuse_bombs(source)
    made = repair(source, inner)
    with target.open("xb") as copy, inner.open("rb") as stream:
        copy.write(head)
        while piece := stream.read(_STEP):
            copy.write(piece)
    return Converted(
        tuple(Trouble(part.offset, fault, None) for part in made.left_out for fault in _faults(part.faults)),
        made.is_inflated,
    )


def _faults(faults: tuple[Fault, ...]) -> tuple[Fault, ...]:
    return faults[:1] or (Fault.of(Damage.NO_RECORD, found="", follows=1),)


def _from_arc(source: Path, inner: Path, target: Path, head: bytes, name: str, measured: Measure) -> Converted:
    refuse_bombs(source)
    troubles, documents = _documents(source)
    is_inflated = False
    if len({document.offset for document in documents}) < len(documents):  # they share members
        repair(source, inner, is_arc=True)
        source, is_inflated = inner, True
        _, documents = _documents(source)
    documents = [document for document in documents if not is_arc(document.url.encode())]
    if not documents:
        raise NothingSaved(source)
    with target.open("xb") as copy, source.open("rb") as stream:
        copy.write(head)
        for document in documents:
            record = _record(stream, document, name, measured.sha256)
            if isinstance(record, Trouble):
                troubles.append(record)
            else:
                copy.write(record)
    return Converted(tuple(troubles), is_inflated)


def _documents(source: Path) -> tuple[list[Trouble], list[Document]]:
    troubles, documents = [], []
    for document, findings in verify_arc(source):
        damage = [one for one in findings if one.severity == "damage"]
        troubles += [Trouble(one.offset or 0, one.fault, None, document is None) for one in damage]
        if document is not None:
            documents.append(document)
    return troubles, documents


def _record(stream: BinaryIO, document: Document, name: str, sha256: str) -> bytes | Trouble:
    """The WARC record of a document."""
    octets = b"".join(_pieces(stream, document))
    line, _, block = octets.partition(b"\n")
    fields = line.rstrip(b"\r").decode("utf-8", "replace").split(" ")
    if block.endswith(b"\n"):
        block = block[:-1]
    length = fields[-1]
    block = block[: int(length)] if length.isdigit() and len(length) < 18 else block
    try:
        captured_at = _instant(document.date)
    except ValueError:
        return Trouble(document.offset, Fault.of(Damage.NO_DATE, found=document.date[:100]), None)
    message = find_head(block)
    kind, mime = ("response", RESPONSE) if message is not None else ("resource", _type_of(fields))
    ends = len(document.url.split(" "))
    address = fields[ends] if len(fields) > ends and fields[ends][:1].isdigit() and fields[ends] != "0.0.0.0" else None
    said = [
        ("WARC-Type", kind),
        ("WARC-Record-ID", _record_id(sha256, document.offset)),
        ("WARC-Date", warc_date(captured_at)),
        ("WARC-Target-URI", document.url),
        *([("WARC-IP-Address", address)] if address else []),
        ("WARC-Source-URI", f"urn:sha256:{sha256}"),
        ("WARC-Source-Range", f"bytes={document.offset}-"),
        ("WARC-Block-Digest", digest(block)),
        ("Content-Type", mime),
        ("Content-Length", str(len(block))),
    ]
    return serialise(said, block)


def _instant(digits: str) -> datetime:
    """The instant of an ARC date: 14 digits, 12 without seconds, or more with parts of a second.

    Raises:
        ValueError: it is none.
    """
    if not digits.isdigit() or len(digits) < 12:
        raise ValueError(digits)
    return datetime.strptime(digits[:14].ljust(14, "0"), "%Y%m%d%H%M%S").replace(tzinfo=UTC)


def _type_of(fields: list[str]) -> str:
    """The media type in a document's line: its third field from the address on, in either version."""
    found = next((one for one in reversed(fields) if "/" in one and ":" not in one), "")
    return found if found.isascii() and found.isprintable() and found else "application/octet-stream"


def _pieces(stream: BinaryIO, document: Document) -> Iterator[bytes]:
    if is_zipped(stream):
        yield from GzipMember(stream, document.offset).pieces()
        return
    stream.seek(document.offset)
    yield stream.read(document.length)
