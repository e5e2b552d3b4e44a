"""Refuses requests for other hosts, before anything of the archive is looked at."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from archive.language.choice import ReaderLanguage
from archive.web.api.values import Problem
from archive.web.pages import PlainJSON, load_templates

_MISDIRECTED = 421  # RFC 9110, 15.5.20
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; img-src data:; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class OwnHosts:
    """ASGI middleware that refuses requests for other hosts with 421, in the reader's language, below /api as JSON.

    A page of another site whose name is made to resolve to this machine (DNS rebinding) could read the archive as its
    own origin. Accepted are the names given, the address that a request came to, and this machine's name.
    """

    def __init__(self, app: ASGIApp, names: Iterable[str]) -> None:
        self.app = app
        self.names = frozenset(name.lower() for name in names)
        # no cookie: it would be one of the other host
        self.refusal = ReaderLanguage(_Refusal(), keeps_choice=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] == "http":
            named = {_name(value.decode("latin-1")) for field, value in scope["headers"] if field == b"host"}
            reached = (scope.get("server") or ("",))[0]
            if named - self.names - _names_of(reached):
                await self.refusal(scope, receive, send)
                return
        await self.app(scope, receive, send)


class _Refusal:
    """ASGI application that refuses every request."""

    def __init__(self) -> None:
        self._page = load_templates().get_template("other_host.html")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse the request."""
        await self._answer(str(scope["path"]))(scope, receive, send)

    def _answer(self, path: str) -> Response:
        if path.startswith("/api/"):
            problem = Problem(code="host", message="this server is not served under that host name")
            return PlainJSON(problem.model_dump(), _MISDIRECTED, _HEADERS)
        return HTMLResponse(self._page.render(), _MISDIRECTED, _HEADERS)


def is_loopback(host: str) -> bool:
    """Whether a host of an address is this machine for browsers, which trust it without https."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def host_name(origin: str) -> str:
    """The host of an origin such as https://archive.example.org."""
    return urlsplit(origin).hostname or ""


def _name(field: str) -> str:
    """The name in a Host header in lower case, without port, brackets and the root's dot; empty where it is none."""
    try:
        return (urlsplit(f"//{field.strip()}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def _names_of(address: str) -> frozenset[str]:
    """The host names that are accepted for a request to an address of this machine."""
    try:
        reached = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return frozenset()
    reached = getattr(reached, "ipv4_mapped", None) or reached
    if reached.is_loopback:
        return _LOOPBACK | {str(reached)}
    own = socket.gethostname().lower()
    return frozenset({str(reached), own, f"{own}.local"})
