"""Reprints: all articles compared at once, one placed among them, peak memory; beside datasketch on the same texts.

A third of the articles print another one's text: whole, with other words, half of it, within a longer piece. The others
are of words drawn at the frequencies of the newsroom's, with its phrases between them. Nothing is crawled.
"""

from __future__ import annotations

import itertools
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import attrs
import numpy as np
from numpy.typing import NDArray

from archive.article import Article, Block, CaptureRef, to_json
from archive.catalog.lines import packed_line
from archive.clock import warc_date
from archive.collection import Collection
from archive.reprints.placing import Placer, follow
from benchmarks.crawls import WORKSHOP, Measured
from benchmarks.labelled import Judged, found_in, judged
from benchmarks.process import measured
from benchmarks.searching import fill
from benchmarks.table import Row, Scale
from crawler.newsroom.newsroom import Newsroom
from crawler.newsroom.reprints import labelled_set

Words = NDArray[np.str_]
Weights = NDArray[np.float64]
_BEGAN = datetime(2020, 1, 1, tzinfo=UTC)
_CAPTURE = CaptureRef(record_id="urn:uuid:00000000-0000-4000-8000-000000000000")
_PARAGRAPHS = (4, 13)
_WORDS = (20, 70)
_REPRINTED = 1 / 3
_RECENT = 3000
_SECONDS, _PLACED_MS, _MEMORY_MB = 240, 10.0, 600


@attrs.frozen
class Printed:
    """An article's text; `of`: the number of the article whose text it prints."""

    number: int
    paragraphs: tuple[str, ...]
    of: int | None = None


def printed(count: int, seed: int = 1, first: int = 0) -> Iterator[Printed]:
    """So many texts; the same each time."""
    chance = np.random.default_rng(seed)
    words, weights, phrases = _vocabulary()
    recent: list[Printed] = []
    for number in range(first, first + count):
        if recent and chance.random() < _REPRINTED:
            one = _reprint(number, recent[int(chance.integers(len(recent)))], chance, words, weights)
        else:
            one = Printed(number, tuple(_texts(chance, words, weights, phrases, int(chance.integers(*_PARAGRAPHS)))))
            recent.append(one)
            del recent[:-_RECENT]
        yield one


def _vocabulary() -> tuple[Words, Weights, list[str]]:
    stories = Newsroom(articles=300).stories
    texts = [piece.text for story in stories for piece in story.pieces if piece.type == "paragraph"]
    counted = Counter(word for text in texts for word in text.split())
    names = [f"{a}{b}" for a in "bcdghklmnrstvx" for b in ("an", "inh", "ong", "uy", "ang", "ien", "oa", "uong", "et")]
    words = np.array([*counted, *names])
    weights = np.array([*(count**0.7 for count in counted.values()), *([1.0] * len(names))])
    phrases = [part for text in texts for part in text.split(", ") if 3 < len(part.split()) < 9]
    return words, weights / weights.sum(), phrases


def _texts(
    chance: np.random.Generator,
    words: Words,
    weights: Weights,
    phrases: Sequence[str],
    count: int,
) -> Iterator[str]:
    lengths = chance.integers(*_WORDS, count)
    drawn = chance.choice(words, int(lengths.sum()), p=weights).tolist()
    start = 0
    for length in lengths.tolist():
        middle = start + length // 2
        phrase = phrases[int(chance.integers(len(phrases)))] if phrases else ""
        yield " ".join([*drawn[start:middle], phrase, *drawn[middle : start + length]]) + "."
        start += length


def _reprint(
    number: int,
    of: Printed,
    chance: np.random.Generator,
    words: Words,
    weights: Weights,
) -> Printed:
    texts, kind = list(of.paragraphs), int(chance.integers(4))
    if kind == 1:
        texts = [" ".join(word for word in text.split() if chance.random() > 0.05) for text in texts]
    elif kind == 2:
        texts = texts[: len(texts) // 2 + 1]
    elif kind == 3:
        texts = [*_texts(chance, words, weights, (), 4), *texts, *_texts(chance, words, weights, (), 3)]
    return Printed(number, tuple(texts), of.number)


def articles_of(texts: Iterator[Printed]) -> Iterator[Article]:
    """The texts as articles of thirty papers, ten minutes apart."""
    for one in texts:
        at = _BEGAN + timedelta(minutes=10 * one.number)
        yield Article(
            newspaper=f"paper{one.number % 30:02}",
            article_id=str(one.number),
            url=f"http://paper.test/a{one.number}.html",
            title=f"Bài {one.number}",
            body=tuple(Block(type="paragraph", text=text) for text in one.paragraphs),
            published_at=at,
            captured_at=at + timedelta(hours=1),
            capture=_CAPTURE,
        )


def reprints(scale: Scale) -> Iterator[Row]:
    """All at once, one by one, datasketch; and the labelled sets of several seeds."""
    count, few = {"full": (200_000, 20_000), "quick": (20_000, 2000), "tiny": (200, 100)}[scale]
    WORKSHOP.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=WORKSHOP) as folder:
        small, large = (_compared(Path(folder) / str(number), number) for number in (few, count))
        theirs = _datasketch(itertools.islice(printed(count), few))
        yield Row(
            what=f"reprints of {count:,} articles compared at once",
            wanted=f"{_SECONDS} s",
            measured=f"{large.seconds:.0f} s",
            ours=f"{large.rate:,.0f} articles/s, {1000 * large.cpu_each:.2f} ms CPU each",
            theirs=f"datasketch, the first {few:,}: {few / theirs:,.0f}/s for MinHash and LSH alone",
        )
        yield Row(
            what=f"its peak memory over {count:,} articles against {few:,}",
            wanted=f"{_MEMORY_MB} MB / flat",
            measured=f"{large.peak / 1e6:.0f} MB",
            ours=f"{(large.peak - small.peak) / max(1, count - few):,.0f} bytes more for each further article",
            theirs=f"{small.peak / 1e6:.0f} MB",
        )
        yield _placed(Collection.open(Path(folder) / str(count)), count, {"full": 500, "quick": 200, "tiny": 5}[scale])
    yield _labelled({"full": 30, "quick": 5, "tiny": 1}[scale], 12 if scale == "tiny" else 60)


def _compared(root: Path, count: int) -> Measured:
    fill(Collection.create(root), articles_of(printed(count)))
    return measured([sys.executable, "-m", "crawler.cli", "reprints", "rebuild", "--collection", str(root)], count)


def _datasketch(texts: Iterator[Printed]) -> float:
    """Seconds that datasketch takes for signatures of the same shingles and their index, in this process."""
    from datasketch import MinHash, MinHashLSH

    shingled = [_shingles(" ".join(one.paragraphs).lower().split()) for one in texts]
    began = time.perf_counter()
    index = MinHashLSH(threshold=0.5, num_perm=128)
    for number, shingles in enumerate(shingled):
        signature = MinHash(num_perm=128)
        signature.update_batch(shingles)
        index.query(signature)
        index.insert(str(number), signature)
    return time.perf_counter() - began


def _shingles(words: Sequence[str]) -> list[bytes]:
    return [" ".join(words[nth : nth + 4]).encode() for nth in range(len(words) - 3)]


def _placed(collection: Collection, count: int, further: int) -> Row:
    """As `follow` does it over many articles, one in each transaction."""
    took: list[tuple[float, float]] = []
    follow(collection)
    with collection.catalog(writable=True) as catalog:
        catalog.connection.execute("PRAGMA synchronous = NORMAL")
        placer = Placer(catalog)
        for one in articles_of(printed(further, seed=2, first=count)):
            fill_further(collection, one)
            version = catalog.article(one.id)
            began, cpu = time.perf_counter(), time.process_time()
            with catalog.transaction():
                placer.place(version)
            took.append((1000 * (time.perf_counter() - began), 1000 * (time.process_time() - cpu)))
    walls, cpus = ([one[nth] for one in took] for nth in (0, 1))
    often = statistics.quantiles(walls, n=20)[-1] if len(walls) > 1 else walls[0]
    return Row(
        what=f"a new article placed among {count:,}, with its transaction",
        wanted=f"{_PLACED_MS:.0f} ms",
        measured=f"{statistics.median(walls):.1f} ms",
        ours=f"95 of 100 in {often:.1f} ms, {statistics.fmean(cpus):.2f} ms CPU each",
        theirs="",
    )


def fill_further(collection: Collection, article: Article) -> None:
    """Enter one more article in a collection that `fill` made."""
    at = warc_date(article.captured_at)
    with collection.catalog(writable=True) as catalog, catalog.transaction() as connection:
        connection.execute(
            """INSERT INTO articles (id, newspaper, latest, first_captured_at, last_captured_at, published_at)
            VALUES (?, ?, 0, ?, ?, ?)""",
            (article.id, article.newspaper, at, at, f"{article.published_at:%Y-%m-%dT%H:%M:%SZ}"),
        )
        entered = connection.execute(
            """INSERT INTO versions (article_id, content_hash, run_id, record_id, captured_at, line)
            VALUES (?, ?, 1, ?, ?, ?)""",
            (article.id, article.content_hash, _CAPTURE.record_id, at, packed_line(to_json(article))),
        )
        connection.execute("UPDATE articles SET latest = ? WHERE id = ?", (entered.lastrowid, article.id))


def _labelled(seeds: int, originals: int) -> Row:
    every = Judged()
    for seed in range(100, 100 + seeds):
        with tempfile.TemporaryDirectory(dir=WORKSHOP) as folder:
            wanted = labelled_set(seed, originals)
            every.add(judged(found_in(wanted, Path(folder) / "c"), wanted))
    return Row(
        what=f"reprints of {seeds} labelled sets: precision, recall, direction",
        wanted=".98, .98, .99",
        measured=f"{every.precision:.4f}, {every.recall:.4f}, {every.direction:.4f}",
        ours=f"{every.right:,} pairs right, {every.wrong:,} wrong; {every.wanted:,} labelled",
        theirs="",
    )
