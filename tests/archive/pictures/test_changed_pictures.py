"""Trimmed and bordered pictures are found, whichever was captured first; others are not taken for the same."""

from __future__ import annotations

import io
import itertools
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from support.changed_pictures import BORDERS, CROPS, MARKS, SIZES, Change, trims
from support.printed_pictures import jpeg

from archive.catalog import Catalog
from archive.catalog.picture_hashes import enter_anchors, enter_hashes
from archive.catalog.pictures import PictureRow, StoredLikeness, enter_picture
from archive.pictures.anchors import NEAR, STORED, anchors_of
from archive.pictures.decoding import hash_picture
from archive.pictures.hashing import METHOD, Likeness
from archive.pictures.matching import matches
from archive.pictures.strips import stored_hashes

SIZES_OF_PICTURES = ((800, 533), (640, 420), (640, 360), (480, 480))
PICTURES = 12


def likeness_of_file(octets: bytes) -> Likeness:
    found = hash_picture(octets, None).likeness
    assert found is not None
    return found


def enter(connection: sqlite3.Connection, likeness: Likeness) -> int:
    held = connection.execute("SELECT count(*) FROM pictures").fetchone()[0]
    row = PictureRow(
        payload_digest=f"sha256:{held}", name=f"{held}", captured_at="2026", outcome="hashed",
        width=likeness.width, height=likeness.height,
    )  # fmt: skip
    looks = StoredLikeness(
        method=METHOD, strips=stored_hashes(likeness).astype("<u8").tobytes(), anchors=likeness.anchors.packed(),
        thumbnail=likeness.thumbnail,
    )  # fmt: skip
    id = enter_picture(connection, row, looks)
    enter_hashes(connection, id, stored_hashes(likeness).tolist())
    enter_anchors(connection, id, likeness.anchors.hashes[:STORED].tolist())
    return id


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with Catalog(tmp_path / "catalog.sqlite", writable=True) as catalog:
        yield catalog.connection


@pytest.fixture(scope="module")
def pictures(photograph: Callable[..., Image.Image]) -> list[tuple[Image.Image, Likeness]]:
    drawn = [photograph(f"changed {n}", *SIZES_OF_PICTURES[n % len(SIZES_OF_PICTURES)]) for n in range(PICTURES)]
    return [(one, likeness_of_file(jpeg(one))) for one in drawn]


Pictures = list[tuple[Image.Image, Likeness]]


def lost(connection: sqlite3.Connection, pictures: Pictures, changes: dict[str, Change]) -> list[tuple[str, int]]:
    """Which changed pictures are not found beside all pictures: every other one is captured before its original."""
    found = [likeness for _, likeness in pictures]
    ids = [enter(connection, likeness) for likeness in found]
    missing, others = [], 0
    for name, change in changes.items():
        changed = [likeness_of_file(change(picture)) for picture, _ in pictures]
        connection.execute("SAVEPOINT changed")
        later = {n: enter(connection, changed[n]) for n in range(1, len(pictures), 2)}
        for number, id in enumerate(ids):
            searched, wanted = (found[number], later[number]) if number % 2 else (changed[number], id)
            same = {one.id for one in matches(connection, searched)}
            if wanted not in same:
                missing.append((name, number))
            others += len(same - {id, later.get(number, id)})
        connection.execute("ROLLBACK TO changed")
    assert others == 0
    return missing


def test_bordered_pictures_are_found(connection: sqlite3.Connection, pictures: Pictures) -> None:
    missing = lost(connection, pictures, BORDERS)
    assert len(missing) <= 0.05 * len(BORDERS) * PICTURES, missing


@pytest.mark.parametrize(("percent", "few"), [(10, 0.03), (20, 0.1)])
def test_trimmed_pictures_are_found(
    connection: sqlite3.Connection, pictures: Pictures, percent: int, few: float
) -> None:
    changes = dict(trims(percent))
    missing = lost(connection, pictures, changes)
    assert len(missing) <= few * len(changes) * PICTURES, missing


def test_cropped_resized_and_mirrored_pictures_are_found(connection: sqlite3.Connection, pictures: Pictures) -> None:
    changes = {name: change for name, change in CROPS.items() if "in the middle" in name} | SIZES
    changes["mirrored"] = MARKS["mirrored"]
    missing = lost(connection, pictures, changes)
    assert len(missing) <= 0.02 * len(changes) * PICTURES, missing


def test_anchors_lie_on_the_same_spots_of_a_trimmed_picture(pictures: Pictures) -> None:
    picture, _ = pictures[0]
    width, height = picture.size
    gray = picture.convert("L")
    whole, part = anchors_of(gray), anchors_of(gray.crop((0, 0, width * 4 // 5, height * 4 // 5)))
    moved = part.boxes * 0.8
    same = [
        bin(one ^ other).count("1") <= NEAR
        for (box, one), (at, other) in itertools.product(
            zip(whole.boxes, whole.hashes.tolist(), strict=True), zip(moved, part.hashes.tolist(), strict=True)
        )
        if abs(box - at).max() < 0.01
    ]
    assert len(same) >= 4 and all(same)


def test_a_picture_of_one_colour_has_no_anchors() -> None:
    out = anchors_of(Image.new("L", (200, 160), 128))
    assert len(out.hashes) == 0 and out.packed() == b"" and out.variants.shape == (0, 16)
    assert hash_picture(io.BytesIO(jpeg(Image.new("RGB", (200, 160)))).getvalue(), None).likeness is None
