"""Captured pages that could not be read: entered into the catalog, and read from their records by later runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from archive.catalog.lifecycle import LISTS
from archive.catalog.unread import FURTHER_PAGE, Unread, unread_pages
from archive.clock import now, warc_date
from archive.errors import PageUnreadable, ReadingFailure
from archive.ingest.session import Session
from archive.revisit_policy import after_failure
from crawler.crawl.report import CrawlReport, reason_of
from crawler.request_meta import CAPTURED_AT, KIND, RECORD_ID, SECTION, UNREAD

# So many unread pages are read in a run; the others are left to the next.
_MOST_READ = 5000
# A page that several runs could not read comes last: it may hold up the reading of all others for minutes.
_READ_FIRST, _READ_LAST = 40, -40
_LONGEST_WAIT = timedelta(days=1)


class UnreadPages:
    """The unread pages of one newspaper."""

    def __init__(self, session: Session, report: CrawlReport) -> None:
        self._session, self._report = session, report

    def note(self, response: Response, error: PageUnreadable, hints: Mapping[str, Any] | None = None) -> None:
        """Enter that a captured page could not be read, until a run has read it.

        Lists of an archive that is reread are left out: no later run requests them.

        Args:
            hints: what is known of the page besides its bytes, as JSON has it.
        """
        kind = KIND.of(response.meta)
        if self._session.imported is not None and kind in LISTS:
            return
        if error.failure is ReadingFailure.STOPPED:
            return  # that says nothing of the page, which stays due as it was
        before, instant, known = UNREAD.get(response.meta), now(), dict(hints or {})
        if error.url != response.url:
            known[FURTHER_PAGE] = error.url
        page = Unread(
            newspaper=self._session.run.newspaper, url=response.url, kind=kind, section=SECTION.get(response.meta),
            record_id=RECORD_ID.of(response.meta), captured_at=CAPTURED_AT.of(response.meta), failure=error.failure,
            detail=error.detail, tries=error.tries, runs=1, failed_at=instant, due_at=_due_again(before, instant),
            hints=known,
        )  # fmt: skip
        self._session.addresses.keep_unread(page)
        self._report.logger.warning("%s", error)

    def requests(self, callback: Any, *, all_of_them: bool = False) -> Iterator[Request]:
        """Requests for the pages that earlier runs could not read, to be answered from their records.

        Lists are left out: they are fetched anew.
        """
        with self._session.collection.catalog() as catalog:
            due_by = "9999" if all_of_them else warc_date(now())
            newspaper = self._session.run.newspaper
            pages = unread_pages(catalog.connection, newspaper, due_by=due_by, limit=_MOST_READ)
        for page in pages:
            if page.kind in ("article", "page"):
                meta: dict[str, Any] = {}
                KIND.put(meta, "page" if page.kind == "page" else "article")
                SECTION.put(meta, page.section)
                UNREAD.put(meta, page)
                priority = _READ_FIRST if page.runs == 1 else _READ_LAST
                yield Request(
                    page.url, callback, errback=self._record_failed, dont_filter=True, meta=meta, priority=priority
                )

    def _record_failed(self, failure: Failure) -> None:
        request: Request = failure.request  # type: ignore[attr-defined]
        self._report.trouble(KIND.of(request.meta), request.url, reason_of(failure.value))
        self._session.addresses.fetch_anew(UNREAD.of(request.meta))


def _due_again(before: Unread | None, instant: datetime) -> datetime:
    """When a page that could not be read is tried again: by the next run, then ever later, up to a day."""
    return instant if before is None else min(after_failure(before.runs - 1, instant), instant + _LONGEST_WAIT)
