"""`baotinh status`: the state of a collection at a glance; `baotinh init` makes one."""

from __future__ import annotations

import textwrap
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from archive.cli.search_options import CollectionOption
from archive.printable import json_text, say

if TYPE_CHECKING:
    from archive.cli.terminal import Console
    from archive.status import PaperStatus, Status


def init(collection: CollectionOption = Path("data")) -> None:
    """Make an empty collection, into which a daemon can crawl; one that is there already is left as it is."""
    from archive.collection import Collection

    made = not Collection(collection.absolute()).catalog_path.exists()
    held = Collection.create(collection)
    print(f"{held.root} {'is a collection now' if made else 'is a collection already'}.")


def status(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    collection: CollectionOption = Path("data"),
) -> None:
    """Show daemon, newspapers, alarms, disk, last backup and verification. Exit code 1 if an alarm rings."""
    from archive.clock import now
    from archive.collection import Collection
    from archive.status import status as status_of

    held = Collection.open(collection)
    with held.catalog() as catalog, catalog.snapshot():
        found = status_of(held, catalog, now())
    if as_json:
        say(json_text(found.values(), indent=1))
    else:
        _show(found)
    raise typer.Exit(not found.is_well)


def _show(found: Status) -> None:
    from archive.cli.local_times import zone_name
    from archive.cli.terminal import Console

    console = Console()
    console.print(f"Collection   {found.collection}", soft_wrap=True)
    console.print(f"Times        {zone_name()}")
    _hang(console, "Daemon       ", _daemon(found))
    _hang(console, "Disk         ", _disk(found))
    for name, task in (("Last backup  ", found.task("backup")), ("Last verify  ", found.task("verify"))):
        _hang(console, name, f"{_moment(task.ended_at, found)}, {task.outcome}" if task else "none recorded")
    console.print()
    _show_papers(console, found)
    console.print()
    _show_alarms(console, found)


def _hang(console: Console, head: str, text: str) -> None:
    """Print a text behind its head, the further lines indented as far."""
    filled = textwrap.fill(
        text, console.width, initial_indent=head, subsequent_indent=" " * len(head), break_on_hyphens=False
    )
    console.print(filled, soft_wrap=True)


def _show_alarms(console: Console, found: Status) -> None:
    from archive.cli.alarms import line_of

    muted = f" ({found.muted} muted)" if found.muted else ""
    if found.is_well:
        console.print(f"No alarm rings{muted}.")
        return
    console.print(f"Alarms{muted}:")
    width = max(len(str(one.id or "")) for one in found.alarms)
    for one in found.alarms:
        _hang(console, f"{one.id or '-':>{max(width, 1)}}  ", line_of(one, with_number=False))


def _show_papers(console: Console, found: Status) -> None:
    from rich.table import Table

    if not found.papers:
        console.print("No newspaper was crawled yet.")
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("Newspaper", overflow="fold")
    for heading in ("Last run", "Last good", "Next"):
        table.add_column(heading, no_wrap=True)
    table.add_column("Due", justify="right", no_wrap=True)
    for paper in found.papers:
        table.add_row(
            paper.name,
            _last(paper, found),
            _moment(paper.last_good_at, found) if paper.last_good_at else "never",
            _next(paper, found),
            f"{paper.due:,}",
        )
    console.print(table)


def _last(paper: PaperStatus, found: Status) -> str:
    return f"{_moment(paper.last_at, found)} {paper.last_outcome}"


def _next(paper: PaperStatus, found: Status) -> str:
    if paper.next_at is None:
        return "-"
    is_late = paper.next_at < found.at and paper.last_outcome != "running"
    return _moment(paper.next_at, found) + (" late" if is_late else "")


def _daemon(found: Status) -> str:
    beat = found.heartbeat
    if beat is None:
        return "alive" if found.daemon.is_alive else "none was started here"
    if found.daemon.is_alive:
        reads = "" if beat.schedule_fault is None else "; its schedule could not be read again"
        draining = ", begins no more runs" if beat.is_draining else ""
        return f"alive since {_moment(beat.started_at, found)} (process {beat.pid}){draining}{reads}"
    said = {
        "dead": "DEAD: it was killed; its last sign of life was at",
        "hanging": "HANGS: its process does nothing; its last sign of life was at",
    }
    if found.daemon.value in said:
        return f"{said[found.daemon.value]} {_moment(beat.beat_at, found)}"
    return f"ended {_moment(beat.ended_at or beat.beat_at, found)}"


def _disk(found: Status) -> str:
    from archive.status import FORESEEN

    free = f"{found.free_bytes / 1e9:,.1f} GB free"
    if found.days_left is None:
        return free
    if found.days_left > FORESEEN:
        return f"{free}, enough for years"
    days = int(found.days_left)
    return f"{free}, full in {days:,} day{'' if days == 1 else 's'}" if days else f"{free}, full within a day"


def _moment(at: datetime, found: Status) -> str:
    """An instant by Vietnam's clock; with its day where that is another than today."""
    from archive.zones import VIETNAM

    here, today = at.astimezone(VIETNAM), found.at.astimezone(VIETNAM)
    if here.date() == today.date():
        return f"{here:%H:%M}"
    if abs(here - today) < timedelta(days=300):
        return f"{here:%d/%m %H:%M}"
    return f"{here:%Y-%m-%d}"
