"""What a crawl needs from a page, from one parse: article, links, requisites."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

import attrs

from archive.article import Article
from archive.errors import NotAnArticle
from archive.identity import are_of_one_site, article_id, may_be_same, plain_target
from archive.reasons import Reason
from crawler.declaration.layout import Rules
from crawler.extract.article import extract_from, read_page
from crawler.extract.extraction import Extraction
from crawler.extract.links import boilerplate_pictures, chosen_links, links, requisites
from crawler.extract.not_found import heading_says_gone, holds_no_text, says_gone, text_says_gone
from crawler.extract.page import Page
from crawler.extract.rules import canonical_of
from crawler.extract.vote import FeedEntry


@attrs.frozen(kw_only=True)
class ArticlePage:
    """The result of an article page. Without an article, `missing` has the reasons, field by field.

    `emptied`: the template of a page without any text, on which all else of an article was read; `own_address`: what a
    page without an article calls its own.
    """

    article: Article | None
    missing: Mapping[str, str]
    emptied: str | None = None
    own_address: str | None = None
    requisites: list[str]
    boilerplate: list[str]


@attrs.frozen(kw_only=True)
class ListPage:
    """The result of a section's list page: articles, further list pages, requisites."""

    articles: list[str]
    pages: list[str]
    requisites: list[str]
    boilerplate: list[str]


def read_article_page(
    page: Page, captured_at: datetime, section: str | None, feed: FeedEntry | None, rules: Rules
) -> ArticlePage:
    """Read an article page; `feed` is what a feed said of the article."""
    pattern = re.compile(rules.article_pattern)
    article: Article | None = None
    missing: Mapping[str, str] = {}
    emptied: str | None = None
    try:
        article = read_article(page, captured_at, section, rules, feed)
    except NotAnArticle as error:
        missing = error.missing
        emptied = error.template if error.template and holds_no_text(page) else None
    return ArticlePage(
        article=article,
        missing=missing,
        emptied=emptied,
        own_address=canonical_of(page) if article is None else None,
        requisites=requisites(page),
        boilerplate=boilerplate_pictures(page, pattern),
    )


def read_list_page(page: Page, rules: Rules) -> ListPage:
    """Read a section's list page."""
    pattern = re.compile(rules.article_pattern)
    return ListPage(
        articles=links(page, pattern),
        pages=chosen_links(page, rules.section_pages) if rules.section_pages else [],
        requisites=requisites(page),
        boilerplate=boilerplate_pictures(page, pattern),
    )


def read_any(page: Page, captured_at: datetime, rules: Rules, *, explaining: bool = False) -> Extraction:
    """Read a page, also one that is not a complete article.

    Raises:
        NotAnArticle: no layout is declared for the time of the capture.
    """
    return read_page(
        page,
        captured_at,
        rules.layouts,
        newspaper=rules.newspaper,
        time_zone=rules.time_zone,
        language=rules.language,
        explaining=explaining,
    )


def read_article(
    page: Page, captured_at: datetime, section: str | None, rules: Rules, feed: FeedEntry | None = None
) -> Article:
    """Read the article of a page.

    Args:
        section: the name of the section in which it was found.
        feed: what a feed said of it.

    Raises:
        NotAnArticle: there is none, the page says that it is there no more (`Reason.SAYS_GONE`), or no layout is
            declared for the time of the capture.
    """
    try:
        article = _extracted(page, captured_at, section, rules, feed)
    except NotAnArticle as error:
        if not page.is_cut and (said := says_gone(page)):
            raise NotAnArticle(page.url, {"page": Reason.SAYS_GONE.of(said), **error.missing}) from error
        raise
    texts = [block.text for block in article.body if block.type != "figure"]
    if said := heading_says_gone(page, sum(len(text.split()) for text in texts)) or text_says_gone(texts):
        raise NotAnArticle(page.url, {"page": Reason.SAYS_GONE.of(said)})
    return article


def _extracted(page: Page, captured_at: datetime, section: str | None, rules: Rules, feed: FeedEntry | None) -> Article:
    return extract_from(
        page,
        captured_at,
        rules.layouts,
        newspaper=rules.newspaper,
        article_id=_own_id(page, rules.article_pattern),
        section=section,
        sections=rules.sections,
        time_zone=rules.time_zone,
        feed=feed,
        language=rules.language,
    )


def _own_id(page: Page, pattern: str) -> str | None:
    """The article's id: in the page's address, or in that which a page in another form calls its own."""
    own = article_id(pattern, plain_target(page.url))
    if own is not None:
        return own
    named = canonical_of(page)
    is_believed = named is not None and are_of_one_site(named, page.url) and may_be_same(named, page.url)
    return article_id(pattern, plain_target(named)) if named is not None and is_believed else None
