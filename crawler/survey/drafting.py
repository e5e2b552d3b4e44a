"""Drafts a declaration from the pages of a site, as Python to be completed by hand."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

import attrs

from archive.errors import NothingToRead
from archive.printable import json_text, printable
from crawler.declaration.declared import DrawnPart
from crawler.declaration.layout import Layout, Rules, Section
from crawler.declaration.provinces import PROVINCES
from crawler.extract.text import bare
from crawler.survey.addresses import Articles, articles_among, is_article
from crawler.survey.feeds import read_addresses
from crawler.survey.markup import Found, Sampled, layouts_among, sampled, samples_of
from crawler.survey.page import FetchedPage, PageSurvey
from crawler.survey.sections import paging_of, sections_of

_MOST_SAMPLES = 40
_OWN_ARTICLES = 2


@attrs.frozen(kw_only=True)
class Draft:
    """What was found on a site."""

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
    sampled: Sampled
    """The article pages on which they were tried."""
    drawn: tuple[DrawnPart, ...]
    """The pages that scripts draw."""
    pages: int


def draft(
    address: str,
    pages: Sequence[FetchedPage],
    surveys: Mapping[str, PageSurvey],
    hosts: Sequence[str],
    drawn: tuple[DrawnPart, ...] = (),
) -> Draft:
    """Draft a declaration from these pages of a site; of `drawn` parts they are as the browser drew them.

    Args:
        surveys: what the lists among the pages link to, by their addresses.

    Raises:
        NothingToRead: there is no page, or none of their addresses has the form of an article's.
    """
    if not pages:
        raise NothingToRead(address, "no page could be fetched", "look at it with 'baotinh capture'")
    links = [link for survey in surveys.values() for link in survey.links]
    articles = articles_among(links, hosts)
    if articles is None:
        reason = "no address on its pages looks like an article's: none has an id or a headline"
        mend = "give the address of a page that lists articles" + (
            "" if drawn else ", or --draw where scripts draw them"
        )
        raise NothingToRead(address, reason, mend)
    pattern = re.compile(articles.pattern)
    homes = [surveys[page.url] for page in pages if page.kind == "home" and page.url in surveys]
    lists = {page.section: surveys[page.url] for page in pages if page.kind == "section" and page.url in surveys}
    sections = _sections(homes, lists, hosts, pattern)
    samples = samples_of(
        [page for page in pages if page.kind == "article" and is_article(pattern, page.url)][:_MOST_SAMPLES]
    )
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
        found=layouts_among(samples),
        sampled=sampled(samples),
        drawn=drawn or (() if sections else ("sections",)),
        pages=len(pages),
    )


def _sections(
    homes: Sequence[PageSurvey], lists: Mapping[str | None, PageSurvey], hosts: Sequence[str], pattern: re.Pattern[str]
) -> tuple[Section, ...]:
    """The sections of the menus whose pages name articles of their own."""
    named = {
        path: {link.url for link in survey.links if is_article(pattern, link.url)} for path, survey in lists.items()
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


def _naming(pages: Sequence[FetchedPage], kind: str, pattern: re.Pattern[str]) -> tuple[str, ...]:
    """Paths of the feeds or sitemaps that name articles, or further sitemaps."""
    found = {
        page.url: (page.path, read_addresses(page.body, page.url, page.headers, Rules(newspaper="")))
        for page in pages
        if page.kind == kind
    }
    behind = {url for _, named in found.values() if named.is_index for url in named.urls}
    paths = [
        path
        for url, (path, named) in found.items()
        if url not in behind and (named.is_index or any(is_article(pattern, one) for one in named.urls))
    ]
    return tuple(dict.fromkeys(paths))


def _feeds(pages: Sequence[FetchedPage], sections: Sequence[Section], pattern: re.Pattern[str]) -> tuple[str, ...]:
    """The feeds, with {section} in place of a section's slug."""
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


_WIDEST = 90


def source(draft: Draft) -> str:
    """The declaration, as Python that passes the schema and the linter."""
    province = next((one for one in PROVINCES if bare(one) in bare(draft.title) or bare(one) in draft.name), None)
    names = ["Layout"] * bool(draft.found) + ["Section"] * bool(draft.sections)
    lines = [
        f'"""{_plain(draft.title)}, drafted from {draft.pages} of its pages."""',
        "",
        "from crawler.crawl.newspaper import NewspaperSpider",
        *([f"from crawler.declaration.layout import {', '.join(names)}"] if names else []),
        "",
        "",
        f"class {draft.name.capitalize()}(NewspaperSpider):",
        f'    """{_summary(draft)}"""',
        "",
        f"    name = {_text(draft.name)}",
        f"    title = {_text(draft.title)}",
        f"    # {'guessed from the name' if province else 'unknown'}: one since July 2025, None for the whole country",
        f"    province = {_text(province) if province else None}",
        f"    provinces_before = {_tuple(PROVINCES.get(province or '', ()))}",
        f"    hosts = {_tuple(draft.hosts)}",
        f"    article_pattern = {_raw(draft.articles.pattern)}",
        f"    section_pages = {_text(draft.section_pages) if draft.section_pages else None}",
        *([f"    paging = {_text(draft.paging)}"] if draft.paging else []),
        f"    feeds = {_tuple(draft.feeds)}",
        f"    sitemaps = {_tuple(draft.sitemaps)}",
        *([f"    needs_browser = {_tuple(draft.drawn)}"] if draft.drawn else []),
        *_section_lines(draft.sections),
        *([f"    # {seen(draft)}"] if draft.found else []),
        *(layout_lines([one.layout for one in draft.found]) if draft.found else ["    layouts = ()"]),
    ]
    return "\n".join(lines) + "\n"


def _summary(draft: Draft) -> str:
    if not draft.found:
        return "No markup repeats on its article pages: they are read in the general way."
    read, tried = sum(one.read for one in draft.found), draft.sampled.pages
    by = "the layout" if len(draft.found) == 1 else f"one of {len(draft.found)} layouts"
    return f"An article was read by {by} on {read} of {tried} pages that were tried."


def seen(draft: Draft) -> str:
    """Of which days the pages were that the layouts are drafted from, and what that leaves open."""
    since, until = draft.sampled.since, draft.sampled.until
    days = f"published from {since} to {until}" if since and until else "whose days of publication are unknown"
    return f"drafted from {draft.sampled.pages} article pages {days}; older pages may have another layout"


def _section_lines(sections: Sequence[Section]) -> list[str]:
    if not sections:
        return ["    # none was found: they are looked for on the home page and in the sitemaps", "    sections = ()"]
    rows = [f"        Section({_text(section.name)}, {_text(section.path)})," for section in sections]
    return ["    sections = (", *rows, "    )"]


def layout_lines(layouts: Sequence[Layout]) -> list[str]:
    """The lines of a declaration that declare these layouts."""
    return ["    layouts = (", *(line for layout in layouts for line in _one_layout(layout)), "    )"]


def _one_layout(layout: Layout) -> list[str]:
    values = [(field.name, getattr(layout, field.name), field.default) for field in attrs.fields(Layout)]
    rows = [f"            {name}={_value(value)}," for name, value, usual in values if value != usual]
    return ["        Layout(", *rows, "        ),"]


def _value(value: object) -> str:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, date):
        return f"date({value.year}, {value.month}, {value.day})"
    return f"({', '.join(map(_text, value))},)" if isinstance(value, tuple) else repr(value)


def _plain(text: str) -> str:
    return printable(re.sub(r'["\\\n]', "", text)[:60])


def _text(text: str) -> str:
    return json_text(text)


def _raw(pattern: str) -> str:
    return f'r"{pattern}"' if '"' not in pattern else repr(pattern)


def _tuple(values: Sequence[str]) -> str:
    listed = ", ".join(_text(value) for value in values)
    if len(listed) > _WIDEST:
        return "(\n" + "".join(f"        {_text(value)},\n" for value in values) + "    )"
    return f"({listed},)" if len(values) == 1 else f"({listed})"
