"""`baotinh export`, `baotinh sets` and `baotinh show --cite`: what researchers take away."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal
from urllib.parse import urlsplit

import typer

from archive.cli.export_captures import SigningKeyOption, SignOption, write_captures
from archive.cli.search_options import (
    CollectionOption,
    QueryCommand,
    SchedulerOption,
    SearchOptions,
    SpreadOption,
    UsageError,
    searchable,
    takes_search_options,
)
from archive.cli.standard_output import standard_output
from archive.printable import json_text, say

if TYPE_CHECKING:
    from archive.collection import Collection
    from archive.export.taking import Exported, Wanted
    from archive.sets.check import SetFinding

Format = Literal["jsonl", "csv", "parquet", "bibtex", "ris", "csl"]
FormatOption = Annotated[Format, typer.Option("--format", help="What is written.")]
ExportFormat = Literal["jsonl", "csv", "parquet", "bibtex", "ris", "csl", "wacz", "warc"]
ExportFormatOption = Annotated[
    ExportFormat, typer.Option("--format", help="What is written; wacz and warc: the captures themselves.")
]
OutputOption = Annotated[
    Path | None, typer.Option(help="The file, with a README beside it; by default standard output.")
]
SiteOption = Annotated[
    str, typer.Option("--site", metavar="ORIGIN", help="The archive's public site, for whole archive addresses.")
]
TextOption = Annotated[bool, typer.Option("--text/--no-text", help="With or without the full text.")]

sets = typer.Typer(help="Frozen sets of articles: save, list, check and export them.", no_args_is_help=True)


@takes_search_options
def export(
    options: SearchOptions,
    query: Annotated[str, typer.Argument(help="As in search; by default all articles.")] = "",
    form: ExportFormatOption = "jsonl",
    set_name: Annotated[
        str | None, typer.Option("--set", help="The articles of this frozen set, in its versions, by name or file.")
    ] = None,
    versions: Annotated[bool, typer.Option("--versions", help="A row for every version, not only the latest.")] = False,
    text: TextOption = True,
    output: OutputOption = None,
    site: SiteOption = "",
    sign: SignOption = False,
    signing_key: SigningKeyOption = None,
    processes: SpreadOption = 1,
    scheduler: SchedulerOption = None,
    collection: CollectionOption = Path("data"),
) -> None:
    """Export articles as JSON lines, CSV, Parquet, BibTeX, RIS or CSL-JSON; or their captures as WACZ or WARC."""
    from archive.collection import Collection
    from archive.export.taking import Wanted
    from archive.search.selection import Selection
    from archive.sets.files import find

    held, site = Collection.open(collection).for_readers, origin_of(site)
    frozen, selection = None, Selection()
    if set_name is not None:
        if query or versions or options != SearchOptions():
            raise UsageError("--set exports the set as it was frozen: leave out the query, the filters and --versions")
        frozen = find(held, set_name)
    else:
        selection = options.selection(query)
        held = held if selection.is_all else searchable(held)
    if form == "wacz" or form == "warc":
        write_captures(
            held, form, selection, frozen, output, with_text=text, sign=sign, signing_key=signing_key,
            is_spread=processes > 1 or scheduler is not None,
        )  # fmt: skip
        return
    if sign or signing_key:
        raise UsageError("--sign and --signing-key are for --format wacz")
    wanted = Wanted(form=form, selection=selection, frozen=frozen, with_text=text, every_version=versions, site=site)
    write(held, wanted, output, processes=processes, scheduler=scheduler)


def origin_of(site: str) -> str:
    """The origin that --site names, without a slash at its end; nothing where it is not given.

    Raises:
        UsageError: it is no origin of http or https.
    """
    parts = urlsplit(site)
    if site and (parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/") or parts.query):
        raise UsageError(f"--site: {site!r} is no origin; write it as https://archive.example.org")
    return site.rstrip("/")


def write(
    collection: Collection,
    wanted: Wanted,
    output: Path | None,
    *,
    processes: int = 1,
    scheduler: str | None = None,
) -> None:
    """Write an export to a file with a README beside it, or to standard output; exit with 1 where some are missing."""
    from archive.clock import now
    from archive.export.readme import readme, readme_path
    from archive.export.taking import export as write_to
    from archive.export.taking import whole_file

    if output is None:
        with standard_output("" if wanted.form != "parquet" else "Parquet") as file:
            exported = write_to(collection, wanted, file, processes=processes, scheduler=scheduler)
    else:
        with whole_file(output) as file:
            exported = write_to(collection, wanted, file, processes=processes, scheduler=scheduler)
        with whole_file(readme_path(output)) as file:
            file.write(readme(output, wanted, exported, now()).encode())
    _print_exported(exported, output)
    if exported.missing:
        raise typer.Exit(1)


def _print_exported(exported: Exported, output: Path | None) -> None:
    from archive.cli.terminal import plural

    if output is not None:
        say(f"Exported {plural(exported.articles, 'article')} in {plural(exported.rows, 'row')} to {output}.")
    if exported.missing:
        say(f"{plural(exported.missing, 'article')} of the set missing: see 'baotinh sets check'.", sys.stderr)
    if exported.behind:
        say(f"{plural(exported.behind, 'version')} not indexed yet; export again when the crawl has ended.", sys.stderr)


@sets.command("save", cls=QueryCommand, context_settings={"ignore_unknown_options": True})
@takes_search_options
def save(
    name: Annotated[str, typer.Argument(help="The new set's name: letters, digits, hyphens, dots, underscores.")],
    query: Annotated[str, typer.Argument(help='As in search; "" for all articles.')],
    options: SearchOptions,
    collection: CollectionOption = Path("data"),
) -> None:
    """Freeze the articles that a search finds now, by id and content hash."""
    from archive.cli.terminal import plural
    from archive.collection import Collection
    from archive.export.freezing import freeze
    from archive.sets.files import checked_name
    from archive.sets.files import save as store

    checked_name(name)
    selection = options.selection(query)
    held = Collection.open(collection).for_readers
    frozen = freeze(held if selection.is_all else searchable(held), name, selection)
    path = store(held, frozen)
    say(f"Saved {plural(frozen.count, 'article')} to {path}, {frozen.hash}.")


@sets.command("list")
def list_sets(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    collection: CollectionOption = Path("data"),
) -> None:
    """List the collection's sets."""
    from archive.cli.terminal import plural
    from archive.collection import Collection
    from archive.errors import SetDamaged
    from archive.sets.files import listed

    is_damaged = False
    for _, frozen in listed(Collection.open(collection)):
        if isinstance(frozen, SetDamaged):
            say(str(frozen), sys.stderr)
            is_damaged = True
            continue
        if as_json:
            fields = ("name", "created_at", "count", "query", "scope", "within", "filters", "software", "hash")
            say(json_text({field: getattr(frozen, field) for field in fields}))
        else:
            asked = ", ".join(f"{one} {value}" for one, value in frozen.filters.items())
            what = " · ".join(filter(None, (" ".join(frozen.query.split()), asked))) or "all articles"
            say(f"{frozen.name}  {frozen.created_at}  {plural(frozen.count, 'article')}  {what}")
            say(f"  {frozen.hash}")
    if is_damaged:
        raise typer.Exit(1)


@sets.command("check")
def check(
    name: Annotated[str, typer.Argument(metavar="NAME|FILE", help="A set of the collection, or a set's file.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    collection: CollectionOption = Path("data"),
) -> None:
    """Say which articles of a set are missing, changed or withdrawn; exit with 1 where any is."""
    from archive.cli.terminal import plural
    from archive.collection import Collection
    from archive.sets.check import check as compare
    from archive.sets.files import find

    held = Collection.open(collection)
    frozen = find(held, name)
    counts: dict[str, int] = {}
    for finding in compare(held, frozen):
        counts[finding.fault.value] = counts.get(finding.fault.value, 0) + 1
        say(json_text(_values(finding)) if as_json else _line(finding))
    if not as_json:
        found = ", ".join(f"{count:,} {fault}" for fault, count in counts.items())
        say(f"{frozen.name}: {plural(frozen.count, 'article')}; {found or 'all are held as they were frozen'}.")
    if counts:
        raise typer.Exit(1)


def _values(finding: SetFinding) -> dict[str, object]:
    return {
        "fault": finding.fault.value, "id": finding.id, "version": finding.version, "latest": finding.latest,
        "is_held": finding.is_held, "since": finding.since,
    }  # fmt: skip


def _line(finding: SetFinding) -> str:
    words = f"{finding.fault.value}  {finding.id}  {finding.version}"
    if finding.latest is not None:
        held = "held as well" if finding.is_held else "not held"
        words += f": the latest version is {finding.latest}, the frozen one is {held}"
    return words + (f": since {finding.since}" if finding.since else "")


@sets.command("export")
def export_set(
    name: Annotated[str, typer.Argument(metavar="NAME|FILE", help="A set of the collection, or a set's file.")],
    form: FormatOption = "jsonl",
    text: TextOption = True,
    output: OutputOption = None,
    site: SiteOption = "",
    collection: CollectionOption = Path("data"),
) -> None:
    """Export a set's articles in the versions that were frozen."""
    from archive.collection import Collection
    from archive.export.taking import Wanted
    from archive.sets.files import find

    held = Collection.open(collection).for_readers
    wanted = Wanted(form=form, frozen=find(held, name), with_text=text, site=origin_of(site))
    write(held, wanted, output)
