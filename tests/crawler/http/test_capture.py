"""What `baotinh capture` keeps: every answer on the way to a page, and nothing that is none of it."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from support.asking import exchanges
from support.crawling import baotinh
from support.raw_server import Line, RawServer, raw_server

from archive.checking.collection import verify
from archive.collection import Collection
from archive.warc.reader import Record, read_records


def capture(server: RawServer, root: Path, *paths: str, code: int = 0) -> list[Record]:
    urls = [f"http://papers.test/{path}" for path in paths]
    done = baotinh("capture", *urls, "--loopback", f"127.0.0.1:{server.port}", "--collection", root)
    assert done.returncode == code, done.stdout + done.stderr
    assert verify(Collection.open(root)).findings == []
    return [record for path in sorted((root / "warc").iterdir()) for record in read_records(path)]


def pairs(records: list[Record]) -> list[tuple[str, bytes, bytes]]:
    return [(response.url or "", request.block, response.block) for _, request, response in exchanges(records)]


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

    def send_and_vanish(connection: Line) -> None:
        connection.sendall(cut)
        connection.shutdown(socket.SHUT_RDWR)

    with raw_server({"/cut": [send_and_vanish]}) as server:
        records = capture(server, tmp_path, "cut", code=1)
    answers = [record for record in records if record.type == "response" and (record.url or "").endswith("/cut")]
    assert len(answers) == 4  # asked again three times
    assert {answer.block for answer in answers} == {cut}
    assert {answer.header("WARC-Truncated") for answer in answers} == {"disconnect"}


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
    assert done.returncode == 1 and "example.com is not under .test" in done.stderr
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
