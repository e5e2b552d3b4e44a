"""The `baotinh stats` commands: how often terms occur over time, and which words stand near a term."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from archive.cli.commands import Grain
from archive.cli.search_options import (
    CollectionOption,
    FromOption,
    KindOption,
    SchedulerOption,
    Scope,
    SpreadOption,
    ToOption,
    UsageError,
    searchable,
)

if TYPE_CHECKING:
    from archive.count.collocations import Collocations
    from archive.count.frequencies import Frequency
    from archive.search.filters import Filters


class TermsOrCommand(TyperGroup):
    """A group whose own arguments are terms, unless the first one is the name of a command."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """As in click, but arguments are the group's own, and options may stand behind them."""
        if args and args[0] in self.commands:
            super().parse_args(ctx, [])
            ctx._protected_args, ctx.args = args[:1], args[1:]
        else:
            ctx.allow_interspersed_args = True
            super().parse_args(ctx, args)
            if (terms := ctx.params.get("terms")) and terms[0] in self.commands:
                raise UsageError(f"options stand behind {terms[0]!r}; to count that word, write '\"{terms[0]}\"'", ctx)
        return list(ctx.args)

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """The options, and what stands behind them."""
        return [self.options_metavar or "", "[TERM]... | " + " | ".join(self.commands)]


stats = typer.Typer(cls=TermsOrCommand, help="Count terms over time; find the words that stand near a term.")
NewspapersOption = Annotated[
    list[str] | None, typer.Option("--newspaper", help="Only this newspaper; may be repeated.")
]
ProvinceOption = Annotated[
    str | None, typer.Option("--province", help="Only newspapers of this province, of today or before.")
]
SectionOption = Annotated[str | None, typer.Option("--section", help="Only this section, by name or slug.")]
AuthorOption = Annotated[str | None, typer.Option("--author", help="Only by this writer.")]
SourceOption = Annotated[str | None, typer.Option("--source", help="Only taken from this agency or newspaper.")]
LanguageOption = Annotated[
    str | None, typer.Option("--language", help="Only in this language: vi, en, km, or its name.")
]
PicturesOption = Annotated[
    bool | None, typer.Option("--pictures/--no-pictures", help="Only with, or only without pictures.")
]
ChangedOption = Annotated[bool, typer.Option("--changed", help="Only articles held in several versions.")]
ScopeOption = Annotated[
    Scope | None,
    typer.Option("--scope", help="As typed, or without marks; by default as typed where a word of the term has marks."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object a row, one a line.")]
CsvOption = Annotated[bool, typer.Option("--csv", help="CSV in UTF-8.")]


@stats.callback(invoke_without_command=True)
def frequencies(
    context: typer.Context,
    terms: Annotated[
        list[str] | None,
        typer.Argument(metavar="[TERM]...", help="Words, a phrase or another query; without one, what is held."),
    ] = None,
    newspaper: NewspapersOption = None,
    by_newspaper: Annotated[bool, typer.Option("--by-newspaper", help="A row for each newspaper.")] = False,
    by: Annotated[Grain, typer.Option("--by", help="Count by day, month or year.")] = "month",
    section: SectionOption = None,
    province: ProvinceOption = None,
    author: AuthorOption = None,
    source: SourceOption = None,
    language: LanguageOption = None,
    since: FromOption = None,
    until: ToOption = None,
    pictures: PicturesOption = None,
    changed: ChangedOption = False,
    kind: KindOption = None,
    scope: ScopeOption = None,
    as_json: JsonOption = False,
    as_csv: CsvOption = False,
    processes: SpreadOption = 1,
    scheduler: SchedulerOption = None,
    collection: CollectionOption = Path("data"),
) -> None:
    """Count how often terms occur, and what is held, in each day, month or year."""
    if context.invoked_subcommand is not None:
        return
    from archive.collection import Collection
    from archive.count.frequencies import count_terms

    _refuse_both(as_json, as_csv)
    filters = _filters(section, province, author, source, language, since, until, pictures, changed, kind)
    rows = count_terms(
        searchable(Collection.open(collection).for_readers), terms or (), filters,
        newspapers=newspaper or (), by_newspaper=by_newspaper, scope=scope, grain=by,
        processes=processes, scheduler=scheduler,
    )  # fmt: skip
    _print_frequencies(rows, by, as_json, as_csv)


@stats.command()
def collocations(
    term: Annotated[str, typer.Argument(help="Words, a phrase or another query.")],
    window: Annotated[
        int, typer.Option(min=1, max=50, help="How many syllables before and behind the term are near it.")
    ] = 5,
    min_count: Annotated[int, typer.Option(min=1, help="How often a collocate must stand near the term.")] = 5,
    pairs: Annotated[bool, typer.Option("--pairs", help="Pairs of adjacent syllables instead of syllables.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many collocates to show.")] = 50,
    newspaper: NewspapersOption = None,
    section: SectionOption = None,
    province: ProvinceOption = None,
    author: AuthorOption = None,
    source: SourceOption = None,
    language: LanguageOption = None,
    since: FromOption = None,
    until: ToOption = None,
    pictures: PicturesOption = None,
    changed: ChangedOption = False,
    kind: KindOption = None,
    scope: ScopeOption = None,
    as_json: JsonOption = False,
    as_csv: CsvOption = False,
    collection: CollectionOption = Path("data"),
) -> None:
    """List the words that stand near a term more often than elsewhere, by log-likelihood."""
    from archive.collection import Collection
    from archive.count.collocations import collocations as collocations_of

    _refuse_both(as_json, as_csv)
    filters = _filters(section, province, author, source, language, since, until, pictures, changed, kind)
    found = collocations_of(
        searchable(Collection.open(collection).for_readers), term, filters,
        newspapers=newspaper or (), scope=scope, window=window, min_count=min_count, pairs=pairs, limit=limit,
    )  # fmt: skip
    _print_collocations(found, as_json, as_csv)


def _filters(
    section: str | None, province: str | None, author: str | None, source: str | None, language: str | None,
    since: date | None, until: date | None, pictures: bool | None, changed: bool, kind: str | None,
) -> Filters:  # fmt: skip
    from archive.search.filters import Filters

    return Filters(
        section=section, province=province, author=author, source=source, language=language,
        since=since, until=until, pictures=pictures, changed=changed or None, kind=kind,
    )  # fmt: skip


def _print_frequencies(rows: Sequence[Frequency], grain: Grain, as_json: bool, as_csv: bool) -> None:
    from archive.cli import stats_output
    from archive.count.frequencies import COLUMNS

    if as_json:
        stats_output.print_json(row.values() for row in rows)
    elif as_csv:
        stats_output.print_csv([row.values() for row in rows], COLUMNS)
    else:
        stats_output.print_frequencies(rows, grain)


def _print_collocations(found: Collocations, as_json: bool, as_csv: bool) -> None:
    import attrs

    from archive.cli import stats_output
    from archive.count.collocations import COLUMNS

    if as_json:
        stats_output.print_json(map(attrs.asdict, found.collocates))
    elif as_csv:
        stats_output.print_csv(list(map(attrs.asdict, found.collocates)), COLUMNS)
    else:
        stats_output.print_collocations(found)


def _refuse_both(*chosen: bool) -> None:
    if all(chosen):
        raise UsageError("--json and --csv exclude each other")
