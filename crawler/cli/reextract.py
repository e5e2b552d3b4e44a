"""`baotinh reextract`: reads archived pages by today's rules, and shows what would change.

What the command needs is imported where it runs, so that `baotinh --help` answers at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from archive.cli.commands import CollectionOption, ProcessesOption, SchedulerOption
from crawler.cli.output import known

if TYPE_CHECKING:
    from archive.collection import Collection

_VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


def reextract(
    newspaper: Annotated[
        list[str] | None, typer.Option("--newspaper", help="Only this newspaper; may be repeated.")
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="DAY", help="Only pages captured since this day, 2026-01-31.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object for each page that differs.")] = False,
    processes: ProcessesOption = None,
    scheduler: SchedulerOption = None,
    collection: CollectionOption = Path("data"),
) -> None:
    """Read archived pages by today's rules, and show what would change in their articles; nothing is changed."""
    from archive.collection import Collection
    from crawler.cli.differences import print_lines, print_summary
    from crawler.reextract.whole import reextract as read_again

    held = Collection.open(collection)
    rules = {name: declared.rules() for name, declared in known().declared.items()}
    results = read_again(
        held, rules, newspapers=_held_newspapers(held, newspaper or ()), since=_day(since) if since else None,
        processes=processes, scheduler=scheduler,
    )  # fmt: skip
    if (print_lines if as_json else print_summary)(results):
        raise typer.Exit(1)


def _held_newspapers(collection: Collection, names: Sequence[str]) -> frozenset[str]:
    """These newspapers.

    Raises:
        UnknownNewspaper: the collection holds no such newspaper.
    """
    from archive.errors import UnknownNewspaper

    with collection.catalog() as catalog:
        held = catalog.newspapers()
    for name in names:
        if name not in held:
            raise UnknownNewspaper(name, sorted(held))
    return frozenset(names)


def _day(text: str) -> datetime:
    """The beginning of a day in Vietnam.

    Raises:
        UsageError: the text is no day.
    """
    try:
        return datetime.combine(date.fromisoformat(text), time(), _VIETNAM)
    except ValueError as error:
        raise typer.BadParameter(f"--since: {text!r} is no day such as 2026-01-31") from error
