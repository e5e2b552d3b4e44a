"""A captured page that could not be read stays unread, is named, and is read again from its record."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import attrs
from support.children import children
from support.crawling import baotinh
from support.raw_server import Line, RawServer, raw_server
from support.small_paper import HOST, Paper, answer, article, listing, sitemap

from archive.clock import now
from archive.collection import Collection
from archive.health import wording as alarm_wording
from archive.health.alarm import UnreadPages
from archive.health.alarms import Alarm, examine

SLOW = "/a-post2.html"
# Reading this takes some three seconds, and gives a small article.
HEAVY = article("Chợ lùi", more="<meta name=k content=v>" * 290_000)  # a page of more tags is not read
SECONDS = {"BAOTINH_READING_SECONDS": "1"}
STATE = "SELECT url, kind, failure, tries, runs FROM unread ORDER BY url"


def alarms(paper: Paper) -> list[Alarm]:
    held = Collection.open(paper.root)
    with held.catalog() as catalog:
        return [alarm for alarm in examine(held, catalog, now()) if alarm.kind == "unread"]


def write(paper: Paper, statement: str, *values: object) -> None:
    with Collection.open(paper.root).catalog(writable=True) as catalog, catalog.transaction() as connection:
        connection.execute(statement, values)


def requests(server: RawServer, path: str) -> list[bytes]:
    return [octets for asked, octets in server.received if asked == path]


@attrs.define
class Held:
    """An answer that the server sends once the crawl's reading process is dead, so that only a new one can read it."""

    octets: bytes
    is_asked: threading.Event = attrs.field(factory=threading.Event)
    is_killed: threading.Event = attrs.field(factory=threading.Event)

    def __call__(self, line: Line) -> None:
        """Send it."""
        self.is_asked.set()
        assert self.is_killed.wait(300)
        line.sendall(self.octets.replace(b"\r\n", b"\r\nConnection: close\r\n", 1))


KILLING = """
import os, signal, sys
if "crawler.reading.worker" in sys.orig_argv and os.path.exists({begun!r}):
    os.kill(os.getpid(), signal.SIGKILL)
"""


def crawl_without_readers(paper: Paper, *options: object, command: str = "crawl", held: Held | None = None) -> int:
    """Crawl with reading processes that kill themselves as they begin, or since an answer is held; the exit code."""
    at_start = paper.root.parent / "at-start"
    at_start.mkdir(exist_ok=True)
    begun = at_start / "begun"
    (at_start / "sitecustomize.py").write_text(KILLING.format(begun=str(begun)), "utf-8")
    begun.unlink(missing_ok=True) if held is not None else begun.touch()
    asked = [paper.declared] if command == "crawl" else []
    arguments = map(str, (command, *asked, *options, "--loopback", paper.place, "--collection", paper.root))
    crawling = subprocess.Popen(
        [sys.executable, "-m", "crawler.cli", *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(at_start)},
    )
    if held is not None:
        assert held.is_asked.wait(180)
        begun.touch()
        for child in children(crawling.pid):
            os.kill(child, signal.SIGKILL)
        held.is_killed.set()
    return crawling.wait(240)


def test_a_page_that_breaks_each_process_is_named_until_it_is_read(tmp_path: Path) -> None:
    heavy = [HEAVY[0].replace(b"\r\n", b'\r\nETag: "one"\r\n', 1)]
    pages = {
        "/van-hoa/": listing("/a-post1.html", SLOW, "/a-post3.html"),
        "/a-post1.html": article("Bến nước"), SLOW: heavy, "/a-post3.html": article("Nương ngô"),
    }  # fmt: skip
    url = HOST + SLOW
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port)
        counts = paper.crawl(**SECONDS)
        assert (counts["articles new"], counts["unread"], counts["reading processes lost"]) == (2, 1, 2)
        assert "rejected" not in counts
        [said] = paper.report()["unread"]
        assert (said["url"], said["failure"], said["detail"], said["tries"]) == (url, "late", "1", 2)
        [alarm] = alarms(paper)
        assert alarm.newspaper == "baolaocai" and alarm.detail.endswith(f"{url} (tried 2 times)")
        assert alarm_wording.detail(alarm).endswith(f": {url} (đã thử 2 lần).")
        done = baotinh("jobs", "health", "--collection", paper.root)
        assert done.returncode == 1 and f"baolaocai unread: {alarm.detail}" in done.stdout

        assert paper.crawl("--due", **SECONDS)["unread"] == 1
        assert paper.rows(STATE) == [(url, "article", "late", 4, 2)]
        assert len(requests(server, SLOW)) == 1, "it is read from its record"
        assert paper.crawl("--due", **SECONDS)["unread"] == 1
        assert paper.rows(STATE) == [(url, "article", "late", 4, 2)], "it is not tried for ever in every run"

        copied = Paper(tmp_path, server.port)
        copied.root = Path(shutil.copytree(paper.root, tmp_path / "copied"))
        done = baotinh("rebuild", "--collection", copied.root)
        assert done.returncode == 0, done.stderr
        assert copied.rows("SELECT * FROM unread") == paper.rows("SELECT * FROM unread") != []

        # where the server is asked again, it is not asked whether anything has changed since what nobody has read
        write(paper, "UPDATE addresses SET next_due_at = '2000' WHERE url = ?", url)
        assert paper.crawl("--due", **SECONDS)["unread"] == 1
        assert len(requests(server, SLOW)) == 2 and b"If-None-Match" not in requests(server, SLOW)[1]

        write(paper, "UPDATE unread SET due_at = '2000'")
        counts = paper.crawl("--due", BAOTINH_READING_SECONDS="300")
        assert (counts["articles new"], counts["read again"], "unread" in counts) == (1, 1, False)
        assert len(requests(server, SLOW)) == 2
    assert paper.ids() == {"1", "2", "3"} and alarms(paper) == []
    assert paper.rows("SELECT status FROM addresses WHERE url = ? AND record_id IS NOT NULL", url) == [(200,)]


def test_what_leads_to_articles_is_asked_for_again_where_it_could_not_be_read(tmp_path: Path) -> None:
    def stamped(page: list[Any]) -> list[Any]:
        return [page[0].replace(b"\r\n", b'\r\nETag: "one"\r\n', 1)]

    feed = f"<rss><channel><item><link>{HOST}/b-post2.html</link></item></channel></rss>"
    pages = {
        "/van-hoa/": stamped(listing("/a-post1.html")), "/rss.xml": stamped(answer(feed, kind="text/xml")),
        "/sitemap.xml": stamped(sitemap((f"{HOST}/c-post3.html", "2025-06-17"))),
        "/a-post1.html": article("Bến nước"), "/b-post2.html": article("Chợ lùi"),
        "/c-post3.html": article("Nương ngô"),
    }  # fmt: skip
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port, feeds=("/rss.xml",), sitemaps=("/sitemap.xml",))
        assert crawl_without_readers(paper) == 1  # not one section
        assert {(kind, tries) for _, kind, _, tries, _ in paper.rows(STATE)} == {
            ("section", 2), ("feed", 2), ("sitemap", 2)
        }  # fmt: skip
        assert paper.ids() == set() and len(alarms(paper)) == 1
        since = len(server.received)
        paper.crawl("--due")
    assert paper.ids() == {"1", "2", "3"} and paper.rows(STATE) == [] and alarms(paper) == []
    assert not any(b"If-None-Match" in octets for _, octets in server.received[since:])


def test_the_home_page_that_shows_the_sections_is_asked_for_again(tmp_path: Path) -> None:
    home = "".join(f'<a href="/{slug}/">{name}</a>' for slug, name in (("van-hoa", "Văn hóa"), ("xa-hoi", "Xã hội")))
    pages = {
        "/": answer(f"<nav><ul><li>{home}</li></ul></nav>"), "/van-hoa/": listing("/a-post1.html"),
        "/xa-hoi/": listing("/b-post2.html"),
        "/a-post1.html": article("Bến nước"), "/b-post2.html": article("Chợ lùi"),
    }  # fmt: skip
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port, sections=())
        crawl_without_readers(paper)
        assert paper.rows(STATE) == [(f"{HOST}/", "section", "ended", 2, 1)]
        paper.crawl("--due")
    assert paper.ids() == {"1", "2"} and paper.rows(STATE) == []


def test_an_article_of_which_a_further_page_cannot_be_read_is_not_released_in_part_at_once(tmp_path: Path) -> None:
    [part] = article("Chợ lùi", more="<p>Phần sau kể chuyện người bán ngựa.</p>")
    links = '<div class="pagination"><a href="/a-post1.html">1</a> <a href="/a-post1.html?page=2">2</a></div>'
    second = Held(part)
    pages: dict[str, list[Any]] = {
        "/van-hoa/": listing("/a-post1.html"), "/a-post1.html": article("Chợ lùi", more=links),
        "/a-post1.html?page=2": [second, part],
    }  # fmt: skip
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port)
        crawl_without_readers(paper, held=second)
        assert paper.ids() == set() and paper.rows(STATE) == [(f"{HOST}/a-post1.html", "article", "ended", 2, 1)]
        assert paper.report()["unread"][0]["hints"]["further page"] == f"{HOST}/a-post1.html?page=2"
        counts = paper.crawl("--due")
        asked = [path for path, _ in server.received]
    assert (counts["articles new"], counts["read again"]) == (1, 1)
    [(line,)] = paper.rows("SELECT unpacked_line(line) FROM versions")
    assert "người bán ngựa" in line and paper.rows(STATE) == []
    assert asked.count("/a-post1.html") == 1 and asked.count("/a-post1.html?page=2") == 1


def test_an_article_is_released_without_the_further_page_that_breaks_each_process(tmp_path: Path) -> None:
    links = '<div class="pagination"><a href="/a-post1.html">1</a> <a href="/a-post1.html?page=2">2</a></div>'
    pages = {
        "/van-hoa/": listing("/a-post1.html"), "/a-post1.html": article("Chợ lùi", more=links),
        "/a-post1.html?page=2": HEAVY,
    }  # fmt: skip
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port)
        paper.crawl(**SECONDS)
        assert paper.ids() == set()
        counts = paper.crawl("--due", **SECONDS)
        assert (counts["articles new"], counts["unread"]) == (1, 1)
    [(line,)] = paper.rows("SELECT unpacked_line(line) FROM versions")
    assert [page["capture_missing"] for page in json.loads(line)["further_pages"]] == ["unread"]
    assert paper.rows(STATE) == [(f"{HOST}/a-post1.html", "article", "late", 4, 2)] and len(alarms(paper)) == 1


def test_a_page_whose_record_cannot_be_had_is_fetched_anew(tmp_path: Path) -> None:
    [page] = article("Bến nước")
    held = Held(page)
    with raw_server({"/van-hoa/": listing("/a-post1.html"), "/a-post1.html": [held, page]}) as server:
        paper = Paper(tmp_path, server.port)
        crawl_without_readers(paper, held=held)
        assert [row[1] for row in paper.rows(STATE)] == ["article"]
        write(paper, "UPDATE captures SET offset = offset + 1 WHERE url LIKE '%post1.html'")
        paper.crawl("--due")
        paper.crawl("--due")
    assert paper.ids() == {"1"} and paper.rows(STATE) == []
    assert len(requests(server, "/a-post1.html")) == 2


def test_a_single_page_is_read_by_the_next_call(tmp_path: Path) -> None:
    pages = {"/a-post1.html": article("Bến nước"), "/b-post2.html": article("Chợ lùi")}
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port)
        crawl_without_readers(paper, f"{HOST}/a-post1.html", command="capture")
        assert paper.rows(STATE) == [(f"{HOST}/a-post1.html", "page", "ended", 2, 1)]
        done = baotinh("capture", f"{HOST}/b-post2.html", "--loopback", paper.place, "--collection", paper.root)
        assert done.returncode == 0, done.stderr
    assert paper.ids() == {"1", "2"} and paper.rows(STATE) == []
    assert len(requests(server, "/a-post1.html")) == 1


def test_the_words_for_many_pages() -> None:
    named = (("http://a/1", 4), ("http://a/2", 2), ("http://a/3", 2))
    figures = UnreadPages(pages=5, since=datetime(2026, 11, 24, 3, tzinfo=UTC), named=named)
    alarm = Alarm(kind="unread", newspaper="baolaocai", subject="", figures=figures)
    assert alarm.detail == (
        "5 captured pages could not be read yet, since 2026-11-24 03:00 UTC: http://a/1 (tried 4 times), "
        "http://a/2 (tried 2 times), http://a/3 (tried 2 times) and 2 more"
    )
    assert alarm_wording.detail(alarm) == (
        "5 trang chưa đọc được, từ Thứ Ba, 24/11/2026, 10:00: http://a/1 (đã thử 4 lần), http://a/2 (đã thử 2 lần), "
        "http://a/3 (đã thử 2 lần) và 2 trang nữa."
    )
    assert alarm_wording.kind(alarm) != "unread" and attrs.evolve(alarm, detail="?").detail == "?"
