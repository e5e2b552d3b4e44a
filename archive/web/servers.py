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
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from archive.replay.app import replay_app
from archive.web.app import site_app
from archive.web.own_hosts import OwnHosts, host_name
from archive.web.service import LINGER, Service, Tls

_PAUSE_S, _LONGEST_PAUSE_S = 0.002, 0.01
"""After accepting a connection, for each that is open."""
_RETRY_S = 1.0
_HANDSHAKE_S = 10.0


class _Server(uvicorn.Server):
    """A server without signal handlers: both servers of a process stop together."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class _SharingServer(_Server):
    """A server on a socket on which those of other processes listen as well.

    After each connection it leaves the next one to a process that has fewer. asyncio's own way is to accept all that
    wait, so that one process would get all of a browser's connections.
    """

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to accept connections."""
        await super().startup([])
        self._greeting = set[asyncio.Future[Any]]()
        self._accepting = [asyncio.create_task(self._accept(one)) for one in sockets or ()]

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Accept no further connections, and let requests under way end."""
        for task in self._accepting:
            task.cancel()
        await asyncio.gather(*self._accepting, return_exceptions=True)
        await super().shutdown(sockets)

    async def _accept(self, listening: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        listening.setblocking(False)
        try:
            while True:
                try:
                    accepted, _ = await loop.sock_accept(listening)
                    await self._greet(loop, accepted)
                except ConnectionError:  # the client is gone
                    continue
                except OSError:  # no file descriptors are left
                    await asyncio.sleep(_RETRY_S)
                await asyncio.sleep(min(len(self.server_state.connections) * _PAUSE_S, _LONGEST_PAUSE_S))
        finally:
            self.should_exit = True  # a process that accepts nothing is to be replaced

    async def _greet(self, loop: asyncio.AbstractEventLoop, accepted: socket.socket) -> None:
        if self.config.ssl is None:
            await loop.connect_accepted_socket(self._protocol, accepted)
            return
        # who does not shake hands keeps nobody waiting
        connecting = loop.connect_accepted_socket(
            self._protocol, accepted, ssl=self.config.ssl, ssl_handshake_timeout=_HANDSHAKE_S
        )
        task = asyncio.ensure_future(connecting)
        self._greeting.add(task)
        task.add_done_callback(self._greeted)

    def _greeted(self, task: asyncio.Future[Any]) -> None:
        self._greeting.discard(task)
        if not task.cancelled():
            task.exception()  # a handshake that failed concerns the client alone

    def _protocol(self) -> asyncio.Protocol:
        return self.config.http_protocol_class(  # type: ignore[call-arg]
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )


class Servers:
    """Both servers of a process, on sockets that listen; the site's is the first."""

    def __init__(self, service: Service, site_socket: socket.socket, replay_socket: socket.socket) -> None:
        shown = site_app(
            service.collection, service.replay, public_origin=service.public_origin, viewer=service.viewer,
            shared=service.shared,
        )  # fmt: skip
        replayed = replay_app(service.collection, service.viewer, service.site, service.shared, service.public_replay)
        kind = _SharingServer if service.shared else _Server
        self._servers = [
            kind(_config(OwnHosts(shown, (service.host, host_name(service.site))), service.tls)),
            kind(_config(OwnHosts(replayed, (service.host, host_name(service.replay))), service.tls)),
        ]
        self._sockets = [site_socket, replay_socket]

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
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            self.stop()
            await asyncio.gather(*tasks)
        finally:
            self.stop()


def _config(app: ASGIApp, tls: Tls | None) -> uvicorn.Config:
    return uvicorn.Config(
        app, log_config=None, log_level="warning", access_log=False, server_header=False,
        timeout_graceful_shutdown=LINGER,
        ssl_certfile=tls.certificate if tls else None, ssl_keyfile=tls.key if tls else None,
    )  # fmt: skip


def _as_tcp(descriptor: int) -> socket.socket:
    # by the protocol asyncio knows that it may send small answers at once (TCP_NODELAY)
    with socket.socket(fileno=descriptor) as passed:
        return socket.socket(passed.family, passed.type, socket.IPPROTO_TCP, passed.detach())


def _serve(service: Service, connection: Connection, descriptors: list[int]) -> None:
    """Serve as a worker until it is to end."""
    servers = Servers(service, *(_as_tcp(one) for one in descriptors))

    async def run() -> None:
        loop = asyncio.get_running_loop()

        def end() -> None:
            loop.remove_reader(connection.fileno())
            servers.stop()

        loop.add_reader(connection.fileno(), end)
        with contextlib.suppress(ConnectionError):
            await servers.run(lambda: connection.send(None))

    asyncio.run(run())


def _is_abandoned(connection: Connection) -> bool:
    """Whether the process that started this one was killed."""
    try:
        while connection.poll():
            connection.recv()
    except (EOFError, ConnectionError):
        return True
    return False


def main() -> None:
    """Serve as a worker: CONNECTION SITE REPLAY, three file descriptors."""
    number, *descriptors = (int(argument) for argument in sys.argv[1:])
    connection = Connection(number)
    with contextlib.suppress(EOFError, ConnectionError):
        service: Service = connection.recv()
        try:
            _serve(service, connection, descriptors)
        except FileNotFoundError:  # another worker removed the folder that they share
            if not _is_abandoned(connection):
                raise
        if _is_abandoned(connection):
            shutil.rmtree(service.shared or "", ignore_errors=True)


if __name__ == "__main__":
    main()
