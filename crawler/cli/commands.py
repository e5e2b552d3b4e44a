"""The `baotinh` command: crawl, capture, explain, extract, demo; the other commands have rooms of their own.

What a command needs is imported where it runs, so that `baotinh --help` answers at once.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from archive import VERSION
from archive.cli.commands import CollectionOption, UsageError, mount, serve
from archive.errors import BaotinhError, NotCaptured, write_failure
from archive.printable import say
from crawler.cli.jobs import jobs
from crawler.cli.newspapers import newspapers
from crawler.cli.output import JsonOption, Output, QuietOption, output_of, run_and_tell

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Keep Vietnam's provincial newspapers: crawl, search, replay, verify.",
)
ContactOption = Annotated[
    str,
    typer.Option(
        "--contact", envvar="BAOTINH_CONTACT", help="Your e-mail or web address; newspapers you crawl can see it."
    ),
]
VerboseOption = Annotated[bool, typer.Option("--verbose", "-v", help="Print the log as well.")]


def _print_version(is_wanted: bool) -> None:
    if is_wanted:
        print(f"baotinh {VERSION}")
        raise typer.Exit


@app.callback()
def whole_command(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_print_version, help="Print the version, and end.")
    ] = False,
) -> None:
    """Options without a command."""


@app.command()
def crawl(
    newspaper: Annotated[
        str,
        typer.Argument(
            help="A newspaper's name ('baotinh newspapers' lists them), a declaration's file, or the address of a "
            "section of any news site."
        ),
    ],
    section: Annotated[
        list[str] | None, typer.Option("--section", help="Only this section, by name or slug; may be repeated.")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Ask for no more than this many article pages.")] = None,
    from_archive: Annotated[
        Path | None, typer.Option("--from-archive", help="Read this WARC file instead of the network.")
    ] = None,
    recheck: Annotated[bool, typer.Option("--recheck", help="Look at all known articles again.")] = False,
    due: Annotated[bool, typer.Option("--due", help="Ask only for what is due, as scheduled runs do.")] = False,
    full: Annotated[bool, typer.Option("--full", help="Walk the sections' back numbers to their end.")] = False,
    since: Annotated[
        str | None, typer.Option("--since", metavar="DAY", help="Walk the back numbers down to this day, 2025-07-01.")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", metavar="DAY", help="Of the back numbers, ask for none after this day.")
    ] = None,
    loopback: Annotated[
        str | None, typer.Option("--loopback", help="Crawl a newsroom on this machine, 127.0.0.1:PORT.")
    ] = None,
    contact: ContactOption = "",
    collection: CollectionOption = Path("data"),
    quiet: QuietOption = False,
    as_json: JsonOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Crawl a newspaper's sections into the collection."""
    from crawler.crawl.undeclared import undeclared
    from crawler.runs.run import Crawl
    from crawler.runs.run import newspaper as declared
    from crawler.runs.run import newspapers as all_declared

    if Path(newspaper).is_file() and not newspaper.endswith(".py"):
        raise typer.BadParameter(
            f"{newspaper} is no declaration; to read an archive name the newspaper, and the file behind --from-archive"
        )
    if "://" in newspaper:
        spider, page = undeclared(newspaper, all_declared())
    else:
        spider, page = declared(newspaper), {}
    if full and (since or until):
        raise typer.BadParameter("--full walks all back numbers: say it without --since and --until")
    if from_archive and (full or since or until or due):
        raise typer.BadParameter("--from-archive reads all that the file leads to: say it without the others")
    spider(section=section, since=since, until=until)  # refuses what cannot be before anything is begun
    arguments = {
        "section": section,
        "limit": limit,
        "from_archive": str(from_archive) if from_archive else None,
        "recheck": recheck,
        "due": due,
        "full": full,
        "since": since,
        "until": until,
        "loopback": loopback,
        "contact": contact,
    } | page
    crawls = [Crawl(spider=spider, arguments=arguments)]
    run_and_tell(crawls, collection, output_of(quiet, as_json), verbose=verbose)


@app.command()
def capture(
    urls: Annotated[list[str], typer.Argument(metavar="URL...", help="Addresses of pages.")],
    loopback: Annotated[
        str | None, typer.Option("--loopback", help="Ask a newsroom on this machine, 127.0.0.1:PORT.")
    ] = None,
    contact: ContactOption = "",
    collection: CollectionOption = Path("data"),
    quiet: QuietOption = False,
    as_json: JsonOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Archive single pages; those that are articles are read."""
    from crawler.crawl.single_pages import SinglePages, web_addresses
    from crawler.runs.run import Crawl
    from crawler.runs.run import newspapers as declared

    urls = web_addresses(urls)
    arguments = {"urls": urls, "known": declared(), "loopback": loopback, "contact": contact}
    crawls = [Crawl(spider=SinglePages, arguments=arguments)]
    outcomes = run_and_tell(crawls, collection, output_of(quiet, as_json), verbose=verbose)
    if lost := [trouble.url for outcome in outcomes for trouble in outcome.troubles]:
        raise NotCaptured(lost)


@app.command()
def explain(
    page: Annotated[str, typer.Argument(metavar="URL|FILE", help="A captured address, or an HTML file.")],
    url: Annotated[str | None, typer.Option("--url", help="The address that a file's page was served at.")] = None,
    collection: CollectionOption = Path("data"),
) -> None:
    """Show how a page is read: every candidate of every field, and who won."""
    from archive.cli.console import Console
    from crawler.cli.explain import explain as show
    from crawler.cli.explain import page_of
    from crawler.runs.run import rules_by_host

    show(page_of(page, url, collection), rules_by_host(), Console())


@app.command()
def extract(
    jsonl: Annotated[
        bool, typer.Option("--jsonl", help="Read and write JSON lines; the only form there is, and needed.")
    ] = False,
) -> None:
    """Read articles out of pages given as JSON lines on standard input."""
    if not jsonl:
        raise typer.BadParameter("say --jsonl: pages come as JSON lines on standard input")
    from crawler.cli.extract import read_lines
    from crawler.runs.run import rules_by_host

    for line in read_lines(sys.stdin.buffer, rules_by_host()):
        say(line)


@app.command()
def demo(
    once: Annotated[bool, typer.Option("--once", help="Crawl, compare with the newsroom's truth, and end.")] = False,
    articles: Annotated[int, typer.Option(min=10, help="How many articles the newsroom prints.")] = 420,
    seed: Annotated[int, typer.Option(help="What the newsroom's articles are made from.")] = 2025,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port of the site.")] = 8080,
    log: Annotated[Path | None, typer.Option("--log", help="Write what the newsroom sent to this file.")] = None,
    collection: Annotated[
        Path, typer.Option("--collection", help="The demonstration's own directory.", show_default=True)
    ] = Path("data/demo"),
) -> None:
    """Crawl a made-up newsroom on this machine and serve what was archived."""
    # the libraries of a crawl take their time to load
    say(f"Opening a made-up newsroom of three papers, {articles} articles, and crawling it into {collection} ...")
    from archive.collection import Collection
    from archive.web.serve import check_free
    from crawler.cli.demo import crawls, differences, refuse_real_newspapers
    from crawler.newsroom import serve_newsroom

    refuse_real_newspapers(collection)
    if not once:
        check_free("127.0.0.1", port)
    with serve_newsroom(seed=seed, articles=articles, log_path=log) as newsroom:
        truth = newsroom.truth()
        outcomes = run_and_tell(crawls(truth, newsroom.port), collection, Output.PEOPLE, verbose=False)
    if any(outcome.reason != "finished" for outcome in outcomes):
        raise typer.Exit(1)
    wrong = differences(Collection.open(collection), truth)
    for line in wrong[:20]:
        say(line)
    if wrong:
        print(f"The collection and the newsroom's truth disagree in {len(wrong)} points.")
        raise typer.Exit(1)
    print(f"The collection agrees with the newsroom's truth: all {len(truth['articles'])} articles, field by field.")
    say(f"Every command finds it with --collection {collection}, or BAOTINH_COLLECTION={collection}.")
    if not once:
        serve(port=port, collection=collection)


@app.command()
def rebuild(collection: CollectionOption = Path("data")) -> None:
    """Make catalog, CDXJ files and index anew from WARC files and JSON lines."""
    from archive.cli.terminal import print_rebuilt
    from archive.rebuild.whole import rebuild as make_anew
    from crawler.crawl.arguments import read_environment
    from crawler.crawl.revisit_policy import revisit_policy
    from crawler.runs.run import project_settings

    settings = project_settings()
    read_environment(settings)
    said = make_anew(collection, revisit_policy(settings))
    print_rebuilt(said)
    if said.left_out:
        raise typer.Exit(1)


mount(app)
app.add_typer(jobs, name="jobs")
app.add_typer(newspapers, name="newspapers")


def main() -> None:
    """Run the command; whatever is wrong is one line, and the exit code 2 for wrong usage, 1 for failure."""
    try:
        sys.exit(app(standalone_mode=False))
    except UsageError as error:
        if type(error).__name__ == "NoArgsIsHelpError":  # a command that needs another word: its message is the help
            print(error.format_message(), file=sys.stderr)
            sys.exit(2)
        context = error.ctx.command_path if error.ctx else "baotinh"
        say(f"{context}: {error.format_message()} (see '{context} --help')", sys.stderr)
        sys.exit(2)
    except BaotinhError as error:
        say(f"baotinh: {error}", sys.stderr)
        if place := os.environ.get("BAOTINH_FAILURE"):
            write_failure(Path(place), error)
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, typer.Abort):
        sys.exit(130)
