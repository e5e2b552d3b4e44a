"""The `baotinh newspapers` commands: list the declarations, check one against pages, draft one from a site."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from archive.cli.commands import CollectionOption
from archive.printable import json_text, printable, say
from crawler.cli.output import ContactOption, known
from crawler.cli.system.completion import newspaper_names

if TYPE_CHECKING:
    from crawler.crawl.newspaper import NewspaperSpider
    from crawler.crawl.survey_spider import SiteSurvey
    from crawler.runs.run import Crawl
    from crawler.survey.checking import Checked, Verdict
    from crawler.survey.drafting import Draft
    from crawler.survey.page import FetchedPage

_NO_LAYOUT = (
    "No layout was drafted: no markup repeats on the article pages that were seen, as where a site has templates of "
    "several years. Its articles are read in the general way; to read them by rules, write a Layout for each template "
    "('baotinh explain URL' shows what stands where on a captured page). Where scripts draw the "
    "pages, draft with --draw."
)
newspapers = typer.Typer(help="List the newspapers that are declared; check and draft declarations.")
LoopbackOption = Annotated[
    str | None, typer.Option("--loopback", help="Use the demonstration's server, 127.0.0.1:PORT.")
]
VerboseOption = Annotated[bool, typer.Option("--verbose", "-v", help="Print the log as well.")]
NameArgument = Annotated[
    str | None,
    typer.Argument(
        help="A newspaper's name, or a declaration's file; without it all of them.", autocompletion=newspaper_names
    ),
]


@newspapers.callback(invoke_without_command=True)
def listing(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a newspaper.")] = False,
    province: Annotated[
        str | None, typer.Option("--province", help="Only those of a province, of today or of before July 2025.")
    ] = None,
) -> None:
    """List the newspapers that are declared."""
    from archive.errors import UnknownProvince
    from crawler.cli.newspapers.listing import print_lines, print_table
    from crawler.declaration.provinces import all_names, named

    if context.invoked_subcommand is not None:
        return
    found = known()
    sought = named(province) if province is not None else None
    spiders = [
        spider
        for spider in found.declared.values()
        if province is None or (sought is not None and sought in (spider.province, *spider.provinces_before))
    ]
    if not spiders:
        raise UnknownProvince(province or "", all_names())
    if as_json:
        print_lines(spiders, found)
    else:
        print_table(spiders, found)


@newspapers.command()
def check(
    name: NameArgument = None,
    from_archive: Annotated[
        Path | None, typer.Option("--from-archive", help="Try them on the pages of this WARC file.")
    ] = None,
    accept: Annotated[
        bool, typer.Option("--accept", help="The article shown is read rightly: keep its page as a golden page.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a rule.")] = False,
    loopback: LoopbackOption = None,
    contact: ContactOption = "",
    collection: CollectionOption = Path("data"),
    verbose: VerboseOption = False,
) -> None:
    """Try declarations on pages: what each rule matched, and how an article is read."""
    import attrs

    from crawler.cli.newspapers.evidence import print_evidence
    from crawler.cli.newspapers.golden import show_article
    from crawler.declaration.own import own_folder
    from crawler.runs.run import newspaper
    from crawler.survey.checking import Verdict, golden_verdicts
    from crawler.survey.checking import check as try_rules

    if accept and not name:
        raise typer.BadParameter("--accept keeps one newspaper's page: name the newspaper")
    spiders, refused = ([newspaper(name)], {}) if name else (list((every := known()).declared.values()), every.refused)
    if from_archive is not None:
        seen = _archived(spiders, from_archive)
    else:
        seen = _live(spiders, loopback, contact, collection, verbose)
    failing = bool(refused)
    for paper, error in refused.items() if as_json else ():
        verdict = Verdict(rule="declaration", matched=0, of=1, example=str(error), is_required=True)
        say(json_text({"newspaper": paper, **attrs.asdict(verdict)}))
    for spider, pages in seen:
        checked = try_rules(spider, pages)
        verdicts = [*checked.verdicts, *golden_verdicts(own_folder(), spider)]
        failing = failing or any(verdict.is_failing for verdict in verdicts)
        _print_verdicts(spider, checked, len(pages), verdicts, as_json=as_json)
        if name and not as_json:
            print_evidence(checked.pages)
            show_article(spider, checked.pages, accept=accept)
    if failing:
        raise typer.Exit(1)


@newspapers.command()
def doctor(
    name: NameArgument = None,
    pages: Annotated[int, typer.Option("--pages", min=10, max=2000, help="Look at so many pages of each.")] = 60,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a newspaper.")] = False,
    collection: CollectionOption = Path("data"),
) -> None:
    """Say which rules have stopped matching on a collection's pages, since when, and what would mend them.

    The exit code is 1 if rules have stopped matching.
    """
    from crawler.cli.newspapers.doctor import examine
    from crawler.runs.run import newspaper

    spiders = [newspaper(name)] if name else list(known().declared.values())
    if examine(spiders, collection, pages, as_json=as_json):
        raise typer.Exit(1)


def _archived(
    spiders: Sequence[type[NewspaperSpider]], archive: Path
) -> list[tuple[type[NewspaperSpider], list[FetchedPage]]]:
    from archive.errors import NothingToRead
    from crawler.runs.archived_pages import format_hosts, hosts_in, pages_of

    found = [(spider, pages) for spider in spiders if (pages := pages_of(archive, spider))]
    if not found:
        hosts = ", ".join(spiders[0].hosts) if len(spiders) == 1 else "a declared newspaper"
        reason = f"the archive holds no page of {hosts}, but {format_hosts(hosts_in(archive))}"
        raise NothingToRead(str(archive), reason, "give another archive or name")
    return found


def _live(
    spiders: Sequence[type[NewspaperSpider]], loopback: str | None, contact: str, collection: Path, verbose: bool
) -> list[tuple[type[NewspaperSpider], list[FetchedPage]]]:
    from crawler.crawl.survey_spider import SiteSurvey
    from crawler.runs.run import Crawl

    given = {"loopback": loopback, "contact": contact, "sections": 6, "articles": 10}
    crawls = [Crawl(spider=SiteSurvey, arguments={**given, "declared": spider}) for spider in spiders]
    surveyors = _survey(crawls, collection, verbose)
    return [(spider, surveyor.pages) for spider, surveyor in zip(spiders, surveyors, strict=True)]


def _survey(crawls: list[Crawl], path: Path, verbose: bool) -> list[SiteSurvey]:
    """Run surveys; the spiders, which hold what they saw."""
    from archive.collection import Collection
    from crawler.crawl.survey_spider import SiteSurvey
    from crawler.runs.run import check_arguments, run_spiders

    check_arguments(crawls)
    spiders = run_spiders(crawls, Collection.create(path), verbose=verbose)
    return [spider for spider in spiders if isinstance(spider, SiteSurvey)]


def _print_verdicts(
    spider: type[NewspaperSpider], checked: Checked, pages: int, verdicts: Sequence[Verdict], *, as_json: bool
) -> None:
    import attrs
    from rich.table import Table

    from archive.cli.terminal import Console

    if as_json:
        for verdict in verdicts:
            evidence = checked.evidence_for(verdict)
            said = {"evidence": evidence} if evidence else {}
            say(json_text({"newspaper": spider.name, **attrs.asdict(verdict), **said}))
        return
    table = Table(title=f"{spider.name}: {pages} pages", title_justify="left", show_edge=False)
    for heading in ("rule", "pages", "example"):
        table.add_column(heading)
    for verdict in verdicts:
        if not verdict.of and not verdict.is_failing:
            continue
        shown = verdict.example or ("matched nothing: required" if verdict.is_failing else "")
        table.add_row(verdict.rule, f"{verdict.matched} of {verdict.of}", shown)
    console = Console()
    console.print(table)
    if untried := [verdict.rule for verdict in verdicts if not verdict.of and not verdict.is_failing]:
        console.print(f"\nNot tried, as no page of theirs was seen: {', '.join(untried)}.")


@newspapers.command()
def adopt(
    host: Annotated[str, typer.Argument(help="The name under which it was crawled by its address: its host.")],
    name: Annotated[str, typer.Argument(help="The newspaper's name, or its declaration's file.")],
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
    collection: CollectionOption = Path("data"),
) -> None:
    """Give what was crawled by a host's address to the newspaper that is declared now; article ids stay."""
    import attrs

    from archive.adoption import adopt as give
    from archive.collection import Collection
    from crawler.runs.run import newspaper

    spider = newspaper(name)
    found = give(Collection.open(collection), host, spider.name, spider.profile(), f"{spider.host_name()}.test")
    if as_json:
        say(json_text(attrs.asdict(found)))
        return
    counted = f"{found.articles:,} articles in {found.versions:,} versions, {found.runs:,} runs, {found.files:,} files"
    say(f"{host} is now {spider.name}: {counted}.")


@newspapers.command()
def draft(
    url: Annotated[str, typer.Argument(help="Address of the site's home page.")],
    output: Annotated[Path | None, typer.Option(help="Write the declaration to this file; else print it.")] = None,
    draw: Annotated[
        bool, typer.Option("--draw", help="Have scripts draw the pages in the browser before they are looked at.")
    ] = False,
    from_collection: Annotated[
        bool, typer.Option("--from-collection", help="Look at the site's captured pages; nothing is requested.")
    ] = False,
    loopback: LoopbackOption = None,
    contact: ContactOption = "",
    collection: CollectionOption = Path("data"),
    verbose: VerboseOption = False,
) -> None:
    """Request pages of a site, politely, and draft a declaration to be completed by hand."""
    from archive.errors import OutputExists
    from crawler.crawl.single_pages import web_addresses
    from crawler.declaration.schema import refuse_numbers
    from crawler.survey.drafting import seen, source

    if from_collection and (draw or loopback):
        raise typer.BadParameter("--from-collection cannot be combined with --draw or --loopback")
    (url,) = web_addresses([url if "://" in url else f"https://{url}/"])
    refuse_numbers(url)
    if output is not None:
        if output.exists():
            raise OutputExists(output)
        try:  # before a site is asked for pages
            output.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise typer.BadParameter(f"{output.parent} cannot be made: {error.strerror}") from error
    if from_collection:
        found = _drafted_from_captures(url, collection)
    else:
        arguments = {"address": url, "draws": draw, "loopback": loopback, "contact": contact}
        found = _drafted(arguments, collection, verbose)
    text = source(found)
    say(f"The layouts are {seen(found)}." if found.found else _NO_LAYOUT, sys.stderr)
    if output is None:
        print(printable(text), end="")
    else:
        output.write_text(text, "utf-8")
        own = f"; in your own folder the file is called {found.name}.py" if output.stem != found.name else ""
        say(f"{output}: mend it, then try 'baotinh newspapers check {output}'{own}")


def _drafted(arguments: dict[str, Any], collection: Path, verbose: bool) -> Draft:
    from crawler.crawl.survey_spider import SiteSurvey
    from crawler.runs.run import Crawl
    from crawler.survey.drafting import draft as find_out

    (site,) = _survey([Crawl(spider=SiteSurvey, arguments=arguments)], collection, verbose)
    return find_out(arguments["address"], site.pages, site.surveys, site.hosts_in_order(), site.needs_browser)


def _drafted_from_captures(url: str, collection: Path) -> Draft:
    from archive.collection import Collection
    from crawler.crawl.arguments import read_settings
    from crawler.runs.archived_site import archived_site
    from crawler.runs.run import project_settings
    from crawler.survey.drafting import draft as find_out

    settings = project_settings()
    read_settings(settings)
    site = archived_site(Collection.open(collection), url, settings.getfloat("BAOTINH_READING_SECONDS"))
    return find_out(url, site.pages, site.surveys, site.hosts)
