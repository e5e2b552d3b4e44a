"""A tombstone is exactly as long as what it replaces, and every reader takes the file it stands in."""

from __future__ import annotations

import gzip
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from archive.warc.members import GZIP_HEADER
from archive.warc.reader import read_records
from archive.warc.tombstone import TooShort, tombstone

AT = datetime(2026, 11, 30, tzinfo=UTC)
ID = "urn:uuid:00000000-0000-4000-8000-000000000001"
FIELDS = (("purged-record", ID), ("reason", "court"))
SIZES = st.one_of(
    st.integers(0, 1500), st.integers(29_000, 32_000), st.integers(64_000, 140_000), st.integers(0, 3_000_000)
)


def made(length: int, *, is_zipped: bool) -> bytes | None:
    try:
        return tombstone(length, ID, AT, FIELDS, header=GZIP_HEADER if is_zipped else None)
    except TooShort as error:
        assert error.length == length < error.least
        assert len(tombstone(error.least, ID, AT, FIELDS, header=GZIP_HEADER if is_zipped else None)) == error.least
        return None


@pytest.mark.parametrize("is_zipped", [True, False])
@given(length=SIZES)
def test_it_has_the_length_that_is_wanted(is_zipped: bool, length: int) -> None:
    octets = made(length, is_zipped=is_zipped)
    if octets is None:
        return
    assert len(octets) == length
    record = gzip.decompress(octets) if is_zipped else octets
    head, _, block = record.partition(b"\r\n\r\n")
    (said,) = re.findall(rb"Content-Length: (\d+)", head)
    assert block[int(said) :] == b"\r\n\r\n"
    assert block[: int(said)].split() == [b"purged-record:", ID.encode(), b"reason:", b"court"]


@pytest.mark.parametrize("is_zipped", [True, False])
@pytest.mark.parametrize("length", [700, 40_000, 70_000, 2_000_000])
def test_readers_of_others_take_it(tmp_path: Path, length: int, is_zipped: bool) -> None:
    octets = made(length, is_zipped=is_zipped)
    assert octets is not None
    path = tmp_path / ("a.warc.gz" if is_zipped else "a.warc")
    path.write_bytes(octets * 3)
    for found in (
        [one.rec_type for one in ArchiveIterator(path.open("rb"))],
        [one.type for one in read_records(path)],
    ):
        assert found == ["metadata"] * 3
    assert [one.offset for one in read_records(path)] == [0, length, 2 * length]
