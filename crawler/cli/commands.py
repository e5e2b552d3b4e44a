"""The `baotinh` command: crawl, capture, explain, extract, demo; the other commands are added to it.

What a command needs is imported where it runs, so that `baotinh --help` answers at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from archive import VERSION
from archive.cli.commands import CollectionOption, LogFormatOption, UsageError, mount, serve
from archive.cli.reprints import reprints
from archive.cli.stats import stats
from archive.errors import BaotinhError, NotCaptured, write_failure
from archive.printable import UNBROKEN, say
from archive.printable_logs import print_errors_printable
from crawler.cli.config import config as config_commands
from crawler.cli.config import go_by_file
from crawler.cli.importing import import_command
from crawler.cli.jobs import jobs
from crawler.cli.newspapers.commands import newspapers
from crawler.cli.output import ContactOption, JsonOption, QuietOption, known, output_of, run_and_report
from crawler.cli.purge import purge
from crawler.cli.rebuild import merge, rebuild
from crawler.cli.reextract import reextract
from crawler.cli.system.completion import completion, is_completing, newspaper_names
from crawler.configuration.finding import VARIABLE

if TYPE_CHECKING:
    from crawler.crawl.newspaper import NewspaperSpider

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Archive Vietnam's provincial newspapers: crawl, search, replay, verify.",
)
VerboseOption = Annotated[bool, typer.Option("--verbose", "-v", help="Print the log as well.")]


def _print_version(is_wanted: bool) -> None:
    if is_wanted:
        print(f"baotinh {VERSION}")
        raise typer.Exit


@app.callback()
def whole_command(
    context: typer.Context,
    config: Annotated[
        Path | None, typer.Option("--config", help="Read this file of settings; by default the nearest baotinh.toml.")
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_print_version, help="Print the version, and exit.")
    ] = False,
) -> None:
    """Options of `baotinh` itself."""
    if config is not None:
        os.environ[VARIABLE] = str(config.absolute())
    if context.invoked_subcommand not in (None, "config"):  # which says all that is wrong in the file
        go_by_file(context)


NewspaperArgument = Annotated[
    str,
    typer.Argument(
        help="A newspaper's name ('baotinh newspapers' lists them), a declaration's file, or the address of a "
        "section of any news site.",
        autocompletion=newspaper_names,
    ),
]
SectionOption = Annotated[
    list[str] | None, typer.Option("--section", help="Only this section, by name or slug; may be repeated.")
]
LimitOption = Annotated[int | None, typer.Option(min=1, help="Request at most this many article pages.")]
FromArchiveOption = Annotated[
    Path | None, typer.Option("--from-archive", help="Read this WARC file instead of the network.")
]
RecheckOption = Annotated[bool, typer.Option("--recheck", help="Revisit all known articles.")]
DueOption = Annotated[bool, typer.Option("--due", help="Request only what is due, as scheduled runs do.")]
FullOption = Annotated[bool, typer.Option("--full", help="Backfill the sections to the end of their lists.")]
SinceOption = Annotated[
    str | None, typer.Option("--since", metavar="DAY", help="Backfill down to this day, 2025-07-01.")
]
UntilOption = Annotated[
    str | None, typer.Option("--until", metavar="DAY", help="Backfill no article published after this day.")
]
LoopbackOption = Annotated[
    str | None, typer.Option("--loopback", help="Crawl the demonstration's server, 127.0.0.1:PORT.")
]


@app.command()
def crawl(
    newspaper: NewspaperArgument,
    section: SectionOption = None,
    limit: LimitOption = None,
    from_archive: FromArchiveOption = None,
    recheck: RecheckOption = False,
    due: DueOption = False,
    full: FullOption = False,
    since: SinceOption = None,
    until: UntilOption = None,
    loopback: LoopbackOption = None,
    contact: ContactOption = "",
    collection: CollectionOption = Path("data"),
    quiet: QuietOption = False,
    as_json: JsonOption = False,
    verbose: VerboseOption = False,
    log_format: LogFormatOption = None,
) -> None:
    """Crawl a newspaper's sections into the collection."""
    from crawler.runs.run import Crawl

    spider, page = _spider_of(newspaper)
    if full and (since or until):
        raise typer.BadParameter("--full cannot be combined with --since or --until")
    if from_archive and (full or since or until or due):
        raise typer.BadParameter("--from-archive cannot be combined with --full, --since, --until or --due")
    spider(section=section, since=since, until=until)  # refuses invalid settings before anything starts
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
    run_and_report(crawls, collection, output_of(quiet, as_json), verbose=verbose)


def _spider_of(newspaper: str) -> tuple[type[NewspaperSpider], dict[str, str]]:
    """The spider for a name, a declaration's file or the address of a section, and its further arguments."""
    from crawler.runs.run import newspaper as declared
    from crawler.runs.undeclared import undeclared

    if Path(newspaper).is_file() and not newspaper.endswith(".py"):
        raise typer.BadParameter(
            f"{newspaper} is not a declaration; to read an archive, give the newspaper's name and --from-archive"
        )
    return undeclared(newspaper, dict(known().declared)) if "://" in newspaper else (declared(newspaper), {})


@app.command()
def capture(
    urls: Annotated[list[str], typer.Argument(metavar="URL...", help="Addresses of pages.")],
    loopback: Annotated[
        str | None, typer.Option("--loopback", help="Use the demonstration's server, 127.0.0.1:PORT.")
    ] = None,
    contact: ContactOption = "",
    collection: CollectionOption = Path("data"),
    quiet: QuietOption = False,
    as_json: JsonOption = False,
    verbose: VerboseOption = False,
    log_format: LogFormatOption = None,
) -> None:
    """Archive single pages, and read those that are articles."""
    from crawler.crawl.single_pages import SinglePages, web_addresses
    from crawler.runs.run import Crawl

    urls = web_addresses(urls)
    arguments = {"urls": urls, "known": dict(known().declared), "loopback": loopback, "contact": contact}
    crawls = [Crawl(spider=SinglePages, arguments=arguments)]
    outcomes = run_and_report(crawls, collection, output_of(quiet, as_json), verbose=verbose)
    if lost := [trouble.url for outcome in outcomes for trouble in outcome.troubles]:
        raise NotCaptured(lost)


@app.command()
def explain(
    page: Annotated[str, typer.Argument(metavar="URL|FILE", help="A captured address, or an HTML file.")],
    url: Annotated[str | None, typer.Option("--url", help="The address that a file's page was served at.")] = None,
    collection: CollectionOption = Path("data"),
) -> None:
    """Show how a page is read: every candidate of every field, and which one was chosen."""
    from archive.cli.terminal import Console
    from crawler.cli.explain import explain as show
    from crawler.cli.explain import page_of
    from crawler.crawl.directory import Directory

    show(page_of(page, url, collection), Directory.of(known().declared.values()), Console())


@app.command()
def extract(
    jsonl: Annotated[
        bool, typer.Option("--jsonl", help="Read and write JSON lines; required, as there is no other form.")
    ] = False,
) -> None:
    """Extract articles from pages given as JSON lines on standard input."""
    if not jsonl:
        raise typer.BadParameter("say --jsonl: pages come as JSON lines on standard input")
    from crawler.cli.extract import read_lines
    from crawler.crawl.directory import Directory

    for line in read_lines(sys.stdin.buffer, Directory.of(known().declared.values())):
        say(line)


@app.command()
def demo(
    once: Annotated[bool, typer.Option("--once", help="Crawl, compare with what was published, and exit.")] = False,
    articles: Annotated[int, typer.Option(min=10, help="How many articles the newspapers publish.")] = 420,
    seed: Annotated[int, typer.Option(help="Seed of the articles: the same seed gives the same articles.")] = 2025,
    until: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Day of the last articles; by default the day of the first run."),
    ] = None,
    edits: Annotated[int, typer.Option(min=0, help="How many articles are changed between two crawls.")] = 12,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port of the site.")] = 8080,
    log: Annotated[Path | None, typer.Option("--log", help="Write what the server sent to this file.")] = None,
    collection: Annotated[
        Path, typer.Option("--collection", help="The demonstration's own directory.", show_default=True)
    ] = Path("data/demo"),
) -> None:
    """Crawl made-up newspapers on this machine, and serve the archive."""
    # the libraries of a crawl take long to load
    say(f"Opening a made-up newsroom of three papers, {articles} articles, and crawling it into {collection} ...")
    from archive.clock import now
    from archive.collection import Collection
    from archive.web.serve import check_free
    from crawler.cli.demo import crawl_newsroom, differences, last_day, refuse_real_newspapers
    from crawler.newsroom import serve_newsroom

    refuse_real_newspapers(collection)
    if not once:
        check_free("127.0.0.1", port)
    day = until.date() if until else last_day(collection, now())
    with serve_newsroom(seed, articles, log_path=log, until=day) as newsroom:
        truth = crawl_newsroom(newsroom, collection, edits)
    _refuse_differences(differences(Collection.open(collection), truth))
    print(f"The collection agrees with the newsroom's truth: all {len(truth['articles'])} articles, field by field.")
    say(f"Every command finds it with --collection {collection}, or BAOTINH_COLLECTION={collection}.")
    if not once:
        serve(port=port, processes=1, collection=collection)


def _refuse_differences(wrong: Sequence[str]) -> None:
    for line in wrong[:20]:
        say(line)
    if wrong:
        print(f"The collection and the newsroom's truth disagree in {len(wrong)} points.")
        raise typer.Exit(1)


app.command("import")(import_command)
app.command()(rebuild)
app.command()(merge)
app.command()(purge)
mount(app)
app.command()(reextract)
app.add_typer(stats, name="stats")
app.add_typer(reprints, name="reprints")
app.add_typer(jobs, name="jobs")
app.add_typer(newspapers, name="newspapers")
app.command()(completion)
app.add_typer(config_commands, name="config")


def main() -> None:
    """Run the command. An error is printed as one line; the exit code is 2 for wrong usage, 1 for failure."""
    if is_completing():
        app(prog_name="baotinh")
    print_errors_printable()
    width = None if sys.stdout.isatty() else UNBROKEN  # of help, which Click would wrap at 80 without a terminal
    try:
        sys.exit(app(standalone_mode=False, terminal_width=width))
    except UsageError as error:
        if type(error).__name__ == "NoArgsIsHelpError":  # a command without its subcommand: the message is its help
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
