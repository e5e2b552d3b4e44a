"""Follows redirects and meta refreshes, without circles and without the first address's conditional headers."""

from __future__ import annotations

from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http import HtmlResponse, Response

from archive.errors import PageUnreadable
from archive.urls import led_to, without_fragment
from crawler.extract.links import refresh_in
from crawler.reading.pool import readers_of
from crawler.request_meta import NOT_MODIFIED
from crawler.responses import header_of, kind_of
from crawler.scrapy_internals import Redirecting, Refreshing

# RFC 9110, 15.4
_REDIRECTS = (301, 302, 303, 307, 308)
# bytes of a page that are searched for a meta element
_START = 4096


class LeadsToItself(IgnoreRequest):
    """Redirects lead back to an address that they came from."""


class Redirects(Redirecting):
    """Scrapy's redirects, with Location read like a link: Scrapy takes `\\` for a letter."""

    def process_response(  # type: ignore[override]
        self, request: Request, response: Response
    ) -> Request | Response:
        """The response, or the request for the target of its redirect.

        Raises:
            LeadsToItself: it was requested on the way.
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
    """Scrapy's meta refresh, read only from pages whose start contains one, and the Refresh field, which comes first.

    Not followed: a refresh after METAREFRESH_MAXDELAY or longer, as the page is shown until then; a refresh to the
    page's own address, which reloads it; a refresh on a page with another status than 200.
    """

    async def process_response(  # type: ignore[override]
        self, request: Request, response: Response
    ) -> Request | Response:
        """The response, or the request that its meta element asks for; the response where the page cannot be read.

        Raises:
            LeadsToItself: it was requested on the way.
        """
        # in UTF-16 each letter has a zero byte beside it
        start = response.body[:_START]
        if response.status != 200 or not isinstance(response, HtmlResponse):
            return response
        if field := refresh_in(header_of(response, "Refresh") or ""):
            return self._led(request, response, field[0], led_to(response.url, field[1]))
        if b"\0" not in start and b"refresh" not in start.lower():
            return response
        try:
            found = await readers_of(self.crawler).refresh(
                response.body, response.url, kind_of(response), self.ignored_tags
            )
        except PageUnreadable:
            return response
        return self._led(request, response, *found) if found else response

    def _led(self, request: Request, response: Response, wait: int, target: str | None) -> Request | Response:
        if target is None or wait >= self.longest_wait or target == without_fragment(request.url):
            return response
        return _onward(self.follow(request, response, target))


def _onward(answer: Request | Response) -> Request | Response:
    if isinstance(answer, Response):
        return answer
    if answer.url in answer.meta["redirect_urls"]:
        raise LeadsToItself("leads to itself")
    # a 304 would be of this page, and be kept as one of the page whose capture is held
    return unconditional(answer)


def unconditional(request: Request) -> Request:
    """The request without conditional headers, so that the response is complete."""
    for field in ("If-None-Match", "If-Modified-Since"):
        request.headers.pop(field, None)
    NOT_MODIFIED.drop(request.meta)
    return request
