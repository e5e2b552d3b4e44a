"""Every page of the newsroom is read as its truth says, field by field; nothing is fetched over a wire."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest

from archive.article import to_dict
from archive.errors import NotAnArticle
from crawler.crawl.newspaper import NewspaperSpider
from crawler.extract import extract, links, open_page, requisites
from crawler.newsroom import Newsroom
from crawler.newsroom.site import Page, Site
from spiders.baobaclieu import BaoBacLieu
from spiders.baocantho import BaoCanTho
from spiders.baolaocai import BaoLaoCai

SPIDERS: dict[str, type[NewspaperSpider]] = {spider.name: spider for spider in (BaoBacLieu, BaoCanTho, BaoLaoCai)}
CAPTURED = datetime(2026, 2, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def newsroom() -> Newsroom:
    return Newsroom()


@pytest.fixture(scope="module")
def site(newsroom: Newsroom) -> Site:
    return Site(newsroom)


def page_at(site: Site, url: str) -> Page:
    """The page at an address; one that fails the first time is asked for again."""
    parts = urlsplit(url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    page = site.page(parts.hostname or "", target)
    return page if page.status == 200 else site.page(parts.hostname or "", target)


def read(site: Site, url: str, newspaper: str, section: str | None) -> dict[str, Any]:
    spider, page = SPIDERS[newspaper], page_at(site, url)
    own = re.search(spider.article_pattern, urlsplit(url).path)
    assert own is not None
    article = extract(
        page.body,
        url,
        {"Content-Type": page.type},
        CAPTURED,
        spider.layouts,
        newspaper=newspaper,
        article_id=own["id"],
        section=section,
        sections=[part.name for part in spider.sections],
    )
    return to_dict(article)


def comparable(article: dict[str, Any]) -> dict[str, Any]:
    images = [{name: image[name] for name in ("url", "caption", "credit", "position")} for image in article["images"]]
    return {**article, "images": images}


def test_every_article_is_read_as_its_truth_says(newsroom: Newsroom, site: Site) -> None:
    wrong: list[str] = []
    articles = newsroom.truth()["articles"]
    for truth in articles:
        if truth["status"] != "published":
            continue
        found = comparable(read(site, truth["url"], truth["newspaper"], "Trang nhất"))
        expected = comparable(truth)
        wrong += [
            f"{truth['url']} {name}: {found[name]!r} is not {expected[name]!r}"
            for name in expected
            if name != "status" and found[name] != expected[name]
        ]
    assert len(articles) >= 400
    assert not wrong, "\n".join(wrong[:10])


def test_a_page_that_lacks_a_required_field_is_no_article(newsroom: Newsroom, site: Site) -> None:
    newspapers = {host: name for name, host in newsroom.truth()["hosts"].items()}
    unreadable = newsroom.truth()["unreadable"]
    assert unreadable
    for page in unreadable:
        with pytest.raises(NotAnArticle) as caught:
            read(site, page["url"], newspapers[urlsplit(page["url"]).hostname or ""], None)
        assert list(caught.value.missing) == [page["field"]]


def test_list_pages_name_the_newest_articles(newsroom: Newsroom, site: Site) -> None:
    truth = newsroom.truth()
    for name, host in truth["hosts"].items():
        of_paper = {article["article_id"] for article in truth["articles"] if article["newspaper"] == name}
        for section in {article["section"] for article in truth["articles"] if article["newspaper"] == name}:
            path = next(part.path for part in SPIDERS[name].sections if part.name == section)
            url = f"http://{host}{path}"
            page = page_at(site, url)
            pattern = re.compile(SPIDERS[name].article_pattern)
            found = links(open_page(page.body, url, {"Content-Type": page.type}), pattern)
            ids = {match["id"] for address in found if (match := pattern.search(urlsplit(address).path))}
            assert len(ids & of_paper) >= 15


def test_requisites_of_a_page_stand_in_the_newsroom(newsroom: Newsroom, site: Site) -> None:
    for truth in newsroom.truth()["articles"][::140]:
        page = page_at(site, truth["url"])
        needed = requisites(open_page(page.body, truth["url"], {"Content-Type": page.type}))
        assert needed
        assert {page_at(site, url).status for url in needed} == {200}
