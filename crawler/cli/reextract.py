"""`baotinh reextract`: reads archived pages by today's rules, shows what would change, and enters it when told to.

What the command needs is imported where it runs, so that `baotinh --help` answers at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from archive.cli.commands import CollectionOption, ProcessesOption, SchedulerOption
from archive.cli.days import midnight_named
from archive.errors import IndexBusy
from crawler.cli.output import known

if TYPE_CHECKING:
    from archive.collection import Collection
    from crawler.declaration.layout import Rules
    from crawler.reextract.applying import Applied
    from crawler.reextract.comparing import Compared, Difference

_INDEX_WAIT = 60.0


def reextract(
    newspaper: Annotated[
        list[str] | None, typer.Option("--newspaper", help="Only this newspaper; may be repeated.")
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="DAY", help="Only pages captured since this day, 2026-01-31.")
    ] = None,
    applies: Annotated[
        bool, typer.Option("--apply", help="Enter what differs as new readings; the versions stay as they are.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object for each page that differs.")] = False,
    processes: ProcessesOption = None,
    scheduler: SchedulerOption = None,
    collection: CollectionOption = Path("data"),
) -> None:
    """Read archived pages by today's rules, and show what would change in their articles.

    Without --apply nothing is changed.
    """
    from archive.collection import Collection
    from crawler.cli.differences import print_lines, print_summary
    from crawler.reextract.whole import reextract as read_again

    held = Collection.write(collection) if applies else Collection.open(collection)
    asked: dict[str, Any] = {
        "newspapers": _held_newspapers(held, newspaper or ()), "since": midnight_named("--since", since),
        "processes": processes, "scheduler": scheduler,
    }  # fmt: skip
    results = _applied(held, asked) if applies else read_again(held, _rules, **asked)
    if (print_lines if as_json else print_summary)(results):
        raise typer.Exit(1)


def _rules() -> Mapping[str, Rules]:
    return {name: declared.rules() for name, declared in known().declared.items()}


def _applied(collection: Collection, asked: Mapping[str, Any]) -> Iterator[Difference | Compared | Applied]:
    """Enter what differs, and index it."""
    from archive.pictures.keeping import keep_followed
    from archive.reprints.keeping import keep_compared
    from archive.search.indexing.index import follow
    from crawler.cli.rebuild import configured_policy
    from crawler.reextract.applying import apply

    yield from apply(collection, _rules, policy=configured_policy(), **asked)
    keep_compared(collection, wait=_INDEX_WAIT)
    with suppress(IndexBusy):  # the process that writes the index takes what is new; the next start what it leaves
        follow(collection, wait=_INDEX_WAIT)
    keep_followed(collection, wait=_INDEX_WAIT)


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
