"""Both servers in one process: they listen, follow the catalog, refuse taken ports and end together."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from support.collection_builder import CollectionBuilder, make_article
from support.sample import MARKET, REPLAY
from support.serving import app_served, fetch, fetch_head, running

from archive.collection import Collection
from archive.errors import PortTaken
from archive.web import app as app_module
from archive.web import serve as serving_module
from archive.web.app import site_app
from archive.web.serve import Serving, listen, serve


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
        assert serving.replay in fetch(serving.site).headers["content-security-policy"]
        assert serving.site in fetch(f"{serving.replay}/").headers["content-security-policy"]
        builder.publish(make_article(1, title="Tin vừa lưu"))
        deadline = time.monotonic() + 60
        while "Tin vừa lưu" not in fetch(f"{serving.site}/search").text:
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


@pytest.fixture
def served(sample: Collection, viewer: Path) -> Iterator[Serving]:
    with running(sample, viewer) as found:
        yield found


def exchange(origin: str, *lines: str) -> bytes:
    """What a server sends for a request of these lines, to the end of the connection."""
    port = int(origin.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), 60) as line:
        line.sendall("".join(f"{one}\r\n" for one in (*lines, "Connection: close", "")).encode())
        return b"".join(iter(lambda: line.recv(65536), b""))


SITE_PATHS = (
    "/",
    "/search?q=cho",
    f"/article/{MARKET}",
    "/coverage",
    "/runs",
    "/api/search?q=cho",
    "/static/site.css",
    "/x",
)
REPLAY_PATHS = ("/", "/replay/", "/replay/ui.js", "/static/page.css", "/picture/x")


@pytest.mark.parametrize("path", [*SITE_PATHS, *(f"replay:{path}" for path in REPLAY_PATHS)])
def test_head_is_answered_as_get_without_a_body(served: Serving, path: str) -> None:
    kind, _, behind = path.rpartition(":") if path.startswith("replay:") else ("", "", path)
    origin = served.replay if kind else served.site
    got, head = fetch(origin + behind), fetch_head(origin + behind)
    differing = {"date", "last-modified", "etag"}
    assert head.status_code == got.status_code
    assert {name: value for name, value in head.headers.items() if name not in differing} == {
        name: value for name, value in got.headers.items() if name not in differing
    }
    sent = exchange(origin, f"HEAD {behind} HTTP/1.1", "Host: localhost")
    assert sent.endswith(b"\r\n\r\n") and sent.count(b"\r\n\r\n") == 1


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1", 200), ("127.0.0.1:9999", 200), ("localhost", 200), ("LOCALHOST.:80", 200), ("[::1]:8080", 200),
        ("attacker.example", 421), ("attacker.example:8080", 421), ("127.0.0.1.attacker.example", 421),
        ("localhost@attacker.example", 421), ("10.0.0.1", 421), ("[::2]", 421), ("[", 421), ("", 421),
    ],
)  # fmt: skip
def test_hosts_that_are_not_ours_are_refused(served: Serving, host: str, status: int) -> None:
    for origin in (served.site, served.replay):
        sent = exchange(origin, "GET / HTTP/1.1", f"Host: {host}")
        assert sent.startswith(f"HTTP/1.1 {status} ".encode()), sent[:200]
        assert status == 200 or not any(word in sent.decode() for word in ("baocantho", 'href="/', MARKET, "<img"))


REFUSED = {"vi": "Không phục vụ dưới tên miền này", "en": "Not served under this name"}


@pytest.mark.parametrize(("asked", "language"), [("vi", "vi"), ("en-GB, vi;q=0.5", "en"), ("fr", "vi")])
def test_other_hosts_are_refused_in_the_readers_language(served: Serving, asked: str, language: str) -> None:
    for origin in (served.site, served.replay):
        answer = fetch(f"{origin}/search?q=lúa", headers={"Host": "attacker.example", "Accept-Language": asked})
        assert (answer.status_code, answer.headers["content-language"]) == (421, language)
        assert f"<h1>{REFUSED[language]}</h1>" in answer.text and "lúa" not in answer.text
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        assert "accept-language" in answer.headers["vary"].lower() and "set-cookie" not in answer.headers
        head = fetch_head(f"{origin}/", headers={"Host": "attacker.example", "Accept-Language": asked})
        assert (head.status_code, head.content) == (421, b"")
        assert head.headers["content-length"] == answer.headers["content-length"]


@pytest.mark.parametrize("path", ["/api/v1/search?q=lúa", "/api/search?q=lúa"])
def test_the_api_refuses_other_hosts_as_json(served: Serving, path: str) -> None:
    answer = fetch(f"{served.site}{path}", headers={"Host": "attacker.example"})
    assert answer.status_code == 421
    assert answer.json()["code"] == "host"


def test_a_busy_server_says_so_and_when_to_come_again(sample: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app_module, "COUNTS_AT_ONCE", 0)
    monkeypatch.setattr(app_module, "COUNTS_WAIT", 0.0)
    with app_served(site_app(sample, REPLAY)) as origin:
        for language, heading in (("vi", "Máy chủ đang bận"), ("en", "The server is busy")):
            page = fetch(f"{origin}/counts?term=lúa", headers={"Accept-Language": language})
            assert (page.status_code, page.headers["retry-after"]) == (503, "30")
            assert f"<h1>{heading}</h1>" in page.text and "30" in page.text
            assert "logged" not in page.text and "ghi lại" not in page.text
            head = fetch_head(f"{origin}/counts?term=lúa", headers={"Accept-Language": language})
            assert (head.status_code, head.headers["retry-after"], head.content) == (503, "30", b"")
        answer = fetch(f"{origin}/api/v1/counts?term=lúa")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
        assert answer.json()["code"] == "busy"


def test_a_proxys_names_are_ours(sample: Collection, viewer: Path) -> None:
    with running(
        sample, viewer, site_origin="https://kho.example.org", replay_origin="https://replay.example.org"
    ) as found:
        ports = {"kho.example.org": found.ports[0], "replay.example.org": found.ports[1]}
        for host, port in ports.items():
            for asked in (*ports, "localhost", "attacker.example"):
                sent = exchange(f"http://127.0.0.1:{port}", "GET / HTTP/1.1", f"Host: {asked}")
                assert sent.startswith(b"HTTP/1.1 200 " if asked in (host, "localhost") else b"HTTP/1.1 421 ")


def test_small_answers_are_sent_at_once() -> None:
    """Without TCP_NODELAY each answer on a connection that is kept open would be 40 ms late."""
    found: list[int] = []

    async def answered(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        found.append(writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    async def ask() -> None:
        with closing(listen("127.0.0.1", 0)) as listening:
            async with await asyncio.start_server(answered, sock=listening):
                reader, writer = await asyncio.open_connection(*listening.getsockname())
                await reader.read()
                writer.close()

    asyncio.run(ask())
    assert found and found[0]
