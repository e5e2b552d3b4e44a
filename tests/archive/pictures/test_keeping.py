"""Pictures are followed without a further command, and a follower that is killed or told to end loses nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import attrs
import pytest
from PIL import Image as Drawn
from support.collection_builder import CollectionBuilder
from support.crawling import baotinh
from support.printed_pictures import jpeg

from archive.article import Article, Block, Image, LaterReading, to_json
from archive.catalog.pictures import is_behind
from archive.catalog.readings import insert_reading
from archive.collection import Collection
from archive.pictures.following import follow
from archive.pictures.hashing import METHOD
from archive.pictures.history import MOST_FILES, find_picture, history_of, printed_pictures
from archive.pictures.keeping import keep_followed
from archive.processes import module_command, same_modules

PICTURES = 60
_DEADLINE = 180.0


@pytest.fixture
def collection(tmp_path: Path, photograph: Callable[..., Drawn.Image]) -> Collection:
    builder = CollectionBuilder(tmp_path / "c")
    for number in range(PICTURES):
        url = f"https://baocantho.com.vn/{number}.jpg"
        builder.capture(url, jpeg(photograph(str(number), 320, 210)), mime="image/jpeg")
    return builder.close()


def held(collection: Collection) -> int:
    with collection.catalog() as catalog:
        return int(catalog.connection.execute("SELECT count(*) FROM pictures").fetchone()[0])


@contextmanager
def follower(collection: Collection) -> Iterator[subprocess.Popen[bytes]]:
    """A follower that has begun to enter pictures."""
    command = module_command("archive.pictures.follower", collection.root)
    with subprocess.Popen(command, stdin=subprocess.PIPE, env=same_modules(), start_new_session=True) as process:
        assert process.stdin is not None
        os.write(process.stdin.fileno(), b"\n")
        until = time.monotonic() + _DEADLINE
        while not held(collection) and time.monotonic() < until:
            time.sleep(0.01)
        yield process


def test_a_killed_follower_loses_nothing(collection: Collection) -> None:
    with follower(collection) as process:
        os.killpg(process.pid, signal.SIGKILL)
    done = held(collection)
    assert done and follow(collection, processes=1).hashed == PICTURES - done
    with collection.catalog() as catalog:
        assert not is_behind(catalog.connection, METHOD)


def test_a_follower_ends_soon_when_its_crawl_does(collection: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    with follower(collection) as process:
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(_DEADLINE) == 0
    done = held(collection)
    assert done % 25 == 0 or done == PICTURES
    monkeypatch.setenv("BAOTINH_COMPARE_PICTURES", "1")
    keep_followed(collection)
    assert held(collection) == PICTURES


def test_a_pass_that_must_end_leaves_the_rest(collection: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    assert follow(collection, processes=1, is_ended=lambda: True).hashed == 25
    monkeypatch.setenv("BAOTINH_COMPARE_PICTURES", "1")
    keep_followed(collection, processes=1)
    assert held(collection) == PICTURES


@pytest.fixture
def shown(tmp_path: Path, photograph: Callable[..., Drawn.Image]) -> tuple[CollectionBuilder, Article]:
    """An article that shows a picture that was not captured with it."""
    builder = CollectionBuilder(tmp_path / "c")
    first = jpeg(photograph("1"))
    builder.capture("https://baocantho.com.vn/1.jpg", first, mime="image/jpeg")
    article = Article(
        newspaper="baocantho", article_id="7", url="https://baocantho.com.vn/a7.html", title="Chợ nổi",
        body=(Block(type="paragraph", text="Chợ nổi họp từ sáng sớm."),), published_at=builder.instant,
        captured_at=builder.instant, images=(Image(url="https://baocantho.com.vn/2.jpg", position=0),),
    )  # fmt: skip
    return builder, builder.publish(article)


def test_a_picture_that_was_captured_as_a_revisit_is_known(
    shown: tuple[CollectionBuilder, Article], photograph: Callable[..., Drawn.Image]
) -> None:
    builder, article = shown
    follow(builder.collection, processes=1)
    with builder.collection.catalog() as catalog:
        version = catalog.article(article.id)
        assert not printed_pictures(catalog, [version.seq])
        first = catalog.latest_success("https://baocantho.com.vn/1.jpg")
    assert first is not None
    body = jpeg(photograph("1"))
    builder.capture("https://baocantho.com.vn/2.jpg", body, mime="image/jpeg", revisit_of=first.reference())
    follow(builder.collection, processes=1)
    with builder.collection.catalog() as catalog:
        assert (version.seq, 1) in printed_pictures(catalog, [version.seq])


def test_a_reading_of_another_capture_leaves_the_pictures_of_the_version(
    shown: tuple[CollectionBuilder, Article], photograph: Callable[..., Drawn.Image]
) -> None:
    builder, article = shown
    builder.capture("https://baocantho.com.vn/2.jpg", jpeg(photograph("2")), mime="image/jpeg")
    follow(builder.collection, processes=1)
    other = builder.capture("https://m.baocantho.com.vn/a7.html", b"<p>")
    with builder.collection.catalog(writable=True) as catalog:
        version = catalog.article(article.id)
        said = LaterReading(
            version=version.content_hash, content_hash=version.content_hash, read_at=builder.instant,
            extractor="baotinh 0.1", rules=None, cause="address", record=version.record_id,
        )  # fmt: skip
        bare = to_json(attrs.evolve(article, images=()))
        assert insert_reading(catalog.connection, 1, version.seq, article.id, said, bare, other.record_id)
    follow(builder.collection, processes=1)
    with builder.collection.catalog() as catalog:
        assert (version.seq, 1) in printed_pictures(catalog, [version.seq])


@pytest.mark.parametrize(("said", "compared"), [("1", PICTURES), ("0", 0), ("false", 0)])
def test_an_import_compares_pictures_unless_that_is_set_off(
    collection: Collection, tmp_path: Path, said: str, compared: int
) -> None:
    (file,) = collection.warc.iterdir()
    other = tmp_path / "other"
    done = baotinh("import", file, "--collection", other, BAOTINH_COMPARE_PICTURES=said)
    assert done.returncode == 0, done.stderr
    assert held(Collection.open(other)) == compared


def test_a_rebuild_compares_no_pictures_where_the_file_of_settings_says_so(
    collection: Collection, tmp_path: Path
) -> None:
    file = tmp_path / "baotinh.toml"
    file.write_text("[limits]\ncompare_pictures = false\n", "utf-8")
    where = {"BAOTINH_CONFIG": str(file), "BAOTINH_COMPARE_PICTURES": ""}
    done = baotinh("rebuild", "--collection", collection.root, **where)
    assert done.returncode == 0, done.stderr
    assert held(collection) == 0
    assert baotinh("pictures", "update", "--collection", collection.root, **where).returncode == 0
    assert held(collection) == PICTURES


def test_a_picture_in_very_many_files_is_one(tmp_path: Path, photograph: Callable[..., Drawn.Image]) -> None:
    builder, body = CollectionBuilder(tmp_path / "c"), jpeg(photograph("1", 160, 110))
    for number in range(320):
        url = f"https://baocantho.com.vn/{number}.jpg"
        builder.capture(url, body + bytes(number), mime="image/jpeg")
    follow(builder.close())
    with builder.collection.catalog() as catalog:
        row = catalog.connection.execute("SELECT count(*), count(DISTINCT same_as) FROM pictures").fetchone()
        history = history_of(catalog, find_picture(catalog, "https://baocantho.com.vn/319.jpg"))
    assert row == (320, 1)
    assert len(history.files) == MOST_FILES and history.files[0].relation is None
