"""Revisits as other programs write them: what they stand for is read, and never another address's empty body."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from support.crawling import baotinh
from support.others_archive import (
    FIRST,
    HOST,
    NOT_MODIFIED,
    SECOND,
    SECTION,
    THIRD,
    Reading,
    page,
    response,
    revisit,
    section,
)
from support.warc_samples import record, sha1, uid, zipped

from archive.collection import Collection
from archive.originals import original_of

EMPTY = ("WARC-Payload-Digest", sha1(b""))
MOVED = b"HTTP/1.1 301 Moved Permanently\r\nLocation: https://baolaocai.vn/\r\nContent-Length: 0\r\n\r\n"
UNCHANGED = "server-not-modified"


def head(answer: bytes) -> bytes:
    return answer.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"


def body(answer: bytes) -> bytes:
    return answer.partition(b"\r\n\r\n")[2]


def digest(answer: bytes) -> tuple[str, str]:
    return "WARC-Payload-Digest", sha1(body(answer))


def in_base_16(answer: bytes) -> tuple[str, str]:
    return "WARC-Payload-Digest", "SHA-1:" + hashlib.sha1(body(answer)).hexdigest()


def sha256(answer: bytes) -> tuple[str, str]:
    return "WARC-Payload-Digest", "sha256:" + base64.b32encode(hashlib.sha256(body(answer)).digest()).decode()


def refers(url: str, date: str) -> list[tuple[str, str]]:
    return [("WARC-Refers-To-Target-URI", url), ("WARC-Refers-To-Date", date)]


# The records of an address: from its number (ids are 10 times it and up), address, page and another page
Kind = Callable[[int, str, bytes, bytes], list[bytes]]
READ: dict[str, Kind] = {
    "304 alone": lambda n, url, it, other: [
        response(n, url, it, fields=[digest(it)]), revisit(n + 1, url, block=NOT_MODIFIED, profile=UNCHANGED),
    ],
    "304 without a block": lambda n, url, it, other: [
        response(n, url, it), revisit(n + 1, url, profile=UNCHANGED),
    ],
    "304 with the digest of nothing": lambda n, url, it, other: [
        response(n + 2, f"{url}?cu", MOVED, fields=[EMPTY]),
        response(n, url, it, fields=[digest(it)]),
        revisit(n + 1, url, block=NOT_MODIFIED, fields=[EMPTY], profile=UNCHANGED),
    ],
    "304 that names another address's redirect": lambda n, url, it, other: [
        response(n + 2, f"{url}?cu", MOVED, FIRST, fields=[EMPTY]),
        response(n, url, it, FIRST, fields=[digest(it)]),
        revisit(n + 1, url, SECOND, NOT_MODIFIED, [EMPTY, *refers(f"{url}?cu", FIRST)], UNCHANGED),
    ],
    "304 that names the record of another address's redirect": lambda n, url, it, other: [
        response(n + 2, f"{url}?cu", MOVED, FIRST, fields=[EMPTY]),
        response(n, url, it, FIRST, fields=[digest(it)]),
        revisit(n + 1, url, SECOND, NOT_MODIFIED, [EMPTY, ("WARC-Refers-To", uid(n + 2))], UNCHANGED),
    ],
    "identical payload that names another address's redirect": lambda n, url, it, other: [
        response(n + 2, f"{url}?cu", MOVED, FIRST, fields=[EMPTY]),
        response(n, url, it, FIRST, fields=[digest(it)]),
        revisit(n + 1, url, SECOND, head(it), [EMPTY, *refers(f"{url}?cu", FIRST)]),
    ],
    "304 as a response": lambda n, url, it, other: [
        response(n, url, it), response(n + 1, url, NOT_MODIFIED, SECOND),
    ],
    "304 with the first of two digests": lambda n, url, it, other: [
        response(n, url, it, FIRST, fields=[digest(it)]), response(n + 1, url, other, SECOND, fields=[digest(other)]),
        revisit(n + 2, url, THIRD, NOT_MODIFIED, [digest(it)], UNCHANGED),
    ],
    "304 of the latest": lambda n, url, it, other: [
        response(n, url, other, FIRST), response(n + 1, url, it, SECOND),
        revisit(n + 2, url, THIRD, NOT_MODIFIED, profile=UNCHANGED),
    ],
    "304 of 304 of an identical payload": lambda n, url, it, other: [
        response(n, url, it, FIRST, fields=[digest(it)]),
        revisit(n + 1, url, SECOND, head(it), [digest(it)]),
        revisit(n + 2, url, "2025-07-03T00:00:00Z", NOT_MODIFIED, [("WARC-Refers-To", uid(n + 1))], UNCHANGED),
        revisit(n + 3, url, THIRD, NOT_MODIFIED, [("WARC-Refers-To", uid(n + 2))], UNCHANGED),
    ],
    "address and date": lambda n, url, it, other: [
        response(n, url, it, FIRST), response(n + 1, url, other, SECOND),
        revisit(n + 2, url, THIRD, head(it), refers(url, FIRST)),
    ],
    "address and date, no block": lambda n, url, it, other: [
        response(n, url, it, FIRST), response(n + 1, url, other, SECOND),
        revisit(n + 2, url, THIRD, b"", refers(url, FIRST)),
    ],
    "address and date of another address": lambda n, url, it, other: [
        response(n, f"{url}?in=1", it, FIRST), response(n + 1, url, other, FIRST),
        revisit(n + 2, url, THIRD, b"", [*refers(f"{url}?in=1", FIRST), EMPTY]),
    ],
    "before its original": lambda n, url, it, other: [
        revisit(n + 2, url, THIRD, b"", refers(url, FIRST)), response(n + 1, url, other, SECOND),
        response(n, url, it, FIRST),
    ],
    "digest alone": lambda n, url, it, other: [
        response(n, url, it, FIRST, fields=[digest(it)]), response(n + 1, url, other, SECOND, fields=[digest(other)]),
        revisit(n + 2, url, THIRD, head(it), [digest(it)]),
    ],
    "digest written otherwise": lambda n, url, it, other: [
        response(n, url, it, FIRST, fields=[digest(it)]), response(n + 1, url, other, SECOND),
        revisit(n + 2, url, THIRD, head(it), [in_base_16(it)]),
    ],
    "digest of another algorithm": lambda n, url, it, other: [
        response(n, url, it, FIRST, fields=[digest(it)]), response(n + 1, url, other, SECOND, fields=[digest(other)]),
        revisit(n + 2, url, THIRD, head(it), [sha256(it)]),
    ],
    "digest of another address": lambda n, url, it, other: [
        response(n, f"{url}?in=1", it, FIRST, fields=[digest(it)]),
        response(n + 1, url, other, SECOND, fields=[digest(other)]),
        revisit(n + 2, url, THIRD, head(it), [digest(it)]),
    ],
    "nothing but the address": lambda n, url, it, other: [
        response(n, url, other, FIRST), response(n + 1, url, it, SECOND), response(n + 3, url, MOVED, SECOND),
        revisit(n + 2, url, THIRD, head(it)),
    ],
    "the digest of nothing and the address": lambda n, url, it, other: [
        response(n + 3, f"{url}?cu", MOVED, FIRST, fields=[EMPTY]),
        response(n, url, it, SECOND), revisit(n + 2, url, THIRD, head(it), [EMPTY]),
    ],
    "an original that is not here, and an earlier page": lambda n, url, it, other: [
        response(n, url, it, FIRST, fields=[digest(it)]),
        revisit(n + 2, url, THIRD, b"", [*refers(url, "2019-01-01T00:00:00Z"), digest(other)]),
    ],
    "the address over http": lambda n, url, it, other: [
        response(n, url.replace("https:", "http:"), it, FIRST),
        revisit(n + 2, url, THIRD, NOT_MODIFIED, profile=UNCHANGED),
    ],
    "revisits in a circle": lambda n, url, it, other: [
        response(n, url, it, FIRST),
        revisit(n + 2, url, SECOND, b"", [("WARC-Refers-To", uid(n + 3))]),
        revisit(n + 3, url, THIRD, b"", [("WARC-Refers-To", uid(n + 2))]),
    ],
    "a 304 that calls itself an identical payload": lambda n, url, it, other: [
        response(n + 3, f"{url}?cu", MOVED, FIRST, fields=[EMPTY]), response(n, url, it, FIRST),
        revisit(n + 2, url, SECOND, NOT_MODIFIED, [EMPTY]),
    ],
    "a date in 14 digits, and no address": lambda n, url, it, other: [
        response(n, url, it, FIRST), response(n + 1, url, other, SECOND),
        revisit(n + 2, url, THIRD, head(it), [("WARC-Refers-To-Date", "20250701010203")]),
    ],
    "no profile": lambda n, url, it, other: [
        response(n, url, it, FIRST, fields=[digest(it)]), response(n + 1, url, other, SECOND, fields=[digest(other)]),
        record("revisit", n + 2, b"",
               [("WARC-Target-URI", url), ("WARC-Date", THIRD), ("WARC-Profile", ""), digest(it)]),
    ],
    "a resource": lambda n, url, it, other: [
        record("resource", n, body(it),
               [("WARC-Target-URI", url), ("WARC-Date", FIRST), ("Content-Type", "text/html")]),
        revisit(n + 2, url, THIRD, b"", [("WARC-Refers-To", uid(n))]),
    ],
}  # fmt: skip


def path_of(number: int) -> str:
    return f"/cho-phien-post{number}.html"


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Reading:
    """One archive with an address for each kind, read."""
    records = [response(1, SECTION, section(*map(path_of, range(10, 10 + len(READ)))))]
    for number, kind in enumerate(READ.values(), 10):
        records += kind(number * 10, HOST + path_of(number), page(f"Phiên chợ {number}"), page(f"Bài khác {number}"))
    reading = Reading(tmp_path_factory.mktemp("others"), records)
    reading.crawl()
    return reading


@pytest.mark.parametrize("name", READ)
def test_what_a_revisit_stands_for_is_read(read: Reading, name: str) -> None:
    number = list(READ).index(name) + 10
    assert read.titles()[path_of(number)] == f"Phiên chợ {number}"


def test_explain_reads_the_same(read: Reading) -> None:
    for name in ("304 alone", "address and date, no block", "digest of another algorithm"):
        number = list(READ).index(name) + 10
        done = baotinh("explain", HOST + path_of(number), "--collection", read.root)
        assert f"Phiên chợ {number}" in done.stdout, name


def test_a_revisit_whose_original_is_nowhere_stands_in_the_report(tmp_path: Path) -> None:
    """No other page takes its place: none of another time, none of another digest, nobody's empty body."""
    it, other = page("Phiên chợ"), page("Bài khác")
    lost = {
        20: [revisit(200, HOST + path_of(20), block=NOT_MODIFIED, profile=UNCHANGED),
             response(201, HOST + path_of(20), MOVED, FIRST)],
        21: [revisit(210, HOST + path_of(21), SECOND, NOT_MODIFIED, [EMPTY], UNCHANGED)],
        22: [revisit(220, HOST + path_of(22), SECOND, head(it), [digest(it)])],
        23: [revisit(230, HOST + path_of(23), SECOND, head(it), [EMPTY])],
        24: [revisit(240, HOST + path_of(24), SECOND, b"", refers(f"{HOST}/khac", FIRST))],
    }  # fmt: skip
    records = [
        response(1, SECTION, section(*map(path_of, lost))),
        response(2, f"{HOST}/cu", MOVED, FIRST, [EMPTY]),
        response(3, f"{HOST}/khac-hang", other, FIRST, [digest(other)]),
        *[one for each in lost.values() for one in each],
    ]
    reading = Reading(tmp_path, records)
    counts = reading.crawl(code=1)
    assert reading.titles() == {} and counts["errors"] == 4  # of the first an answer is held: it moved
    (report,) = (reading.root / "reports").glob("*.json")
    assert report.read_text("utf-8").count('"reason": "original_missing ') == 4


def test_an_original_that_comes_in_a_later_file_is_found(tmp_path: Path) -> None:
    it = page("Phiên chợ")
    listed = response(1, SECTION, section(path_of(30)))
    reading = Reading(
        tmp_path, [listed, revisit(300, HOST + path_of(30), SECOND, b"", refers(HOST + path_of(30), FIRST))]
    )
    reading.crawl(code=1)
    assert reading.titles() == {}
    reading.archive.write_bytes(
        zipped([response(2, SECTION, section(path_of(30))), response(301, HOST + path_of(30), it)])
    )
    reading.crawl()
    with Collection.open(reading.root).catalog() as catalog:
        found = catalog.capture(uid(300).strip("<>"))
        assert found is not None
        original = original_of(Collection.open(reading.root), catalog, found)
    assert original is not None and original.record_id == uid(301).strip("<>")
