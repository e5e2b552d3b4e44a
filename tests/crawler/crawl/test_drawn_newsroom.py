"""The newsroom's paper drawn by scripts, crawled in real Chromium: held against its truth and its transport."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest
from support.browsing import NEEDS_CHROMIUM
from support.crawling import baotinh
from support.transport import assert_each_exchange_is_kept

from archive.warc.reader import Record, read_records
from crawler.newsroom import RunningNewsroom, serve_newsroom

pytestmark = NEEDS_CHROMIUM

DRAWN = 40
PICTURE = ("url", "caption", "credit", "position")


@attrs.frozen
class Crawled:
    """A collection of the paper, and what the newsroom says of it."""

    root: Path
    truth: dict[str, Any]
    exchanges: list[dict[str, Any]]
    again: list[dict[str, Any]]
    """What a second run asked for."""

    def records(self) -> list[Record]:
        return [record for path in sorted((self.root / "warc").iterdir()) for record in read_records(path)]

    def articles(self) -> dict[str, dict[str, Any]]:
        files = sorted((self.root / "jsonl").iterdir(), key=lambda path: path.stat().st_mtime_ns)
        lines = [line for path in files for line in path.read_text("utf-8").splitlines()]
        return {one["url"]: one for one in map(json.loads, lines)}

    def counts(self) -> list[dict[str, int]]:
        """Those of the runs, the oldest first."""
        return [json.loads(path.read_text("utf-8"))["counts"] for path in sorted((self.root / "reports").iterdir())]


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    folder = tmp_path_factory.mktemp("drawn")
    log = folder / "transport.jsonl"
    with serve_newsroom(seed=11, articles=6, drawn=DRAWN, log_path=log) as newsroom:
        crawl(newsroom, folder / "c")
        exchanges = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
        crawl(newsroom, folder / "c")
        every = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
        truth = newsroom.truth()["drawn"]
    yield Crawled(folder / "c", truth, every, every[len(exchanges) :])


def crawl(newsroom: RunningNewsroom, root: Path) -> None:
    done = baotinh(
        "crawl", "baosonla", "--loopback", f"127.0.0.1:{newsroom.port}", "--collection", root,
        BAOTINH_BROWSER_PAGES="4",
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_article_is_found_and_read_as_its_truth_says(crawled: Crawled) -> None:
    found, expected = crawled.articles(), {one["url"]: one for one in crawled.truth["articles"]}
    assert len(expected) == DRAWN and found.keys() == expected.keys()
    wrong = [
        f"{url} {name}: {seen!r} is not {said!r}"
        for url, true in expected.items()
        for name, said in true.items()
        if name != "status" and (seen := like(found[url], name)) != like(true, name)
    ]
    assert not wrong, "\n".join(wrong[:10])


def like(article: dict[str, Any], name: str) -> Any:
    """A field's value; of pictures what the newsroom's truth says of them."""
    value = article[name]
    return [{key: one[key] for key in PICTURE} for one in value] if name == "images" else value


def test_lists_were_made_to_load_more_by_scrolling_and_by_a_button(crawled: Crawled) -> None:
    """Each shows twelve articles at first."""
    sections = [one["section"] for one in crawled.truth["articles"]]
    assert min(sections.count(one["name"]) for one in crawled.truth["sections"]) > 12
    assert crawled.counts()[0]["loaded more"] >= len(crawled.truth["sections"])


def test_every_exchange_stands_in_the_warc_byte_for_byte(crawled: Crawled) -> None:
    assert_each_exchange_is_kept(crawled.records(), crawled.exchanges)
    assert any(line["target"].startswith("/api/articles/") for line in crawled.exchanges)
    doms = {record.record_id: record for record in crawled.records() if record.type == "resource"}
    for url, article in crawled.articles().items():
        dom = doms[article["dom_capture"]["record_id"]]
        assert dom.url == f"urn:dom:{url}" and article["title"].encode() in dom.block
    assert baotinh("verify", crawled.root).returncode == 0


def test_a_second_run_asks_for_no_article_again(crawled: Crawled) -> None:
    assert crawled.again
    assert not [line["target"] for line in crawled.again if line["target"].startswith("/api/articles/")]
    assert not [name for name in crawled.counts()[1] if name.startswith("articles ")]
