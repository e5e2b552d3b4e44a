"""The commands that read a collection, and those that keep it: search, show, serve, verify, backup, prune and others.

What a command needs is imported where it runs, so that `baotinh --help` answers at once.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import attrs
import typer

from archive.cli.alarms import alarms
from archive.cli.backup import backup, restore
from archive.cli.changes.commands import changes
from archive.cli.compact import compact
from archive.cli.export import export, sets
from archive.cli.hide import hide, unhide, withheld
from archive.cli.move import move
from archive.cli.pictures import pictures
from archive.cli.prune import prune
from archive.cli.replay import replay
from archive.cli.search_options import CollectionOption as CollectionOption
from archive.cli.search_options import LogFormatOption as LogFormatOption
from archive.cli.search_options import ProcessesOption as ProcessesOption
from archive.cli.search_options import QueryCommand, SearchOptions, searchable, takes_search_options, with_index
from archive.cli.search_options import SchedulerOption as SchedulerOption
from archive.cli.search_options import UsageError as UsageError
from archive.cli.show import show
from archive.cli.status import init, status
from archive.cli.viewer import viewer
from archive.printable import json_text, say

Order = Literal["relevance", "newest", "oldest"]
Grain = Literal["day", "month", "year"]


def mount(app: typer.Typer) -> None:
    """Add the commands to an application."""
    app.command("search", cls=QueryCommand, context_settings={"ignore_unknown_options": True})(search)
    app.command("export", cls=QueryCommand, context_settings={"ignore_unknown_options": True})(export)
    app.add_typer(sets, name="sets")
    app.command("show")(show)
    app.add_typer(pictures, name="pictures")
    app.command("changes")(changes)
    app.command("serve")(serve)
    app.command("replay")(replay)
    app.command("verify")(verify)
    app.command("repair")(repair)
    app.command("backup")(backup)
    app.command("restore")(restore)
    app.command("compact")(compact)
    app.command("move")(move)
    app.add_typer(alarms, name="alarms")
    app.command("hide")(hide)
    app.command("unhide")(unhide)
    app.command("withheld")(withheld)
    app.command("prune")(prune)
    app.command("schema")(schema)
    app.command("status")(status)
    app.command("init")(init)
    app.add_typer(viewer, name="viewer")


@takes_search_options
def search(
    query: Annotated[str, typer.Argument(help='Words, "a phrase", AND, OR, NOT, fields such as author: and date:.')],
    options: SearchOptions,
    order: Annotated[Order, typer.Option(help="The order of the hits.")] = "relevance",
    timeline: Annotated[
        Grain | None, typer.Option(help="Count the hits by day, month or year instead of listing them.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many hits to show.")] = 20,
    all_versions: Annotated[
        bool,
        typer.Option("--all-versions", help="Also former versions that match where the latest version does not."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    collection: CollectionOption = Path("data"),
) -> None:
    """Search the archive's articles."""
    from archive.cli import search_output
    from archive.collection import Collection
    from archive.search.filters import NO_FILTERS
    from archive.search.former_search import search_former
    from archive.search.query import search as find
    from archive.search.timeline import read_timeline

    held = searchable(Collection.open(collection).for_readers)
    wanted = options.selection(query)
    if timeline is not None:
        counted = read_timeline(held, wanted, grain=timeline)
        search_output.print_timeline(counted, as_json=as_json)
        return
    results = find(held, wanted, order=order, limit=limit, facets=not as_json)
    former = search_former(held, wanted, limit=limit) if all_versions else None
    if as_json:
        for hit in results.hits:
            say(json_text(hit.values()))
        for hit in former.hits if former else ():
            say(json_text(hit.values() | {"former": True}))
    else:
        unfiltered = 0
        if wanted.filters and not results.total:
            unfiltered = find(held, attrs.evolve(wanted, filters=NO_FILTERS), limit=0, facets=False).total
        search_output.print_results(results, unfiltered=unfiltered, has_several_words=len(query.split()) > 1)
        if former is not None:
            search_output.print_former(former)


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port of the site.")] = 8080,
    replay_port: Annotated[
        int | None,
        typer.Option(min=1, max=65535, help="Port of the replay's own origin; by default the next one."),
    ] = None,
    site_origin: Annotated[
        str | None, typer.Option(help="How readers' browsers reach the site, where a proxy stands before it.")
    ] = None,
    replay_origin: Annotated[
        str | None,
        typer.Option(
            "--replay-url",
            "--replay-origin",
            help="How they reach the replay; https, and another host or port than the site's.",
        ),
    ] = None,
    tls_cert: Annotated[
        Path | None, typer.Option(help="Speak HTTPS on both ports with this certificate and its issuers', as PEM.")
    ] = None,
    tls_key: Annotated[Path | None, typer.Option(help="Its key, as PEM; else it is in the same file.")] = None,
    processes: Annotated[
        int | None,
        typer.Option(
            min=1, max=256, help="How many processes answer; unless said, one for two usable cores, at most 8."
        ),
    ] = None,
    log_format: LogFormatOption = None,
    collection: CollectionOption = Path("data"),
) -> None:
    """Serve the site, and the replay of captured pages on a separate origin."""
    from archive.cli.serving import check_origins, needs_https
    from archive.cli.terminal import print_serving
    from archive.collection import Collection
    from archive.replay.viewer import find_viewer, has_viewer
    from archive.web.serve import serve as serve_site
    from archive.web.serve import usual_processes
    from archive.web.service import Tls

    check_origins(site_origin, replay_origin, tls_cert, tls_key)
    viewer = find_viewer()
    serve_site(
        with_index(Collection.open(collection).for_readers),
        host,
        port,
        replay_port,
        viewer,
        lambda serving: print_serving(
            serving, is_replayed=has_viewer(viewer), needs_https=needs_https(host, tls_cert, replay_origin)
        ),
        site_origin=site_origin,
        replay_origin=replay_origin,
        processes=processes or usual_processes(),
        tls=Tls(tls_cert, tls_key or tls_cert) if tls_cert else None,
    )


def verify(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[PATH]...", help="WARC, ARC, WACZ or CDXJ files, or collections; by default the collection."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a finding.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Fail on warnings as well.")] = False,
    sample: Annotated[
        str | None,
        typer.Option(metavar="SHARE", help="Check a random share of a collection's files and articles, such as 1%."),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, help="Draw the sample of an earlier check again, which printed its seed.")
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(
            metavar="WHEN", help="Check what was written or changed since a day, 2026-01-31, or in a span, 1d or 12h."
        ),
    ] = None,
    processes: ProcessesOption = None,
    scheduler: SchedulerOption = None,
    collection: CollectionOption = Path("data"),
) -> None:
    """Check WARC files by the standard, and that catalog, indexes and articles agree with them."""
    from archive.cli.verify import check, read_extent

    extent = read_extent(sample, seed, since)
    found = check(paths or (), collection, extent, processes=processes, scheduler=scheduler, as_json=as_json)
    if found.damage or found.breaches or (strict and found.warnings):
        raise typer.Exit(1)


def repair(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A damaged WARC or ARC file; it is not changed.")],
    output: Annotated[
        Path | None, typer.Option(help="Where the copy goes; by default beside the file, as NAME.repaired.warc.gz.")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Leave out every record whose digest is wrong.")] = False,
) -> None:
    """Write a copy of a damaged file with its sound records, and report what was left out."""
    from archive.checking.files import kind_of
    from archive.cli import terminal
    from archive.errors import NotAWarc
    from archive.faults import Damage, Fault
    from archive.warc.repair.copies import repair as write_copy

    kind = kind_of(file)
    if kind not in ("warc", "arc"):
        raise NotAWarc(file, Fault.of(Damage.OTHER_KIND, found=kind.upper()))
    done = write_copy(file, output, is_arc=kind == "arc", is_strict=strict)
    terminal.print_repaired(file, done)
    if done.lost:
        raise typer.Exit(1)


def schema() -> None:
    """Print the JSON Schema of the articles' JSON lines."""
    from archive.projections.schema import article_schema

    say(json_text(article_schema(), indent=2))
