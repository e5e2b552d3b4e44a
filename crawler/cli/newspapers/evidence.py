"""How the evidence of a page's fields is shown: by `newspapers check` for each page, by `explain` for one in full."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from rich.table import Table
from rich.text import Text

from archive.cli.terminal import Console
from archive.printable import UNBROKEN
from archive.reasons import reason_words
from crawler.survey.checking import CheckedPage
from crawler.survey.field_evidence import Evidence, FieldEvidence

CHOSEN, LOST, MISSING = "✓", "≠", "–"
_LONGEST_VALUE = 90
_STANDS_OUT = "bold yellow"


def print_evidence(pages: Sequence[CheckedPage]) -> None:
    """Print for each field of each page what was chosen, from where, and what says otherwise."""
    if not pages:
        return
    console = Console()
    legend = f"{CHOSEN} was chosen, {LOST} says otherwise and lost, {MISSING} is missing"
    console.print(f"\nWhat each page says, field by field: {legend}.", soft_wrap=True)
    for one in pages:
        by = f"layout {one.layout}" if one.layout is not None else "without rules"
        console.print(f"\n{one.fetched.url}", style="bold", soft_wrap=True)
        console.print(f"captured {one.fetched.captured_at.date()}, read {by}", style="dim")
        for field, why in one.missing.items() if not one.evidence else ():
            console.print(f"{MISSING} {field}: {reason_words(why)}", soft_wrap=True)
        if one.evidence:
            console.print(_fields(one.evidence, is_wide=console.width < UNBROKEN))
    console.print(f"\n{_summary(pages)}", soft_wrap=True)


def _summary(pages: Sequence[CheckedPage]) -> str:
    disputed = sorted(said.field for one in pages for said in one.evidence if said.has_losers)
    fields = sum(said.chosen is not None for one in pages for said in one.evidence)
    named = ", ".join(f"{field} on {len(list(group))}" for field, group in groupby(disputed))
    of = f"{fields} fields on {len(pages)} page{'s' if len(pages) != 1 else ''}"
    return (
        f"Of {of}, {len(disputed)} have evidence that says otherwise: {named}." if named else f"{of}: none is disputed."
    )


def _fields(evidence: Iterable[FieldEvidence], *, is_wide: bool) -> Table:
    """A row for each piece of evidence; as wide as the console where the console has a width."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(ratio=3, overflow="fold")
    table.add_column(ratio=2, overflow="fold")
    table.expand = is_wide
    for said in evidence:
        label = said.field
        if said.chosen is not None:
            style = _STANDS_OUT if said.is_unmatched else ""
            agreeing = [one for one in said.others if one.agrees]
            table.add_row(label, CHOSEN, Text(cut(said.chosen.value)), Text(_from(said.chosen, agreeing), style))
            label = ""
        if said.is_unmatched or said.chosen is None:
            why = reason_words(said.missing) if said.missing else "nothing was found"
            style = _STANDS_OUT if said.chosen is not None else "dim"
            table.add_row(label, MISSING, Text(why, style), "")
            label = ""
        for one in said.others:
            if said.chosen is None or not one.agrees:
                table.add_row(label, LOST, Text(cut(one.value), _STANDS_OUT), Text(place_of(one), _STANDS_OUT))
    return table


def _from(chosen: Evidence, agreeing: Iterable[Evidence]) -> str:
    """Where the value is from, and the sources that say the same."""
    same = list(dict.fromkeys(one.source for one in agreeing))
    return place_of(chosen) + (f"; so say {', '.join(same)}" if same else "")


def place_of(one: Evidence) -> str:
    """Source and place of a piece of evidence: "rule h1.title", "json-ld headline"."""
    return f"{one.source} {one.place}".strip()


def candidates(evidence: Iterable[FieldEvidence]) -> Table:
    """Every piece of evidence of each field of a page, the chosen one first."""
    table = Table(show_edge=False, title="Candidates", title_justify="left")
    for heading in ("field", "", "value", "source", "place", "weight", "sure"):
        table.add_column(heading, no_wrap=heading not in ("value", "place"), overflow="fold")
    for said in evidence:
        rows = [*([said.chosen] if said.chosen else []), *said.others]
        for nth, one in enumerate(rows):
            won = one is said.chosen
            table.add_row(
                said.field if nth == 0 else "",
                CHOSEN if won else "" if one.agrees else LOST,
                Text(cut(one.value)),
                one.source,
                Text(one.place[:_LONGEST_VALUE]),
                f"{one.weight:.1f}" if one.weight is not None else "",
                f"{said.confidence:.2f}" if won and said.confidence is not None else "",
            )
        if not rows:
            table.add_row(said.field, "", "nothing", "", "", "", "")
    return table


def cut(text: str) -> str:
    """A text in one line, of so many letters as a table has room for."""
    text = text.replace("\n", " / ")
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"
