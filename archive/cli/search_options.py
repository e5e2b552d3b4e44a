"""The options that narrow a search, shared by all commands that take one."""

from __future__ import annotations

import contextlib
import functools
import inspect
import re
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_type_hints

import attrs
import typer
from typer.core import TyperCommand

from archive.errors.declared import did_you_mean
from archive.printable import say
from archive.printable_logs import set_log_format

if TYPE_CHECKING:
    from archive.collection import Collection
    from archive.search.filters import Filters
    from archive.search.selection import Selection

Scope = Literal["typed", "folded"]
LogFormatOption = Annotated[
    Literal["text", "json"] | None,
    typer.Option(
        "--log-format", envvar="BAOTINH_LOG_FORMAT", help="Log lines of text or of JSON.", callback=set_log_format
    ),
]
# Of Dask's ways to reach a scheduler those that lead to another machine
_SCHEDULER = re.compile(r"(?:tcp|tls)://[^\s/]+:(\d{1,5})")
Within = Literal["text", "title", "captions"]


# Typer carries its own copy of click and names only the errors that commands raise; this is what they derive from.
UsageError: type[typer.BadParameter] = typer.BadParameter.__mro__[1]


def _names(parameter: Any) -> list[str]:
    """All names of an option: of a switch also the one that turns it off."""
    return [*parameter.opts, *parameter.secondary_opts]


class QueryCommand(TyperCommand):
    """A command whose argument may begin with -word; only what begins with two dashes must be an option."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """As in click, with suggestions for unknown options."""
        known = {option for parameter in self.get_params(ctx) for option in _names(parameter)}
        for argument in args[: args.index("--") if "--" in args else None]:
            name = argument.partition("=")[0]
            if name.startswith("--") and name not in known:
                raise UsageError(f"No such option: {name}{did_you_mean(name, known)}", ctx)
        return super().parse_args(ctx, args)


def _days(text: str) -> tuple[date, date]:
    from archive.errors import NoSuchDay
    from archive.search.parsing.days import read_days

    try:
        return read_days(text)
    except NoSuchDay as error:
        raise typer.BadParameter(error.reason) from error


def read_day(nth: int) -> Callable[[str], date]:
    """What reads the first (0) or the last (1) of the days that are typed."""
    return lambda text: _days(text)[nth]


def _read_kind(text: str) -> str:
    from archive.search.parsing.change_words import CHANGE_KINDS, kind_named

    if kind_named(text) is None:
        raise typer.BadParameter(f"there is no kind of change {text!r}{did_you_mean(text, CHANGE_KINDS)}")
    return text


KindOption = Annotated[
    str | None,
    typer.Option(
        "--kind",
        parser=_read_kind,
        metavar="KIND",
        help="Only articles with such a change: figures, withdrawn, silent.",
    ),
]
FromOption = Annotated[
    date | None,
    typer.Option(
        "--from", parser=lambda text: _days(text)[0], metavar="DAY", help="First day of publication: 31/01/2026, 2026."
    ),
]
ToOption = Annotated[
    date | None,
    typer.Option(
        "--to", parser=lambda text: _days(text)[1], metavar="DAY", help="Last day of publication: 31/01/2026, 2026."
    ),
]


@attrs.frozen(kw_only=True)
class SearchOptions:
    """The options, as they were typed."""

    section: Annotated[str | None, typer.Option(help="Only this section, by name or slug.")] = None
    author: Annotated[str | None, typer.Option(help="Only by this writer.")] = None
    source: Annotated[str | None, typer.Option(help="Only taken from this agency or newspaper.")] = None
    language: Annotated[str | None, typer.Option(help="Only in this language: vi, en, km, or its name.")] = None
    newspaper: Annotated[str | None, typer.Option(help="Only this newspaper.")] = None
    province: Annotated[str | None, typer.Option(help="Only newspapers of this province, of today or before.")] = None
    since: FromOption = None
    until: ToOption = None
    pictures: Annotated[
        bool | None, typer.Option("--pictures/--no-pictures", help="Only with, or only without pictures.")
    ] = None
    changed: Annotated[bool, typer.Option("--changed", help="Only articles held in several versions.")] = False
    kind: KindOption = None
    once: Annotated[
        bool, typer.Option("--once", help="Each story once: of articles that print one text the first that is found.")
    ] = False
    scope: Annotated[
        Scope | None, typer.Option(help="As typed, or without marks; by default as typed where a word has marks.")
    ] = None
    within: Annotated[Within, typer.Option(help="Where the words are searched.")] = "text"

    def selection(self, query: str) -> Selection:
        """The articles of a query that they narrow.

        Raises:
            BadQuery: the query is malformed, or the period ends before it begins.
        """
        from archive.search.selection import Selection

        return Selection.of(query, self.filters(), scope=self.scope, within=self.within)

    def filters(self) -> Filters:
        """The filters that they name."""
        from archive.search.filters import Filters

        return Filters(
            section=self.section, author=self.author, source=self.source, language=self.language,
            newspaper=self.newspaper,
            province=self.province, pictures=self.pictures, changed=self.changed or None, kind=self.kind,
            once=self.once or None, since=self.since, until=self.until,
        )  # fmt: skip


_PARAMETER = "options"


def takes_search_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command whose parameter `options` is a `SearchOptions` one option for each of its fields."""
    hints = get_type_hints(SearchOptions, include_extras=True)
    fields = attrs.fields(SearchOptions)
    own = inspect.signature(command, eval_str=True)
    parameters = []
    for parameter in own.parameters.values():
        if parameter.name != _PARAMETER:
            parameters.append(parameter)
            continue
        for field in fields:
            kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
            options = inspect.Parameter(field.name, kind, default=field.default, annotation=hints[field.name])
            parameters.append(options)

    @functools.wraps(command)
    def with_options(**values: Any) -> None:
        typed = SearchOptions(**{field.name: values.pop(field.name) for field in fields})
        command(**values, **{_PARAMETER: typed})

    with_options.__signature__ = own.replace(parameters=parameters)  # type: ignore[attr-defined]
    with_options.__annotations__ = {one.name: one.annotation for one in parameters}
    del with_options.__wrapped__  # its annotations would be read instead
    return with_options


def searchable(collection: Collection) -> Collection:
    """The collection with its index up to date, in a temporary folder if its own is outdated and cannot be written.

    While a crawl writes the index, the existing one is used.
    """
    from archive.errors import IndexBusy
    from archive.search.indexing.index import follow

    held = with_index(collection)
    with contextlib.suppress(IndexBusy, OSError):
        follow(held)
    return held


def with_index(collection: Collection) -> Collection:
    """The collection, with a place for a temporary index if its own is outdated and cannot be written."""
    from archive.errors import CollectionUnwritable
    from archive.search.indexing.elsewhere import indexed_elsewhere

    try:
        elsewhere = indexed_elsewhere(collection)
    except OSError as error:
        raise CollectionUnwritable(collection.index, error.strerror or str(error)) from error
    if elsewhere is None:
        return collection
    say(
        f"{collection.root} has no current search index and cannot be written; a temporary one is made, and goes when "
        "this command ends.",
        sys.stderr,
    )
    return elsewhere


CollectionOption = Annotated[
    Path,
    typer.Option("--collection", envvar="BAOTINH_COLLECTION", help="The collection's directory.", show_default=True),
]


def _one_of_two(context: typer.Context, name: str) -> None:
    if name in context.params and (source := context.get_parameter_source(name)) and source.name == "COMMANDLINE":
        raise typer.BadParameter("--processes are of this machine, --scheduler names a cluster: give one of them")


def _processes(context: typer.Context, number: int | None) -> int | None:
    source = context.get_parameter_source("processes")
    if source and source.name == "COMMANDLINE":
        _one_of_two(context, "scheduler")
    return number


def _address(context: typer.Context, text: str | None) -> str | None:
    if text is None:
        return None
    found = _SCHEDULER.fullmatch(text)
    if found is None or not 0 < int(found[1]) < 65536:
        raise typer.BadParameter(f"{text!r} is no address such as tcp://127.0.0.1:8786")
    _one_of_two(context, "processes")
    return text


ProcessesOption = Annotated[
    int | None,
    typer.Option(
        "--processes",
        min=1,
        metavar="N",
        callback=_processes,
        help="How many processes do it; by default one for each usable core.",
    ),
]
SpreadOption = Annotated[
    int,
    typer.Option(
        "--processes",
        min=1,
        metavar="N",
        callback=_processes,
        help="How many processes do it; by default this one alone.",
    ),
]
SchedulerOption = Annotated[
    str | None,
    typer.Option(
        "--scheduler",
        metavar="ADDRESS",
        callback=_address,
        help="Do it on the workers of this Dask scheduler, tcp://HOST:PORT.",
    ),
]
