"""The key of an address, and the one that is made of the same parts for pywb."""

from __future__ import annotations

import re

from hypothesis import example, given
from hypothesis import strategies as st

from archive.warc import cdxj
from archive.warc.cdxj import pywb_key, urlkey

SEGMENTS = st.from_regex(r"[a-z0-9_-]{1,9}", fullmatch=True)
PARAMETERS = st.from_regex(r"[a-z]{1,4}=[0-9]{1,4}", fullmatch=True)


@given(
    st.sampled_from(["http", "https"]),
    st.sampled_from(["", "www.", "www2."]),
    st.sampled_from(["", ":80", ":443", ":8080"]),
    st.lists(SEGMENTS, min_size=1, max_size=4),
    st.lists(PARAMETERS, max_size=3),
)
def test_an_address_without_oddities_has_one_key(
    scheme: str, www: str, port: str, path: list[str], query: list[str]
) -> None:
    url = f"{scheme}://{www}chonoi.test{port}/{'/'.join(path)}" + (f"?{'&'.join(query)}" if query else "")
    assert urlkey(url) == pywb_key(url) == urlkey(url.upper())


@given(
    st.sampled_from(["http://", "HTTPS://", "ftp://", ""]),
    st.sampled_from(["chonoi.test", "www.Chonoi.test", "www.", "a..b", ".", "chonoi.test.", "a:80", "u@a", "[::1]"]),
    st.text("aB0.-_~/?&=%:@!$';[]|^\"< \tế#", max_size=12),
)
@example("http://", "chonoi.test", "/a/../b//./C.html")
@example("http://", "x" * 70, "/a")
def test_ordinary_addresses_have_the_keys_that_the_parser_would_make(scheme: str, host: str, rest: str) -> None:
    url = scheme + host + rest
    quick = urlkey(url), pywb_key(url)
    ordinary, cdxj._ORDINARY = cdxj._ORDINARY, re.compile("(?!)")
    try:
        assert quick == (urlkey(url), pywb_key(url))
    finally:
        cdxj._ORDINARY = ordinary


def test_pywb_simplifies_more() -> None:
    url = "http://chonoi.test/%C4%91%C3%B2/./bến//?sid=" + "0" * 32
    assert pywb_key(url) == "test,chonoi)/%c4%91%c3%b2/b%e1%ba%bfn"
    assert urlkey(url) == "test,chonoi)" + url.partition(".test")[2].lower()
