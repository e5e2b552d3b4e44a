"""A POST request is indexed by its address and its body, as wabac.js does, and its own address is found again."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from archive.warc.cdxj import line, urlkey
from archive.warc.posted import indexed_address, real_address

URL = "https://baomay.vn/api/muc"


def posted(body: bytes, kind: str) -> bytes:
    head = f"POST /api/muc HTTP/1.1\r\nHost: baomay.vn\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


# What wabac.js 2.x makes of the same bodies
@pytest.mark.parametrize(
    ("body", "kind", "query"),
    [
        (b"trang=2&muc=doi-song", "application/x-www-form-urlencoded", "trang=2&muc=doi-song"),
        (b'{"trang": 2, "loc": {"muc": "doi song", "moi": true}}', "application/json", "trang=2&muc=doi+song&moi=true"),
        (b'{"a": [1, 2], "b": {"a": null}, "c": 2.0, "d": ""}', "application/json;x=y", "a=1&a.2_=2&a.3_=null&c=2"),
        ('{"ten": "mây~"}'.encode(), "text/plain", "ten=m%C3%A2y%7E"),
        (b"\x00\xff", "application/octet-stream", "__wb_post_data=AP8="),
        (b"{", "application/json", "__wb_post_data=ew=="),
        (b"", "", "__wb_post_data="),
    ],
)  # fmt: skip
def test_bodies_as_queries(body: bytes, kind: str, query: str) -> None:
    indexed = indexed_address(URL, posted(body, kind))
    assert indexed == f"{URL}?__wb_method=POST&{query}" and real_address(indexed) == (URL, "POST", query)
    assert indexed_address(f"{URL}?x=1", posted(body, kind)) == f"{URL}?x=1&__wb_method=POST&{query}"


def test_other_requests_keep_their_address() -> None:
    for request in (b"GET / HTTP/1.1\r\n\r\n", b"", b"POST"):
        assert indexed_address(URL, request) == URL and real_address(URL) == (URL, None, None)
    assert real_address("https://a.vn/x__wb_method=y")[1] is None


def test_deep_and_long_bodies_are_bounded() -> None:
    deep = b'{"a":' * 50_000 + b"1" + b"}" * 50_000
    assert len(indexed_address(URL, posted(deep, "application/json"))) < 5000
    assert len(indexed_address(URL, posted(b"[" + b"1," * 100_000 + b"1]", "application/json"))) < 5000


def test_the_index_line_names_method_and_body() -> None:
    indexed = indexed_address(URL, posted(b"trang=2", "application/x-www-form-urlencoded"))
    said = line(urlkey(indexed), datetime(2026, 1, 8, tzinfo=UTC), url=indexed, file="a", offset=0, length=1)
    assert said.startswith("vn,baomay)/api/muc?__wb_method=post&trang=2 20260108000000 ")
    assert f'"url": "{URL}"' in said and '"method": "POST"' in said and '"requestBody": "trang=2"' in said
