"""Connections under servers and proxies that misbehave: none leaks, none hangs, none answers for another."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from raw_server import certificate
from scrapy.settings import Settings

from crawler.connecting import Address, Place, Pool, Route, TunnelRefused, look_up, tls_context
from crawler.http11 import AnswerReader
from crawler.wire import Wire, WireBounds

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
ASKED = b"GET / HTTP/1.1\r\nHost: papers.test\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
BOUNDS = WireBounds(head=100_000, body=10_000_000)


async def here(_host: str, port: int) -> list[Address]:
    return [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", ("127.0.0.1", port))]


def a_pool(kept: int = 2) -> Pool:
    context = tls_context(Settings())
    return Pool(lambda: context, BOUNDS, kept)


async def serve(talk: Talk, tls: ssl.SSLContext | None = None) -> int:
    async def until_the_end(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await talk(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(until_the_end, "127.0.0.1", 0, ssl=tls)
    port: int = server.sockets[0].getsockname()[1]
    return port


async def answer_all(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while True:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(OK)


async def get(pool: Pool, route: Route, sent: bytes = ASKED, method: bytes = b"GET") -> tuple[AnswerReader, Wire]:
    connection = await pool.take(route, here)
    wire = Wire(sent=sent)
    try:
        reader = await connection.send(wire, method)
    except BaseException:
        connection.close()
        raise
    pool.keep(route, connection)
    return reader, wire


def in_time(coroutine: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(coroutine, 20))


def open_sockets() -> int:
    return len([*Path("/proc/self/fd").iterdir()])


@pytest.mark.parametrize(
    "answer", [b"HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n", b"HTTP/1.0 503 No\n\n", b"SSH-2.0-x\r\n\r\n", b""]
)
def test_a_refused_tunnel_leaves_nothing_behind(answer: bytes) -> None:
    """Its socket's number is given to the next connection, which must be none of its business."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if (await reader.readuntil(b"\r\n\r\n")).startswith(b"CONNECT"):
            writer.write(answer)
            if answer:
                await reader.read()
        else:
            writer.write(OK)
            await answer_all(reader, writer)

    async def many() -> None:
        port, pool = await serve(talk), a_pool()
        before = open_sockets()
        for number in range(10):
            with pytest.raises(TunnelRefused):
                await pool.open(Route(Place("https", f"a{number}", 443), Place("http", "127.0.0.1", port)), here)
            assert (await get(pool, Route(Place("http", f"b{number % 2}", port))))[0].body() == b"ok"
        await asyncio.sleep(0.1)
        assert open_sockets() <= before + 2 * 2  # the kept ones, and their other ends

    in_time(many())


def test_a_proxy_may_end_its_lines_with_line_feeds_and_speak_tls(tmp_path: Path) -> None:
    tls = certificate(tmp_path)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.0 200 Come in\n\n")
        await writer.start_tls(tls)
        await answer_all(reader, writer)

    async def both() -> None:
        pool = a_pool()
        for scheme, context in (("http", None), ("https", tls)):
            route = Route(Place("https", "papers.test", 443), Place(scheme, "localhost", await serve(talk, context)))
            for _ in range(2):
                assert (await get(pool, route))[0].body() == b"ok"

    in_time(both())


def test_many_hosts_leave_few_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    async def many() -> None:
        port, pool = await serve(answer_all), a_pool()
        before = open_sockets()
        for number in range(200):
            await get(pool, Route(Place("http", f"h{number}", port)))
        await asyncio.sleep(0.1)
        assert open_sockets() <= before + 2 * 40
        # the last of them is still there
        route = Route(Place("http", "h199", port))
        kept = await pool.take(route, here)
        assert kept.exchanges == 1
        pool.keep(route, kept)
        # and none stays for ever, whether its host is asked again or not
        monkeypatch.setattr("crawler.connecting._IDLE_SECONDS", 0)
        assert (await pool.take(Route(Place("http", "another", port)), here)).exchanges == 0
        await asyncio.sleep(0.1)
        assert open_sockets() <= before + 2

    in_time(many())


def test_what_ended_while_idle_is_not_taken() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(OK)
        await writer.drain()
        await asyncio.sleep(0.05)
        if len(spoken) % 2:
            writer.write(OK)  # as if it had been asked
            await reader.read()
        spoken.append(1)

    spoken: list[int] = []

    async def several() -> None:
        port, pool = await serve(talk), a_pool()
        for _ in range(4):
            reader, wire = await get(pool, Route(Place("http", "h", port)))
            assert reader.body() == b"ok" and bytes(wire.received) == OK
            await asyncio.sleep(0.1)

    in_time(several())


def test_look_ups_that_hang_hinder_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    usual, ends = socket.getaddrinfo, threading.Event()

    def hang(host: str, *args: Any, **more: Any) -> Any:
        if host.startswith("dead"):
            ends.wait(10)
        return usual("127.0.0.1", *args, **more)

    async def several() -> None:
        monkeypatch.setattr("socket.getaddrinfo", hang)
        dead = [asyncio.ensure_future(look_up(f"dead{number}", 80)) for number in range(16)]
        await asyncio.sleep(0.1)
        try:
            assert await asyncio.wait_for(look_up("alive", 80), 2)
            assert await asyncio.wait_for(asyncio.to_thread(lambda: True), 2)
        finally:
            ends.set()
        await asyncio.gather(*dead)

    in_time(several())
