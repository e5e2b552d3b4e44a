"""A proxy on loopback ahead of a server, which holds requests back until it is told to let them pass."""

from __future__ import annotations

import re
import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_REQUEST = re.compile(rb"(GET|HEAD|PUT|POST|DELETE) \S+ HTTP/1\.[01]\r\n")


class Door:
    """`port`: where the server is reached through it; `reached`: whether the request has come that is held back."""

    def __init__(self) -> None:
        self.port, self.reached = 0, threading.Event()
        self._passing, self._left, self._counting = threading.Event(), 0, threading.Lock()
        self._is_dropped = False
        self._passing.set()

    def hold(self, nth: int) -> None:
        """Hold back the nth request from now on, and all that come after it."""
        with self._counting:
            self._left, self._is_dropped = nth, False
            self.reached.clear()
            self._passing.clear()

    def let_pass(self) -> None:
        """Hold back none."""
        self._passing.set()

    def drop(self) -> None:
        """Hold back none; those that are held back now never reach the server."""
        self._is_dropped = True
        self._passing.set()

    def passes(self) -> bool:
        """Wait until a request that has come may pass; whether it is to reach the server."""
        with self._counting:
            self._left -= 1
            is_held = self._left <= 0 and not self._passing.is_set()
            if is_held:
                self.reached.set()
        if not is_held:
            return True
        self._passing.wait()
        return not self._is_dropped


@contextmanager
def door(server_port: int) -> Iterator[Door]:
    """A door for the length of the block, ahead of a server on loopback."""
    made = Door()

    class Connection(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with socket.create_connection(("127.0.0.1", server_port)) as onward:
                threading.Thread(target=_copy, args=(onward, self.request), daemon=True).start()
                with suppress(OSError):
                    while piece := self.request.recv(65536):
                        if _REQUEST.match(piece) and not made.passes():
                            break
                        onward.sendall(piece)
                for one in (onward, self.request):
                    with suppress(OSError):
                        one.shutdown(socket.SHUT_RDWR)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Connection) as listening:
        listening.daemon_threads = True
        made.port = listening.server_address[1]
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        try:
            yield made
        finally:
            made.drop()
            listening.shutdown()


def _copy(here: socket.socket, there: socket.socket) -> None:
    with suppress(OSError):
        while piece := here.recv(65536):
            there.sendall(piece)
        there.shutdown(socket.SHUT_WR)
