"""Content codings: what headers say and what bodies are, and that every reader undoes them alike."""

from __future__ import annotations

import gzip
import json
import random
import zlib
from collections.abc import Callable
from pathlib import Path

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from scrapy import Request
from scrapy.http import Response
from scrapy.utils.test import get_crawler
from support.crawling import baotinh
from support.others_archive import HOST, SECTION, Reading, coded, page, response, section

from archive.warc.codings import CodingFault, codings_of, decode
from archive.warc.http import parse_message
from crawler.extract.charsets import decode as letters
from crawler.http.bounds import BoundedDecompression

TEXT = "<p>Chợ phiên họp trên bãi bằng ven suối, người đi bộ từ bản xa về từ lúc gà gáy.</p>".encode() * 30
PACK: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstandard.compress,
}
PICTURE = b"\xff\xd8\xff\xe0\0\x10JFIF" + random.Random(1).randbytes(3000)
SUMMED = zstandard.ZstdCompressor(write_checksum=True).compress(TEXT)
FULL = b"\x1f\x8b\x08\x1f" + b"\0" * 6 + b"\x04\0abcd" + b"name\0" + b"said\0" + b"\0\0"


@pytest.mark.parametrize(
    ("said", "body", "content", "faults"),
    [
        *[(name, pack(TEXT), TEXT, set()) for name, pack in PACK.items()],
        *[(name, TEXT, TEXT, {CodingFault.NOT_CODED}) for name in PACK],
        *[(name, b'{"ten": "S\xc6\xa1n La"}', b'{"ten": "S\xc6\xa1n La"}', {CodingFault.NOT_CODED}) for name in PACK],
        *[(name, PICTURE, PICTURE, {CodingFault.NOT_CODED}) for name in PACK],
        *[(name, gzip.compress(TEXT), TEXT, {CodingFault.OTHER}) for name in ("deflate", "br", "zstd")],
        *[(name, zlib.compress(TEXT), TEXT, {CodingFault.OTHER}) for name in ("gzip", "br", "zstd")],
        *[(name, zstandard.compress(TEXT), TEXT, {CodingFault.OTHER}) for name in ("gzip", "deflate", "br")],
        *[(name, brotli.compress(TEXT), TEXT, {CodingFault.OTHER}) for name in ("gzip", "deflate", "zstd")],
        *[
            (f"{quote}{name}{more}", PACK[name](TEXT), TEXT, {CodingFault.OTHER})
            for name in PACK
            for quote, more in (('"', '"'), ("", "; q=1"), ("", " br"), ("X-Coding=", ""))
        ],
        ("brotli", brotli.compress(TEXT), TEXT, {CodingFault.OTHER}),
        ("utf-8", PICTURE, PICTURE, {CodingFault.UNKNOWN}),
        ("7bit", b"\x1f\x8b\xb8" + PICTURE, b"\x1f\x8b\xb8" + PICTURE, {CodingFault.UNKNOWN}),
        *[(name, b"", b"", set()) for name in PACK],
        ("deflate", zlib.compress(TEXT)[2:-4], TEXT, set()),
        ("gzip", gzip.compress(TEXT) + gzip.compress(TEXT), TEXT * 2, set()),
        ("gzip", gzip.compress(TEXT) + gzip.compress(b"") + gzip.compress(TEXT), TEXT * 2, set()),
        ("gzip", FULL + zlib.compress(TEXT)[2:-4] + gzip.compress(TEXT)[-8:], TEXT, set()),
        ("zstd", zstandard.compress(TEXT) * 2, TEXT * 2, set()),
        ("gzip", gzip.compress(TEXT) + bytes(512), TEXT, {CodingFault.BEHIND_END}),
        ("br", brotli.compress(TEXT) + b"more", TEXT, {CodingFault.BEHIND_END}),
        ("deflate", zlib.compress(TEXT) + b"more", TEXT, {CodingFault.BEHIND_END}),
        ("gzip", gzip.compress(TEXT)[:-8] + bytes(8), TEXT, {CodingFault.CHECKSUM}),
        ("gzip", gzip.compress(TEXT)[:-5], TEXT, {CodingFault.CUT}),
        ("zstd", SUMMED[:-4] + bytes(4), TEXT, {CodingFault.BROKEN}),
        ("zstd", SUMMED + SUMMED[:-4] + bytes(4), TEXT * 2, {CodingFault.BROKEN}),
        ("gzip, gzip", gzip.compress(TEXT), TEXT, {CodingFault.NOT_CODED}),
        ("gzip, br", brotli.compress(gzip.compress(TEXT)), TEXT, set()),
        ("utf-8", TEXT, TEXT, {CodingFault.UNKNOWN}),
        ("utf-8, gzip", gzip.compress(TEXT), TEXT, {CodingFault.UNKNOWN}),
        ("gzip, utf-8", gzip.compress(TEXT), TEXT, {CodingFault.UNKNOWN}),
        ("none", TEXT, TEXT, set()),
        (", identity,", TEXT, TEXT, set()),
    ],
)
def test_what_a_body_is_counts_and_not_what_its_header_says(
    said: str, body: bytes, content: bytes, faults: set[CodingFault]
) -> None:
    decoded = decode(body, codings_of(said))
    assert decoded.content == content
    assert {fault for _, fault in decoded.faults} == faults


@pytest.mark.parametrize("name", PACK)
def test_of_what_is_cut_or_broken_the_beginning_is_given(name: str) -> None:
    text = b"".join(b"<p>%d</p>" % number for number in random.Random(2).choices(range(10**9), k=20_000))
    packed = PACK[name](text)
    cut = decode(packed[: len(packed) // 2], [name])
    assert len(cut.content) > len(text) // 4 and text.startswith(cut.content)
    if name != "zstd":  # a frame that is cut within says nothing of it, unless it says how long it is
        assert {fault for _, fault in cut.faults} == {CodingFault.CUT}
    half = len(packed) // 2
    broken = decode(packed[:half] + bytes(64) + b"\xff" * 64 + packed[half:], [name])
    assert text[: len(text) // 8] == broken.content[: len(text) // 8] and broken.faults


@given(st.binary(max_size=400), st.lists(st.sampled_from([*PACK, "utf-8", ""]), max_size=12), st.integers(1, 300))
def test_nothing_makes_it_fail_and_nothing_goes_beyond_the_bound(body: bytes, codings: list[str], limit: int) -> None:
    assert len(decode(body, codings_of(*codings), limit).content) <= limit


@given(
    st.sampled_from([TEXT, PICTURE, b"", *[pack(TEXT) for pack in PACK.values()], gzip.compress(TEXT) * 2]),
    st.sampled_from([*PACK, "identity", "gzip, gzip", "gzip, br", "utf-8"]),
    st.integers(0, 3000),
    st.sampled_from(["Content-Encoding", "Transfer-Encoding"]),
)
def test_crawl_and_archive_read_the_same(body: bytes, coding: str, cut: int, field: str) -> None:
    """What Scrapy's response becomes in a crawl is what the archive, `explain` and the replay's pictures read."""
    body = body[: len(body) - cut] if cut < len(body) else body
    reading = BoundedDecompression.from_crawler(get_crawler())
    request = Request(HOST)
    answer = Response(HOST, headers={field: coding, "Content-Type": "text/html"}, body=body)
    read = reading.process_response(request, answer)
    message = parse_message(f"HTTP/1.1 200 OK\r\n{field}: {coding}\r\n\r\n".encode() + body)
    assert message is not None
    assert isinstance(read, Response) and read.body == message.content()
    assert "Content-Encoding" not in read.headers


def test_a_page_that_was_zipped_twice_is_read_to_its_last_member() -> None:
    text = "<html><body><p>Nước lên.</p></body></html>".encode()
    assert letters(gzip.compress(text[:20]) + gzip.compress(text[20:]), {}) == text.decode()


def framed(body: bytes) -> bytes:
    return b"%x\r\n%s\r\n%x;a=b\r\n%s\r\n0\r\n\r\n" % (9, body[:9], len(body) - 9, body[9:])


LIES: dict[str, Callable[[bytes], tuple[str, bytes]]] = {
    "gzip over plain": lambda body: ("gzip", body),
    "br over plain": lambda body: ("br", body),
    "deflate over plain": lambda body: ("deflate", body),
    "zstd over plain": lambda body: ("zstd", body),
    "br over gzip": lambda body: ("br", gzip.compress(body)),
    "gzip said twice": lambda body: ("gzip, gzip", gzip.compress(body)),
    "two members": lambda body: ("gzip", gzip.compress(body[:200]) + gzip.compress(body[200:])),
    "no coding of that name": lambda body: ("UTF-8", body),
    "chunks that no header names": lambda body: ("identity", b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)),
    "gzip in chunks that no header names": lambda body: ("gzip", framed(gzip.compress(body))),
    "zeros behind": lambda body: ("gzip", gzip.compress(body) + bytes(100)),
}


def test_crawl_check_and_explain_read_pages_whose_headers_lie(tmp_path: Path) -> None:
    paths = {name: f"/cho-phien-post{number}.html" for number, name in enumerate(LIES, 100)}
    listed = section(*paths.values())
    records = [response(1, SECTION, coded(listed, listed.partition(b"\r\n\r\n")[2], "gzip"))]
    for number, (name, path) in enumerate(paths.items(), 2):
        answer = page(f"Chợ phiên vùng cao {number}")
        coding, body = LIES[name](answer.partition(b"\r\n\r\n")[2])
        records.append(response(number, HOST + path, coded(answer, body, coding)))
    reading = Reading(tmp_path, records)
    counts = reading.crawl()
    assert reading.titles() == {path: f"Chợ phiên vùng cao {nth}" for nth, path in enumerate(paths.values(), 2)}
    assert counts["coding faults"] == len(LIES)  # the list too; two members are no fault

    done = baotinh("newspapers", "check", reading.paper, "--from-archive", reading.archive, "--json")
    read = {rule["rule"]: rule for rule in map(json.loads, done.stdout.splitlines()) if "rule" in rule}
    assert done.returncode == 0, done.stdout + done.stderr
    assert "read title" in read, done.stdout

    for name, path in paths.items():
        done = baotinh("explain", HOST + path, "--collection", reading.root)
        assert "Chợ phiên vùng cao" in done.stdout, name
        assert ("\ncoding " in done.stdout) == (name != "two members"), done.stdout
