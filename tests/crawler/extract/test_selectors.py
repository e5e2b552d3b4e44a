"""Selectors find in a page what they find in parsel, whose selectors declarations and spiders are written in."""

from __future__ import annotations

import itertools
import re

import parsel
from hypothesis import given
from hypothesis import strategies as st

from crawler.extract.page import parse
from crawler.extract.selectors import Element, elements_within, select

NAMES = ("div", "p", "a", "h1", "span")
CLASSES = ("title", "body", "body-text", "Title", "b")
IDS = ("main", "side")
SELECTORS = (
    "p", "h1.title", ".title", ".body p", ".body .body", "#main", "#main .title a", "div#main.body > p",
    "a::attr(href)",
    ".body::text", ".title a::attr(href)", "p, h1", "p.title, .body a", "p:not(.title)", "div:first-child", "*",
    "[class^=bod]", "p[align=right]", "p[style*='text-align: right'], p[style*=\"a, b\"]", "h1 + p", "h1 ~ p",
    ".body-text a[href*='/tin/']", "div.body div.body p", "p.title::attr(class)", ".body:contains('tin')",
    "div > p > a",
    "#main", "div.b", "h1, .title::text", "span.body-text.title", "p[title=']']", "p[title='[a]'] a",
)  # fmt: skip


@st.composite
def markups(draw: st.DrawFn, depth: int = 4) -> str:
    """An element and what stands in it, as markup that leaves a parser no choice."""
    attributes = []
    if found := draw(st.lists(st.sampled_from(CLASSES), max_size=3)):
        attributes.append(("class", draw(st.sampled_from([" ", "  ", "\n"])).join(found)))
    if draw(st.booleans()):
        attributes.append(("id", draw(st.sampled_from(IDS))))
    for name, value in (("href", "/tin/1.html"), ("align", "right"), ("style", "text-align: right"), ("title", "]")):
        if draw(st.integers(0, 5)) == 0:
            attributes.append((name, value))
    tag = draw(st.sampled_from(NAMES))
    # a browser would end the others at some elements within
    children = draw(st.lists(markups(depth - 1), max_size=3)) if depth and tag == "div" else []  # type: ignore[call-arg]
    text = draw(st.sampled_from(["", "tin", " ", "<!-- x -->tin"]))
    within = text + "".join(child + draw(st.sampled_from(["", "x"])) for child in children)
    opening = " ".join((tag, *(f"{name}='{value}'" for name, value in attributes)))
    return f"<{opening}>{within}</{tag}>"


def numbered(markup: str) -> str:
    """The markup as a page, with a number on each element."""
    count = itertools.count()
    return "<!DOCTYPE html>" + re.sub(r"<(?=[a-z])(\w+)", lambda tag: f"{tag[0]} n={next(count)}", markup)


def found(one: Element | str) -> str:
    return one if isinstance(one, str) else one.get("n") or ""


@given(markups())
def test_a_selector_finds_what_it_finds_in_parsel(markup: str) -> None:
    page = numbered(f"<html><head></head><body>{markup}</body></html>")
    root, selector = parse(page), parsel.Selector(page)
    for css in SELECTORS:
        expected = [one.root if isinstance(one.root, str) else one.attrib["n"] for one in selector.css(css)]
        # parsel parts a text at a comment
        joined = (lambda texts: "".join(texts)) if "::text" in css else list
        assert joined(map(found, select(root, css))) == joined(expected), css


def test_a_selector_that_names_what_stands_outside_is_asked_of_the_whole_tree() -> None:
    root = parse("<html><body><div class=body><p class=note>a</p></div><p class=note>b</p></body></html>")
    (container,) = select(root, ".body")
    assert [found.text for found in elements_within(container, ".body > .note")] == ["a"]
    assert [found.text for found in elements_within(container, ".note")] == ["a"]
