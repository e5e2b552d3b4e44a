"""Tables compared row by row: figures that stand in other cells than before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from archive.changes.figures import numerals

_BAR = "|"
Cells = Sequence[str]
"""The cells of a row."""


def figures_moved(former: str, later: str) -> bool:
    """Whether a row of a table has figures in other cells than before; of two texts that are no tables it is false.

    Rows are held against each other that begin with the same cell and have as many cells. A table whose first row
    differs, as where columns changed places, is not looked at.

    Args:
        former, later: a line for each row, with a bar between cells.
    """
    if former == later or _BAR not in former or _BAR not in later:
        return False
    rows, others = _rows(former), _rows(later)
    if rows[0] != others[0] and not _has_figures(rows[0]):
        return False
    named = _by_first_cell(others)
    return any(
        len(row) == len(other) and [[*numerals(cell)] for cell in row] != [[*numerals(cell)] for cell in other]
        for name, row in _by_first_cell(rows).items() if (other := named.get(name)) is not None
    )  # fmt: skip


def _rows(text: str) -> list[Cells]:
    return [[cell.strip() for cell in line.split(_BAR)] for line in text.split("\n")]


def _has_figures(row: Cells) -> bool:
    return any(letter.isdigit() for cell in row for letter in cell)


def _by_first_cell(rows: Sequence[Cells]) -> dict[str, Cells]:
    """The rows by what they begin with; none of those that begin alike."""
    count = Counter(row[0] for row in rows)
    return {row[0]: row for row in rows if count[row[0]] == 1}
