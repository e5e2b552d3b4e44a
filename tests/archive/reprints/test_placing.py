"""Articles are placed one by one as all are compared at once; versions, crashes and withheld articles are minded."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest
from support.collection_builder import CollectionBuilder
from support.compared import OTHER, TEXT, THIRD, Papers, compared, released

from archive.article import Article, CaptureRef
from archive.catalog.reprint_clusters import cluster
from archive.catalog.reprints import every_link, progress
from archive.collection import Collection
from archive.errors import ReprintsBusy
from archive.reasons import WithholdingReason
from archive.reprints import grouping
from archive.reprints.placing import follow, is_compared, reprints_lock
from archive.reprints.signature import METHOD, MOST
from archive.reprints.story import stories_of
from archive.withholding import withhold


def rows(collection: Collection) -> dict[str, list[tuple[Any, ...]]]:
    """All rows that tell who printed what."""
    with collection.catalog() as catalog:
        return {
            table: sorted(catalog.connection.execute(f"SELECT * FROM {table}").fetchall())
            for table in ("reprint_links", "reprint_clusters", "reprint_members", "reprint_signatures")
        }


@pytest.fixture
def papers(tmp_path: Path) -> Papers:
    return Papers(tmp_path / "c")


def test_one_by_one_and_all_at_once_find_the_same(printed: list[Article], tmp_path: Path) -> None:
    one_by_one = released(tmp_path / "a", printed[: len(printed) // 2])
    assert follow(one_by_one) == len(printed) // 2
    with one_by_one.catalog(writable=True) as catalog:
        builder = CollectionBuilder.__new__(CollectionBuilder)
        builder.catalog, builder.run = catalog, 1
        ref = CaptureRef(record_id=catalog.connection.execute("SELECT record_id FROM captures").fetchone()[0])
        for article in printed[len(printed) // 2 :]:
            builder.release(article.captured(ref, []))
            follow(one_by_one)
    at_once = released(tmp_path / "b", printed)
    assert compared(at_once, processes=2).articles == len(printed)
    assert rows(one_by_one) == rows(at_once)
    again = rows(at_once)
    compared(at_once)
    assert rows(at_once) == again


def test_a_story_has_its_origin_and_what_each_printing_is(papers: Papers) -> None:
    first = papers.prints("baomot", TEXT, authors=("Nguyễn An",))
    papers.prints("baohai", TEXT[:2], byline="Theo TTXVN", source="TTXVN")
    papers.prints("baoba", (*OTHER, *TEXT, *THIRD))
    follow(papers.collection)
    with papers.collection.catalog() as catalog:
        (story,) = stories_of(catalog, first.id)
    assert (story.origin_id, story.agency, story.basis, story.count) == (first.id, None, "time", 2)
    assert [(one.article_id, one.role, one.relation) for one in story.printings] == [
        ("baomot:1", "printing", "origin"),
        ("baohai:2", "printing", "abridged"),
        ("baoba:3", "embedding", "embedded"),
    ]
    assert story.printings[1].of_own == 1.0
    assert story.printings[1].evidence["credits"] == [[], ["TTXVN"]]


def test_a_digest_joins_no_stories(papers: Papers) -> None:
    one, other = papers.prints("baomot", TEXT), papers.prints("baohai", OTHER, title="Bóng chuyền")
    papers.prints("baoba", (*TEXT, *OTHER, *THIRD), title="Tin vắn")
    papers.prints("baobon", OTHER, title="Bóng chuyền")
    follow(papers.collection)
    with papers.collection.catalog() as catalog:
        (first,), (second,) = stories_of(catalog, one.id), stories_of(catalog, other.id)
    assert first.id != second.id
    assert {one.article_id for one in second.printings if one.role == "printing"} == {"baohai:2", "baobon:4"}


def test_times_that_cannot_tell_leave_the_direction_doubtful(papers: Papers) -> None:
    day = papers._builder.instant.replace(hour=0, minute=0, second=0)
    papers.prints("baomot", TEXT, at=day, published_precision="day")
    papers.prints("baohai", TEXT, at=day, published_precision="day")
    follow(papers.collection)
    with papers.collection.catalog() as catalog:
        (link,) = every_link(catalog.connection)
    # both say the day alone, but the first was captured before the second was seen
    assert (link.source_id, link.direction) == ("baomot:1", "doubtful")


def test_a_credit_of_the_paper_says_more_than_times(papers: Papers) -> None:
    papers.prints("baomot", TEXT, source="Báo baohai", byline="Theo Báo baohai")
    papers.prints("baohai", TEXT)
    follow(papers.collection)
    with papers.collection.catalog() as catalog:
        (link,) = every_link(catalog.connection)
    assert (link.source_id, link.direction) == ("baohai:2", "credit")


@pytest.mark.parametrize("credit", ["Báo baohai", "baohai.vn", "http://www.baohai.vn"])
@pytest.mark.parametrize("is_last", [True, False])
def test_the_newspaper_that_the_earliest_printing_credits_had_it_first(
    papers: Papers, credit: str, is_last: bool
) -> None:
    if is_last:
        papers.prints("baomot", TEXT, source=credit)
        follow(papers.collection)
        papers.prints("baoba", TEXT, authors=("Nguyễn An",))
        papers.prints("baohai", TEXT, number=9)
    else:
        later = papers._builder.instant + timedelta(hours=9)
        papers.prints("baohai", TEXT, number=9, at=later)
        papers.prints("baomot", TEXT, source=credit, at=later - timedelta(hours=5))
        papers.prints("baoba", TEXT, at=later + timedelta(hours=1))
    follow(papers.collection)
    for _ in range(2):
        with papers.collection.catalog() as catalog:
            (story,) = stories_of(catalog, "baohai:9")
        assert (story.origin_id, story.count) == ("baohai:9", 3)
        assert story.printings[0].article_id == "baohai:9"
        compared(papers.collection)


def test_a_text_that_was_edited_after_it_was_reprinted_stays_linked(papers: Papers) -> None:
    papers.prints("baomot", TEXT)
    papers.prints("baohai", TEXT)
    follow(papers.collection)
    papers.prints("baomot", OTHER, number=1)
    follow(papers.collection)
    with papers.collection.catalog() as catalog:
        (link,) = every_link(catalog.connection)
        (story,) = stories_of(catalog, "baohai:2")
        assert link.source_seq != catalog.article("baomot:1").seq
    assert [one.former for one in story.printings if one.article_id == "baohai:2"] == [True]
    compared(papers.collection)
    with papers.collection.catalog() as catalog:
        assert [one.source_seq for one in every_link(catalog.connection)] == [link.source_seq]


def test_a_text_that_is_no_reprint_any_more_leaves_its_cluster(papers: Papers) -> None:
    papers.prints("baomot", TEXT)
    papers.prints("baohai", TEXT)
    follow(papers.collection)
    with papers.collection.catalog() as catalog:
        (before,) = stories_of(catalog, "baomot:1")
    papers.prints("baohai", TEXT[:3] + OTHER[:1], number=2)
    follow(papers.collection)
    with papers.collection.catalog() as catalog:
        (after,) = stories_of(catalog, "baomot:1")
    assert after.id == before.id
    assert [one.relation for one in after.printings] == ["origin", "edited"]


def test_clusters_keep_their_ids_and_lead_on_where_they_are_joined(papers: Papers) -> None:
    for paper in ("baomot", "baohai"):
        papers.prints(paper, TEXT[:3])
    for paper in ("baoba", "baobon"):
        papers.prints(paper, (TEXT[3], OTHER[0]))
    follow(papers.collection)
    with papers.collection.catalog() as catalog:
        first, second = stories_of(catalog, "baomot:1")[0].id, stories_of(catalog, "baoba:3")[0].id
    assert first != second
    papers.prints("baoba", TEXT, number=3)
    papers.prints("baobon", TEXT, number=4)
    follow(papers.collection)
    with papers.collection.catalog() as catalog:
        joined = cluster(catalog.connection, second)
        assert joined is not None and joined.id == first
        assert set(joined.printings) == {"baomot:1", "baohai:2", "baoba:3", "baobon:4"}


def test_signatures_of_another_method_are_made_anew(papers: Papers) -> None:
    papers.prints("baomot", TEXT)
    papers.prints("baohai", TEXT)
    follow(papers.collection)
    wanted = rows(papers.collection)
    with papers.collection.catalog(writable=True) as catalog:
        catalog.connection.execute("UPDATE reprint_progress SET method = ?", (METHOD + 1,))
        catalog.connection.execute("UPDATE reprint_signatures SET method = ?, keys = x'00'", (METHOD + 1,))
    assert not is_compared(papers.collection)
    follow(papers.collection)
    assert rows(papers.collection) == wanted


def test_two_processes_do_not_compare_at_once(papers: Papers) -> None:
    papers.prints("baomot", TEXT)
    with reprints_lock(papers.collection, 0), pytest.raises(ReprintsBusy):
        follow(papers.collection)
    assert follow(papers.collection) == 1


def test_a_killed_comparison_is_made_again(printed: list[Article], tmp_path: Path) -> None:
    collection = released(tmp_path / "c", printed)
    code = (
        "import os, signal, sys, pathlib\nfrom archive.collection import Collection\n"
        "from archive.workers import Workers\n"
        "from archive.reprints.whole import rebuild\n"
        "def told(step, count):\n    if step == sys.argv[2]: os.kill(os.getpid(), signal.SIGKILL)\n"
        "rebuild(Collection.open(pathlib.Path(sys.argv[1])), Workers(1), told=told)"
    )
    for step in ("comparing", "clusters"):
        ended = subprocess.run([sys.executable, "-c", code, str(collection.root), step], check=False)
        assert ended.returncode == -signal.SIGKILL
        with collection.catalog() as catalog:
            assert progress(catalog.connection).method == 0
    follow(collection)
    wanted = released(tmp_path / "d", printed)
    compared(wanted)
    assert rows(collection) == rows(wanted)


def test_what_is_withheld_is_in_no_story(papers: Papers) -> None:
    for paper in ("baomot", "baohai", "baoba"):
        papers.prints(paper, TEXT)
    follow(papers.collection)
    withhold(papers.collection, "baomot:1", WithholdingReason.PRIVACY, "")
    with papers.collection.for_readers.catalog() as catalog:
        (story,) = stories_of(catalog, "baohai:2")
        assert [one.article_id for one in story.printings] == ["baohai:2", "baoba:3"]
        assert story.origin_id == "baohai:2"
        assert "baomot" not in str(story.values())
        assert all("baomot:1" not in (one.source_id, one.copy_id) for one in every_link(catalog.connection))


def test_a_damaged_line_and_a_text_without_words_are_passed_over(papers: Papers) -> None:
    papers.prints("baomot", ())
    papers.prints("baohai", ("…",))
    papers.prints("baoba", TEXT)
    with papers.collection.catalog(writable=True) as catalog:
        catalog.connection.execute("UPDATE versions SET line = x'00' WHERE seq = 3")
    papers.prints("baobon", TEXT)
    assert follow(papers.collection) == 4
    assert compared(papers.collection).articles == 3
    with papers.collection.catalog() as catalog:
        assert list(every_link(catalog.connection)) == []


def test_the_article_itself_is_unchanged(papers: Papers) -> None:
    article = papers.prints("baomot", TEXT)
    follow(papers.collection)
    with papers.collection.catalog() as catalog:
        assert catalog.article(article.id).content_hash == attrs.evolve(article).content_hash


CREDITS: tuple[dict[str, Any], ...] = (
    {}, {"source": "TTXVN"}, {"authors": ("Nguyễn An",)}, {"byline": "Theo Báo baomot", "source": "Báo baomot"},
    {"published_precision": "day"}, {"source": "AFP"},
)  # fmt: skip


@pytest.mark.parametrize("seed", range(6))
def test_a_text_of_many_printings_is_joined_as_all_at_once_find_it(papers: Papers, seed: int) -> None:
    chosen = random.Random(seed)
    for _ in range(14):
        fields = dict(chosen.choice(CREDITS))
        at = papers._builder.instant + timedelta(hours=chosen.randint(-30, 2))
        text = chosen.choice([TEXT, TEXT, TEXT[:3], TEXT[1:], (*TEXT, OTHER[0]), TEXT[:2]])
        papers.prints(
            chosen.choice(["baomot", "baohai", "baoba", "vietnamplus"][: 3 + seed % 2]), text, at=at, **fields
        )
        follow(papers.collection)
    one_by_one = rows(papers.collection)
    compared(papers.collection)
    assert rows(papers.collection) == one_by_one


def test_a_text_of_very_many_printings_still_takes_in_others(papers: Papers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grouping, "MOST_REACHED", 3)
    for paper in ("baomot", "baohai", "baoba", "baobon") * 3:
        papers.prints(paper, TEXT)
        follow(papers.collection)
    papers.prints("baomot", TEXT, at=papers._builder.instant - timedelta(days=3))
    papers.prints("baohai", OTHER, number=2)  # an edit, which waits for the comparison of all
    follow(papers.collection)
    with papers.collection.catalog() as catalog:
        (story,) = stories_of(catalog, "baomot:1")
        assert (story.count, story.origin_id) == (13, "baomot:13")
    compared(papers.collection)
    with papers.collection.catalog() as catalog:
        again = cluster(catalog.connection, story.id)
        assert again is not None and len(again.printings) == 13


def test_a_long_article_is_compared_as_far_as_its_first_words(papers: Papers) -> None:
    words = " ".join(f"từ{number}" for number in range(1_000_000))
    papers.prints("baomot", (*TEXT, words))
    papers.prints("baohai", TEXT)
    follow(papers.collection)
    with papers.collection.catalog() as catalog:
        (link,) = every_link(catalog.connection)
        (held,) = catalog.connection.execute("SELECT max(length(keys)) FROM reprint_signatures").fetchone()
    assert link.kind == "embedded" or link.kept_of_copy == 1.0
    assert held <= 6 * (MOST + 1)
