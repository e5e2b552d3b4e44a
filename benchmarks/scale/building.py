"""Builds a collection of so many articles in so many WARC files, without a crawl: real records, rows, lines, indexes.

Records are built, captures and articles entered, lists and coverage kept by the functions that a crawl uses. What a
crawl does besides is left out: requests, reading, syncing to the disk. `baotinh verify` finds no fault with the result.
"""

from __future__ import annotations

import argparse
import os
import random
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import attrs
from isal import isal_zlib

from archive.article import Article, Block, CaptureRef
from archive.catalog import Catalog
from archive.catalog.addresses import Listed, read_list
from archive.catalog.coverage import Covered, cover
from archive.catalog.discovery_sources import SourceKind
from archive.catalog.lifecycle import Answer, Revisited
from archive.clock import now, timestamp14
from archive.collection import Collection
from archive.ingest.release import Decision, PlacedRecord, add_capture, keep_newspaper, release
from archive.ingest.runs import RunDescription, begin_run, end_run
from archive.projections.cdxj_files import write_missing
from archive.projections.json_lines import RunLines
from archive.revisit_policy import DEFAULT_POLICY
from archive.search.indexing.index import follow
from archive.warc.exchange import Exchange
from archive.warc.record import RecordBuilder, new_record_id
from crawler.newsroom.newsroom import Newsroom

PAPERS = 30
SECTIONS = (
    "Thời sự",
    "Kinh tế",
    "Văn hóa",
    "Xã hội",
    "Thể thao",
    "Pháp luật",
    "Giáo dục",
    "Y tế",
    "Đời sống",
    "Quốc tế",
)
ARTICLES_A_DAY = 20
"""Of a paper."""
EDITED = 0.02
"""The share of the articles of which a later run finds another text."""
_CACHE_KB = 1_000_000
_ROBOTS = b"User-agent: *\nDisallow: /admin/\n"


@attrs.frozen(kw_only=True)
class Shape:
    """How large the collection is; the same shape gives the same articles, with other ids of records."""

    articles: int
    files: int
    ends: datetime

    @property
    def papers(self) -> list[str]:
        """The newspapers' names."""
        return [f"paper{number:02}" for number in range(min(PAPERS, self.files))]

    @property
    def between(self) -> timedelta:
        """The time between two runs, of any papers."""
        return timedelta(days=self.articles / ARTICLES_A_DAY / len(self.papers)) / self.files


def files_for(articles: int) -> int:
    """How many WARC files so many articles stand in: 20,000 for a million."""
    return max(3, articles // 50)


def profile_of(paper: str) -> dict[str, Any]:
    """A newspaper's profile."""
    number = int(paper.removeprefix("paper"))
    return {
        "title": f"Báo số {number}",
        "province": f"Tỉnh {number}",
        "hosts": [f"{paper}.test"],
        "sections": [{"name": name, "path": f"/muc-{nth}/"} for nth, name in enumerate(SECTIONS)],
    }


class Builder:
    """Writes the runs of all papers, one after the other, into a new collection."""

    def __init__(self, root: Path, shape: Shape) -> None:
        self.collection = Collection.create(root)
        self.shape = shape
        self._chance = random.Random(shape.articles)
        stories = Newsroom(articles=300).stories
        self._titles = [story.title for story in stories]
        self._texts = [
            piece.text for story in stories for piece in story.pieces if piece.type == "paragraph" and piece.text
        ]
        self._last: dict[str, list[Article]] = {paper: [] for paper in shape.papers}
        self._number = 0

    def build(self) -> None:
        """All runs, then CDXJ files and search index."""
        with self.collection.catalog(writable=True) as catalog:
            for pragma in ("synchronous = OFF", f"cache_size = -{_CACHE_KB}", "wal_autocheckpoint = 20000"):
                catalog.connection.execute(f"PRAGMA {pragma}")
            for paper in self.shape.papers:
                keep_newspaper(catalog.connection, paper, profile_of(paper))
            for number in range(self.shape.files):
                self._run(catalog, number)
            write_missing(self.collection, catalog)
            catalog.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        follow(self.collection)

    def _run(self, catalog: Catalog, number: int) -> None:
        paper = self.shape.papers[number % len(self.shape.papers)]
        at = self.shape.ends - self.shape.between * (self.shape.files - number)
        count = (
            self.shape.articles * (number + 1) // self.shape.files - self.shape.articles * number // self.shape.files
        )
        description = RunDescription(
            newspaper=paper, source="demonstration", software="baotinh", settings={"DOWNLOAD_DELAY": 2.0}, warcinfo={},
            job="hourly",
        )  # fmt: skip
        run_id, name = begin_run(catalog, description, at)
        with catalog.transaction() as connection:
            made = _Run(self.collection, connection, paper, run_id, at)
            made.fetch(f"http://{paper}.test/robots.txt", _ROBOTS, "text/plain")
            articles = [*self._articles(paper, count, at), *self._edited(paper, at)]
            for section in SECTIONS:
                found = [one.url for one in articles if one.section == section]
                made.list_page("section", section, f"http://{paper}.test/muc-{SECTIONS.index(section)}/", found)
            made.list_page("feed", None, f"http://{paper}.test/rss.xml", [one.url for one in articles[::2]])
            counts = {"pages": len(articles) + len(SECTIONS) + 2, "errors": 0}
            for article in articles:
                decision = made.article(article)
                counts[f"articles {decision.value}"] = counts.get(f"articles {decision.value}", 0) + 1
            for section in SECTIONS:
                since = at - self.shape.between * len(self.shape.papers)
                cover(connection, paper, Covered(section=section, since=since, until=at))
            counts["WARC bytes"] = made.close()
        RunLines(self.collection, run_id, name).finish()
        end_run(self.collection, catalog, run_id, description, "finished", at + timedelta(minutes=5), counts, {})

    def _articles(self, paper: str, count: int, at: datetime) -> Iterator[Article]:
        chance, span = self._chance, self.shape.between * len(self.shape.papers)
        for _ in range(count):
            self._number += 1
            texts = chance.sample(self._texts, chance.randint(4, 8))
            article = Article(
                newspaper=paper,
                article_id=str(self._number),
                url=f"http://{paper}.test/bai-viet-cua-{paper}-so-{self._number}.html",
                title=chance.choice(self._titles),
                section=chance.choice(SECTIONS),
                lead=texts[0],
                body=tuple(Block(type="paragraph", text=text) for text in texts),
                authors=(f"Người viết {chance.randrange(40)}",),
                published_at=(at - chance.random() * span).replace(microsecond=0, second=0),
                captured_at=at,
                confidence={"title": 0.99, "body": 0.97, "published_at": 0.98},
            )
            if chance.random() < EDITED:
                self._last[paper].append(article)
            yield article

    def _edited(self, paper: str, at: datetime) -> Iterator[Article]:
        waiting = [one for one in self._last[paper] if one.captured_at < at]
        for article in waiting:
            self._last[paper].remove(article)
            body = (*article.body, Block(type="paragraph", text=self._chance.choice(self._texts)))
            yield attrs.evolve(article, body=body, captured_at=at)


class _Run:
    """One run: its WARC file, and its rows within one transaction."""

    def __init__(
        self, collection: Collection, connection: sqlite3.Connection, paper: str, run_id: int, at: datetime
    ) -> None:
        self._collection, self._connection, self._paper = collection, connection, paper
        self._run_id, self._at = run_id, at
        self.name = f"BAOTINH-{paper}-{timestamp14(at)}-00000.warc.gz"
        self._length, self._crc32 = 0, 0
        self._stream = (collection.warc / self.name).open("xb")
        self._builder = RecordBuilder(new_record_id())
        self._append(self._builder.warcinfo(self.name, at, {"software": "baotinh"}).member)
        self._file_id = connection.execute(
            """INSERT INTO warc_files (name, newspaper, run_id, origin, state, committed, crc32)
            VALUES (?, ?, ?, 'written', 'open', 0, 0)""",
            (self.name, paper, run_id),
        ).lastrowid

    def fetch(self, url: str, body: bytes, mime: str) -> CaptureRef:
        """Write an exchange and enter its capture."""
        assert self._file_id is not None
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {mime}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        request = f"GET / HTTP/1.1\r\nHost: {self._paper}.test\r\nUser-Agent: baotinh\r\n\r\n".encode()
        exchange = Exchange(
            record_id=new_record_id(), url=url, began_at=self._at, request=request, response=head + body
        )
        first, *others = self._builder.exchange(exchange)
        placed = PlacedRecord(first, exchange, self._file_id, self._append(first.member))
        for record in others:
            self._append(record.member)
        add_capture(self._connection, self._run_id, placed)
        return CaptureRef(
            record_id=first.record_id, file=self.name, offset=placed.offset, length=len(first.member),
            payload_digest=first.payload_digest,
        )  # fmt: skip

    def list_page(self, kind: SourceKind, section: str | None, url: str, articles: Sequence[str]) -> None:
        """Write a list, and enter what it names."""
        links = "".join(f"<a href={one}>{one}</a>" for one in articles)
        held = self.fetch(url, f"<html>{self._at}{links}".encode(), "text/html")
        answer = Answer(
            url=url, kind=kind, section=section, fetched_at=self._at, status=200, record_id=held.record_id,
            revisited=Revisited.FIRST, is_changed=bool(articles),
        )  # fmt: skip
        said = Listed(source_kind=kind, source=section or url, articles=tuple(articles))
        read_list(self._connection, self._paper, answer, said, DEFAULT_POLICY)

    def article(self, article: Article) -> Decision:
        """Write an article's page, and release the article."""
        page = "".join(f"<p>{block.text}</p>" for block in article.body)
        held = self.fetch(article.url, f"<html><h1>{article.title}</h1>{page}".encode(), "text/html; charset=utf-8")
        captured = attrs.evolve(article, capture=held)
        return release(self._connection, self._run_id, captured, DEFAULT_POLICY, self._collection).decision

    def close(self) -> int:
        """End the file; its bytes."""
        self._stream.close()
        self._connection.execute(
            "UPDATE warc_files SET state = 'closed', committed = ?, crc32 = ? WHERE id = ?",
            (self._length, self._crc32, self._file_id),
        )
        return self._length

    def _append(self, member: bytes) -> int:
        offset = self._length
        self._stream.write(member)
        self._length += len(member)
        self._crc32 = isal_zlib.crc32(member, self._crc32)
        return offset


def main() -> None:
    """Build one collection: ROOT ARTICLES FILES."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("root", type=Path)
    parser.add_argument("articles", type=int)
    parser.add_argument("files", type=int)
    chosen = parser.parse_args()
    os.fsync = lambda fd: None  # nothing that is built here must outlive a crash
    ends = now().astimezone(UTC).replace(microsecond=0)
    Builder(chosen.root, Shape(articles=chosen.articles, files=chosen.files, ends=ends)).build()


if __name__ == "__main__":
    main()
