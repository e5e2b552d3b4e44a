"""Runs crawls in this process and returns their outcomes; `crawler.cli` shows them."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence, Set
from pathlib import Path
from typing import Any

import attrs
import scrapy
from scrapy.crawler import Crawler
from scrapy.settings import Settings
from scrapy.spiderloader import SpiderLoader

from archive.catalog.unread import Unread, unread_pages
from archive.collection import Collection
from archive.daemon.outage import UNWRITABLE
from archive.errors import (
    BadDeclaration,
    BaotinhError,
    CollectionUnwritable,
    FileMissing,
    NetworkDown,
    NothingToRead,
    SectionsUnread,
    UnknownNewspaper,
)
from archive.ingest.runs import CRAWLED
from crawler.browser.installed import require_browser
from crawler.crawl import arguments as modes
from crawler.crawl.newspaper import NewspaperSpider
from crawler.crawl.report import Trouble
from crawler.crawl.spider import ArchivingSpider
from crawler.declaration.declared import Declared
from crawler.declaration.loading import load_file, refuse_faults, unloadable
from crawler.declaration.own import load_all_own, load_own, own_files
from crawler.http.traffic import traffic_of
from crawler.runs.archived_pages import format_hosts, hosts_in, refuse_others
from crawler.runs.logs import log_to_file
from crawler.runs.session_extension import Archiving, last_failure
from crawler.scrapy_internals import CrawlerProcess

_ARCHIVES = (".warc", ".gz", ".wacz", ".arc", ".html")


@attrs.frozen(kw_only=True)
class Crawl:
    """A spider and its arguments, as `scrapy crawl NAME -a ...` takes them."""

    spider: str | type[scrapy.Spider]
    arguments: Mapping[str, Any]


@attrs.frozen(kw_only=True)
class Outcome:
    """What came of a crawl.

    `counts` are the session's and the spider's, by name; `answers` are by status; `hosts` are the figures of Traffic.
    """

    newspaper: str
    run: str
    reason: str
    counts: dict[str, int]
    answers: dict[str, int]
    hosts: dict[str, dict[str, Any]]
    rejected: list[tuple[str, str | None, dict[str, str]]]
    unread: list[Unread]
    troubles: list[Trouble]
    refused: list[dict[str, Any]]
    failure: BaotinhError | None


def project_settings() -> Settings:
    """The settings of every crawl, whatever the working directory."""
    settings = Settings()
    settings.setmodule("crawler.runs.settings", priority="project")
    return settings


@attrs.frozen
class KnownNewspapers:
    """The declared newspapers by name; the operator's own declaration of a newspaper takes the place of ours."""

    declared: Mapping[str, type[NewspaperSpider]]
    own: Set[str]
    """The names of those that the operator declares."""
    refused: Mapping[str, BadDeclaration]
    """The operator's files with a fault, by the name of the newspaper; ours stays where there is one."""


def known_newspapers() -> KnownNewspapers:
    """All declarations, each loaded and checked.

    Raises:
        BadDeclaration: one of the installation's has a fault.
        FileMissing: the folder of the operator's declarations is not there.
    """
    declared = _declared()
    for spider in declared.values():
        refuse_faults(spider)
    own = load_all_own(NewspaperSpider)
    return KnownNewspapers(dict(sorted({**declared, **own.declared}.items())), own.declared.keys(), own.refused)


def newspapers() -> dict[str, type[NewspaperSpider]]:
    """The declared newspapers by name, without the operator's files that have a fault.

    Raises:
        BadDeclaration, FileMissing: as `known_newspapers`.
    """
    return dict(known_newspapers().declared)


def _declared() -> dict[str, type[NewspaperSpider]]:
    try:
        loader = SpiderLoader.from_settings(project_settings())
    except Exception as error:  # a declaration's file may raise anything
        raise unloadable(error, Path("spiders")) from error
    found = {name: loader.load(name) for name in sorted(loader.list())}
    return {name: spider for name, spider in found.items() if issubclass(spider, NewspaperSpider)}


def newspaper(name: str) -> type[NewspaperSpider]:
    """The newspaper of that name, or the one that a file declares, `drafts/paper.py`.

    Raises:
        UnknownNewspaper: none is declared.
        FileMissing: the file is not there.
        BadDeclaration: its declaration has a fault.
    """
    if name.endswith(".py"):
        return load_file(Path(name), NewspaperSpider)
    own = own_files()
    if name in own:
        return load_own(own[name], NewspaperSpider)
    known = _declared()
    if name not in known and (os.sep in name or name.endswith(_ARCHIVES)) and not Path(name).exists():
        raise FileMissing(Path(name), "a newspaper's declaration, or a newspaper's name")
    if name not in known:
        raise UnknownNewspaper(name, [*known, *own])
    refuse_faults(known[name])
    return known[name]


def check_arguments(crawls: Sequence[Crawl]) -> None:
    """Refuse crawls that cannot start, before anything is written.

    Raises:
        ContactMissing: the network would be crawled without a contact address.
        NotAWarc, ArchiveDamaged: the archive cannot be read.
        NothingToRead: it holds nothing of the newspaper.
        BrowserMissing: scripts draw a newspaper's pages, and no browser is installed.
    """
    for crawl in crawls:
        settings = project_settings()
        archive, spider = crawl.arguments.get("from_archive"), crawl.spider
        declared = crawl.arguments.get("declared") or spider
        given = {name: crawl.arguments.get(name) for name in modes.ARGUMENTS}
        modes.configure(settings, **given, newspaper=getattr(declared, "name", None))
        if not archive and isinstance(declared, type) and issubclass(declared, Declared) and declared.needs_browser:
            require_browser(declared.name, settings["BAOTINH_BROWSER"])
        if archive:
            held = hosts_in(Path(archive))
            if isinstance(crawl.spider, type) and issubclass(crawl.spider, NewspaperSpider):
                on_loopback, known = bool(crawl.arguments.get("loopback")), newspapers().values()
                refuse_others(Path(archive), held, crawl.spider, known, on_loopback=on_loopback)


def run(
    crawls: Sequence[Crawl],
    collection: Collection,
    *,
    watch: Callable[[list[Crawler]], None] = lambda crawlers: None,
    verbose: bool = False,
) -> list[Outcome]:
    """Run crawls at the same time until all have ended; may be called once in a process.

    `watch` is called with the crawlers four times a second, from their own thread, and once when all have ended.

    Raises:
        BaotinhError: one of them could not start; the others have ended.
    """
    return [_outcome(crawler) for crawler in _run(crawls, collection, watch, verbose=verbose)]


def run_spiders(crawls: Sequence[Crawl], collection: Collection, *, verbose: bool = False) -> list[scrapy.Spider]:
    """Run crawls as `run` does; returns the spiders, which hold the pages they kept.

    Raises:
        BaotinhError: one of them could not start, the collection cannot be written, or no site answered.
    """
    crawlers = _run(crawls, collection, lambda crawlers: None, verbose=verbose)
    failures = [outcome.failure for outcome in map(_outcome, crawlers)]
    for failure in failures:
        if failure is not None and (None not in failures or not isinstance(failure, NetworkDown | SectionsUnread)):
            raise failure
    return [crawler.spider for crawler in crawlers if crawler.spider is not None]


def _run(
    crawls: Sequence[Crawl], collection: Collection, watch: Callable[[list[Crawler]], None], *, verbose: bool
) -> list[Crawler]:
    settings, name = project_settings(), "-".join(dict.fromkeys(_name(crawl) for crawl in crawls))
    log = log_to_file(collection, name, verbose=verbose, most_bytes=settings.getint("BAOTINH_LOG_BYTES"))
    settings.set("BAOTINH_LOG", log.name, priority="cmdline")
    settings.set("LOG_INSTALL_ROOT_HANDLER", False, priority="cmdline")
    process = CrawlerProcess(settings)
    crawlers = [process.create_crawler(crawl.spider) for crawl in crawls]
    tasks: list[asyncio.Task[None]] = [
        process.crawl(crawler, **{**crawl.arguments, "collection": str(collection.root)})
        for crawler, crawl in zip(crawlers, crawls, strict=True)
    ]
    _call_often(lambda: watch(crawlers))
    process.start()
    watch(crawlers)
    for task in tasks:
        if not task.done():
            raise KeyboardInterrupt  # a second signal ended it at once; the next run recovers
        if not task.cancelled() and (error := task.exception()) is not None:
            raise error
    return crawlers


def _name(crawl: Crawl) -> str:
    return crawl.spider if isinstance(crawl.spider, str) else crawl.spider.name


def _call_often(watch: Callable[[], None]) -> None:
    from twisted.internet.task import LoopingCall

    LoopingCall(watch).start(0.25, now=False)


def _outcome(crawler: Crawler) -> Outcome:
    archiving = crawler.get_extension(Archiving)
    spider, stats = crawler.spider, crawler.stats
    assert archiving is not None and spider is not None and stats is not None
    session = archiving.session
    counts, reason = archiving.counts(), str(stats.get_value("finish_reason"))
    failure: BaotinhError | None = None
    if session.failure is not None:
        error = session.failure
        failure = error if isinstance(error, BaotinhError) else None
        failure = failure or CollectionUnwritable(session.collection.root, str(error))
    elif session.run.source in CRAWLED and archiving.is_lost(spider):
        kind = NetworkDown if archiving.is_unanswered else SectionsUnread
        failure = kind(spider.name, last_failure(spider))
    elif archiving.is_fruitless:
        failure = _fruitless(spider, Path(crawler.settings["BAOTINH_FROM_ARCHIVE"]), counts)
    try:
        with session.collection.catalog() as catalog:
            rejected = catalog.rejections(session.run_id)
            unread = unread_pages(catalog.connection, session.run.newspaper)
    except UNWRITABLE as error:  # its disk was taken out meanwhile
        rejected, unread = [], []
        failure = failure or CollectionUnwritable(session.collection.root, str(error))
    return Outcome(
        newspaper=spider.name,
        run=session.run_name,
        reason=reason,
        counts=counts,
        answers=archiving.answers(),
        hosts=traffic_of(crawler).figures(),
        rejected=rejected,
        unread=unread,
        troubles=spider.report.troubles if isinstance(spider, ArchivingSpider) else [],
        refused=spider.report.listed_refusals() if isinstance(spider, ArchivingSpider) else [],
        failure=failure,
    )


def _fruitless(spider: scrapy.Spider, archive: Path, counts: Mapping[str, int]) -> NothingToRead:
    found = f"{counts.get('pages', 0):,} pages were read, {counts.get('missing', 0):,} that they lead to are not in it"
    held = f"it holds {format_hosts(hosts_in(archive))}"
    return NothingToRead(
        str(archive),
        f"no page of {spider.name} that was read gave an article ({found}; {held})",
        f"see what the rules match: 'baotinh newspapers check {spider.name} --from-archive {archive}'",
    )
