"""Tables of jobs and runs for a terminal 80 columns wide, or lines of JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from archive.cli.local_times import local, offset_name, zoned
from archive.printable import json_text, say


def print_rows(rows: list[dict[str, Any]], as_json: bool, time_zone: str) -> None:
    """Print rows of the same columns; `time_zone` is the one that instants are shown in."""
    if as_json:
        for row in rows:
            say(json_text(row))
        return
    from zoneinfo import ZoneInfo

    from rich.table import Table

    from archive.cli.terminal import Console

    if not rows:
        print("No such runs yet.")
        return
    zone = ZoneInfo(time_zone)
    # the run's name contains its newspaper; empty columns are left out, to fit 80 columns
    filled = {heading for row in rows for heading, value in row.items() if value not in (None, 0)}
    left_out = {
        "failure",
        "failure_kind",
        *({"newspaper"} if "run" in rows[0] else ()),
        *({"changed", "errors"} - filled),
        *({"attempts"} if all(row.get("attempts", 1) == 1 for row in rows) else ()),
    }
    headings = [heading for heading in rows[0] if heading not in left_out]
    instants = [datetime.fromisoformat(row[heading]) for row in rows for heading in _INSTANTS if row.get(heading)]
    offset = offset_name(instants, zone)
    console = Console()
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in headings:
        shown = _SHORT.get(heading, heading) + (f" ({offset})" if heading in _INSTANTS and offset else "")
        table.add_column(shown, overflow="fold", no_wrap=heading not in ("job", "newspaper", "when"))
    for row in rows:
        table.add_row(*(_shown(heading, row[heading], zone, with_offset=not offset) for heading in headings))
    console.print(table)
    for row in rows:
        if row.get("failure"):
            console.print(f"{row['run']}: {row['failure']}", soft_wrap=True)


_INSTANTS = ("next_at", "last_at", "started_at")


_SHORT = {"seconds": "sec", "attempts": "tries", "next_at": "next", "last_at": "last", "started_at": "started"}


def _shown(heading: str, value: Any, zone: Any, *, with_offset: bool) -> str:
    if value is None:
        return "-"
    if heading in _INSTANTS:
        instant = datetime.fromisoformat(value)
        return zoned(instant, zone) if with_offset else local(instant, zone)
    return str(value)


def print_run(values: dict[str, Any]) -> None:
    """Print all that is known of a run, a line for each name."""
    from rich.table import Table

    from archive.cli.terminal import Console

    table = Table(show_edge=False, show_header=False)
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    for name, value in values.items():
        if isinstance(value, dict):
            value = "\n".join(f"{key}: {part}" for key, part in value.items())
        elif isinstance(value, list):
            value = "\n".join(value)
        table.add_row(name.replace("_", " "), "-" if value in (None, "") else str(value))
    Console().print(table)
