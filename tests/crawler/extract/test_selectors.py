"""The tree that remembers finds exactly what a fresh look through the whole page finds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree, html  # type: ignore[import-untyped]

from crawler.extract.selectors import Tree, elements_within, select

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
def trees(draw: st.DrawFn, depth: int = 4) -> etree._Element:
    element = etree.Element(draw(st.sampled_from(NAMES)))
    if found := draw(st.lists(st.sampled_from(CLASSES), max_size=3)):
        element.set("class", draw(st.sampled_from([" ", "  ", "\n"])).join(found))
    if draw(st.booleans()):
        element.set("id", draw(st.sampled_from(IDS)))
    for name, value in (("href", "/tin/1.html"), ("align", "right"), ("style", "text-align: right"), ("title", "]")):
        if draw(st.integers(0, 5)) == 0:
            element.set(name, value)
    element.text = draw(st.sampled_from([None, "tin", " "]))
    if depth:
        for child in draw(st.lists(trees(depth - 1), max_size=3)):  # type: ignore[call-arg]
            child.tail = draw(st.sampled_from([None, "x"]))
            element.append(child)
    return element


@given(trees())
def test_every_selector_finds_the_same(root: etree._Element) -> None:
    tree = Tree(root)
    for css in SELECTORS:
        assert tree.select(css) == select(root, css), css


@pytest.mark.parametrize("css", SELECTORS)
def test_on_a_real_shape(css: str) -> None:
    root = html.fromstring(
        "<html><body><!-- x --><div id=main class='body b'><h1 class=title>tin</h1><p class='title body-text'>"
        "<a href=/tin/1.html>1</a></p><div class=body><p align=right style='text-align: right'>tin<a href=/tin/2>2</a>"
        "</p></div></div><p title='[a]'><a href=x>tin</a></p></body></html>"
    )
    assert Tree(root).select(css) == select(root, css)


def test_a_selector_that_names_what_stands_outside_is_asked_of_the_whole_tree() -> None:
    root = html.fromstring("<html><body><div class=body><p class=note>a</p></div><p class=note>b</p></body></html>")
    (container,) = select(root, ".body")
    assert [found.text for found in elements_within(container, ".body > .note")] == ["a"]
    assert [found.text for found in elements_within(container, ".note")] == ["a"]
