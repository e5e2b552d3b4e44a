"""What is due, and when again: the policy, and a crawl's view of the addresses that the catalog remembers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Response

from archive.catalog import Address
from archive.clock import now, warc_date
from archive.release import Fetched, Seen
from archive.session import Session
from archive.warc.record import Original
from crawler.capture import CAPTURED_AT, NOT_MODIFIED, RECORD_ID
from crawler.responses import header_of

# An article is looked at again so long after its publication, or its last edit that was seen; later every year.
LOOKS_AGAIN = (
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(days=1),
    timedelta(days=7),
    timedelta(days=30),
    timedelta(days=365),
)
YEAR = timedelta(days=365)
AFTER_FAILURE = timedelta(hours=1)
FAILURES = "failures"  # in request.meta: how often in a row the address failed
CHANGED = "changed"  # in request.meta: when the article appeared or was last changed, or else when it was found
EVER = "9999"  # later than any WARC-Date


def due_again(changed_at: datetime | None, fetched_at: datetime) -> datetime:
    """When an article fetched at `fetched_at` is worth another look; one of unknown age counts as just published."""
    changed = min(changed_at or fetched_at, fetched_at)
    for age in LOOKS_AGAIN:
        if changed + age > fetched_at:
            return changed + age
    return fetched_at + YEAR


def list_due_again(is_first_page: bool, fetched_at: datetime) -> datetime:
    """When a list page is due: the first of a section at every run, the others when the first shows something new."""
    return fetched_at if is_first_page else fetched_at + 100 * YEAR


class Frontier:
    """The addresses of one newspaper, as one crawl asks for them and reports on them."""

    def __init__(self, newspaper: str, session: Session) -> None:
        self._newspaper, self._session = newspaper, session
        self._catalog = session.collection.catalog()

    def close(self) -> None:
        """Let go of the catalog."""
        self._catalog.close()

    def known(self, urls: Iterable[str]) -> dict[str, Address]:
        """What is remembered of these addresses."""
        return self._catalog.addresses(self._newspaper, urls)

    def due(self, kind: str, sections: set[str] | None, *, all_of_them: bool = False) -> Iterator[Address]:
        """The addresses of a kind that are due now, or all that are known; read as they are taken.

        Args:
            sections: only those found in these; None: all.

        What becomes due meanwhile is left for the next run.
        """
        instant = EVER if all_of_them else warc_date(now())
        last: Address | None = None
        while part := self._catalog.due(self._newspaper, kind, instant, after=last):
            yield from (address for address in part if sections is None or address.section in sections)
            last = part[-1]

    def make_conditional(self, request: Request, known: Address) -> None:
        """Let the server say that nothing has changed since the capture that is held."""
        request.meta[CHANGED], request.meta[FAILURES] = known.changed_at or known.first_seen_at, known.failures
        confirmed = self._catalog.capture(known.record_id) if known.record_id else None
        # a revisit must not refer to a revisit: replay follows one step
        original = self._catalog.original_of(confirmed) if confirmed else None
        if original is None or known.status not in (200, 304):
            return
        if known.etag:
            request.headers["If-None-Match"] = known.etag
        if known.last_modified:
            request.headers["If-Modified-Since"] = known.last_modified
        if known.etag or known.last_modified:
            request.meta[NOT_MODIFIED] = Original(
                record_id=original.record_id, url=original.url, captured_at=original.captured_at
            )

    def see(self, kind: str, urls: Iterable[str], section: str | None, *, again: bool = False) -> None:
        """Remember addresses that were found; new ones are due at once, and stay so until they were fetched.

        Args:
            again: known ones are due at once too.
        """
        instant = now()
        self._session.see(
            Seen(url=url, kind=kind, section=section, seen_at=instant, is_due_again=again) for url in urls
        )

    def list_answered(self, response: Response, section: str | None, is_first_page: bool) -> None:
        """Remember a list page's answer; to be called after `see` for what it names, so that a crash loses nothing."""
        due = list_due_again(is_first_page, now())
        self._answered(response, "section", section, due, response.meta[RECORD_ID])

    def article_answered(self, response: Response, section: str | None, *, is_done: bool = False) -> None:
        """Remember an article page's answer. A page stays due until its article is released, or `is_done` without."""
        if response.status == 200 and not is_done:
            # without its record's id, which the release enters, a crash does not leave a 304 in the article's place
            self._answered(response, "article", section, now(), None)
        else:
            due = due_again(response.meta.get(CHANGED), now())
            self._answered(response, "article", section, due, response.meta[RECORD_ID])

    def failed(self, request: Request, kind: str, section: str | None, status: int | None) -> None:
        """Remember that an address gave no usable answer: due again in an hour, each further time four times later."""
        instant = now()
        due = instant + AFTER_FAILURE * 4 ** min(request.meta.get(FAILURES, 0), 6)
        for url in dict.fromkeys([*request.meta.get("redirect_urls", ()), request.url]):
            self._enter(
                Fetched(url=url, kind=kind, section=section, fetched_at=instant, status=status, next_due_at=due)
            )

    def redirected(self, urls: Iterable[str], section: str | None) -> None:
        """Remember addresses that lead to another."""
        instant = now()
        for url in urls:
            self._enter(
                Fetched(
                    url=url, kind="article", section=section, fetched_at=instant, status=301,
                    next_due_at=instant + YEAR,
                )
            )  # fmt: skip

    def _answered(
        self, response: Response, kind: str, section: str | None, due: datetime, record_id: str | None
    ) -> None:
        redirected_from = response.meta.get("redirect_urls", ())
        self.redirected(redirected_from, section)
        if redirected_from and urlsplit(redirected_from[0]).hostname != urlsplit(response.url).hostname:
            return  # another host's address is none of this newspaper's
        self._enter(
            Fetched(
                url=response.url,
                kind=kind,
                section=section,
                fetched_at=response.meta[CAPTURED_AT],
                status=response.status,
                next_due_at=due,
                etag=header_of(response, "ETag"),
                last_modified=header_of(response, "Last-Modified"),
                record_id=record_id,
            )
        )

    def _enter(self, outcome: Fetched) -> None:
        self._session.fetched(outcome)


class ForgetfulFrontier(Frontier):
    """For rereading an archive: nothing is known or due, and what an old page says is remembered of no address."""

    def known(self, urls: Iterable[str]) -> dict[str, Address]:
        """Nothing."""
        return {}

    def due(self, kind: str, sections: set[str] | None, *, all_of_them: bool = False) -> Iterator[Address]:
        """None."""
        return iter(())

    def see(self, kind: str, urls: Iterable[str], section: str | None, *, again: bool = False) -> None:
        """Forget."""

    def _enter(self, outcome: Fetched) -> None:
        """Forget."""
