"""Advertising and hidden boxes, nested or beside each other: what is judged of them takes steps as the page is long."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest
import turbohtml
from hypothesis import given
from hypothesis import strategies as st

from crawler.extract.generic.boilerplate import adverts, surroundings_of, visible_texts
from crawler.extract.selectors import Element

LONG = "<p>Chợ phiên Bắc Hà đông khách từ sáng sớm, bà con các bản mang hàng xuống từ rất xa, phiên thứ {}.</p>"
BOX = "<div class='ads'><p>Mua ngay</p>"
PAGES: dict[str, Callable[[int], str]] = {
    "nested": lambda count: LONG * 9 + BOX * count + "</div>" * count,
    "nested around the text": lambda count: "<div class='ads'>" * count + LONG * 9 + "</div>" * count,
    "beside each other": lambda count: LONG * 9 + (BOX + "</div>") * count,
    "hidden": lambda count: "".join(
        f"<div style='display:none'>{LONG.format(2 * nth)}{LONG.format(2 * nth + 1)}</div>" for nth in range(count)
    ),
}


def body_of(markup: str) -> Element:
    return Element(turbohtml.parse(f"<html><body>{markup}</body></html>").select("body")[0])


def steps(page: str) -> int:
    """How many calls it takes to judge the boxes of a page."""
    body, count = body_of(page), 0

    def counted(_frame: Any, event: str, _value: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(counted)
    try:
        adverts(body)
        surroundings_of(body, None)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("kind", PAGES)
def test_twice_the_boxes_take_about_twice_the_steps(kind: str) -> None:
    steps(PAGES[kind](10))  # what is cached of names is cached
    assert steps(PAGES[kind](400)) < 3 * steps(PAGES[kind](200))


@given(st.recursive(
    st.sampled_from(("Mua ngay", LONG, "<script>so = 1</script>", "<!-- x -->Gọi", "<br>", "<p class='ads'>Gọi</p>")),
    lambda inner: st.lists(inner, max_size=4).map(lambda parts: f"<div class='ads'>{''.join(parts)}</div>sau"),
    max_leaves=12,
))  # fmt: skip
def test_a_box_is_advertising_where_it_holds_a_small_part_of_the_visible_text(markup: str) -> None:
    def letters(element: Element) -> int:
        return sum(len(text.strip()) for text in visible_texts(element))

    body = body_of(markup)
    boxes = {one for one in body.iter("div") if one.get("class") == "ads"}
    assert adverts(body) == {one for one in boxes if letters(one) <= 0.2 * letters(body)}
