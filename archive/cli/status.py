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
    from archive.cli.alarms import line_of
    from archive.cli.terminal import Console

    console = Console()
    console.print(f"Collection   {found.collection}", soft_wrap=True)
    console.print(f"Daemon       {_daemon(found)}")
    console.print(f"Disk         {_disk(found)}")
    for task in ("backup", "verify"):
        last = next((one for one in found.tasks if one.task == task), None)
        name = "Last backup" if task == "backup" else "Last verify"
        console.print(f"{name:12} {f'{_moment(last.ended_at, found)}, {last.outcome}' if last else 'none recorded'}")
    console.print()
    _show_papers(console, found)
    console.print()
    muted = f" ({found.muted} muted)" if found.muted else ""
    if found.is_well:
        console.print(f"No alarm rings{muted}.")
        return
    console.print(f"Alarms{muted}:")
    for one in found.alarms:
        console.print(textwrap.fill(line_of(one), console.width, subsequent_indent="  "), soft_wrap=True)


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
            _moment(paper.next_at, found) if paper.next_at else "-",
            f"{paper.due:,}",
        )
    console.print(table)


def _last(paper: PaperStatus, found: Status) -> str:
    return f"{_moment(paper.last_at, found)} {paper.last_outcome}"


def _daemon(found: Status) -> str:
    beat = found.heartbeat
    if beat is None:
        return "none runs here"
    if found.daemon.is_alive:
        reads = "" if beat.schedule_fault is None else "; its schedule could not be read again"
        draining = ", begins no more runs" if beat.is_draining else ""
        return f"alive since {_moment(beat.started_at, found)} (process {beat.pid}){draining}{reads}"
    said = {"dead": "DEAD: it was killed; its last sign of life", "hanging": "HANGS: its last sign of life"}
    if found.daemon.value in said:
        return f"{said[found.daemon.value]} {_moment(beat.beat_at, found)}"
    return f"ended {_moment(beat.ended_at or beat.beat_at, found)}"


def _disk(found: Status) -> str:
    free = f"{found.free_bytes / 1e9:,.1f} GB free"
    return f"{free}, full in {found.days_left:,.0f} days" if found.days_left is not None else free


def _moment(at: datetime, found: Status) -> str:
    """An instant by Vietnam's clock; with its day where that is another than today."""
    from archive.cli.terminal import VIETNAM

    here, today = at.astimezone(VIETNAM), found.at.astimezone(VIETNAM)
    if here.date() == today.date():
        return f"{here:%H:%M}"
    if abs(here - today) < timedelta(days=300):
        return f"{here:%d/%m %H:%M}"
    return f"{here:%Y-%m-%d}"
