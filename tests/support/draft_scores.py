"""On how many pages layouts read each field as the newsroom printed it; and its papers' layouts, made by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from archive.article import to_dict
from archive.errors import NotAnArticle
from crawler.declaration.layout import Layout, Rules
from crawler.extract.page import Page
from crawler.extract.results import read_article
from spiders.baobaclieu import BaoBacLieu
from spiders.baocantho import BaoCanTho
from spiders.baolaocai import BaoLaoCai

CAPTURED = datetime(2026, 2, 1, tzinfo=UTC)
REDESIGNED = Layout(
    title="h2.ct-headline", section=".ct-trail a", published_at=".ct-when b", modified_at=".ct-when i",
    body=".ct-words", lead_opens_body=True, byline=".ct-sign", tags=".ct-words-of a", related="aside.ct-more",
)  # fmt: skip
DECLARED: dict[str, tuple[Layout, ...]] = {
    one.name: one.layouts for one in (BaoBacLieu, BaoCanTho, BaoLaoCai)
} | {
    "baobienxanh": (
        Layout(
            title="h2.bx-ten", kicker=".bx-nhan", published_at="p.bx-ngay", modified_at="p.bx-ngay-sua", lead="p.bx-mo",
            body="div.bx-chu", byline="p.bx-but", tags=".bx-the a", heading="p.bx-muc", quote="div.bx-loi",
            related="div.bx-kem",
        ),
    ),
}  # fmt: skip


def texts(article: dict[str, Any]) -> list[tuple[str, str]]:
    return [(block["type"], block["text"]) for block in article["body"]]


FIELDS: dict[str, Callable[[dict[str, Any]], Any]] = {
    **{name: lambda one, name=name: one[name] for name in (
        "title", "kicker", "lead", "published_at", "modified_at", "authors", "byline", "source", "section", "tags",
    )},
    "body": texts,
    "images": lambda one: [image["url"] for image in one["images"]],
    "captions": lambda one: [(image["caption"], image["credit"]) for image in one["images"]],
}  # fmt: skip


def scores(pages: Iterable[tuple[Page, dict[str, Any]]], rules: Rules) -> Counter[str]:
    """On how many pages each field is read as it was printed; `section alone`: without the list that named the page."""
    right: Counter[str] = Counter()
    for page, truth in pages:
        try:
            article = to_dict(read_article(page, CAPTURED, truth["section"], rules))
            alone = to_dict(read_article(page, CAPTURED, None, rules))["section"] or ""
        except NotAnArticle:
            continue
        if (article["section"] or "").casefold() == truth["section"].casefold():
            article["section"] = truth["section"]  # some print it in capitals
        right["section alone"] += alone.casefold() == truth["section"].casefold()
        right.update(name for name, of in FIELDS.items() if of(article) == of(truth))
    return right


def shortfall(
    drafted: Counter[str], declared: Counter[str], pages: int, points: float = 0.03
) -> dict[str, tuple[int, int]]:
    """The fields in which drafted rules are further behind declared ones: on how many pages each are right."""
    return {
        field: (drafted[field], right) for field, right in declared.items() if right - drafted[field] > points * pages
    }
