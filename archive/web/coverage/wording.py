"""Cells, days and spans of the coverage chart in the reader's language."""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from markupsafe import Markup, escape

from archive.coverage import Cell, Grain, Period, read_percent
from archive.language import forms
from archive.language.catalogue import N_, gettext, ngettext
from archive.printable import few_marks
from archive.web.queries.coverage import CoverageQuery

SHADES = 5
_DISCOVERY_SOURCES = {
    "section": N_("section list"),
    "feed": N_("feed"),
    "sitemap": N_("sitemap"),
    "front": N_("front page"),
}


def no_section() -> str:
    """The name of the row of articles that give no section."""
    return gettext("(no section given)")


def discovery_source(kind: str) -> str:
    """The name of a kind of discovery source."""
    return gettext(_DISCOVERY_SOURCES[kind])


def iso(column: Period, by: Grain) -> str:
    """A column as tables name it: 2026-10-01, or 2026-10."""
    return column.first.isoformat()[: 7 if by == "month" else 10]


def sign(cell: Cell) -> str:
    """The text of a cell: the number of articles, with + if there may be more; empty if the time was not crawled."""
    return "" if cell.state == "never" else forms.number(cell.articles) + ("+" if cell.is_open else "")


def longest_sign(cells: Iterable[Cell]) -> int:
    """How many characters the longest text of the cells has, from 3 to 8: columns are made so wide."""
    return min(8, max(3, max((len(sign(cell)) for cell in cells), default=0)))


_OPEN: dict[Grain, str] = {
    "day": N_("this day was not read to its end, there may be more"),
    "month": N_("this month was not read to its end, there may be more"),
}
_PARTLY: dict[Grain, str] = {
    "day": N_("the day was crawled in part, no articles so far"),
    "month": N_("the month was crawled in part, no articles so far"),
}


def describe(cell: Cell, by: Grain) -> str:
    """What a cell means, in full."""
    if cell.state == "held":
        articles = ngettext("%(n)s article", "%(n)s articles", cell.articles, n=forms.number(cell.articles))
        return f"{articles}; {gettext(_OPEN[by])}" if cell.is_open else articles
    if cell.state == "empty":
        return gettext("crawled, no articles")
    return gettext(_PARTLY[by]) if cell.state == "partly" else gettext("not crawled")


def column_names(columns: Iterable[Period], by: Grain) -> list[str]:
    """The names of columns in full."""
    return [column(one, by) for one in columns]


def cell_elements(
    named: str, cells: Iterable[Cell], columns: Iterable[str], addresses: Iterable[str], by: Grain, least: Sequence[int]
) -> Markup:
    """The cells of a row. A chart has thousands, for which a template takes twice as long.

    Args:
        named, columns: what the row and its columns are called.
        addresses: of the searches for the cells' articles.
        least: as for `shade`.
    """
    row = escape(few_marks(named))
    made = []
    for cell, name, address in zip(cells, columns, addresses, strict=True):
        state, described, text = cell.state, escape(describe(cell, by)), escape(sign(cell))
        title = f"{row}, {escape(name)}: {described}"
        if state == "held":
            shown = f'<a href="{escape(address)}">{text}</a>'
            made.append(f'<td class="c held s{shade(cell, least)}" title="{title}">{shown}</td>')
        else:
            unseen = f'<span class="unseen">{described}</span>' if state in ("partly", "never") else ""
            made.append(f'<td class="c {state}" title="{title}">{text}{unseen}</td>')
    return Markup("\n").join(map(Markup, made))


def share(cell: Cell) -> float:
    """The covered share of a cell, to four digits; rounded to 0 or 1 only if it is exactly that."""
    return min(0.9999, max(0.0001, round(cell.covered, 4))) if 0 < cell.covered < 1 else float(cell.covered)


def column(period: Period, by: Grain) -> str:
    """A column's day or month, in full."""
    return forms.weekday(period.first) if by == "day" else forms.month(period.first)


def head(period: Period, by: Grain) -> str:
    """The heading of a column."""
    return str(period.first.day if by == "day" else period.first.month)


def group(first: date, by: Grain) -> str:
    """The heading above the columns of a month, or of a year."""
    return forms.month(first) if by == "day" else gettext("Year %(year)s", year=first.year)


def read_share(cells: Sequence[Cell]) -> str:
    """The covered share of all cells in per cent."""
    return read_percent(sum(cell.covered for cell in cells) / len(cells) if cells else 0.0)


def neighbour(query: CoverageQuery, direction: int) -> str:
    """What the chart before or after is called: its month, or how many days or months it has."""
    since, until = query.since, query.until
    assert since and until
    if (since.year, since.month) == (until.year, until.month) and since.day == 1 and _is_last(until):
        return forms.month(since)
    if since.day == 1 and _is_last(until):
        count = (until.year - since.year) * 12 + until.month - since.month + 1
        if direction < 0:
            return ngettext("previous month", "previous %(n)s months", count, n=count)
        return ngettext("next month", "next %(n)s months", count, n=count)
    count = (until - since).days + 1
    if direction < 0:
        return ngettext("previous day", "previous %(n)s days", count, n=count)
    return ngettext("next day", "next %(n)s days", count, n=count)


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
            label = gettext("%(n)s or more", n=forms.number(first))
        else:
            label = forms.number(first) + (f"–{forms.number(after - 1)}" if after - 1 > first else "")
        ranges.append((_shade(number, len(least)), label))
    return ranges


def _shade(number: int, count: int) -> int:
    return round(1 + number * (SHADES - 1) / (count - 1)) if count > 1 else (SHADES + 1) // 2
