"""The download handler that gives the exact bytes of every exchange to the session."""

from __future__ import annotations

import asyncio
import functools
import logging
import socket
from urllib.parse import urlsplit

import attrs
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)
from scrapy.http import Headers, Response

from archive.warc.http import ResponseReader
from archive.warc.httphead import BadMessage
from crawler.http.archiving import ExchangeArchive
from crawler.http.bounds import refusals
from crawler.http.connections import Pool, tls_context
from crawler.http.gate import CrawlEnds, Gate
from crawler.http.resolver import Look, Loopback, PrivateAddress, check_host, look_up, look_up_public
from crawler.http.routes import IDEMPOTENT, Place, Route
from crawler.http.traffic import traffic_of
from crawler.http.wire import ConnectionDied, TooLong, Wire, WireBounds
from crawler.request_meta import WIRE_BYTES
from crawler.responses import count_answer
from crawler.scrapy_internals import BaseDownloadHandler, responsetypes

# Where DOWNLOAD_MAXSIZE is 0.
_NO_BOUND = 1 << 62

logger = logging.getLogger(__name__)


class CaptureDownloadHandler(BaseDownloadHandler):
    """Downloads over HTTP/1.1 and gives every exchange to the session before the response goes on.

    A response waits until the session's queue has room for it, so that downloads are not faster than the disk. Its
    meta then has RECORD_ID and CAPTURED_AT; NOT_MODIFIED in a request's meta names the capture that a 304 confirms.

    Follows the settings and meta keys of Scrapy's own handler for timeouts, sizes, proxies and local addresses (without
    their port), but not those for TLS versions, name servers and their cache. It sends no headers_received and no
    bytes_received; a response has no certificate and no IP address, which its record has.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        settings = crawler.settings
        self._traffic = traffic_of(crawler)
        self._archive = ExchangeArchive(crawler)
        loopback = Loopback.from_setting(settings.get("BAOTINH_LOOPBACK"))
        may_be_private = settings.getbool("BAOTINH_PRIVATE_ADDRESSES")
        self._look = loopback.look_up if loopback else look_up if may_be_private else look_up_public
        self._keeps_cookies = settings.getbool("COOKIES_ENABLED")
        self._timeout = settings.getfloat("DOWNLOAD_TIMEOUT")
        self._fail_on_dataloss = settings.getbool("DOWNLOAD_FAIL_ON_DATALOSS")
        self._bind_address = settings.get("DOWNLOAD_BIND_ADDRESS")
        head, body = settings.getint("BAOTINH_HEAD_BYTES"), settings.getint("DOWNLOAD_MAXSIZE")
        self._bounds = WireBounds(head=head, body=body or _NO_BOUND)
        self._warn_size = settings.getint("DOWNLOAD_WARNSIZE")
        self._at_once = settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN")
        self._slots = settings.getdict("DOWNLOAD_SLOTS")
        self._places: dict[str, asyncio.Semaphore] = {}
        self._pool = Pool(functools.cache(lambda: tls_context(settings)), self._bounds, self._at_once)
        self._under_way: set[asyncio.Timeout] = set()
        self._has_ended = False

    async def download_request(self, request: Request) -> Response:
        """Fetch and archive; raises what Scrapy's own handler raises, after archiving what had arrived.

        Raises:
            PrivateAddress: the address is not on the public network.
            CrawlEnds: the crawl is ending.
        """
        async with self._place(request):
            await self._gate.wait(request)
            if self._has_ended:
                raise CrawlEnds(f"{request.url}: the crawl ends")
            return await self._download(request)

    def _place(self, request: Request) -> asyncio.Semaphore:
        """The semaphore that bounds the requests in progress to the request's host.

        Scrapy's downloader counts a request when its task starts, so that without a delay it starts all that wait.
        """
        slot = request.meta.get("download_slot") or urlsplit(request.url).hostname or ""
        if slot not in self._places:
            at_once = self._slots.get(slot, {}).get("concurrency", self._at_once)
            self._places[slot] = asyncio.Semaphore(at_once)
        return self._places[slot]

    async def _download(self, request: Request) -> Response:
        wires: list[Wire] = []
        host = self._traffic.begin(request.url)
        try:
            response = await self._fetch(request, wires, self._look)
            host.answered(response.status)
        except Exception as error:
            host.failed += 1
            await self._archive.keep(request, wires, truncated="time" if self._has_ended else _truncation(error))
            if self._has_ended:
                raise CrawlEnds(f"{request.url}: the crawl ends") from error
            if isinstance(error, PrivateAddress):
                self._count("private addresses refused")
            elif not any(wire.received for wire in wires):
                self._gate.unanswered(request)
            raise
        finally:
            host.ended(sum(len(wire.received) for wire in wires))
        await self._archive.keep(request, wires, truncated="disconnect" if "dataloss" in response.flags else None)
        count_answer(self.crawler, response)
        self._gate.answered(request, response)
        for name, count in refusals(response).items():
            if name != "cookies not kept" or not self._keeps_cookies:
                self._count(name, count)
        return response

    @functools.cached_property
    def _gate(self) -> Gate:
        # Scrapy makes the middlewares after the handlers
        return self.crawler.get_downloader_middleware(Gate) or Gate()

    async def _fetch(self, request: Request, wires: list[Wire], look: Look) -> Response:
        if look is look_up_public:
            check_host(request.url)
        seconds = request.meta.get("download_timeout") or self._timeout
        limit = asyncio.timeout(seconds)
        self._under_way.add(limit)
        try:
            async with limit:
                reader = await self._exchange(request, wires, look)
            flags = ["partial"] if reader.ends_with_connection else []
        except ConnectionDied as error:
            reader, flags = error.reader, ["dataloss"]
            if reader.head is None:
                raise DownloadFailedError(f"no answer: {error}") from error
            if request.meta.get("download_fail_on_dataloss", self._fail_on_dataloss):
                raise ResponseDataLossError(f"the answer broke off: {error}") from error
        except TimeoutError as error:
            raise DownloadTimeoutError(f"{request.url} took longer than {seconds} seconds") from error
        except TooLong as error:
            raise DownloadCancelledError(f"the answer is longer than {error.bound} bytes") from error
        except socket.gaierror as error:
            raise CannotResolveHostError(str(error)) from error
        except ConnectionRefusedError as error:
            raise DownloadConnectionRefusedError(str(error)) from error
        except (OSError, ValueError) as error:
            raise DownloadFailedError(f"{type(error).__name__}: {error}") from error
        finally:
            self._under_way.discard(limit)
        WIRE_BYTES.put(request.meta, sum(len(wire.received) for wire in wires))
        request.meta["download_latency"] = wires[-1].headed - wires[-1].began
        warn_size = request.meta.get("download_warnsize", self._warn_size)
        if warn_size and reader.body_size > warn_size:
            logger.warning("%s is larger than %d bytes: %d", request.url, warn_size, reader.body_size)
        return _response(request.url.partition("#")[0], reader, flags)

    async def _exchange(self, request: Request, wires: list[Wire], look: Look) -> ResponseReader:
        route = self._route(request)
        if route.proxy is not None:
            look = look_up  # the operator chose the proxy, which resolves the host itself
        method, octets = request.method.encode("ascii"), route.request(request)
        bounds = self._bounds
        if "download_maxsize" in request.meta:
            bounds = attrs.evolve(bounds, body=request.meta["download_maxsize"] or _NO_BOUND)
        connection = await self._pool.take(route, look)
        while True:
            is_kept = connection.exchanges > 0
            wires.append(Wire(sent=octets))
            try:
                reader = await connection.send(wires[-1], method, bounds)
            except ConnectionDied:
                # a server may close a kept connection at any time (RFC 9112, 9.3.1)
                if wires[-1].received or not is_kept or method not in IDEMPOTENT:
                    raise
            except BaseException:
                connection.close()
                raise
            else:
                self._pool.keep(route, connection)
                return reader
            connection = await self._pool.open(route, look)

    def _route(self, request: Request) -> Route:
        bind = request.meta.get("bindaddress") or self._bind_address
        proxy = request.meta.get("proxy")
        return Route(
            Place.of(request.url),
            Place.of(proxy) if proxy else None,
            request.headers.get("Proxy-Authorization") if proxy else None,
            bind[0] if isinstance(bind, tuple) else bind,
        )

    def end(self) -> None:
        """Cut the exchanges in progress and start no more."""
        self._has_ended = True
        for limit in self._under_way:
            if not limit.expired():
                limit.reschedule(0)

    async def close(self) -> None:
        """Close all connections."""
        self._pool.close()

    def _count(self, name: str, count: int = 1) -> None:
        assert self.crawler.stats is not None
        self.crawler.stats.inc_value(f"baotinh/{name}", count)


def _response(url: str, reader: ResponseReader, flags: list[str]) -> Response:
    assert reader.head is not None and reader.head.status is not None
    fields: dict[bytes, list[bytes]] = {}
    for name, value in reader.head.fields:
        fields.setdefault(name.title(), []).append(value)
    headers, body = Headers(fields), reader.body()
    made = responsetypes.from_args(headers=headers, url=url, body=body)
    return made(
        url=url, status=reader.head.status, headers=headers, body=body, flags=flags,
        protocol=(reader.head.version or b"").decode("ascii"),
    )  # fmt: skip


def _truncation(error: Exception) -> str:
    # ISO 28500, 5.13
    if isinstance(error, DownloadTimeoutError):
        return "time"
    if isinstance(error, DownloadCancelledError):
        return "length"
    return "unspecified" if isinstance(error.__cause__, BadMessage) else "disconnect"
