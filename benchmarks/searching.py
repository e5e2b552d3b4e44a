"""Search over articles of realistic length: indexing, a page of results with groups, timeline and marked words, the
same page over HTTP, the command, export and counts; beside SQLite's FTS5 on the same texts and queries.

The articles' paragraphs are the newsroom's, mixed anew for each article. Nothing is crawled: the catalog alone is made.
"""

from __future__ import annotations

import itertools
import json
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from archive.article import Article, Block, CaptureRef, Image, to_json
from archive.catalog.lines import packed_line
from archive.clock import warc_date
from archive.collection import Collection
from archive.search.indexing.opened import searching
from archive.search.query import search_in
from archive.search.terms.document import keys
from archive.search.terms.passages import passages
from archive.search.timeline import timeline_in
from benchmarks.crawls import WORKSHOP, Measured
from benchmarks.process import measured
from benchmarks.serving import serving
from benchmarks.table import Row, Scale
from crawler.newsroom.newsroom import Newsroom
from crawler.newsroom.story import Story

_BEGAN = datetime(2006, 1, 1, tzinfo=UTC)
_DAYS = 7300
_PAPERS = {f"paper{n:02}": {"title": f"Báo số {n}", "province": f"Tỉnh {n}", "sections": []} for n in range(30)}
_RECORD = "urn:uuid:00000000-0000-4000-8000-000000000000"
_BATCH = 2000
_INDEX_RATE, _EXPORT_RATE = 4000, 20_000
_INDEX = """
import pathlib, sys
from archive.collection import Collection
from archive.search.indexing.index import follow
follow(Collection.open(pathlib.Path(sys.argv[1])))
"""
_RARE_MS, _COMMON_MS, _COMMAND_S = 50.0, 100.0, 0.5


def articles_of(stories: Sequence[Story], count: int, seed: int = 1) -> Iterator[Article]:
    """So many articles, each of paragraphs and captions of several stories; the same each time."""
    chance = random.Random(seed)
    capture = CaptureRef(record_id=_RECORD)
    paragraphs = [piece.text for story in stories for piece in story.pieces if piece.type == "paragraph" and piece.text]
    captions = [
        piece.picture.caption for story in stories for piece in story.pieces if piece.picture and piece.picture.caption
    ]
    papers = list(_PAPERS)
    for number in range(count):
        story, text = chance.choice(stories), chance.sample(paragraphs, chance.randint(5, 12))
        published = _BEGAN + timedelta(minutes=chance.randrange(_DAYS * 1440))
        yield Article(
            newspaper=chance.choice(papers),
            article_id=str(number),
            url=f"http://paper.test/a{number}.html",
            title=story.title,
            section=story.section.name,
            lead=text[0],
            body=tuple(Block(type="paragraph", text=one) for one in text),
            images=(Image(url="http://paper.test/a.png", caption=chance.choice(captions)),),
            authors=story.byline.authors,
            source=story.byline.source,
            published_at=published,
            captured_at=published + timedelta(hours=1),
            capture=capture,
        )


def fill(collection: Collection, articles: Iterator[Article]) -> None:
    """Enter the articles in the catalog as released."""
    with collection.catalog(writable=True) as catalog:
        connection = catalog.connection
        for name, profile in _PAPERS.items():
            connection.execute(
                "INSERT INTO newspapers (name, profile) VALUES (?, ?)", (name, json.dumps(profile, ensure_ascii=False))
            )
        connection.execute(
            """INSERT INTO runs (id, name, newspaper, started_at, source, software, settings)
            VALUES (1, 'r', 'paper00', ?, 'demonstration', 'baotinh', '{}')""",
            (warc_date(_BEGAN),),
        )
        connection.execute(
            """INSERT INTO warc_files (id, name, newspaper, run_id, origin, state, committed, crc32)
            VALUES (1, 'f.warc.gz', 'paper00', 1, 'written', 'closed', 0, 0)"""
        )
        connection.execute(
            """INSERT INTO captures (record_id, file_id, offset, length, run_id, type, url, urlkey, captured_at, status,
            mime) VALUES (?, 1, 0, 1, 1, 'response', 'http://paper.test/', 'test,paper)/', ?, 200, 'text/html')""",
            (_RECORD, warc_date(_BEGAN)),
        )
        seq = 0
        while batch := list(itertools.islice(articles, _BATCH)):
            connection.execute("BEGIN")
            rows = [(nth, one, warc_date(one.captured_at)) for nth, one in enumerate(batch, seq + 1)]
            connection.executemany(
                """INSERT INTO articles
                (id, newspaper, latest, first_captured_at, last_captured_at, section, published_at) VALUES
                (?, ?, ?, ?, ?, ?, ?)""",
                [
                    (one.id, one.newspaper, nth, at, at, one.section, f"{one.published_at:%Y-%m-%dT%H:%M:%SZ}")
                    for nth, one, at in rows
                ],
            )
            connection.executemany(
                """INSERT INTO versions (seq, article_id, content_hash, run_id, record_id, captured_at, line)
                VALUES (?, ?, ?, 1, ?, ?, ?)""",
                [(nth, one.id, one.content_hash, _RECORD, at, packed_line(to_json(one))) for nth, one, at in rows],
            )
            connection.execute("COMMIT")
            seq += len(batch)


class FullTextSearch:
    """SQLite's FTS5 as its documents set it up, with the columns that groups are counted by."""

    def __init__(self, path: Path, articles: Iterator[Article]) -> None:
        self._connection = sqlite3.connect(path)
        self._connection.executescript(
            """CREATE TABLE a (id INTEGER PRIMARY KEY, newspaper, section, month, author);
            CREATE VIRTUAL TABLE f USING fts5 (title, text, tokenize = "unicode61 remove_diacritics 2");"""
        )
        with self._connection:
            for number, one in enumerate(articles):
                text = "\n".join(passage.text for passage in passages(one))
                author = one.authors[0] if one.authors else None
                self._connection.execute(
                    "INSERT INTO a VALUES (?, ?, ?, ?, ?)",
                    (number, one.newspaper, one.section, f"{one.published_at:%Y-%m}", author),
                )
                self._connection.execute(
                    "INSERT INTO f (rowid, title, text) VALUES (?, ?, ?)", (number, one.title, text)
                )

    def page(self, phrase: str) -> int:
        """The first page of a phrase: best hits with marked words, groups, months; how many were found."""
        found = f'"{phrase}"'
        rows = self._connection.execute(
            "SELECT rowid, snippet(f, 1, '[', ']', '…', 40) FROM f WHERE f MATCH ? ORDER BY rank LIMIT 20", (found,)
        ).fetchall()
        for column in ("newspaper", "section", "month", "author"):
            self._connection.execute(
                f"SELECT {column}, count(*) FROM a WHERE id IN (SELECT rowid FROM f WHERE f MATCH ?) GROUP BY 1",
                (found,),
            ).fetchall()
        return len(rows)


def queries_of(articles: Iterator[Article], chance: random.Random) -> tuple[list[str], list[str]]:
    """Rare phrases of two words and the commonest words, of these articles."""
    words: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for article in itertools.islice(articles, 1500):
        for passage in passages(article):
            found = keys(passage.text, "exact")
            words.update(found)
            pairs.update(itertools.pairwise(found))
    rare = [" ".join(pair) for pair, count in pairs.items() if 2 <= count <= 12]
    common = [word for word, _ in words.most_common(40) if not word.isdigit()]
    return chance.sample(rare, min(60, len(rare))), common[:30]


def percentile(read: Callable[[str], object], queries: Sequence[str]) -> float:
    """Milliseconds that 95 of 100 queries take at most, after one that warms up."""
    read(queries[0])
    took = []
    for query in queries:
        began = time.perf_counter()
        read(query)
        took.append((time.perf_counter() - began) * 1000)
    return statistics.quantiles(took, n=20)[-1]


def search_rows(scale: Scale) -> Iterator[Row]:
    """Indexing, rare and common queries, the command."""
    count = {"full": 200_000, "quick": 20_000, "tiny": 60}[scale]
    stories = Newsroom(articles=600 if scale != "tiny" else 30).stories
    WORKSHOP.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=WORKSHOP) as folder:
        collection = Collection.create(Path(folder) / "c")
        fill(collection, articles_of(stories, count))
        built = measured([sys.executable, "-c", _INDEX, str(collection.root)], count)
        began = time.perf_counter()
        fts = FullTextSearch(Path(folder) / "fts.sqlite", articles_of(stories, count))
        theirs_built = time.perf_counter() - began
        yield Row(
            what=f"indexing {count:,} articles",
            wanted=f"{_INDEX_RATE:,}/s",
            measured=f"{built.rate:,.0f}/s",
            ours=_said(built),
            theirs=f"FTS5, articles made meanwhile: {theirs_built:.1f} s",
        )
        rare, common = queries_of(articles_of(stories, count), random.Random(2))
        for name, queries, least in (("rare", rare, _RARE_MS), ("common", common, _COMMON_MS)):
            ours, theirs = percentile(lambda query: _page(collection, query), queries), percentile(fts.page, queries)
            yield Row(
                what=f"a page of {name} hits among {count:,}, 95 of 100",
                wanted=f"{least:.0f} ms",
                measured=f"{ours:.0f} ms",
                ours=f"{ours:.1f} ms, both scopes counted",
                theirs=f"FTS5 {theirs:.1f} ms, one scope",
            )
        yield serving(collection.root, rare, common, 40 if scale != "tiny" else 4)
        yield _command(collection, rare[0])
        yield _export(collection, count, Path(folder))
        yield _counted(collection, common[0])


def _page(collection: Collection, query: str) -> None:
    with searching(collection) as opened:
        found = search_in(opened, f'"{query}"')
        timeline_in(opened, f'"{query}"', months=found.facets.months)


def _said(ours: Measured) -> str:
    cpu, peak = 1000 * ours.cpu_each, ours.peak / 1e6
    return f"{ours.seconds:.1f} s with its start, {cpu:.3f} ms CPU each, at most {peak:.0f} MB"


def _export(collection: Collection, count: int, folder: Path) -> Row:
    command = [
        sys.executable,
        "-m",
        "crawler.cli",
        "export",
        "--format",
        "parquet",
        "--output",
        str(folder / "a.parquet"),
    ]
    ours = measured([*command, "--collection", str(collection.root)], count)
    began = time.perf_counter()
    with collection.catalog() as catalog:
        for (line,) in catalog.connection.execute("SELECT unpacked_line(line) FROM versions ORDER BY seq"):
            json.loads(line)
    return Row(
        what=f"export of {count:,} articles to Parquet",
        wanted=f"{_EXPORT_RATE:,}/s",
        measured=f"{ours.rate:,.0f}/s",
        ours=_said(ours),
        theirs=f"reading and parsing the catalog's lines alone {count / (time.perf_counter() - began):,.0f}/s",
    )


def _counted(collection: Collection, word: str) -> Row:
    with searching(collection) as opened:
        found = search_in(opened, f'"{word}"', limit=0, facets=False).total
    command = [sys.executable, "-m", "crawler.cli", "stats", f'"{word}"', "--collection", str(collection.root)]
    ours = measured(command, found)
    return Row(
        what=f"stats of a common word, in {found:,} articles",
        measured=f"{ours.rate:,.0f}/s",
        ours=_said(ours),
        theirs="",
    )


def _command(collection: Collection, query: str) -> Row:
    command = [sys.executable, "-m", "crawler.cli", "search", query, "--collection", str(collection.root)]
    took = []
    for _ in range(5):
        began = time.perf_counter()
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
        took.append(time.perf_counter() - began)
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", "pass"], check=True)
    return Row(
        what="baotinh search, the whole command",
        wanted=f"{_COMMAND_S} s",
        measured=f"{statistics.median(took):.2f} s",
        ours=f"{min(took):.2f} to {max(took):.2f} s",
        theirs=f"Python alone {time.perf_counter() - began:.2f} s",
    )
