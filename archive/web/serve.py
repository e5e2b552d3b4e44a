"""Serves the site and the replay, for requests to their own hosts only, and updates the search index meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import shutil
import socket
import sqlite3
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import attrs

from archive.collection import Collection
from archive.errors import AddressUnusable, BaotinhError, PortTaken
from archive.reprints.placing import follow as place
from archive.search.indexing.elsewhere import IndexedElsewhere
from archive.search.indexing.index import follow, position
from archive.web.pictures.followed import FollowedPictures
from archive.web.service import Service, Tls
from archive.web.supervisor import Supervisor
from archive.workers import usable_cores

FOLLOW_EVERY = 5.0  # seconds
_MOST_USUAL = 8


def usual_processes() -> int:
    """How many processes answer unless said: the other half of the cores is for crawls, each process costs memory."""
    return max(1, min(_MOST_USUAL, usable_cores() // 2))


@attrs.frozen
class Serving:
    """A running service: its two origins, their ports, and a function that stops it from any thread."""

    site: str
    replay: str
    ports: tuple[int, int]
    stop: Callable[[], None]


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
    processes: int = 1,
    tls: Tls | None = None,
) -> None:
    """Serve until SIGINT, SIGTERM or `Serving.stop`; `ready` is called once both ports answer.

    Args:
        port, replay_port: 0 takes a free one; without a replay port it is the next after `port`.
        viewer: folder that holds the viewer's ui.js and sw.js; while they are missing, nothing is replayed.
        site_origin, replay_origin: how browsers reach the two ports, where that is not by `host` and port. Replaying
            needs https or a loopback address.
        tls: both ports speak HTTPS with it.
        processes: how many answer on both ports. With 1 it is this process, else others that this one keeps running.

    Raises:
        PortTaken: another program listens there.
        AddressUnusable: the system refuses the address or port.
        CertificateUnusable: TLS cannot be spoken with these files.
        ServerLost: one of several processes ended before all answered for the first time.
    """
    if tls is not None:
        tls.check()
    with _both_sockets(host, port, replay_port) as listening:
        ports = listening[0].getsockname()[1], listening[1].getsockname()[1]
        service = Service(
            collection=collection.for_readers, viewer=viewer.absolute(), host=host, public_origin=site_origin,
            public_replay=replay_origin, tls=tls, site=site_origin or _origin(host, ports[0], tls),
            replay=replay_origin or _origin(host, ports[1], tls),
        )  # fmt: skip

        def started(stop: Callable[[], None]) -> None:
            ready(Serving(service.site, service.replay, ports, stop))

        run = _run_here if processes == 1 else _run_in_processes
        run(service, listening, processes, started)


@contextlib.contextmanager
def _both_sockets(host: str, port: int, replay_port: int | None) -> Iterator[tuple[socket.socket, socket.socket]]:
    """The site's socket and the replay's, which listen; closed at the end of a block."""
    with contextlib.closing(listen(host, port)) as site:
        wanted = replay_port if replay_port is not None else (site.getsockname()[1] + 1 if port else 0)
        with contextlib.closing(listen(host, wanted, "--replay-port")) as replay:
            yield site, replay


def _run_here(
    service: Service, listening: tuple[socket.socket, socket.socket], _: int, ready: Callable[..., None]
) -> None:
    # a process that only keeps others running does not load what they load
    from archive.web.servers import Servers

    servers = Servers(service, *listening)
    with _following(service.collection):
        asyncio.run(servers.run(lambda: ready(servers.stop)))


def _run_in_processes(
    service: Service, listening: tuple[socket.socket, socket.socket], processes: int, ready: Callable[..., None]
) -> None:
    with tempfile.TemporaryDirectory(prefix="baotinh-serve-", ignore_cleanup_errors=True) as folder:
        collection = _with_shared_index(service.collection, Path(folder))
        shared = attrs.evolve(service, collection=collection, shared=Path(folder))
        supervisor = Supervisor(processes, shared, listening)
        with _following(collection):
            supervisor.run(lambda: ready(supervisor.stop))


def _with_shared_index(collection: Collection, place: Path) -> Collection:
    """The collection, with one copy of its index for all processes if readers cannot create files in it."""
    reached = position(collection)
    if reached is None or os.access(collection.index / reached.folder, os.W_OK):
        return collection
    shutil.copytree(collection.index, place / "index")
    return IndexedElsewhere(collection.root, place, withholds=collection.withholds)


def listen(host: str, port: int, option: str = "--port") -> socket.socket:
    """A socket that listens there.

    Raises:
        PortTaken, AddressUnusable: it cannot.
    """
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
        listen(host, wanted).close()


def _origin(host: str, port: int, tls: Tls | None) -> str:
    # A server that listens on all addresses is reachable on loopback
    reached = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)
    scheme = "https" if tls else "http"
    return f"{scheme}://[{reached}]:{port}" if ":" in reached else f"{scheme}://{reached}:{port}"


@contextlib.contextmanager
def _following(collection: Collection) -> Iterator[None]:
    """Update reprints, index and pictures every FOLLOW_EVERY seconds; errors are ignored and tried again."""
    ended = threading.Event()
    pictures = FollowedPictures(collection)

    def update() -> None:
        while True:
            for bring_up_to_date in (place, follow):
                with contextlib.suppress(BaotinhError, sqlite3.Error, OSError, ValueError):
                    bring_up_to_date(collection)
            with contextlib.suppress(BaotinhError, sqlite3.Error, OSError):
                pictures.bring_up_to_date()
            if ended.wait(FOLLOW_EVERY):
                return

    threading.Thread(target=update, daemon=True).start()
    try:
        yield
    finally:
        ended.set()
        pictures.close()
