"""Copies the sound records of a damaged WARC or ARC file into a new one; the old one is not changed.

Gzip members are copied byte for byte. Records are compressed anew, one gzip member each, where the file is not
compressed record by record, and where a record is whole in a damaged member.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import attrs
from isal import isal_zlib

from archive.durable import part_of, put
from archive.errors import NothingSaved, OutputExists
from archive.faults import Fault
from archive.warc.check.findings import HEADER, Finding
from archive.warc.deflate import GzipMember
from archive.warc.members import GZIP_MAGIC, RECORD_END, next_member
from archive.warc.repair.salvage import KeepReason, between, copy_block, salvage
from archive.warc.repair.survey import Judged as Judged
from archive.warc.repair.survey import KeptRecord, Survey, holds_several, salvage_all, survey
from archive.warc.repair.survey import Lost as Lost

_STEP = 1024 * 1024
_GZIP_BITS = 31


@attrs.frozen
class LostBytes:
    """Bytes that are not in the copy: their place in the damaged file, and what is wrong there."""

    offset: int
    length: int
    faults: tuple[Fault, ...]


@attrs.frozen
class Repaired:
    """The result of a repair. `path` is the copy, or None where none was needed; offsets are those of the damaged file.

    `mended`: records that are repaired. `doubted`: records that are copied unchanged, though a digest is wrong.
    `lost`: records that are not in the copy, and places where no record can be read.
    """

    path: Path | None
    records: int
    bytes_kept: int
    left_out: tuple[LostBytes, ...]
    mended: tuple[Judged, ...] = ()
    doubted: tuple[Judged, ...] = ()
    lost: tuple[Lost, ...] = ()
    # the records were compressed anew, and so offsets are those of the inflated file
    is_inflated: bool = False


def output_of(path: Path) -> Path:
    """Where the copy of a file goes unless another place is named: `a.warc.gz` to `a.repaired.warc.gz`."""
    name = path.name.removesuffix(".open")
    for suffix in (".warc.gz", ".arc.gz", ".warc", ".arc", ".gz"):
        if name.lower().endswith(suffix):
            return path.with_name(f"{name[: -len(suffix)]}.repaired{name[-len(suffix) :]}")
    return path.with_name(f"{name}.repaired")


def repair(path: Path, output: Path | None = None, *, is_arc: bool = False, is_strict: bool = False) -> Repaired:
    """Write a sound copy of a file.

    A sound file is copied only where `output` is given. A record whose digest is wrong is kept where its block digest
    or the checksum of its gzip member is right, unless `is_strict`.

    Raises:
        OutputExists: there is a file at the copy's path.
        NothingSaved: no record is sound.
        OSError: the file cannot be read, or the disk is full; nothing is left behind.
    """
    target = output or output_of(path)
    if target.exists():
        raise OutputExists(target)
    with path.open("rb") as stream:
        is_zipped = stream.read(len(GZIP_MAGIC)) == GZIP_MAGIC
        looked = survey(stream, is_arc=is_arc, is_strict=is_strict, is_checked=is_zipped)
        is_shared = looked.is_shared or (is_zipped and not is_arc and holds_several(stream, looked))
        if not is_shared:
            if not is_arc:
                salvage_all(stream, looked, is_zipped=is_zipped)
            return _write(path, stream, target, looked, is_wanted=output is not None)
        with tempfile.TemporaryFile(dir=target.parent) as inflated:
            doubtful = _inflate(stream, inflated)
            inner = survey(inflated, is_arc=is_arc, is_strict=is_strict, is_checked=True, doubtful=doubtful)
            if not is_arc:
                salvage_all(inflated, inner, is_zipped=False)
            inner.findings[:0] = looked.findings
            return _write(path, inflated, target, inner, is_wanted=True, anew=is_zipped)


def _write(
    path: Path, stream: BinaryIO, target: Path, looked: Survey, *, is_wanted: bool, anew: bool = False
) -> Repaired:
    size, kept = stream.seek(0, 2), looked.kept
    left_out = tuple(_gaps(kept, size, looked.findings))
    if not kept:
        raise NothingSaved(path)
    if not is_wanted and _is_sound(looked, left_out):
        return Repaired(None, len(kept), size, (), doubted=tuple(looked.doubted))
    part = part_of(target)
    try:
        with part.open("xb") as copy:
            for place in kept:
                _copy(stream, copy, place, anew=anew)
        put(part, target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    mended = [*looked.mended, *(Judged(one.offset or 0, one.fault, KeepReason.MEMBER_CHECKSUM) for one in _odd(looked))]
    return Repaired(
        target,
        len(kept),
        sum(place.length for place in kept),
        left_out,
        tuple(sorted(mended, key=lambda one: one.offset)),
        doubted=tuple(looked.doubted),
        lost=looked.lost_records(),
        is_inflated=anew,
    )


def _is_sound(looked: Survey, left_out: Sequence[LostBytes]) -> bool:
    """Whether a copy would be no better than the file: a record with a wrong digest is copied with it."""
    damage = {finding.offset for finding in looked.findings if finding.severity == "damage"}
    return not left_out and not looked.mended and damage <= {one.offset for one in looked.doubted}


def _odd(looked: Survey) -> list[Finding]:
    """The damaged gzip headers; their members are sound."""
    return [finding for finding in looked.findings if finding.rule == HEADER and finding.severity == "damage"]


def _copy(stream: BinaryIO, copy: BinaryIO, place: KeptRecord, *, anew: bool) -> None:
    if place.is_odd:
        with tempfile.TemporaryFile() as inflated:
            for octets in GzipMember(stream, place.offset, place.offset + place.length).pieces():
                inflated.write(octets)
            _copy(inflated, copy, KeptRecord(0, inflated.tell()), anew=True)
        return
    if place.is_salvaged:
        stream.seek(place.offset)
        is_zipped = stream.read(len(GZIP_MAGIC)) == GZIP_MAGIC
        with tempfile.TemporaryFile() as record:
            salvage(stream, place.offset, place.offset + place.length, record, is_zipped=is_zipped)
            _copy(record, copy, KeptRecord(0, record.tell()), anew=anew or is_zipped)
        return
    if place.is_open:
        stream.seek(place.offset)
        is_zipped = stream.read(len(GZIP_MAGIC)) == GZIP_MAGIC
        end = place.offset + place.length
        pieces = GzipMember(stream, place.offset, end).pieces() if is_zipped else between(stream, place.offset, end)
        with tempfile.TemporaryFile() as record:
            copy_block(pieces, record)
            record.write(RECORD_END)
            _copy(record, copy, KeptRecord(0, record.tell()), anew=anew or is_zipped)
        return
    stream.seek(place.offset)
    left = place.length
    compressor = isal_zlib.compressobj(3, isal_zlib.DEFLATED, _GZIP_BITS) if anew else None
    while left and (piece := stream.read(min(left, _STEP))):
        left -= len(piece)
        copy.write(compressor.compress(piece) if compressor else piece)
    if compressor:
        copy.write(compressor.flush())


def _gaps(kept: list[KeptRecord], size: int, findings: list[Finding]) -> Iterator[LostBytes]:
    """The bytes between the records that are kept, with what is wrong in them."""
    position = 0
    for place in [*kept, KeptRecord(size, 0)]:
        if place.offset > position:
            faults = [
                finding.fault
                for finding in findings
                if finding.offset is not None
                and position <= finding.offset < place.offset
                and finding.severity != "warning"
            ]
            yield LostBytes(position, place.offset - position, tuple(dict.fromkeys(faults)))
        position = max(position, place.offset + place.length)


def _inflate(stream: BinaryIO, inflated: BinaryIO) -> list[range]:
    """Inflate all that can be inflated; the ranges of it whose checksum is wrong, and that so may have changed."""
    doubtful = []
    offset: int | None = 0
    while offset is not None:
        member, began = GzipMember(stream, offset), inflated.tell()
        for piece in member.pieces():
            inflated.write(piece)
        if member.is_contradicted and not (member.has_ended and member.is_trailer_damaged):
            doubtful.append(range(began, inflated.tell()))
        is_sound = member.has_ended and not member.is_contradicted
        stream.seek(member.behind)
        if is_sound and stream.read(len(GZIP_MAGIC)) == GZIP_MAGIC:
            offset = member.behind
        else:
            offset = next_member(stream, member.behind - 1 if is_sound else offset)
    return doubtful
