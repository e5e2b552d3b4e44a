"""A page of a site, with its links, menus and feeds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Literal
from urllib.parse import urlsplit

import attrs

from archive.urls import absolute, without_fragment
from crawler.declaration.declared import Declared
from crawler.declaration.layout import Rules
from crawler.extract.links import boilerplate_pictures, requisites
from crawler.extract.page import Page
from crawler.extract.selectors import Element
from crawler.extract.text import fold, text_of

Kind = Literal["home", "section", "further", "article", "feed", "sitemap", "robots", "other"]


@attrs.frozen(kw_only=True, eq=False)
class FetchedPage:
    """A response with status 200; `kind` is what was requested."""

    kind: Kind
    url: str
    body: bytes
    headers: Mapping[str, str]
    captured_at: datetime
    section: str | None = None
    """Path of the section in which it was found."""

    @property
    def path(self) -> str:
        """The path of its address, with the query where there is one."""
        parts = urlsplit(self.url)
        return parts.path + (f"?{parts.query}" if parts.query else "")


def kind_in(declared: type[Declared], url: str) -> Kind:
    """The kind of a declared newspaper's page, by its address."""
    parts = urlsplit(url)
    path, sections = parts.path.rstrip("/"), {section.path.rstrip("/") for section in declared.sections}
    if declared.article_of(url) is not None:
        return "article"
    if parts.query and f"{parts.path}?{parts.query}" in sections:
        return "section"
    if not path:
        return "home"
    if path in {section.partition("?")[0].rstrip("/") for section in sections}:
        return "further" if parts.query else "section"
    if _is_one(path, declared.sitemaps):
        return "sitemap"
    slugs = [section.path.strip("/") for section in declared.sections]
    feeds = [feed.replace("{section}", slug) for feed in declared.feeds for slug in slugs or [""]]
    return "feed" if _is_one(path, feeds) else "other"


def section_of(declared: type[Declared], fetched: FetchedPage) -> str | None:
    """The name of the declared section in which a page was found."""
    return next((section.name for section in declared.sections if section.path == fetched.section), None)


def _is_one(path: str, addresses: Iterable[str]) -> bool:
    return path in {urlsplit(address).path.rstrip("/") for address in addresses}


# A longer page is cut before it is parsed: menus and most links are at the top.
LONGEST = 4 * 1024 * 1024
_MOST_LINKS = 3000
_LEVELS = 9
MENU = re.compile(r"(?:^|[-_\s])(?:(?:main|top|sub|site)?(?:menu|nav)\w*|chuyen-?muc|danh-?muc|categor\w*)", re.I)
CRUMBS = re.compile(r"breadcrumb|duong-?dan", re.I)
_FOOTER = re.compile(rf"foot|chan-?trang|{CRUMBS.pattern}|(?:^|[-_\s])tags?(?:$|[-_\s])", re.I)
_FEED_PATH = re.compile(r"(?:/rss/|/feeds?/|\.rss$|\.atom$|rss[^/]*\.xml$)", re.I)
# menus in scripts: markup in strings, and objects with an address and a name
_WRITTEN = re.compile(
    r"<a\b[^<>]{0,300}?href=\\?[\"']([^\"'\\\s<>]{1,300})\\?[\"'][^<>]{0,300}>([^<>]{2,60})<\\?/a>", re.I
)
_OBJECT = re.compile(
    r"\{[^{}]{0,300}?[\"']?(?:url|href|link|path)[\"']?\s*:\s*[\"']([^\"'\s]{1,300})[\"'][^{}]{0,300}\}", re.I
)
_NAMED = re.compile(r"[\"']?(?:name|title|text|label)[\"']?\s*:\s*[\"']([^\"'<>]{2,60})[\"']", re.I)


@attrs.frozen
class Link:
    """A link: absolute address, text, and whether it is in a menu, or in breadcrumbs or an imprint (`aside`)."""

    url: str
    text: str
    in_menu: bool = False
    is_aside: bool = False
    box: int = 0
    """Number of the list or block around it: links of one box belong together."""

    @property
    def path(self) -> str:
        """The path of its address, with the query where there is one."""
        parts = urlsplit(self.url)
        return parts.path + (f"?{parts.query}" if parts.query else "")


@attrs.frozen(kw_only=True)
class PageSurvey:
    """The links, menus and feeds of a page."""

    url: str
    links: tuple[Link, ...]
    feeds: tuple[str, ...]
    head_title: str | None
    site_name: str | None
    requisites: list[str]
    boilerplate: list[str]


def survey_page(page: Page, rules: Rules) -> PageSurvey:
    """Survey a page; callers cut a body longer than LONGEST, so that it is not parsed whole."""
    links = tuple(_links(page))
    declared = page.select("link[rel=alternate][type*=rss]::attr(href), link[rel=alternate][type*=atom]::attr(href)")
    feeds = [page.absolute(str(address)) for address in declared]
    feeds += [link.url for link in links if _FEED_PATH.search(urlsplit(link.url).path)]
    return PageSurvey(
        url=page.url,
        links=links,
        feeds=tuple(dict.fromkeys(feed for feed in feeds if feed)),
        head_title=_first(page, "head title::text"),
        site_name=_first(page, "meta[property='og:site_name']::attr(content)"),
        requisites=requisites(page),
        boilerplate=boilerplate_pictures(page, re.compile(rules.article_pattern)),
    )


def _first(page: Page, css: str) -> str | None:
    return next((text for match in page.select(css) if (text := fold(str(match)))), None)


def _links(page: Page) -> Iterator[Link]:
    boxes: dict[Element, int] = {}
    for count, element in enumerate(page.root.iter("a")):
        if count >= _MOST_LINKS:
            return
        address = element.get("href")
        if not address or address.startswith(("#", "javascript:", "mailto:", "tel:")):
            continue
        if url := page.absolute(address):
            in_menu, is_aside, box = _place(element)
            text = text_of(element)[:300] or fold(element.get("title") or "")[:300]
            yield Link(without_fragment(url), text, in_menu, is_aside, boxes.setdefault(box, len(boxes) + 1))
    for script in page.root.iter("script"):
        if script.get("src") is None and (script.get("type") or "text/javascript").endswith("javascript"):
            yield from _written(script.text or "", page.base)


def _place(link: Element) -> tuple[bool, bool, Element]:
    """Whether a link is in a menu, whether it is in breadcrumbs or an imprint, and the box around it."""
    in_menu = is_aside = False
    box: Element | None = None
    above: Element = link
    for _level, above in zip(range(_LEVELS), link.iterancestors(), strict=False):
        if above.tag in ("body", "html"):
            break
        named = f"{above.get('class') or ''} {above.get('id') or ''}"
        in_menu = in_menu or above.tag == "nav" or above.get("role") == "navigation" or bool(MENU.search(named))
        is_aside = is_aside or above.tag == "footer" or bool(_FOOTER.search(named))
        if box is None and len(above) > 2:
            box = above
    return in_menu, is_aside, box if box is not None else above


def _written(script: str, base: str) -> Iterator[Link]:
    script = script[:500_000]
    found = [(address, text) for address, text in _WRITTEN.findall(script)]
    for entry in _OBJECT.finditer(script):
        if name := _NAMED.search(entry[0]):
            found.append((entry[1], name[1]))
    for address, text in found[:300]:
        if url := absolute(address.replace("\\/", "/"), base):
            yield Link(without_fragment(url), fold(text), in_menu=True)
