"""Gives the exact bytes of each exchange to the session, which writes them to a WARC file."""

from __future__ import annotations

import asyncio
import logging

from scrapy import Request
from scrapy.crawler import Crawler

from archive.errors import PageUnreadable
from archive.ingest.session import session_of
from archive.media_types import PAGES
from archive.warc.exchange import Exchange
from archive.warc.http import parse_message
from crawler import request_meta
from crawler.http.routes import without_proxy_authorization
from crawler.http.wire import Wire
from crawler.reading.pool import readers_of
from crawler.request_meta import CAPTURED_AT, NOT_MODIFIED, RECORD_ID

logger = logging.getLogger(__name__)


class ExchangeArchive:
    """Gives exchanges to the session; waits while the session's queue is full."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler, self._session = crawler, session_of(crawler)
        self._with_outlinks = crawler.settings.getbool("BAOTINH_OUTLINKS")

    async def keep(self, request: Request, wires: list[Wire], truncated: str | None) -> None:
        """Give what was received for a request to the session.

        Args:
            wires: the exchanges that were tried for it; the last may have succeeded.
            truncated: why the last one's response ends early, as a value of WARC-Truncated.
        """
        for wire in wires:
            is_last = wire is wires[-1]
            if wire.received:
                why = wire.truncated or (truncated if is_last else "disconnect")
                await self._keep(request, wire, None if wire.is_whole else why)

    async def _keep(self, request: Request, wire: Wire, truncated: str | None) -> None:
        original = NOT_MODIFIED.get(request.meta)
        sent, left_out = without_proxy_authorization(wire.sent)
        response = bytes(wire.received)
        metadata = (*request_meta.fields(request.meta), ("fetchTimeMs", str(round(1000 * (wire.ended - wire.began)))))
        if wire.lacks_close_notify:
            metadata += (("tls-close", "close without notify"),)
        if self._with_outlinks:
            metadata += await self._outlinks(response, request.url)
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
        RECORD_ID.put(request.meta, exchange.record_id)
        CAPTURED_AT.put(request.meta, exchange.began_at)

    async def _outlinks(self, response: bytes, url: str) -> tuple[tuple[str, str], ...]:
        """The page's links as fields of its metadata record; none if the page cannot be read."""
        page = await asyncio.to_thread(_page_in, response)
        if page is None:
            return ()
        body, headers = page
        try:
            found = await readers_of(self._crawler).outlinks(body, url.partition("#")[0], headers)
        except PageUnreadable as error:
            logger.warning("%s", error)
            return ()
        return tuple(("outlink", f"{link} {hop} {place}") for link, hop, place in found)

    def _count(self, name: str) -> None:
        assert self._crawler.stats is not None
        self._crawler.stats.inc_value(f"baotinh/{name}")


def _page_in(response: bytes) -> tuple[bytes, dict[str, str]] | None:
    """The body and the Content-Type of the page in a response; None where there is none."""
    message = parse_message(response)
    if message is None or message.mime not in PAGES:
        return None
    kind = {name: value for name, value in message.fields if name.lower() == "content-type"}
    return message.content(), dict(list(kind.items())[:1])
