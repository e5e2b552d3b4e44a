"""An article over several pages, crawled: the further pages are captured, read and joined; what is lost is named."""

from __future__ import annotations

import json
from pathlib import Path

from support.crawling import baotinh
from support.raw_server import raw_server

from archive.collection import Collection

FIRST = (
    "Chiều qua bến đò Cái Nai chật người; ai cũng muốn về trước khi trời tối, vì nước ròng ghe lớn không cập được bến."
)
SECOND = (
    "Ông Bảy chèo đò đã ba mươi năm nói rằng năm nay khách đông hơn, bởi cây cầu mới còn chờ dầm và đường tránh xa."
)
LINKS = "<p><a href='?page=2'>2</a> <a href='?page=3'>3</a></p>"


def answer(words: str) -> bytes:
    page = (
        "<html lang='vi'><head><meta charset='utf-8'>"
        "<meta property='article:published_time' content='2026-03-07T08:06:00+07:00'></head>"
        f"<body><h1>Bến đò Cái Nai</h1><div class='noidung'>{words}</div>{LINKS}</body></html>"
    ).encode()
    return b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(page) + page


def test_further_pages_are_captured_and_joined(tmp_path: Path) -> None:
    answers = {
        "/bai-a12.html": [answer(f"<p>{FIRST}</p><p>{FIRST[::-1]}</p>")],
        "/bai-a12.html?page=2": [answer(f"<p>{SECOND}</p><p style='text-align: right'>LÊ HÀ</p>")],
        "/bai-a12.html?page=3": [b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"],
    }
    root = tmp_path / "c"
    with raw_server(answers) as served:
        place = f"127.0.0.1:{served.port}"
        done = baotinh("capture", "http://bao.test/bai-a12.html", "--loopback", place, "--collection", root)
    assert done.returncode == 0, done.stdout + done.stderr
    collection = Collection.open(root)
    with collection.catalog() as catalog:
        (name,) = catalog.article_ids()
        article = catalog.article(name).article()
    assert [block.text for block in article.body if block.text] == [FIRST, FIRST[::-1], SECOND]
    assert article.authors == ("Lê Hà",)
    second, third = article.further_pages
    assert second.url.endswith("?page=2") and second.capture is not None and second.capture.offset is not None
    assert third.capture is None and third.capture_missing == "HTTP 404"
    (report,) = collection.reports.glob("*.json")
    (doubtful,) = json.loads(report.read_text("utf-8"))["doubtful"]
    assert doubtful["id"] == article.id and doubtful["doubts"]["body"].startswith("pages_unread ")
