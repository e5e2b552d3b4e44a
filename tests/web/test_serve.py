"""Both servers in one process: they listen, follow the catalog, refuse taken ports and end together."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2 as httpx
import pytest

from archive.collection import Collection
from archive.errors import PortTaken, ViewerMissing
from archive.web import serve as serving_module
from archive.web.serve import Serving, serve
from tests.web.collection_builder import CollectionBuilder, make_article


@contextmanager
def running(collection: Collection, viewer: Path) -> Iterator[Serving]:
    """The service in a thread of its own, on free ports."""
    listening = threading.Event()
    found: list[Serving] = []

    def ready(serving: Serving) -> None:
        found.append(serving)
        listening.set()

    thread = threading.Thread(target=serve, args=(collection, "127.0.0.1", 0, None, viewer, ready), daemon=True)
    thread.start()
    assert listening.wait(30)
    try:
        yield found[0]
    finally:
        found[0].stop()
        thread.join(20)
        assert not thread.is_alive()


@pytest.fixture
def viewer(tmp_path: Path) -> Path:
    folder = tmp_path / "viewer"
    folder.mkdir()
    for name in ("ui.js", "sw.js"):
        (folder / name).write_text("x")
    return folder


def test_serves_both_origins_and_follows(tmp_path: Path, viewer: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving_module, "FOLLOW_EVERY", 0.2)
    builder = CollectionBuilder(tmp_path / "c")
    with running(builder.collection, viewer) as serving:
        assert serving.site != serving.replay
        assert serving.replay in httpx.get(serving.site).headers["content-security-policy"]
        assert serving.site in httpx.get(f"{serving.replay}/").headers["content-security-policy"]
        builder.publish(make_article(1, title="Tin vừa lưu"))
        deadline = time.monotonic() + 20
        while "Tin vừa lưu" not in httpx.get(f"{serving.site}/search").text:
            assert time.monotonic() < deadline
            time.sleep(0.1)


def test_taken_ports_are_told(tmp_path: Path, viewer: Path) -> None:
    collection = Collection.create(tmp_path / "c")
    with socket.socket() as other, socket.socket() as free:
        other.bind(("127.0.0.1", 0))
        other.listen()
        free.bind(("127.0.0.1", 0))
        port, unused = other.getsockname()[1], free.getsockname()[1]
        free.close()
        with pytest.raises(PortTaken) as caught:
            serve(collection, "127.0.0.1", port, None, viewer)
        assert caught.value.port == port
        with pytest.raises(PortTaken):
            serve(collection, "127.0.0.1", unused, port, viewer)


def test_viewer_must_be_installed(tmp_path: Path) -> None:
    with pytest.raises(ViewerMissing):
        serve(Collection.create(tmp_path / "c"), "127.0.0.1", 0, None, tmp_path / "none")
