"""What was compared stays compared when a pass ends early; a picture that takes too long costs no other."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from support.collection_builder import CollectionBuilder
from support.printed_pictures import jpeg

from archive.catalog.pictures import captured_pictures
from archive.collection import Collection
from archive.errors import PicturesBusy
from archive.locks import held
from archive.pictures.decoding import Outcome
from archive.pictures.following import Followed, follow
from archive.pictures.hashers import Hashers

PICTURES = 30


@pytest.fixture
def collection(tmp_path: Path, photograph: Callable[..., Image.Image]) -> Collection:
    builder = CollectionBuilder(tmp_path / "c")
    for number in range(PICTURES):
        url = f"https://baocantho.com.vn/{number}.jpg"
        builder.capture(url, jpeg(photograph(str(number), 320, 210)), mime="image/jpeg")
    return builder.close()


class Ended(Exception):
    """The pass is ended."""


def test_a_pass_that_ended_goes_on_where_it_was(collection: Collection) -> None:
    def end(followed: Followed) -> None:
        raise Ended

    with pytest.raises(Ended):
        follow(collection, processes=1, on_progress=end)
    with collection.catalog() as catalog:
        (held,) = catalog.connection.execute("SELECT count(*) FROM pictures").fetchone()
    assert 0 < held < PICTURES
    assert follow(collection, processes=1).hashed == PICTURES - held
    with collection.catalog() as catalog:
        rows = catalog.connection.execute("SELECT count(*), count(DISTINCT payload_digest) FROM pictures").fetchone()
    assert rows == (PICTURES, PICTURES)


def test_one_process_at_a_time_compares(collection: Collection) -> None:
    with held(collection.pictures_lock), pytest.raises(PicturesBusy):
        follow(collection)


def test_a_picture_that_takes_too_long_is_left(tmp_path: Path, photograph: Callable[..., Image.Image]) -> None:
    builder, slow = CollectionBuilder(tmp_path / "c"), io.BytesIO()
    Image.new("RGB", (9000, 9000), "gray").save(slow, "PNG", compress_level=1)
    bodies = (jpeg(photograph("1")), slow.getvalue(), jpeg(photograph("2")))
    for number, body in enumerate(bodies):
        builder.capture(f"https://baocantho.com.vn/{number}", body, mime="image/jpeg")
    collection = builder.close()
    with collection.catalog() as catalog:
        places = [one.place for one in captured_pictures(catalog.connection, 0, 99, 10)]
    with Hashers(collection.root, 1, seconds=600) as hashers:
        outcomes = [found and found.outcome for found in hashers.each(places)]
        assert outcomes == [Outcome.HASHED, Outcome.PLAIN, Outcome.HASHED]
    file = collection.warc / places[1][0]
    file.unlink()
    os.mkfifo(file)  # nobody writes to it: the picture is never read
    with Hashers(collection.root, 1, seconds=0.01) as hashers:
        assert [found and found.outcome for found in hashers.each([places[1]])] == [Outcome.LATE]
