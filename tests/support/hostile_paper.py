"""A section of Báo Cần Thơ on a raw server that a test gives its pages: what is served, the crawl, what came of it."""

from __future__ import annotations

import json
from pathlib import Path

from archive.checking.collection import verify
from archive.collection import Collection
from support.crawling import baotinh
from support.raw_server import RawServer

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


def crawl(server: RawServer, root: Path, *options: object, code: int = 0, **settings: str) -> dict[str, object]:
    place = f"127.0.0.1:{server.port}"
    done = baotinh(
        "crawl", "baocantho", "--section", "thoi-su", "--loopback", place, "--collection", root, *options, **settings
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert verify(Collection.open(root)).findings == []
    # of two runs that began in the same second the second has the lesser name
    newest = max((root / "reports").iterdir(), key=lambda path: path.stat().st_mtime_ns)
    report: dict[str, object] = json.loads(newest.read_text("utf-8"))
    return report


def titles(root: Path) -> dict[str, str]:
    with Collection.open(root).catalog() as catalog:
        return {version.article_id: version.article().title for version in catalog.versions_after(0)}


def counts_of(report: dict[str, object]) -> dict[str, int]:
    counts: dict[str, int] = report["counts"]  # type: ignore[assignment]
    return counts
