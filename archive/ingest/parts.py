"""Parts of WARC files that an import or a compaction writes, and what a killed one leaves.

A finished part gets the file's name as a second name within the transaction that enters the file. So a killed process
leaves the part, and a second name that the catalog lists, or does not.
"""

from __future__ import annotations

from pathlib import Path

from archive.collection import Collection, sync_directory
from archive.durable import PART_SUFFIX

# Of an import's part; the second one was written until catalog version 8
PREFIXES = ("importing-", "taking-in-")


def compacting_part(collection: Collection) -> Path:
    """The part of a compaction, of which there is one at a time."""
    return collection.warc / f"compacting{PART_SUFFIX}"


def parts(collection: Collection) -> list[Path]:
    """The parts of all imports and compactions that are under way or were killed."""
    found = [path for prefix in PREFIXES for path in collection.warc.glob(f"{prefix}*{PART_SUFFIX}")]
    return sorted([*found, *collection.warc.glob(compacting_part(collection).name)])


def is_name_of(path: Path, part: Path) -> bool:
    """Whether two names are those of one file."""
    try:
        return path.samefile(part)
    except FileNotFoundError:  # the file of another newspaper, renamed just now
        return False


def remove_part(collection: Collection, part: Path) -> None:
    """Remove a part, if it is there, and its second name unless the catalog lists that.

    To be called under the lock of those who make such a part. No other file is removed: the second name has the same
    inode.
    """
    if not part.exists():
        return
    names = [path for path in collection.warc.iterdir() if path != part and is_name_of(path, part)]
    with collection.catalog() as catalog:  # a connection of its own sees only what was committed
        unlisted = [path for path in names if not catalog.has_file(path.name)]
    for path in unlisted:
        path.unlink()
    part.unlink()
    sync_directory(collection.warc)
