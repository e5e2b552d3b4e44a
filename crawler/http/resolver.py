"""Where the hosts of a crawl are: on the public network, or all of them on one port of this machine."""

from __future__ import annotations

import asyncio
import functools
import ipaddress
import socket
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import attrs
from scrapy.exceptions import CannotResolveHostError, IgnoreRequest

from archive.errors import BadLoopback

SUFFIX = ".test"
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
# RFC 4291, 2.5.5.1
_COMPATIBLE = ipaddress.ip_network("::/96")
# A look-up may hang for half a minute, and cannot be ended: others, and the loop's few threads, do not wait for it.
_LOOK_UPS = ThreadPoolExecutor(32, "look-up")
# (family, type, protocol, canonical name, address), as socket.getaddrinfo gives them
Address = tuple[int, int, int, str, Any]
# Where a host is: what it gives is connected to. May raise what says that it shall not be.
Look = Callable[[str, int], Awaitable[list[Address]]]


async def look_up(host: str, port: int) -> list[Address]:
    """All addresses of a host, as the system knows them."""
    find = functools.partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
    return [*await asyncio.get_running_loop().run_in_executor(_LOOK_UPS, find)]


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

    async def look_up(self, host: str, _port: int) -> list[Address]:
        """Where a host is in such a crawl.

        Raises:
            CannotResolveHostError: it is not under .test.
        """
        if not host.endswith(SUFFIX):
            raise CannotResolveHostError(f"{host} is not under {SUFFIX}: a loopback crawl leaves this machine never")
        return [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (self.host, self.port))]
