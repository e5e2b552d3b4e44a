"""Changes found by the words that they removed or added: on demand, in pages, and as few are compared as are shown."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.collection_builder import CollectionBuilder, make_article
from support.edited_articles import PAPERS, edited_collection, paragraphs

from archive.catalog.change_lists import ChangeFilters, Cursor, TitledChange, list_changes, titled
from archive.catalog.changes import enter_change
from archive.changes.comparison import changes
from archive.changes.kinds import ChangeKind
from archive.collection import Collection
from archive.errors import CollectionInconsistent
from archive.reasons import WithholdingReason
from archive.search import changed_search
from archive.search.changed_search import each_change_with, search_changes
from archive.search.indexing.index import follow
from archive.search.indexing.touched import REACH, part_with, scope_of, sought_words, touched_passages
from archive.search.terms.vietnamese import both_forms
from archive.withholding import withhold

HUI = "baocantho:196001"
EVERY = ChangeFilters()
WORDS = ["một", "hai", "ba", "bốn", "năm", "Một", "hà", "Hà", "hạ,", "ngàn", ".", "20/10/2026", "Ð", "đò"]
texts = st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join)


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    collection = edited_collection(tmp_path_factory.mktemp("edited") / "collection")
    follow(collection)
    return collection


def found(collection: Collection, text: str, filters: ChangeFilters = EVERY) -> list[str]:
    return [one.change.article_id[-1] for one in search_changes(collection, text, filters, 20).changes]


@pytest.mark.parametrize(
    ("text", "articles"),
    [
        ("tạm giữ", "1"), ("BẮT  giữ chủ hụi", "1"), ("tam giu", "1"), ("tâm giữ", ""), ("ạm giữ", ""), ("[", ""),
        ("200 triệu đồng", "1"), ("triệu đồng", ""), ("bốn người bị hại", "1"), ("bản trước", "2"),
        ("ghe chở dứa", "4"), ("50 đồng/kg", "2"), ("mùa nước nổi", ""), ("một bài bị gỡ", ""),
    ],
)  # fmt: skip
def test_words_that_were_removed_or_added_are_found(edited: Collection, text: str, articles: str) -> None:
    assert found(edited, text) == list(articles)


def test_the_excerpt_shows_the_words(edited: Collection) -> None:
    (one,) = search_changes(edited, "bốn người", EVERY, 20).changes
    assert {"change": "added", "text": "bốn"} in one.values()["excerpt"]


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        ({"newspaper": "baocantho"}, 1), ({"newspaper": "baovinhlong"}, 0), ({"section": "Thời sự"}, 1),
        ({"section": "Văn hóa"}, 0), ({"kinds": (ChangeKind.CORRECTION, ChangeKind.NAMES)}, 1),
        ({"is_silent": True}, 1), ({"kinds": (ChangeKind.CORRECTION,)}, 0), ({"least": 20}, 1), ({"least": 200}, 0),
    ],
)  # fmt: skip
def test_it_is_narrowed(edited: Collection, filters: dict[str, Any], count: int) -> None:
    assert len(found(edited, "tạm giữ", ChangeFilters(**filters))) == count


def test_days_of_capture_hold(edited: Collection) -> None:
    (one,) = search_changes(edited, "tạm giữ", EVERY, 20).changes
    at, after = one.change.at, one.change.at + timedelta(microseconds=1)
    for since, until, count in ((at, after, 1), (after, None, 0), (None, at, 0), (None, after, 1)):
        assert len(found(edited, "tạm giữ", ChangeFilters(since=since, until=until))) == count


def many(root: Path) -> Collection:
    """Forty articles of two newspapers, each edited once: `trâu` became `bò`."""
    builder = CollectionBuilder(root, PAPERS)
    for number in range(40):
        paper = "baocantho" if number % 3 else "baovinhlong"
        builder.publish(make_article(number, newspaper=paper, body=paragraphs(f"Có {number} con trâu ở chợ.")))
        builder.publish(make_article(number, newspaper=paper, body=paragraphs(f"Có {number} con bò ở chợ.")))
    return builder.close()


def test_pages_lose_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    collection = many(tmp_path / "collection")
    follow(collection)
    monkeypatch.setattr(changed_search, "MOST_FOUND", 7)
    for filters in (EVERY, ChangeFilters(newspaper="baocantho")):
        with collection.catalog() as catalog:
            expected = [one.id for one in list_changes(catalog.connection, filters, 100)]
        assert [one.change.id for one in each_change_with(collection, "con trâu", filters, 100)] == expected
        assert [one.change.id for one in each_change_with(collection, "con trâu", filters, 5)] == expected[:5]
        pages: list[TitledChange] = []
        page, before = search_changes(collection, "bò", filters, 3), None
        while True:
            pages += page.changes
            before = page.next
            if before is None:
                break
            page = search_changes(collection, "bò", filters, 3, before)
        assert [one.change.id for one in pages] == expected


def test_what_is_withheld_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    collection = many(tmp_path / "collection")
    follow(collection)
    monkeypatch.setattr(changed_search, "MOST_FOUND", 4)
    withheld = [f"baocantho:{196000 + number}" for number in range(20, 40) if number % 3]
    for id in withheld:
        withhold(collection, id, WithholdingReason.COURT, "")
    told = [one.change.article_id for one in each_change_with(collection.for_readers, "trâu", EVERY, 100)]
    assert len(told) == 40 - len(withheld) and not {*told} & {*withheld}


def test_the_index_follows(tmp_path: Path) -> None:
    builder = CollectionBuilder(tmp_path / "collection")
    collection = builder.collection
    with pytest.raises(CollectionInconsistent, match="none yet"):
        search_changes(collection, "trâu", EVERY, 20)
    one = builder.publish(make_article(1, body=paragraphs("Có mười hai con trâu.")))
    follow(collection)
    assert found(collection, "trâu") == []
    for animal in ("bò", "dê"):
        builder.publish(attrs.evolve(one, body=paragraphs(f"Có mười hai con {animal}.")))
        follow(collection)
    assert [len(found(collection, word)) for word in ("trâu", "bò", "dê", "hai")] == [1, 2, 1, 0]
    # a change that is entered anew has another number
    enter_change(builder.catalog.connection, builder.catalog.last_seq())
    follow(collection)
    assert [len(found(collection, word)) for word in ("trâu", "bò", "dê")] == [1, 2, 1]
    assert follow(collection, rebuild=True) == 1
    assert [len(found(collection, word)) for word in ("trâu", "bò", "dê")] == [1, 2, 1]


def test_a_copy_without_its_index_says_so(edited: Collection, tmp_path: Path) -> None:
    copy = Collection.open(shutil.copytree(edited.root, tmp_path / "copy"))
    shutil.rmtree(next(copy.index.glob("*/changed")))
    with pytest.raises(CollectionInconsistent):
        search_changes(copy, "trâu", EVERY, 20)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(former=texts, later=texts, sought=st.lists(st.sampled_from(WORDS), min_size=1, max_size=14).map(" ".join))
def test_the_index_holds_all_that_is_sought(former: str, later: str, sought: str) -> None:
    """Of words that are found in two texts each run of so many as are indexed stands in a passage, one at least."""
    parts = changes(make_article(1, body=paragraphs(former)), make_article(1, body=paragraphs(later)))
    words = sought_words(sought)
    if words is None or part_with(parts, words) is None:
        return
    scope = scope_of(words)
    form, side = words.form(scope), 0 if scope == "typed" else 1
    alone, around = ([both_forms(text)[side] for text in texts] for texts in touched_passages(parts))
    assert {*form} & {word for passage in alone for word in passage}
    passages = [f" {' '.join(passage)} " for passage in around]
    starts = [*range(0, len(form) - REACH - 1, REACH + 1), max(len(form) - REACH - 1, 0)]
    windows = [" ".join(form[start : start + REACH + 1]) for start in starts]
    assert any(f" {window} " in passage for window in windows for passage in passages)


def test_a_list_says_what_its_excerpt_is_of(edited: Collection) -> None:
    with edited.catalog() as catalog:
        listed = list_changes(catalog.connection, EVERY, 20)
        assert titled(catalog.connection, listed, lambda parts: None) == []
        before: Cursor | None = None
        assert len(titled(catalog.connection, list_changes(catalog.connection, EVERY, 20, before))) == 5
