"""A drafted layout reads each field of the newsroom's papers as well as the declared one does."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest
from support.draft_scores import CAPTURED, DECLARED, scores, shortfall

from crawler.declaration.layout import Rules
from crawler.extract.page import open_page
from crawler.newsroom import Newsroom
from crawler.newsroom.papers import BIENXANH, PAPERS
from crawler.newsroom.site import Site
from crawler.survey.markup import layouts_of
from crawler.survey.page import FetchedPage

DRAFTED_FROM = 24


@pytest.fixture(scope="module")
def newsroom() -> Newsroom:
    return Newsroom(seed=11, articles=120, undeclared=40)


def list_path(truth: dict[str, Any]) -> str:
    """The path of the list of an article's section."""
    host = urlsplit(truth["url"]).hostname
    paper = next(one for one in (BIENXANH, *PAPERS) if one.host == host)
    slug = next(one.slug for one in paper.sections if one.name == truth["section"])
    return paper.list_path.format(section=slug)


def page(site: Site, truth: dict[str, Any]) -> FetchedPage:
    parts = urlsplit(truth["url"])
    found = site.page(parts.hostname or "", parts.path)
    if found.status != 200:  # some answer only when they are asked again
        found = site.page(parts.hostname or "", parts.path)
    return FetchedPage(
        kind="article", url=truth["url"], body=found.body, headers={"Content-Type": found.type}, captured_at=CAPTURED,
        section=list_path(truth),
    )  # fmt: skip


@pytest.mark.parametrize("name", DECLARED)
def test_no_field_is_more_than_three_points_behind_the_declared_rules(newsroom: Newsroom, name: str) -> None:
    site, truth = Site(newsroom), newsroom.truth()
    printed = [*truth["articles"], *truth["undeclared"]["articles"]]
    own = [one for one in printed if (one.get("newspaper") or "baobienxanh") == name]
    fetched = [(page(site, one), one) for one in own if one.get("status", "published") == "published"]
    layouts = tuple(one.layout for one in layouts_of([one for one, _ in fetched][:: len(fetched) // DRAFTED_FROM]))
    pages = [(open_page(one.body, one.url, one.headers), truth) for one, truth in fetched]
    drafted = scores(pages, Rules(newspaper=name, layouts=layouts))
    declared = scores(pages, Rules(newspaper=name, layouts=DECLARED[name]))
    assert not shortfall(drafted, declared, len(pages)), f"of {len(pages)} pages"
