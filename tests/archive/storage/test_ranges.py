"""Reading by ranges: the bytes are those of the file in whatever order they are read, and few more are fetched."""

from __future__ import annotations

import io
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.storage.block_cache import BlockCache
from archive.storage.ranged import BLOCK, RangedFile

CONTENT = random.Random(5).randbytes(3 * BLOCK + 77)
STEPS = st.lists(st.tuples(st.integers(0, len(CONTENT) + 10), st.integers(0, 2 * BLOCK)), max_size=12)


class Fetched:
    """Hands out ranges of the content, and keeps which."""

    def __init__(self, content: bytes = CONTENT) -> None:
        self.content = content
        self.ranges: list[tuple[int, int]] = []

    def __call__(self, start: int, end: int) -> bytes:
        self.ranges.append((start, end))
        return self.content[start:end]

    def file(self, cache: BlockCache | None) -> io.BufferedReader:
        return io.BufferedReader(RangedFile("a", len(self.content), self, cache), 4096)


@given(STEPS, st.booleans())
def test_whatever_is_read_is_what_the_file_holds(tmp_path_factory, steps, is_cached) -> None:
    cache = BlockCache(tmp_path_factory.mktemp("cache"), 10 * BLOCK) if is_cached else None
    stream, plain = Fetched().file(cache), io.BytesIO(CONTENT)
    for offset, length in steps:
        assert stream.seek(offset) == plain.seek(offset)
        assert stream.read(length) == plain.read(length)
        assert stream.tell() == plain.tell()


def test_a_record_is_fetched_once_by_its_blocks(tmp_path: Path) -> None:
    cache = BlockCache(tmp_path, 10 * BLOCK)
    first = Fetched()
    stream = first.file(cache)
    stream.seek(BLOCK - 10)
    assert stream.read(BLOCK) == CONTENT[BLOCK - 10 : 2 * BLOCK - 10]
    assert sum(end - start for start, end in first.ranges) == 2 * BLOCK
    again = Fetched()
    stream = again.file(cache)
    stream.seek(BLOCK)
    assert stream.read(20) == CONTENT[BLOCK : BLOCK + 20]
    assert again.ranges == []


def test_a_whole_file_is_fetched_once_and_hardly_kept(tmp_path: Path) -> None:
    fetched = Fetched(CONTENT * 12)
    stream = fetched.file(BlockCache(tmp_path, 100 * BLOCK))
    assert b"".join(iter(lambda: stream.read(9000), b"")) == fetched.content
    assert sum(end - start for start, end in fetched.ranges) < len(fetched.content) + 9000
    assert len(fetched.ranges) < 12
    assert len(list(tmp_path.glob("*/*"))) <= 4


def test_a_short_answer_is_no_end_of_file() -> None:
    fetched = Fetched(CONTENT[:100])
    stream = RangedFile("a", 200, fetched, None)
    with pytest.raises(OSError, match="100 of 200 bytes"):
        stream.read(10)


def test_the_cache_keeps_to_its_bound_and_what_was_used_last(tmp_path: Path) -> None:
    cache = BlockCache(tmp_path, 20 * BLOCK)
    for number in range(60):
        cache.write("a", number, CONTENT[:BLOCK])
        assert cache.read("a", number, BLOCK) == CONTENT[:BLOCK]
        assert sum(path.stat().st_size for path in tmp_path.glob("*/*")) <= 21 * BLOCK
    assert cache.read("a", 0, BLOCK) is None


@pytest.mark.parametrize("damage", [b"", b"x" * (BLOCK + 4), CONTENT[: BLOCK + 4]])
def test_a_damaged_block_is_fetched_anew(tmp_path: Path, damage: bytes) -> None:
    cache, fetched = BlockCache(tmp_path, 10 * BLOCK), Fetched()
    assert fetched.file(cache).read(100) == CONTENT[:100]
    (path,) = tmp_path.glob("*/*")
    path.write_bytes(damage)
    assert fetched.file(cache).read(100) == CONTENT[:100]
    assert len(fetched.ranges) == 2


def test_where_nothing_can_be_written_nothing_is_kept(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file")
    fetched = Fetched()
    assert fetched.file(BlockCache(tmp_path / "cache", 10 * BLOCK)).read(100) == CONTENT[:100]
