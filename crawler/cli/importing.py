"""`baotinh import`: brings archives of other programs into the collection, and reads their articles.

What the command needs is imported where it runs, so that `baotinh --help` answers at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from archive.cli.commands import CollectionOption, ProcessesOption
from archive.cli.days import midnight_named
from crawler.cli.output import JsonOption, QuietOption, known, output_of

if TYPE_CHECKING:
    from archive.ingest.foreign.incoming import Placing
    from archive.ingest.foreign.pages import PageFilter
    from crawler.importing.whole import Import


def import_command(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH...", help="WARC, ARC or WACZ files, or folders with some.")
    ],
    copy: Annotated[bool, typer.Option("--copy", help="Copy the files; the default.")] = False,
    link: Annotated[bool, typer.Option("--link", help="Give the files a second name in the collection.")] = False,
    move: Annotated[bool, typer.Option("--move", help="Move the files into the collection.")] = False,
    host: Annotated[
        list[str] | None, typer.Option("--host", help="Read only pages of this host, *.example.org; may be repeated.")
    ] = None,
    path: Annotated[
        list[str] | None, typer.Option("--path", help="Read only pages with this path, /thoi-su/*; may be repeated.")
    ] = None,
    status: Annotated[
        list[int] | None, typer.Option("--status", help="Read only answers with this status; may be repeated.")
    ] = None,
    media_type: Annotated[
        list[str] | None, typer.Option("--type", help="Read only this media type, text/*; may be repeated.")
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="DAY", help="Read only pages captured on this day or later.")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", metavar="DAY", help="Read only pages captured on this day or earlier.")
    ] = None,
    declared_only: Annotated[
        bool, typer.Option("--declared-only", help="Read only pages of newspapers that are declared.")
    ] = False,
    any_address: Annotated[
        bool, typer.Option("--any-address", help="Of other hosts, read pages whatever their addresses look like.")
    ] = False,
    processes: ProcessesOption = None,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
    collection: CollectionOption = Path("data"),
) -> None:
    """Import archives of other programs, and read the articles of their pages."""
    from archive.errors import FileMissing
    from archive.ingest.foreign.pages import PageFilter
    from crawler.cli.import_summary import Shown, print_import
    from crawler.importing.whole import import_archives
    from crawler.runs.session_extension import open_collection

    wanted = PageFilter(
        hosts=tuple(host or ()), paths=tuple(path or ()), statuses=frozenset(status or ()),
        media_types=tuple(media_type or ()), since=midnight_named("--since", since),
        until=midnight_named("--until", until, days=1), is_declared_only=declared_only,
        is_any_address=any_address,
    )  # fmt: skip
    for one in paths:  # before a collection is made
        if not one.exists():
            raise FileMissing(one, "a WARC, ARC or WACZ file, or a folder with some")
    described = _described(paths, _placing(copy, link, move), wanted, processes)
    output = output_of(quiet, as_json)
    held = open_collection(collection)
    with Shown(output) as watcher:
        result = import_archives(held, described, watcher)
    print_import(result, held, output)
    if not result.is_whole:
        raise typer.Exit(1)


def _described(paths: Sequence[Path], placing: Placing, wanted: PageFilter, processes: int | None) -> Import:
    from crawler.crawl.arguments import read_settings, revisit_policy
    from crawler.crawl.directory import Directory
    from crawler.importing.choice import PageChoice
    from crawler.importing.whole import Import
    from crawler.runs.run import project_settings
    from crawler.runs.session_extension import software

    settings = project_settings()
    read_settings(settings)
    return Import(
        paths=paths, placing=placing, choice=PageChoice(Directory.of(known().declared.values()), wanted),
        policy=revisit_policy(settings), software=software(),
        reading_seconds=settings.getfloat("BAOTINH_READING_SECONDS"), processes=processes,
    )  # fmt: skip


def _placing(copy: bool, link: bool, move: bool) -> Placing:
    from archive.ingest.foreign.incoming import Placing

    if copy + link + move > 1:
        raise typer.BadParameter("give one of --copy, --link and --move")
    return Placing.LINK if link else Placing.MOVE if move else Placing.COPY
