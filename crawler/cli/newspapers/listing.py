"""`baotinh newspapers`: the declared newspapers as a table that fits the terminal, or as JSON lines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from rich.measure import Measurement
from rich.table import Table

from archive.cli.terminal import Console
from archive.printable import json_text, say
from crawler.crawl.newspaper import NewspaperSpider
from crawler.declaration.own import own_files, own_folder
from crawler.runs.run import KnownNewspapers
from crawler.survey.golden import golden_day

# In a narrow terminal a cell has what would be two columns, one below the other.
_STACKED = (("name", "province"), ("newspaper", "host"), ("family", "part of"), ("verified", "language"))
_WIDE = ("name", "newspaper", "province", "part of", "family", "host", "language", "sections", "verified")
_WIDE_ENOUGH = 150
_UNBROKEN = ("name", "family", "host", "verified")


def print_lines(spiders: Sequence[type[NewspaperSpider]], known: KnownNewspapers) -> None:
    """Print a JSON object for each newspaper, with all that its declaration says of it."""
    files, every = own_files(), known.declared.values()
    for spider in spiders:
        verified = _verified(spider)
        values = {
            "name": spider.name,
            "own_file": str(files[spider.name]) if spider.name in known.own else None,
            **spider.profile(),
            "verified": verified.isoformat() if verified else None,
            "former_article_patterns": list(spider.former_article_patterns),
            "editions": [one.name for one in every if one.edition_of == spider.name],
            "merged_newspapers": [one.name for one in every if one.merged_into == spider.name],
            "section_pages": spider.section_pages,
            "paging": spider.paging,
            "more_button": spider.more_button,
            "browser_hosts": list(spider.browser_hosts),
            "delay": spider.delay,
        }
        say(json_text(values))


def print_table(spiders: Sequence[type[NewspaperSpider]], known: KnownNewspapers) -> None:
    """Print a row for each newspaper, of one line where the terminal is wide enough, and notes on what it shows."""
    console = Console()
    rows = [_row(spider, known) for spider in spiders]
    table = _wide(rows)
    needed = Measurement.get(console, console.options.update(max_width=10_000), table).maximum
    console.print(table if console.width >= min(needed, _WIDE_ENOUGH) else _stacked(rows))
    console.print("\n" + " ".join(_notes(spiders, known)))


def _row(spider: type[NewspaperSpider], known: KnownNewspapers) -> dict[str, str]:
    drawn = f"; drawn by scripts: {', '.join(spider.needs_browser)}" if spider.needs_browser else ""
    return {
        "name": f"{spider.name} *" if spider.name in known.own else spider.name,
        "newspaper": spider.title,
        "province": spider.province or "the whole country",
        "part of": spider.edition_of or spider.merged_into or "",
        "family": _marked(spider, "family", spider.family),
        "host": _marked(spider, "hosts", spider.hosts[0] + "".join(spider.paths[:1])),
        "language": spider.language,
        "sections": str(len(spider.sections) or "looked for") + drawn,
        "verified": str(_verified(spider) or "no"),
    }


def _wide(rows: Sequence[dict[str, str]]) -> Table:
    table = Table(show_edge=False)
    for heading in _WIDE:
        table.add_column(heading, no_wrap=heading in _UNBROKEN)
    for row in rows:
        table.add_row(*(row[heading] for heading in _WIDE))
    return table


def _stacked(rows: Sequence[dict[str, str]]) -> Table:
    """Two columns of the wide table in each cell; what the column has no room for goes on in the next line."""
    table = Table(show_edge=False, pad_edge=False, show_lines=True)
    for upper, lower in _STACKED:
        # a name is what is copied
        table.add_column(f"{upper}\n{lower}", overflow="fold", no_wrap=upper in ("name", "verified"))
    for row in rows:
        table.add_row(*(f"{row[upper]}\n{row[lower]}" for upper, lower in _STACKED))
    return table


def _notes(spiders: Sequence[type[NewspaperSpider]], known: KnownNewspapers) -> list[str]:
    unknown = sum(spider.family == "unknown" for spider in spiders)
    verified = sum(_verified(spider) is not None for spider in spiders)
    counted = "1 newspaper" if len(spiders) == 1 else f"{len(spiders)} newspapers and editions"
    notes = [f"{counted}; {verified} verified against saved pages of the day shown."]
    if unknown:
        notes.append(f"Of {unknown} the markup is unknown: their pages are read without rules.")
    if known.own & {spider.name for spider in spiders}:
        notes.append(f"A * stands behind those that you declare in {own_folder()}.")
    if any(spider.unsure for spider in spiders):
        notes.append("A ? stands behind what no page has confirmed.")
    return notes


def _verified(spider: type[NewspaperSpider]) -> date | None:
    """The day of the saved pages, or of the golden page that was accepted here, whichever is later."""
    days = [day for day in (spider.verified, golden_day(own_folder(), spider.name)) if day is not None]
    return max(days, default=None)


def _marked(spider: type[NewspaperSpider], attribute: str, shown: str) -> str:
    return f"{shown} ?" if attribute in spider.unsure else shown
