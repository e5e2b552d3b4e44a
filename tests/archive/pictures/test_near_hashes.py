"""Near hashes are found by searches of one index, whichever bits differ and however many pictures share a band."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from support.collection_builder import CollectionBuilder
from support.earlier_catalog import take_back
from support.printed_pictures import jpeg

from archive.catalog import Catalog
from archive.catalog.picture_hashes import BAND_BITS, BITS, MASK, PARTS, STEP, enter_hashes, hashes_sharing, turned
from archive.catalog.schema import STEPS
from archive.collection import Collection
from archive.pictures.following import follow
from archive.pictures.matching import distances
from archive.pictures.strips import NEAREST

PICTURES = 400
CHANCE = random.Random(7)


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with Catalog(tmp_path / "catalog.sqlite", writable=True) as catalog:
        yield catalog.connection


def differing(value: int, bits: list[int]) -> int:
    for bit in bits:
        value ^= 1 << bit
    return value


def ids_near(connection: sqlite3.Connection, *values: int) -> set[int]:
    found = distances(connection, np.array(values, np.uint64))
    return {id for id, distance in found.items() if distance <= NEAREST}


def test_the_bits_of_a_hash_are_turned_within_their_63() -> None:
    value = CHANCE.getrandbits(64)
    for part in range(PARTS):
        assert turned(value, part) >> BITS - BAND_BITS == value >> part * BAND_BITS & (1 << BAND_BITS) - 1
        assert turned(value, part).bit_count() == (value & MASK).bit_count()


def test_hashes_that_share_one_band_are_found_and_no_far_ones(connection: sqlite3.Connection) -> None:
    held = [CHANCE.getrandbits(64) for _ in range(PICTURES)]
    for id, value in enumerate(held, 1):
        enter_hashes(connection, id, [CHANCE.getrandbits(64), 0, value])
    for id in (1, 17, PICTURES):
        for part in range(PARTS):
            others = [bit for bit in range(BITS) if bit // BAND_BITS != part]
            changed = differing(held[id - 1], CHANCE.sample(others, NEAREST))
            assert ids_near(connection, CHANCE.getrandbits(64), changed) == {id}
            assert ids_near(connection, differing(held[id - 1], CHANCE.sample(others, NEAREST + 1))) == set()


def test_among_very_many_that_share_a_band_the_near_ones_are_found(connection: sqlite3.Connection) -> None:
    """Skies: 21 bits are the same in all of them, and of some pictures there are very many files."""
    sky = CHANCE.getrandbits(63)
    within = [bit for bit in range(BITS) if bit // BAND_BITS != 2]
    for id in range(1, 3001):
        enter_hashes(connection, id, [differing(sky, CHANCE.sample(within, 18))])
    wanted = differing(sky, CHANCE.sample(within, 20))
    enter_hashes(connection, 5000, [wanted])
    assert 5000 in ids_near(connection, differing(wanted, [3, 11]))
    for id in range(6001, 6501):
        enter_hashes(connection, id, [wanted])
    assert ids_near(connection, wanted) & {5000, *range(6001, 6501)}


def test_each_lookup_is_a_search_of_the_primary_key(connection: sqlite3.Connection) -> None:
    executed: list[str] = []
    connection.set_trace_callback(executed.append)
    hashes_sharing(connection, 1, 5, BAND_BITS, 10)
    connection.set_trace_callback(None)
    (plan,) = (row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {executed[0]}"))
    assert plan == "SEARCH picture_hashes USING PRIMARY KEY (part=? AND hash>? AND hash<?)"


def test_the_pictures_of_a_catalog_of_before_have_their_hashes_entered(
    tmp_path: Path, photograph: Callable[..., Image.Image]
) -> None:
    builder = CollectionBuilder(tmp_path / "c")
    for number in range(3):
        builder.capture(f"https://baocantho.com.vn/{number}.jpg", jpeg(photograph(str(number))), mime="image/jpeg")
    follow(builder.close(), processes=1)
    query = f"SELECT * FROM picture_hashes WHERE part < {PARTS}"
    with closing(sqlite3.connect(builder.collection.catalog_path)) as before:
        rows = before.execute(query).fetchall()
        take_back(before, STEPS.index(STEP))
        before.execute("CREATE TABLE picture_bands (band INTEGER, strip INTEGER)")
        before.commit()
    with Collection.open(tmp_path / "c").catalog() as catalog:
        assert len(rows) > 50 and catalog.connection.execute(query).fetchall() == rows
