"""`baotinh changes`: silent edits, corrections and withdrawals, the newest first."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from archive.changes.change_kind import ChangeKind
from archive.cli.search_options import CollectionOption, read_day, searchable


def changes(
    newspaper: Annotated[str | None, typer.Option(help="Only this newspaper.")] = None,
    section: Annotated[str | None, typer.Option(help="Only this section, by its name.")] = None,
    kind: Annotated[
        list[ChangeKind] | None, typer.Option("--kind", help="Only changes of this kind; several: of any of them.")
    ] = None,
    silent: Annotated[
        bool, typer.Option("--silent", help="Only what the newspaper did not tell: no time of change, no note.")
    ] = False,
    since: Annotated[
        date | None,
        typer.Option("--since", parser=read_day(0), metavar="DAY", help="First day of capture: 31/01/2026, 2026."),
    ] = None,
    until: Annotated[
        date | None,
        typer.Option("--until", parser=read_day(1), metavar="DAY", help="Last day of capture: 31/01/2026, 2026."),
    ] = None,
    words: Annotated[
        int, typer.Option("--words", min=0, help="Only with so many words removed and added, or more.")
    ] = 0,
    text: Annotated[
        str, typer.Option("--text", help="Only where these words, side by side, were removed or added.")
    ] = "",
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="How many to show.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="A table for spreadsheets.")] = False,
    collection: CollectionOption = Path("data"),
) -> None:
    """List what newspapers changed in articles after they were captured, and what they took down."""
    from archive.catalog.change_lists import ChangeFilters, each_change
    from archive.cli.changes.output import print_changes
    from archive.collection import Collection
    from archive.errors import UnknownNewspaper
    from archive.search.changed_search import each_change_with

    if as_json and as_csv:
        raise typer.BadParameter("--json and --csv are two forms: give one of them")
    filters = ChangeFilters.of_days(
        since, until, newspaper=newspaper, section=section, kinds=tuple(kind or ()), is_silent=silent, least=words
    )
    held = Collection.open(collection).for_readers
    with held.catalog() as catalog:
        known = catalog.newspapers()
        if newspaper is not None and newspaper not in known:
            raise UnknownNewspaper(newspaper, sorted(known))
        if text.strip():
            found = each_change_with(searchable(held), text, filters, limit)
        else:
            found = each_change(catalog.connection, filters, limit)
        print_changes(found, as_json=as_json, as_csv=as_csv)
