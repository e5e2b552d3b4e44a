"""Following redirects, in no circle and with no word of another page's capture; says nothing of where they may lead."""

from __future__ import annotations

from scrapy import Request
from scrapy.downloadermiddlewares.redirect import MetaRefreshMiddleware, RedirectMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from crawler.frontier import unconditional


class LeadsToItself(IgnoreRequest):
    """Redirects lead back to an address that they came from, and would do so for ever."""


class Redirects(RedirectMiddleware):
    """Scrapy's redirects."""

    def process_response(  # type: ignore[override]
        self, request: Request, response: Response
    ) -> Request | Response:
        """The response, or the request for what it leads to.

        Raises:
            LeadsToItself: that was asked for on the way.
        """
        return _onward(super().process_response(request, response))


class RareMetaRefresh(MetaRefreshMiddleware):
    """Scrapy's meta refresh, asked only where the page could hold one."""

    def process_response(  # type: ignore[override]
        self, request: Request, response: Response
    ) -> Request | Response:
        """The response, or the request that its meta element asks for.

        Raises:
            LeadsToItself: that was asked for on the way.
        """
        # so far Scrapy looks; a page in UTF-16 has a zero beside every letter
        start = response.body[:4096]
        if b"\0" not in start and b"refresh" not in start.lower():
            return response
        return _onward(super().process_response(request, response))


def _onward(answer: Request | Response) -> Request | Response:
    if isinstance(answer, Response):
        return answer
    if answer.url in answer.meta["redirect_urls"]:
        raise LeadsToItself("leads to itself")
    # "not modified" would be said of this page, and kept as if it were said of the one that is held
    return unconditional(answer)
