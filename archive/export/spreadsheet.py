"""Cells of CSV files that spreadsheets show as text and never run as formulas."""

from __future__ import annotations

from typing import Any

from archive.printable import without_controls

# Spreadsheets take cells that begin with these for formulas; some read the full-width signs as the plain ones
# (OWASP, CSV Injection)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def safe_cell(value: Any) -> Any:
    """The value as a cell: text without control characters, an apostrophe before what would begin a formula."""
    if not isinstance(value, str):
        return value
    plain = without_controls(value)
    return f"'{plain}" if plain.lstrip(" ").startswith(_FORMULA) else plain
