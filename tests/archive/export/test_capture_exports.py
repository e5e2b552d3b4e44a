"""Exports of captures: which records they hold, byte for byte, and how a WACZ lists them."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import zipfile
from pathlib import Path

import attrs
import pytest
from support.collection_builder import CollectionBuilder, make_article, png
from support.crawling import Demonstration
from support.exported import OpenedWacz, exported, members_of, records_of, saved
from support.revisits import visit_all
from warcio.archiveiterator import ArchiveIterator

from archive.article import Image
from archive.checking.files import verify_paths
from archive.export.captures.wanted import CaptureForm, WantedCaptures
from archive.export.captures.writing import export_captures
from archive.export.captures.zipnum import BLOCK_LINES, write_zipnum
from archive.export.freezing import freeze
from archive.search.indexing.index import follow
from archive.search.selection import Selection

HOST = "https://baocantho.com.vn"
PICTURE = f"{HOST}/anh.png"


def page(title: str) -> str:
    return (
        f"<html><head><title>{title}</title><link rel=stylesheet href=/css/site.css>"
        "<style>body{background:url(/nen.png)}</style></head>"
        f"<body><h1>{title}</h1><img src=/anh.png srcset='/anh-2x.png 2x'><a href=/khac.html>khác</a></body>"
    )


@pytest.fixture
def builder(tmp_path: Path) -> CollectionBuilder:
    """One article in two versions with what its page embeds, and another article; in three files."""
    builder = CollectionBuilder(tmp_path / "collection")
    builder.capture(f"{HOST}/css/site.css", b"@font-face{src:url(chu.woff2)}", mime="text/css")
    builder.capture(f"{HOST}/css/chu.woff2", b"wOF2", mime="font/woff2")
    builder.capture(f"{HOST}/nen.png", png(2, 2, (1, 2, 3)), mime="image/png")
    builder.capture(f"{HOST}/anh-2x.png", png(2, 2, (9, 2, 3)), mime="image/png")
    picture = builder.capture(PICTURE, png(2, 2, (5, 5, 5)), mime="image/png")
    builder.capture(f"{HOST}/khac.html", b"<p>x", file="baocantho-3.warc.gz")
    builder.capture(f"{HOST}/khac.png", png(2, 2, (0, 0, 9)), mime="image/png")
    one = make_article(1, title="Học bổng", images=(Image(url=PICTURE, capture=picture),))
    first = builder.publish(one, page("Học bổng"))
    body = (*one.body, attrs.evolve(one.body[0], text="Thêm một đoạn."))
    builder.publish(attrs.evolve(one, body=body), page("Học bổng, sửa"))
    assert first.capture is not None
    builder.capture(one.url, page("Học bổng").encode(), file="baocantho-2.warc.gz", revisit_of=first.capture)
    builder.capture(f"http://baocantho.com.vn/{one.url.rpartition('/')[2]}", b"", status="301 Moved Permanently",
                    headers=[("Location", one.url)], file="baocantho-2.warc.gz")  # fmt: skip
    builder.publish(make_article(2, title="Lúa"), "<html><p>lúa")
    follow(builder.collection)
    return builder


def captured(octets: bytes) -> set[str]:
    return {str(one.url) for one in records_of(octets) if one.url}


def test_an_article_comes_with_its_versions_requisites_and_redirects(builder: CollectionBuilder) -> None:
    octets, taken = exported(builder.close(), "học", form="warc")
    url = make_article(1).url
    needed = {f"{HOST}/css/site.css", f"{HOST}/css/chu.woff2", f"{HOST}/nen.png", f"{HOST}/anh-2x.png", PICTURE}
    assert captured(octets) == {url, url.replace("https:", "http:"), *needed}
    assert [one.type for one in records_of(octets) if one.url == url] == ["response", "response", "revisit"]
    assert (taken.articles, taken.pages, taken.captures) == (1, 2, 9)


def test_records_are_copied_byte_for_byte(demonstration: Demonstration) -> None:
    members = members_of(demonstration.collection)
    octets, taken = exported(demonstration.collection, newspaper="baocantho")
    opened = OpenedWacz(octets)
    (archive,) = opened.archives.values()
    head, *records = records_of(archive)
    assert head.type == "warcinfo" and head.id not in members
    assert len(records) == taken.records > taken.captures > 0
    for record in records:
        assert archive[record.offset : record.offset + record.length] == members[record.id]
    assert len({record.id for record in records}) == len(records)


def test_requests_and_metadata_come_with_their_captures(demonstration: Demonstration) -> None:
    opened = OpenedWacz(exported(demonstration.collection, newspaper="baolaocai")[0])
    (archive,) = opened.archives.values()
    about: dict[str, set[str]] = {}
    for record in ArchiveIterator(io.BytesIO(archive)):
        if record.rec_type in ("request", "metadata"):
            named = record.rec_headers.get_header("WARC-Concurrent-To").strip("<>")
            about.setdefault(named, set()).add(record.rec_type)
    captures = [one for one in opened.records if one.type in ("response", "revisit")]
    assert captures and all(about[one.id] == {"request", "metadata"} for one in captures)
    assert len(about) == len(captures)


def test_the_originals_of_revisits_come_from_other_files(tmp_path: Path) -> None:
    visited = visit_all(tmp_path / "collection")
    octets, _ = exported(visited.collection, form="warc")
    with visited.collection.catalog() as catalog:
        revisits = [one for one in catalog.every_capture() if one.type == "revisit" and one.refers_to]
    assert revisits
    held = {one.id for one in records_of(octets)}
    assert {one.refers_to for one in revisits} <= held


def test_a_revisit_alone_carries_its_original(tmp_path: Path) -> None:
    builder = CollectionBuilder(tmp_path / "collection")
    original = builder.capture("https://khac.vn/goc.html", b"<p>chung", file="goc.warc.gz")
    ref = builder.capture(make_article(5).url, b"<p>chung", file="sau.warc.gz", revisit_of=original)
    builder.release(attrs.evolve(make_article(5), capture=ref, captured_at=builder.instant))
    follow(builder.collection)
    octets, _ = exported(builder.close(), newspaper="baocantho", form="warc")
    assert {original.record_id, ref.record_id} <= {one.id for one in records_of(octets)}


def test_a_set_holds_the_versions_that_were_frozen(builder: CollectionBuilder) -> None:
    frozen = freeze(builder.collection, "mot", Selection.of("học"))
    out = io.BytesIO()
    taken = export_captures(builder.close(), WantedCaptures(form="wacz", frozen=frozen), out)
    opened = OpenedWacz(out.getvalue())
    assert [page["title"] for page in opened.pages] == ["Học bổng"]
    assert len([one for one in opened.records if one.url == make_article(1).url]) == 1
    assert taken.pages == 1 and taken.missing == 0


def test_without_a_query_it_is_every_capture(builder: CollectionBuilder) -> None:
    collection = builder.close()
    opened = OpenedWacz(exported(collection)[0])
    assert {one.id for one in opened.records} > set(members_of(collection))
    assert len(opened.pages) == 3


def test_the_index_leads_to_the_records(demonstration: Demonstration) -> None:
    opened = OpenedWacz(exported(demonstration.collection, newspaper="baocantho", rotate_bytes=200_000)[0])
    archives = opened.archives
    assert len(archives) > 2
    for line in opened.index:
        octets = archives[line["filename"]][int(line["offset"]) :][: int(line["length"])]
        (record,) = ArchiveIterator(io.BytesIO(octets))
        assert record.rec_headers.get_header("WARC-Target-URI") == line["url"]
    captures = [one for one in opened.records if one.type in ("response", "revisit", "resource")]
    assert len(opened.index) == len(captures)


def test_digests_sizes_and_storage(demonstration: Demonstration) -> None:
    opened = OpenedWacz(exported(demonstration.collection, newspaper="baocantho")[0])
    package = opened.zip
    listed = {one["path"]: one for one in opened.manifest["resources"]}
    assert set(package.namelist()) == {*listed, "datapackage.json", "datapackage-digest.json"}
    for path, resource in listed.items():
        octets = package.read(path)
        assert resource["bytes"] == len(octets)
        assert resource["hash"] == "sha256:" + hashlib.sha256(octets).hexdigest()
    digest = json.loads(package.read("datapackage-digest.json"))
    assert digest["hash"] == "sha256:" + hashlib.sha256(package.read("datapackage.json")).hexdigest()
    stored = [one for one in package.infolist() if one.filename.startswith(("archive/", "indexes/"))]
    assert all(one.compress_type == zipfile.ZIP_STORED for one in stored)


def test_pages_name_captures_and_have_the_text(builder: CollectionBuilder) -> None:
    opened = OpenedWacz(exported(builder.close(), "học")[0])
    assert [page["title"] for page in opened.pages] == ["Học bổng", "Học bổng"]
    assert "Thêm một đoạn." in opened.pages[1]["text"]
    assert {page["url"] for page in opened.pages} <= {line["url"] for line in opened.index}
    assert len({page["id"] for page in opened.pages}) == 2


def test_the_same_query_gives_the_same_bytes(builder: CollectionBuilder) -> None:
    collection = builder.close()
    assert exported(collection, "học") == exported(collection, "học")
    assert exported(collection, form="warc") == exported(collection, form="warc")


@pytest.mark.parametrize("query", ["", "học", "không có bài nào như thế"])
@pytest.mark.parametrize("form", ["wacz", "warc"])
def test_our_own_check_finds_nothing(
    demonstration: Demonstration, tmp_path: Path, query: str, form: CaptureForm
) -> None:
    octets, taken = exported(demonstration.collection, query, form=form)
    name = "export.wacz" if form == "wacz" else "export.warc.gz"
    checked = verify_paths([saved(tmp_path, octets, name)])
    assert checked.findings == []
    assert checked.records > taken.records


def test_a_damaged_record_is_left_out_and_named(builder: CollectionBuilder) -> None:
    collection = builder.close()
    with collection.catalog() as catalog:
        (lost,) = catalog.captures("vn,com,baocantho)/khac.png")
    path = collection.warc_file(lost.file).path
    octets = bytearray(path.read_bytes())
    octets[lost.offset : lost.offset + 20] = bytes(20)
    path.write_bytes(octets)
    written, taken = exported(collection)
    assert [one.record_id for one in taken.left_out] == [lost.record_id]
    assert lost.record_id not in {one.id for one in OpenedWacz(written).records}
    assert len(OpenedWacz(written).index) == taken.captures


def test_blocks_of_the_index_begin_where_their_index_says() -> None:
    lines = [f"vn,a)/{number:05} 20260101000000 {{}}" for number in range(2 * BLOCK_LINES + 5)]
    members: list[bytes] = []
    index = write_zipnum(lines, members.append).decode().splitlines()
    octets = b"".join(members)
    assert len(members) == 3 and len(index) == 4
    for line in index[1:]:
        key, time, said = line.split(" ", 2)
        place = json.loads(said)
        block = octets[place["offset"] :][: place["length"]]
        assert gzip.decompress(block).decode().startswith(f"{key} {time} ")
        assert place["digest"] == "sha256:" + hashlib.sha256(block).hexdigest()


def test_uncompressed_files_are_compressed_record_by_record(tmp_path: Path) -> None:
    builder = CollectionBuilder(tmp_path / "collection")
    ref = builder.publish(make_article(1)).capture
    assert ref is not None and ref.file and ref.length
    path = builder.collection.warc_file(ref.file).path
    plain = gzip.decompress(path.read_bytes())
    path.write_bytes(plain)
    builder.catalog.connection.execute("UPDATE captures SET length = ?", (len(plain),))
    builder.catalog.connection.execute("UPDATE warc_files SET committed = ?", (len(plain),))
    octets, _ = exported(builder.close(), form="warc")
    assert gzip.decompress(octets).endswith(plain)
    assert ref.record_id in {one.id for one in records_of(octets)}
