"""Finding out a declaration from what was seen of a site; fetches and writes nothing (see source.py)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

import attrs

from archive.errors import NothingToRead
from crawler.extract import Rules
from crawler.extract.page import bare
from crawler.layout import Section
from crawler.survey.addresses import Articles, articles_among
from crawler.survey.feeds import read_addresses
from crawler.survey.markup import Found, layouts_of
from crawler.survey.page import PageSurvey
from crawler.survey.sections import paging_of, sections_of
from crawler.survey.seen import SeenPage

_MOST_SAMPLES = 24
_OWN_ARTICLES = 2


@attrs.frozen(kw_only=True)
class Draft:
    """What was found out about a site."""

    name: str
    title: str
    hosts: tuple[str, ...]
    sections: tuple[Section, ...]
    articles: Articles
    section_pages: str | None
    paging: str | None
    feeds: tuple[str, ...]
    sitemaps: tuple[str, ...]
    found: tuple[Found, ...]
    """The layouts, one for each generation of templates."""
    needs_javascript: bool
    pages: int


def draft(address: str, pages: Sequence[SeenPage], surveys: Mapping[str, PageSurvey], hosts: Sequence[str]) -> Draft:
    """What these pages of a site show.

    Args:
        surveys: what the lists among the pages link to, by their addresses.

    Raises:
        NothingToRead: there is no page, or no address on them looks like an article's.
    """
    if not pages:
        raise NothingToRead(address, "no page could be fetched", "look at it with 'baotinh capture'")
    links = [link for survey in surveys.values() for link in survey.links]
    articles = articles_among(links, hosts)
    if articles is None:
        reason = "no address on its pages looks like an article's: none has an id or a headline"
        raise NothingToRead(address, reason, "give the address of a page that lists articles")
    pattern = re.compile(articles.pattern)
    homes = [surveys[page.url] for page in pages if page.kind == "home" and page.url in surveys]
    lists = {page.section: surveys[page.url] for page in pages if page.kind == "section" and page.url in surveys}
    sections = _sections(homes, lists, hosts, pattern)
    samples = [page for page in pages if page.kind == "article" and pattern.search(urlsplit(page.url).path)]
    pagings = [paging_of(survey) for survey in surveys.values()]
    selectors = Counter(paging.selector for paging in pagings if paging.selector)
    templates = Counter(paging.template for paging in pagings if paging.template)
    return Draft(
        name=_name(hosts[0]),
        title=_title(homes, hosts[0]),
        hosts=tuple(hosts),
        sections=sections,
        articles=articles,
        section_pages=next((css for css, _ in selectors.most_common(1)), None),
        paging=next((one for one, _ in templates.most_common(1) if not selectors), None),
        feeds=_feeds(pages, sections, pattern),
        sitemaps=_naming(pages, "sitemap", pattern),
        found=layouts_of(samples[:_MOST_SAMPLES]),
        needs_javascript=not sections,
        pages=len(pages),
    )


def _sections(
    homes: Sequence[PageSurvey], lists: Mapping[str | None, PageSurvey], hosts: Sequence[str], pattern: re.Pattern[str]
) -> tuple[Section, ...]:
    """The sections of the menus whose pages name articles that not every page names."""
    named = {
        path: {link.url for link in survey.links if pattern.search(urlsplit(link.url).path)}
        for path, survey in lists.items()
    }
    everywhere = Counter(url for urls in named.values() for url in urls)
    often = {url for url, count in everywhere.items() if count > max(2, len(named) / 2)}
    found: dict[str, Section] = {}
    for survey in homes:
        for section in sections_of(survey, hosts, pattern.pattern):
            urls = named.get(section.path, set())
            if len(urls - often) >= _OWN_ARTICLES or (urls and len(named) <= 2):
                found.setdefault(section.path, section)
    return tuple(found.values())


def _naming(pages: Sequence[SeenPage], kind: str, pattern: re.Pattern[str]) -> tuple[str, ...]:
    """Paths of the feeds or sitemaps that name articles, or further sitemaps."""
    paths = []
    for page in pages:
        if page.kind == kind:
            named = read_addresses(page.body, page.url, page.headers, Rules(newspaper=""))
            if named.is_index or any(pattern.search(urlsplit(url).path) for url in named.urls):
                paths.append(page.path)
    return tuple(dict.fromkeys(paths))


def _feeds(pages: Sequence[SeenPage], sections: Sequence[Section], pattern: re.Pattern[str]) -> tuple[str, ...]:
    """The feeds; where a section's slug stands in their addresses, {section} in its place."""
    slugs = sorted((section.path.strip("/") for section in sections), key=len, reverse=True)
    feeds = []
    for path in _naming(pages, "feed", pattern):
        slug = next((slug for slug in slugs if re.search(rf"/{re.escape(slug)}(?=[/.]|$)", path)), None)
        feeds.append(path.replace(slug, "{section}") if slug else path)
    return tuple(dict.fromkeys(feeds))


def _name(host: str) -> str:
    labels = host.removeprefix("www.").split(".")
    name = re.sub(r"[^a-z0-9]", "", labels[0].lower())[:40]
    return name if re.fullmatch(r"[a-z][a-z0-9]{2,}", name) else f"bao{name}"[:40]


def _title(homes: Sequence[PageSurvey], host: str) -> str:
    for survey in homes:
        if survey.site_name:
            return survey.site_name
        parts = [part for part in re.split(r"\s+(?:\||::|–|-)\s+", survey.head_title or "") if part]
        if parts:
            return next((part for part in parts if bare(part).startswith("bao")), parts[0])[:80]
    return host
