"""Kinds of change and former wordings in the search: found on demand, and never among ordinary hits."""

from __future__ import annotations

import shutil
from pathlib import Path

import attrs
import pytest
from support.collection_builder import CollectionBuilder, make_article
from support.edited_articles import edited_collection, paragraphs

from archive.catalog.lifecycle import PageStatus, StatusChange
from archive.catalog.versions import enter_changes
from archive.collection import Collection
from archive.errors import BadQuery
from archive.reasons import WithholdingReason
from archive.search.filters import Filters
from archive.search.former_search import search_former
from archive.search.indexing.index import follow, position
from archive.search.query import search
from archive.search.selection import Selection
from archive.withholding import withhold

HUI = "baocantho:196001"


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    collection = edited_collection(tmp_path_factory.mktemp("edited") / "collection")
    follow(collection)
    return collection


def ids(collection: Collection, query: str) -> list[str]:
    return sorted(hit.id[-1] for hit in search(collection, query).hits)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("sửa:con-số", "12"), ("changed:figures", "12"), ("sua:con-so", "12"), ('sửa:"con số"', "12"),
        ("changed:withdrawn", "3"), ("sửa:gỡ", "3"), ("sửa:lặng", "134"), ("changed:silent hụi", "1"),
        ("thay đổi:đính-chính", "2"), ("changed:(names OR correction)", "12"), ("changed:yes", "1234"),
        ("lúa -changed:silent", "2"), ("changed:picture-swapped", "4"),
    ],
)  # fmt: skip
def test_kinds_of_change_are_found(edited: Collection, query: str, found: str) -> None:
    assert ids(edited, query) == list(found)


def test_an_unknown_kind_is_refused(edited: Collection) -> None:
    with pytest.raises(BadQuery, match="figures, names"):
        search(edited, "changed:colour")


def test_kinds_are_counted(edited: Collection) -> None:
    kinds = search(edited, "").facets.kinds
    assert (kinds["silent"], kinds["figures"], kinds["withdrawn"]) == (3, 2, 1)
    assert search(edited, Selection.of("", Filters(kind="con số"))).total == 2


def test_former_wordings_are_found_on_demand_alone(edited: Collection) -> None:
    for query in ('"bắt giữ chủ hụi"', '"200 triệu"', '"ba người"', '"500 đồng"'):
        assert search(edited, Selection.of(query, scope="typed")).total == 0
        found = search_former(edited, Selection.of(query, scope="typed"))
        assert found.total == len(found.hits) == 1 and not found.is_cut
    with edited.catalog() as catalog:
        first = catalog.versions(HUI)[0]
    (hit,) = search_former(edited, '"200 triệu"').hits
    assert (hit.id, hit.version) == (HUI, first.content_hash)
    assert any(piece.is_hit for piece in hit.snippet)


def test_what_the_latest_version_has_is_no_former_wording(edited: Collection) -> None:
    for query in ("mùa nước nổi", "Ninh Kiều", '"250 triệu"', ""):
        assert search_former(edited, query).total == 0
    assert search(edited, "").total == 4  # no former version is counted


def test_filters_and_scope_hold(edited: Collection) -> None:
    assert search_former(edited, Selection.of('"200 trieu"', scope="folded")).total == 1
    assert search_former(edited, Selection.of('"200 triệu"', Filters(newspaper="baovinhlong"))).total == 0
    assert search_former(edited, Selection.of("bắt", within="title")).total == 1


def test_what_is_withheld_is_not_found(edited: Collection, tmp_path: Path) -> None:
    copy = Collection.open(shutil.copytree(edited.root, tmp_path / "copy"))
    withhold(copy, HUI, WithholdingReason.COURT, "")
    assert search_former(copy, '"200 triệu"').total == 1
    assert search_former(copy.for_readers, '"200 triệu"').total == 0


def test_the_index_follows(tmp_path: Path) -> None:
    builder = CollectionBuilder(tmp_path / "collection")
    collection = builder.collection
    one = builder.publish(make_article(1, body=paragraphs("Có mười hai con trâu.")))
    follow(collection)
    assert search_former(collection, "trâu").total == 0
    builder.publish(attrs.evolve(one, body=paragraphs("Có mười hai con bò.")))
    follow(collection)
    assert search_former(collection, "trâu").total == 1 and search(collection, "trâu").total == 0
    builder.publish(attrs.evolve(one, body=paragraphs("Có mười ba con dê.")))
    follow(collection)
    assert [search_former(collection, word).total for word in ("trâu", "bò", "dê")] == [1, 1, 0]
    # a page that goes brings no version
    before = position(collection)
    gone = StatusChange(one.id, PageStatus.WITHDRAWN, builder.instant, one.url, 410, None, None)
    enter_changes(builder.catalog.connection, [gone])
    assert before is not None and before.is_behind(builder.catalog)
    assert follow(collection) == 1
    assert ids(collection, "changed:withdrawn") == ["1"]
    assert follow(collection, rebuild=True) == 1
    assert [search_former(collection, word).total for word in ("trâu", "bò", "dê")] == [1, 1, 0]
