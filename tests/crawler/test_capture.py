"""The wire tap: what a raw server sent and received is what the records hold, however odd."""

from __future__ import annotations

import socket
import time
from pathlib import Path

import pytest
from crawling import baotinh
from raw_server import RawServer, certificate, raw_server

from archive.collection import Collection
from archive.verification import verify
from archive.warc.reader import Record, read_records


def chunked(*pieces: bytes, extension: bytes = b"") -> bytes:
    return b"".join(b"%x%s\r\n%s\r\n" % (len(piece), extension, piece) for piece in (*pieces,)) + b"0\r\n\r\n"


PAGES: dict[str, bytes] = {
    "odd-headers": b"HTTP/1.1 200\r\nserver:x\r\nSET-cookie: a\r\nSet-Cookie: b\r\nno colon in this line\r\n"
    b"X-Folded: one\r\n two\r\nContent-LENGTH: 5\r\n\r\nhello",
    "odd-reason": b"HTTP/1.1 200 \xc4\x90\xc6\xb0\xe1\xbb\xa3c r\xe1\xbb\x93i\r\nContent-Length: 2\r\n\r\nok",
    "chunked": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    + chunked(b"hello ", b"world", extension=b";a=b"),
    "trailer": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-Trailer: yes\r\n\r\n",
    "no-content": b"HTTP/1.1 204 No Content\r\n\r\n",
    "empty": b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    "old": b"HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nuntil the connection closes",
    "gone": b"HTTP/1.1 410 Gone\r\nContent-Length: 4\r\n\r\ngone",
    "interim": b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
}


def capture(server: RawServer, root: Path, *paths: str, code: int = 0) -> list[Record]:
    urls = [f"http://papers.test/{path}" for path in paths]
    done = baotinh("capture", *urls, "--loopback", f"127.0.0.1:{server.port}", "--collection", root)
    assert done.returncode == code, done.stdout + done.stderr
    assert verify(Collection.open(root)).findings == []
    return [record for path in sorted((root / "warc").iterdir()) for record in read_records(path)]


def pairs(records: list[Record]) -> list[tuple[str, bytes, bytes]]:
    answers = {record.record_id: record for record in records if record.type == "response"}
    return [
        (record.url or "", record.block, answers[(record.header("WARC-Concurrent-To") or "").strip("<>")].block)
        for record in records
        if record.type == "request"
    ]


def test_every_byte_that_crossed_the_transport_is_kept(tmp_path: Path) -> None:
    with raw_server({f"/{name}": [answer] for name, answer in PAGES.items()}) as server:
        records = capture(server, tmp_path, *PAGES, code=1)  # one of them is 410, gone
    kept = {url.rpartition("/")[2]: (request, response) for url, request, response in pairs(records)}
    assert {name: response for name, (_, response) in kept.items() if name in PAGES} == PAGES
    received = dict(server.received)
    for name in PAGES:
        assert kept[name][0] == received[f"/{name}"]
    assert kept["robots.txt"][1].startswith(b"HTTP/1.1 404 Gone Fishing\r\n")


def test_above_tls_the_same_bytes_are_kept(tmp_path: Path) -> None:
    names = ("chunked", "odd-headers", "old")
    with raw_server({f"/{name}": [PAGES[name]] for name in names}, certificate(tmp_path)) as server:
        urls = [f"https://papers.test/{name}" for name in names]
        root = tmp_path / "collection"
        done = baotinh("capture", *urls, "--loopback", f"127.0.0.1:{server.port}", "--collection", root)
    assert done.returncode == 0, done.stdout + done.stderr
    records = [record for path in (root / "warc").iterdir() for record in read_records(path)]
    kept = {url.rpartition("/")[2]: (request, response) for url, request, response in pairs(records)}
    assert {name: kept[name][1] for name in names} == {name: PAGES[name] for name in names}
    assert {name: kept[name][0] for name in names} == {name: dict(server.received)[f"/{name}"] for name in names}
    for record in records:
        if record.type == "response":
            assert [value for name, value in record.headers if name == "WARC-Protocol"] == ["http/1.1", "tls/1.3"]
            assert (record.header("WARC-Cipher-Suite") or "").startswith("TLS_")
    assert verify(Collection.open(root)).findings == []


def test_redirects_and_retries_are_captured_each(tmp_path: Path) -> None:
    moved = b"HTTP/1.1 301 Moved\r\nLocation: /new\r\nContent-Length: 0\r\n\r\n"
    new = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nnew"
    busy = b"HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy"
    with raw_server({"/old": [moved], "/new": [busy, new]}) as server:
        records = capture(server, tmp_path, "old")
    answers = [response for url, _, response in pairs(records) if not url.endswith("robots.txt")]
    assert answers == [moved, busy, new]


def test_an_answer_cut_short_is_kept_and_marked(tmp_path: Path) -> None:
    cut = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nonly this"

    def send_and_vanish(connection: socket.socket) -> None:
        connection.sendall(cut)
        connection.shutdown(socket.SHUT_RDWR)

    with raw_server({"/cut": [send_and_vanish]}) as server:
        records = capture(server, tmp_path, "cut", code=1)
    answers = [record for record in records if record.type == "response" and (record.url or "").endswith("/cut")]
    assert len(answers) == 4  # asked again three times
    assert {answer.block for answer in answers} == {cut}
    assert {answer.header("WARC-Truncated") for answer in answers} == {"disconnect"}


def test_a_kept_connection_that_died_is_asked_anew(tmp_path: Path) -> None:
    """Twisted retries by itself on a stale connection: one exchange was answered, and one is in the archive."""
    page = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nok"

    def answer_then_close(connection: socket.socket) -> None:
        connection.sendall(page)
        time.sleep(0.05)

    with raw_server({"/a": [answer_then_close], "/b": [page]}) as server:
        records = capture(server, tmp_path, "a", "b")
    assert sorted(url for url, _, _ in pairs(records) if "robots" not in url) == [
        "http://papers.test/a", "http://papers.test/b",
    ]  # fmt: skip


def test_what_follows_an_answer_belongs_to_no_exchange(tmp_path: Path) -> None:
    page = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    with raw_server({"/a": [page + b"and more than that"]}) as server:
        records = capture(server, tmp_path, "a")
    assert [response for url, _, response in pairs(records) if url.endswith("/a")] == [page]


@pytest.mark.parametrize("address", ["ftp://papers.test/a", "papers.test/a", "file:///etc/passwd", "http://"])
def test_only_web_addresses_are_captured(tmp_path: Path, address: str) -> None:
    done = baotinh("capture", address, "--loopback", "127.0.0.1:1", "--collection", tmp_path / "c")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "no web address" in done.stderr and not (tmp_path / "c").exists()


def test_a_loopback_crawl_never_leaves_the_machine(tmp_path: Path) -> None:
    with raw_server({}) as server:
        place = f"127.0.0.1:{server.port}"
        done = baotinh("capture", "http://example.com/", "--loopback", place, "--collection", tmp_path)
    assert done.returncode == 1 and "http://example.com/" in done.stderr
    assert server.received == [] and not list((tmp_path / "warc").iterdir())


def test_an_article_of_an_unknown_paper_is_read_in_a_general_way(tmp_path: Path) -> None:
    words = "Bà con trong ấp góp công đắp lại con đường ra chợ, mỗi nhà một ngày, xong trước mùa mưa. " * 3
    page = f"""<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>Đắp đường</title>
        <meta property="article:published_time" content="2026-01-08T18:21:00+07:00"></head>
        <body><nav><a href="/">Trang nhất</a></nav><article><h1>Cả ấp đắp đường</h1><p>{words}</p><p>{words}</p>
        </article></body></html>""".encode()
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(page) + page
    with raw_server({"/cau-chuyen-duong-ap.html": [answer]}) as server:
        capture(server, tmp_path, "cau-chuyen-duong-ap.html")
    with Collection.open(tmp_path).catalog() as catalog:
        (version,) = catalog.versions_after(0)
        article = version.article()
        assert (article.newspaper, article.title) == ("papers.test", "Cả ấp đắp đường")
        assert article.published_at.isoformat() == "2026-01-08T18:21:00+07:00"
        assert "papers.test" in catalog.newspapers()
