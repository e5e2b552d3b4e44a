"""The site and the replay served in this process."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from archive.collection import Collection
from archive.web.serve import Serving, serve


@contextmanager
def running(collection: Collection, viewer: Path, **origins: Any) -> Iterator[Serving]:
    """The service in a thread of its own, on free ports."""
    listening = threading.Event()
    found: list[Serving] = []

    def ready(serving: Serving) -> None:
        found.append(serving)
        listening.set()

    given = (collection, "127.0.0.1", 0, None, viewer, ready)
    thread = threading.Thread(target=serve, args=given, kwargs=origins, daemon=True)
    thread.start()
    assert listening.wait(30)
    try:
        yield found[0]
    finally:
        found[0].stop()
        thread.join(20)
        assert not thread.is_alive()


@contextmanager
def app_served(app: ASGIApp) -> Iterator[str]:
    """An application on a free port of loopback, in a thread of its own; its origin."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(20)
        assert not thread.is_alive()
