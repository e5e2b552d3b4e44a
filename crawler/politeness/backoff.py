"""What keeps a crawl from asking: a host that wants rest or is down, quiet hours, a day's budget; counted and named.

What is kept back did not fail: its address stays due as it was. robots.txt is politeness.py's.
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
from archive.ingest.deferral import Deferral
from archive.ingest.session import session_of
from crawler.http.gate import CrawlEnds, Deferred, Gate
from crawler.request_meta import RETRIES_AFTER_REST, WIRE_BYTES

_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]|24):([0-5]\d)")
_BUSY = frozenset((429, 503))
# So many requests in a row without a byte of an answer: it is the host that is down, and no page's fault.
_SILENT = 10


class HostRests(Deferred):
    """The host asked to be left alone for longer than a run waits."""


class HostDown(Deferred):
    """The host has given no answer at all for as long as a run waits."""


class QuietHours(Deferred):
    """The operator wants no requests at this time of the day."""


class BudgetSpent(Deferred):
    """The newspaper's requests or bytes for this day are used up."""


@attrs.frozen
class DailyHours:
    """A part of the day, by the clock on the wall; one that ends before it begins goes over midnight."""

    begin: time
    end: time

    @classmethod
    def read(cls, said: str) -> DailyHours | None:
        """Read `22:00-05:30`; None where nothing is said.

        Raises:
            BadSetting: it is no such span.
        """
        if not said:
            return None
        found = _HOURS.fullmatch(said.replace(" ", ""))
        if found is None or (found[3] == "24" and found[4] != "00"):
            raise BadSetting("BAOTINH_QUIET_HOURS", said, "a span such as 06:00-08:30")
        return cls(time(int(found[1]), int(found[2])), time(int(found[3]) % 24, int(found[4])))

    def hold(self, instant: datetime) -> bool:
        """Whether an instant lies within, by its own offset."""
        clock = instant.time()
        if self.begin < self.end:
            return self.begin <= clock < self.end
        return clock >= self.begin or clock < self.end


class Restraint(Gate):
    """A downloader middleware: lets a request pass, wait, or be kept back, and backs off a host as a whole.

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
        self._rests: dict[str, _Rest] = {}
        self._silent: Counter[str] = Counter()
        self._day: _Day | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way of making it."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Let the request pass.

        Raises:
            HostRests, HostDown, QuietHours, BudgetSpent: it is kept back.
        """
        if self._quiet is not None and self._quiet.hold(now().astimezone(self._zone)):
            self._keep_back(QuietHours(f"{request.url}: quiet hours"), Deferral.QUIET_HOURS)
        self._rest_of(request)
        self._spend(request)

    async def wait(self, request: Request) -> None:
        """Wait until the request's host has rested; asked right before the request is sent, for all that were waiting.

        Raises:
            HostRests, HostDown: it rests for too long.
            CrawlEnds: the crawl was told to end meanwhile.
        """
        while (left := self._rest_of(request)) > 0:
            await asyncio.sleep(min(left, 0.5))
            if self._is_ending():
                raise CrawlEnds(f"{request.url}: the crawl ends")

    def _rest_of(self, request: Request) -> float:
        host = _host(request.url)
        rest = self._rests.get(host)
        left = rest.left() if rest is not None else 0.0
        if left > self._longest_rest:
            if self._silent[host] >= _SILENT:
                self._keep_back(
                    HostDown(f"{host} gave no answer {self._silent[host]} times in a row"), Deferral.HOST_DOWN
                )
            self._keep_back(HostRests(f"{request.url}: the host is to rest for {left:.0f} s more"), Deferral.HOST_RESTS)
        return left

    def resting(self) -> dict[str, float]:
        """The hosts that are left alone now, and for how many seconds more."""
        return {host: left for host, rest in self._rests.items() if (left := rest.left()) > 0}

    def answered(self, request: Request, response: Response) -> None:
        """Take note of an answer, before the next request of its host is sent."""
        host = _host(request.url)
        if self._day is not None:
            self._day.bytes += WIRE_BYTES.get(request.meta) or 0
        if response.status in _BUSY:
            rest = self._rests.setdefault(host, _Rest(self._first_rest))
            rest.begin(asked_for(response.headers.get("Retry-After"), now()))
        elif host in self._rests and self._rests[host].left() <= 0:
            del self._rests[host]  # what was under way when the rest began does not end it
        self._silent.pop(host, None)

    def unanswered(self, request: Request) -> None:
        """Take note of a request to which not a byte came in answer: a host that is silent rests like a busy one."""
        host = _host(request.url)
        self._silent[host] += 1
        if self._silent[host] >= _SILENT:
            self._rests.setdefault(host, _Rest(self._first_rest)).begin(None)

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """The response; or the request again, where the server was busy: it will wait with all others of its host."""
        rest = self._rests.get(_host(request.url))
        if response.status not in _BUSY or rest is None:
            return response
        tries = RETRIES_AFTER_REST.get(request.meta) or 0
        if rest.left() > self._longest_rest or tries >= self._crawler.settings.getint("RETRY_TIMES"):
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
            self._keep_back(BudgetSpent(f"{request.url}: {self._day.requests} requests today"), Deferral.REQUEST_BUDGET)
        if self._most_bytes and self._day.bytes >= self._most_bytes:
            self._keep_back(BudgetSpent(f"{request.url}: {self._day.bytes} bytes today"), Deferral.BYTE_BUDGET)
        self._day.requests += 1

    def _begin_day(self) -> _Day:
        today = now().astimezone(self._zone).date()
        midnight = datetime.combine(today, time(0), self._zone)
        session = session_of(self._crawler)
        with session.collection.catalog() as catalog:
            requests, octets = catalog.fetched_since(session.run.newspaper, warc_date(midnight.astimezone(UTC)))
        return _Day(today, requests, octets)

    def _keep_back(self, error: Deferred, reason: Deferral) -> None:
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
class _Rest:
    """How long a host is left alone: as it asked, else twice as long each time."""

    _next: float
    _until: float = 0.0

    def begin(self, asked: float | None) -> None:
        instant = monotonic()
        if self._until > instant:
            return  # another request met the same
        self._until = instant + (asked if asked is not None else self._next)
        self._next = min(2 * self._next, 3600.0)

    def left(self) -> float:
        return self._until - monotonic()


def asked_for(retry_after: bytes | None, instant: datetime) -> float | None:
    """Seconds that a Retry-After field asks for (RFC 9110, 10.2.3): a number or a date; None where it asks for none."""
    said = (retry_after or b"").decode("latin-1").strip()
    if said.isdecimal():
        return float(min(int(said), 10**7))
    try:
        until = email.utils.parsedate_to_datetime(said)
    except (TypeError, ValueError):
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, min((until - instant) / timedelta(seconds=1), 1e7))


def _host(url: str) -> str:
    return urlsplit(url).netloc.lower()
