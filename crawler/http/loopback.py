"""Crawls of this machine alone: hosts under .test lead to one port of it, all others nowhere."""

from __future__ import annotations

import socket

import attrs
from scrapy.exceptions import CannotResolveHostError

from archive.errors import BadLoopback
from crawler.http.connections import Address

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

    async def look_up(self, host: str, _port: int) -> list[Address]:
        """Where a host is in such a crawl.

        Raises:
            CannotResolveHostError: it is not under .test.
        """
        if not host.endswith(SUFFIX):
            raise CannotResolveHostError(f"{host} is not under {SUFFIX}: a loopback crawl leaves this machine never")
        return [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (self.host, self.port))]
