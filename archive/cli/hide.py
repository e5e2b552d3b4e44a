"""`baotinh hide`, `unhide`, `withheld`: what readers are not shown."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal

import typer

from archive.cli.search_options import CollectionOption

# the values of archive.catalog.withholdings.WithholdingReason
ReasonClass = Literal["court", "privacy", "rights", "publisher", "mistake", "other"]
SubjectArgument = Annotated[
    str, typer.Argument(metavar="ID|URL|HOST", help="An article's id, the address of a captured page, or a host.")
]


def hide(
    subject: SubjectArgument,
    reason: Annotated[ReasonClass, typer.Option(help="Why, as readers are told.")],
    note: Annotated[str, typer.Option(help="Your own words, for operators: who asked, a file number.")] = "",
    until: Annotated[
        str | None, typer.Option(metavar="DAY", help="To the end of this day in Vietnam: 2027-12-31.")
    ] = None,
    collection: CollectionOption = Path("data"),
) -> None:
    """Withhold an article, an address or a host from readers, in site, exports and replay. Nothing is deleted."""
    from archive.cli.days import end_of_day
    from archive.clock import now
    from archive.collection import Collection
    from archive.printable import say
    from archive.reasons import WithholdingReason
    from archive.withholding import withhold

    ends = end_of_day(until, now()) if until else None
    entered = withhold(Collection.write(collection), subject, WithholdingReason(reason), note, until=ends)
    say(f"withheld: {entered.scope.value} {entered.subject} ({reason}) {_until(entered.until)}")


def unhide(
    subject: SubjectArgument,
    note: Annotated[str, typer.Option(help="Why it is shown again, for operators.")] = "",
    collection: CollectionOption = Path("data"),
) -> None:
    """Show readers again what was withheld."""
    from archive.collection import Collection
    from archive.printable import say
    from archive.withholding import lift_withholding

    scope = lift_withholding(Collection.write(collection), subject, note)
    say(f"no longer withheld: {scope.value} {subject}")


def withheld(
    every: Annotated[bool, typer.Option("--all", help="Also what was lifted or has ended.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    collection: CollectionOption = Path("data"),
) -> None:
    """List what is withheld from readers."""
    from archive.catalog.withholdings import all_withholdings
    from archive.cli.local_times import local_day, zone_line
    from archive.clock import now
    from archive.collection import Collection
    from archive.printable import json_text, say
    from archive.withholding import values_of

    with Collection.open(collection).catalog() as catalog:
        found = [one for one in all_withholdings(catalog.connection) if every or one.is_active(now())]
    if found and not as_json:
        say(zone_line())
    for one in found:
        if as_json:
            say(json_text(values_of(one)))
            continue
        removed = f", removed for good {local_day(one.purged_at)}" if one.purged_at else ""
        lifted = f", lifted {local_day(one.lifted_at)}" if one.lifted_at else ""
        say(
            f"{one.subject}  ({one.scope.value}, {one.reason.value}) since {local_day(one.withheld_at)} "
            f"{_until(one.until)}{removed}{lifted}"
        )
        if one.note or one.lifted_note:
            say("  " + "; ".join(filter(None, (one.note, one.lifted_note))))
    if not found and not as_json:
        say("Nothing is withheld.", sys.stderr)


def _until(instant: datetime | None) -> str:
    from archive.cli.local_times import local_day

    if instant is None:
        return "until it is lifted"
    return f"until the end of {local_day(instant - timedelta(seconds=1))}"
