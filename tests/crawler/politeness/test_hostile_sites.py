"""Sites that mislead: what they can do to one address, and never to the crawl, the archive or another address."""

from __future__ import annotations

import contextlib
import gzip
import json
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from support.asking import WITH_META, ask, came, exchanges, kept
from support.crawling import baotinh
from support.hostile_paper import article, counts_of, crawl, html, section, titles
from support.raw_server import Answer, Line, asked, raw_server

from archive.checking.collection import verify
from archive.collection import Collection
from archive.warc.reader import Record, read_records


def test_no_request_slips_past_robots_txt(tmp_path: Path) -> None:
    """Many requests begin while robots.txt is on its way, in this run and in every later one."""
    robots = b"HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\nUser-agent: *\nDisallow: /cam/\n\n"

    def slowly(connection: object) -> None:
        time.sleep(0.3)
        connection.sendall(robots)  # type: ignore[attr-defined]

    links = [f"/cam/x-a{number}.html" for number in range(8)] + [f"/y-a{number}.html" for number in range(8, 14)]
    answers: dict[str, list[Answer]] = {link: [article(link)] for link in links}
    answers |= {"/thoi-su/": [section(*links)], "/robots.txt": [slowly]}
    with raw_server(answers) as server:
        for _ in range(3):
            report = crawl(server, tmp_path)
            assert not [path for path in asked(server) if path.startswith("/cam/")]
    assert len(titles(tmp_path)) == 6
    assert {trouble["reason"] for trouble in report["troubles"]} <= {"forbidden"}  # type: ignore[attr-defined]


@pytest.mark.parametrize("status", ["503 Busy", "500 Broken"])
def test_silence_about_robots_is_a_no(tmp_path: Path, status: str) -> None:
    answers: dict[str, list[Answer]] = {
        "/thoi-su/": [section("/x-a1.html")],
        "/robots.txt": [html("", status=status)],
    }
    with raw_server(answers) as server:
        report = crawl(server, tmp_path, code=1, BAOTINH_FIRST_REST="1", BAOTINH_LONGEST_REST="2")
        assert set(asked(server)) == {"/robots.txt"}
    assert f"robots_unread baocantho.test (HTTP {status[:3]})" in str(report["troubles"])


def test_misprinted_links_harm_no_other(tmp_path: Path) -> None:
    bad = ("http://baocantho.test:99999/x-a99.html", "http://[::1/x-a98.html", "//baocantho.test:0/x-a97.html")
    pager = '<div id="page"><a href="http://[::1/?p=2">2</a><a href="/thoi-su?p=3">3</a></div>'
    answers: dict[str, list[Answer]] = {
        "/thoi-su/": [section("/x-a1.html", *bad, "/x-a2.html", pager=pager)],
        "/thoi-su?p=3": [section("/x-a3.html")],
        **{f"/x-a{number}.html": [article(f"Bài {number}")] for number in (1, 2, 3)},
    }
    with raw_server(answers) as server:
        for _ in range(2):
            crawl(server, tmp_path)
    assert sorted(titles(tmp_path)) == [f"baocantho:{number}" for number in (1, 2, 3)]


def test_another_hosts_page_is_not_this_newspapers_article(tmp_path: Path) -> None:
    away = html("", "Location: http://evil.test/stolen-a2.html", status="302 Found")
    answers: dict[str, list[Answer]] = {
        "/thoi-su/": [section("/real-a2.html", "/off-a3.html")],
        "/real-a2.html": [article("Bài thật")],
        "/off-a3.html": [away],
        "/stolen-a2.html": [article("Bài giả")],
    }
    with raw_server(answers) as server:
        for _ in range(3):
            report = crawl(server, tmp_path, "--recheck")
    assert titles(tmp_path) == {"baocantho:2": "Bài thật"}
    assert [one["reason"] for one in report["troubles"]] == ["elsewhere evil.test"]  # type: ignore[attr-defined]


def test_requisites_behind_redirects_are_fetched_once_a_run(tmp_path: Path) -> None:
    more = '<link rel="stylesheet" href="/moved.css"><link rel="stylesheet" href="/own.css#x"><img src="/moved.jpg">'
    links = [f"/x-a{number}.html" for number in range(6)]
    answers: dict[str, list[Answer]] = {link: [article(link, more)] for link in links}
    answers |= {
        "/thoi-su/": [section(*links)],
        "/moved.css": [html("", "Location: /there.css", status="301 Moved")],
        "/there.css": [html("p { color: red }")],
        "/own.css": [html("p { color: green }")],
        "/moved.jpg": [html("", "Location: /there.jpg", status="301 Moved")],
        "/there.jpg": [html("picture")],
    }
    with raw_server(answers) as server:
        crawl(server, tmp_path)
        for path in ("/moved.css", "/there.css", "/own.css", "/moved.jpg", "/there.jpg"):
            assert asked(server).count(path) == 1, path


def test_what_failed_is_named_in_the_report_and_asked_for_later(tmp_path: Path) -> None:
    loop = html("", "Location: /loop-a1.html", status="302 Found")
    answers: dict[str, list[Answer]] = {
        "/thoi-su/": [section("/loop-a1.html", "/gone-a2.html", "/broken-a3.html", "/good-a4.html")],
        "/loop-a1.html": [loop],
        "/gone-a2.html": [html("", status="410 Gone")],
        "/broken-a3.html": [html("", status="500 Broken")],
        "/good-a4.html": [article("Bài tốt")],
    }
    with raw_server(answers) as server:
        report = crawl(server, tmp_path)
        troubles = {str(one["url"]).rpartition("/")[2]: one["reason"] for one in report["troubles"]}  # type: ignore[attr-defined]
        assert troubles.keys() == {"loop-a1.html", "gone-a2.html", "broken-a3.html"}
        assert (troubles["gone-a2.html"], troubles["broken-a3.html"]) == ("HTTP 410", "HTTP 500")
        before = len(server.received)
        crawl(server, tmp_path)
        assert set(asked(server)[before:]) == {"/thoi-su/", "/rss/cate/thoi-su/"}  # the others are not due yet


def test_a_section_that_is_gone_or_empty_is_said_first(tmp_path: Path) -> None:
    with raw_server({"/thoi-su/": [section()]}) as server:
        place = f"127.0.0.1:{server.port}"
        sections = ("--section", "thoi-su", "--section", "kinh-te")
        done = baotinh("crawl", "baocantho", *sections, "--loopback", place, "--collection", tmp_path)
    assert done.returncode == 0, done.stderr
    assert "http://baocantho.test/thoi-su/\n    section: names no article" in done.stdout
    assert "http://baocantho.test/kinh-te/\n    section: HTTP 404" in done.stdout


def test_a_section_that_pages_for_ever_ends(tmp_path: Path) -> None:
    class Endless(dict[str, list[Answer]]):
        def get(self, path: str, default: object = None) -> list[Answer]:  # type: ignore[override]
            if path in self:
                return self[path]
            number = int(path.rpartition("=")[2]) if "p=" in path else 1
            pager = f'<div id="page"><a href="/thoi-su?p={number + 1}">tiếp</a></div>'
            return [article("Bài")] if path.endswith(".html") else [section(f"/x-a{number}.html", pager=pager)]

    with raw_server({}) as server:
        server.answers = Endless(server.answers)
        place = f"127.0.0.1:{server.port}"
        done = baotinh(
            "crawl", "baocantho", "--section", "thoi-su", "--loopback", place, "--collection", tmp_path,
            BAOTINH_LIST_PAGES="5",
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert len([path for path in asked(server) if path.startswith("/thoi-su")]) == 6
    assert "the rest is for the next run" in done.stdout


def test_a_head_without_end_is_cut_and_kept(tmp_path: Path) -> None:
    def endless(connection: object) -> None:
        line = b"X-Head: " + b"a" * 8000 + b"\r\n"
        try:
            connection.sendall(b"HTTP/1.1 200 OK\r\n")  # type: ignore[attr-defined]
            for _ in range(2000):
                connection.sendall(line)  # type: ignore[attr-defined]
        except OSError:
            ended.set()

    ended = threading.Event()
    with raw_server({"/thoi-su/": [endless]}) as server:
        crawl(server, tmp_path, code=1)
        assert ended.wait(120)
    kept = [
        record for path in (tmp_path / "warc").iterdir() for record in read_records(path)
        if record.type == "response" and (record.url or "").endswith(".test/thoi-su/")
    ]  # fmt: skip
    assert kept and {record.header("WARC-Truncated") for record in kept} == {"length"}
    assert max(len(record.block) for record in kept) < 3_000_000


def kept_of(root: Path, path: str) -> list[Record]:
    return [response for where, _, response in exchanges(kept(root)) if where == path]


def test_a_head_beyond_its_bound_is_cut_and_counted(tmp_path: Path) -> None:
    bomb = b"HTTP/1.1 200 OK\r\n" + b"X-Bomb: aaaaaaaaaaaaaaaa\r\n" * 1000 + b"Content-Length: 2\r\n\r\nok"
    interim = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n" * 1000 + html("late")
    with raw_server({"/a": [bomb], "/b": [interim], "/c": [html("sound")]}) as server:
        asks = [f"http://papers.test/{name}" for name in "abc"]
        report = ask(tmp_path, *asks, loopback=server.port, settings={"BAOTINH_HEAD_BYTES": 10_000})
    records = kept(tmp_path)
    cut = [*kept_of(tmp_path, "/a"), *kept_of(tmp_path, "/b")]
    assert counts_of(report)["header bombs"] == len(cut) == 2
    for path, whole in (("/a", bomb), ("/b", interim)):
        for record in kept_of(tmp_path, path):
            assert record.header("WARC-Truncated") == "length" and whole.startswith(came(records, record))
    assert kept_of(tmp_path, "/c")[0].header("WARC-Truncated") is None


def test_a_body_without_end_is_cut_kept_and_counted(tmp_path: Path) -> None:
    def endless(connection: Line) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
        with contextlib.suppress(OSError):
            while True:
                connection.sendall(b"<p>and so on</p>" * 1000)

    def dribble(connection: Line) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        with contextlib.suppress(OSError):
            while True:
                connection.sendall((b"1;" + b"x" * 900 + b"\r\na\r\n") * 100)

    def declare(connection: Line) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n")
        with contextlib.suppress(OSError):
            while True:
                connection.sendall(b"<p>and so on</p>" * 1000)

    large = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\n0123456789abcdef\r\nfffffff;a=b\r\n"
    large += b"<p>and so on</p>" * 20_000
    with raw_server({"/a": [endless], "/b": [dribble], "/c": [declare], "/d": [large]}) as server:
        asks = [f"http://papers.test/{name}" for name in "abcd"]
        report = ask(tmp_path, *asks, loopback=server.port,
                     settings={"DOWNLOAD_MAXSIZE": 200_000, "BAOTINH_HEAD_BYTES": 10_000})  # fmt: skip
    assert counts_of(report)["truncated: length"] >= 4
    for path in ("/a", "/b", "/c", "/d"):
        records = kept_of(tmp_path, path)
        assert records and {record.header("WARC-Truncated") for record in records} == {"length"}
        assert all(len(record.block) < 2_000_000 for record in records)
        if path != "/b":  # the bound of heads and chunk framing cuts it sooner
            assert {len(record.http.payload()) for record in records if record.http} == {200_000}, (
                "what the bound allows"
            )
    assert verify(Collection.open(tmp_path)).findings == []


def test_a_decompression_bomb_is_archived_and_not_read(tmp_path: Path) -> None:
    zipped = gzip.compress(b"<p>" + b"\0" * 5_000_000, 9)
    bomb = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s"
    answers: dict[str, list[Answer]] = {
        "/thoi-su/": [section("/x-a1.html", "/y-a2.html")],
        "/x-a1.html": [bomb % (len(zipped), zipped)],
        "/y-a2.html": [article("Bài tốt")],
    }
    with raw_server(answers) as server:
        place = f"127.0.0.1:{server.port}"
        done = subprocess.run(
            [sys.executable, "-m", "scrapy", "crawl", "baocantho", "-a", "section=thoi-su", "-a", f"loopback={place}",
             "-a", f"collection={tmp_path}", "-s", "DOWNLOAD_MAXSIZE=1000000"],
            capture_output=True, text=True, timeout=240, check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    report = json.loads(max((tmp_path / "reports").iterdir()).read_text("utf-8"))
    assert report["counts"]["decompression bombs"] == 1 and titles(tmp_path) == {"baocantho:2": "Bài tốt"}
    assert "too large decompressed" in str(report["troubles"])
    assert kept_of(tmp_path, "/x-a1.html")[0].block.endswith(zipped)


def test_a_slow_sender_is_cut_and_counted(tmp_path: Path) -> None:
    def slowly(connection: Line) -> None:
        with contextlib.suppress(OSError):
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\na")
            while True:
                connection.sendall(b"a")
                time.sleep(0.1)

    # others have their time: a busy machine may take it
    asks: list[dict[str, object]] = [
        {"url": "http://papers.test/a", "with_meta": {"download_timeout": 3}},
        {"url": "http://papers.test/b"},
    ]
    with raw_server({"/a": [slowly], "/b": [html("sound")]}) as server:
        report = ask(tmp_path, *asks, loopback=server.port, script=WITH_META, settings={"RETRY_ENABLED": False})
    assert counts_of(report)["truncated: time"] == 1
    (record,) = kept_of(tmp_path, "/a")
    assert record.header("WARC-Truncated") == "time" and b"\r\n\r\na" in record.block


def test_other_schemes_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    wrong = [
        f"file://{tmp_path}/secret.txt",
        "ftp://papers.test/a",
        "data:text/html,secret",
        "javascript:1",
        "s3://a/b",
    ]
    answers: dict[str, list[Answer]] = {
        f"/{number}": [html("", f"Location: {location}", status="302 Found")] for number, location in enumerate(wrong)
    }
    page = "".join(f'<a href="{location}">a</a><img src="{location}">' for location in wrong)
    answers |= {"/thoi-su/": [section("/x-a1.html")], "/x-a1.html": [article("Bài", page)]}
    with raw_server(answers) as server:
        urls = [f"http://papers.test/{number}" for number in range(len(wrong))]
        report = ask(tmp_path / "asked", *urls, loopback=server.port)
        crawl(server, tmp_path / "crawled")
    assert counts_of(report)["schemes refused"] == len(wrong)
    for root in ("asked", "crawled"):
        assert all((record.url or "http").startswith("http") for record in kept(tmp_path / root))
        assert b"secret" not in b"".join(record.block for record in kept(tmp_path / root) if record.type == "request")


def test_cookies_are_neither_kept_nor_carried_elsewhere(tmp_path: Path) -> None:
    """By default none is sent at all; where an operator turns them on, a site's go to that site alone."""
    own = html("", "Set-Cookie: own=1; Path=/", "Set-Cookie: wide=1; Domain=.test; Path=/", "Set-Cookie: theirs=1; "
               "Domain=other.test; Path=/", "Location: http://other.test/b", status="302 Found")  # fmt: skip
    for kept_on in (False, True):
        with raw_server({"/a": [own], "/b": [html("b")], "/c": [html("c")]}) as server:
            asks = ["http://papers.test/a", "http://papers.test/c", "http://other.test/c", "http://papers.test/c?2"]
            report = ask(tmp_path / str(kept_on), *asks, loopback=server.port,
                         settings={"COOKIES_ENABLED": kept_on, "CONCURRENT_REQUESTS": 1})  # fmt: skip
            for _, request in server.received:
                if b"Host: other.test" in request:
                    assert b"own=1" not in request and b"theirs=1" not in request and b"wide=1" not in request
                if not kept_on:
                    assert b"Cookie" not in request
            sent = [request for path, request in server.received if path.startswith("/c") and b"papers.test" in request]
            assert any(b"own=1" in request for request in sent) == kept_on
        assert counts_of(report).get("cookies not kept", 0) == (0 if kept_on else 3)
