"""The `baotinh reprints` commands: who printed an article's text, and the comparison of all articles."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from archive.cli.search_options import CollectionOption, ProcessesOption, SchedulerOption
from archive.cli.stats import TermsOrCommand

if TYPE_CHECKING:
    from archive.catalog import Catalog
    from archive.collection import Collection
    from archive.reprints.story import Story, StoryPrinting


class _IdOrCommand(TermsOrCommand):
    """A group whose own argument is an id, unless the first one is the name of a command."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """The options, and what stands behind them."""
        return [self.options_metavar or "", "ID | " + " | ".join(self.commands)]


reprints = typer.Typer(cls=_IdOrCommand, help="Show who printed an article's text; compare all articles.")
_KINDS = {
    "origin": "printed first", "same": "the same text", "edited": "edited", "abridged": "abridged",
    "expanded": "with additions", "embedded": "within a longer piece",
}  # fmt: skip
_BASES = {
    "credit": "a credit says so", "time": "by the times of publication", "capture": "by the times of capture",
    "doubtful": "doubtful: the times cannot tell",
}  # fmt: skip


@reprints.callback(invoke_without_command=True)
def show(
    context: typer.Context,
    ids: Annotated[
        list[str] | None, typer.Argument(metavar="ID", help="An article's id, such as baocantho:194219.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object for each text, with all evidence.")] = False,
    collection: CollectionOption = Path("data"),
) -> None:
    """Show who printed an article's text: when, in which paper, how much of it, and who had it first."""
    if context.invoked_subcommand is not None:
        return
    from archive.collection import Collection
    from archive.printable import json_text, say
    from archive.reprints.story import stories_of

    if ids is None or len(ids) != 1:
        raise typer.BadParameter("name one article, such as baocantho:194219", context)
    held = Collection.open(collection)
    _follow(held)
    with held.for_readers.catalog() as catalog:
        catalog.article(ids[0])
        stories = stories_of(catalog, ids[0])
        if as_json:
            for one in stories:
                say(json_text(one.values()))
            return
        for nth, one in enumerate(stories):
            _print(one, ids[0], catalog, is_first=nth == 0)
        if not stories:
            say(f"No other article prints the text of {ids[0]}.")


@reprints.command("rebuild")
def rebuild(
    processes: ProcessesOption = None,
    scheduler: SchedulerOption = None,
    collection: CollectionOption = Path("data"),
) -> None:
    """Compare all articles anew, on all cores."""
    from archive.batch.pool import open_pool
    from archive.cli.terminal import plural
    from archive.collection import Collection
    from archive.printable import say
    from archive.reprints.whole import rebuild as compare_all
    from archive.workers import worth_starting

    held = Collection.open(collection)
    with held.catalog() as catalog:
        number = processes or worth_starting(catalog.last_seq(), 2000)
    with open_pool(held.root, number, scheduler) as workers:
        found = compare_all(held, workers, told=lambda step, _count: say(f"{step} ...", sys.stderr))
    say(
        f"{plural(found.articles, 'article')} compared: {plural(found.printings, 'printing')} of "
        f"{plural(found.clusters, 'text')}, {plural(found.links, 'link')}."
    )


def _follow(collection: Collection) -> None:
    """Compare what was released since the last time, where the collection can be written."""
    import contextlib
    import sqlite3

    from archive.errors import CollectionError
    from archive.printable import say
    from archive.reprints.placing import follow, is_compared

    with contextlib.suppress(CollectionError, OSError, sqlite3.OperationalError):
        follow(collection)
    if not is_compared(collection):
        say("The articles of this collection were not compared yet: baotinh reprints rebuild", sys.stderr)


def _print(story: Story, id: str, catalog: Catalog, *, is_first: bool) -> None:
    from rich.table import Table

    from archive.cli.local_times import offset_name
    from archive.cli.terminal import Console, plural
    from archive.printable import say

    titles = {name: str(profile.get("title") or name) for name, profile in catalog.newspapers().items()}
    if not is_first:
        say("")
    origin = f"{story.agency}; first here in {story.origin_id}" if story.agency else story.origin_id
    say(f"{story.id}: {plural(story.count, 'printing')}; origin: {origin} ({_BASES[story.basis]})")
    table = Table(show_edge=False, box=None, padding=(0, 2, 0, 0))
    when = f"When ({offset_name(one.published_at for one in story.printings) or 'Vietnam'})"
    for heading in (when, "Newspaper", "Article", "What", "Kept", "Own", "By"):
        is_share = heading in {"Kept", "Own"}
        table.add_column(
            heading, justify="right" if is_share else "left", no_wrap=is_share or heading in {when, "Article"}
        )
    for one in story.printings:
        mark = " *" if one.article_id == id else ""
        table.add_row(
            _when(one), titles.get(one.newspaper, one.newspaper), f"{one.article_id}{mark}", _what(one),
            _share(one.kept), _share(one.of_own), _credits(one),
        )  # fmt: skip
    Console().print(table)


def _when(one: StoryPrinting) -> str:
    from archive.cli.local_times import local, local_day

    return local_day(one.published_at) if one.is_day else local(one.published_at)


def _what(one: StoryPrinting) -> str:
    said = _KINDS[one.relation]
    if one.former:
        said += ", before an edit"
    return f"{said} (doubtful who was first)" if one.direction == "doubtful" else said


def _share(share: float | None) -> str:
    return "" if share is None else f"{share:.0%}"


def _credits(one: StoryPrinting) -> str:
    said = (one.evidence.get("credits") or [[], []])[1]
    return ", ".join(map(str, said))
