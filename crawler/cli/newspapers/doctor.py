"""`baotinh newspapers doctor`: says which rules have stopped matching on captured pages, and proposes a mend."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

import attrs
from rich.table import Table
from rich.text import Text

from archive.cli.terminal import Console
from archive.collection import Collection
from archive.errors import NothingToRead
from archive.printable import json_text, printable, say
from crawler.cli.newspapers.evidence import cut, place_of
from crawler.declaration.declared import Declared
from crawler.declaration.layout import Layout
from crawler.runs.captured_pages import ArticlePages
from crawler.survey.diagnosis import StoppedRule
from crawler.survey.doctor import Diagnosis, diagnose
from crawler.survey.drafting import layout_lines

_MOST_CAPTURES = 200_000
_MENDED = ("from datetime import date", "from crawler.declaration.layout import Layout")


def examine(spiders: Sequence[type[Declared]], path: Path, most: int, *, as_json: bool) -> bool:
    """Examine and report on each of the newspapers that the collection holds pages of; whether rules have stopped.

    Raises:
        CollectionMissing: the directory holds no collection.
        NothingToRead: the collection holds no article page of them.
    """
    collection = Collection.open(path)
    ill = seen = 0
    with collection.catalog() as catalog:
        for spider in spiders:
            pages = ArticlePages(collection, catalog, spider, _MOST_CAPTURES)
            if len(pages):
                found = diagnose(spider, pages, most)
                _print_json(found) if as_json else _print(found, is_first=not seen)
                seen += 1
                ill += found.is_ill
    if not seen:
        named = spiders[0].name if len(spiders) == 1 else "a declared newspaper"
        raise NothingToRead(str(path), f"the collection holds no article page of {named}", "crawl it first")
    return bool(ill)


def declaration(layouts: Sequence[Layout]) -> str:
    """The lines to put into a declaration in the place of its layouts."""
    return "\n".join(layout_lines(layouts)) + "\n"


def _print_json(found: Diagnosis) -> None:
    values: dict[str, Any] = attrs.asdict(
        found,
        filter=attrs.filters.exclude("mend", "found"),
        value_serializer=lambda _one, _field, value: value.isoformat() if isinstance(value, date) else value,
    )
    values["mend"] = found.mend and {
        "layouts": declaration(found.mend.layouts),
        **attrs.asdict(found.mend, filter=attrs.filters.exclude("layouts")),
    }
    values["draft"] = declaration([one.layout for one in found.found]) if found.found else None
    say(json_text(values))


def _print(found: Diagnosis, *, is_first: bool) -> None:
    console = Console()
    if not is_first:
        console.print()
    assert found.first is not None and found.last is not None
    console.print(
        f"{found.newspaper}: {found.tried} of {_count(found.captured, 'article page')}, "
        f"captured from {found.first.day} to {found.last.day}",
        style="bold", soft_wrap=True,
    )  # fmt: skip
    if found.found:
        _print_draft(console, found)
    elif not found.stopped and found.mend is None:
        unread = f" {_count(found.unread, 'page')} fit no layout." if found.unread else ""
        console.print(("All rules match." if found.tried > found.unread else "It declares no rules.") + unread)
    for (last, first), group in groupby(found.stopped, key=lambda one: (one.last, one.first)):
        rules = list(group)
        if last is not None:
            console.print(f"\nStopped matching between {last.day} and {first.day}:", style="bold yellow")
        else:
            console.print("\nNever matched:", style="bold yellow")
        console.print(_rules(rules))
        if last is not None:
            console.print(f"last page that matched:   {last.url}", soft_wrap=True)
        console.print(f"first page that does not: {first.url}", soft_wrap=True)
    if found.stopped or found.mend is not None:
        _print_mend(console, found)


def _rules(rules: Sequence[StoppedRule]) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for rule in rules:
        field = "drop" if rule.field.startswith("drop ") else rule.field
        counts = (
            f"matched {rule.matched} of {_count(rule.of - rule.unmatched, 'page')}, then "
            if rule.last is not None
            else "matches "
        )
        said = Text(f"{rule.selector}\n", "bold").append(f"{counts}none of {rule.unmatched}", "default not bold")
        if rule.instead is not None:
            said.append(f"\nwithout rules: {cut(rule.instead.value)} ({place_of(rule.instead)})", "default not bold")
        table.add_row(f"layout {rule.layout} {field}", said)
    return table


def _print_mend(console: Console, found: Diagnosis) -> None:
    if found.mend is None:
        console.print(
            "\nNo mend is proposed: no markup repeats on the pages since. 'baotinh explain URL' shows a page."
        )
        return
    if not found.stopped:
        console.print(f"{_count(found.unread, 'page')} fit no declared layout.", style="bold yellow")
    proposed = found.mend
    console.print(
        f"\nProposed: layouts that read {proposed.fits} of {_count(proposed.of, 'page')} that the rules do not fit"
        + (f", and {proposed.same} of {_count(proposed.others, 'other page')} as before" if proposed.others else "")
        + ". Put them into the declaration in the place of its `layouts`:\n"
    )
    say("\n".join(_MENDED) + "\n\n" + printable(declaration(proposed.layouts)))


def _print_draft(console: Console, found: Diagnosis) -> None:
    read, of = sum(one.read for one in found.found), sum(one.of for one in found.found)
    console.print(
        f"Its markup is declared as unknown. Rules can be drafted now: these read {read} of {_count(of, 'page')}. "
        "Put them into the declaration:\n"
    )
    say(_MENDED[1] + "\n\n" + printable(declaration([one.layout for one in found.found])))


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
