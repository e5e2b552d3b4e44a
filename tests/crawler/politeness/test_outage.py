"""A server that is down: nothing of what was not answered is put off, and the first run after it asks for all of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.crawling import baotinh

from archive.collection import Collection
from crawler.newsroom import serve_newsroom


@pytest.mark.parametrize("robots_seconds", [86_400, 0])
def test_no_address_is_put_off_because_the_server_was_down(tmp_path: Path, robots_seconds: int) -> None:
    with serve_newsroom(articles=24) as newsroom:

        def crawl() -> str | None:
            baotinh(
                "crawl", "baobaclieu", "--recheck", "--loopback", f"127.0.0.1:{newsroom.port}", "--collection",
                tmp_path, BAOTINH_ROBOTS_SECONDS=str(robots_seconds), BAOTINH_FIRST_REST="1", BAOTINH_LONGEST_REST="2",
            )  # fmt: skip
            with Collection.open(tmp_path).catalog() as catalog:
                return catalog.runs(1)[0].outcome

        def remembered() -> list[tuple[str, int, str]]:
            with Collection.open(tmp_path).catalog() as catalog:
                return catalog.connection.execute(
                    "SELECT url, failures, next_due_at FROM addresses ORDER BY url"
                ).fetchall()

        assert crawl() == "finished"
        before = remembered()
        assert len(before) > 8
        newsroom.close()
        assert [crawl() for _ in range(2)] == ["failed"] * 2
        assert remembered() == before
        newsroom.open()
        [url] = newsroom.publish(1, "baobaclieu")
        assert crawl() == "finished"
        assert url in {address for address, *_ in remembered()}
