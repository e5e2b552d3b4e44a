"""What a copy of a collection has beside WARC files and catalog: JSON lines, reports and frozen sets."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import attrs

from archive.adopted import NOTE, adopted_in, note_adopted
from archive.catalog import Catalog
from archive.collection import Collection
from archive.durable import pieces_of, put, stage_pieces
from archive.ingest.runs import pages_path
from archive.projections.json_lines import released_lines


@attrs.frozen
class Text:
    """A file of a folder of the collection, or the lines of a run that goes on, which the catalog has."""

    folder: str
    name: str
    path: Path | None
    catalog: Catalog | None = None
    run_id: int = 0

    def pieces(self) -> Iterator[bytes]:
        """Its bytes."""
        if self.path is not None:
            return pieces_of(self.path)
        assert self.catalog is not None
        return released_lines(self.catalog, self.run_id)


def texts(source: Collection, catalog: Catalog) -> Iterator[Text]:
    """The JSON lines and reports of the runs in a catalog, and the frozen sets."""
    for run_id, name, is_finished in catalog.connection.execute(
        "SELECT id, name, finished_at IS NOT NULL FROM runs ORDER BY id"
    ).fetchall():
        report, lines = f"{name}.json", f"{name}.jsonl"
        if is_finished and (source.reports / report).is_file():
            yield Text("reports", report, source.reports / report)
            pages = pages_path(source, name)
            if pages.is_file():  # of an import
                yield Text("reports", pages.name, pages)
        if is_finished and (source.jsonl / lines).is_file():
            yield Text("jsonl", lines, source.jsonl / lines)
        elif any(released_lines(catalog, run_id)):
            yield Text("jsonl", lines, None, catalog, run_id)
    if (source.jsonl / NOTE).is_file():
        yield Text("jsonl", NOTE, source.jsonl / NOTE)
    for path in sorted(source.sets.glob("*.json")):
        yield Text("sets", path.name, path)


def copy_texts(source: Collection, catalog: Catalog, copy: Collection) -> list[tuple[Path, Path]]:
    """Copy the texts; a file with the size and the time of the one that was copied before is the same.

    A set that was deleted since stays in the copy.

    Returns:
        Parts of JSON lines that are to take the place of others: these name records where the catalog has them.
    """
    changed = []
    for text in texts(source, catalog):
        path = copy.root / text.folder / text.name
        if text.name == NOTE:
            note_adopted(copy.jsonl, adopted_in(source.jsonl))  # what other collections brought stays
            continue
        if text.path is not None and stamp(text.path) == stamp(path):
            continue
        if (part := stage_pieces(text.pieces(), path)) is None:
            part = path
        if text.path is not None:
            found = text.path.stat()
            os.utime(part, ns=(found.st_atime_ns, found.st_mtime_ns))
        if part != path and text.folder == "jsonl" and path.exists():
            changed.append((part, path))
        elif part != path:
            put(part, path)
    return changed


def stamp(path: Path) -> tuple[int, int] | None:
    """The bytes of a file and the time at which it was written, in nanoseconds; None where it is missing."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_size, found.st_mtime_ns
