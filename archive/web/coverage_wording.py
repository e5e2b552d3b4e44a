"""Cells, days and spans of the coverage chart in Vietnamese."""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Sequence
from datetime import date, timedelta

from archive.coverage import Cell, Grain, Period
from archive.web import wording
from archive.web.query import CoverageQuery

SHADES = 5
NO_SECTION = "(không ghi chuyên mục)"
DISCOVERY_SOURCES = {"section": "danh mục", "feed": "nguồn tin", "sitemap": "sơ đồ trang", "front": "trang chủ"}


def iso(column: Period, by: Grain) -> str:
    """A column as tables name it: 2026-10-01, or 2026-10."""
    return column.first.isoformat()[: 7 if by == "month" else 10]


def sign(cell: Cell) -> str:
    """The text of a cell: the number of articles, with + if there may be more; empty if the time was not crawled."""
    return "" if cell.state == "never" else wording.number(cell.articles) + ("+" if cell.is_open else "")


def describe(cell: Cell, by: Grain) -> str:
    """What a cell means, in full."""
    what = "ngày" if by == "day" else "tháng"
    if cell.state == "held":
        rest = f"; {what} này chưa đọc hết, có thể còn bài khác" if cell.is_open else ""
        return f"{wording.number(cell.articles)} bài{rest}"
    if cell.state == "empty":
        return "đã thu thập, không có bài nào"
    return f"mới thu thập một phần {what}, chưa thấy bài nào" if cell.state == "partly" else "chưa thu thập"


def share(cell: Cell) -> float:
    """The covered share of a cell, to four digits; rounded to 0 or 1 only if it is exactly that."""
    return min(0.9999, max(0.0001, round(cell.covered, 4))) if 0 < cell.covered < 1 else float(cell.covered)


def column(period: Period, by: Grain) -> str:
    """A column's day or month, in full."""
    return wording.weekday(period.first) if by == "day" else month(period.first)


def head(period: Period, by: Grain) -> str:
    """The heading of a column."""
    return str(period.first.day if by == "day" else period.first.month)


def group(first: date, by: Grain) -> str:
    """The heading above the columns of a month, or of a year."""
    return month(first) if by == "day" else f"Năm {first.year}"


def month(day: date) -> str:
    """A month: Tháng 10/2026."""
    return f"Tháng {day.month}/{day.year}"


def read_share(cells: Sequence[Cell]) -> str:
    """The covered share of all cells in per cent; rounded to 0 or 100 only if it is exactly that."""
    share = sum(cell.covered for cell in cells) / len(cells) if cells else 0.0
    return f"{min(99, max(1, int(share * 100)))}%" if 0 < share < 1 else f"{share:.0%}"


def neighbour(query: CoverageQuery, direction: int) -> str:
    """What the chart before or after is called: its month, or how many days or months it has."""
    since, until = query.since, query.until
    assert since and until
    if (since.year, since.month) == (until.year, until.month) and since.day == 1 and _is_last(until):
        return month(since)
    after = "trước" if direction < 0 else "sau"
    if since.day == 1 and _is_last(until):
        return f"{(until.year - since.year) * 12 + until.month - since.month + 1} tháng {after}"
    return f"{(until - since).days + 1} ngày {after}"


def _is_last(day: date) -> bool:
    return (day + timedelta(days=1)).day == 1


def shade(cell: Cell, least: Sequence[int]) -> int:
    """Which shade a cell has, from 1 to SHADES.

    Args:
        least: the least number of articles of each step, ascending; few steps get shades far apart.
    """
    return _shade(bisect.bisect_right(least, cell.articles) - 1, len(least))


def steps(least: Sequence[int]) -> list[tuple[int, str]]:
    """The shade of each step and how many articles it stands for: 1–2, 3–5, từ 6."""
    ranges = []
    for number, (first, after) in enumerate(itertools.pairwise([*least, 0])):
        if not after:
            label = f"từ {wording.number(first)}"
        else:
            label = wording.number(first) + (f"–{wording.number(after - 1)}" if after - 1 > first else "")
        ranges.append((_shade(number, len(least)), label))
    return ranges


def _shade(number: int, count: int) -> int:
    return round(1 + number * (SHADES - 1) / (count - 1)) if count > 1 else (SHADES + 1) // 2
