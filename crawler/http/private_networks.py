"""Keeping a crawl of the network away from this machine and the networks behind it; connects to nothing."""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import urlsplit

from scrapy.exceptions import IgnoreRequest

from crawler.http.connections import Address, look_up

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
# RFC 4291, 2.5.5.1
_COMPATIBLE = ipaddress.ip_network("::/96")


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
        if inner is None and (found in _NAT64 or found in _COMPATIBLE):
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            found = inner
    return found.is_global and not found.is_multicast and not getattr(found, "is_site_local", False)


def check_host(url: str) -> None:
    """Refuse an address that is itself a private one. A proxy would look it up out of our sight.

    Raises:
        PrivateAddress: it is.
    """
    host = (urlsplit(url).hostname or "").rstrip(".")
    if host == "localhost" or host.endswith(".localhost"):
        raise PrivateAddress(url, host)
    try:
        public = is_public(_number(host))
    except ValueError:  # a name
        return
    if not public:
        raise PrivateAddress(url, host)


def _number(host: str) -> str:
    # 127.1 and 0x7f000001 are addresses too, wherever inet_aton is asked
    try:
        return socket.inet_ntoa(socket.inet_aton(host)) if host[:1].isdecimal() else host
    except OSError:
        return host


async def look_up_public(host: str, port: int) -> list[Address]:
    """The public addresses of a host.

    What is connected to is what was looked at here, so that a name which changes its address in between gains nothing.

    Raises:
        PrivateAddress: it has no other than private ones.
    """
    found = await look_up(host, port)
    public = [address for address in found if is_public(address[4][0])]
    if found and not public:
        raise PrivateAddress(host, found[-1][4][0])
    return public
