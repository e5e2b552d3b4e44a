"""A picture that takes another's place under its address makes a version, whatever the page answers."""

from __future__ import annotations

import gzip
import json
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote

import attrs
import pytest
from fastapi.testclient import TestClient
from support.browsing import VIEWER
from support.crawling import Later, baotinh
from support.raw_server import raw_server
from support.sample import REPLAY
from support.small_paper import Paper, answer, article, listing

from archive.article import Article
from archive.catalog import Version
from archive.checking.collection import verify
from archive.clock import timestamp14
from archive.collection import Collection
from archive.rebuild.whole import rebuild
from archive.replay.app import replay_app
from archive.web.app import site_app
from crawler.newsroom import RunningNewsroom, serve_newsroom
from crawler.newsroom.pictures import draw_picture

PAPER = "baolaocai"
AT_EACH_LOOK = "0.001"


@attrs.define
class Crawled:
    """A newsroom that was crawled once, and an article of it with pictures, which is known by its address."""

    newsroom: RunningNewsroom
    root: Path
    url: str
    requests: int = 0
    days: int = 0

    def crawl(self, days: int = 8, **settings: str) -> dict[str, int]:
        """Look at all articles again, so many days after the last time; what the run counted."""
        before = sum(self.newsroom.requests().values())
        self.days += days
        done = baotinh(
            "crawl", PAPER, "--recheck", "--loopback", f"127.0.0.1:{self.newsroom.port}", "--collection", self.root,
            clock=Later(timedelta(days=self.days)), **settings,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        self.requests = sum(self.newsroom.requests().values()) - before
        with Collection.open(self.root).catalog() as catalog:
            return catalog.runs(1)[0].counts

    def versions(self) -> list[Version]:
        """The article's."""
        with Collection.open(self.root).catalog() as catalog:
            (row,) = catalog.connection.execute(
                "SELECT DISTINCT article_id FROM addresses WHERE url = ?", (self.url,)
            ).fetchall()
            return catalog.versions(row[0])

    def kinds(self) -> set[str]:
        """The kinds of all changes in the collection."""
        with Collection.open(self.root).catalog() as catalog:
            return {kind for (kind,) in catalog.connection.execute("SELECT kind FROM change_kinds")}

    def pictures(self) -> list[str]:
        """The addresses of all articles' pictures that were captured."""
        with Collection.open(self.root).catalog() as catalog:
            found = [catalog.article(id).article() for id in catalog.article_ids()]
        return sorted({image.url for article in found for image in article.images if image.capture is not None})

    def addresses(self) -> list[tuple[str, ...]]:
        """What is known of the addresses of articles and pictures."""
        with Collection.open(self.root).catalog() as catalog:
            return catalog.connection.execute(
                """SELECT url, kind, status, etag, last_modified, record_id, payload_digest, article_id, content_hash
                FROM addresses WHERE kind IN ('article', 'picture') AND status = 200 ORDER BY url"""
            ).fetchall()


@pytest.fixture
def crawled(tmp_path: Path) -> Iterator[Crawled]:
    with serve_newsroom(seed=5, articles=18) as newsroom:
        [url, *_] = [
            one["url"]
            for one in newsroom.truth()["articles"]
            if one["newspaper"] == PAPER and one["images"] and one["status"] == "published"
        ]
        found = Crawled(newsroom, tmp_path / "c", url)
        done = baotinh("crawl", PAPER, "--loopback", f"127.0.0.1:{newsroom.port}", "--collection", found.root)
        assert done.returncode == 0, done.stdout + done.stderr
        assert len(found.versions()) == 1
        yield found


def digests(article: Article) -> list[str | None]:
    return [image.capture.payload_digest if image.capture else None for image in article.images]


def test_a_picture_exchanged_beneath_an_unmodified_page_makes_a_version(crawled: Crawled) -> None:
    crawled.newsroom.edit(crawled.url, "exchanged")
    counts = crawled.crawl()
    assert (counts["pictures exchanged"], counts["articles changed"]) == (1, 1) and counts["not modified"] > 0
    former, later = (version.article() for version in crawled.versions())
    assert (former.body, former.title) == (later.body, later.title) and former.content_hash != later.content_hash
    assert digests(former) != digests(later) and crawled.kinds() == {"picture-swapped", "silent"}
    assert "pictures exchanged" not in crawled.crawl() and len(crawled.versions()) == 2
    assert verify(Collection.open(crawled.root)).findings == []


def test_a_picture_exchanged_after_its_article_moved_makes_a_version(crawled: Crawled) -> None:
    moved = crawled.newsroom.move(crawled.url)
    crawled.crawl(days=1)
    assert len(crawled.versions()) == 1
    crawled.newsroom.edit(moved, "exchanged")
    counts = crawled.crawl()
    assert (counts["pictures exchanged"], counts["articles changed"]) == (1, 1)
    assert [version.article().url for version in crawled.versions()] == [crawled.url, moved]


def test_a_rebuild_has_the_same_versions(crawled: Crawled) -> None:
    crawled.newsroom.edit(crawled.url, "exchanged")
    crawled.crawl()
    before, addresses = crawled.versions(), crawled.addresses()
    rebuild(crawled.root)
    assert [(one.content_hash, one.record_id, one.raw) for one in crawled.versions()] == [
        (one.content_hash, one.record_id, one.raw) for one in before
    ]
    assert crawled.kinds() == {"picture-swapped", "silent"} and crawled.addresses() == addresses
    counts = crawled.crawl()
    assert "articles changed" not in counts and counts["not modified"] > 0


def test_the_former_version_keeps_its_picture(crawled: Crawled) -> None:
    crawled.newsroom.edit(crawled.url, "exchanged")
    crawled.crawl()
    collection = Collection.open(crawled.root)
    site, seen = TestClient(site_app(collection, REPLAY)), []
    replayed = TestClient(replay_app(collection, VIEWER, "http://site.test"))
    for version in crawled.versions():
        (image,) = version.article().images
        assert image.capture is not None
        page = site.get("/article/" + version.article_id, params={"version": version.content_hash}).text
        assert f"/picture/{image.capture.record_id}" in unquote(page)
        shown = replayed.get(f"/picture/{image.capture.record_id}").content
        assert shown == replayed.get(f"/web/{timestamp14(version.captured_at)}id_/{image.url}").content
        seen.append(shown)
    assert len(set(seen)) == 2


def test_an_edit_and_an_exchange_at_once_are_one_version(crawled: Crawled) -> None:
    crawled.newsroom.edit(crawled.url, "headline")
    crawled.newsroom.edit(crawled.url, "exchanged")
    counts = crawled.crawl()
    assert (counts["pictures exchanged"], counts["articles changed"]) == (1, 1)
    assert len(crawled.versions()) == 2 and {"headline", "picture-swapped"} <= crawled.kinds()


def test_a_picture_exchanged_beneath_a_page_of_the_same_bytes_makes_a_version(tmp_path: Path) -> None:
    """The server knows no validators, so that page and pictures are sent whole each time."""
    first, other = (draw_picture(recipe, 640, 420, "JPEG") for recipe in ("chợ", "bến"))
    pages = {
        "/van-hoa/": listing("/a-post1.html"),
        "/a-post1.html": article("Chợ lùi", more='<figure><img src="/1.jpg"></figure>'),
        "/1.jpg": [answer(octets, kind="image/jpeg")[0] for octets in (first, first, other)],
    }
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port)
        paper.crawl()
        for exchanged in (None, 1, None):
            counts = paper.crawl("--recheck", BAOTINH_PICTURE_AGE=AT_EACH_LOOK)
            assert (counts.get("pictures exchanged"), counts.get("articles changed")) == (exchanged, exchanged)
            assert counts["articles duplicate" if exchanged is None else "articles changed"] == 1
    ((types,),) = paper.rows("SELECT group_concat(type) FROM captures WHERE url LIKE '%post1.html'")
    assert types == "response,revisit,revisit,revisit"
    assert len(paper.rows("SELECT 1 FROM versions")) == 2


def test_pictures_that_are_compressed_again_make_no_version(crawled: Crawled) -> None:
    crawled.newsroom.edit(crawled.url, "compressed")
    counts = crawled.crawl()
    assert "pictures exchanged" not in counts and "articles changed" not in counts
    (version,) = crawled.versions()
    (image,) = version.article().images
    with Collection.open(crawled.root).catalog() as catalog:
        rows = catalog.connection.execute(
            "SELECT count(DISTINCT payload_digest) FROM captures WHERE url = ? AND status = 200", (image.url,)
        ).fetchall()
    assert rows == [(2,)]
    crawled.newsroom.edit(crawled.url, "headline")
    crawled.crawl()
    assert crawled.kinds() >= {"headline"} and "picture-swapped" not in crawled.kinds()


def test_unmodified_pictures_cost_a_request_each_and_make_nothing(crawled: Crawled) -> None:
    counts = crawled.crawl()
    assert counts["pictures requested again"] == len(crawled.pictures()) > 1
    assert "articles changed" not in counts and "articles duplicate" not in counts and "gone" not in counts
    asked = crawled.requests
    assert "pictures requested again" not in crawled.crawl(days=4)
    assert crawled.requests == asked - counts["pictures requested again"]
    assert "pictures requested again" not in crawled.crawl(BAOTINH_PICTURE_AGE="0")
    assert crawled.crawl(days=1)["pictures requested again"] == counts["pictures requested again"]
    with Collection.open(crawled.root).catalog() as catalog:
        rows = catalog.connection.execute(
            "SELECT DISTINCT type, status FROM captures WHERE url IN (SELECT value FROM json_each(?)) ORDER BY 2",
            (json.dumps(crawled.pictures()),),
        ).fetchall()
    assert rows == [("response", 200), ("revisit", 304)]


def test_a_picture_that_is_gone_stays_in_its_version(crawled: Crawled) -> None:
    crawled.newsroom.edit(crawled.url, "lost")
    counts = crawled.crawl()
    assert counts["gone"] and "articles changed" not in counts
    crawled.newsroom.edit(crawled.url, "headline")
    crawled.crawl()
    former, later = (version.article() for version in crawled.versions())
    assert digests(former) == digests(later) and None not in digests(later)
    assert crawled.kinds() >= {"headline"} and "picture-swapped" not in crawled.kinds()


def test_a_picture_that_comes_back_is_a_version_of_its_own(crawled: Crawled) -> None:
    for _ in range(2):
        crawled.newsroom.edit(crawled.url, "exchanged")
        crawled.crawl()
    one, other, last = (version.article() for version in crawled.versions())
    assert len({one.content_hash, other.content_hash, last.content_hash}) == 3


def test_rereading_merging_and_exporting_know_both_pictures(crawled: Crawled, tmp_path: Path) -> None:
    crawled.newsroom.edit(crawled.url, "exchanged")
    crawled.crawl()
    versions, other, wacz = crawled.versions(), tmp_path / "other", tmp_path / "both.wacz"
    reread = baotinh("reextract", "--collection", crawled.root)
    assert reread.returncode == 0 and "Nothing would change" in reread.stdout, reread.stdout
    exported = baotinh("export", "--format", "wacz", "--output", wacz, "--collection", crawled.root)
    assert exported.returncode == 0, exported.stderr
    with zipfile.ZipFile(wacz) as archive:
        index = gzip.decompress(archive.read("indexes/index.cdx.gz")).decode()
    assert sum(versions[0].article().images[0].url in line for line in index.splitlines()) >= 2
    assert baotinh("merge", crawled.root, "--collection", other).returncode == 0
    with Collection.open(other).catalog() as catalog:
        merged = catalog.versions(versions[0].article_id)
    assert [one.content_hash for one in merged] == [one.content_hash for one in versions]
