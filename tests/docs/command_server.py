"""Begins the documents' commands for their stand-in: in processes that are forked, with the stand-in's files.

A request is a datagram of JSON, with the stand-in's three standard descriptors beside it; the answers are the process's
id and its exit code, a datagram each.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

from support import forking

_LONGEST = 1 << 20


@contextlib.contextmanager
def command_server() -> Iterator[Path]:
    """Serve for the length of the block; the socket's path."""
    with tempfile.TemporaryDirectory() as folder:  # a socket's path may not be as long as those of tests' folders
        path = Path(folder) / "commands"
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listening:
            listening.bind(str(path))
            listening.listen()
            threading.Thread(target=_accept, args=(listening,), daemon=True).start()
            yield path
            listening.shutdown(socket.SHUT_RDWR)


def _accept(listening: socket.socket) -> None:
    while True:
        try:
            calling, _ = listening.accept()
        except OSError:  # the block has ended
            return
        threading.Thread(target=_serve, args=(calling,), daemon=True).start()


def _serve(calling: socket.socket) -> None:
    with calling:
        octets, files, _, _ = socket.recv_fds(calling, _LONGEST, 3)
        asked = json.loads(octets)
        try:
            stdin, stdout, stderr = files
            process = forking.begin(
                asked["arguments"], asked["environment"], stdin=stdin, stdout=stdout, stderr=stderr,
                folder=Path(asked["folder"]),
            )  # fmt: skip
        finally:
            for file in files:
                os.close(file)
        calling.send(str(process.pid).encode())
        calling.send(str(process.wait()).encode())
