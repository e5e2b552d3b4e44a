"""Backoff from hosts that are busy or down, quiet hours, and a day's budget of requests and bytes.

The address of a deferred request has not failed, and stays due.
"""

from __future__ import annotations

import asyncio
import email.utils
import re
from collections import Counter
from datetime import UTC, datetime, time, timedelta
from time import monotonic
from typing import Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import attrs
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from archive.clock import now, warc_date
from archive.errors import BadSetting
from archive.ingest.runs import Deferral
from archive.ingest.session import session_of
from crawler.http.gate import CrawlEnds, Deferred, Gate
from crawler.request_meta import RETRIES_AFTER_REST, WIRE_BYTES

_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]|24):([0-5]\d)")
_BUSY = frozenset((429, 503))
# After so many requests in a row without a byte of a response the host counts as down, and no page as failed.
_SILENT = 10


class HostRests(Deferred):
    """The host is backed off from for longer than a run waits."""


class HostDown(Deferred):
    """The host has sent no response for as long as a run waits."""


class QuietHours(Deferred):
    """The operator allows no requests at this time of the day."""


class BudgetSpent(Deferred):
    """The newspaper's requests or bytes for this day are used up."""


@attrs.frozen
class DailyHours:
    """A part of the day in local time; one that ends before it begins extends over midnight."""

    begin: time
    end: time

    @classmethod
    def read(cls, text: str) -> DailyHours | None:
        """Read `22:00-05:30`; None for an empty text.

        Raises:
            BadSetting: the text is no such span.
        """
        if not text:
            return None
        found = _HOURS.fullmatch(text.replace(" ", ""))
        if found is None or (found[3] == "24" and found[4] != "00"):
            raise BadSetting("BAOTINH_QUIET_HOURS", text, "a span such as 06:00-08:30")
        return cls(time(int(found[1]), int(found[2])), time(int(found[3]) % 24, int(found[4])))

    def hold(self, instant: datetime) -> bool:
        """Whether an instant lies within, in the local time of its offset."""
        clock = instant.time()
        if self.begin < self.end:
            return self.begin <= clock < self.end
        return clock >= self.begin or clock < self.end


class Backoff(Gate):
    """A downloader middleware: lets a request pass, wait, or be deferred, and backs off from a host as a whole.

    Settings: BAOTINH_QUIET_HOURS, BAOTINH_DAILY_REQUESTS, BAOTINH_DAILY_BYTES, BAOTINH_FIRST_REST and
    BAOTINH_LONGEST_REST.
    """

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        self._crawler = crawler
        self._zone = ZoneInfo(getattr(crawler.spider, "time_zone", "Asia/Ho_Chi_Minh"))
        self._quiet = DailyHours.read(settings["BAOTINH_QUIET_HOURS"])
        self._most_requests = settings.getint("BAOTINH_DAILY_REQUESTS")
        self._most_bytes = settings.getint("BAOTINH_DAILY_BYTES")
        self._longest_rest = settings.getfloat("BAOTINH_LONGEST_REST")
        self._first_rest = settings.getfloat("BAOTINH_FIRST_REST")
        self._backoffs: dict[str, _HostBackoff] = {}
        self._silent: Counter[str] = Counter()
        self._day: _Day | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's constructor."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Let the request pass.

        Raises:
            HostRests, HostDown, QuietHours, BudgetSpent: it is deferred.
        """
        if self._quiet is not None and self._quiet.hold(now().astimezone(self._zone)):
            self._defer(QuietHours(f"{request.url}: quiet hours"), Deferral.QUIET_HOURS)
        self._left_of(request)
        self._spend(request)

    async def wait(self, request: Request) -> None:
        """Wait until the backoff from the request's host has ended; called right before the request is sent.

        Raises:
            HostRests, HostDown: it lasts for too long.
            CrawlEnds: the crawl is ending.
        """
        while (left := self._left_of(request)) > 0:
            await asyncio.sleep(min(left, 0.5))
            if self._is_ending():
                raise CrawlEnds(f"{request.url}: the crawl ends")

    def _left_of(self, request: Request) -> float:
        host = _host(request.url)
        backoff = self._backoffs.get(host)
        left = backoff.left() if backoff is not None else 0.0
        if left > self._longest_rest:
            if self._silent[host] >= _SILENT:
                self._defer(HostDown(f"{host} gave no answer {self._silent[host]} times in a row"), Deferral.HOST_DOWN)
            self._defer(HostRests(f"{request.url}: backoff from the host lasts {left:.0f} s more"), Deferral.HOST_RESTS)
        return left

    def resting(self) -> dict[str, float]:
        """The hosts that are backed off from, each with the seconds that remain."""
        return {host: left for host, backoff in self._backoffs.items() if (left := backoff.left()) > 0}

    def answered(self, request: Request, response: Response) -> None:
        """Begin or end the backoff from a host by its response, before the next request to it is sent."""
        host = _host(request.url)
        if self._day is not None:
            self._day.bytes += WIRE_BYTES.get(request.meta) or 0
        if response.status in _BUSY:
            backoff = self._backoffs.setdefault(host, _HostBackoff(self._first_rest))
            backoff.begin(retry_after_seconds(response.headers.get("Retry-After"), now()))
        elif host in self._backoffs and self._backoffs[host].left() <= 0:
            del self._backoffs[host]  # a response to an earlier request does not end the backoff
        self._silent.pop(host, None)

    def unanswered(self, request: Request) -> None:
        """Count a request without a byte of a response: a host that sends none is backed off from like a busy one."""
        host = _host(request.url)
        self._silent[host] += 1
        if self._silent[host] >= _SILENT:
            self._backoffs.setdefault(host, _HostBackoff(self._first_rest)).begin(None)

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """The response; or the request again if the server was busy: it waits with all others to its host."""
        backoff = self._backoffs.get(_host(request.url))
        if response.status not in _BUSY or backoff is None:
            return response
        tries = RETRIES_AFTER_REST.get(request.meta) or 0
        if backoff.left() > self._longest_rest or tries >= self._crawler.settings.getint("RETRY_TIMES"):
            return response
        again = request.replace(dont_filter=True)
        RETRIES_AFTER_REST.put(again.meta, tries + 1)
        return again

    def _spend(self, request: Request) -> None:
        if not self._most_requests and not self._most_bytes:
            return
        if self._day is None or self._day.date != now().astimezone(self._zone).date():
            self._day = self._begin_day()
        if self._most_requests and self._day.requests >= self._most_requests:
            self._defer(BudgetSpent(f"{request.url}: {self._day.requests} requests today"), Deferral.REQUEST_BUDGET)
        if self._most_bytes and self._day.bytes >= self._most_bytes:
            self._defer(BudgetSpent(f"{request.url}: {self._day.bytes} bytes today"), Deferral.BYTE_BUDGET)
        self._day.requests += 1

    def _begin_day(self) -> _Day:
        today = now().astimezone(self._zone).date()
        midnight = datetime.combine(today, time(0), self._zone)
        session = session_of(self._crawler)
        with session.collection.catalog() as catalog:
            requests, octets = catalog.fetched_since(session.run.newspaper, warc_date(midnight.astimezone(UTC)))
        return _Day(today, requests, octets)

    def _defer(self, error: Deferred, reason: Deferral) -> None:
        assert self._crawler.stats is not None
        self._crawler.stats.inc_value(f"baotinh/{reason.count_name}")
        raise error

    def _is_ending(self) -> bool:
        engine = self._crawler.engine
        return engine is None or not engine.running


@attrs.define
class _Day:
    date: object
    requests: int
    bytes: int


@attrs.define
class _HostBackoff:
    """The backoff from a host: as long as its Retry-After says, else twice as long each time."""

    _next: float
    _until: float = 0.0

    def begin(self, seconds: float | None) -> None:
        instant = monotonic()
        if self._until > instant:
            return  # another request met the same response
        self._until = instant + (seconds if seconds is not None else self._next)
        self._next = min(2 * self._next, 3600.0)

    def left(self) -> float:
        return self._until - monotonic()


def retry_after_seconds(retry_after: bytes | None, instant: datetime) -> float | None:
    """The seconds that a Retry-After field says (RFC 9110, 10.2.3), as a number or a date; None where it says none."""
    text = (retry_after or b"").decode("latin-1").strip()
    if text.isdecimal():
        return float(min(int(text), 10**7))
    try:
        until = email.utils.parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, min((until - instant) / timedelta(seconds=1), 1e7))


def _host(url: str) -> str:
    return urlsplit(url).netloc.lower()


# The former name, in settings that were written before.
Restraint = Backoff
