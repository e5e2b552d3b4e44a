"""What part of a collection a check reads: all, a random sample, or what was written or changed since an instant."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import attrs

from archive.catalog import Catalog, WarcFile
from archive.checking.verification import PartChecked
from archive.collection import OPEN_SUFFIX, Collection
from archive.projections import cdxj_files
from archive.readable import Readable

# Versions are drawn in blocks of so many, in the order of their release
_BLOCK = 50
_SPAN = 1000

# Versions with a `seq` above the first and up to the second number, of one run where it is given
Span = tuple[int, int, int | None]


@attrs.frozen(kw_only=True)
class Extent:
    """By default everything. With a sample and an instant, what is in either.

    `sample`: a percentage as text, such as `1` or `0.5`. `seed`: the same seed draws the same files again, or most of
    them where others have come.
    """

    sample: str | None = None
    seed: int | None = None
    since: datetime | None = None

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left out."""
        return self.sample is None and self.since is None

    def drawn(self, names: Iterable[str]) -> set[str]:
        """Those of the names that are in the sample: its share, rounded up."""
        if self.sample is None:
            return set()
        ranked = sorted(names, key=self._rank)
        return set(ranked[: -int(-len(ranked) * Fraction(self.sample) / 100 // 1)])

    def _rank(self, name: str) -> bytes:
        return hashlib.blake2b(f"{self.seed} {name}".encode(), digest_size=8).digest()

    def is_new(self, path: Readable) -> bool:
        """Whether a file was written, changed, replaced or moved since the instant; also where that cannot be told."""
        if self.since is None:
            return False
        try:
            found = path.stat()
        except OSError:
            return True
        # of a file that was put back from a copy, only the second is new
        return max(found.st_mtime, found.st_ctime) >= self.since.timestamp()


WHOLE = Extent()


@attrs.frozen(kw_only=True)
class Plan:
    """What a check reads: of all files the names of those that are read, spans of versions, and runs' JSON lines.

    `runs_read`: runs of which all versions are read. `lines`: names of runs; None where those of all are read.
    """

    files: list[WarcFile]
    read: set[str]
    last: int
    blocks: list[int] | None
    runs_read: frozenset[int]
    lines: set[str] | None
    part: PartChecked | None

    @property
    def spans(self) -> Iterator[Span]:
        """The versions that are read, none of them twice."""
        if self.blocks is None:
            yield from ((after, min(after + _SPAN, self.last), None) for after in range(0, self.last, _SPAN))
            return
        yield from ((0, self.last, run) for run in sorted(self.runs_read))
        yield from ((block * _BLOCK, min((block + 1) * _BLOCK, self.last), None) for block in self.blocks)

    def reads_lines(self, run: str) -> bool:
        """Whether the JSON lines of the run of that name are read."""
        return self.lines is None or run in self.lines


def plan(collection: Collection, catalog: Catalog, extent: Extent) -> Plan:
    """What a check of that extent reads of a collection as it is now."""
    files, last = catalog.warc_files(), catalog.last_seq()
    names = [file.name for file in files]
    if extent.is_whole:
        return Plan(
            files=files, read=set(names), last=last, blocks=None, runs_read=frozenset(), lines=None, part=None
        )  # fmt: skip
    read = extent.drawn(names) | {name for name in names if _is_new(collection, name, extent)}
    runs, lines = _runs(collection, catalog, extent)
    blocks = sorted(int(name) for name in extent.drawn(str(number) for number in range(-(-last // _BLOCK))))
    part = PartChecked(
        sample=extent.sample,
        seed=extent.seed,
        since=extent.since,
        files=(len(read), len(files)),
        size=(sum(file.committed for file in files if file.name in read), sum(file.committed for file in files)),
        versions=last,
        lines=(len(lines), catalog.count_runs()),
    )
    return Plan(files=files, read=read, last=last, blocks=blocks, runs_read=runs, lines=lines, part=part)


def _is_new(collection: Collection, name: str, extent: Extent) -> bool:
    index = cdxj_files.path_of(collection, name)
    return extent.is_new(collection.warc_file(name, is_fresh=True)) or (index.exists() and extent.is_new(index))


def _runs(collection: Collection, catalog: Catalog, extent: Extent) -> tuple[frozenset[int], set[str]]:
    """Ids of the runs whose versions are read, and names of those whose JSON lines are."""
    rows = catalog.connection.execute("SELECT id, name, finished_at FROM runs").fetchall()
    lines = extent.drawn(name for _, name, _ in rows)
    if extent.since is None:
        return frozenset(), lines
    instant = extent.since.astimezone(UTC).isoformat()[:19]
    active = {number: name for number, name, finished_at in rows if finished_at is None or finished_at >= instant}
    paths = {name: _lines_path(collection, name) for _, name, _ in rows}
    changed = {name for name, path in paths.items() if path.exists() and extent.is_new(path)}
    return frozenset(active), lines | changed | set(active.values())


def _lines_path(collection: Collection, run: str) -> Path:
    path = collection.jsonl / f"{run}.jsonl"
    return path if path.exists() else path.with_name(path.name + OPEN_SUFFIX)
