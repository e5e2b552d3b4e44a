"""What became of the foreign files of an import, and which of them the collection has."""

from __future__ import annotations

import enum
from collections.abc import Iterable

import attrs

from archive.catalog import Catalog
from archive.catalog.imported_pages import file_of
from archive.catalog.staged_captures import RemovedBefore
from archive.collection import Collection
from archive.faults import Fault
from archive.ingest.foreign.incoming import Incoming, Measure, measure
from archive.ingest.foreign.reading import Trouble
from archive.ingest.runs import read_report

IMPORT = "import"
MOST_TROUBLES = 1000


class Fate(enum.StrEnum):
    """What became of a foreign file."""

    IMPORTED = "imported"
    CONVERTED = "converted"  # a copy of its records was imported
    HELD = "held"  # the collection has it
    OVERLAPS = "overlaps"  # all its captures are in other files of the collection
    REMOVED = "removed"  # what the collection lacks of it was removed by order
    REFUSED = "refused"  # nothing in it can be read


@attrs.frozen(kw_only=True)
class TakenFile:
    """What became of a foreign file.

    Args:
        name: its own name; of one within a package with the package's.
        file: its name in the collection.
        files: ids of the files that hold its captures.
        removed: its captures that were removed from the collection by order; those of an imported file are in it
            again, withheld from readers.
        is_resumed: an import that was cut off had brought it.
        troubles: what is wrong in it; at most `MOST_TROUBLES`, and `lost` counts all that were not imported.
    """

    name: str
    fate: Fate
    file: str | None = None
    files: tuple[int, ...] = ()
    size: int = 0
    sha256: str | None = None
    software: str | None = None
    captures: int = 0
    strangers: int = 0
    removed: tuple[RemovedBefore, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    lost: int = 0
    is_inflated: bool = False
    is_resumed: bool = False
    reason: Fault | None = None


def held_file(collection: Collection, catalog: Catalog, source: Incoming) -> TakenFile | None:
    """A file that the collection has and an import has told of; None where it does not, or cannot be read."""
    try:
        with source.open() as stream:
            found = held(catalog, source.name, measure(stream))
    except OSError:
        return None
    return found if found is not None and is_told(collection, catalog, found) else None


def is_told(collection: Collection, catalog: Catalog, held: TakenFile) -> bool:
    """Whether the import that brought a file ended, or a later one told what is wrong in it."""
    (number,) = held.files
    run_id, outcome = catalog.connection.execute(
        "SELECT r.id, r.outcome FROM warc_files f JOIN runs r ON r.id = f.run_id WHERE f.id = ?", (number,)
    ).fetchone()
    if outcome == "finished":
        return True
    later = catalog.connection.execute(
        "SELECT name FROM runs WHERE newspaper = ? AND id > ? AND outcome = 'finished' ORDER BY id", (IMPORT, run_id)
    )
    return any(held.file in (read_report(collection, name) or {}).get("imported", ()) for (name,) in later)


def held(catalog: Catalog, name: str, measured: Measure) -> TakenFile | None:
    row = file_of(catalog.connection, measured.sha256)
    if row is None:
        return None
    return TakenFile(
        name=name, fate=Fate.HELD, file=row[1], files=(row[0],), size=measured.size, sha256=measured.sha256
    )


def holders(taken: Iterable[TakenFile]) -> list[int]:
    """The ids of all files that hold captures of these, each once."""
    return list(dict.fromkeys(number for one in taken for number in one.files))
