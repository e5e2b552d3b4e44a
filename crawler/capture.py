"""The download handler that hands the exact bytes of every exchange to the session; parses none of them."""

from __future__ import annotations

import asyncio
import re
from typing import cast

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import CannotResolveHostError, DownloadCancelledError, DownloadTimeoutError, IgnoreRequest
from scrapy.http import Response
from scrapy.utils._download_handlers import wrap_twisted_exceptions
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.defer import Deferred
from twisted.web.client import Agent, HTTPConnectionPool

from archive.errors import TapBroken
from archive.session import session_of
from archive.warc.http import parse_message
from archive.warc.record import Exchange, Original
from crawler import path
from crawler.bounds import refusals
from crawler.canary import prove_tap
from crawler.extract import open_page, outlinks
from crawler.loopback import Loopback
from crawler.private import PrivateAddress, PublicReactor, check_host
from crawler.wire import RequestPool, Wire, WireBounds, tap

try:
    from scrapy.core.downloader.handlers.http11 import _ScrapyAgent
except ImportError as error:
    raise TapBroken(str(error)) from error

# What a spider finds in response.meta, and what it may put into request.meta.
RECORD_ID, CAPTURED_AT = "record_id", "captured_at"
NOT_MODIFIED = "not_modified"

# A password is none of a reader's business; that it was left out is said in the metadata record.
_PROXY_AUTHORIZATION = re.compile(rb"^proxy-authorization:[^\n]*\n(?:[ \t][^\n]*\n)*", re.IGNORECASE | re.MULTILINE)


class CrawlEnds(IgnoreRequest):
    """The crawl was told to end and its time for that is over; the address stays due."""


class _Agent(_ScrapyAgent):
    loopback: Loopback | None = None
    gate: PublicReactor | None = None

    def _get_agent(self, request: Request, timeout: float) -> Agent:
        agent = super()._get_agent(request, timeout)
        if self.loopback is not None:
            agent._endpointFactory = self.loopback.endpoints(agent._endpointFactory)
        elif self.gate is not None:
            agent._endpointFactory._reactor = self.gate
        return agent


class CaptureDownloadHandler(HTTP11DownloadHandler):
    """Downloads over HTTP/1.1 and gives every exchange to the session before the response goes on.

    A response is held back until the session's queue has room for it, so that no page and no picture outruns the
    disk. `response.meta` then bears `record_id` and `captured_at`; `request.meta["not_modified"]` may name the
    capture (an `Original`) that a 304 would confirm. Nothing is fetched before the canary has sung.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        settings = crawler.settings
        self._session = session_of(crawler)
        self._loopback = Loopback.from_setting(settings.get("BAOTINH_LOOPBACK"))
        self._public_only = self._loopback is None and not settings.getbool("BAOTINH_PRIVATE_ADDRESSES")
        self._with_outlinks = settings.getbool("BAOTINH_OUTLINKS")
        self._keeps_cookies = settings.getbool("COOKIES_ENABLED")
        head = settings.getint("BAOTINH_HEAD_BYTES")
        tap(self._pool, WireBounds(head=head, whole=head + 2 * self._default_maxsize))
        self._proof: asyncio.Task[None] | None = None
        self._under_way: set[Deferred[Response]] = set()
        self._has_ended = False

    async def download_request(self, request: Request) -> Response:
        """Fetch and archive; raises what Scrapy's own handler raises, after archiving what had arrived.

        Raises:
            TapBroken: the canary died; the crawl is being ended.
            PrivateAddress: the address is not on the public network.
            CrawlEnds: it is too late to begin.
        """
        if self._proof is None:
            self._proof = asyncio.ensure_future(self._prove())
        if not self._proof.done() or self._proof.exception():
            await asyncio.shield(self._proof)
        if self._has_ended:
            raise CrawlEnds(f"{request.url}: the crawl ends")
        wires: list[Wire] = []
        try:
            response = await self._fetch_public(request, wires) if self._public_only else await self._fetch(
                request, wires, self._loopback
            )  # fmt: skip
        except Exception as error:
            await self._keep(request, wires, truncated="time" if self._has_ended else _truncation(error))
            if self._has_ended:
                raise CrawlEnds(f"{request.url}: the crawl ends") from error
            raise
        await self._keep(request, wires, truncated="disconnect" if "dataloss" in response.flags else None)
        for name, count in refusals(response).items():
            if name != "cookies not kept" or not self._keeps_cookies:
                self._count(name, count)
        return response

    async def _prove(self) -> None:
        from twisted.internet import reactor

        try:
            await prove_tap(self._fetch, reactor)
        except TapBroken as error:
            self._session.fail(error)
            raise

    async def _fetch_public(self, request: Request, wires: list[Wire]) -> Response:
        from twisted.internet import reactor

        try:
            check_host(request.url)
            # what a proxy resolves is out of our sight, and the proxy itself is the operator's choice
            gate = None if request.meta.get("proxy") else PublicReactor(reactor)
            try:
                return await self._fetch(request, wires, gate=gate)
            except CannotResolveHostError as error:
                if gate is not None and gate.refused is not None:
                    raise PrivateAddress(request.url, gate.refused) from error
                raise
        except PrivateAddress:
            self._count("private addresses refused")
            raise

    async def _fetch(
        self,
        request: Request,
        wires: list[Wire],
        loopback: Loopback | None = None,
        gate: PublicReactor | None = None,
    ) -> Response:
        agent = _Agent(
            contextFactory=self._contextFactory,
            bindAddress=self._bind_address,
            pool=cast("HTTPConnectionPool", RequestPool(self._pool, wires)),
            maxsize=self._default_maxsize,
            warnsize=self._default_warnsize,
            fail_on_dataloss=self._fail_on_dataloss,
            crawler=self._crawler,
            tls_verbose_logging=self._tls_verbose_logging,
        )
        agent.loopback, agent.gate = loopback, gate
        with wrap_twisted_exceptions():
            deferred = agent.download_request(request)
            self._under_way.add(deferred)
            try:
                return await maybe_deferred_to_future(deferred)
            finally:
                self._under_way.discard(deferred)

    def end(self) -> None:
        """Cut what is under way and begin nothing more."""
        self._has_ended = True
        for deferred in list(self._under_way):
            deferred.cancel()

    async def _keep(self, request: Request, wires: list[Wire], truncated: str | None) -> None:
        for wire in wires:
            is_last = wire is wires[-1]
            if any(wire.received):
                await self._keep_wire(request, wire, wire.truncated or (truncated if is_last else "disconnect"))

    async def _keep_wire(self, request: Request, wire: Wire, truncated: str | None) -> None:
        original: Original | None = request.meta.get(NOT_MODIFIED)
        sent, left_out = _without_proxy_authorization(b"".join(wire.sent))
        response = b"".join(wire.received)
        metadata = (*path.fields(request.meta), ("fetchTimeMs", str(round(1000 * (wire.ended - wire.began)))))
        if self._with_outlinks:
            metadata += await asyncio.to_thread(_outlinks, response, request.url)
        if truncated:
            self._count(f"truncated: {truncated}")
        if wire.is_head_cut:
            self._count("header bombs")
        exchange = Exchange(
            record_id=self._session.new_id(),
            url=request.url.partition("#")[0],
            began_at=wire.began_at,
            request=sent,
            response=response,
            ip_address=None if request.meta.get("proxy") else wire.ip_address,
            protocols=wire.protocols,
            cipher_suite=wire.cipher_suite,
            truncated=truncated,
            not_modified=original,
            metadata=metadata + left_out,
        )
        admitted = self._session.admit(exchange.size)
        if not admitted.done():
            await asyncio.wrap_future(admitted)
        self._session.write(exchange)
        request.meta[RECORD_ID], request.meta[CAPTURED_AT] = exchange.record_id, exchange.began_at

    def _count(self, name: str, count: int = 1) -> None:
        assert self._crawler.stats is not None
        self._crawler.stats.inc_value(f"baotinh/{name}", count)


def _truncation(error: Exception) -> str:
    # ISO 28500, 5.13
    if isinstance(error, DownloadTimeoutError):
        return "time"
    if isinstance(error, DownloadCancelledError):
        return "length"
    return "disconnect"


def _without_proxy_authorization(sent: bytes) -> tuple[bytes, tuple[tuple[str, str], ...]]:
    head, end, body = sent.partition(b"\r\n\r\n")
    kept = _PROXY_AUTHORIZATION.sub(b"", head + b"\r\n")
    if len(kept) == len(head) + 2:
        return sent, ()
    return kept + b"\r\n" + body if end else kept, (("request-field-left-out", "Proxy-Authorization"),)


def _outlinks(response: bytes, url: str) -> tuple[tuple[str, str], ...]:
    message = parse_message(response)
    if message is None or message.mime not in ("text/html", "application/xhtml+xml"):
        return ()
    found = outlinks(open_page(message.content(), url, dict(message.fields)))
    return tuple(("outlink", f"{link} {hop} {place}") for link, hop, place in found)
