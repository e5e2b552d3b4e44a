"""Sites that mislead: what they can do to one address, and never to the crawl, the archive or another address."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path

import pytest
from crawling import baotinh
from raw_server import Answer, RawServer, raw_server

from archive.collection import Collection
from archive.verification import verify
from archive.warc.reader import read_records

ARTICLE = """<!doctype html><html><head><meta charset="utf-8"></head><body><div class="titlecate">
<h1><a>THỜI SỰ</a></h1><span class="pubdate">08/01/2026 - 18:21</span></div><h1 class="margintopbot10">{title}</h1>
<div id="newscontents"><div class="content-fck"><p>{title}: bà con góp công đắp lại con đường ra chợ trước mùa mưa.</p>
{more}</div></div></body></html>"""


def html(body: str, *fields: str, status: str = "200 OK") -> bytes:
    octets = body.encode()
    head = "".join(f"{field}\r\n" for field in fields)
    start = f"HTTP/1.1 {status}\r\nContent-Type: text/html\r\n{head}Content-Length: {len(octets)}\r\n\r\n"
    return start.encode() + octets


def article(title: str, more: str = "") -> bytes:
    return html(ARTICLE.format(title=title, more=more))


def section(*links: str, pager: str = "") -> bytes:
    return html("".join(f'<a href="{link}">bài</a> ' for link in links) + pager)


def crawl(server: RawServer, root: Path, *options: object, code: int = 0) -> dict[str, object]:
    place = f"127.0.0.1:{server.port}"
    done = baotinh("crawl", "baocantho", "--section", "thoi-su", "--loopback", place, "--collection", root, *options)
    assert done.returncode == code, done.stdout + done.stderr
    assert verify(Collection.open(root)).findings == []
    report: dict[str, object] = json.loads(max((root / "reports").iterdir()).read_text("utf-8"))
    return report


def titles(root: Path) -> dict[str, str]:
    with Collection.open(root).catalog() as catalog:
        return {version.article_id: version.article().title for version in catalog.versions_after(0)}


def asked(server: RawServer) -> list[str]:
    return [path for path, _ in server.received]


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
    assert {trouble["reason"] for trouble in report["troubles"]} <= {"forbidden by robots.txt"}  # type: ignore[attr-defined]


@pytest.mark.parametrize("status", ["503 Busy", "500 Broken"])
def test_silence_about_robots_is_a_no(tmp_path: Path, status: str) -> None:
    answers: dict[str, list[Answer]] = {
        "/thoi-su/": [section("/x-a1.html")],
        "/robots.txt": [html("", status=status)],
    }
    with raw_server(answers) as server:
        report = crawl(server, tmp_path)
        assert set(asked(server)) == {"/robots.txt"}
    assert "robots.txt of baocantho.test cannot be fetched" in str(report["troubles"])


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
    assert "leads to evil.test" in str(report["troubles"])


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
        assert set(asked(server)[before:]) == {"/robots.txt", "/thoi-su/"}  # the others are not due yet


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
        crawl(server, tmp_path)
        assert ended.wait(20)
    kept = [
        record for path in (tmp_path / "warc").iterdir() for record in read_records(path)
        if record.type == "response" and (record.url or "").endswith("/thoi-su/")
    ]  # fmt: skip
    assert kept and {record.header("WARC-Truncated") for record in kept} == {"length"}
    assert max(len(record.block) for record in kept) < 3_000_000
