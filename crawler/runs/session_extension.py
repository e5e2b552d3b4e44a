"""The extension that opens a crawl's session, ends it in time, and writes the run's report."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import platform
import sqlite3
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any, Self

import attrs
import scrapy
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.settings import BaseSettings
from twisted.internet.task import LoopingCall
from twisted.python.failure import Failure

from archive import VERSION
from archive.collection import Collection
from archive.errors import FailureKind, failure_kind
from archive.ingest.import_archive import ImportedArchive
from archive.ingest.runs import CRAWLED, Deferral, RunDescription
from archive.ingest.session import Session, SessionHolder, WritingRules
from archive.printable_logs import log_printable, name_run
from archive.processes import leave_modules_out_of_collection
from crawler.browser.installed import browser_version, chromium_path
from crawler.crawl.arguments import revisit_policy
from crawler.crawl.spider import ArchivingSpider
from crawler.http.download_handler import CaptureDownloadHandler
from crawler.http.traffic import traffic_of
from crawler.request_meta import RECORD_ID
from crawler.responses import ANSWERS, is_answered
from crawler.scrapy_internals import download_handlers, end_from_thread, is_ending, is_over, release_waiting

logger = logging.getLogger(__name__)
_CHECK_EVERY = 0.25  # seconds
FRUITLESS = "no page of the archive gave an article"


# Settings that change what is captured: they are recorded in warcinfo and in the run's row.
SETTINGS_THAT_MATTER = (
    "USER_AGENT",
    "ROBOTSTXT_OBEY",
    "DOWNLOAD_DELAY",
    "CONCURRENT_REQUESTS_PER_DOMAIN",
    "AUTOTHROTTLE_ENABLED",
    "DOWNLOAD_TIMEOUT",
    "DOWNLOAD_MAXSIZE",
    "RETRY_TIMES",
    "REDIRECT_MAX_TIMES",
    "COOKIES_ENABLED",
)


def software() -> str:
    """The programs that write the records, with their versions."""
    others = (f"{name}/{version(name.lower())}" for name in ("Scrapy", "Twisted", "warcio"))
    return " ".join((f"baotinh/{VERSION}", *others, f"Python/{platform.python_version()}"))


def open_collection(path: Path) -> Collection:
    """The collection for a run: made where it is missing, but not by a run of a job, whose disk may not be mounted.

    Raises:
        CollectionMissing: a job's collection is not there.
        CollectionUnwritable, CollectionTooNew: it cannot be written.
    """
    return Collection.write(path) if os.environ.get("BAOTINH_JOB") else Collection.create(path)


class Archiving(SessionHolder):
    """Holds the crawl's session from before the first request until after the last item.

    Settings: BAOTINH_COLLECTION, BAOTINH_FROM_ARCHIVE, BAOTINH_LOOPBACK, BAOTINH_CONTACT, BAOTINH_QUEUE_BYTES,
    BAOTINH_ROTATE_BYTES, BAOTINH_ROTATE_SECONDS, BAOTINH_DIGEST, BAOTINH_SET_BACK_SECONDS, BAOTINH_STOP_SECONDS.
    """

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        self._crawler = crawler
        archive = settings.get("BAOTINH_FROM_ARCHIVE")
        collection = open_collection(Path(settings["BAOTINH_COLLECTION"]))
        self.session = Session(
            collection,
            _describe_run(crawler, archive),
            revisit_policy(settings),
            rules=WritingRules(
                queue_bytes=settings.getint("BAOTINH_QUEUE_BYTES"),
                rotate_bytes=settings.getint("BAOTINH_ROTATE_BYTES"),
                rotate_seconds=settings.getfloat("BAOTINH_ROTATE_SECONDS"),
                algorithm=settings["BAOTINH_DIGEST"],
                set_back_seconds=settings.getfloat("BAOTINH_SET_BACK_SECONDS"),
            ),
        )
        try:
            if archive:
                self._count_strangers(self.session.import_archive(Path(archive)))
        except BaseException:
            self.session.close("failed", lambda: ({}, {}))
            raise
        name_run(self.session.run.newspaper, self.session.run_name)
        self.session.on_failure(self._stop_on_failure)
        crawler.signals.connect(self._spider_opened, signals.spider_opened)
        crawler.signals.connect(self._spider_closed, signals.spider_closed)
        crawler.signals.connect(self._spider_error, signals.spider_error)
        crawler.signals.connect(self._item_error, signals.item_error)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's constructor."""
        return cls(crawler)

    def _count_strangers(self, imported: ImportedArchive) -> None:
        assert self._crawler.stats is not None
        if imported.strangers:
            self._crawler.stats.set_value("baotinh/records with another's id", imported.strangers)

    def _spider_opened(self) -> None:
        for handler in logging.root.handlers:  # Scrapy's own, as under scrapyd; it is made anew until now
            log_printable(handler)
        end_in_time(self._crawler)
        leave_modules_out_of_collection()

    def _stop_on_failure(self, error: Exception) -> None:
        logger.error("The archive cannot be written, the crawl stops: %s", error)
        end_from_thread(self._crawler, "archive_failed")

    async def _spider_closed(self, spider: scrapy.Spider, reason: str) -> None:
        stats = self._crawler.stats
        assert stats is not None
        is_failed = self.is_lost(spider) or self.is_fruitless
        outcomes = {"finished": "failed" if is_failed else "finished", "archive_failed": "failed"}
        listed = spider.report if isinstance(spider, ArchivingSpider) else None
        report = {
            "reason": reason,
            "answers": self.answers(),
            "hosts": traffic_of(self._crawler).figures(),
            "troubles": [attrs.asdict(trouble) for trouble in listed.troubles] if listed else [],
            "doubtful": list(listed.doubtful) if listed else [],
            "refused": listed.listed_refusals() if listed else [],
        }
        if failure := self._failure(spider):
            report["failure_kind"], report["failure"] = failure[0].value, failure[1]
        if isinstance(spider, ArchivingSpider) and hasattr(spider, "session"):
            spider.ending()
        try:
            await asyncio.to_thread(
                self.session.close, outcomes.get(reason, "stopped"), lambda: (self.counts(), report)
            )
        except (OSError, sqlite3.Error) as error:
            logger.error("The run's end could not be entered: %s", error)

    def _failure(self, spider: scrapy.Spider) -> tuple[FailureKind, str] | None:
        if self.session.failure is not None:
            return failure_kind(self.session.failure), str(self.session.failure)
        if self.is_fruitless:
            return FailureKind.FRUITLESS, FRUITLESS
        if not self.is_lost(spider):
            return None
        kind = FailureKind.UNANSWERED if self.is_unanswered else FailureKind.SECTIONS_UNREAD
        return kind, last_failure(spider)

    def is_lost(self, spider: scrapy.Spider) -> bool:
        """Whether the run got nothing of the newspaper: no response, or none of its sections."""
        return self.is_unanswered or (
            self.session.run.source in CRAWLED and isinstance(spider, ArchivingSpider) and spider.has_read_no_section
        )

    @property
    def is_fruitless(self) -> bool:
        """Whether an archive was read to its end without giving an article."""
        counts, reason = self.counts(), self._crawler.stats.get_value("finish_reason") if self._crawler.stats else None
        is_read = self.session.imported is not None and reason in (None, "finished")
        return is_read and not any(counts.get(f"articles {kind}") for kind in ("new", "changed", "duplicate"))

    @property
    def is_unanswered(self) -> bool:
        """Whether requests failed and none got a response: the network is down, or the newspaper's server."""
        counts = self.counts()
        is_lost = bool(counts["errors"] or counts.get(Deferral.HOST_DOWN.count_name))
        return is_lost and not is_answered(self._crawler)

    def _spider_error(self, failure: Failure, response: Response | None) -> None:
        if response is None:  # start() failed
            self._list_error(f"spider:{self.session.run.newspaper}", None, "start", failure)
        else:
            self._list_error(response.url, RECORD_ID.get(response.meta), "page", failure)

    def _item_error(self, item: Any, failure: Failure) -> None:
        capture = getattr(item, "capture", None)
        record_id = capture.record_id if capture else None
        self._list_error(getattr(item, "url", ""), record_id, "article", failure)

    def _list_error(self, url: str, record_id: str | None, what: str, failure: Failure) -> None:
        # an error in this program must not hide a page: it is reported like one that gave no article
        assert self._crawler.stats is not None
        self._crawler.stats.inc_value("baotinh/errors")
        if self.session.failure is None:
            reason = f"{type(failure.value).__name__}: {failure.value}"
            self.session.reject(url, record_id, {what: reason}, is_read=False)

    def counts(self) -> dict[str, int]:
        """The run's counts so far, by name: pages, pictures, missing, errors, articles, WARC records and bytes."""
        stats = self._crawler.stats
        assert stats is not None
        own = {
            key.removeprefix("baotinh/"): value
            for key, value in stats.get_stats().items()
            if key.startswith("baotinh/")
        }
        return own | {"errors": own.get("errors", 0)} | dict(self.session.counts)

    def answers(self) -> dict[str, int]:
        """The number of responses so far, by status."""
        assert self._crawler.stats is not None
        counted = sorted(self._crawler.stats.get_stats().items())
        return {key.removeprefix(ANSWERS): value for key, value in counted if key.startswith(ANSWERS)}


def last_failure(spider: scrapy.Spider) -> str:
    """The reason of a crawl that got nothing."""
    return spider.report.last_failure if isinstance(spider, ArchivingSpider) else "no connection"


def _describe_run(crawler: Crawler, archive: str | None) -> RunDescription:
    settings: BaseSettings = crawler.settings
    spider = crawler.spider
    assert spider is not None
    demonstration = bool(settings.get("BAOTINH_LOOPBACK"))
    matter = {name: settings.get(name) for name in SETTINGS_THAT_MATTER}
    log_file = settings.get("LOG_FILE")
    profiles = spider.profiles() if isinstance(spider, ArchivingSpider) else {}
    warcinfo = {
        "software": software(),
        "format": "WARC File Format 1.1",
        "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        "isPartOf": spider.name,
        "robots": "obey" if settings.getbool("ROBOTSTXT_OBEY") else "ignore",
        "http-header-user-agent": settings["USER_AGENT"],
        "operator": settings.get("BAOTINH_CONTACT") or "demonstration",
        "newspaper-profile": json.dumps(profiles, ensure_ascii=False),
        "settings": " ".join(f"{name}={value}" for name, value in matter.items() if name != "USER_AGENT"),
    }
    if not archive and (drawn_by := _browser(spider, settings)):
        warcinfo["browser"] = drawn_by
    if demonstration:
        warcinfo["description"] = "demonstration: a made-up newsroom on this machine, not the newspaper itself"
    return RunDescription(
        newspaper=spider.name,
        source=Path(archive).name if archive else "demonstration" if demonstration else "network",
        software=software(),
        settings=matter,
        warcinfo=warcinfo,
        profiles=profiles,
        # scrapyd passes its job's id to the spider as an argument
        job=os.environ.get("BAOTINH_JOB") or getattr(spider, "_job", None),
        retry_of=os.environ.get("BAOTINH_RETRY_OF"),
        log=settings.get("BAOTINH_LOG") or (log_file and str(Path(log_file).absolute())),
    )


def _browser(spider: scrapy.Spider, settings: BaseSettings) -> str | None:
    """Name and version of the browser that draws the spider's pages; None where none does."""
    path = chromium_path(settings["BAOTINH_BROWSER"]) if getattr(spider, "needs_browser", ()) else None
    return browser_version(path) if path else None


def end_in_time(crawler: Crawler) -> None:
    """Bound the time that a crawl takes after it was told to end to BAOTINH_STOP_SECONDS.

    What was received of the exchanges cut then is archived; their addresses stay due.
    """
    watch = _Watch(crawler, crawler.settings.getfloat("BAOTINH_STOP_SECONDS"))
    watch.loop.start(_CHECK_EVERY, now=False)


class _Watch:
    def __init__(self, crawler: Crawler, bound: float) -> None:
        self._crawler, self._bound = crawler, bound
        self._ends_at: float | None = None
        self.loop = LoopingCall(self._look)

    def _look(self) -> None:
        if is_over(self._crawler):
            self.loop.stop()
            return
        if not is_ending(self._crawler):
            return
        if self._ends_at is None:
            self._ends_at = time.monotonic() + self._bound
        if time.monotonic() >= self._ends_at:
            self._cut()

    def _cut(self) -> None:
        for handler in download_handlers(self._crawler):
            if isinstance(handler, CaptureDownloadHandler):
                handler.end()
        release_waiting(self._crawler)  # they are refused at once
