"""Checks WARC, ARC, WACZ and CDXJ files that are named one by one."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

from archive.checking.parts import WORTH_A_PROCESS, Counted, Following, Part, Step, mentioned_in
from archive.checking.verification import Disagreement, Verification, most
from archive.errors import NotAWarc, no_archive
from archive.faults import Fault
from archive.warc.check.arc import is_arc, verify_arc
from archive.warc.check.between.noted import Noter
from archive.warc.check.between.references import References, key_of
from archive.warc.check.findings import Finding
from archive.warc.check.indexes import CdxjIndex
from archive.warc.check.verify import verify_file
from archive.warc.check.wacz.whole import verify_wacz
from archive.warc.members import GZIP_MAGIC
from archive.warc.reader import not_a_warc, opener
from archive.workers import Workers, worth_starting

Kind = Literal["warc", "arc", "wacz", "cdxj"]

_CDXJ = re.compile(rb"(?: CDX |!meta |\S+ \d{4,17} \{)")
_SUFFIXES: tuple[tuple[str, Kind], ...] = (
    (".warc", "warc"), (".arc", "arc"), (".wacz", "wacz"), (".cdxj", "cdxj"), (".cdx", "cdxj"),
)  # fmt: skip


def kind_of(path: Path) -> Kind:
    """The kind of a file: by its first bytes, and where they do not show it by its name.

    Raises:
        NotAWarc: it is of none of these kinds, or cannot be read.
    """
    try:
        with path.open("rb") as stream:
            first = stream.read(4096)
    except OSError as error:
        raise no_archive(path, error) from error
    found = _by_beginning(_inflated(first))
    if found is None:
        name = path.name.lower()
        for ending in (".open", ".gz", ".bad"):
            name = name.removesuffix(ending)
        found = next((kind for suffix, kind in _SUFFIXES if name.endswith(suffix)), None)
    if found is None and first.startswith(GZIP_MAGIC):
        found = "warc"
    if found is None:
        raise NotAWarc(path, not_a_warc(first))
    return found


def _inflated(first: bytes) -> bytes:
    if not first.startswith(GZIP_MAGIC):
        return first
    try:
        return zlib.decompressobj(31).decompress(first, 4096)
    except zlib.error:
        return b""


def _by_beginning(first: bytes) -> Kind | None:
    if first[:5].upper() == b"WARC/":
        return "warc"
    if is_arc(first):
        return "arc"
    if first[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        return "wacz"
    return "cdxj" if _CDXJ.match(first) else None


def verify_paths(paths: Sequence[Path], *, processes: int | None = None) -> Verification:
    """Check these files, and the references between them.

    Args:
        processes: how many read them, where no index is among them; by default as many as are worth it and as there
            are cores. The result is the same.

    Raises:
        NotAWarc: one of them is neither an archive nor an index, or cannot be read; then nothing is checked.
        WorkerLost: one of the processes was killed.
    """
    kinds = [(path, kind_of(path)) for path in paths]
    if all(kind != "cdxj" for _, kind in kinds):
        return _without_index(kinds, processes)
    return _with_indexes(kinds)


def _without_index(kinds: Sequence[tuple[Path, Kind]], processes: int | None) -> Verification:
    said = Verification()
    following = Following(said, References())
    size = sum(path.stat().st_size for path, _ in kinds if path.exists())
    with Workers(processes or worth_starting(size, WORTH_A_PROCESS)) as workers:
        for (path, _), results in zip(kinds, workers.each(check_path, kinds), strict=True):
            said.files += 1
            said.findings += most(following.findings(path.name, results, opener(path)), path.name)
    said.findings += following.references.dangling(is_whole=False)
    return said


def check_path(path: Path, kind: Kind) -> Iterator[Part]:
    """Check a file from beginning to end, in this process or in a worker."""
    count, noter = 0, Noter()
    try:
        if kind == "warc":
            for verdict in verify_file(path):
                record, findings = verdict
                if record is None:
                    yield Step(findings, mentioned=mentioned_in(verdict))
                else:
                    yield Step(findings, noter.note(record))
        else:
            for other, findings in verify_arc(path) if kind == "arc" else verify_wacz(path):
                count += other is not None
                yield Step(findings)
    except OSError as error:
        yield Step([_unreadable(path, error)])
    yield Counted(records=count)


def _with_indexes(kinds: Sequence[tuple[Path, Kind]]) -> Verification:
    said = Verification()
    index, references = CdxjIndex(), References()
    warcs = {path.name.removesuffix(".open"): path for path, kind in kinds if kind == "warc"}
    beside: dict[str, Path] = {}
    for path, kind in kinds:
        if kind == "cdxj":
            known = set(index.files)
            said.files += 1
            said.findings += _readable(path, index.take(path.name, _lines(path)))
            for name in set(index.files) - known - set(warcs):
                if found := _beside(path, name):
                    beside[name] = found
    demand = next((path.name for path, kind in kinds if kind == "cdxj"), None)
    for path, kind in kinds:
        if kind == "warc":
            said.files += 1
            said.findings += _readable(path, _warc(path, said, index, references, demand))
        elif kind == "arc":
            said.files += 1
            said.findings += _readable(path, _counted(verify_arc(path), said))
        elif kind == "wacz":
            said.files += 1
            said.findings += _readable(path, _counted(verify_wacz(path), said))
    for name, path in beside.items():
        said.findings += _readable(path, _only_indexed(path, name, index, demand))
    said.findings += index.unread()
    said.findings += references.dangling(is_whole=False)
    return said


def _warc(
    path: Path, said: Verification, index: CdxjIndex, references: References, demand: str | None
) -> Iterator[Finding]:
    name = path.name.removesuffix(".open")
    wanted = demand if name in index.files else None
    opened = opener(path)
    for record, findings in verify_file(path):
        yield from findings
        if record is None:
            for finding in findings:
                references.mention(key_of(finding.record_id or ""))
        else:
            said.records += 1
            yield from references.see(path.name, record, opened)
            if wanted:
                yield from index.compare(name, record, demand=wanted)
    yield from index.left(name)


def _only_indexed(path: Path, name: str, index: CdxjIndex, demand: str | None) -> Iterator[Finding]:
    """Compare the index with a file that was not named, without the findings about that file itself."""
    for record, _ in verify_file(path):
        if record is not None:
            yield from index.compare(name, record, demand=demand)
    yield from index.left(name)


def _counted(verdicts: Iterator[tuple[Any, list[Finding]]], said: Verification) -> Iterator[Finding]:
    for record, findings in verdicts:
        said.records += record is not None
        yield from findings


def _readable(path: Path, check: Iterator[Finding]) -> Iterator[Finding]:
    try:
        yield from most(check, path.name)
    except OSError as error:
        yield _unreadable(path, error)


def _unreadable(path: Path, error: OSError) -> Finding:
    return Finding(
        file=path.name, offset=None, record_id=None, rule="file", severity="damage",
        fault=Fault.of(Disagreement.UNREADABLE, found=str(error.strerror or error)),
    )  # fmt: skip


def _lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        is_zipped = stream.read(3) == GZIP_MAGIC
        stream.seek(0)
        lines = gzip.GzipFile(fileobj=stream) if is_zipped else stream
        try:
            while line := lines.readline(16 * 1024 * 1024):
                yield line
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise OSError(f"gzip: {error}") from error


def _beside(index: Path, name: str) -> Path | None:
    """The WARC file that an index names, where it lies in or beside the folder of the index."""
    folder = index.resolve().parent
    for place in (folder, folder.parent / "warc", folder.parent / "archive", folder.parent):
        for found in (place / name, place / f"{name}.open"):
            if found.is_file():
                return found
    return None
