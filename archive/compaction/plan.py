"""Chooses which WARC files of a newspaper are joined to one."""

from __future__ import annotations

from collections.abc import Collection as Names
from collections.abc import Iterable
from itertools import groupby

from archive.catalog import Catalog, WarcFile
from archive.warc.writer import newspaper_of

# A file of less than this part of the largest size is written again whatever its size.
_SMALL = 64


def groups(files: Iterable[WarcFile], largest: int) -> list[list[WarcFile]]:
    """Files that are joined, each group to one file; neighbours only, so that records stay in order.

    No group has more than `largest` bytes. A file that is not small joins smaller ones only once these have its size
    together: each byte is written again a few times (the logarithm of `largest`), however often files are joined.
    """
    made: list[list[WarcFile]] = []
    for _, ours in groupby(sorted(files, key=lambda file: file.newspaper), key=lambda file: file.newspaper):
        stack: list[tuple[int, list[WarcFile]]] = []
        for file in ours:
            stack.append((file.committed, [file]))
            while len(stack) > 1 and _is_joined(stack[-2][0], stack[-1][0], largest):
                size, behind = stack.pop()
                stack[-1] = stack[-1][0] + size, stack[-1][1] + behind
        made += [group for _, group in stack if len(group) > 1]
    return made


def _is_joined(before: int, behind: int, largest: int) -> bool:
    small = largest // _SMALL
    return before + behind <= largest and max(before, small) <= max(behind, small)


def candidates(catalog: Catalog, newspaper: str | None, largest: int, left_alone: Names[str]) -> list[WarcFile]:
    """The closed files, smaller than `largest`, of ended runs that crawled, in the order of their runs.

    Imported files are as they were when they were imported, and stay so.
    """
    ended = dict(catalog.connection.execute("SELECT id, started_at FROM runs WHERE finished_at IS NOT NULL"))
    found = [
        file
        for file in catalog.warc_files()
        if file.state == "closed" and file.origin == "written" and 0 < file.committed < largest
        and file.run_id in ended and newspaper in (None, file.newspaper)
        and newspaper_of(file.name) == file.newspaper and file.name not in left_alone
    ]  # fmt: skip
    return sorted(found, key=lambda file: (ended[file.run_id], file.name))
