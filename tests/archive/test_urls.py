"""Addresses are read as the WHATWG URL standard has it: one rule each, of our own writing."""

from __future__ import annotations

import re
from urllib.parse import urljoin

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scrapy import Request
from w3lib.url import safe_url_string

from archive.urls import absolute, led_to, without_fragment

BASE = "https://bao.test/tin/so-1.html?trang=2#dau"
RULES = [
    # relative references
    ("so-2.html", "https://bao.test/tin/so-2.html"),
    ("/anh/a.jpg", "https://bao.test/anh/a.jpg"),
    ("//anh.test/a.jpg", "https://anh.test/a.jpg"),
    ("?trang=3", "https://bao.test/tin/so-1.html?trang=3"),
    ("#cuoi", "https://bao.test/tin/so-1.html?trang=2#cuoi"),
    ("", "https://bao.test/tin/so-1.html?trang=2"),
    (".", "https://bao.test/tin/"),
    ("..", "https://bao.test/"),
    ("../../../anh/./x/../a.jpg", "https://bao.test/anh/a.jpg"),
    ("%2e%2E/a", "https://bao.test/a"),
    ("a/%2e", "https://bao.test/tin/a/"),
    ("/a//b/", "https://bao.test/a//b/"),
    ("https:so-2.html", "https://bao.test/tin/so-2.html"),
    ("http:so-2.html", "http://so-2.html/"),
    ("https:/so-2.html", "https://bao.test/so-2.html"),
    # a backslash is a slash before the query, and nothing but itself behind
    ("\\anh\\a.jpg", "https://bao.test/anh/a.jpg"),
    ("..\\anh\\a.jpg", "https://bao.test/anh/a.jpg"),
    ("\\\\anh.test\\a.jpg", "https://anh.test/a.jpg"),
    ("/\\anh.test/a.jpg", "https://anh.test/a.jpg"),
    ("https:\\\\anh.test\\a\\..\\b", "https://anh.test/b"),
    ("a?b=\\c", "https://bao.test/tin/a?b=\\c"),
    ("a%5Cb", "https://bao.test/tin/a%5Cb"),
    ("https:///anh.test/a", "https://anh.test/a"),
    # white space around, line ends and tabs within
    (" \n\t/a \r\n", "https://bao.test/a"),
    ("ht\ntps://anh.test/\ta\r\nb.jpg", "https://anh.test/ab.jpg"),
    ("/a b/c", "https://bao.test/a%20b/c"),
    ("/a\u00a0b", "https://bao.test/a%C2%A0b"),
    # percent encode sets
    ("/chợ?q=nổi", "https://bao.test/ch%E1%BB%A3?q=n%E1%BB%95i"),
    ("/%c3%a9?%c3%A9", "https://bao.test/%c3%a9?%c3%A9"),
    ("/100%?50%zz", "https://bao.test/100%?50%zz"),
    ("/a\"<>`{}^|[]'", "https://bao.test/a%22%3C%3E%60%7B%7D%5E|[]'"),
    ("/a?\"<>`{}^|[]'", "https://bao.test/a?%22%3C%3E`{}^|[]%27"),
    ("/a#^", "https://bao.test/a#^"),
    ("/a\x00\x7f", "https://bao.test/a%00%7F"),
    ("/a;b=1,2:3@4!$&*()+~", "https://bao.test/a;b=1,2:3@4!$&*()+~"),
    ("/a\ud800", "https://bao.test/a%EF%BF%BD"),
    ("/?", "https://bao.test/?"),
    # hosts
    ("HTTP://BAO.Test/A", "http://bao.test/A"),
    ("http://báo.test/", "http://xn--bo-mia.test/"),
    ("http://b%C3%A1o.test/", "http://xn--bo-mia.test/"),
    ("http://ＢＡＯ．test/", "http://bao.test/"),
    ("http://bao\u00ad.test/", "http://bao.test/"),
    ("http://faß.test/", "http://xn--fa-hia.test/"),
    ("http://bao.test./", "http://bao.test./"),
    ("http://127.1/", "http://127.0.0.1/"),
    ("http://0x7F000001/", "http://127.0.0.1/"),
    ("http://[::0:1]:80/", "http://[::1]/"),
    ("http://256.1.1.1/", None),
    ("http://b ao.test/", None),
    ("http://bao.test%2Fx/", None),
    ("http://[bao/", None),
    ("http://", None),
    ("//", None),
    ("http://xn--a/", None),
    # ports, names and passwords
    ("http://bao.test:80/", "http://bao.test/"),
    ("https://bao.test:443/", "https://bao.test/"),
    ("https://bao.test:80/", "https://bao.test:80/"),
    ("http://bao.test:/", "http://bao.test/"),
    ("http://bao.test:0080/", "http://bao.test/"),
    ("http://bao.test:65535/", "http://bao.test:65535/"),
    ("http://bao.test:65536/", None),
    ("http://bao.test:x/", None),
    ("http://bạn:mật@bao.test/a", None),
    ("//bao.test@khac.test/", None),
    # not the web
    ("javascript:void(0)", None),
    ("mailto:toa-soan@bao.test", None),
    ("data:text/html,x", None),
    ("ftp://bao.test/", None),
    ("blob:https://bao.test/1", None),
    ("tin:so-1", None),
]


@pytest.mark.parametrize(("address", "meant"), RULES)
def test_a_link_means_what_it_means_to_browsers(address: str, meant: str | None) -> None:
    assert absolute(address, BASE) == meant


@pytest.mark.parametrize(
    ("encoding", "query"),
    [
        ("utf-8", "%C3%A9"), ("windows-1258", "%E9"), ("ISO-8859-1", "%E9"), ("utf-16le", "%C3%A9"),
        ("TCVN3", "%C3%A9"), ("shift_jis", "%26%23233%3B"),
    ],
)  # fmt: skip
def test_the_query_goes_out_in_the_charset_of_the_page(encoding: str, query: str) -> None:
    assert absolute("/é?q=é&x=1#é", BASE, encoding) == f"https://bao.test/%C3%A9?q={query}&x=1#%C3%A9"


def test_without_a_base_only_whole_addresses_are_addresses() -> None:
    assert absolute("http://bao.test") == "http://bao.test/"
    assert absolute("/a") is None
    assert absolute("/a", "không là địa chỉ") is None
    assert absolute("http://bao.test/a", "http://[") == "http://bao.test/a"


@pytest.mark.parametrize(
    ("location", "meant"),
    [
        ("/a#dau", "https://bao.test/a"), ("\\\\anh.test\\a", "https://anh.test/a"),
        ("/chợ".encode().decode("latin-1"), "https://bao.test/ch%E1%BB%A3"), ("/b\xe1o", "https://bao.test/b%E1o"),
        ("http://báo.test/".encode().decode("latin-1"), "http://xn--bo-mia.test/"), ("///anh.test/", "https://anh.test/"),
        ("mailto:a@bao.test", None), ("http://[bao/", None), ("?a", "https://bao.test/tin/so-1.html?a"),
    ],
)  # fmt: skip
def test_where_a_location_leads(location: str, meant: str | None) -> None:
    assert led_to(BASE, location) == meant


_PIECES = st.sampled_from(
    ["http:", "https:", "/", "//", "\\", "?", "#", "@", ":", "80", "65536", "..", ".", "%2e", "%", "%zz", "a", "Đ",
     "đ", "é", " ", "\t", "\n", "[", "]", "::1", "^", "|", "{", "}", "`", "'", '"', "<", "\x00", "\u200b", "\ud800",
     "bao.test", "0x7f.1", "xn--", "javascript:", ";", "&", "="]
)  # fmt: skip


@given(st.lists(_PIECES | st.text(max_size=4), max_size=12).map("".join), st.sampled_from(["utf-8", "windows-1258"]))
@example("http://bao.test/^?^#^", "utf-8")
def test_what_was_written_once_is_written_the_same_again(address: str, encoding: str) -> None:
    once = absolute(address, BASE, encoding)
    if once is not None:
        assert once.isascii() and absolute(once) == once and absolute(once, BASE, "shift_jis") == once
        bare = without_fragment(once)
        assert absolute(bare) == bare
        assert Request(bare, meta={"verbatim_url": True}).url == bare


@given(st.lists(_PIECES | st.text(max_size=4), max_size=12).map("".join))
def test_what_older_versions_wrote_is_what_it_was(address: str) -> None:
    """Addresses in a catalog were escaped by w3lib; they are kept as they are, but for what w3lib did not resolve."""
    try:
        before = without_fragment(safe_url_string(urljoin(BASE, address.strip())))
    except ValueError:
        return
    now = absolute(before)
    if now is not None and re.fullmatch(r"https?://[a-z0-9.-]+/(?!.*(?:/\.|%2e|\^|//))\S*", before, re.IGNORECASE):
        assert now == before or ":" in before.partition("//")[2].partition("/")[0]
