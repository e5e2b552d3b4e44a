"""Saving the sound records of a damaged WARC or ARC file into a new one; never changes the old one.

What is saved keeps its bytes, gzip members included. Only where a file is not compressed record by record are its
records compressed anew, one gzip member each.
"""

from __future__ import annotations

import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import attrs
from isal import isal_zlib

from archive.durable import part_of, put
from archive.errors import NothingSaved, OutputExists
from archive.warc.arc import verify_arc_stream
from archive.warc.findings import HEADER, Finding
from archive.warc.members import GZIP_MAGIC, next_member
from archive.warc.verify import verify_stream

_STEP = 1024 * 1024
_GZIP_BITS = 31


@attrs.frozen
class LeftOut:
    """Bytes that are not in the copy: where they lie in the file that was read, and why they were left out."""

    offset: int
    length: int
    reason: str


@attrs.frozen
class Repaired:
    """What was done. `path` is the copy, or None where none was needed; offsets are those of the file as it lies."""

    path: Path | None
    records: int
    bytes_kept: int
    left_out: tuple[LeftOut, ...]
    # the records were compressed anew: offsets are those of the inflated file
    is_inflated: bool = False


@attrs.frozen
class _Kept:
    offset: int
    length: int
    # its gzip header is not as it was: the rest of the member is sound, and is put into a new one
    is_odd: bool = False


def output_of(path: Path) -> Path:
    """Where the copy of a file goes unless another place is named: `a.warc.gz` to `a.repaired.warc.gz`."""
    name = path.name.removesuffix(".open")
    for suffix in (".warc.gz", ".arc.gz", ".warc", ".arc", ".gz"):
        if name.lower().endswith(suffix):
            return path.with_name(f"{name[: -len(suffix)]}.repaired{name[-len(suffix) :]}")
    return path.with_name(f"{name}.repaired")


def repair(path: Path, output: Path | None = None, *, is_arc: bool = False) -> Repaired:
    """Write a sound copy of a file.

    A sound file is copied only where `output` is named.

    Raises:
        OutputExists: the copy's place is taken.
        NothingSaved: no record is sound.
        OSError: the file cannot be read, or the disk is full; nothing is left behind.
    """
    target = output or output_of(path)
    if target.exists():
        raise OutputExists(target)
    with path.open("rb") as stream:
        is_zipped = stream.read(len(GZIP_MAGIC)) == GZIP_MAGIC
        kept, findings, is_shared = _survey(stream, is_arc=is_arc)
        if not is_shared:
            return _write(path, stream, target, kept, findings, is_wanted=output is not None)
        with tempfile.TemporaryFile(dir=target.parent) as inflated:
            _inflate(stream, inflated)
            kept, behind, _ = _survey(inflated, is_arc=is_arc)
            return _write(path, inflated, target, kept, findings + behind, is_wanted=True, anew=is_zipped)


def _survey(stream: BinaryIO, *, is_arc: bool) -> tuple[list[_Kept], list[Finding], bool]:
    """The places of all sound records, what was found, and whether records share gzip members."""
    kept: list[_Kept] = []
    found: list[Finding] = []
    is_shared = False
    stream.seek(0)
    verdicts: Iterator[tuple[Any, list[Finding]]] = (
        verify_arc_stream(stream, "") if is_arc else verify_stream(stream, "")
    )
    for record, findings in verdicts:
        found += findings
        if record is not None and not record.length:
            is_shared = True
        elif record is not None and all(finding.severity != "damage" for finding in findings):
            kept.append(_Kept(record.offset, record.length))
    damage = [finding for finding in found if finding.severity == "damage"]
    odd = {finding.offset for finding in damage if finding.rule == HEADER}
    doubtful = {finding.offset for finding in damage if finding.rule != HEADER}
    sound = [attrs.evolve(place, is_odd=place.offset in odd) for place in kept if place.offset not in doubtful]
    return sound, found, is_shared


def _write(
    path: Path,
    stream: BinaryIO,
    target: Path,
    kept: list[_Kept],
    findings: list[Finding],
    *,
    is_wanted: bool,
    anew: bool = False,
) -> Repaired:
    size = stream.seek(0, 2)
    left_out = tuple(_gaps(kept, size, findings))
    if not kept:
        raise NothingSaved(path)
    is_sound = not left_out and not any(finding.severity == "damage" for finding in findings)
    if is_sound and not is_wanted:
        return Repaired(None, len(kept), size, ())
    part = part_of(target)
    try:
        with part.open("xb") as copy:
            for place in kept:
                _copy(stream, copy, place, anew=anew)
        put(part, target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return Repaired(target, len(kept), sum(place.length for place in kept), left_out, anew)


def _copy(stream: BinaryIO, copy: BinaryIO, place: _Kept, *, anew: bool) -> None:
    if place.is_odd:
        with tempfile.TemporaryFile() as inflated:
            _inflate_member(stream, inflated, place.offset)
            _copy(inflated, copy, _Kept(0, inflated.tell()), anew=True)
        return
    stream.seek(place.offset)
    left = place.length
    compressor = isal_zlib.compressobj(3, isal_zlib.DEFLATED, _GZIP_BITS) if anew else None
    while left and (piece := stream.read(min(left, _STEP))):
        left -= len(piece)
        copy.write(compressor.compress(piece) if compressor else piece)
    if compressor:
        copy.write(compressor.flush())


def _gaps(kept: list[_Kept], size: int, findings: list[Finding]) -> Iterator[LeftOut]:
    """The bytes between the places that are kept, with what was found in them."""
    position = 0
    for place in [*kept, _Kept(size, 0)]:
        if place.offset > position:
            reasons = [
                finding.message
                for finding in findings
                if finding.offset is not None
                and position <= finding.offset < place.offset
                and finding.severity != "warning"
            ]
            yield LeftOut(position, place.offset - position, "; ".join(dict.fromkeys(reasons)) or "no record")
        position = max(position, place.offset + place.length)


def _inflate(stream: BinaryIO, inflated: BinaryIO) -> None:
    """Inflate all that can be inflated; of a damaged member, what comes before the damage."""
    offset: int | None = 0
    while offset is not None:
        end = _inflate_member(stream, inflated, offset)
        stream.seek(end if end is not None else offset)
        if end is not None and stream.read(len(GZIP_MAGIC)) == GZIP_MAGIC:
            offset = end
        else:
            offset = next_member(stream, end - 1 if end is not None else offset)


def _inflate_member(stream: BinaryIO, inflated: BinaryIO, offset: int) -> int | None:
    """Inflate the member at `offset`; where it ends, or None where it is damaged."""
    stream.seek(offset)
    inflating = zlib.decompressobj(_GZIP_BITS)
    taken = 0
    while not inflating.eof:
        coded = inflating.unconsumed_tail or stream.read(_STEP)
        if not coded:
            return None
        try:
            piece = inflating.decompress(coded, _STEP)
        except zlib.error:
            return None
        taken += len(coded) - len(inflating.unconsumed_tail) - len(inflating.unused_data)
        inflated.write(piece)
    return offset + taken
