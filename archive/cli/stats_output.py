"""The output of `baotinh stats`: tables for people, CSV and JSON lines for programs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.table import Table

from archive.cli.terminal import Console, plural
from archive.count.collocations import Collocations
from archive.count.frequencies import Frequency
from archive.export.spreadsheet import csv_table
from archive.printable import json_text, say
from archive.search.timeline import Grain

_FORMS: dict[Grain, str] = {"day": "%d/%m/%Y", "month": "%m/%Y", "year": "%Y"}
_SCOPES = {"typed": "as typed", "folded": "without marks"}


def print_json(rows: Iterable[Mapping[str, Any]]) -> None:
    """Print a JSON object a line."""
    for row in rows:
        say(json_text(row))


def print_csv(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> None:
    """Print a header and the rows as CSV with the byte order mark by which spreadsheets know UTF-8."""
    say(csv_table(rows, columns, end="\n").rstrip("\n"))


def print_frequencies(rows: Sequence[Frequency], grain: Grain) -> None:
    """Print a row for each period, newspaper and term; without terms, what is held."""
    if not rows:
        say("No article is held.")
        return
    by_newspaper, has_terms = rows[0].newspaper is not None, rows[0].term is not None
    left = [grain.capitalize(), *(["Newspaper"] if by_newspaper else []), *(["Term"] if has_terms else [])]
    counts = ["Occurrences", "Per million", "Per article", "Found"] if has_terms else ["Pictures", "Per article"]
    table = _table(left, [*counts, "Articles", "Syllables"])
    for row in sorted(rows, key=lambda row: (row.first, row.newspaper or "")):
        names = [row.first.strftime(_FORMS[grain]), *filter(None, (row.newspaper, row.term))]
        shown = [f"{row.occurrences:,}", _rate(row.per_million, 1), _rate(row.per_article, 3), f"{row.found:,}"]
        if not has_terms:
            shown = [f"{row.pictures:,}", _rate(row.pictures_per_article, 2)]
        table.add_row(*names, *shown, f"{row.articles:,}", f"{row.syllables:,}")
    Console().print(table)
    _print_sums(rows)


def _print_sums(rows: Sequence[Frequency]) -> None:
    """Print what each term comes to, as it was compared."""
    for term in dict.fromkeys(row.term for row in rows if row.term is not None):
        of_term = [row for row in rows if row.term == term]
        occurrences, found = sum(row.occurrences for row in of_term), sum(row.found for row in of_term)
        say(
            f"{term}, {_SCOPES[str(of_term[0].scope)]}: {plural(occurrences, 'occurrence')}; "
            f"a search finds {plural(found, 'article')}."
        )


def print_collocations(found: Collocations) -> None:
    """Print how often the term occurs, and its collocates."""
    say(
        f"{found.term}, {_SCOPES[found.scope]}: {plural(found.occurrences, 'occurrence')} in "
        f"{plural(found.articles, 'article')}; near it are {found.near:,}, elsewhere {found.elsewhere:,}."
    )
    if not found.collocates:
        say("No collocate. --min-count 1 shows rare ones too.")
        return
    table = _table(["Near"], ["Near it", "Expected", "Elsewhere", "Log-likelihood"])
    for one in found.collocates:
        table.add_row(
            one.words, f"{one.near:,}", f"{one.expected:,.2f}", f"{one.elsewhere:,}", f"{one.log_likelihood:,.2f}"
        )
    Console().print(table)


def _table(left: Sequence[str], right: Sequence[str]) -> Table:
    table = Table(show_edge=False, box=None, padding=(0, 2, 0, 0))
    for name in left:
        table.add_column(name, no_wrap=name != "Term")
    for name in right:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _rate(value: float | None, digits: int) -> str:
    return "" if value is None else f"{value:,.{digits}f}"
