"""The newsroom's pages under markup that changes around the rules: what the rules name is found all the same."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime
from random import Random
from typing import Any
from urllib.parse import urlsplit

import attrs
import pytest
from lxml import etree, html  # type: ignore[import-untyped]

from archive.article import to_dict
from archive.errors import NotAnArticle
from crawler.crawl.newspaper import NewspaperSpider
from crawler.declaration.layout import Layout
from crawler.extract import extract
from crawler.newsroom import Newsroom
from crawler.newsroom.site import Site
from spiders.baobaclieu import BaoBacLieu
from spiders.baocantho import BaoCanTho
from spiders.baolaocai import BaoLaoCai

SPIDERS: dict[str, type[NewspaperSpider]] = {spider.name: spider for spider in (BaoBacLieu, BaoCanTho, BaoLaoCai)}
CAPTURED = datetime(2026, 2, 1, tzinfo=UTC)
NAME = re.compile(r"[.#]([\w-]+)|\[(?:class|id)[^\]]*[\"']([\w-]+)")
SEEDS = (3, 11, 2026)


def named_by_rules(spider: type[NewspaperSpider]) -> set[str]:
    """The classes and ids that the layouts speak of."""
    said = [str(value) for layout in spider.layouts for value in vars_of(layout)]
    return {name for text in said for pair in NAME.findall(text) for name in pair if name}


def vars_of(layout: Layout) -> list[str]:
    values = attrs.astuple(layout)
    return [
        part for value in values for part in (value if isinstance(value, tuple) else (value,)) if isinstance(part, str)
    ]


def mutated(body: bytes, chance: Random, kept: set[str]) -> bytes:
    """The page with classes renamed, wrappers put around, furniture moved, and pieces missing that no rule names."""
    root = html.document_fromstring(body.decode())
    for element in list(root.iter()):
        if not isinstance(element.tag, str):
            continue
        words = (element.get("class") or "").split()
        if words and not kept & set(words) and chance.random() < 0.6 and not is_caption(words):
            element.set("class", f"k{chance.randrange(10_000)}")
    for script in list(root.iter("script", "noscript", "ins")):
        if chance.random() < 0.5:
            script.drop_tree()
    for meta in list(root.iter("meta")):
        if chance.random() < 0.4 and not meta.get("charset") and "http-equiv" not in meta.attrib and not is_ruled(meta):
            meta.getparent().remove(meta)
    page = root.body
    furniture = [part for part in page if part.tag in ("header", "footer", "nav", "aside")]
    chance.shuffle(furniture)
    for part in furniture:
        page.remove(part)
        page.insert(chance.choice((0, len(page))), part)
    wrapper = etree.SubElement(page, "div", {"class": f"w{chance.randrange(100)}"})
    for part in list(page)[:-1]:
        wrapper.append(part)
    return bytes(html.tostring(root, encoding="utf-8", doctype="<!DOCTYPE html>"))


def is_caption(words: list[str]) -> bool:
    return any("thich" in word or "caption" in word for word in words)


def is_ruled(meta: Any) -> bool:
    return (meta.get("property") or "").startswith("article:")


@pytest.fixture(scope="module")
def newsroom() -> Newsroom:
    return Newsroom(articles=180)


@pytest.mark.parametrize("seed", SEEDS)
def test_mutated_pages_are_read_as_their_truth_says(newsroom: Newsroom, seed: int) -> None:
    site, chance, wrong, number = Site(newsroom), Random(seed), Counter[str](), 0
    leaks = captions = 0
    for truth in newsroom.truth()["articles"]:
        if truth["status"] != "published":
            continue
        number += 1
        spider, parts = SPIDERS[truth["newspaper"]], urlsplit(truth["url"])
        page = next(
            page for page in (site.page(parts.hostname or "", parts.path) for _ in range(2)) if page.status == 200
        )
        body = mutated(page.body, chance, named_by_rules(spider))
        try:
            article = extract(body, truth["url"], {}, CAPTURED, spider.layouts, newspaper=spider.name)
        except NotAnArticle as error:
            wrong.update(error.missing)
            continue
        found = to_dict(article)
        wrong.update(name for name in ("title", "authors", "published_at", "source") if found[name] != truth[name])
        said = [block["text"] for block in found["body"] if block["type"] != "figure"]
        wrong["body"] += said != [block["text"] for block in truth["body"] if block["type"] != "figure"]
        printed = [image["caption"] for image in truth["images"] if image["caption"]]
        captions += len(printed)
        wrong["captions"] += sum(one not in [image["caption"] for image in found["images"]] for one in printed)
        leaks += sum(caption in text for caption in printed for text in said)
    assert number > 100 and captions > 50
    assert leaks == 0 and wrong["title"] == wrong["published_at"] == 0
    assert wrong["authors"] <= number // 100 and wrong["body"] <= number // 100 and wrong["captions"] <= captions // 100
