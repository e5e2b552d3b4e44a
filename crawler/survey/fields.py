"""The elements of an article page that may hold each field, judged by what is read without rules."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Iterator
from urllib.parse import urlsplit

import attrs

from archive.article import Article
from archive.errors import NotAnArticle
from crawler.declaration.layout import Layout
from crawler.extract.article import extract_from
from crawler.extract.confidence import BODY_BY_RULE
from crawler.extract.page import Page, open_page
from crawler.extract.selectors import Element, with_ancestors
from crawler.extract.text import bare, fold, text_of
from crawler.survey.page import CRUMBS, MENU, FetchedPage

_DAY = re.compile(
    r"(?<!\d)\d{1,2}\s*[/.-]\s*\d{1,2}\s*[/.-]\s*(?:19|20)\d\d(?!\d)|ngày\s+\d{1,2}\s+tháng\s+\d{1,2}|(?:19|20)\d\d-\d\d-\d\d"
)
_CLOCK = re.compile(r"(?<!\d)\d{1,2}\s*(?::|h|g|giờ)\s*\d\d(?!\d)")
_CHANGED = re.compile(r"^\W*(?:cập\s+nhật|sửa)", re.I)
_BLOCKS = ("p", "div", "table", "ul", "ol", "section", "article", "form")
_LONGEST_TIME = 120
_LONGEST_HEADING = 120
_ENDS = (".", "!", "…", ";", ",", "”", '"')
_LONGEST_KICKER = 60
_TITLE_LENGTH = 20
_MOST_LINKS = 1000
_MENU_LEVELS, _MOST_CRUMBS = 5, 5
_NOBODY = "draft"


@attrs.frozen(eq=False)
class Sample:
    """An article page with its article as read without rules, which the drafted rules must match."""

    fetched: FetchedPage
    page: Page
    headline: str
    lead: str
    general: Article | None

    def first(self, css: str) -> Element | None:
        return next(iter(self.page.elements(css)), None)

    def is_read_by(self, *layouts: Layout) -> bool:
        """Whether the layouts find an article of a full time, with the title and time that are read without rules."""
        try:
            article = extract_from(self.page, self.fetched.captured_at, layouts, newspaper=_NOBODY)
        except NotAnArticle:
            return False
        if article.confidence.get("body", 0) < BODY_BY_RULE or bare(article.title)[:40] not in self.headline:
            return False
        known = self.general.published_at if self.general and "published_at" not in self.general.doubts else None
        return "published_at" not in article.missing and known in (None, article.published_at)


def sample_of(fetched: FetchedPage) -> Sample:
    page = open_page(fetched.body, fetched.url, fetched.headers)
    stated = [*page.select("meta[property='og:title']::attr(content)"), *page.select("head title::text")]
    leads = page.select("meta[property='og:description']::attr(content), meta[name=description]::attr(content)")
    texts = [fold(str(match)) for match in stated if fold(str(match))]
    try:
        general = extract_from(page, fetched.captured_at, (), newspaper=_NOBODY)
    except NotAnArticle:
        general = None
    headline = bare(max(texts, key=len, default="")) or bare(general.title if general else "")
    return Sample(fetched, page, headline, bare(fold(str(next(iter(leads), "")))), general)


def _is_small(element: Element) -> bool:
    """Whether an element has so few descendants that it may be a line of text; checked before its text is read."""
    return next(itertools.islice(element.iterdescendants(), 12, None), None) is None


def titles(sample: Sample) -> Iterator[Element]:
    """The elements whose text is the page's title; headings first."""
    found = []
    for element in sample.page.root.iter("h1", "h2", "h3", "h4", "div", "p", "span", "td", "strong"):
        if not _is_small(element) or next(element.iterancestors("a"), None) is not None:
            continue
        text = bare(text_of(element))
        if len(text) >= 12 and text in sample.headline and len(text) * 2 >= len(sample.headline):
            found.append(element)
    return iter(sorted(found, key=lambda element: str(element.tag)[0] != "h"))


def bodies(sample: Sample) -> Iterator[Element]:
    """The element with most letters in paragraphs, and its ancestors that hold no more."""
    letters: defaultdict[Element, int] = defaultdict(int)
    for paragraph in sample.page.root.iter("p", "div"):
        parent = paragraph.getparent()
        if parent is not None and not any(child.tag in _BLOCKS for child in paragraph):
            length = len(text_of(paragraph))
            letters[parent] += length if length >= 25 and paragraph.tag == "p" else length // 4
    best = max(letters, key=lambda element: letters[element], default=None)
    if best is not None and letters[best] >= 100:
        yield best


def leads(sample: Sample) -> Iterator[Element]:
    """The elements whose text is the page's description, or the lead as read without rules; else those that go on."""
    known = bare(sample.general.lead or "") if sample.general else ""
    described: list[Element] = []
    read: list[Element] = []
    longer: list[Element] = []
    for element in sample.page.root.iter("p", "div", "h2", "h3", "strong", "span"):
        text = bare(text_of(element)) if _is_small(element) else ""
        if len(text) < 30:
            continue
        if text == sample.lead:
            described.append(element)
        elif text == known:
            read.append(element)
        elif len(sample.lead) >= 30 and text.startswith(sample.lead[:80]) and len(text) < 3 * len(sample.lead):
            longer.append(element)
    # what goes on may be a piece of the text, lead and more
    yield from described or read or (longer if not known else ())


def stands_in(sample: Sample, inner: str | None, outer: str) -> bool:
    element, around = sample.first(inner) if inner else None, sample.first(outer)
    return element is not None and around is not None and any(above is around for above in element.iterancestors())


def times(sample: Sample, *, changed: bool = False) -> Iterator[Element]:
    """Short elements with a date and a time of day, in page order; or those of the last change."""
    for element in sample.page.root.iter("time", "span", "p", "div", "td", "li", "em", "i", "small", "b"):
        text = text_of(element) if _is_small(element) else ""
        is_time = len(text) <= _LONGEST_TIME and _DAY.search(text) and _CLOCK.search(text)
        if is_time and bool(_CHANGED.search(text)) == changed and next(element.iterancestors("a"), None) is None:
            yield element


def named(sample: Sample, pattern: re.Pattern[str]) -> Iterator[Element]:
    for element in sample.page.root.iter("div", "p", "span", "ul", "strong", "a"):
        named = f"{element.get('class') or ''} {element.get('id') or ''}"
        if pattern.search(named) and _is_small(element) and 2 <= len(text_of(element)) <= 200:
            yield element


def bylines(sample: Sample) -> Iterator[Element]:
    """The elements whose text is the byline or the author, as read without rules."""
    article = sample.general
    names = {bare(text) for text in (article.byline, ", ".join(article.authors)) if text} if article else set()
    for element in sample.page.root.iter("p", "div", "span", "strong", "b", "em", "a", "li", "td") if names else ():
        if _is_small(element) and bare(text_of(element)) in names:
            yield element


def kickers(sample: Sample, title: str | None) -> Iterator[Element]:
    """A short line right above the headline: no time, no breadcrumbs, and not the headline's own words."""
    headline = sample.first(title) if title else None
    for around in itertools.islice(with_ancestors(headline), 2):
        for before in itertools.islice(around.itersiblings(preceding=True), 2):
            text = text_of(before) if isinstance(before.tag, str) and _is_small(before) else ""
            is_path = isinstance(before.tag, str) and next(before.iter("a"), None) is not None
            if not is_path and 2 <= len(text) <= _LONGEST_KICKER and not _DAY.search(text):
                if bare(text) not in sample.headline and not _is_linked(sample, bare(text)):
                    yield before
                return


def _is_linked(sample: Sample, text: str) -> bool:
    """Whether a link of the page has this text, as those to a section have."""
    links = itertools.islice(sample.page.root.iter("a"), _MOST_LINKS)
    return any(len(link) < 2 and bare(text_of(link)) == text for link in links)


def has_section(sample: Sample) -> bool:
    """Whether it is known in which section an article stands."""
    return sample.fetched.section is not None or bool(sample.general and sample.general.section)


def section_links(sample: Sample) -> Iterator[Element]:
    """The links to the section in which the page was found, or that the structured metadata names, but in menus."""
    named = bare(sample.general.section or "") if sample.general else ""
    menus: dict[Element, bool] = {}
    for link in sample.page.root.iter("a"):
        path = urlsplit(link.get("href") or "").path.rstrip("/")
        is_own = sample.fetched.section is not None and path == sample.fetched.section.rstrip("/")
        if (is_own or (named and bare(text_of(link)) == named)) and not _is_in_menu(link, menus):
            yield link


def _is_in_menu(link: Element, known: dict[Element, bool]) -> bool:
    """Whether a link stands in the page's head or foot, or in a list of more links than breadcrumbs have."""
    for around in itertools.islice(link.iterancestors(), _MENU_LEVELS):
        if around not in known:
            names = f"{around.get('class') or ''} {around.get('id') or ''}"
            is_named = around.tag == "nav" or bool(MENU.search(names))
            is_long = (
                around.tag in ("nav", "ul", "ol")
                and next(itertools.islice(around.iter("a"), _MOST_CRUMBS, None), None) is not None
            )
            is_crumbs = bool(CRUMBS.search(names))
            known[around] = is_long or (is_named and not is_crumbs) or around.tag in ("footer", "header")
        if known[around]:
            return True
    return False


def is_heading(element: Element) -> bool:
    """Whether a line within a text may be a heading: short, no sentence, between texts and not below a picture."""
    text = text_of(element)
    if (
        not 4 <= len(text) <= _LONGEST_HEADING
        or text.endswith(_ENDS)
        or next(element.iter("a", "img"), None) is not None
    ):
        return False
    before, behind = element.getprevious(), element.getnext()
    if before is None or behind is None or before.find(".//img") is not None or before.tag in ("img", "figure"):
        return False
    return len(text_of(behind)) > len(text)


def is_quotation(element: Element) -> bool:
    """Whether all of a text is a quotation."""
    return text_of(element).startswith(("“", '"', "«", "‘"))


def is_of_links(element: Element) -> bool:
    links = [text for text in map(text_of, itertools.islice(element.iter("a"), 20)) if len(text) >= _TITLE_LENGTH]
    return bool(links) and sum(map(len, links)) >= 0.8 * len(text_of(element))
