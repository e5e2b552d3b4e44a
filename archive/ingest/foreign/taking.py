"""Imports one foreign file after the other: its bytes, then in one transaction its row and its captures.

A process that is killed leaves a part, which the next import removes (`parts.py`), and all files before it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import islice
from pathlib import Path

import attrs

from archive.catalog import Catalog
from archive.catalog.imported_pages import note_converted
from archive.catalog.staged_captures import StagedCaptures
from archive.catalog.withheld import keep_captures_withheld
from archive.collection import Collection
from archive.durable import give_name, part_of
from archive.errors import NothingSaved
from archive.faults import Damage, Fault
from archive.ingest.foreign.converting import Conversion, TooMuchInflated, convert, is_arc_file, member_part
from archive.ingest.foreign.incoming import FileOnDisk, Measure, Placing, SourceUnreadable, bring, measure
from archive.ingest.foreign.packages import PackedFile
from archive.ingest.foreign.reading import (
    MembersShared,
    OtherRecord,
    PartRead,
    Row,
    Trouble,
    rows_of,
    rows_of_part,
    software_of,
)
from archive.ingest.foreign.taken import IMPORT, MOST_TROUBLES, Fate, TakenFile, held, is_told
from archive.ingest.foreign.zstd import is_zstd
from archive.ingest.import_archive import end_import, free_name, part_of_import
from archive.warc.cdxj import urlkey
from archive.warc.members import GZIP_MAGIC
from archive.workers import WorkerPool

CONVERTED, INNER = "import-converted", "import-inner"
_BATCH = 1000
# Bytes of a file that one process reads at once, and those that are worth starting several
_SHARE = 2 * 1024 * 1024
_WORTH_SHARING = 16 * 1024 * 1024


@attrs.define
class _Read:
    captures: int = 0
    others: int = 0
    lost: int = 0
    troubles: list[Trouble] = attrs.field(factory=list)

    def trouble(self, one: Trouble) -> None:
        self.lost += one.is_lost
        if len(self.troubles) < MOST_TROUBLES:
            self.troubles.append(one)


class Taking:
    """Imports files into a collection, under the lock of imports."""

    def __init__(self, collection: Collection, catalog: Catalog, placing: Placing, workers: WorkerPool) -> None:
        self._collection, self._catalog, self._placing, self._workers = collection, catalog, placing, workers
        self._staged = StagedCaptures(catalog.connection)
        self._part = part_of_import(collection, IMPORT)
        self._copy = part_of_import(collection, CONVERTED)
        self._inner = part_of_import(collection, INNER)
        self._remove_parts()

    def take(self, source: FileOnDisk | PackedFile, run_id: int, now: datetime) -> TakenFile:
        """Import a file. A file that cannot be read is refused, with the reason.

        Raises:
            LinkImpossible: it cannot be linked.
            OSError, sqlite3.Error: the disk or the catalog failed; nothing of the file is imported.
        """
        try:
            return self._take(source, run_id, now)
        except SourceUnreadable as error:
            return TakenFile(name=source.name, fate=Fate.REFUSED, reason=Fault.of(Damage.UNREADABLE, found=str(error)))
        except (NothingSaved, TooMuchInflated) as error:
            code = Damage.INFLATES_TOO_FAR if isinstance(error, TooMuchInflated) else Damage.NOTHING_SOUND
            return TakenFile(name=source.name, fate=Fate.REFUSED, reason=Fault.of(code))
        except BaseException:
            self._remove_parts()
            raise
        finally:
            self._staged.clear()
            self._part.unlink(missing_ok=True)
            self._copy.unlink(missing_ok=True)

    def _remove_parts(self) -> None:
        """Remove what a killed import left, or one that failed."""
        for name in (IMPORT, CONVERTED):
            end_import(self._collection, name)
        for path in (self._inner, part_of(self._inner), member_part(self._inner)):
            path.unlink(missing_ok=True)

    def _take(self, source: FileOnDisk | PackedFile, run_id: int, now: datetime) -> TakenFile:
        if source.path is not None and self._is_worth_sharing(source.path):
            self._workers.prepare(rows_of_part)
        measured = bring(source, self._part, self._placing)
        known = held(self._catalog, source.name, measured)
        if known is not None and is_told(self._collection, self._catalog, known):
            return known
        if not measured.size:
            return TakenFile(name=source.name, fate=Fate.REFUSED, reason=Fault.of(Damage.EMPTY_FILE))
        how = Conversion.FROM_ZSTD if is_zstd(self._part) else None
        how = Conversion.FROM_ARC if how is None and is_arc_file(self._part) else how
        try:
            read = self._stage(self._part, source.name) if how is None else _Read()
        except MembersShared:
            self._staged.clear()
            how = Conversion.RECOMPRESSED
        if how is not None:
            found = self._converted(source, how, measured, now)
            return self._resumed(known, found) if known is not None else self._enter_copy(found, how, run_id)
        if not read.captures and not read.others:
            reason = read.troubles[0].fault if read.troubles else Fault.of(Damage.NOTHING_SOUND)
            return TakenFile(
                name=source.name, fate=Fate.REFUSED, troubles=tuple(read.troubles), lost=read.lost, reason=reason
            )
        found = TakenFile(
            name=source.name, fate=Fate.IMPORTED, size=measured.size, sha256=measured.sha256,
            software=software_of(self._part), captures=read.captures, troubles=tuple(read.troubles), lost=read.lost,
        )  # fmt: skip
        if known is not None:
            return self._resumed(known, found)
        return self._moved(source, self._enter(self._part, found, source.name, measured, None, run_id))

    def _converted(
        self, source: FileOnDisk | PackedFile, how: Conversion, measured: Measure, now: datetime
    ) -> TakenFile:
        """Write the copy of a part, and stage its captures."""
        made = convert(self._part, self._copy, self._inner, how, source.name, measured, now)
        read = self._stage(self._copy, source.name)
        troubles = (*made.troubles, *read.troubles)[:MOST_TROUBLES]
        return TakenFile(
            name=source.name, fate=Fate.CONVERTED, size=measured.size, sha256=measured.sha256,
            software=_software(self._part, how), captures=read.captures, troubles=troubles,
            lost=read.lost + sum(one.is_lost for one in made.troubles), is_inflated=made.is_inflated,
        )  # fmt: skip

    def _enter_copy(self, known: TakenFile, how: Conversion, run_id: int) -> TakenFile:
        with self._copy.open("rb") as stream:
            of_copy = measure(stream)
        name = f"{_stem(known.name)}.{how.value}.warc.gz"
        return self._enter(self._copy, known, name, of_copy, known.sha256, run_id)

    def _resumed(self, known: TakenFile, found: TakenFile) -> TakenFile:
        """A file that the collection has from an import that was cut off before it told what is wrong in it."""
        strangers = self._staged.overlap().strangers
        return attrs.evolve(
            found, fate=Fate.HELD, file=known.file, files=known.files, strangers=strangers, is_resumed=True
        )

    def _stage(self, part: Path, name: str) -> _Read:
        """Stage the captures of a part."""
        if self._is_worth_sharing(part):
            if (read := self._stage_parts(part, name, part.stat().st_size)) is not None:
                return read
            self._staged.clear()  # records share members, or one seemed to begin within another
        read = _Read()
        self._add(rows_of(part, name), read)
        return read

    def _is_worth_sharing(self, path: Path) -> bool:
        return self._workers.are_several and path.stat().st_size >= _WORTH_SHARING and _is_zipped(path)

    def _stage_parts(self, part: Path, name: str, size: int) -> _Read | None:
        """Stage the captures of a compressed file, read in several processes; None where its parts leave a gap."""
        read = _Read()
        end: int | None = 0
        calls = ((part, name, range(start, start + _SHARE)) for start in range(0, size, _SHARE))
        for found in self._workers.each(rows_of_part, calls):
            for span in self._add(found, read):
                end = span.end if end is not None and span.start == end else None
        return read if end == size else None

    def _add(self, found: Iterable[Row | PartRead], read: _Read) -> list[PartRead]:
        """Stage what was found; the spans of the parts among it."""
        found, spans = iter(found), []
        while batch := list(islice(found, _BATCH)):
            rows = [one for one in batch if isinstance(one, tuple)]
            self._staged.add(rows)
            read.captures += len(rows)
            for one in batch:
                if isinstance(one, OtherRecord):
                    read.others += 1
                elif isinstance(one, Trouble):
                    read.trouble(one)
                elif isinstance(one, PartRead):
                    spans.append(one)
        return spans

    def _enter(
        self, part: Path, known: TakenFile, wanted: str, measured: Measure, source_sha256: str | None, run_id: int
    ) -> TakenFile:
        """Enter a part and what was staged, in one transaction, in which the part gets its name."""
        with self._catalog.transaction() as connection:
            overlap, removed = self._staged.overlap(), self._staged.removed()
            known = attrs.evolve(known, removed=removed)
            if overlap.is_whole:
                return attrs.evolve(known, fate=Fate.OVERLAPS, files=tuple(self._staged.holders()))
            if removed and overlap.held + sum(one.captures for one in removed) == overlap.staged:
                return attrs.evolve(known, fate=Fate.REMOVED, files=tuple(self._staged.holders()))
            name = free_name(self._collection, connection, wanted, measured.sha256, is_zipped=_is_zipped(part))
            file_id = connection.execute(
                """INSERT INTO warc_files (name, newspaper, run_id, origin, state, committed, crc32, sha256)
                VALUES (?, ?, ?, 'imported', 'closed', ?, ?, ?)""",
                (name, IMPORT, run_id, measured.size, measured.crc32, measured.sha256),
            ).lastrowid
            assert file_id is not None
            if source_sha256 is not None:
                note_converted(connection, file_id, source_sha256)
            self._staged.enter(file_id, run_id)
            keep_captures_withheld(connection, self._staged.addresses(), urlkey)
            others = self._staged.holders() if overlap.held else ()
            files = (file_id, *(one for one in others if one != file_id))
            give_name(part, self._collection.warc / name)
        return attrs.evolve(known, file=name, files=files, strangers=overlap.strangers)

    def _moved(self, source: FileOnDisk | PackedFile, taken: TakenFile) -> TakenFile:
        """Remove a file that is to be moved, once the catalog has it; one that was held is left where it is."""
        if self._placing is Placing.MOVE and source.path is not None and taken.fate is Fate.IMPORTED:
            source.path.unlink()
        return taken


def _is_zipped(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(len(GZIP_MAGIC)) == GZIP_MAGIC


def _software(part: Path, how: Conversion) -> str | None:
    return software_of(part) if how is Conversion.RECOMPRESSED else None


def _stem(name: str) -> str:
    for suffix in (".open", ".gz", ".zst", ".warc", ".arc"):
        name = name.removesuffix(suffix)
    return name
