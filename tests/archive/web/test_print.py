"""Printed pages: what is left out, what is unfolded, and a chart that fits its sheet."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.browsing import NEEDS_BROWSER, VIEWER, sync_api
from support.covered import build_covered
from support.sample import MARKET
from support.serving import running

from archive.web.serve import Serving

pytestmark = NEEDS_BROWSER

# CSS pixels between the margins: A4 upright, A4 and A3 on their sides
UPRIGHT, WIDE, LONG = 703, 1047, 1512
# Cells whose text is wider than they are
OVERFULL = (
    """(cells) => cells.filter((cell) => cell.scrollWidth > cell.clientWidth + 1).map((cell) => cell.innerText)"""
)


def print_page(page: sync_api.Page, address: str, width: int) -> None:
    page.emulate_media(media="print", color_scheme="dark")
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(address)


@pytest.mark.parametrize("path", [f"/article/{MARKET}", "/search?q=sông", "/pictures?q=ghe", "/coverage", "/runs"])
def test_nothing_to_press_is_printed(page: sync_api.Page, serving: Serving, path: str) -> None:
    print_page(page, serving.site + path, UPRIGHT)
    assert page.locator("button:visible, form:visible, nav.places:visible, .foot:visible").count() == 0
    assert page.locator(".masthead .name").is_visible()
    assert page.locator("body").evaluate("(body) => getComputedStyle(body).backgroundColor") == "rgb(255, 255, 255)"
    assert (
        page.locator("h1, .hit h2").first.evaluate("(title) => getComputedStyle(title).color") != "rgb(231, 236, 234)"
    )


def test_an_article_is_printed_with_its_provenance_and_citations(page: sync_api.Page, serving: Serving) -> None:
    print_page(page, f"{serving.site}/article/{MARKET}", UPRIGHT)
    record = page.locator(".provenance code", has_text="urn:uuid:")
    assert record.is_visible() and record.bounding_box()["height"] > 0
    # behind the text
    assert record.bounding_box()["y"] > page.locator("article .body").bounding_box()["y"]
    whole = "(field) => field.scrollHeight <= field.clientHeight + 1 && field.clientHeight > 0"
    for form in ("vietnamese", "chicago", "apa"):
        assert page.locator(f"#cite-{form}").evaluate(whole)
    assert not page.locator("#cite-bibtex").is_visible()
    assert page.locator("figure img").first.bounding_box()["height"] < 310


def test_a_list_is_printed_with_the_articles_addresses(page: sync_api.Page, serving: Serving) -> None:
    print_page(page, f"{serving.site}/search?q=chợ+nổi+mùa+nước+nổi", UPRIGHT)
    link = page.locator(".hit h2 a").first
    printed = link.evaluate("(link) => getComputedStyle(link, '::after').content")
    assert printed == f'" /article/{MARKET}"'


@pytest.fixture(scope="module")
def covered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with running(build_covered(tmp_path_factory.mktemp("covered") / "c"), VIEWER) as found:
        yield found


@pytest.mark.parametrize(
    ("query", "width"),
    [
        ("newspaper=baocantho&from=2026-08-12&to=2026-10-10", WIDE),
        ("from=2026-08-12&to=2026-10-10", WIDE),
        ("newspaper=baocantho&from=2026-07-03&to=2026-10-10", LONG),
    ],
)
def test_the_chart_fits_its_sheet(page: sync_api.Page, covered: Serving, query: str, width: int) -> None:
    print_page(page, f"{covered.site}/coverage?{query}", width)
    sheet = page.locator("body").evaluate("(body) => getComputedStyle(body).page")
    assert sheet == ("long-chart" if width == LONG else "chart")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator(".days td, .days thead th a").evaluate_all(OVERFULL) == []
    widths = (
        page.locator(".days tbody tr")
        .first.locator("td.c")
        .evaluate_all("(cells) => cells.map((cell) => cell.getBoundingClientRect().width)")
    )
    assert max(widths) - min(widths) < 1
