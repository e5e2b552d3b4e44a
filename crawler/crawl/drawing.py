"""Pages that scripts draw: opened in the browser, kept as they were drawn, and given back to be read."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Collection
from typing import Any, Protocol

from scrapy import Request
from scrapy.http import HtmlResponse, Response, TextResponse

from archive.ingest.session import Session
from archive.urls import DOM, DOM_TYPE, VIEW
from archive.warc.exchange import Resource
from crawler.browser.admission import Admission
from crawler.browser.answers import Answers
from crawler.browser.chromium import Chromium
from crawler.browser.held import HeldAnswers
from crawler.browser.installed import require_browser
from crawler.browser.outcome import BrowserBounds
from crawler.browser.page import drawn_page
from crawler.crawl.report import CrawlReport
from crawler.crawl.requisites.downloads import RequisiteCrawl
from crawler.crawl.requisites.requisites import Requisites
from crawler.http.gate import Deferred
from crawler.request_meta import CAPTURED_AT, DOM_ID, EMBEDDED, LACKED, RECORD_ID, behind
from crawler.responses import counted

# Whether a list that was drawn is to load more, after it was read.
WantsMore = Callable[[Response], Awaitable[bool]]


class DrawingCrawl(RequisiteCrawl, Protocol):
    """What drawing pages uses of the spider in whose crawl they are drawn."""

    report: CrawlReport


class Drawing:
    """Draws the pages of one crawl; the browser begins with the first.

    What a page's scripts fetch is fetched by the crawl's own client, with its robots.txt, delays and budgets. The DOM
    becomes a resource record beside the response. The requests that were not made are counted by the spider's report.
    """

    def __init__(self, spider: DrawingCrawl, session: Session, requisites: Requisites) -> None:
        self._spider, self._session, self._requisites = spider, session, requisites
        self._settings = spider.crawler.settings
        self._bounds = BrowserBounds.from_settings(self._settings)
        self._held = HeldAnswers()
        self._chromium: Chromium | None = None

    async def drawn(
        self, response: Response, hosts: Collection[str], button: str | None = None, wants_more: WantsMore | None = None
    ) -> Response:
        """The response with the page as its scripts drew it; itself where it is no page, or holds what was drawn.

        Args:
            hosts: the newspaper's own, and those that its declaration names for the browser.
            button: the element that loads more of a list.
            wants_more: asked with the list as it was drawn whether it shall load more, until nothing more comes.

        Raises:
            NotDrawn: the browser, or the page in it, failed.
            Deferred: something that the page needs is not requested now.
            Exception: what `wants_more` raises.
        """
        is_page = response.status == 200 and isinstance(response, TextResponse)
        if not is_page or DOM_ID.get(response.meta) is not None or self._session.imported is not None:
            return response
        path = behind(response, EMBEDDED)
        answers = Answers(response, path, self._fetch, Admission(hosts, self._bounds), self._held)
        try:
            async with drawn_page(self._begun(), response.url, answers) as page:
                drawn = _with_dom(response, await page.dom())
                while wants_more is not None and await wants_more(drawn) and await page.more(button):
                    counted(self._spider, "loaded more")
                    drawn = _with_dom(response, await page.dom())
                picture = await page.screenshot() if self._bounds.with_pictures else None
        finally:
            for (reason, host), count in answers.refused.items():
                self._spider.report.refused(reason.value, host, count)
        if answers.deferred is not None:
            raise answers.deferred
        counted(self._spider, "drawn")
        await self._keep(drawn, picture)
        if answers.lacked is not None:
            LACKED.put(drawn.meta, answers.lacked)
        with contextlib.suppress(Deferred):
            for url, style in answers.styles.items():
                await self._requisites.fetch_named(style, url, path)
        return drawn

    async def _keep(self, drawn: Response, picture: bytes | None) -> None:
        """Write the DOM, and the screenshot where there is one; done when they and all before them are durable."""
        dom_id = self._session.new_id()
        kept = [self._resource(drawn, dom_id, DOM, DOM_TYPE, drawn.body)]
        if picture is not None:
            kept.append(self._resource(drawn, self._session.new_id(), VIEW, "image/png", picture))
        for resource in kept:
            admitted = self._session.admit(resource.size)
            if not admitted.done():
                await asyncio.wrap_future(admitted)
        await asyncio.gather(*(asyncio.wrap_future(self._session.write(resource)) for resource in kept))
        DOM_ID.put(drawn.meta, dom_id)

    @staticmethod
    def _resource(drawn: Response, record_id: str, kind: str, mime: str, block: bytes) -> Resource:
        return Resource(
            record_id=record_id, url=kind + drawn.url, began_at=CAPTURED_AT.of(drawn.meta), mime=mime, block=block,
            concurrent_to=RECORD_ID.of(drawn.meta),
        )  # fmt: skip

    async def _fetch(self, request: Request) -> Response:
        assert self._spider.crawler.engine is not None
        return await self._spider.crawler.engine.download_async(request)

    def _begun(self) -> Chromium:
        if self._chromium is None:
            path = require_browser(self._session.run.newspaper, self._settings["BAOTINH_BROWSER"])
            self._chromium = Chromium(path, self._bounds)
        return self._chromium

    async def close(self, **_: Any) -> None:
        """End the browser."""
        if self._chromium is not None:
            await self._chromium.close()


def _with_dom(response: Response, dom: bytes) -> Response:
    headers = response.headers.copy()
    headers["Content-Type"] = DOM_TYPE
    return HtmlResponse(
        response.url, status=response.status, headers=headers, body=dom, encoding="utf-8", request=response.request
    )
