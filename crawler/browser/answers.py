"""Answers the requests of one page: by the crawl's own client, from what the run has captured, or not at all."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from crawler.browser.admission import DOCUMENT, PICTURE, Admission, Asked
from crawler.browser.held import Answer, HeldAnswers
from crawler.browser.outcome import Refusal
from crawler.http.gate import Deferred
from crawler.politeness.robots import Forbidden
from crawler.request_meta import Path, meta_of

if TYPE_CHECKING:
    from playwright.async_api import Route

Fetch = Callable[[Request], Awaitable[Response]]

# Those of the connection, which the client speaks for itself; of the browser's own person; cookies, which would make
# the archive that of one reader; and conditions, which would leave the answer without a body.
_NOT_SENT = frozenset((
    "host", "connection", "content-length", "accept-encoding", "user-agent", "cookie", "dnt", "te",
    "upgrade-insecure-requests", "pragma", "cache-control", "if-none-match", "if-modified-since", "if-match",
    "if-unmodified-since", "range",
))  # fmt: skip
# The body is whole and decoded; what else is left out would change how later requests are made.
_NOT_GIVEN = frozenset((
    "content-length", "content-encoding", "transfer-encoding", "connection", "keep-alive", "trailer", "set-cookie",
    "strict-transport-security", "alt-svc", "refresh", "report-to", "nel", "clear-site-data",
))  # fmt: skip
# In the place of pictures that are not fetched for the browser: an img element that fails would be given another
# address by its page. 1 x 1, transparent.
_BLANK = Answer(
    status=200,
    fields={"content-type": "image/gif"},
    body=b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\x00\x00\x00!\xf9\x04\x01\x00\x00\x00\x00,"
    b"\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x01D\x00;",
)


class Answers:
    """Answers the requests of one page.

    `in_flight`: how many requests wait for their answers. `refused`: those that were not made, by reason and host.
    `deferred`: the error of one that this run does not make, so that the page lacks something. `lacked`: the
    first address on the newspaper's hosts that failed. `styles`: the stylesheets that were fetched, by address.

    Args:
        document: the response to the page's own request, which is not made a second time.
        path: leads to what the page asks for.
    """

    def __init__(self, document: Response, path: Path, fetch: Fetch, admission: Admission, held: HeldAnswers) -> None:
        self._document, self._path, self._fetch = document, path, fetch
        self._admission, self._held = admission, held
        self._is_shown = False
        self._requests = self._octets = 0
        self.in_flight = 0
        self.refused: Counter[tuple[Refusal, str]] = Counter()
        self.deferred: Deferred | None = None
        self.lacked: str | None = None
        self.styles: dict[str, bytes] = {}

    def renew(self) -> None:
        """Count requests and bytes anew, for what a list loads more."""
        self._requests = self._octets = 0

    async def answer(self, route: Route) -> None:
        """Answer a request; one of a page that was closed meanwhile is dropped."""
        self.in_flight += 1
        try:
            asked = _asked(route)
            if asked.is_page and not self._is_shown:
                self._is_shown = True
                answer: Answer | Refusal = given(self._document)
            else:
                answer = await self._answer(asked, dict(route.request.headers))
        finally:
            self.in_flight -= 1
        with contextlib.suppress(Exception):  # the page was closed, or the browser ended
            if answer is Refusal.NAVIGATION:
                await route.fulfill(status=204)  # otherwise an error would be shown in the place of the page
            elif isinstance(answer, Refusal):
                await route.abort("blockedbyclient")
            else:
                await route.fulfill(status=answer.status, headers=answer.fields, body=answer.body)

    async def _answer(self, asked: Asked, fields: dict[str, str]) -> Answer | Refusal:
        if (held := self._held.get(asked)) is not None:
            return held
        refusal = self._admission.refusal(asked)
        if asked.kind == PICTURE and (refusal is not None or not self._admission.bounds.with_pictures):
            return _BLANK
        bounds = self._admission.bounds
        if refusal is None and self._requests >= bounds.requests:
            refusal = Refusal.TOO_MANY
        if refusal is None and self._octets >= bounds.octets:
            refusal = Refusal.TOO_MUCH
        if refusal is not None:
            return self._refuse(asked, refusal)
        async with self._held.turn(asked):
            if (held := self._held.get(asked)) is not None:
                return held
            self._requests += 1
            return await self._ask(asked, fields)

    async def _ask(self, asked: Asked, fields: dict[str, str]) -> Answer | Refusal:
        try:
            response = await self._fetch(self._request(asked, fields))
        except Deferred as error:
            if asked.kind != PICTURE:
                self.deferred = error
            return Refusal.KIND
        except Forbidden:
            return self._refuse(asked, Refusal.ROBOTS)
        except Exception:  # no answer, which the browser is told
            self._lack(asked)
            return Refusal.KIND
        if response.status >= 500:
            self._lack(asked)
        self._octets += len(response.body)
        answer = given(response)
        self._held.put(asked, answer)
        if asked.kind == "stylesheet" and response.status == 200:
            self.styles[asked.url] = response.body
        return answer

    def _lack(self, asked: Asked) -> None:
        if asked.kind != PICTURE and self.lacked is None and self._admission.is_own(asked.url):
            self.lacked = asked.url

    def _request(self, asked: Asked, fields: dict[str, str]) -> Request:
        sent = {name: value for name, value in fields.items() if name not in _NOT_SENT and not name.startswith("sec-")}
        meta = {"max_retry_times": 1, **meta_of("requisite", self._path)}
        return Request(
            asked.url, callback=NO_CALLBACK, method=asked.method, headers=sent, body=asked.sent or b"", meta=meta
        )

    def _refuse(self, asked: Asked, refusal: Refusal) -> Refusal:
        self.refused[refusal, urlsplit(asked.url).hostname or ""] += 1
        return refusal


def given(response: Response) -> Answer:
    """A response as it is given to the browser: its body is decoded."""
    fields: dict[str, str] = {}
    for name, values in response.headers.items():
        plain = name.decode("latin-1").lower()
        if plain not in _NOT_GIVEN:
            fields[plain] = ", ".join(value.decode("latin-1") for value in values)
    return Answer(status=response.status, fields=fields, body=response.body)


def _asked(route: Route) -> Asked:
    request = route.request
    try:
        is_page = request.is_navigation_request() and request.frame.parent_frame is None
    except Exception:  # a frame that is not there yet, as of a window that the page opens
        is_page = request.is_navigation_request()
    return Asked(
        kind=DOCUMENT if request.is_navigation_request() else request.resource_type, method=request.method,
        url=request.url.partition("#")[0], sent=request.post_data_buffer, is_page=is_page,
    )  # fmt: skip
