"""Drafts from a survey of a site, over loopback, read each field nearly as often as rules made by hand."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import attrs
import pytest
from support.crawling import baotinh
from support.draft_scores import DECLARED, REDESIGNED, scores, shortfall
from support.raw_server import Answer, asked, raw_server

from crawler.crawl.newspaper import NewspaperSpider
from crawler.declaration.loading import load_file
from crawler.extract.page import open_page
from crawler.newsroom import Newsroom
from crawler.newsroom.papers import BIENXANH, PAPERS
from crawler.newsroom.site import Page, Site

HOSTS = {one.key: one.host for one in (*PAPERS, BIENXANH)}
LINK = re.compile(r"""(?:href=["']|<loc>|Sitemap: )([^"'#<\s]+)""")
NOT_FETCHED = ("/tim-kiem", "/static")


@cache
def printed(seed: int) -> tuple[Newsroom, tuple[dict[str, Any], ...]]:
    """A newsroom and what it printed."""
    newsroom = Newsroom(seed=seed, articles=108, undeclared=36)
    truth = newsroom.truth()
    return newsroom, (*truth["articles"], *truth["undeclared"]["articles"])


def pages_of(sites: list[Site], host: str) -> dict[str, Page]:
    """All pages of a host, by their addresses; of several sites each has its share of the articles."""
    found: dict[str, Page] = {}
    waiting = ["/", "/robots.txt", "/sitemap.xml"]
    while waiting:
        path = waiting.pop()
        number = re.search(r"(\d{4,})(?:\.|$)", path)
        site = sites[int(number[1]) % len(sites)] if number else sites[0]
        page = site.page(host, path)
        found[path] = page if page.status != 503 else site.page(host, path)
        text = found[path].body.decode("utf-8", "replace") if found[path].status == 200 else ""
        for address in LINK.findall(text):
            parts = urlsplit(urljoin(f"http://{host}{path}", address.replace("&amp;", "&")))
            target = parts.path + (f"?{parts.query}" if parts.query else "")
            if parts.hostname == host and target not in found and not target.startswith(NOT_FETCHED):
                waiting.append(target)
    return found


def answer(page: Page) -> list[Answer]:
    head = f"HTTP/1.1 {page.status} So\r\nContent-Type: {page.type}\r\nContent-Length: {len(page.body)}\r\n\r\n"
    return [head.encode() + page.body]


@pytest.mark.parametrize(
    ("seed", "name", "is_mixed"),
    [
        (4, "baocantho", True), (12, "baocantho", False), (12, "baolaocai", False), (4, "baobaclieu", False),
        (11, "baobienxanh", False),
    ],
)  # fmt: skip
def test_no_field_is_more_than_three_points_behind_rules_made_by_hand(
    seed: int, name: str, is_mixed: bool, tmp_path: Path
) -> None:
    """The mixed site prints every other article in the markup of its redesign."""
    newsroom, articles = printed(seed)
    sites = [Site(newsroom)]
    if is_mixed:
        other = Newsroom(seed=seed, articles=108, undeclared=36)
        other.redesign(name)
        sites.append(Site(other))
    host = HOSTS[name]
    found = pages_of(sites, host)
    with raw_server({path: answer(page) for path, page in found.items()}) as server:
        place = ("--loopback", f"127.0.0.1:{server.port}", "--collection", tmp_path / "c")
        done = baotinh("newspapers", "draft", f"http://{host}/", *place, "--output", tmp_path / "draft.py")
        assert done.returncode == 0, done.stdout + done.stderr
        articles_asked = [path for path in set(asked(server)) if re.search(r"\d{5}", path)]
        assert 16 <= len(articles_asked) <= 24
    rules = load_file(tmp_path / "draft.py", NewspaperSpider).rules()
    assert len(rules.layouts) == len(sites)
    own = [(one, found.get(urlsplit(one["url"]).path)) for one in articles]
    pages = [(open_page(page.body, one["url"], {"Content-Type": page.type}), one) for one, page in own
             if page is not None and urlsplit(one["url"]).hostname == host and page.status == 200]  # fmt: skip
    assert len(pages) >= 34
    by_hand = attrs.evolve(rules, layouts=(*DECLARED[name], REDESIGNED) if is_mixed else DECLARED[name])
    assert not shortfall(scores(pages, rules), scores(pages, by_hand), len(pages)), f"of {len(pages)} pages"
