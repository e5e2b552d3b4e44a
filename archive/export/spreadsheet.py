"""CSV whose cells spreadsheets show as text and never run as formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from archive.printable import without_controls

MARK = "\ufeff"
"""The byte order mark by which spreadsheets recognise UTF-8."""
# Spreadsheets take cells that begin with these for formulas; some read the full-width signs as the plain ones
# (OWASP, CSV Injection)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def safe_cell(value: Any) -> Any:
    """The value as a cell: text without control characters, an apostrophe before what would begin a formula."""
    if not isinstance(value, str):
        return value
    plain = without_controls(value)
    return f"'{plain}" if plain.lstrip(" ").startswith(_FORMULA) else plain


def csv_lines(rows: Iterable[Iterable[Any]], *, end: str = "\r\n") -> str:
    """The rows as lines of CSV (RFC 4180), every cell made safe."""
    out = io.StringIO()
    csv.writer(out, lineterminator=end).writerows(map(safe_cell, row) for row in rows)
    return out.getvalue()


def csv_table(rows: Iterable[Mapping[str, Any]], columns: Sequence[str], *, end: str = "\r\n") -> str:
    """A whole file of CSV: the byte order mark, the names of the columns, and the rows' values of these names."""
    return MARK + csv_lines([columns, *([row[name] for name in columns] for row in rows)], end=end)
