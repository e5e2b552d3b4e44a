"""A picture that two articles show, where a budget ends before it comes; no run goes on without end."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

from support.raw_server import Line, raw_server
from support.small_paper import Paper, article, listing

PICTURE = b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 4\r\nConnection: close\r\n\r\n\x89PNG"


def showing(title: str, *pictures: str) -> list[Any]:
    figures = "".join(f'<figure><img src="{url}"><figcaption>Chợ</figcaption></figure>' for url in pictures)
    return article(title, more=figures)


def test_a_picture_that_is_kept_back_is_kept_back_from_all_articles_that_wait_for_it(tmp_path: Path) -> None:
    """One of them asked for it; it leads on, and for that the day's last request was spent."""
    both_wait = threading.Barrier(3, timeout=300)

    def own(line: Line) -> None:
        both_wait.wait()  # who asks for its own picture waits for the shared one as well
        line.sendall(PICTURE)

    def shared(line: Line) -> None:
        both_wait.wait()
        line.sendall(
            b"HTTP/1.1 302 Found\r\nLocation: /kho/chung.png\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        )

    pages: dict[str, list[Any]] = {
        "/van-hoa/": listing("/a-post1.html", "/b-post2.html"),
        "/a-post1.html": showing("Chợ lùi", "/chung.png", "/a.png"),
        "/b-post2.html": showing("Mùa mận", "/chung.png", "/b.png"),
        "/a.png": [own], "/b.png": [own], "/chung.png": [shared, PICTURE], "/kho/chung.png": [PICTURE],
    }  # fmt: skip
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port)
        counts = paper.crawl(BAOTINH_DAILY_REQUESTS="7")
        assert len(server.received) == 7 and counts["deferred: budget of requests"] == 1
        assert counts["errors"] == 0 and paper.ids() == set()
        paper.crawl()
    assert paper.ids() == {"1", "2"}
