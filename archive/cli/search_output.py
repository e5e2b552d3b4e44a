"""The output of `baotinh search`: hits with the found words in bold, groups, counts over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs
from rich.table import Table
from rich.text import Text

from archive.cli.local_times import local, zone_line
from archive.cli.terminal import Console, plural
from archive.coverage import read_percent
from archive.printable import json_text, say
from archive.search.facets import Facets, SectionCount
from archive.search.former_search import FormerResults
from archive.search.query import Results
from archive.search.timeline import Timeline

_SHOWN_VALUES = 6
_SCOPES = {"typed": "as typed", "folded": "without marks"}


def print_results(results: Results, *, unfiltered: int = 0, has_several_words: bool = True) -> None:
    """Print how many articles were found, the hits, and how many articles each group has.

    Args:
        unfiltered: where nothing was found, how many articles there are without the filters.
    """
    console = Console()
    shown = f"; the first {len(results.hits)} shown" if len(results.hits) < results.total else ""
    count = plural(results.total, "article") if results.total else "No article"
    console.print(f"{count}, {_SCOPES[results.scope]}{shown}", soft_wrap=True)
    other, offered = ("folded", results.folded) if results.scope == "typed" else ("typed", results.typed)
    if offered and offered != results.total:
        console.print(f"{offered:,} {_SCOPES[other]}: --scope {other}", style="dim", soft_wrap=True)
    if not results.total and unfiltered:
        console.print(f"Without the filters: {plural(unfiltered, 'article')}")
    if not results.total and not offered and not unfiltered and has_several_words:
        console.print("Fewer words find more.")
    if results.hits:
        console.print(zone_line(), style="dim")
    console.print()
    for hit in results.hits:
        about = " · ".join(
            part for part in (local(hit.published_at), hit.section, ", ".join(hit.authors), hit.source) if part
        )
        console.print(_marked(hit.title_pieces, "bold cyan"))
        console.print(Text(f"  {hit.id}  {about}", style="dim"), soft_wrap=True)
        console.print(Text("  ") + _marked(hit.snippet, ""))
        if hit.picture is not None and hit.picture.is_found:
            console.print(Text("  Picture: ", style="dim") + _marked(hit.picture.caption, ""))
        console.print()
    if results.total > 1:
        _print_groups(console, results.facets)
    if results.behind:
        console.print(f"{results.behind} articles are not indexed yet; search again when the crawl has ended.")


def print_former(results: FormerResults) -> None:
    """Print former versions that match where the article's latest version does not."""
    console = Console()
    more = " or more" if results.is_cut else ""
    count = plural(results.total, "article") if results.total else "No article"
    console.print(f"\n{count}{more} in a former version only", style="bold", soft_wrap=True)
    for hit in results.hits:
        console.print(_marked(hit.title_pieces, "bold cyan"))
        about = f"  {hit.id}  former version, captured {local(hit.found.captured_at)}  {hit.version}"
        console.print(Text(about, style="dim"), soft_wrap=True)
        console.print(Text("  ") + _marked(hit.snippet, ""), end="\n\n")


def _print_groups(console: Console, facets: Facets) -> None:
    groups = (
        ("Newspaper", _said(facets.newspapers)),
        ("Province", _said(facets.provinces)),
        ("Before July 2025", _said(facets.provinces_before)),
        ("Section", [_section(one) for one in facets.sections]),
        ("Author", _said(facets.authors)),
        ("Source", _said(facets.sources)),
        ("Language", _said(facets.languages) if len(facets.languages) > 1 else []),
        ("Year", _said(facets.years)),
        ("Month", _said(_months(facets))),
        ("With pictures", [f"{facets.with_pictures:,}"] if facets.with_pictures else []),
        ("Changed", [f"{facets.changed:,}"] if facets.changed else []),
        ("Kind of change", _said(facets.kinds)),
        ("Printings", [f"{facets.reprinted:,} (each story once: --once)"] if facets.reprinted else []),
    )
    for name, counts in groups:
        if counts:
            more = f" · {len(counts) - _SHOWN_VALUES} more" if len(counts) > _SHOWN_VALUES else ""
            line = Text.assemble((f"{name:<18}", "dim"), " · ".join(counts[:_SHOWN_VALUES]) + more)
            console.print(line, soft_wrap=True)


def _said(counts: Mapping[Any, int]) -> list[str]:
    return [f"{value} {count:,}" for value, count in counts.items()]


def _section(one: SectionCount) -> str:
    """A section and its count; where several newspapers have one of that name, the count of each behind it."""
    each = ", ".join(_said(one.newspapers))
    return f"{one.name} {one.count:,}" + (f" ({each})" if each else "")


def _months(facets: Facets) -> dict[str, int]:
    """The months, where all are of one year; of several the years tell more."""
    if len(facets.years) != 1:
        return {}
    return {f"{month % 100:02}/{month // 100}": count for month, count in facets.months.items()}


def print_timeline(timeline: Timeline, *, as_json: bool) -> None:
    """Print how many articles of a search were published in each period, and their share of those held."""
    if as_json:
        for point in timeline.points:
            values = attrs.asdict(point) | {"first": point.first.isoformat(), "share": point.share}
            say(json_text(values))
        return
    if not timeline.points:
        say("No article.")
        return
    form = {"day": "%d/%m/%Y", "month": "%m/%Y", "year": "%Y"}[timeline.grain]
    table = Table(show_edge=False, box=None, padding=(0, 2, 0, 0))
    for name in (timeline.grain.capitalize(), "Found", "Held", "Share", "Read"):
        table.add_column(name, justify="left" if name == timeline.grain.capitalize() else "right", no_wrap=True)
    for point in timeline.points:
        share = "" if point.share is None else f"{point.share:.1%}"
        table.add_row(f"{point.first:{form}}", f"{point.found:,}", f"{point.held:,}", share, read_percent(point.read))
    Console().print(table)
    say(f"{plural(timeline.found, 'article')} found.")


def _marked(pieces: Sequence[Any], style: str) -> Text:
    text = Text(style=style)
    for piece in pieces:
        text.append(piece.text, style="bold reverse" if piece.is_hit else "")
    return text
