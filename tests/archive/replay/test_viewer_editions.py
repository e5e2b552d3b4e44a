"""The WACZ that the viewer reads in place: a ZIP of far parts that are made when they are asked for, in any process."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from support.collection_builder import CollectionBuilder, make_article
from support.ranged_zip import blocks_of, opened
from warcio.archiveiterator import ArchiveIterator

from archive.collection import Collection
from archive.replay.app import replay_app
from archive.replay.viewer_editions import ViewerEdition, ViewerEditions
from archive.warc.cdxj import urlkey


@pytest.fixture
def builder(tmp_path: Path) -> CollectionBuilder:
    builder = CollectionBuilder(tmp_path / "collection")
    for number in range(40):
        builder.publish(make_article(number * 7919 % 1000, title=f"Tựa số {number}"))
    builder.warc("baocantho-2.warc.gz", state="open")
    builder.capture("https://baocantho.com.vn/mới", b"<p>x", file="baocantho-2.warc.gz")
    return builder


def archive_of(collection: Collection, step: int = 1000, until: int | None = None) -> ViewerEdition:
    with closing(collection.catalog()) as catalog:
        return ViewerEdition(collection, catalog, catalog.count_captures() if until is None else until, step)


@pytest.mark.parametrize("step", [1, 3, 7, 41, 1000])
def test_the_blocks_hold_every_capture_once_in_order(builder: CollectionBuilder, step: int) -> None:
    with opened(archive_of(builder.collection, step)) as archive:
        blocks = blocks_of(archive)
        lines = [line for block in blocks for line in block]
    assert lines == sorted(lines)
    assert len(blocks) in {41 // step, 41 // step + 1}
    with closing(builder.collection.catalog()) as catalog:
        expected = sorted((capture.urlkey, capture.offset) for capture in catalog.every_capture())
    assert sorted((line.split(" ")[0], int(json.loads(line.split(" ", 2)[2])["offset"])) for line in lines) == expected


def test_lines_lead_to_the_records(builder: CollectionBuilder) -> None:
    with opened(archive_of(builder.collection, 5)) as archive:
        for block in blocks_of(archive):
            for line in block:
                fields = json.loads(line.split(" ", 2)[2])
                with archive.open("archive/" + fields["filename"]) as warc:
                    warc.seek(int(fields["offset"]))
                    (record,) = ArchiveIterator(io.BytesIO(warc.read(int(fields["length"]))))
                assert record.rec_headers.get_header("WARC-Target-URI") == fields["url"]
                assert line.startswith(urlkey(fields["url"]) + " ")


def test_what_a_viewer_has_read_stays_true_while_the_collection_grows(builder: CollectionBuilder) -> None:
    """Offsets of an older directory find the same bytes in the archive of the same state, made in another process."""
    before = archive_of(builder.collection, 5)
    with opened(before) as archive:
        places = {entry.filename: entry.header_offset for entry in archive.infolist()}
        blocks = blocks_of(archive)
    builder.warc("baocantho-3.warc.gz", state="open")
    for number in range(2000, 2020):
        builder.publish(make_article(number))
    builder.capture("https://baocantho.com.vn/an-giang", b"<p>y", file="baocantho-2.warc.gz")
    with closing(builder.collection.catalog()) as catalog:
        again = ViewerEdition(builder.collection, catalog, 41, 5, last_file=2)
    assert (again.etag, again.size) == (before.etag, before.size)
    with opened(again) as archive:
        assert places == {entry.filename: entry.header_offset for entry in archive.infolist()}
        assert blocks_of(archive) == blocks
    assert archive_of(builder.collection, 5).etag != before.etag


def test_new_captures_are_there_at_once(builder: CollectionBuilder) -> None:
    archives = ViewerEditions(builder.collection)
    first = archives.current()
    assert archives.current() is first
    builder.publish(make_article(3000))
    second = archives.current()
    assert second.etag != first.etag
    assert archives.edition(first.etag) is first
    other = ViewerEditions(builder.collection).edition(first.etag)
    assert other is not None and other.size == first.size
    assert archives.edition("41-0-2-0000000000000000") is None
    assert archives.edition("41-0-999-0000000000000000") is None
    assert archives.edition("../../etc") is None


def test_a_file_without_captures_changes_no_state_that_was_named(builder: CollectionBuilder) -> None:
    """A viewer may learn the size from one process and read the directory from another, which came to know it later."""
    first = ViewerEditions(builder.collection).current()
    builder.warc("baocantho-3.warc.gz", state="open")
    other = ViewerEditions(builder.collection)
    assert other.current().etag != first.etag
    found = other.edition(first.etag)
    assert found is not None and found.size == first.size
    end = found.size - 500
    assert b"".join(found.read(end, found.size)) == b"".join(first.read(end, first.size))


def test_a_catalog_made_anew_is_another_state(builder: CollectionBuilder, tmp_path: Path) -> None:
    archives = ViewerEditions(builder.collection)
    first = archives.current()
    copy = tmp_path / "copy.sqlite"
    with closing(builder.collection.catalog()) as catalog:
        catalog.connection.execute("VACUUM INTO ?", (str(copy),))
    path = builder.collection.catalog_path
    copy.replace(path)
    for log in ("-wal", "-shm"):
        path.with_name(path.name + log).unlink(missing_ok=True)
    assert archives.current() is not first
    assert archives.current().etag == first.etag


def test_an_empty_collection(tmp_path: Path) -> None:
    archive = archive_of(Collection.create(tmp_path / "c"))
    with opened(archive) as opened_archive:
        assert opened_archive.read("pages/pages.jsonl")
        assert blocks_of(opened_archive) == []


@pytest.fixture
def client(builder: CollectionBuilder, viewer_files: Callable[[], Path]) -> TestClient:
    return TestClient(replay_app(builder.collection, viewer_files(), "http://127.0.0.1:8080"))


@pytest.fixture
def viewer_files(tmp_path: Path) -> Callable[[], Path]:
    def made() -> Path:
        folder = tmp_path / "viewer"
        folder.mkdir()
        for name in ("ui.js", "sw.js"):
            (folder / name).write_text("")
        return folder

    return made


def test_ranges_over_http(builder: CollectionBuilder, client: TestClient) -> None:
    archive = archive_of(builder.collection)
    address = f"/viewer-{archive.etag}.wacz"
    head = client.head(address, headers={"Range": "bytes=0-"})
    assert (head.status_code, int(head.headers["content-length"])) == (206, archive.size)
    end = client.get(address, headers={"Range": "bytes=-22"})
    assert end.content[:4] == b"PK\x05\x06"
    assert client.get(address, headers={"Range": "bytes=-65558"}).content[-22:] == end.content
    # of the empty room behind the first member nothing is sent
    part = client.get(address, headers={"Range": "bytes=0-999999"})
    assert part.status_code == 206
    assert len(part.content) == int(part.headers["content-length"]) < 1000
    assert part.headers["content-range"] == f"bytes 0-{len(part.content) - 1}/{archive.size}"
    assert client.get(address, headers={"Range": "bytes=500000-500010"}).status_code == 416
    assert client.get("/viewer-9-0-1-0123456789abcdef.wacz").status_code == 404


def test_who_asks_for_the_whole_gets_a_whole_wacz(builder: CollectionBuilder, client: TestClient) -> None:
    answer = client.get(f"/viewer-{archive_of(builder.collection).etag}.wacz")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as whole:
        assert whole.testzip() is None
        assert "archive/baocantho-2.warc.gz" in whole.namelist()
