"""The paper drawn by scripts: its pages are empty, and in a real browser they show what its truth says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
from support.browsing import ARGUMENTS, CHROMIUM, NEEDS_BROWSER, OVERHANG, sync_api

from archive.article import to_dict
from crawler.extract import extract
from crawler.newsroom import Newsroom, RunningNewsroom, serve_newsroom
from crawler.newsroom.site import Site
from spiders.baosonla import BaoSonLa

Truth = dict[str, Any]
HOST = "baosonla.test"
DRAWN = 60
CAPTURED = datetime(2026, 2, 1, tzinfo=UTC)
IS_DRAWN = "html[data-drawn]"


def in_browser(test: Any) -> Any:
    for mark in NEEDS_BROWSER:
        test = mark(test)
    return test


@pytest.fixture(scope="module")
def printing() -> Iterator[RunningNewsroom]:
    with serve_newsroom(seed=11, articles=6, drawn=DRAWN) as running:
        yield running


@pytest.fixture(scope="module")
def drawn(printing: RunningNewsroom) -> Truth:
    truth: Truth = printing.truth()["drawn"]
    return truth


@pytest.fixture(scope="module")
def browser(printing: RunningNewsroom) -> Iterator[sync_api.Browser]:
    mapped = f"--host-resolver-rules=MAP *.test 127.0.0.1:{printing.port}"
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, mapped], timeout=120_000)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: sync_api.Browser) -> Iterator[sync_api.Page]:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(120_000)
    yield page
    page.close()


def shown(page: sync_api.Page, url: str) -> sync_api.Page:
    answer = page.goto(url)
    if answer is not None and answer.status == 500:
        page.goto(url)
    page.wait_for_selector(IS_DRAWN)
    return page


@in_browser
def test_every_article_is_drawn_as_its_truth_says(page: sync_api.Page, drawn: Truth) -> None:
    wrong = []
    for truth in drawn["articles"]:
        markup = shown(page, truth["url"]).content()
        article = extract(
            markup.encode(), truth["url"], {"Content-Type": "text/html; charset=utf-8"}, CAPTURED,
            BaoSonLa.layouts, newspaper=BaoSonLa.name, article_id=BaoSonLa.article_of(truth["url"]),
            sections=[one.name for one in BaoSonLa.sections],
        )  # fmt: skip
        found, expected = comparable(to_dict(article)), comparable(truth)
        wrong += [f"{truth['url']} {name}: {found[name]!r} is not {expected[name]!r}"
                  for name in expected if name != "status" and found[name] != expected[name]]  # fmt: skip
    assert len(drawn["articles"]) == DRAWN
    assert not wrong, "\n".join(wrong[:10])


def comparable(article: Truth) -> Truth:
    images = [{name: image[name] for name in ("url", "caption", "credit", "position")} for image in article["images"]]
    return {**article, "images": images}


@in_browser
def test_lists_grow_to_their_end_on_scrolling_or_by_a_button(page: sync_api.Page, drawn: Truth) -> None:
    for section in drawn["sections"]:
        printed = {one["title"] for one in drawn["articles"] if one["section"] == section["name"]}
        titles = shown(page, f"http://{HOST}{section['path']}").locator("a.card-title")
        first = titles.count()
        assert first == 12 < len(printed)
        while page.locator(".load-more, .list-end").count():
            before = titles.count()
            if page.locator(".load-more").count():
                page.locator(".load-more").click()
            else:
                page.locator(".list-end").scroll_into_view_if_needed()
            titles.nth(before).wait_for()
        assert set(titles.all_inner_texts()) == printed


@in_browser
def test_a_gallery_gets_its_pictures_as_they_come_into_view(page: sync_api.Page, drawn: Truth) -> None:
    essay = next(one for one in drawn["articles"] if one["section"] == "Ảnh")
    pictures = shown(page, essay["url"]).locator(".slides img")
    assert pictures.count() == len(essay["images"]) >= 4
    assert pictures.last.get_attribute("src") is None
    pictures.last.scroll_into_view_if_needed()
    page.wait_for_function("document.querySelector('.slides figure:last-child img').naturalWidth > 0")


@in_browser
@pytest.mark.parametrize("width", [1280, 390])
def test_pages_fit_their_window(page: sync_api.Page, drawn: Truth, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    for path in ["/", *(one["path"] for one in drawn["sections"]), urlsplit(drawn["articles"][3]["url"]).path]:
        assert shown(page, f"http://{HOST}{path}").evaluate(OVERHANG) <= 0
        assert page.locator(".failed").count() == 0


def test_pages_are_empty_and_the_api_holds_what_they_show() -> None:
    newsroom = Newsroom(5, 6, drawn=30)
    site = Site(newsroom)
    story = next(one for one in newsroom.stories if one.paper.host == HOST)
    shell = site.page(HOST, story.path)
    assert shell.status == 200 and shell.body == site.page(HOST, "/").body == site.page(HOST, "/xa-hoi").body
    assert story.title not in shell.body.decode() and b"<a " not in shell.body
    held = json.loads(site.page(HOST, f"/api/articles/{story.number}").body)
    assert (held["title"], held["lead"], held["byline"]) == (story.title, story.lead, story.byline.printed)
    newsroom.edit(story.url)
    site.changed()
    assert site.page(HOST, story.path).tag == shell.tag  # as of any such site: it says nothing of the article
    assert json.loads(site.page(HOST, f"/api/articles/{story.number}").body)["modified"]
    newsroom.withdraw(story.url)
    site.changed()
    assert (site.page(HOST, story.path).status, site.page(HOST, f"/api/articles/{story.number}").status) == (410, 404)
    for path in ("/sitemap.xml", "/xa-hoi/khong-co-9.html", "/api/sections/khong-co"):
        assert site.page(HOST, path).status == 404


def test_the_drawn_paper_is_printed_only_where_it_is_asked_for() -> None:
    without, asked = Newsroom(7, 30), Newsroom(7, 30, drawn=24)
    assert without.truth()["articles"] == asked.truth()["articles"] and without.truth()["drawn"]["articles"] == []
    assert len(asked.truth()["drawn"]["articles"]) == 24 and HOST not in asked.truth()["hosts"].values()
    [url] = asked.publish(paper="baosonla", section="anh")
    assert url.startswith(f"http://{HOST}/anh/")
    assert not any(HOST in url for url in asked.publish(6))
