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
    """Scrapy's meta refresh, asked only where the page could hold one that counts as a redirect.

    What waits METAREFRESH_MAXDELAY or longer shows a page until then; what leads to its own address reloads a page; and
    what came with another status than 200 is what its status says.
    """

    def process_response(  # type: ignore[override]
        self, request: Request, response: Response
    ) -> Request | Response:
        """The response, or the request that its meta element asks for.

        Raises:
            LeadsToItself: that was asked for on the way.
        """
        if response.status != 200:
            return response
        # so far Scrapy looks; a page in UTF-16 has a zero beside every letter
        start = response.body[:4096]
        if b"\0" not in start and b"refresh" not in start.lower():
            return response
        answer = super().process_response(request, response)
        if isinstance(answer, Request) and answer.url.partition("#")[0] == request.url.partition("#")[0]:
            return response
        return _onward(answer)


def _onward(answer: Request | Response) -> Request | Response:
    if isinstance(answer, Response):
        return answer
    if answer.url in answer.meta["redirect_urls"]:
        raise LeadsToItself("leads to itself")
    # "not modified" would be said of this page, and kept as if it were said of the one that is held
    return unconditional(answer)
