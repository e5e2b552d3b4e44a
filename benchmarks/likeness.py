"""Pictures hashed beside ImageHash's pHash of the same files, and one looked up among many; all in CPU time."""

from __future__ import annotations

import io
import itertools
import sqlite3
import statistics
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import imagehash
import numpy as np
from PIL import Image

from archive.catalog.picture_hashes import ANCHORS, ANCHORS_STEP, BAND_BITS, BITS, MASK, PARTS, STRIPS
from archive.catalog.picture_hashes import STEP as HASHES_STEP
from archive.catalog.pictures import STEP
from archive.pictures.anchors import STORED, Anchors
from archive.pictures.decoding import hash_picture
from archive.pictures.hashing import METHOD, Hashes, Likeness
from archive.pictures.matching import matches
from archive.pictures.strips import stored_hashes
from benchmarks.crawls import workplace
from benchmarks.table import Row, Scale, ratio
from crawler.newsroom.pictures import draw_picture

_FORM = (800, 533)
_AT_ONCE = 100_000


def likeness(scale: Scale) -> Iterator[Row]:
    """How many pictures a core hashes, and how long the search for the same takes among others of random hashes."""
    files, held, rounds = {"full": (200, 1_000_000, 5), "quick": (40, 50_000, 3), "tiny": (4, 500, 1)}[scale]
    drawn = [draw_picture(f"{number}", *_FORM, "JPEG") for number in range(files)]
    ours = [_rate(drawn, _hash) for _ in range(rounds)]
    theirs = [_rate(drawn, _phash) for _ in range(rounds)]
    yield Row(
        what=f"pictures hashed, JPEG of {_FORM[0]} by {_FORM[1]}, a second of CPU time",
        measured=ratio([own / other for own, other in zip(ours, theirs, strict=True)]),
        ours=f"{statistics.median(ours):,.0f}/s, with the hashes of all strips",
        theirs=f"Pillow and ImageHash's pHash of the whole alone {statistics.median(theirs):,.0f}/s",
    )
    looked = [one for octets in drawn if (one := hash_picture(octets, None).likeness) is not None]
    with workplace() as folder, closing(_filled(folder / "pictures.sqlite", held, looked[0])) as connection:
        size = (folder / "pictures.sqlite").stat().st_size
        taken = sorted(_seconds(connection, one) * 1000 for one in looked for _ in range(rounds))
    last = taken[min(len(taken) - 1, len(taken) * 95 // 100)]
    yield Row(
        what=f"the same picture looked for among {held:,}, CPU time, 95 of 100",
        wanted="10 ms", measured=f"{last:.1f} ms",
        ours=f"median {statistics.median(taken):.1f} ms; {size / held:,.0f} bytes a picture", theirs="nothing",
    )  # fmt: skip


def _rate(drawn: list[bytes], hash_one: object) -> float:
    began = time.process_time()
    for octets in drawn:
        hash_one(octets)  # type: ignore[operator]
    return len(drawn) / (time.process_time() - began)


def _hash(octets: bytes) -> None:
    hash_picture(octets, None)


def _phash(octets: bytes) -> None:
    with Image.open(io.BytesIO(octets)) as picture:
        imagehash.phash(picture)


def _filled(path: Path, held: int, alike: Likeness) -> sqlite3.Connection:
    """A catalog of pictures with random hashes, each with the size of one."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + STEP + HASHES_STEP + ANCHORS_STEP)
    chance = np.random.default_rng(1)
    hashes = chance.integers(0, 1 << 63, (held, len(stored_hashes(alike))), np.uint64)
    spots = chance.integers(0, 1 << BITS, (held, STORED), np.uint64)
    connection.execute("BEGIN")
    connection.executemany(
        f"INSERT INTO pictures VALUES (?, ?, ?, '2026', {METHOD}, 'hashed', NULL, ?, ?, 1, NULL, ?, ?, ?, ?)",
        (
            (id, f"sha256:{id:052}", f"{id:016}", alike.width, alike.height, row.astype("<u8").tobytes(),
             alike.thumbnail, id, Anchors(alike.anchors.boxes[:STORED], anchors, anchors).packed())
            for id, row, anchors in zip(range(1, held + 1), hashes, spots, strict=True)
        ),
    )  # fmt: skip
    for part in range(PARTS):
        by = np.uint64(BAND_BITS * (part + 1) % BITS)
        values = hashes & np.uint64(MASK)
        _enter(connection, part, (values >> by | values << np.uint64(BITS) - by) & np.uint64(MASK))
    _enter(connection, ANCHORS, spots)
    connection.execute("COMMIT")
    return connection


def _enter(connection: sqlite3.Connection, part: int, values: Hashes) -> None:
    """Enter hashes, of which each row is those of a picture, in one of the orders."""
    held, count = values.shape
    strips = (np.arange(1, held + 1)[:, None] * STRIPS + np.arange(count)).ravel()
    hashes = values.ravel()
    order = np.argsort(hashes, kind="stable")
    for start in range(0, len(order), _AT_ONCE):
        chosen = order[start : start + _AT_ONCE]
        rows = zip(itertools.repeat(part), hashes[chosen].tolist(), strips[chosen].tolist())
        connection.executemany("INSERT INTO picture_hashes VALUES (?, ?, ?)", rows)


def _seconds(connection: sqlite3.Connection, one: Likeness) -> float:
    began = time.process_time()
    matches(connection, one)
    return time.process_time() - began
