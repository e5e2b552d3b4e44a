"""What stands beside a capture: how the crawl came to it, how long it took, and where it leads."""

from __future__ import annotations

import base64
import hashlib
import time
from pathlib import Path

from support.asking import ask, exchanges, kept, metadata_of
from support.crawling import baotinh
from support.hostile_paper import article, html, section
from support.raw_server import Line, raw_server

from archive.checking.collection import verify
from archive.clock import parse_warc_date
from archive.collection import Collection
from archive.originals import original_of
from archive.warc.reader import Record


def crawl(root: Path, port: int, **environment: str) -> None:
    place = f"127.0.0.1:{port}"
    done = baotinh(
        "crawl", "baocantho", "--section", "thoi-su", "--loopback", place, "--collection", root, **environment
    )
    assert done.returncode == 0, done.stdout + done.stderr


def said_of(records: list[Record]) -> dict[str, dict[str, str]]:
    return {path: metadata_of(records, response) for path, _, response in exchanges(records)}


def test_the_way_to_every_page_is_said(tmp_path: Path) -> None:
    pager = '<div id="page"><a href="/thoi-su?p=2">2</a></div>'
    more = '<link rel="stylesheet" href="/a.css"><img src="/a.jpg">'
    answers = {
        "/thoi-su/": [section("/moved-a1.html", pager=pager)],
        "/thoi-su?p=2": [section("/x-a2.html")],
        "/moved-a1.html": [html("", "Location: /here-a1.html", status="301 Moved")],
        "/here-a1.html": [article("Một", more)],
        "/x-a2.html": [article("Hai")],
        "/a.css": [b"HTTP/1.1 200 OK\r\nContent-Type: text/css\r\nContent-Length: 20\r\n\r\n@import url(/b.css);"],
        "/b.css": [html("p { color: green }")],
        "/a.jpg": [html("no picture")],
    }
    with raw_server(answers) as server:  # type: ignore[arg-type]
        crawl(tmp_path, server.port)
    said = said_of(kept(tmp_path))
    here = "http://baocantho.test"
    assert {path: (fields.get("hopsFromSeed"), fields.get("via")) for path, fields in said.items()} == {
        "/robots.txt": ("P", None),
        "/thoi-su/": (None, None),
        "/rss/cate/thoi-su/": (None, None),
        "/thoi-su?p=2": ("L", f"{here}/thoi-su/"),
        "/moved-a1.html": ("L", f"{here}/thoi-su/"),
        "/here-a1.html": ("LR", f"{here}/moved-a1.html"),
        "/x-a2.html": ("LL", f"{here}/thoi-su?p=2"),
        "/a.css": ("LRE", f"{here}/here-a1.html"),
        "/a.jpg": ("LRE", f"{here}/here-a1.html"),
        "/b.css": ("LREE", f"{here}/a.css"),
    }
    assert {path: fields.get("baotinh-kind") for path, fields in said.items()} == {
        "/robots.txt": "robots", "/thoi-su/": "section", "/thoi-su?p=2": "section", "/moved-a1.html": "article",
        "/here-a1.html": "article", "/x-a2.html": "article", "/a.css": "requisite", "/a.jpg": "picture",
        "/b.css": "requisite", "/rss/cate/thoi-su/": "feed",
    }  # fmt: skip
    assert said["/x-a2.html"]["baotinh-section"] == "Thời sự"
    assert all(fields["fetchTimeMs"].isdecimal() for fields in said.values())


def test_the_date_is_when_the_capture_began_and_the_same_in_all_its_records(tmp_path: Path) -> None:
    arrived: list[float] = []

    def late(line: Line) -> None:
        arrived.append(time.time())
        time.sleep(1.5)
        line.sendall(html("late", "Connection: close"))

    began = time.time()
    with raw_server({"/a": [late]}) as server:
        ask(tmp_path, "http://papers.test/a", loopback=server.port)
    records = [record for record in kept(tmp_path) if (record.url or "").endswith("/a")]
    assert [record.type for record in records] == ["response", "request", "metadata"]
    (date,) = {record.header("WARC-Date") or "" for record in records}
    assert began <= parse_warc_date(date).timestamp() <= arrived[0]
    assert int(metadata_of(records, records[0])["fetchTimeMs"]) >= 1500


def test_outlinks_are_an_option(tmp_path: Path) -> None:
    body = (
        '<a href="/x?a=1#b">x</a><a href="#top">top</a><a href="mailto:a@b.vn">m</a><img src="i.png">'
        '<script src="//cdn.papers.test/s.js"></script><a href="/x?a=1">again</a>'
    )
    with raw_server({"/a": [html(body)]}) as server:
        for name, environment in (("without", {}), ("with", {"BAOTINH_OUTLINKS": "1"})):
            done = baotinh("capture", "http://papers.test/a", "--loopback", f"127.0.0.1:{server.port}",
                           "--collection", tmp_path / name, **environment)  # fmt: skip
            assert done.returncode == 0
    found = {}
    for name in ("without", "with"):
        blocks = [record.block.decode() for record in kept(tmp_path / name) if record.type == "metadata"]
        found[name] = [line for block in blocks for line in block.splitlines() if line.startswith("outlink: ")]
    assert found["without"] == []
    assert found["with"] == [
        "outlink: http://papers.test/x?a=1 L a/@href",
        "outlink: http://papers.test/i.png E img/@src",
        "outlink: http://cdn.papers.test/s.js E script/@src",
    ]


def test_digests_may_be_sha1(tmp_path: Path) -> None:
    with raw_server({"/a": [html("một"), html("một"), html("hai")]}) as server:
        for _ in range(3):
            ask(tmp_path, "http://papers.test/a", loopback=server.port, settings={"BAOTINH_DIGEST": "sha1"})
    records = [record for _, _, record in exchanges(kept(tmp_path)) if (record.url or "").endswith("/a")]
    assert [record.type for record in records] == ["response", "revisit", "response"]
    expected = "sha1:" + base64.b32encode(hashlib.sha1("một".encode()).digest()).decode()
    assert records[0].header("WARC-Payload-Digest") == records[1].header("WARC-Payload-Digest") == expected
    for record in kept(tmp_path):
        assert (record.header("WARC-Block-Digest") or "").startswith("sha1:")
    assert verify(Collection.open(tmp_path)).findings == []


def test_the_same_payload_is_kept_once_whatever_its_address(tmp_path: Path) -> None:
    """Within a group, across files, runs and newspapers; an article's picture in another file still has its bytes."""
    picture = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40

    def answer(turn: int) -> bytes:
        head = b"HTTP/1.1 200 OK\r\nX-Turn: %d\r\nContent-Type: image/png\r\nContent-Length: %d\r\n\r\n"
        return head % (turn, len(picture)) + picture

    answers = {f"/{number}.png": [answer(number)] for number in range(4)}
    with raw_server(answers) as server:  # type: ignore[arg-type]
        ask(tmp_path, "http://papers.test/0.png", "http://papers.test/1.png", loopback=server.port)
        ask(tmp_path, "http://papers.test/2.png", loopback=server.port, settings={"BAOTINH_ROTATE_BYTES": 10})
        ask(tmp_path, "http://papers.test/0.png", "http://other.test/3.png", loopback=server.port)
    found = [record for path, _, record in exchanges(kept(tmp_path)) if path.endswith(".png")]
    assert [record.type for record in found] == ["response", *["revisit"] * 4]
    for revisit in found[1:]:
        turn = int((revisit.url or "")[-5])
        assert revisit.block + picture == answer(turn)
    with Collection.open(tmp_path).catalog() as catalog:
        for revisit in found[1:]:
            capture = catalog.capture(revisit.record_id)
            assert capture is not None and capture.status == 200
            original = original_of(Collection.open(tmp_path), catalog, capture)
            assert original is not None and original.record_id == found[0].record_id
            assert catalog.latest_success(revisit.url or "") is not None
    assert verify(Collection.open(tmp_path)).findings == []
    assert len(list((tmp_path / "warc").iterdir())) >= 3


def test_what_is_no_whole_answer_stands_for_no_other(tmp_path: Path) -> None:
    """Errors, cut answers and empty ones are kept as often as they come."""
    gone = html("gone", status="404 Not Found")
    with raw_server({"/a": [gone], "/b": [gone], "/c": [html("")], "/d": [html("")]}) as server:
        ask(tmp_path, *(f"http://papers.test/{name}" for name in "abcd"), loopback=server.port)
    assert {record.type for _, _, record in exchanges(kept(tmp_path))} == {"response"}
