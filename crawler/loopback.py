"""Crawls of this machine alone: hosts under .test lead to one port of it, all others nowhere."""

from __future__ import annotations

from typing import Any

import attrs
from scrapy.exceptions import CannotResolveHostError
from twisted.internet.endpoints import TCP4ClientEndpoint, wrapClientTLS
from twisted.web.client import URI
from twisted.web.iweb import IAgentEndpointFactory
from zope.interface import implementer

from archive.errors import BadLoopback

SUFFIX = ".test"


@attrs.frozen
class Loopback:
    """Where the hosts under .test live: an address and port of this machine."""

    host: str
    port: int

    @classmethod
    def from_setting(cls, value: str | None) -> Loopback | None:
        """Read `127.0.0.1:8063`; None where nothing is set.

        Raises:
            BadLoopback: it is no address of this machine with a port.
        """
        if not value:
            return None
        host, _, port = value.rpartition(":")
        if not host.startswith("127.") or not port.isdecimal() or not 0 < int(port) < 65536:
            raise BadLoopback(value)
        return cls(host, int(port))

    def origin(self, newspaper: str) -> str:
        """The origin under which a newspaper is crawled there."""
        return f"http://{newspaper}{SUFFIX}"

    def endpoints(self, usual: Any) -> _LoopbackEndpoints:
        """An endpoint factory for an agent of Twisted's, in place of its usual one."""
        return _LoopbackEndpoints(
            self, usual._reactor, usual._policyForHTTPS, usual._connectTimeout, usual._bindAddress
        )


@implementer(IAgentEndpointFactory)
@attrs.define(eq=False)
class _LoopbackEndpoints:
    _loopback: Loopback
    _reactor: Any
    _policy: Any
    _connectTimeout: float  # noqa: N815 - Scrapy's agents read these names
    _bindAddress: Any  # noqa: N815

    def endpointForURI(self, uri: URI) -> Any:  # noqa: N802 - Twisted's name
        host = uri.host.decode()
        if not host.endswith(SUFFIX):
            raise CannotResolveHostError(f"{host} is not under {SUFFIX}: a loopback crawl leaves this machine never")
        plain: Any = TCP4ClientEndpoint(
            self._reactor, self._loopback.host, self._loopback.port, timeout=self._connectTimeout or 30
        )
        if uri.scheme != b"https":
            return plain
        return wrapClientTLS(self._policy.creatorForNetloc(uri.host, uri.port), plain)
