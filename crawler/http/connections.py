"""Connections to servers: direct, through a proxy or in a tunnel; kept for the next request."""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import Callable

from aiohappyeyeballs import start_connection
from scrapy.settings import BaseSettings

from archive.warc.httphead import HeadFinder
from crawler.http.resolver import Look
from crawler.http.routes import Place, Route, request_octets
from crawler.http.wire import Connection, WireBounds

# RFC 8305, 5
_NEXT_FAMILY_AFTER = 0.25
# A server has probably closed a kept connection that was idle for so many seconds.
_IDLE_SECONDS = 60
# A crawl may lead to thousands of hosts; over TLS an idle connection holds a quarter of a megabyte.
_KEPT_IN_ALL = 32
_LONGEST_TUNNEL_HEAD = 64 * 1024


class TunnelRefused(ConnectionError):
    """The proxy opens no tunnel; the message holds its response."""


def tls_context(settings: BaseSettings) -> ssl.SSLContext:
    """TLS for the crawl.

    Certificates are verified only with DOWNLOAD_VERIFY_CERTIFICATES: those of abandoned newspapers have expired. Old
    protocols and ciphers are accepted too; WARC-Protocol and WARC-Cipher-Suite record which were used.
    """
    context = ssl.create_default_context()
    if not settings.getbool("DOWNLOAD_VERIFY_CERTIFICATES"):
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        ciphers = settings.get("DOWNLOADER_CLIENT_TLS_CIPHERS") or "DEFAULT"
        context.set_ciphers("DEFAULT:@SECLEVEL=0" if ciphers == "DEFAULT" else ciphers)
        context.options |= getattr(ssl, "OP_LEGACY_SERVER_CONNECT", 0x4)
    return context


class Pool:
    """Idle connections by route: at most `kept` of each, a few dozen in all, none for longer than a minute."""

    def __init__(self, tls: Callable[[], ssl.SSLContext], bounds: WireBounds, kept: int) -> None:
        self._tls, self._bounds, self._kept = tls, bounds, kept
        self._idle: dict[Route, list[Connection]] = {}
        self._routes: dict[Connection, Route] = {}  # the longest idle first

    async def take(self, route: Route, look: Look) -> Connection:
        """A connection for one exchange: a kept one, else a new one.

        Raises:
            OSError: none can be made.
        """
        self._end_old()
        while idle := self._idle.get(route):
            connection = idle[-1]
            self._forget(connection)
            if connection.is_usable:
                return connection
            connection.close()
        return await self.open(route, look)

    async def open(self, route: Route, look: Look) -> Connection:
        """A new connection.

        Raises:
            OSError: it cannot be made.
        """
        connection = Connection(self._bounds, self._forget)
        towards = route.proxy or route.place
        local = (socket.AF_INET6 if ":" in route.bind else socket.AF_INET, (route.bind, 0)) if route.bind else None
        made = await start_connection(
            await look(towards.host, towards.port),
            local_addr_infos=[(local[0], socket.SOCK_STREAM, 0, "", local[1])] if local else None,
            happy_eyeballs_delay=_NEXT_FAMILY_AFTER,
        )
        try:
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if route.is_tunnel:
                await self._tunnel(made, route, connection)
            else:
                await self._begin(made, connection, towards)
        except BaseException:
            made.close()
            raise
        return connection

    async def _begin(self, made: socket.socket, protocol: asyncio.BaseProtocol, towards: Place) -> asyncio.Transport:
        tls = towards.scheme == "https"
        transport, _ = await asyncio.get_running_loop().create_connection(
            lambda: protocol,
            sock=made,
            ssl=self._tls() if tls else None,
            server_hostname=_server_name(towards) if tls else None,
        )
        return transport

    async def _tunnel(self, made: socket.socket, route: Route, connection: Connection) -> None:
        assert route.proxy is not None
        proxy = _ProxyAnswer()
        transport = await self._begin(made, proxy, route.proxy)
        fields = [(b"Proxy-Authorization", route.authorization)] if route.authorization else []
        target = route.place.with_port
        try:
            transport.write(request_octets(b"CONNECT", target, target, fields, b""))
            await proxy.opened
            secured = await asyncio.get_running_loop().start_tls(
                transport, connection, self._tls(), server_hostname=_server_name(route.place)
            )
            if secured is None:
                raise TunnelRefused("the connection ended before TLS began")
        except BaseException:
            # closing its socket alone would leave the loop watching a descriptor that the next connection gets
            transport.abort()
            raise
        connection.connection_made(secured)

    def keep(self, route: Route, connection: Connection) -> None:
        """Return a connection after its exchange."""
        if not connection.is_usable or len(self._idle.get(route, ())) >= self._kept:
            connection.close()
            return
        connection.idle_since = time.monotonic()
        self._idle.setdefault(route, []).append(connection)
        self._routes[connection] = route
        self._end_old()

    def _end_old(self) -> None:
        while self._routes:
            oldest = next(iter(self._routes))
            if len(self._routes) <= _KEPT_IN_ALL and time.monotonic() - oldest.idle_since < _IDLE_SECONDS:
                return
            self._forget(oldest)
            oldest.close()

    def _forget(self, connection: Connection) -> None:
        route = self._routes.pop(connection, None)
        if route is None:
            return
        idle = self._idle[route]
        idle.remove(connection)
        if not idle:
            del self._idle[route]

    def close(self) -> None:
        """Close all idle connections."""
        for connection in self._routes:
            connection.close()
        self._routes.clear()
        self._idle.clear()


def _server_name(place: Place) -> str:
    return place.host.rstrip(".")  # RFC 6066, 3: without a trailing dot


class _ProxyAnswer(asyncio.Protocol):
    """Waits for a proxy's response to CONNECT."""

    def __init__(self) -> None:
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._received = bytearray()
        self._finder = HeadFinder(self._received)

    def data_received(self, data: bytes) -> None:
        self._received += data
        head = self._finder.find()
        if self.opened.done() or (head is None and len(self._received) < _LONGEST_TUNNEL_HEAD):
            return
        if head is None or head.status is None or not 200 <= head.status < 300:
            found = bytes(self._received[:200])
            self.opened.set_exception(TunnelRefused(f"the proxy answered {found!r} to CONNECT"))
        elif len(self._received) > head.body_start:
            self.opened.set_exception(TunnelRefused("the proxy sent bytes in place of the server"))
        else:
            self.opened.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.opened.done():
            self.opened.set_exception(TunnelRefused(f"the proxy ended the connection: {exc or 'without a response'}"))
