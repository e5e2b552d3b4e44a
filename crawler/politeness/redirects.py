"""Following redirects, in no circle and with no word of another page's capture; says nothing of where they may lead."""

from __future__ import annotations

from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http import HtmlResponse, Response

from archive.errors import PageUnreadable
from archive.urls import led_to, without_fragment
from crawler.reading.pool import readers_of
from crawler.request_meta import NOT_MODIFIED
from crawler.responses import header_of, kind_of
from crawler.scrapy_internals import Redirecting, Refreshing

# RFC 9110, 15.4
_REDIRECTS = (301, 302, 303, 307, 308)
# so much of a page is searched for a meta element
_START = 4096


class LeadsToItself(IgnoreRequest):
    """Redirects lead back to an address that they came from, and would do so for ever."""


class Redirects(Redirecting):
    """Scrapy's redirects; a Location is read as a link is, where Scrapy takes `\\` for a letter."""

    def process_response(  # type: ignore[override]
        self, request: Request, response: Response
    ) -> Request | Response:
        """The response, or the request for what it leads to.

        Raises:
            LeadsToItself: that was asked for on the way.
        """
        wanted = request.meta.get("handle_httpstatus_list", ())
        location = header_of(response, "Location")
        if response.status not in _REDIRECTS or response.status in wanted or not location:
            return response
        leads_to = led_to(request.url, location)
        if leads_to is None:
            return response
        return _onward(self.follow(request, response, leads_to))


class RareMetaRefresh(Refreshing):
    """Scrapy's meta refresh, asked only where the page could hold one that counts as a redirect.

    What waits METAREFRESH_MAXDELAY or longer shows a page until then; what leads to its own address reloads a page; and
    what came with another status than 200 is what its status says.
    """

    async def process_response(  # type: ignore[override]
        self, request: Request, response: Response
    ) -> Request | Response:
        """The response, or the request that its meta element asks for; the response where the page cannot be read.

        Raises:
            LeadsToItself: that was asked for on the way.
        """
        # a page in UTF-16 has a zero beside every letter
        start = response.body[:_START]
        if response.status != 200 or not isinstance(response, HtmlResponse):
            return response
        if b"\0" not in start and b"refresh" not in start.lower():
            return response
        try:
            found = await readers_of(self.crawler).refresh(
                response.body, response.url, kind_of(response), self.ignored_tags
            )
        except PageUnreadable:
            return response
        if found is None or found[0] >= self.longest_wait or found[1] == without_fragment(request.url):
            return response
        return _onward(self.follow(request, response, found[1]))


def _onward(answer: Request | Response) -> Request | Response:
    if isinstance(answer, Response):
        return answer
    if answer.url in answer.meta["redirect_urls"]:
        raise LeadsToItself("leads to itself")
    # "not modified" would be said of this page, and kept as if it were said of the one that is held
    return unconditional(answer)


def unconditional(request: Request) -> Request:
    """The request, to be answered in full also where nothing was changed."""
    for field in ("If-None-Match", "If-Modified-Since"):
        request.headers.pop(field, None)
    NOT_MODIFIED.drop(request.meta)
    return request
