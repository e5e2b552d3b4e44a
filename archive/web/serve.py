"""Serves the site and the replay from one process, for requests to its own hosts only; updates the search index."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import signal
import socket
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import attrs
import uvicorn
from starlette.types import ASGIApp

from archive.collection import Collection
from archive.errors import AddressUnusable, BaotinhError, PortTaken
from archive.replay.app import replay_app
from archive.search.index import follow
from archive.web.app import site_app
from archive.web.own_hosts import OwnHosts, host_name

FOLLOW_EVERY = 5.0  # seconds
LINGER = 5  # seconds for responses in progress when the service ends


@attrs.frozen
class Serving:
    """A running service: its two origins, their ports, and a function that stops it from any thread."""

    site: str
    replay: str
    ports: tuple[int, int]
    stop: Callable[[], None]


class _Server(uvicorn.Server):
    """A server without signal handlers: `serve` stops both servers together."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def serve(
    collection: Collection,
    host: str,
    port: int,
    replay_port: int | None,
    viewer: Path,
    ready: Callable[[Serving], None] = lambda serving: None,
    *,
    site_origin: str | None = None,
    replay_origin: str | None = None,
) -> None:
    """Serve until SIGINT, SIGTERM or `Serving.stop`; `ready` is called once both ports listen.

    Args:
        port, replay_port: 0 takes a free one; without a replay port it is the next after `port`.
        viewer: folder that holds the viewer's ui.js and sw.js.
        site_origin, replay_origin: how browsers reach the two ports behind a proxy. Replaying needs https or a
            loopback address.

    Raises:
        PortTaken: another program listens there.
        AddressUnusable: the system refuses the address or port.
        ViewerMissing: the viewer is not installed.
    """
    with contextlib.ExitStack() as held:
        site_socket = held.enter_context(contextlib.closing(_listen(host, port)))
        taken = site_socket.getsockname()[1]
        wanted = replay_port if replay_port is not None else (taken + 1 if port else 0)
        replay_socket = held.enter_context(contextlib.closing(_listen(host, wanted, "--replay-port")))
        site = site_origin or _origin(host, taken)
        replay_port = replay_socket.getsockname()[1]
        replay = replay_origin or _origin(host, replay_port)
        shown = site_app(collection, replay, public_origin=site_origin, viewer=viewer)
        servers = [
            _server(OwnHosts(shown, (host, host_name(site))), site_socket),
            _server(OwnHosts(replay_app(collection, viewer, site), (host, host_name(replay))), replay_socket),
        ]
        asyncio.run(_run(servers, collection, Serving(site, replay, (taken, replay_port), _stopper(servers)), ready))


def _listen(host: str, port: int, option: str = "--port") -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # by the protocol asyncio knows that it may send small answers at once (TCP_NODELAY), not 40 ms later
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(128)
    except (OSError, OverflowError) as error:
        listening.close()
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            raise PortTaken(host, port, option) from error
        reason = "no such port" if isinstance(error, OverflowError) else error.strerror or str(error)
        raise AddressUnusable(host, port, reason) from error
    return listening


def check_free(host: str, port: int) -> None:
    """Check that the ports can be listened on, before long work that needs them.

    Raises:
        PortTaken, AddressUnusable: for `port`, or for the next one, which is the replay's.
    """
    for wanted in (port, port + 1):
        _listen(host, wanted).close()


def _origin(host: str, port: int) -> str:
    # A server that listens on all addresses is reachable on loopback
    reached = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)
    return f"http://[{reached}]:{port}" if ":" in reached else f"http://{reached}:{port}"


def _server(app: ASGIApp, listening: socket.socket) -> tuple[_Server, socket.socket]:
    config = uvicorn.Config(
        app, log_config=None, log_level="warning", access_log=False, server_header=False,
        timeout_graceful_shutdown=LINGER,
    )  # fmt: skip
    return _Server(config), listening


def _stopper(servers: list[tuple[_Server, socket.socket]]) -> Callable[[], None]:
    def stop() -> None:
        for server, _ in servers:
            server.should_exit = True

    return stop


async def _run(
    servers: list[tuple[_Server, socket.socket]],
    collection: Collection,
    serving: Serving,
    ready: Callable[[Serving], None],
) -> None:
    loop = asyncio.get_running_loop()
    # Only the main thread can handle signals; in another thread the caller stops the service
    with contextlib.suppress(ValueError, RuntimeError, NotImplementedError):
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, serving.stop)
    ended = threading.Event()
    follower = threading.Thread(target=_follow, args=(collection, ended), daemon=True)
    follower.start()
    tasks = [asyncio.create_task(server.serve(sockets=[listening])) for server, listening in servers]
    try:
        while not all(server.started for server, _ in servers) and not any(task.done() for task in tasks):
            await asyncio.sleep(0.01)
        ready(serving)
        await asyncio.gather(*tasks)
    finally:
        serving.stop()
        ended.set()


def _follow(collection: Collection, ended: threading.Event) -> None:
    """Update the index every FOLLOW_EVERY seconds; errors are ignored and tried again."""
    while True:
        with contextlib.suppress(BaotinhError, sqlite3.Error, OSError, ValueError):
            follow(collection)
        if ended.wait(FOLLOW_EVERY):
            return
