"""What is done the short way where a page is plain gives what the long way gives."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree  # type: ignore[import-untyped]

from archive.identity import plain_path
from archive.urls import absolute
from crawler.extract.page import Page, open_page, parse

PARTS = (
    "/", "//", ".", "..", "a", "tin-moi-a12.html", "?", "p=2", "&", "#", "%2e", ";jsessionid=1", "(S(x))", "\\", " ",
    ":", "@", "^", "chữ", "http://bao.test", "https://bao.test", "HTTP://BAO.test", "http://khac.test", "_", "~",
)  # fmt: skip
BASES = ("http://bao.test/muc/", "http://bao.test:81/a?b", "https://ai@bao.test/", "file:///x", "khong")
MARKUP = (
    "<p>", "</p>", "</body>", "</BODY\n>", "</html>", "</Html >", "</body\u00a0>", "</bodyx>", "<script>", "</script>",
    "<article>", "<title>", "\x00", "\ufffd", "chữ", " x ", "<!-- </body> -->", "<img>", "\x1f\x8b", "\ufeff",
)  # fmt: skip


@given(st.lists(st.sampled_from(PARTS), max_size=6).map("".join), st.sampled_from(BASES))
def test_a_plain_address_is_joined_as_any_other(address: str, base: str) -> None:
    page = Page(url=base, root=parse(""), base=base)
    assert page.absolute(address) == absolute(address, base)
    assert page.path(address) == plain_path(absolute(address, base) or "")


@given(st.lists(st.sampled_from(MARKUP), max_size=8).map("".join))
def test_bytes_that_need_no_repair_are_parsed_as_their_text_is(markup: str) -> None:
    body = markup.encode()
    if body.startswith((b"\x1f\x8b", b"\xef\xbb\xbf")):
        return
    page = open_page(body, "http://bao.test/", {"Content-Type": "text/html; charset=utf-8"})
    assert etree.tostring(page.root) == etree.tostring(parse(markup))
