"""The archives that the arguments of an import name: files, folders with files, and packages."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path

import attrs

from archive.errors import FileMissing
from archive.faults import Damage, Fault
from archive.ingest.foreign.incoming import FileOnDisk
from archive.ingest.foreign.packages import PackedFile, WrongEntry, archives_in, is_multiple, is_zip

# In folders only these are taken; a file that is named itself may be called as it likes
_SUFFIXES = (".warc", ".warc.gz", ".arc", ".arc.gz", ".wacz", ".warc.zst", ".warc.gz.open", ".warc.open")


@attrs.frozen
class Refused:
    """A file that cannot be read as an archive, and why."""

    name: str
    fault: Fault


def archives(paths: Iterable[Path], stack: ExitStack) -> Iterator[FileOnDisk | PackedFile | Refused]:
    """The archives at these paths, in order; folders are searched, and links to folders not followed.

    Args:
        stack: closes the packages that are opened.

    Raises:
        FileMissing: there is nothing at a path.
    """
    seen: set[Path] = set()
    for path in paths:
        if not path.exists():
            raise FileMissing(path, "a WARC, ARC or WACZ file, or a folder with some")
        for one in _files(path):
            resolved = one.resolve()
            if resolved not in seen:
                seen.add(resolved)
                yield from _archives_of(one, stack, seen)


def _files(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    for folder, inner, names in os.walk(path):
        inner.sort()
        yield from (Path(folder, name) for name in sorted(names) if name.lower().endswith(_SUFFIXES))


def _archives_of(path: Path, stack: ExitStack, seen: set[Path]) -> Iterator[FileOnDisk | PackedFile | Refused]:
    try:
        if not path.is_file():
            raise OSError("it is no file")
        if not (is_zip(path) or is_multiple(path)):
            yield FileOnDisk(path)
            return
        for one in archives_in(path, stack):
            if isinstance(one, WrongEntry):
                yield Refused(one.name, one.fault)
            elif isinstance(one, Path):
                if one.resolve() not in seen:
                    seen.add(one.resolve())
                    yield from _archives_of(one, stack, seen)
            else:
                yield one
    except OSError as error:
        yield Refused(path.name, Fault.of(Damage.UNREADABLE, found=error.strerror or str(error)))
