"""`baotinh merge`: brings what several machines crawled together into one collection.

The files of the sources are copied first, under their own names and checked by their checksums; then the catalog is
made anew from all files (`archive.rebuild`). A merge that ends early loses nothing, and the next one goes on.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import attrs

from archive.backup.committed import copy_committed
from archive.backup.texts import copy_texts
from archive.catalog import Catalog, WarcFile
from archive.catalog.former_files import former_file
from archive.clock import Clock, now
from archive.collection import Collection
from archive.durable import crc32_of, crc32_within, make_directory, part_of, put
from archive.errors import BackupInside, CollectionInconsistent, CollectionUnwritable, MergeConflict
from archive.ingest.recovery import recover_ended
from archive.projections import cdxj_files
from archive.projections.replaced_files import remove_former
from archive.rebuild.account import Rebuilt
from archive.rebuild.whole import rebuild
from archive.revisit_policy import DEFAULT_POLICY, RevisitPolicy
from archive.withholding import bring_withholdings


@attrs.define
class Merged:
    """How many WARC files were copied, how many were there already, the bytes copied, and the catalog made anew."""

    copied: int = 0
    kept: int = 0
    bytes_copied: int = 0
    rebuilt: Rebuilt = attrs.field(factory=Rebuilt)


@attrs.frozen
class _Source:
    collection: Collection
    catalog: Catalog
    wanted: list[WarcFile]
    held: int


def merge(
    root: Path, sources: Sequence[Collection], policy: RevisitPolicy = DEFAULT_POLICY, *, clock: Clock = now
) -> Merged:
    """Bring collections together into that of `root`, which may be new; the sources may be crawled meanwhile.

    Of an article that several captured, each wording is kept once in a row, as one crawl would have it. What was
    withheld from readers stays so. What else stands in catalogs alone is not merged: alarms, schedules and what a crawl
    still had to fetch; `root` finds these itself.

    Raises:
        BackupInside: `root` lies in a source, or the other way round.
        MergeConflict: two files of one name differ; nothing is copied.
        CollectionInconsistent: a source's file is not as its catalog says; nothing of it takes a place.
        CollectionBusy, NewspaperLocked: `root` is being crawled or made anew.
        CollectionUnwritable: the disk failed.
    """
    into, merged = Collection(root.absolute()), Merged()
    _refuse_nesting(into, sources)
    try:
        for folder in (into.warc, into.jsonl, into.reports, into.locks, into.sets, into.cdxj):
            make_directory(folder)
        with into.lock_whole():
            pass  # refused before anything is copied
        _recover(into)
        with ExitStack() as held:
            plans = [_plan(into, source, held) for source in sources]
            for plan in plans:
                _copy(into, plan, merged)
    except OSError as error:
        raise CollectionUnwritable(root, error.strerror or str(error)) from error
    merged.rebuilt = rebuild(into.root, policy, clock=clock, is_merged=True)
    bring_withholdings(into, sources)
    with into.catalog() as catalog:
        remove_former(into, catalog)  # of a source that was compacted since the last merge
    return merged


def _recover(into: Collection) -> None:
    """Write the lines of runs that were killed, which may be behind the catalog that will be made anew."""
    if into.catalog_path.exists():
        with into.catalog() as catalog:
            rows = catalog.connection.execute(
                "SELECT DISTINCT newspaper FROM runs WHERE finished_at IS NULL"
            ).fetchall()
        recover_ended(into, *(name for (name,) in rows))


def _refuse_nesting(into: Collection, sources: Sequence[Collection]) -> None:
    target = into.root.resolve()
    for source in sources:
        root = source.root.resolve()
        if root.is_relative_to(target) or target.is_relative_to(root):
            raise BackupInside(into.root, source.root)


def _plan(into: Collection, source: Collection, held: ExitStack) -> _Source:
    """Which files of a source are wanted, by one snapshot of its catalog.

    Raises:
        MergeConflict: a file of that name is there with other bytes.
    """
    held.enter_context(source.keep_places())
    catalog = held.enter_context(source.catalog())
    held.enter_context(catalog.snapshot())
    files = [file for file in catalog.warc_files() if file.committed]
    wanted = [file for file in files if not _is_held(into, source, file)]
    for path in sorted(source.sets.glob("*.json")):
        there = into.sets / path.name
        if there.exists() and there.read_bytes() != path.read_bytes():
            raise MergeConflict(into.root, source.root, f"sets/{path.name}")
    return _Source(source, catalog, wanted, len(files) - len(wanted))


def _is_held(into: Collection, source: Collection, file: WarcFile) -> bool:
    """Whether the file is there already, whole or longer, because the source is an older copy.

    Raises:
        MergeConflict: there are other bytes under its name.
    """
    path = into.warc / file.name
    if not path.is_file():
        return _is_joined(into, file)
    size = path.stat().st_size
    shared = min(size, file.committed)
    ours = crc32_of(path, shared)
    theirs = file.crc32 if shared == file.committed else crc32_of(source.warc_file(file.name), shared)
    if ours != theirs:
        raise MergeConflict(into.root, source.root, f"warc/{file.name}")
    return size >= file.committed


def _is_joined(into: Collection, file: WarcFile) -> bool:
    """Whether the file was joined with others here, so that its bytes are in another file."""
    if not into.catalog_path.exists():
        return False
    with into.catalog() as catalog:
        former = former_file(catalog.connection, file.name)
    if former is None or former.length < file.committed:
        return False
    place = range(former.offset, former.offset + file.committed)
    return crc32_within(into.warc / former.file, place) == file.crc32


def _copy(into: Collection, source: _Source, merged: Merged) -> None:
    merged.kept += source.held
    for file in source.wanted:
        path = into.warc / file.name
        part = part_of(path)
        if copy_committed(source.collection, file, part) != file.crc32:
            part.unlink()
            raise CollectionInconsistent(
                source.collection.root, f"{file.name} has another checksum than its catalog says"
            )
        cdxj_files.path_of(into, file.name).unlink(missing_ok=True)
        put(part, path)
        merged.copied += 1
        merged.bytes_copied += file.committed
    for part, text in copy_texts(source.collection, source.catalog, into):
        put(part, text)
