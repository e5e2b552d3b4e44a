"""Collocations against a plain count of every word, and the ratio against figures that others computed."""

from __future__ import annotations

import csv
import io
import json
import math
from collections import Counter
from pathlib import Path

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.collection_builder import CollectionBuilder, make_article
from support.crawling import baotinh

from archive.article import Block
from archive.collection import Collection
from archive.count.collocations import collocations, log_likelihood
from archive.search.indexing.index import follow

TEXTS = (
    ("Trao học bổng", "Hội khuyến học trao học bổng cho học sinh nghèo vượt khó ở xã Tân Lập."),
    ("Quỹ khuyến học", "Mỗi suất học bổng trị giá hai triệu đồng; suất học bổng thứ hai trao vào mùa xuân."),
    ("Giá lúa tăng", "Nông dân trồng lúa vui vì giá lúa tăng, mỗi ký thêm hai trăm đồng."),
    ("Mùa nước nổi", "Nước về sớm, nông dân đánh bắt cá linh trên đồng, bông điên điển nở vàng."),
    ("Chợ nổi", "Ghe chở lúa, chở cá, chở khách; mỗi ghe treo một món trên cây bẹo."),
)


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    builder = CollectionBuilder(tmp_path_factory.mktemp("near") / "collection")
    ref = builder.capture("https://baocantho.com.vn/", b"x")
    for number, (title, text) in enumerate(TEXTS):
        article = make_article(number, title=title, lead=None, body=(Block(type="paragraph", text=text),), capture=ref)
        builder.release(attrs.evolve(article, section=None))
    follow(builder.collection)
    return builder.close()


def plain_words(text: str) -> list[str]:
    return text.lower().replace(".", "").replace(",", "").replace(";", "").split()


def by_hand(term: list[str], window: int, size: int) -> tuple[Counter[str], Counter[str]]:
    """What stands near the term and elsewhere, each pair or word of each passage looked at by itself."""
    near: Counter[str] = Counter()
    elsewhere: Counter[str] = Counter()
    for words in (plain_words(text) for pair in TEXTS for text in pair):
        starts = [at for at in range(len(words)) if words[at : at + len(term)] == term]
        own = {at + by for at in starts for by in range(len(term))}
        beside = {at for start in starts for at in range(start - window, start + len(term) + window)} - own
        for at in range(len(words) - size + 1):
            places = set(range(at, at + size))
            if not places & own:
                (near if places <= beside else elsewhere)[" ".join(words[at : at + size])] += 1
    return near, elsewhere


@pytest.mark.parametrize("size", [1, 2])
@pytest.mark.parametrize("window", [1, 3, 50])
def test_counts_are_those_of_a_plain_count(collection: Collection, window: int, size: int) -> None:
    near, elsewhere = by_hand(["học", "bổng"], window, size)
    found = collocations(collection, "học bổng", window=window, min_count=1, pairs=size == 2, limit=1000)
    assert (found.articles, found.occurrences) == (2, 4)
    assert (found.near, found.elsewhere) == (near.total(), elsewhere.total())
    share = near.total() / (near.total() + elsewhere.total())
    expected = {word: (near[word] + elsewhere[word]) * share for word in near}
    assert {one.words: (one.near, one.elsewhere) for one in found.collocates} == {
        word: (near[word], elsewhere[word]) for word in near if near[word] > expected[word]
    }
    assert all(math.isclose(one.expected, expected[one.words]) for one in found.collocates)
    ratios = [one.log_likelihood for one in found.collocates]
    assert ratios == sorted(ratios, reverse=True) and bool(ratios) == bool(near)


def test_a_folded_term_has_collocates_with_their_marks(collection: Collection) -> None:
    typed = collocations(collection, "học bổng", min_count=1)
    folded = collocations(collection, "hoc bong", min_count=1)
    assert (typed.scope, folded.scope) == ("typed", "folded")
    assert typed.collocates == folded.collocates
    assert {"suất", "trao"} <= {one.words for one in typed.collocates}


def test_rare_collocates_and_those_behind_the_limit_are_left_out(collection: Collection) -> None:
    found = collocations(collection, "học bổng", min_count=2)
    assert found.collocates and all(one.near >= 2 for one in found.collocates)
    assert collocations(collection, "học bổng", min_count=2, limit=1).collocates == found.collocates[:1]
    assert collocations(collection, "bóng đá").collocates == ()


def test_the_ratio_is_dunnings() -> None:
    """Two pairs of the article's table 2, with its counts and its figures."""
    assert math.isclose(log_likelihood(110, 2442, 111, 29114), 270.72, abs_tol=0.01)
    assert math.isclose(log_likelihood(29, 13, 123, 31612), 263.90, abs_tol=0.01)
    assert log_likelihood(1, 10, 10, 100) == pytest.approx(0)


@given(st.lists(st.integers(0, 10_000), min_size=4, max_size=4).filter(any))
def test_the_ratio_is_never_negative_and_does_not_depend_on_the_side(cells: list[int]) -> None:
    a, b, c, d = cells
    assert log_likelihood(a, b, c, d) >= -1e-6
    assert log_likelihood(a, b, c, d) == pytest.approx(log_likelihood(a, c, b, d), abs=1e-6)


def test_the_command_prints_them(collection: Collection, tmp_path: Path) -> None:
    def stats(*arguments: object) -> str:
        done = baotinh("stats", "collocations", "học bổng", *arguments, "--collection", collection.root)
        assert done.returncode == 0, done.stderr
        return done.stdout

    found = collocations(collection, "học bổng", min_count=2, window=4)
    said = stats("--min-count", 2, "--window", 4)
    assert "4 occurrences in 2 articles" in said and found.collocates[0].words in said
    lines = [json.loads(line) for line in stats("--min-count", 2, "--window", 4, "--json").splitlines()]
    assert lines == [attrs.asdict(one) for one in found.collocates]
    rows = list(csv.DictReader(io.StringIO(stats("--min-count", 2, "--window", 4, "--csv").removeprefix("\ufeff"))))
    assert [row["words"] for row in rows] == [one.words for one in found.collocates]
    assert "Pairs" not in stats("--pairs") and "No collocate" in stats("--min-count", 100)
    done = baotinh("stats", "collocations", "học bổng", "--json", "--csv", "--collection", collection.root)
    assert done.returncode == 2 and "exclude" in done.stderr
