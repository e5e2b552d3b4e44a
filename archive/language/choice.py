"""Which language a reader gets: the one chosen before, else the first that the browser accepts, else Vietnamese."""

from __future__ import annotations

import re
from contextvars import ContextVar
from urllib.parse import quote, unquote_plus

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from archive.language.catalogue import LANGUAGES, Language, current

COOKIE = PARAMETER = "lang"
YEAR = 365 * 24 * 3600
_LONGEST_FIELD = 4096
_MOST_RANGES = 50
_WEIGHT = re.compile(r"[qQ][ \t]*=[ \t]*(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)")
_KEPT = "%/:~!$&'()*+,;=@?"
# The API's parameters and the CDX server's are their own, and the address of a capture ends with the captured address
_OWN_QUERIES = ("/api/", "/web/", "/cdx")
# What has messages for readers
_IN_LANGUAGE = ("text/html", "application/json", "text/plain")

_address: ContextVar[str] = ContextVar("address", default="/")


def accepted(field: str) -> Language | None:
    """The language of the pages that an Accept-Language field (RFC 9110, 12.5.4) prefers; None if it accepts none.

    Of equal weights the first counts. Ranges that are malformed are ignored.
    """
    weights: dict[str, float] = {}
    for part in field[:_LONGEST_FIELD].split(",")[:_MOST_RANGES]:
        named, _, parameter = part.partition(";")
        weight = _weight(parameter.strip())
        name = named.strip().lower().partition("-")[0]
        if weight is not None and name in (*LANGUAGES, "*"):
            weights[name] = max(weight, weights.get(name, 0.0))
    order = [*weights, *LANGUAGES]
    ranked = sorted(LANGUAGES, key=lambda one: (-weights.get(one, weights.get("*", 0.0)), order.index(one)))
    return ranked[0] if weights.get(ranked[0], weights.get("*", 0.0)) > 0 else None


def _weight(parameter: str) -> float | None:
    if not parameter:
        return 1.0
    found = _WEIGHT.fullmatch(parameter)
    return float(found[1]) if found else None


def known(name: str | None) -> Language | None:
    """The language of that name; None if the pages do not have it."""
    return next((one for one in LANGUAGES if one == name), None)


def switch_address(language: Language) -> str:
    """The address of the page that is being made, in another language."""
    address = _address.get()
    return f"{address}{'&' if '?' in address else '?'}{PARAMETER}={language}"


class ReaderLanguage:
    """ASGI middleware that chooses the language of each response, and says in its headers on what that depends.

    A `lang` parameter comes first. With `keeps_choice` it is kept in a cookie, and the reader is sent on to the address
    without it; that cookie comes second. Without it no cookie is set or read.
    """

    def __init__(self, app: ASGIApp, *, keeps_choice: bool) -> None:
        self.app = app
        self.keeps_choice = keeps_choice
        self.vary = "Accept-Language, Cookie" if keeps_choice else "Accept-Language"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Choose the language, and pass the request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        query, named = _without_choice(scope.get("query_string", b"").decode("latin-1"))
        chosen = known(named)
        address = _own_path(scope) + (f"?{query}" if query else "")
        if chosen and self.keeps_choice and scope["method"] in {"GET", "HEAD"} and not _has_own_query(scope):
            await self._sent_on(address, chosen)(scope, receive, send)
            return
        kept = known(_cookie(headers)) if self.keeps_choice else None
        # not reset: each request has a context of its own, and the page for an error that nothing caught needs it
        current.set(chosen or kept or accepted(",".join(headers.getlist("accept-language"))) or "vi")
        _address.set(address)

        async def send_with_language(message: Message) -> None:
            if message["type"] == "http.response.start":
                declare_language(MutableHeaders(scope=message), self.vary)
            await send(message)

        await self.app(scope, receive, send_with_language)

    def _sent_on(self, address: str, chosen: Language) -> Response:
        answer = Response(status_code=303, headers={"Location": address, "Vary": self.vary})
        answer.set_cookie(COOKIE, chosen, max_age=YEAR, path="/", samesite="lax", httponly=True)
        return answer


def declare_language(headers: MutableHeaders, vary: str) -> None:
    """Add Content-Language and Vary to the headers of a response that has messages."""
    kind = headers.get("content-type", "").partition(";")[0]
    if kind in _IN_LANGUAGE:
        headers.add_vary_header(vary)
    if kind == "text/html":
        headers["Content-Language"] = current.get()


def _has_own_query(scope: Scope) -> bool:
    return str(scope["path"]).startswith(_OWN_QUERIES)


def _own_path(scope: Scope) -> str:
    # one slash at the beginning: //host would lead to another site
    raw = scope.get("raw_path") or quote(scope["path"]).encode()
    return "/" + quote(raw.decode("latin-1").partition("?")[0], _KEPT).lstrip("/")


def _without_choice(query: str) -> tuple[str, str | None]:
    """A query without its `lang` parameters, and the last of them."""
    named, others = None, []
    for part in query.split("&"):
        name, _, value = part.partition("=")
        if unquote_plus(name) == PARAMETER:
            named = unquote_plus(value)
        elif part:
            others.append(quote(part, _KEPT))
    return "&".join(others), named


def _cookie(headers: Headers) -> str | None:
    for part in headers.get("cookie", "")[:_LONGEST_FIELD].split(";"):
        name, _, value = part.partition("=")
        if name.strip() == COOKIE:
            return value.strip()
    return None
