"""How the crawling commands report: live view and summary, lines of JSON, or errors alone.

What a command needs is imported where it runs, so that `baotinh --help` answers at once.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from archive.printable import say

if TYPE_CHECKING:
    from crawler.runs.run import Crawl, KnownNewspapers, Outcome


class Output(Enum):
    """The form of a report: for people, as JSON, or none."""

    PEOPLE, JSON, NOBODY = "people", "json", "nobody"

    @property
    def options(self) -> list[str]:
        """The command line's options that choose it."""
        return {Output.PEOPLE: [], Output.JSON: ["--json"], Output.NOBODY: ["--quiet"]}[self]


def _one_of_two(context: typer.Context, option: typer.CallbackParam, value: bool) -> bool:
    other = {"quiet": "as_json", "as_json": "quiet"}[option.name or ""]
    if value and context.params.get(other):
        raise typer.BadParameter("--quiet prints nothing, --json a line for each run: give one of them")
    return value


ContactOption = Annotated[
    str,
    typer.Option(
        "--contact", envvar="BAOTINH_CONTACT", help="Your e-mail or web address; newspapers you crawl can see it."
    ),
]
QuietOption = Annotated[bool, typer.Option("--quiet", callback=_one_of_two, help="Print only errors.")]
JsonOption = Annotated[
    bool, typer.Option("--json", callback=_one_of_two, help="Print one JSON object for each run, and nothing else.")
]


def output_of(quiet: bool, as_json: bool) -> Output:
    """What the two options choose."""
    return Output.NOBODY if quiet else Output.JSON if as_json else Output.PEOPLE


def run_and_report(crawls: Sequence[Crawl], path: Path, output: Output, *, verbose: bool) -> list[Outcome]:
    """Run crawls into the collection at `path`, and report progress and results.

    Raises:
        BaotinhError: a crawl could not start, or failed; with `Output.JSON` the lines of all that ended have been
            printed.
    """
    from archive.cli.terminal import Console
    from archive.errors import NothingToRead, SectionsUnread
    from crawler.cli.live import LiveView
    from crawler.cli.summary import print_lines, print_summary
    from crawler.runs.run import check_arguments, run
    from crawler.runs.session_extension import open_collection

    check_arguments(crawls)
    collection = open_collection(path)
    if output is Output.PEOPLE:
        console = Console()
        with LiveView(console, collection) as view:
            outcomes = run(crawls, collection, watch=view.show, verbose=verbose)
    else:
        outcomes = run(crawls, collection, verbose=verbose)
    if output is Output.JSON:
        print_lines(collection, outcomes)
    shown = [one for one in outcomes if one.failure is None or isinstance(one.failure, SectionsUnread | NothingToRead)]
    if output is Output.PEOPLE and shown:
        print_summary(console, shown, path)
    for outcome in outcomes:
        if outcome.failure is not None:
            raise outcome.failure
    return outcomes


def known() -> KnownNewspapers:
    """The declared newspapers; a line of standard error names each file of the operator's that is left out, and why.

    Raises:
        BadDeclaration, FileMissing: as `known_newspapers`.
    """
    from crawler.runs.run import known_newspapers

    found = known_newspapers()
    for name, error in found.refused.items():
        instead = "; the installation's declaration of it is used" if name in found.declared else ""
        say(f"baotinh: warning: {name} is left out{instead}: {error}", sys.stderr)
    return found
