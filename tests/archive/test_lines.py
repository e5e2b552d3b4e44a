"""Articles' lines as the catalog packs them: the same bytes back, and damage is told, never taken for a line."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from support.crawling import Demonstration

from archive.catalog.lines import add_functions, packed_line, unpacked_line


@given(st.text(max_size=3000))
def test_what_is_packed_is_unpacked(text: str) -> None:
    assert unpacked_line(packed_line(text)).decode() == text


@given(st.binary(max_size=300))
def test_what_is_no_packed_line_is_damaged(octets: bytes) -> None:
    try:
        found = unpacked_line(octets)
    except ValueError:
        return
    assert unpacked_line(packed_line(found)) == found


def test_a_frame_that_claims_to_be_huge_is_not_unpacked() -> None:
    bomb = zstandard.ZstdCompressor(level=1).compress(b"\0" * ((1 << 28) + 1))
    with pytest.raises(ValueError, match="damaged"):
        unpacked_line(bomb)


def test_threads_pack_and_unpack_at_once() -> None:
    lines = [f"{number} " * number for number in range(1, 400)]
    with ThreadPoolExecutor(8) as pool:
        assert [one.decode() for one in pool.map(lambda line: unpacked_line(packed_line(line)), lines)] == lines


def test_lines_take_less_than_a_third(demonstration: Demonstration) -> None:
    with demonstration.collection.catalog() as catalog:
        lines = [version.raw for version in catalog.versions_after(0, limit=1_000_000)]
        (kept,) = catalog.connection.execute("SELECT sum(length(line)) FROM versions").fetchone()
    assert 3 * kept < sum(map(len, lines))


def test_statements_see_damage_as_null(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "a")) as connection:
        add_functions(connection)
        query = "SELECT unpacked_line(packed_line('{}')), unpacked_line(x'28B52FFD00'), unpacked_line(x'00')"
        assert connection.execute(query).fetchone() == ("{}", None, None)
