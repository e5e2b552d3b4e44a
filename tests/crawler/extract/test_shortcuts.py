"""What is done the short way where a page is plain gives what the long way gives."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from archive.identity import plain_target
from archive.urls import absolute
from crawler.extract.page import Page, parse

PARTS = (
    "/", "//", ".", "..", "a", "tin-moi-a12.html", "?", "p=2", "&", "#", "%2e", ";jsessionid=1", "(S(x))", "\\", " ",
    ":", "@", "^", "chữ", "http://bao.test", "https://bao.test", "HTTP://BAO.test", "http://khac.test", "_", "~",
)  # fmt: skip
BASES = ("http://bao.test/muc/", "http://bao.test:81/a?b", "https://ai@bao.test/", "file:///x", "khong")


@given(st.lists(st.sampled_from(PARTS), max_size=6).map("".join), st.sampled_from(BASES))
def test_a_plain_address_is_joined_as_any_other(address: str, base: str) -> None:
    page = Page(url=base, root=parse(""), base=base)
    assert page.absolute(address) == absolute(address, base)
    assert page.target(address) == plain_target(absolute(address, base) or "")
