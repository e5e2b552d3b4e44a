"""The index follows the catalog: everything once, the latest version only, made anew where it is broken."""

from __future__ import annotations

import json
import shutil
import threading
from datetime import timedelta
from pathlib import Path

import attrs
import pytest
from filelock import FileLock
from support.collection_builder import BEGINNING, CollectionBuilder, make_article

from archive.article import Article, Block, Contributor, Image, to_json
from archive.errors import IndexBusy
from archive.search.indexing import index
from archive.search.indexing.index import follow, position
from archive.search.indexing.opened import readable
from archive.search.query import search
from archive.search.terms.passages import passages, passages_of


@pytest.fixture
def builder(tmp_path: Path) -> CollectionBuilder:
    return CollectionBuilder(tmp_path / "collection")


def released(builder: CollectionBuilder, count: int, **fields: object) -> list[Article]:
    ref = builder.capture("https://baocantho.com.vn/", b"x")
    articles = [make_article(number, capture=ref, **fields) for number in range(count)]
    for article in articles:
        builder.release(article)
    return articles


def test_follows_and_repeats(builder: CollectionBuilder) -> None:
    released(builder, 25)
    assert search(builder.collection, "").behind == 25
    assert follow(builder.collection) == 25
    assert follow(builder.collection) == 0
    found = search(builder.collection, "bài viết")
    assert (found.total, found.behind) == (25, 0)


def test_only_the_latest_version_is_found(builder: CollectionBuilder) -> None:
    (article,) = released(builder, 1, title="Tựa đầu tiên")
    follow(builder.collection)
    later = attrs.evolve(article, title="Tựa đã sửa", captured_at=BEGINNING + timedelta(days=2))
    earlier = attrs.evolve(article, title="Tựa cũ hơn nữa", captured_at=BEGINNING - timedelta(days=2))
    builder.release(later)
    builder.release(earlier)
    assert follow(builder.collection) == 1
    assert [hit.title for hit in search(builder.collection, "tựa").hits] == ["Tựa đã sửa"]
    assert search(builder.collection, "").total == 1


def test_interrupted_between_commit_and_position(builder: CollectionBuilder) -> None:
    released(builder, 10)
    follow(builder.collection)
    reached = position(builder.collection)
    assert reached is not None
    index._store(builder.collection, attrs.evolve(reached, seq=4))
    assert follow(builder.collection) == 6
    assert search(builder.collection, "").total == 10


def test_many_batches(builder: CollectionBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "BATCH", 7)
    monkeypatch.setattr(index, "BATCHES_A_COMMIT", 2)
    released(builder, 100)
    assert follow(builder.collection) == 100
    assert search(builder.collection, "").total == 100


def test_an_article_and_its_line_have_the_same_passages(builder: CollectionBuilder) -> None:
    article = make_article(
        1,
        capture=builder.capture("https://baocantho.com.vn/", b"x"),
        title="Ða\u0323i ho\u0323\u0302i chợ nổi",
        kicker="Nhịp sống \u200bmiền sông",
        body=(
            Block(type="paragraph", text="Ghe chở dừa về bến."),
            Block(type="paragraph", text="Ghe chở dừa về bến."),
            Block(type="list", text="khóm\n\nmía"),
            Block(type="figure", text="Bến ghe lúc rạng sáng"),
            Block(type="related", text="Tin khác"),
        ),
        images=(
            Image(url="http://a.test/1.png", caption="Bến ghe", credit="MINH TÂM"),
            Image(url="http://a.test/2.png"),
        ),
        contributors=(Contributor(name="Minh Tâm", role="photo"),),
        tags=("chợ nổi", "du lịch"),
        source="TTXVN",
    )
    found = passages_of(json.loads(to_json(article)))
    assert found == passages(article)
    assert {kind for kind, _ in found} == {
        "title", "kicker", "lead", "body", "caption", "credit", "author", "tag", "section", "source"
    }  # fmt: skip


@pytest.mark.parametrize("damage", ["folder", "position", "version", "meta", "segment", "ahead", "garbage"])
def test_made_anew(builder: CollectionBuilder, damage: str, monkeypatch: pytest.MonkeyPatch) -> None:
    released(builder, 12)
    follow(builder.collection)
    reached = position(builder.collection)
    assert reached is not None
    folder = builder.collection.index / reached.folder
    if damage == "folder":
        shutil.rmtree(builder.collection.index)
    elif damage == "position":
        (builder.collection.index / "position.json").write_text("{")
    elif damage == "version":
        monkeypatch.setattr(index, "INDEX_VERSION", 99)
    elif damage == "meta":
        (folder / "meta.json").write_text("broken")
    elif damage == "segment":
        next(folder.glob("*.term")).unlink()
    elif damage == "garbage":
        for path in folder.glob("*.store"):
            path.write_bytes(b"\0" * 10)
    else:
        index._store(builder.collection, attrs.evolve(reached, seq=1000))
    assert follow(builder.collection) == 12
    assert search(builder.collection, "bài").total == 12


def test_rebuilt_on_demand_leaves_one_folder(builder: CollectionBuilder) -> None:
    released(builder, 3)
    follow(builder.collection)
    assert follow(builder.collection, rebuild=True) == 3
    assert len([path for path in builder.collection.index.iterdir() if path.is_dir()]) == 1


def test_one_writer(builder: CollectionBuilder) -> None:
    released(builder, 1)
    lock = FileLock(builder.collection.locks / "index.lock", thread_local=False)
    with lock:
        with pytest.raises(IndexBusy):
            follow(builder.collection)
        threading.Timer(0.3, lambda: lock.release(force=True)).start()
        assert follow(builder.collection, wait=60) == 1


def test_an_empty_collection_has_nothing(builder: CollectionBuilder) -> None:
    assert search(builder.collection, "gì đó").total == 0
    assert follow(builder.collection) == 0
    assert search(builder.collection, "gì đó").total == 0


def test_an_index_on_a_read_only_disk_is_read_from_a_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    builder = CollectionBuilder(tmp_path / "collection")
    ref = builder.capture("https://baocantho.com.vn/", b"x")
    builder.release(make_article(1, title="Học bổng", capture=ref))
    follow(builder.collection)
    before = sorted(path.name for path in builder.collection.index.rglob("*"))
    monkeypatch.setattr("os.access", lambda path, mode: False)
    assert search(builder.collection, "hoc bong").total == 1
    reached = position(builder.collection)
    assert reached is not None
    assert readable(builder.collection.index / reached.folder).parent != builder.collection.index
    assert sorted(path.name for path in builder.collection.index.rglob("*")) == before
