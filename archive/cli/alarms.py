"""`baotinh alarms`: list, acknowledge, mute, unmute."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from archive.cli.search_options import CollectionOption

if TYPE_CHECKING:
    from archive.health.evaluation import Standing
    from archive.health.mutes import Mute

alarms = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="List the alarms, acknowledge and mute them.",
)
JsonOption = Annotated[bool, typer.Option("--json", help="As JSON.")]
SelectorArgument = Annotated[
    str, typer.Argument(metavar="SELECTOR", help="KIND, KIND/NEWSPAPER or KIND/NEWSPAPER/SUBJECT; * is any kind.")
]


def _words(text: str) -> str:
    if not text.strip():
        raise typer.BadParameter("--reason is empty; say why, for whoever sees the alarm next")
    return text.strip()


ReasonOption = Annotated[str, typer.Option("--reason", callback=_words, help="Why; it is shown with the alarm.")]


@alarms.command("list")
def list_alarms(as_json: JsonOption = False, collection: CollectionOption = Path("data")) -> None:
    """List the alarms that apply now, with number, since when, acknowledgement and mute, and the mutes in force."""
    from archive.clock import now
    from archive.collection import Collection
    from archive.health.evaluation import stand
    from archive.health.mutes import mutes_at
    from archive.printable import json_text, say

    held, instant = Collection.open(collection), now()
    with held.catalog() as catalog, catalog.snapshot():
        found, mutes = stand(held, catalog, instant), mutes_at(catalog.connection, instant)
    if as_json:
        said = {"alarms": [one.values() for one in found.alarms], "mutes": [one.values() for one in mutes]}
        say(json_text(said, indent=1))
        return
    for one in found.alarms:
        say(line_of(one))
    if not found.alarms:
        print("No alarms.")
    for mute in mutes:
        say(f"muted: {mute.selector} {_until(mute)}")


@alarms.command()
def acknowledge(
    which: Annotated[
        str, typer.Argument(metavar="ID|SELECTOR", help="An alarm's number, or KIND, KIND/NEWSPAPER[/SUBJECT].")
    ],
    reason: ReasonOption,
    collection: CollectionOption = Path("data"),
) -> None:
    """Send no reminders of an alarm that applies now; its end is sent."""
    from archive.clock import now
    from archive.collection import Collection
    from archive.errors import UnknownAlarm
    from archive.health.evaluation import stand
    from archive.health.history import acknowledge, active_alarms, enter_alarm
    from archive.health.mutes import Selector
    from archive.printable import say

    held, instant = Collection.open(collection), now()
    with held.catalog(writable=True) as catalog, catalog.transaction() as connection:
        found = stand(held, catalog, instant).alarms
        meant = [one for one in found if str(one.id) == which or Selector.read(which).fits(one.alarm)]
        if not meant:
            raise UnknownAlarm(which, [_selector(one) for one in found])
        for one in meant:
            if one.record is None:
                enter_alarm(connection, one.alarm, instant)
        keys = {one.alarm.key for one in meant}
        for record in active_alarms(connection):
            if record.alarm.key in keys:
                acknowledge(connection, record.id, instant, reason)
    for one in meant:
        say(f"acknowledged: {_selector(one)}")


@alarms.command()
def mute(
    selector: SelectorArgument,
    reason: ReasonOption,
    until: Annotated[
        str | None, typer.Option("--until", metavar="DAY", help="To the end of this day in Vietnam: 2026-12-31.")
    ] = None,
    span: Annotated[str | None, typer.Option("--for", metavar="SPAN", help="For so long: 12h, 3d.")] = None,
    collection: CollectionOption = Path("data"),
) -> None:
    """Notify nobody of some alarms until an instant; what still applies then is sent."""
    from archive.clock import now
    from archive.collection import Collection
    from archive.errors import UnknownAlarmKind
    from archive.health.alarm import KINDS
    from archive.health.mutes import ANY, Mute, Selector, enter_mute
    from archive.printable import say

    read = Selector.read(selector)
    if read.kind not in (*KINDS, ANY):
        raise UnknownAlarmKind(read.kind, KINDS)
    held, instant = Collection.open(collection), now()
    entered = Mute(selector=read, reason=reason, muted_at=instant, ends_at=_end(until, span, instant))
    with held.catalog(writable=True) as catalog, catalog.transaction() as connection:
        enter_mute(connection, entered)
    say(f"muted: {read} {_until(entered)}")


@alarms.command()
def unmute(selector: SelectorArgument, collection: CollectionOption = Path("data")) -> None:
    """End a mute; what still applies is sent."""
    from archive.clock import now
    from archive.collection import Collection
    from archive.errors import UnknownMute
    from archive.health.mutes import Selector, end_mute, mutes_at
    from archive.printable import say

    held, instant, read = Collection.open(collection), now(), Selector.read(selector)
    with held.catalog(writable=True) as catalog, catalog.transaction() as connection:
        known = [str(one.selector) for one in mutes_at(connection, instant)]
        if not end_mute(connection, read, instant):
            raise UnknownMute(selector, known)
    say(f"no longer muted: {read}")


def line_of(one: Standing, *, with_number: bool = True) -> str:
    """An alarm in a line: number, newspaper, kind and subject; figures; since when, acknowledged, muted."""
    alarm, record = one.alarm, one.record
    number = f"{record.id}  " if record and with_number else ""
    named = " ".join(part for part in (alarm.newspaper, alarm.kind, alarm.subject) if part)
    said = [f"{number}{named}: {alarm.detail}"]
    if record:
        said.append(f"since {_moment(record.raised_at)}")
    if record and record.acknowledged_at:
        said.append(f"acknowledged {_moment(record.acknowledged_at)}: {record.acknowledgement}")
    if one.mute:
        said.append(f"muted {_until(one.mute)}")
    return "; ".join(said)


def _until(mute: Mute) -> str:
    return f"until {_moment(mute.ends_at)}: {mute.reason}"


def _moment(instant: datetime) -> str:
    from archive.cli.local_times import zoned

    return zoned(instant, form="%Y-%m-%d %H:%M")  # as the days of the alarms' own words


def _selector(one: Standing) -> str:
    from archive.health.mutes import Selector

    alarm = one.alarm
    return str(Selector(kind=alarm.kind, newspaper=alarm.newspaper, subject=alarm.subject or None))


def _end(until: str | None, span: str | None, instant: datetime) -> datetime:
    """When a mute ends: exactly one of its two options says so."""
    from archive.cli.days import end_of_day
    from archive.durations import parse_duration

    if (until is None) == (span is None):
        raise typer.BadParameter("say when the mute ends: either --until 2026-12-31 or --for 3d")
    if span is not None:
        try:
            return instant + parse_duration(span)
        except ValueError:
            raise typer.BadParameter(f"--for cannot be {span!r}; write 12h or 3d") from None
    return end_of_day(str(until), instant)
