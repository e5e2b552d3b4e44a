"""The virtual WACZ: a ZIP that any reader opens, of committed bytes only, new captures at once."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.collection_builder import CollectionBuilder, make_article
from support.ranged_zip import opened
from warcio.archiveiterator import ArchiveIterator

from archive.collection import Collection
from archive.errors import CollectionInconsistent
from archive.replay import wacz
from archive.replay.responses import span
from archive.replay.storedzip import Held, StoredZip
from archive.replay.wacz import Edition, Editions


def whole(edition: StoredZip) -> bytes:
    return b"".join(edition.read(0, edition.size))


@pytest.fixture
def builder(tmp_path: Path) -> CollectionBuilder:
    builder = CollectionBuilder(tmp_path / "collection")
    for number in range(5):
        builder.publish(make_article(number, title=f"Tựa số {number}"))
    builder.warc("baocantho-2.warc.gz", state="open")
    builder.capture("https://baocantho.com.vn/mới", b"<p>x", file="baocantho-2.warc.gz")
    return builder


def test_any_reader_opens_it(builder: CollectionBuilder) -> None:
    edition = Editions(builder.collection).current()
    assert len(whole(edition)) == edition.size
    with opened(edition) as archive:
        assert archive.testzip() is None
        assert all(entry.compress_type == zipfile.ZIP_STORED for entry in archive.infolist())
        package = json.loads(archive.read("datapackage.json"))
        assert {resource["path"] for resource in package["resources"]} == set(archive.namelist()) - {"datapackage.json"}
        pages = archive.read("pages/pages.jsonl").decode().splitlines()
        assert json.loads(pages[0])["format"] == "json-pages-1.0"
        assert json.loads(pages[1])["title"] == "Tựa số 0"
        assert "text" not in json.loads(pages[1])


def test_index_leads_to_the_records(builder: CollectionBuilder) -> None:
    with opened(Editions(builder.collection).current()) as archive:
        lines = archive.read("indexes/index.cdx").decode().splitlines()
        assert lines == sorted(lines)
        assert len(lines) == 6
        for line in lines:
            fields = json.loads(line.split(" ", 2)[2])
            warc = archive.read("archive/" + fields["filename"])
            start = int(fields["offset"])
            (record,) = ArchiveIterator(io.BytesIO(warc[start : start + int(fields["length"])]))
            assert record.rec_headers.get_header("WARC-Target-URI") == fields["url"]


def test_only_committed_bytes_are_shown(builder: CollectionBuilder) -> None:
    path = builder.collection.warc_file("baocantho-2.warc.gz").path
    committed = path.read_bytes()
    with path.open("ab") as out:
        out.write(b"half a record")
    with opened(Editions(builder.collection).current()) as archive:
        assert archive.testzip() is None
        assert archive.read("archive/baocantho-2.warc.gz") == committed


def test_a_file_closed_meanwhile_stays_readable(builder: CollectionBuilder) -> None:
    edition = Editions(builder.collection).current()
    path = builder.collection.warc_file("baocantho-2.warc.gz").path
    path.rename(path.with_name("baocantho-2.warc.gz"))
    assert opened(edition).testzip() is None


def test_a_short_file_is_an_error(builder: CollectionBuilder) -> None:
    edition = Editions(builder.collection).current()
    path = builder.collection.warc_file("baocantho-1.warc.gz").path
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(CollectionInconsistent):
        whole(edition)


def test_new_captures_are_there_at_once(builder: CollectionBuilder) -> None:
    editions = Editions(builder.collection)
    first = editions.current()
    assert editions.current() is first
    before = whole(first)
    builder.publish(make_article(77))
    second = editions.current()
    assert second.etag != first.etag
    assert b"a196077" in whole(second)
    assert editions.edition(first.etag) is first
    assert whole(first) == before
    assert editions.edition("unknown") is None
    assert Editions(builder.collection).current().etag == second.etag


def test_large_index_in_blocks(builder: CollectionBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wacz, "BLOCK_LINES", 4)
    editions = Editions(builder.collection)
    editions.current()
    for number in range(20, 35):
        builder.publish(make_article(number))
        edition = editions.current()
        with opened(edition) as archive:
            names = archive.namelist()
            assert names.index("indexes/archive.idx") > names.index("indexes/archive.cdx.gz")
            lines = _indexed(archive)
            assert len(lines) == len(set(lines)) == number - 20 + 1 + 6
            assert archive.testzip() is None


def test_processes_make_the_same_of_a_state(
    builder: CollectionBuilder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that made editions before, and one that makes its first, also of a state that has passed."""
    monkeypatch.setattr(wacz, "BLOCK_LINES", 4)
    ours, beside = (Editions(builder.collection, tmp_path) for _ in range(2))
    ours.current()
    for number in range(20, 27):
        builder.publish(make_article(number))
        edition = ours.current()
        assert whole(Editions(builder.collection).current()) == whole(edition)
    builder.publish(make_article(99))
    found = beside.edition(edition.etag)
    assert found is not None and whole(found) == whole(edition)
    assert beside.edition(edition.etag) is found and beside.current().etag != edition.etag
    assert Editions(builder.collection).edition(edition.etag) is None
    assert beside.edition("0" * 20) is None and beside.edition("../editions") is None


def test_only_the_last_states_are_kept_for_other_processes(builder: CollectionBuilder, tmp_path: Path) -> None:
    ours = Editions(builder.collection, tmp_path)
    for number in range(wacz.KEPT_EDITIONS + 3):
        ours.current()
        builder.publish(make_article(100 + number))
    assert len(list((tmp_path / "editions").iterdir())) == wacz.KEPT_EDITIONS


def _indexed(archive: zipfile.ZipFile) -> list[str]:
    compressed = archive.read("indexes/archive.cdx.gz")
    found = []
    meta, *entries = archive.read("indexes/archive.idx").decode().splitlines()
    assert meta.startswith("!meta 0 ")
    for entry in entries:
        key, timestamp, fields = entry.split(" ", 2)
        place = json.loads(fields)
        block = gzip.decompress(compressed[place["offset"] : place["offset"] + place["length"]]).decode().splitlines()
        assert block[0].startswith(f"{key} {timestamp} ")
        found.extend(block)
    assert found == sorted(found)
    if "indexes/index.cdx" in archive.namelist():
        found.extend(archive.read("indexes/index.cdx").decode().splitlines())
    return found


def test_an_empty_collection(tmp_path: Path) -> None:
    collection = Collection.create(tmp_path / "c")
    with opened(Editions(collection).current()) as archive:
        assert archive.testzip() is None


class Zeros:
    """A member of zeros, as large as is wanted."""

    def __init__(self, name: str, size: int) -> None:
        self.name, self.size, self.crc32 = name, size, 0

    def read(self, start: int, end: int) -> Iterator[bytes]:
        while start < end:
            step = min(1 << 16, end - start)
            yield b"\0" * step
            start += step


def test_zip64() -> None:
    large = Zeros("archive/large.warc.gz", 5 * 2**30)
    with opened(StoredZip([large, Held("after.txt", b"after"), Zeros("second", 2**32 - 1)])) as archive:
        assert archive.getinfo("archive/large.warc.gz").file_size == 5 * 2**30
        assert archive.getinfo("second").file_size == 2**32 - 1
        assert archive.read("after.txt") == b"after"
        with archive.open("archive/large.warc.gz") as stream:
            assert stream.read(10) == b"\0" * 10


def test_zip64_by_count() -> None:
    with opened(StoredZip([Held(f"m{number}", b"x") for number in range(70_000)])) as archive:
        assert len(archive.namelist()) == 70_000
        assert archive.read("m69999") == b"x"


@settings(deadline=None)
@given(st.lists(st.binary(max_size=40), max_size=6), st.integers(0, 2000), st.integers(0, 2000))
def test_any_part_is_the_part(contents: list[bytes], start: int, end: int) -> None:
    source = StoredZip([Held(f"tên {number}", content) for number, content in enumerate(contents)])
    assert b"".join(source.read(start, end)) == whole(source)[start:end]
    with opened(source) as archive:
        assert [archive.read(name) for name in archive.namelist()] == contents
        assert all(zlib.crc32(c) == entry.CRC for entry, c in zip(archive.infolist(), contents, strict=True))


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (None, None),
        ("bytes=0-9", (0, 10)),
        ("bytes=90-", (90, 100)),
        ("bytes=-10", (90, 100)),
        ("bytes=-1000", (0, 100)),
        ("bytes=50-1000", (50, 100)),
        ("bytes=0-1,5-6", None),
        ("items=0-1", None),
        ("bytes=9-1", None),
        ("bytes=-", None),
    ],
)
def test_ranges(asked: str | None, expected: tuple[int, int] | None) -> None:
    assert span(asked, 100) == expected


def test_edition_has_what_ranges_need() -> None:
    assert Edition("state", []).etag == "state"
