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
# A look-up may hang for half a minute and cannot be cancelled: the loop's few threads must not wait for it.
_LOOK_UPS = ThreadPoolExecutor(32, "look-up")
# (family, type, protocol, canonical name, address), as socket.getaddrinfo gives them
Address = tuple[int, int, int, str, Any]
# Resolves a host and port to the addresses to connect to; may raise an error that forbids the connection.
Look = Callable[[str, int], Awaitable[list[Address]]]


async def look_up(host: str, port: int) -> list[Address]:
    """All addresses of a host, from the system's resolver."""
    find = functools.partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
    return [*await asyncio.get_running_loop().run_in_executor(_LOOK_UPS, find)]


class PrivateAddress(IgnoreRequest):
    """The address leads to this machine, or into a private network."""

    def __init__(self, url: str, found: str) -> None:
        self.url, self.found = url, found
        super().__init__(f"{url} leads to {found}, which is not on the public network")


def is_public(address: str) -> bool:
    """Whether an IP address is globally reachable (IANA's special-purpose registries; RFC 6890).

    For an IPv6 address with an embedded IPv4 address, whether that is.
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
    """Refuse an address with a private IP address in it: a proxy would connect to it.

    Raises:
        PrivateAddress: it has one.
    """
    host = (urlsplit(url).hostname or "").rstrip(".")
    if host == "localhost" or host.endswith(".localhost"):
        raise PrivateAddress(url, host)
    try:
        public = is_public(_number(host))
    except ValueError:  # a host name
        return
    if not public:
        raise PrivateAddress(url, host)


def _number(host: str) -> str:
    # 127.1 and 0x7f000001 are addresses too, for inet_aton
    try:
        return socket.inet_ntoa(socket.inet_aton(host)) if host[:1].isdecimal() else host
    except OSError:
        return host


async def look_up_public(host: str, port: int) -> list[Address]:
    """The public addresses of a host.

    The connection is made to an address that was checked here: a name may resolve to another one a moment later.

    Raises:
        PrivateAddress: it has only private ones.
    """
    found = await look_up(host, port)
    public = [address for address in found if is_public(address[4][0])]
    if found and not public:
        raise PrivateAddress(host, found[-1][4][0])
    return public


@attrs.frozen
class Loopback:
    """The address and port of this machine that all hosts under .test lead to."""

    host: str
    port: int

    @classmethod
    def from_setting(cls, value: str | None) -> Loopback | None:
        """Read `127.0.0.1:8063`; None where nothing is set.

        Raises:
            BadLoopback: it is not an address of this machine with a port.
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
        """The address of a host under .test.

        Raises:
            CannotResolveHostError: it is not under .test.
        """
        if not host.endswith(SUFFIX):
            raise CannotResolveHostError(f"{host} is not under {SUFFIX}: a loopback crawl never leaves this machine")
        return [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (self.host, self.port))]
