"""The captured pages of WARC files: bytes as they were sent, revisits with their original's, damage said."""

from __future__ import annotations

import gzip
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from support.crawling import Demonstration
from support.sessions import NOON, exchange, nothing, session, write

from archive.batch.catalogs import closing_catalogs
from archive.batch.pages import CapturedPage, UnreadablePage, pages_of
from archive.collection import Collection
from archive.originals import read_original
from archive.workers import Workers

URL = "http://baocantho.test/a-a1.html"


def pages(collection: Collection, processes: int = 1) -> list[CapturedPage | UnreadablePage]:
    with collection.catalog() as catalog:
        files = [file.name for file in catalog.warc_files()]
    with Workers(processes) as workers, closing_catalogs():
        calls = ((collection.root, file) for file in files)
        return [one for results in workers.each(pages_of, calls) for one in results]


def test_the_pages_of_a_crawl(demonstration: Demonstration) -> None:
    collection = demonstration.collection
    found = pages(collection)
    with collection.catalog() as catalog:
        known = catalog.connection.execute("SELECT record_id FROM captures WHERE status = 200 AND mime = 'text/html'")
        assert [one.capture.record_id for one in found] and {one.capture.record_id for one in found} >= {
            record_id for (record_id,) in known
        }
        for one in found[::40]:
            assert isinstance(one, CapturedPage) and one.message is not None
            assert one.body == read_original(collection, catalog, one.capture.record_id).http.content()  # type: ignore[union-attr]
            assert one.content_type and one.content_type.startswith("text/html")
    assert pages(collection, 2) == found


@pytest.fixture
def written(tmp_path: Path) -> Collection:
    """Two runs: a compressed page, a picture and a missing page; the page again, unchanged."""
    page = gzip.compress("<p>xin chào".encode(), mtime=0)
    head = "HTTP/1.1 {} OK\r\nContent-Type: {}\r\n{}Content-Length: {}\r\n\r\n"
    zipped = head.format(200, "text/html; charset=utf-8", "Content-Encoding: gzip\r\n", len(page)).encode() + page
    for number in range(2):
        at = NOON + timedelta(hours=number)
        writing = session(tmp_path / "c")
        write(writing, exchange(URL, response=zipped, began_at=at))
        write(writing, exchange(f"{URL}.jpg", response=head.format(200, "image/jpeg", "", 1).encode() + b"x"))
        write(writing, exchange(f"{URL}x", response=head.format(404, "text/html", "", 1).encode() + b"x"))
        writing.close("finished", nothing)
    return Collection.open(tmp_path / "c")


def test_a_revisit_has_the_bytes_of_its_original(written: Collection) -> None:
    first, second = pages(written)
    assert isinstance(first, CapturedPage) and isinstance(second, CapturedPage)
    assert [one.capture.type for one in (first, second)] == ["response", "revisit"]
    assert first.body == second.body == "<p>xin chào".encode()
    assert second.capture.captured_at - first.capture.captured_at == timedelta(hours=1)


def test_only_the_captures_that_are_wanted(written: Collection) -> None:
    with written.catalog() as catalog, closing_catalogs():
        names = [file.name for file in catalog.warc_files()]
        wanted = [one.record_id for one in catalog.every_capture(file=names[0])][2:]
        found = list(pages_of(written.root, names[0], wanted))
    assert [one.capture.record_id for one in found] == wanted and found[0].capture.status == 404


def test_what_cannot_be_read_is_said(written: Collection, tmp_path: Path) -> None:
    root = Path(shutil.copytree(written.root, tmp_path / "copy"))
    damaged = min((root / "warc").iterdir())
    with Collection(root).catalog() as catalog:
        capture = next(catalog.every_capture(file=damaged.name))
    octets = bytearray(damaged.read_bytes())
    octets[capture.offset + capture.length // 2] ^= 0xFF
    damaged.write_bytes(octets)
    found = pages(Collection(root))
    assert [type(one) for one in found] == [UnreadablePage, UnreadablePage]  # the revisit has no bytes of its own
    assert isinstance(found[0], UnreadablePage) and damaged.name in found[0].reason
