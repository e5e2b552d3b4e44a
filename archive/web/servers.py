"""The site's server and the replay's in one process; run as a module, they are those of a worker process of `serve`.

A worker is started by `archive.web.supervisor` with both listening sockets and one end of a connection. It ends when it
is sent anything there, on SIGTERM, and when the other end is closed, as when the process that started it was killed.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from archive.replay.app import replay_app
from archive.web.app import site_app
from archive.web.own_hosts import OwnHosts, host_name
from archive.web.service import BACKLOG, LINGER, Service


class _Listening(socket.socket):
    """A socket that keeps its queue, whatever length is asked for.

    asyncio accepts as many connections at once as the queue is long: one process would take all that come together.
    """

    def listen(self, backlog: int = BACKLOG, /) -> None:
        """Listen with a queue of `BACKLOG`."""
        super().listen(BACKLOG)


class _Server(uvicorn.Server):
    """A server without signal handlers: both servers of a process stop together."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Servers:
    """Both servers of a process, on sockets that listen; the site's is the first.

    Raises:
        ViewerMissing: the viewer is not installed.
    """

    def __init__(self, service: Service, site_socket: socket.socket, replay_socket: socket.socket) -> None:
        shown = site_app(
            service.collection, service.replay, public_origin=service.public_origin, viewer=service.viewer,
            shared=service.shared,
        )  # fmt: skip
        replayed = replay_app(service.collection, service.viewer, service.site, service.shared)
        self._servers = [
            _server(OwnHosts(shown, (service.host, host_name(service.site)))),
            _server(OwnHosts(replayed, (service.host, host_name(service.replay)))),
        ]
        self._sockets = [
            _Listening(one.family, one.type, socket.IPPROTO_TCP, one.detach()) for one in (site_socket, replay_socket)
        ]

    def stop(self) -> None:
        """End both servers soon; from any thread, at any time."""
        for server in self._servers:
            server.should_exit = True

    async def run(self, ready: Callable[[], None]) -> None:
        """Serve until SIGINT, SIGTERM or `stop`; `ready` is called once both accept connections."""
        loop = asyncio.get_running_loop()
        # Only the main thread can handle signals; in another thread the caller stops the service
        with contextlib.suppress(ValueError, RuntimeError, NotImplementedError):
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.add_signal_handler(number, self.stop)
        pairs = zip(self._servers, self._sockets, strict=True)
        tasks = [asyncio.create_task(server.serve(sockets=[listening])) for server, listening in pairs]
        try:
            while not all(server.started for server in self._servers) and not any(task.done() for task in tasks):
                await asyncio.sleep(0.01)
            ready()
            await asyncio.gather(*tasks)
        finally:
            self.stop()


def _server(app: ASGIApp) -> _Server:
    config = uvicorn.Config(
        app, log_config=None, log_level="warning", access_log=False, server_header=False, backlog=1,
        timeout_graceful_shutdown=LINGER,
    )  # fmt: skip
    return _Server(config)


def _serve(connection: Connection, descriptors: list[int]) -> Path | None:
    """Serve as a worker until it is to end; the folder that all workers share."""
    service: Service = connection.recv()
    servers = Servers(service, *(socket.socket(fileno=one) for one in descriptors))

    async def run() -> None:
        loop = asyncio.get_running_loop()

        def end() -> None:
            loop.remove_reader(connection.fileno())
            servers.stop()

        loop.add_reader(connection.fileno(), end)
        with contextlib.suppress(ConnectionError):
            await servers.run(lambda: connection.send(None))

    asyncio.run(run())
    return service.shared


def main() -> None:
    """Serve as a worker: CONNECTION SITE REPLAY, three file descriptors."""
    number, *descriptors = (int(argument) for argument in sys.argv[1:])
    connection = Connection(number)
    with contextlib.suppress(EOFError, ConnectionError):
        shared = _serve(connection, descriptors)
        try:
            if connection.poll():
                connection.recv()
        except (EOFError, ConnectionError):  # the process that would remove the folder was killed
            shutil.rmtree(shared or "", ignore_errors=True)


if __name__ == "__main__":
    main()
