"""Saving the sound records of a damaged WARC or ARC file into a new one; never changes the old one.

What is saved keeps its bytes, gzip members included. Only where a file is not compressed record by record are its
records compressed anew, one gzip member each; so are records that are whole in a member that is not.
"""

from __future__ import annotations

import bisect
import itertools
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import attrs
from isal import isal_zlib

from archive.durable import part_of, put
from archive.errors import NothingSaved, OutputExists
from archive.warc.arc import verify_arc_stream
from archive.warc.checked import Checked
from archive.warc.findings import HEADER, Finding
from archive.warc.members import GZIP_MAGIC, next_member
from archive.warc.salvage import LooseMember, salvage
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
class Mended:
    """A record that is in the copy though what held it is damaged: where it lay, what the damage is, why it is kept."""

    offset: int
    damage: str
    reason: str


@attrs.frozen
class Repaired:
    """What was done. `path` is the copy, or None where none was needed; offsets are those of the file as it lies."""

    path: Path | None
    records: int
    bytes_kept: int
    left_out: tuple[LeftOut, ...]
    mended: tuple[Mended, ...] = ()
    # the records were compressed anew: offsets are those of the inflated file
    is_inflated: bool = False


@attrs.frozen
class _Kept:
    offset: int
    length: int
    # its gzip header is not as it was: the rest of the member is sound, and is put into a new one
    is_odd: bool = False
    # the record in it is whole, and is put into a new member
    is_salvaged: bool = False


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
        survey = _survey(stream, is_arc=is_arc)
        is_shared = survey.is_shared or (is_zipped and not is_arc and _holds_several(stream, survey))
        if not is_shared:
            if not is_arc:
                _salvage(stream, survey, is_zipped=is_zipped)
            return _write(path, stream, target, survey, is_wanted=output is not None)
        with tempfile.TemporaryFile(dir=target.parent) as inflated:
            doubtful = _inflate(stream, inflated)
            inner = _survey(inflated, is_arc=is_arc, doubtful=doubtful)
            if not is_arc:
                _salvage(inflated, inner, is_zipped=False)
            inner.findings[:0] = survey.findings
            return _write(path, inflated, target, inner, is_wanted=True, anew=is_zipped)


@attrs.define
class _Survey:
    """The places of all sound records, what was found, and whether records share gzip members."""

    kept: list[_Kept]
    findings: list[Finding]
    is_shared: bool
    # where no record could be read, and what was found there
    broken: dict[int, str]
    mended: list[Mended] = attrs.field(factory=list)


def _survey(stream: BinaryIO, *, is_arc: bool, doubtful: Sequence[range] = ()) -> _Survey:
    """Look at all records.

    Args:
        doubtful: places whose bytes may have changed: what stands there is sound only where a digest says so.
    """
    kept: list[_Kept] = []
    broken: dict[int, str] = {}
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
        elif record is None:
            broken |= {finding.offset or 0: finding.message for finding in findings if finding.severity == "damage"}
        elif any(finding.severity == "damage" for finding in findings):
            pass
        elif is_arc or not any(record.offset in part for part in doubtful) or _has_digest(record):
            kept.append(_Kept(record.offset, record.length))
    damage = [finding for finding in found if finding.severity == "damage"]
    odd = {finding.offset for finding in damage if finding.rule == HEADER}
    damaged = {finding.offset for finding in damage if finding.rule != HEADER}
    sound = [attrs.evolve(place, is_odd=place.offset in odd) for place in kept if place.offset not in damaged]
    return _Survey(sound, found, is_shared, broken)


def _has_digest(record: Checked) -> bool:
    return b"warc-block-digest" in record.head.fields


def _broken(stream: BinaryIO, survey: _Survey) -> list[tuple[int, int]]:
    """The places where no record could be read, each to the next place where one begins."""
    size = stream.seek(0, 2)
    taken = {place.offset for place in survey.kept}
    limits = sorted({*taken, *survey.broken, size})
    return [
        (offset, limits[bisect.bisect_right(limits, offset)])
        for offset in sorted(survey.broken)
        if offset < size and offset not in taken
    ]


def _holds_several(stream: BinaryIO, survey: _Survey) -> bool:
    """Whether a damaged gzip member holds more than one record."""
    for offset, end in _broken(stream, survey):
        with tempfile.TemporaryFile() as inflated:
            for octets in LooseMember(stream, offset, end).pieces():
                inflated.write(octets)
            first_two = list(itertools.islice(verify_stream(inflated, ""), 2))
            if len(first_two) == 2 and all(record is not None for record, _ in first_two):
                return True
    return False


def _salvage(stream: BinaryIO, survey: _Survey, *, is_zipped: bool) -> None:
    """Add the records that are whole where no record could be read."""
    covered = 0
    for offset, end in _broken(stream, survey):
        if offset < covered:
            continue
        with tempfile.TemporaryFile() as record:
            whole = salvage(stream, offset, end, record, is_zipped=is_zipped)
        if whole is not None:
            covered = whole.behind
            survey.kept.append(_Kept(offset, whole.behind - offset, is_salvaged=True))
            survey.mended.append(Mended(offset, survey.broken[offset], whole.reason))
    survey.kept.sort(key=lambda place: place.offset)


def _write(
    path: Path,
    stream: BinaryIO,
    target: Path,
    survey: _Survey,
    *,
    is_wanted: bool,
    anew: bool = False,
) -> Repaired:
    size, kept, findings = stream.seek(0, 2), survey.kept, survey.findings
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
    mended = [
        *survey.mended,
        *(
            Mended(finding.offset or 0, finding.message, "its checksum says that the record is sound")
            for finding in findings
            if finding.rule == HEADER and finding.severity == "damage"
        ),
    ]
    bytes_kept = sum(place.length for place in kept)
    return Repaired(
        target, len(kept), bytes_kept, left_out, tuple(sorted(mended, key=lambda one: one.offset)), is_inflated=anew
    )


def _copy(stream: BinaryIO, copy: BinaryIO, place: _Kept, *, anew: bool) -> None:
    if place.is_odd:
        with tempfile.TemporaryFile() as inflated:
            for octets in LooseMember(stream, place.offset, place.offset + place.length).pieces():
                inflated.write(octets)
            _copy(inflated, copy, _Kept(0, inflated.tell()), anew=True)
        return
    if place.is_salvaged:
        stream.seek(place.offset)
        is_zipped = stream.read(len(GZIP_MAGIC)) == GZIP_MAGIC
        with tempfile.TemporaryFile() as record:
            salvage(stream, place.offset, place.offset + place.length, record, is_zipped=is_zipped)
            _copy(record, copy, _Kept(0, record.tell()), anew=anew or is_zipped)
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


def _inflate(stream: BinaryIO, inflated: BinaryIO) -> list[range]:
    """Inflate all that can be inflated; which bytes of that may have changed, for their checksum says so."""
    doubtful = []
    offset: int | None = 0
    while offset is not None:
        member, began = LooseMember(stream, offset), inflated.tell()
        for piece in member.pieces():
            inflated.write(piece)
        if member.is_contradicted and not (member.has_ended and member.is_trailer_hit):
            doubtful.append(range(began, inflated.tell()))
        is_sound = member.has_ended and not member.is_contradicted
        stream.seek(member.behind)
        if is_sound and stream.read(len(GZIP_MAGIC)) == GZIP_MAGIC:
            offset = member.behind
        else:
            offset = next_member(stream, member.behind - 1 if is_sound else offset)
    return doubtful
