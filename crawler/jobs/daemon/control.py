"""The socket by which commands reach a collection's daemon: a line of JSON each way, of the daemon's user only."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import select
import socket
import socketserver
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

from archive.clock import now
from archive.collection import Collection
from archive.daemon.heartbeat import daemon_state, read_heartbeat
from archive.errors import BaotinhError, DaemonMissing, DaemonRefused
from archive.locks import is_held

logger = logging.getLogger(__name__)
_NAME = "jobs.socket"
_LONGEST = 65536  # bytes of a request
_CREDENTIALS = struct.Struct("3i")  # pid, uid, gid: unix(7), SO_PEERCRED
_PATIENCE = 30.0  # seconds: of a daemon that hangs there is no answer

# Answers a request with plain values; a BaotinhError is told to whoever asked.
Answer: TypeAlias = Callable[[Mapping[str, Any]], Mapping[str, Any]]


@contextmanager
def _short(folder: Path) -> Iterator[str]:
    """A short name of a folder: an address of a socket has 108 bytes."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}" if Path("/proc/self/fd").is_dir() else str(folder)
    finally:
        os.close(descriptor)


class _Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    request_queue_size = 16


def _asker(answer: Answer) -> type[socketserver.StreamRequestHandler]:
    class Asker(socketserver.StreamRequestHandler):
        """One request and its answer."""

        def handle(self) -> None:
            """Read the request, and write what came of it."""
            if not _is_own_user(self.request):
                return
            with contextlib.suppress(OSError):  # who asked has gone
                self.wfile.write(json.dumps(_answered(answer, self.rfile.readline(_LONGEST))).encode() + b"\n")

    return Asker


def _is_own_user(line: socket.socket) -> bool:
    if not hasattr(socket, "SO_PEERCRED"):  # the mode of the socket keeps others out
        return True
    _, user, _ = _CREDENTIALS.unpack(line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size))
    return user in (0, os.geteuid())


def _answered(answer: Answer, line: bytes) -> Mapping[str, Any]:
    try:
        request = json.loads(line)
        if not isinstance(request, dict):
            raise ValueError
    except ValueError:
        return {"refused": "a request is one line with an object of JSON"}
    try:
        return {"answer": answer(request)}
    except BaotinhError as error:
        return {"refused": str(error)}
    except Exception:
        logger.exception("A request failed")
        return {"refused": "the daemon failed; see its log"}


@contextmanager
def listening(collection: Collection, answer: Answer) -> Iterator[None]:
    """Answer requests for the length of the block, in threads of their own; the caller holds the lock of the jobs.

    On a disk that has no sockets the daemon runs without, and says so in its log.
    """
    path = collection.locks / _NAME
    try:
        path.unlink(missing_ok=True)  # of a daemon that was killed
        with _short(collection.locks) as folder:
            former = os.umask(0o177)
            try:
                server = _Server(f"{folder}/{_NAME}", _asker(answer))
            finally:
                os.umask(former)
    except OSError as error:
        logger.warning("No commands can be taken at %s: %s", path, error)
        yield
        return
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.2}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def has_daemon(collection: Collection) -> bool:
    """Whether a daemon of this machine runs the collection's jobs and takes commands."""
    return is_held(collection.jobs_lock) and (collection.locks / _NAME).exists()


def ask(collection: Collection, command: str, *, waits: bool = False, **values: Any) -> Mapping[str, Any]:
    """Send a request to the collection's daemon, and wait for the answer; with `waits` for as long as it is alive.

    Raises:
        DaemonMissing: none runs, or it takes no commands.
        DaemonRefused: it refused, with the reason.
    """
    if not has_daemon(collection):
        raise DaemonMissing(collection.root)
    try:
        with _short(collection.locks) as folder, socket.socket(socket.AF_UNIX) as line:
            line.settimeout(_PATIENCE)
            line.connect(f"{folder}/{_NAME}")
            line.sendall(json.dumps({"command": command, **values}).encode() + b"\n")
            while not select.select([line], [], [], _PATIENCE)[0]:
                if not waits or not daemon_state(collection, read_heartbeat(collection), now()).is_alive:
                    raise TimeoutError("timed out")
            with line.makefile("rb") as stream:
                said = json.loads(stream.readline())
    except (OSError, ValueError) as error:
        raise DaemonMissing(collection.root, str(error)) from error
    if "refused" in said:
        raise DaemonRefused(str(said["refused"]))
    answer: Mapping[str, Any] = said["answer"]
    return answer
