"""Keeping a crawl of the network away from this machine and the networks behind it; looks up no name itself."""

from __future__ import annotations

import ipaddress
from typing import Any
from urllib.parse import urlsplit

import attrs
from scrapy.exceptions import IgnoreRequest
from twisted.internet.interfaces import IHostnameResolver, IResolutionReceiver
from zope.interface import directlyProvides, implementer, providedBy

_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class PrivateAddress(IgnoreRequest):
    """The address leads to this machine, or into a network that is not the public one."""

    def __init__(self, url: str, found: str) -> None:
        self.url, self.found = url, found
        super().__init__(f"{url} leads to {found}, which is not on the public network")


def is_public(address: str) -> bool:
    """Whether an IP address is reachable for everybody (IANA's special-purpose registries; RFC 6890).

    An IPv6 address that carries an IPv4 one is judged by that.
    """
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour
        if inner is None and found in _NAT64:
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            found = inner
    return found.is_global and not found.is_multicast


def check_host(url: str) -> None:
    """Refuse an address that is itself a private one. A proxy would look it up out of our sight.

    Raises:
        PrivateAddress: it is.
    """
    host = (urlsplit(url).hostname or "").rstrip(".")
    if host == "localhost" or host.endswith(".localhost"):
        raise PrivateAddress(url, host)
    try:
        public = is_public(host)
    except ValueError:  # a name
        return
    if not public:
        raise PrivateAddress(url, host)


@attrs.define(eq=False, slots=False)  # what it provides is written onto it
class PublicReactor:
    """The reactor as the endpoints of one request see it: names resolve to public addresses only.

    `refused`: the last address that was withheld. Filtering what is connected to, not what a look-up before would say,
    leaves a name that changes its address in between no chance.
    """

    _reactor: Any
    refused: str | None = None

    def __attrs_post_init__(self) -> None:
        directlyProvides(self, providedBy(self._reactor))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reactor, name)

    @property
    def nameResolver(self) -> Any:  # noqa: N802 - Twisted's name
        """The resolver that the endpoints ask."""
        return _PublicResolver(self, self._reactor.nameResolver)


@implementer(IHostnameResolver)
@attrs.frozen(eq=False)
class _PublicResolver:
    _gate: PublicReactor
    _resolver: Any

    def resolveHostName(self, receiver: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N802 - Twisted's name
        return self._resolver.resolveHostName(_PublicReceiver(self._gate, receiver), *args, **kwargs)


@implementer(IResolutionReceiver)
@attrs.frozen(eq=False)
class _PublicReceiver:
    _gate: PublicReactor
    _receiver: Any

    def resolutionBegan(self, resolution: Any) -> None:  # noqa: N802 - Twisted's name
        self._receiver.resolutionBegan(resolution)

    def addressResolved(self, address: Any) -> None:  # noqa: N802 - Twisted's name
        if is_public(address.host):
            self._receiver.addressResolved(address)
        else:
            self._gate.refused = address.host

    def resolutionComplete(self) -> None:  # noqa: N802 - Twisted's name
        self._receiver.resolutionComplete()
