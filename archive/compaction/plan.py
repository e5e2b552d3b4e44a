"""Chooses which WARC files of a newspaper are joined to one."""

from __future__ import annotations

from collections.abc import Collection as Container
from collections.abc import Iterable
from datetime import datetime

from archive.catalog import Catalog, WarcFile
from archive.clock import parse_warc_date
from archive.collection import Collection
from archive.warc.writer import ROTATE_BYTES, is_joined, newspaper_of

# A file of less than this part of the largest size is written again whatever its size.
_SMALL = 64


def groups(files: Iterable[WarcFile], largest: int) -> list[list[WarcFile]]:
    """Files of a newspaper that are joined, each group to one file; neighbours only, so that records stay in order.

    No group has more than `largest` bytes. A file that is not small joins smaller ones only once these have its size
    together: each byte is written again a few times (the logarithm of `largest`), however often files are joined.
    """
    stack: list[tuple[int, list[WarcFile]]] = []
    for file in files:
        stack.append((file.committed, [file]))
        while len(stack) > 1 and _is_joined(stack[-2][0], stack[-1][0], largest):
            size, behind = stack.pop()
            stack[-1] = stack[-1][0] + size, stack[-1][1] + behind
    return [group for _, group in stack if len(group) > 1]


def _is_joined(before: int, behind: int, largest: int) -> bool:
    small = largest // _SMALL
    return before + behind <= largest and max(before, small) <= max(behind, small)


def newspapers(catalog: Catalog) -> list[str]:
    """The newspapers that have closed files, by name."""
    rows = catalog.connection.execute("SELECT DISTINCT newspaper FROM warc_files WHERE state = 'closed' ORDER BY 1")
    return [name for (name,) in rows]


def candidates(catalog: Catalog, newspaper: str, largest: int, left_alone: Container[str]) -> list[WarcFile]:
    """The closed files of a newspaper, smaller than `largest`, of ended runs that crawled, in the order of their runs.

    Imported files are as they were when they were imported, and stay so.
    """
    rows = catalog.connection.execute(
        """SELECT f.id, f.name, f.newspaper, run_id, origin, state, committed, crc32, sha256
        FROM warc_files f JOIN runs r ON r.id = f.run_id
        WHERE f.newspaper = ? AND state = 'closed' AND origin = 'written' AND committed BETWEEN 1 AND ?
        AND r.finished_at IS NOT NULL ORDER BY r.started_at, f.name""",
        (newspaper, largest - 1),
    )
    found = [WarcFile(*row) for row in rows]
    return [file for file in found if file.name not in left_alone and newspaper_of(file.name) == newspaper]


def oldest_single(collection: Collection, newspaper: str) -> datetime | None:
    """When the run of the oldest file began that was never joined, and could be with another; None without two."""
    with collection.catalog() as catalog:
        files = candidates(catalog, newspaper, ROTATE_BYTES, ())
        single = [file for file in files if not is_joined(file.name) and (collection.warc / file.name).exists()]
        if len(single) < 2:
            return None
        query = "SELECT started_at FROM runs WHERE id = ?"
        (began_at,) = catalog.connection.execute(query, (single[0].run_id,)).fetchone()
    return parse_warc_date(began_at)
