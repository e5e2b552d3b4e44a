"""Exports in other programs: py-wacz, js-wacz and pywb, each itself."""

from __future__ import annotations

import gzip
import re
import zipfile
from collections import Counter
from pathlib import Path

import pytest
from support.crawling import Demonstration
from support.exported import OpenedWacz, exported, saved
from support.pywb_place import index_itself, needs_pywb, running_pywb
from support.serving import fetch
from support.wacz_peers import JS_WACZ, PY_WACZ, needs_node, needs_peers, run, validate

from archive.checking.files import verify_paths
from archive.clock import parse_warc_date, timestamp14
from archive.export.captures.signing import Signer
from archive.warc.cdxj import urlkey
from archive.warc.check.findings import Departure


@pytest.fixture(scope="module")
def octets(demonstration: Demonstration) -> bytes:
    return exported(demonstration.collection, newspaper="baocantho", rotate_bytes=400_000)[0]


@needs_peers
def test_py_wacz_finds_it_valid(octets: bytes, tmp_path: Path) -> None:
    assert len(OpenedWacz(octets).archives) > 1
    assert "the passed WACZ is valid" in validate(saved(tmp_path, octets))


@needs_peers
def test_py_wacz_finds_a_signed_and_an_empty_one_valid(
    demonstration: Demonstration, tmp_path: Path, signer: Signer
) -> None:
    signed, _ = exported(demonstration.collection, "học", signer=signer)
    said = validate(saved(tmp_path, signed))
    assert "the passed WACZ is valid" in said and "Has signature" in said
    empty, _ = exported(demonstration.collection, "không có bài nào như thế")
    assert "the passed WACZ is valid" in validate(saved(tmp_path, empty, "empty.wacz"))


# py-wacz 0.6.0 writes no list of pages where no page refers to another; js-wacz 0.1.6 hashes an archive too early
HABITS = {"py-wacz": {Departure.ENTRY_MISSING}, "js-wacz": {Departure.RESOURCE_HASH}}


@pytest.mark.parametrize("peer", ["py-wacz", "js-wacz"])
@needs_peers
@needs_node
def test_others_make_a_wacz_of_an_exported_warc_file(demonstration: Demonstration, tmp_path: Path, peer: str) -> None:
    octets, taken = exported(demonstration.collection, "học", form="warc")
    warc, made = saved(tmp_path, octets, "hoc.warc.gz"), tmp_path / "made.wacz"
    if peer == "py-wacz":
        run(PY_WACZ, "create", warc, "--output", made, "--detect-pages")
    else:
        run(JS_WACZ, "create", "--file", warc, "--output", made)
    checked = verify_paths([made])
    assert {one.fault.code for one in checked.findings if one.severity != "warning"} <= HABITS[peer]
    assert checked.records == taken.records + 1
    listed = gzip.decompress if peer == "py-wacz" else bytes
    name = "indexes/index.cdx" + (".gz" if peer == "py-wacz" else "")
    urls = re.findall(rb'"url": ?"([^"]+)"', listed(zipfile.ZipFile(made).read(name)))
    ours = {line["url"] for line in OpenedWacz(exported(demonstration.collection, "học")[0]).index}
    assert ours <= {url.decode() for url in urls}


@needs_pywb
def test_pywb_replays_each_capture(octets: bytes, tmp_path: Path) -> None:
    opened, warcs = OpenedWacz(octets), tmp_path / "archive"
    warcs.mkdir()
    for name, content in opened.archives.items():
        (warcs / name).write_bytes(content)
    ours = tmp_path / "ours"
    ours.mkdir()
    (ours / "index.cdxj").write_bytes(gzip.decompress(opened.zip.read("indexes/index.cdx.gz")))
    index_itself(warcs, tmp_path / "theirs")
    # pywb tells captures of one address by the second: of two within one, either is right
    lines = (ours / "index.cdxj").read_text("utf-8").splitlines()
    seconds = Counter((key, stamp[:14]) for key, stamp, _ in (line.split(" ", 2) for line in lines))
    pages = [one for one in opened.pages if seconds[urlkey(one["url"]), timestamp14(parse_warc_date(one["ts"]))] == 1]
    assert pages
    with running_pywb(tmp_path, warcs, ours=ours, theirs=tmp_path / "theirs") as address:
        for page in pages:
            at = timestamp14(parse_warc_date(page["ts"]))
            answers = [fetch(f"{address}/{name}/{at}id_/{page['url']}") for name in ("ours", "theirs")]
            assert [one.status_code for one in answers] == [200, 200]
            assert answers[0].content == answers[1].content
