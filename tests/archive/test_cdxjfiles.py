"""The CDXJ files that other programs read: one a closed WARC file, sorted by bytes, under the keys of pywb."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.crawling import Demonstration
from support.sessions import exchange, nothing, session, write

from archive.clock import timestamp14
from archive.collection import Collection
from archive.projections.cdxj_files import path_of, write_all, write_missing
from archive.warc.cdxj import pywb_key
from archive.warc.reader import read_record


def test_every_capture_of_a_closed_file_has_its_line(demonstration: Demonstration) -> None:
    collection = demonstration.collection
    with collection.catalog() as catalog:
        write_missing(collection, catalog)
        for file in catalog.warc_files():
            octets = path_of(collection, file.name).read_bytes()
            lines = octets.splitlines()
            assert octets.endswith(b"\n") and lines == sorted(lines)
            captures = {capture.offset: capture for capture in catalog.every_capture(file=file.name)}
            assert len(lines) == len(captures)
            for line in lines:
                key, stamp, rest = line.decode().split(" ", 2)
                told = json.loads(rest)
                capture = captures[int(told["offset"])]
                assert all(isinstance(value, str) for value in told.values())
                assert (key, stamp) == (pywb_key(capture.url), timestamp14(capture.captured_at))
                record = read_record(collection.warc / told["filename"], int(told["offset"]), int(told["length"]))
                assert (record.url, record.header("WARC-Payload-Digest")) == (told["url"], told.get("digest"))
                assert (told["mime"] == "warc/revisit") == (record.type == "revisit")


def test_a_file_is_made_once_and_only_when_its_captures_are_all_there(tmp_path: Path) -> None:
    writing = session(tmp_path)
    write(writing, exchange())
    with writing.collection.catalog() as catalog:
        assert write_missing(writing.collection, catalog) == 0
    writing.close("finished", nothing)
    collection = Collection.open(tmp_path)
    with collection.catalog() as catalog:
        write_missing(collection, catalog)
        (path,) = collection.cdxj.iterdir()
        before = path.stat().st_mtime_ns
        assert write_missing(collection, catalog) == 0 and path.stat().st_mtime_ns == before
        path.with_name("gone.warc.gz.cdxj").write_text("of a file that is no more\n")
        kept = path.read_bytes()
        path.write_text("nonsense")
        assert write_all(collection, catalog) == 1
    assert list(collection.cdxj.iterdir()) == [path] and path.read_bytes() == kept


# As pywb 2.10 writes them itself.
@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("http://baocantho.test", "test,baocantho)/"),
        ("https://www.baocantho.com.vn:443/Thoi-Su//", "vn,com,baocantho)/thoi-su"),
        ("http://a.vn:8080/x/?b=2&a=1&", "vn,a:8080)/x?&a=1&b=2"),
        ("http://a.vn/b/../c/./d?#part", "vn,a)/c/d"),
        ("http://a.vn/t%E1%BB%89nh/Tỉnh a", "vn,a)/t%e1%bb%89nh/t%e1%bb%89nh%20a"),
        ("http://a.vn/?q=h%E1%BB%8Dc+b%E1%BB%95ng&x=%41", "vn,a)/?q=h%e1%bb%8dc+b%e1%bb%95ng&x=a"),
        ("http://tỉnh.vn/", "vn,xn--tnh-dlz)/"),
        ("http://a.vn/x?PHPSESSID=0123456789abcdef0123456789abcdef&z=1", "vn,a)/x?z=1"),
        ("http://a.vn/100%/%2541", "vn,a)/100%25/a"),
        ("dns:a.vn", "dns:a.vn"),
        ("urn:x:a b", "urn:x:a%20b"),
        ("http://[", "http://["),
    ],
)
def test_keys_are_those_that_pywb_asks_for(url: str, key: str) -> None:
    assert pywb_key(url) == key
