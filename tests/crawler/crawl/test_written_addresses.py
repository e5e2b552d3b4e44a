"""Addresses that are written oddly are asked for as browsers ask, wherever they stand, and are known the next time."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

from support.crawling import baotinh
from support.raw_server import Answer, raw_server
from support.small_paper import HOST, Paper, answer, article, listing, redirect


def picture() -> bytes:
    """A PNG of one pixel."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")


def test_links_pictures_redirects_refreshes_and_feeds_are_read_alike(tmp_path: Path) -> None:
    links = [
        "\\cho\\a-post1.html",
        "/cho/\t{2}/[2]|2^/b-post2.html?x={2}|[2]",
        "/c\\..\\cho\\c-post3.html",
        "\\\\baolaocai.test\\d-post4.html",
        "/x/%2e%2e/e-post5.html#binh-luan",
        "/f-post6.html?chuyen=\u00e9\u1ebf",
        "http://baolaocai.test:99999/g-post7.html",
    ]
    anchors = "".join(f'<h2><a href="{link}">Chuyện kể ở chợ phiên vùng cao</a></h2>' for link in links)
    listed = f"<meta charset=windows-1258>{anchors}".encode("cp1258", "xmlcharrefreplace")
    rss = f"<rss><channel><item><link>{HOST}\\cho\\h-post8.html</link></item></channel></rss>"
    shown = "<figure><img src='\\anh\\a b.png'></figure>"
    pages: dict[str, list[Answer]] = {
        "/van-hoa/": answer(listed, kind="text/html"),
        "/rss.xml": answer(rss, kind="application/rss+xml"),
        "/cho/a-post1.html": article("Chợ lùi", more=shown),
        "/cho/%7B2%7D/[2]|2%5E/b-post2.html?x={2}|[2]": article("Chợ phiên"),
        "/cho/c-post3.html": redirect("\\\\baolaocai.test\\cho\\.\\cm-post3.html"),
        "/cho/cm-post3.html": article("Chợ tình"),
        "/d-post4.html": answer("<meta http-equiv=refresh content='0; url=\"\\cho\\dm-post4.html\"'>"),
        "/cho/dm-post4.html": article("Chợ đêm"),
        "/e-post5.html": article("Chợ trâu"),
        "/f-post6.html?chuyen=%E9%26%237871%3B": article("Chợ hoa"),
        "/cho/h-post8.html": article("Chợ chim"),
        "/anh/a%20b.png": answer(picture(), kind="image/png"),
    }
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port, feeds=("/rss.xml",))
        paper.crawl()
        paths = [path for path, _ in server.received]
        assert sorted(paths) == sorted([*pages, "/robots.txt"])
        paper.crawl()
        again = [path for path, _ in server.received[len(paths) :]]
    assert paper.ids() == {"1", "2", "3", "4", "5", "6", "8"}
    assert set(again) == {"/van-hoa/", "/rss.xml"}
    assert paper.report()["troubles"] == []


def test_a_rebuild_follows_a_location_as_the_crawl_did(tmp_path: Path) -> None:
    pages: dict[str, list[Answer]] = {
        "/van-hoa/": listing("/a-post1.html"),
        "/a-post1.html": [*article("Chợ lùi"), *redirect("\\cho\\chợ-post1.html#dau")],
        "/cho/ch%E1%BB%A3-post1.html": article("Chợ lùi dời lên đồi"),
    }
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port)
        paper.crawl()
        paper.crawl("--recheck")
    query = "SELECT url, gone_at, moved_to FROM addresses ORDER BY url"
    before = paper.rows(query)
    assert before[0][2] == f"{HOST}/cho/ch%E1%BB%A3-post1.html"
    assert baotinh("rebuild", "--collection", paper.root).returncode == 0
    assert paper.rows(query) == before
