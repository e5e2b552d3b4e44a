"""How well reprints are found among articles of which it is known who printed whose text: precision, recall, direction.

`python -m benchmarks.labelled --seeds 20` prints the figures of so many sets that the newsroom makes.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import attrs

from archive.article import Article, Block, CaptureRef
from archive.catalog.reprints import ReprintLink, every_link
from archive.collection import Collection
from archive.reprints.whole import rebuild
from archive.workers import Workers
from benchmarks.searching import fill
from crawler.newsroom.reprints import LabelledArticle, LabelledSet, labelled_set

_RECORD = CaptureRef(record_id="urn:uuid:00000000-0000-4000-8000-000000000000")


@attrs.define
class Judged:
    """Pairs that were found, and those that should have been; by kind where one was missed."""

    right: int = 0
    wrong: int = 0
    wanted: int = 0
    missed: Counter[str] = attrs.field(factory=Counter)
    directed: int = 0
    examples: list[str] = attrs.field(factory=list)

    @property
    def precision(self) -> float:
        """The share of the found pairs that print one text."""
        return self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        """The share of the labelled pairs that were found."""
        return 1 - sum(self.missed.values()) / max(1, self.wanted)

    @property
    def direction(self) -> float:
        """The share of the labelled pairs that were found whose source is the original."""
        return self.directed / max(1, self.wanted - sum(self.missed.values()))

    def add(self, other: Judged) -> None:
        """Add what was found of another set."""
        self.right, self.wrong, self.wanted = (
            self.right + other.right,
            self.wrong + other.wrong,
            self.wanted + other.wanted,
        )
        self.missed += other.missed
        self.directed += other.directed
        self.examples += other.examples

    def __str__(self) -> str:
        missed = ", ".join(f"{kind} {count}" for kind, count in self.missed.most_common())
        return (
            f"precision {self.precision:.4f}, recall {self.recall:.4f}, direction {self.direction:.4f}"
            f" ({self.right} right, {self.wrong} wrong, {self.wanted} wanted{'; missed: ' if missed else ''}{missed})"
        )


def articles_of(found: LabelledSet) -> Iterator[Article]:
    """The set's articles, each captured some hours after it appeared, in the order of their captures."""
    captured = sorted(found.articles, key=lambda one: (_captured_after(one), one.id))
    yield from map(_article, captured)


def _captured_after(one: LabelledArticle) -> object:
    return one.published + timedelta(hours=1 + one.number % 5)


def _article(one: LabelledArticle) -> Article:
    texts = [one.lead, *one.paragraphs] if one.lead and one.number % 2 else list(one.paragraphs)
    return Article(
        newspaper=one.newspaper,
        article_id=str(one.number),
        url=f"http://{one.newspaper}.test/a{one.number}.html",
        title=one.title,
        lead=one.lead or None,
        body=tuple(Block(type="paragraph", text=text) for text in texts),
        byline=one.byline,
        source=one.source,
        authors=one.authors,
        published_at=one.published,
        captured_at=one.published + timedelta(hours=1 + one.number % 5),
        capture=_RECORD,
    )


def judged(links: list[ReprintLink], wanted: LabelledSet) -> Judged:
    """How well links agree with what is known."""
    found = Judged(wanted=len(wanted.pairs))
    by_pair = {frozenset((one.source_id, one.copy_id)): one for one in links}
    for link in links:
        if wanted.are_of_one(link.source_id, link.copy_id):
            found.right += 1
        else:
            found.wrong += 1
            found.examples.append(f"wrong {link.source_id} {link.copy_id} {link}")
    for pair in wanted.pairs:
        there = by_pair.get(frozenset((pair.source, pair.copy)))
        if there is None:
            found.missed[pair.kind] += 1
            found.examples.append(f"missed {pair}")
        elif there.source_id == pair.source:
            found.directed += 1
        else:
            found.examples.append(f"turned {pair} {there}")
    return found


def found_in(wanted: LabelledSet, folder: Path) -> list[ReprintLink]:
    """The links that a collection of the set's articles has."""
    collection = Collection.create(folder)
    fill(collection, articles_of(wanted))
    rebuild(collection, Workers(1), told=lambda _step, _count: None)
    with collection.catalog() as catalog:
        return list(every_link(catalog.connection))


def main() -> None:
    """Print the figures of so many sets, and of all together."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.labelled", description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--originals", type=int, default=60)
    parser.add_argument("--show", action="store_true", help="what was wrong")
    chosen = parser.parse_args()
    every = Judged()
    for seed in range(chosen.first, chosen.first + chosen.seeds):
        with tempfile.TemporaryDirectory() as folder:
            wanted = labelled_set(seed, chosen.originals)
            one = judged(found_in(wanted, Path(folder) / "c"), wanted)
        print(f"seed {seed}: {one}", flush=True)
        every.add(one)
        if chosen.show:
            print("\n".join(one.examples))
    print(f"all: {every}")


if __name__ == "__main__":
    main()
