"""Pictures that a former version hashed are hashed anew, a few at a time, and those that are the same then found."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageOps
from support.collection_builder import CARD, CollectionBuilder, make_article
from support.printed_pictures import jpeg

from archive.article import Image as ArticleImage
from archive.catalog.pictures import is_behind
from archive.collection import Collection
from archive.pictures.following import Followed, follow
from archive.pictures.hashing import METHOD

PICTURES = 30


@pytest.fixture
def collection(tmp_path: Path, photograph: Callable[..., Image.Image]) -> Collection:
    """A collection whose last two pictures are the same, with a border and without; hashed by the version before."""
    builder = CollectionBuilder(tmp_path / "c", {"baocantho": CARD})
    drawn = [photograph(f"{number}", 320, 210) for number in range(PICTURES - 1)]
    drawn.append(ImageOps.expand(drawn[-1], 12, "white"))
    for number, picture in enumerate(drawn):
        url = f"https://baocantho.vn/{number}.jpg"
        held = builder.capture(url, jpeg(picture), mime="image/jpeg")
        images = (ArticleImage(url=url, capture=held),)
        builder.publish(make_article(number, images=images, url=f"https://baocantho.vn/{number}"))
    collection = builder.close()
    follow(collection, processes=1)
    with collection.catalog(writable=True) as catalog, catalog.transaction() as connection:
        for statement in (
            "UPDATE pictures SET method = 1, anchors = NULL, same_as = id",
            "DELETE FROM picture_pairs",
            "DELETE FROM picture_hashes WHERE part = 3",
            "DELETE FROM picture_cursors WHERE what = 'method'",
        ):
            connection.execute(statement)
    return collection


def rows(collection: Collection, query: str) -> list[tuple[object, ...]]:
    with collection.catalog() as catalog:
        return catalog.connection.execute(query).fetchall()


def behind(collection: Collection) -> bool:
    with collection.catalog() as catalog:
        return is_behind(catalog.connection, METHOD)


def test_pictures_of_a_former_version_are_compared_again(collection: Collection) -> None:
    printings = rows(collection, "SELECT * FROM picture_printings ORDER BY 1, 2")
    names = rows(collection, "SELECT id, name FROM pictures ORDER BY id")
    assert behind(collection)
    done = follow(collection, processes=1)
    assert (done.hashed, done.same, done.versions) == (PICTURES, 1, 0)
    assert not behind(collection) and follow(collection, processes=1).hashed == 0
    assert rows(collection, "SELECT DISTINCT method FROM pictures") == [(METHOD,)]
    assert rows(collection, "SELECT * FROM picture_printings ORDER BY 1, 2") == printings
    assert rows(collection, "SELECT id, name FROM pictures ORDER BY id") == names
    assert rows(collection, "SELECT count(DISTINCT same_as) FROM pictures") == [(PICTURES - 1,)]
    hashes = rows(collection, "SELECT * FROM picture_hashes")
    follow(collection, processes=1, rebuild=True)
    assert rows(collection, "SELECT * FROM picture_hashes") == hashes


def test_the_rest_is_left_for_the_next_time(collection: Collection) -> None:
    first = follow(collection, processes=1, is_ended=lambda: True)
    assert 0 < first.hashed < PICTURES and behind(collection)
    told: list[int] = []

    def count(followed: Followed) -> None:
        told.append(followed.hashed)

    assert follow(collection, processes=1, on_progress=count).hashed == PICTURES - first.hashed
    assert told[-1] == PICTURES - first.hashed and not behind(collection)


def test_a_picture_whose_record_is_gone_stays_as_it_was(collection: Collection) -> None:
    with collection.catalog(writable=True) as catalog, catalog.transaction() as connection:
        connection.execute("UPDATE captures SET payload_digest = 'sha256:GONE' WHERE url LIKE '%/3.jpg'")
    assert follow(collection, processes=1).hashed == PICTURES - 1
    assert rows(collection, "SELECT count(*) FROM pictures WHERE method = 1") == [(1,)] and not behind(collection)
