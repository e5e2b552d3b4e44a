"""Refuses requests whose Host header is not a name of this service, against DNS rebinding."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_REFUSED = (
    "Máy chủ này không phục vụ tên miền đó.\n"
    "This service does not answer for that host name. Where a proxy stands before it, or it is reached by a name, "
    "start it with --site-origin and --replay-origin.\n"
)


class OwnHosts:
    """ASGI middleware that refuses requests for other hosts with 421 (RFC 9110, 15.5.20).

    A page of another site whose name is made to resolve to this machine (DNS rebinding) could read the archive as its
    own origin. Accepted are the names given, the address that a request came to, and this machine's name.
    """

    def __init__(self, app: ASGIApp, names: Iterable[str]) -> None:
        self.app = app
        self.names = frozenset(name.lower() for name in names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] == "http":
            named = {_name(value.decode("latin-1")) for field, value in scope["headers"] if field == b"host"}
            reached = (scope.get("server") or ("",))[0]
            if named - self.names - _names_of(reached):
                await PlainTextResponse(_REFUSED, 421, {"X-Content-Type-Options": "nosniff"})(scope, receive, send)
                return
        await self.app(scope, receive, send)


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
