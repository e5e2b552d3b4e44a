"""A page is parsed as a browser parses it: the same elements in the same places, with the same text."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.extract.page import parse
from crawler.extract.selectors import Element
from tests.support.browsing import ARGUMENTS, CHROMIUM, NEEDS_BROWSER, sync_api

pytestmark = NEEDS_BROWSER

# What is asked of the browser, and of our tree below: tag, parent's tag, class, and the text right inside
SHAPE = """() => [...document.querySelectorAll('*')].map(one => [
    one.localName, one.parentElement ? one.parentElement.localName : '', one.getAttribute('class') || '',
    [...one.childNodes].filter(node => node.nodeType === 3).map(node => node.data).join('|')])"""

ODD = {
    "ends before its head": "<!DOCTYPE html><html lang=''></html><head><title>T</title></head><body><p>Tin",
    "text behind the end": "<body><p>Một</body><p>Hai</html><div class=c>Ba",
    "page within a page": "<main><html><head><title>T</title></head><body class=x><h1>T</h1></body></html><p>Lời",
    "doctype within": "<body><div><!DOCTYPE html><html><body><p>Tin</p></body></html></div><p>Hết",
    "head ended by a div": "<head><meta charset=utf-8><div id=fb-root></div><style>a{}</style></head><body><p>Tin",
    "head ended by an aside": "<head><title>T</title><aside class=w><p>Tin</aside><link rel=x></head><body class=b>",
    "no head": "<title>T</title><article><p>Tin",
    "unclosed head": "<html><head><title>T</title><body><p>Tin",
    "table around blocks": "<table><tr><td><div><p>Tin</p><table><tr><td>Ảnh</table></div></td></tr></table><p>Hết",
    "text in a table": "<table><tr>Chú thích<td>Ảnh</td></tr><div class=d>Tin</div></table>",
    "table in a paragraph": "<!DOCTYPE html><p>Một<table><tr><td>Hai</table>Ba</p>",
    "table in a paragraph of a page without doctype": "<p>Một<table><tr><td>Hai</table>Ba</p>",
    "paragraph in a paragraph": "<p>Một<p>Hai</p>Ba</p>Bốn",
    "forms in a form": "<form class=a><div><form class=b><p>Tin</p></form></div><p>Hết</form>",
    "block in a link": "<a href=/1><div><a href=/2>Tin</a></div>Hết</a>",
    "misnested bold": "<p><b>Một<i>Hai</b>Ba</i>Bốn<p>Năm",
    "list without ends": "<ul><li>Một<li>Hai<ul><li>Ba</ul><li>Bốn</ul>",
    "sources of a picture": "<picture><source srcset=a><source srcset=b><img src=c></picture>Tin",
    "word break": "<p>Một<wbr>hai<wbr/>ba",
    "cell without a table": "<td>Một</td><tr><td>Hai",
    "names from a word processor": "<p class=MsoNormal><o:p>Một</o:p><st1:place w:st=on>Hai</st1:place></p>",
    "instruction": "<p>Một<?xml:namespace prefix = o /><p>Hai",
    "attributes run together": '<img src=\'a\'onerror="x",class="b" ><p>Tin',
    "tag cut short": "<p>Một <b Hai<p>Ba",
    "less than": "<p>1 < 2 <3 &lt; 4 & 5 &amp 6 &eacute; &aacute",
    "comment not ended": "<p>Một<!-- hai --!>ba<p>Bốn<!-- năm",
    "comment in a text": "<p>Một <!-- x -->hai<!----> ba",
    "script that writes tags": "<p>Một<script>var a = '<p>Hai</p>';</script>Ba",
    "style in the text": "<div>Một<style>p{}</style><p>Hai</div>",
    "drawing": "<svg class=s><title>Tên</title><path d=x /></svg><p>Tin",
    "letters as numbers": "<p>&#84;&#x1ED1;t &#8230; &#150;",
    "button in a button": "<button class=a>Một<button class=b>Hai</button></button>Ba",
    "select": "<select><option>Một<option>Hai</select><p>Ba",
    "template": "<head><template><p>Một</template></head><body><template><meta name=x><p>Hai</p></template>Ba",
    "base": "<head><base href='https://bao.test/x/'></head><p><img src=a>",
}
TAGS = (
    "<p>", "</p>", "<div>", "</div>", "<table>", "<tr>", "<td>", "</table>", "<b>", "</b>", "<a href=x>", "</a>",
    "<ul>", "<li>", "</ul>", "<h1 class=t>", "</h1>", "<form>", "</form>", "</body>", "</html>", "<body>", "<head>",
    "<title>", "</title>", "<br>", "</br>", "<span>", "</span>", "<center>", "<font>", "</font>", "tin ", "<img>",
    "<figure>", "<figcaption>", "</figure>", "<!-- x -->", "<section>", "<tbody>", "<caption>", "</center>",
)  # fmt: skip


@pytest.fixture(scope="module")
def window() -> Iterator[sync_api.Page]:
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser.new_context(java_script_enabled=False, offline=True).new_page()
        browser.close()


def in_browser(window: sync_api.Page, markup: str) -> list[list[str]]:
    window.set_content(markup, wait_until="domcontentloaded")
    shape: list[list[str]] = window.evaluate(SHAPE)
    return [[tag, parent, names, text.replace("|", "")] for tag, parent, names, text in shape]


def in_tree(root: Element) -> list[list[str]]:
    shape = []
    for one in root.iter():
        above = one.getparent()
        text = (one.text or "") + "".join(child.tail or "" for child in one)
        shape.append([one.tag, "" if above is None else above.tag, one.get("class") or "", text])
    return shape


@pytest.mark.parametrize("markup", ODD.values(), ids=ODD.keys())
def test_an_odd_page_has_the_browsers_tree(window: sync_api.Page, markup: str) -> None:
    assert in_tree(parse(markup)) == in_browser(window, markup)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)
@given(st.lists(st.sampled_from(TAGS), max_size=25).map("".join))
def test_any_markup_has_the_browsers_tree(window: sync_api.Page, markup: str) -> None:
    assert in_tree(parse(markup)) == in_browser(window, markup)
