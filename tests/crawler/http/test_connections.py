"""Connections under servers and proxies that misbehave: none leaks, none hangs, none answers for another."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
import threading
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from scrapy.settings import Settings
from support.raw_server import certificate

from archive.warc.http import ResponseReader
from crawler.http.connections import Pool, TunnelRefused, tls_context
from crawler.http.resolver import Address, look_up
from crawler.http.routes import Place, Route
from crawler.http.wire import ConnectionDied, TooLong, Wire, WireBounds

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


async def get(pool: Pool, route: Route, sent: bytes = ASKED, method: bytes = b"GET") -> tuple[ResponseReader, Wire]:
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
    asyncio.run(asyncio.wait_for(coroutine, 180))


def open_sockets() -> int:
    return len([*Path("/proc/self/fd").iterdir()])


async def few_sockets(most: int) -> None:
    """Wait until no more are open: the other ends of those that were closed are closed a little later."""
    while open_sockets() > most:
        await asyncio.sleep(0.01)


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
        await few_sockets(before + 2 * 2)  # the kept ones, and their other ends

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
        await few_sockets(before + 2 * 40)
        # the last of them is still there
        route = Route(Place("http", "h199", port))
        kept = await pool.take(route, here)
        assert kept.exchanges == 1
        pool.keep(route, kept)
        # and none stays for ever, whether its host is asked again or not
        monkeypatch.setattr("crawler.http.connections._IDLE_SECONDS", 0)
        assert (await pool.take(Route(Place("http", "another", port)), here)).exchanges == 0
        await few_sockets(before + 2)

    in_time(many())


def test_what_ended_while_idle_is_not_taken() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(OK)
        await writer.drain()
        await is_answered.wait()
        is_answered.clear()
        spoken.append(1)
        if len(spoken) % 2:
            writer.write(OK)  # as if it had been asked
            await writer.drain()
            has_spoken.set()
            await reader.read()
        else:
            writer.close()
            await writer.wait_closed()
            has_spoken.set()

    spoken: list[int] = []
    is_answered, has_spoken = asyncio.Event(), asyncio.Event()

    async def several() -> None:
        port, pool = await serve(talk), a_pool()
        for _ in range(4):
            reader, wire = await get(pool, Route(Place("http", "h", port)))
            assert reader.body() == b"ok" and bytes(wire.received) == OK
            is_answered.set()
            await has_spoken.wait()
            has_spoken.clear()

    in_time(several())


@pytest.mark.parametrize("late", [b"a body where none may be", b""])
def test_what_came_while_the_loop_was_busy_answers_no_request(late: bytes) -> None:
    """Here the loop has not seen it yet when the next request is to go; that one would not be sent again."""

    def talk() -> None:
        for _ in range(2):
            line, _ = listening.accept()
            line.recv(65536)
            line.sendall(b"HTTP/1.1 204 None\r\n\r\n")
            is_answered.acquire()
            if late:
                line.sendall(late)
            else:
                line.shutdown(socket.SHUT_RDWR)
            lines.append(line)
            is_late.release()

    lines: list[socket.socket] = []
    is_answered, is_late = threading.Semaphore(0), threading.Semaphore(0)

    async def twice() -> None:
        pool, route = a_pool(), Route(Place("http", "h", listening.getsockname()[1]))
        for _ in range(2):
            reader, _ = await get(pool, route, b"POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n", b"POST")
            assert reader.head is not None and reader.head.status == 204
            is_answered.release()
            assert is_late.acquire(timeout=120)  # the loop is busy with this

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=talk, daemon=True).start()
        in_time(twice())
    for line in lines:
        line.close()


def test_look_ups_that_hang_hinder_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    usual, ends = socket.getaddrinfo, threading.Event()

    def hang(host: str, *args: Any, **more: Any) -> Any:
        if host.startswith("dead"):
            ends.wait(170)
        return usual("127.0.0.1", *args, **more)

    async def several() -> None:
        monkeypatch.setattr("socket.getaddrinfo", hang)
        dead = [asyncio.ensure_future(look_up(f"dead{number}", 80)) for number in range(16)]
        await asyncio.sleep(0.1)
        try:
            assert await asyncio.wait_for(look_up("alive", 80), 120)
            assert await asyncio.wait_for(asyncio.to_thread(lambda: True), 120)
        finally:
            ends.set()
        await asyncio.gather(*dead)

    in_time(several())


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_body_ends_with_its_connection_but_not_with_a_reset(scheme: str, tmp_path: Path) -> None:
    """Over TLS many servers end without a word; that is taken, as browsers take it."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\n\r\nto the end")
        await writer.drain()
        await asyncio.sleep(0.05)
        line = writer.get_extra_info("socket")
        if b"/reset" in asked:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()
        else:
            line.shutdown(socket.SHUT_WR)
            await reader.read()

    async def both() -> None:
        port, pool = await serve(talk, certificate(tmp_path) if scheme == "https" else None), a_pool()
        route = Route(Place(scheme, "localhost", port))
        reader, _ = await get(pool, route)
        assert reader.body() == b"to the end" and reader.ends_with_connection
        with pytest.raises(ConnectionDied) as died:
            await get(pool, route, b"GET /reset HTTP/1.1\r\n\r\n")
        assert died.value.reader.body() == b"to the end"

    in_time(both())


def test_a_request_that_was_not_all_sent_ends_its_connection() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if (await reader.readuntil(b"\r\n\r\n")).startswith(b"POST"):
            writer.write(b"HTTP/1.1 413 Too Much\r\nContent-Length: 2\r\n\r\nno")
            await asyncio.sleep(60)
        writer.write(OK)

    async def both() -> None:
        port, pool = await serve(talk), a_pool()
        route, body = Route(Place("http", "h", port)), b"a" * 30_000_000
        reader, _ = await get(pool, route, b"POST / HTTP/1.1\r\nContent-Length: 30000000\r\n\r\n" + body, b"POST")
        assert reader.head is not None and reader.head.status == 413
        assert (await get(pool, route))[0].body() == b"ok"

    in_time(both())


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("version", ["TLSv1", "TLSv1_1", "TLSv1_2", "TLSv1_3"])
def test_old_tls_is_spoken_and_named(version: str, tmp_path: Path) -> None:
    context = certificate(tmp_path)
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.maximum_version = ssl.TLSVersion[version]

    async def once() -> None:
        route = Route(Place("https", "127.0.0.1", await serve(answer_all, context)))
        _, wire = await get(a_pool(), route)
        named = {"TLSv1": "tls/1.0", "TLSv1_1": "tls/1.1", "TLSv1_2": "tls/1.2", "TLSv1_3": "tls/1.3"}
        assert wire.protocols == ("http/1.1", named[version]) and wire.cipher_suite

    in_time(once())


def test_a_line_end_too_many_is_no_answer() -> None:
    """Neither before the first answer nor after one, whenever it comes; it is kept as it came."""
    page = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            await reader.readuntil(b"\r\n\r\n")
            for piece in (b"\r", b"\n\r\n", b"\n" + page):
                writer.write(piece)
                await asyncio.sleep(0.02)

    async def twice() -> None:
        port, pool = await serve(talk), a_pool()
        for _ in range(2):
            reader, wire = await get(pool, Route(Place("http", "h", port)))
            assert reader.body() == b"ok" and bytes(wire.received) == b"\r\n\r\n\n" + page

    in_time(twice())


def test_bounds_of_one_exchange() -> None:
    async def at_the_bound() -> None:
        pool, route = a_pool(), Route(Place("http", "h", await serve(answer_all)))
        head = len(OK) - 2
        for bounds in (WireBounds(head=head, body=2), None):
            wire = Wire(sent=ASKED)
            connection = await pool.take(route, here)
            assert (await connection.send(wire, b"GET", bounds)).body() == b"ok"
            pool.keep(route, connection)
        for bounds, kept in ((WireBounds(head=head - 1, body=2), OK), (WireBounds(head=head, body=1), OK[:-1])):
            wire = Wire(sent=ASKED)
            with pytest.raises(TooLong):
                await (await pool.take(route, here)).send(wire, b"GET", bounds)
            assert bytes(wire.received) == kept and wire.truncated == "length"

    in_time(at_the_bound())
