"""Where a site's article pages keep their fields, by what repeats from page to page; declares nothing."""

from __future__ import annotations

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

import attrs

from archive.errors import NotAnArticle
from crawler.extract import extract
from crawler.extract.page import Page, bare, fold, open_page, text_of
from crawler.extract.selection import Element
from crawler.layout import Layout
from crawler.survey.seen import SeenPage

_LONGEST_PAGE = 3 * 1024 * 1024
# no numbers of articles, and nothing that a CSS selector would have to escape
_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z_-]*\d{0,2}(?:[A-Za-z_-]+\d{0,2})?")
_DAY = re.compile(
    r"(?<!\d)\d{1,2}\s*[/.-]\s*\d{1,2}\s*[/.-]\s*(?:19|20)\d\d(?!\d)|ngày\s+\d{1,2}\s+tháng\s+\d{1,2}|(?:19|20)\d\d-\d\d-\d\d"
)
_CLOCK = re.compile(r"(?<!\d)\d{1,2}\s*(?::|h|g|giờ)\s*\d\d(?!\d)")
_CHANGED = re.compile(r"^\W*(?:cập\s+nhật|sửa)", re.I)
_PUBLISHED = (
    "meta[property='article:published_time']", "meta[itemprop=datePublished]", "meta[name=pubdate]", "time[datetime]",
)  # fmt: skip
_BYLINE = re.compile(r"author|tac-?gia|byline|but-?danh|pseudonym", re.I)
_TAGS = re.compile(r"(?:^|[-_])(?:tags?|keywords?|tu-?khoa)(?:$|[-_])", re.I)
_BLOCKS = ("p", "div", "table", "ul", "ol", "section", "article", "form")
_LEAST = 0.6
_LONGEST_TIME = 120


@attrs.frozen
class Found:
    """A layout that was found, and on how many of the pages an article was read by it."""

    layout: Layout
    read: int
    of: int


@attrs.frozen(eq=False)
class _Sample:
    seen: SeenPage
    page: Page
    headline: str
    lead: str

    def first(self, css: str) -> Element | None:
        return next(iter(self.page.elements(css)), None)


def layout_of(pages: Iterable[SeenPage]) -> Found | None:
    """The layout of these article pages, tried on each; None where no body repeats."""
    samples = [_sample(seen) for seen in pages if len(seen.body) <= _LONGEST_PAGE]
    if not samples:
        return None
    title = _best(samples, _titles) or "h1"
    body = _best(samples, _bodies)
    if body is None:
        return None
    lead = _best(samples, _leads)
    rest = {
        "byline": _best(samples, lambda sample: _named(sample, _BYLINE), least=0.4),
        "modified_at": _best(samples, lambda sample: _times(sample, changed=True), least=0.05),
        "tags": _linked(_best(samples, lambda sample: _named(sample, _TAGS), least=0.4)),
    }
    tried = []
    for time in _time_candidates(samples):
        layout = Layout(title=title, published_at=time, body=body, unproved=True, **rest)  # type: ignore[arg-type]
        tried.append((sum(_reads(layout, sample) for sample in samples), layout))
    read, layout = max(tried, key=lambda one: one[0])
    opens = sum(_stands_in(sample, lead, body) for sample in samples) * 2 > len(samples) if lead else False
    layout = attrs.evolve(layout, lead=None if opens else lead, lead_opens_body=opens)
    return Found(layout, read, len(samples))


def _sample(seen: SeenPage) -> _Sample:
    page = open_page(seen.body, seen.url, seen.headers)
    told = [*page.select("meta[property='og:title']::attr(content)"), *page.select("head title::text")]
    leads = page.select("meta[property='og:description']::attr(content), meta[name=description]::attr(content)")
    texts = [fold(str(match)) for match in told if fold(str(match))]
    return _Sample(seen, page, bare(max(texts, key=len, default="")), bare(fold(str(next(iter(leads), "")))))


def _best(
    samples: Sequence[_Sample], find: Callable[[_Sample], Iterable[Element]], least: float = _LEAST
) -> str | None:
    """The selector whose first match is on most pages one of the elements found there; ties go to the earlier."""
    counts: Counter[str] = Counter()
    for sample in samples:
        selectors: dict[str, None] = {}
        for element in find(sample):
            for css in _selectors(element):
                if css not in selectors and sample.first(css) is element:
                    selectors[css] = None
        counts.update(selectors.keys())
    found = counts.most_common(1)
    return found[0][0] if found and found[0][1] >= least * len(samples) else None


def _selectors(element: Element) -> Iterator[str]:
    """What an element can be called by: its id, its classes, those of the element around it."""
    tag = str(element.tag)
    named = element.get("id") or ""
    if _PLAIN_NAME.fullmatch(named):
        yield f"#{named}"
    for name in (element.get("class") or "").split():
        if _PLAIN_NAME.fullmatch(name):
            yield f"{tag}.{name}"
    if tag in ("h1", "article"):
        yield tag
    around = element.getparent()
    if around is not None:
        for name in (around.get("class") or "").split():
            if _PLAIN_NAME.fullmatch(name):
                yield f".{name} > {tag}"


def _is_small(element: Element) -> bool:
    """Whether so few elements stand in it that it may be a line of text; asked before the text is, on any depth."""
    return next(itertools.islice(element.iterdescendants(), 12, None), None) is None


def _titles(sample: _Sample) -> Iterator[Element]:
    """The elements that say what the page's own title says; headings first."""
    found = []
    for element in sample.page.root.iter("h1", "h2", "h3", "h4", "div", "p", "span", "td", "strong"):
        if not _is_small(element) or next(element.iterancestors("a"), None) is not None:
            continue
        said = bare(text_of(element))
        if len(said) >= 12 and said in sample.headline and len(said) * 2 >= len(sample.headline):
            found.append(element)
    return iter(sorted(found, key=lambda element: str(element.tag)[0] != "h"))


def _bodies(sample: _Sample) -> Iterator[Element]:
    """The element that holds most letters in paragraphs, and those around it that hold no more."""
    letters: defaultdict[Element, int] = defaultdict(int)
    for paragraph in sample.page.root.iter("p", "div"):
        parent = paragraph.getparent()
        if parent is not None and not any(child.tag in _BLOCKS for child in paragraph):
            length = len(text_of(paragraph))
            letters[parent] += length if length >= 25 and paragraph.tag == "p" else length // 4
    best = max(letters, key=lambda element: letters[element], default=None)
    if best is not None and letters[best] >= 100:
        yield best


def _leads(sample: _Sample) -> Iterator[Element]:
    """The elements that say what the page's description says."""
    if len(sample.lead) < 30:
        return
    for element in sample.page.root.iter("p", "div", "h2", "h3", "strong", "span"):
        said = bare(text_of(element)) if _is_small(element) else ""
        if len(said) >= 30 and said.startswith(sample.lead[:80]) and len(said) < 3 * len(sample.lead):
            yield element


def _stands_in(sample: _Sample, inner: str | None, outer: str) -> bool:
    element, around = sample.first(inner) if inner else None, sample.first(outer)
    return element is not None and around is not None and any(above is around for above in element.iterancestors())


def _times(sample: _Sample, *, changed: bool = False) -> Iterator[Element]:
    """Short elements that say a day and a clock, in page order; or those that say so of the last change."""
    for element in sample.page.root.iter("time", "span", "p", "div", "td", "li", "em", "i", "small", "b"):
        said = text_of(element) if _is_small(element) else ""
        is_time = len(said) <= _LONGEST_TIME and _DAY.search(said) and _CLOCK.search(said)
        if is_time and bool(_CHANGED.search(said)) == changed and next(element.iterancestors("a"), None) is None:
            yield element


def _time_candidates(samples: Sequence[_Sample]) -> list[str]:
    """Selectors to try, the likeliest first: meta elements, then what is shown once on each page."""
    metas = [css for css in _PUBLISHED if all(sample.page.select(css) for sample in samples)]
    counts: Counter[str] = Counter()
    lengths: dict[str, int] = {}
    for sample in samples:
        for element in _times(sample):
            for css in _selectors(element):
                # the time of other articles stands several times on a page
                counts[css] += len(sample.page.elements(css)) == 1
                # of an element and the one around it, the inner one says the least besides
                lengths[css] = max(lengths.get(css, 0), len(text_of(element)))
    shown = sorted(counts, key=lambda css: (-counts[css], lengths[css], " > " in css, css))
    return [*metas, *shown[:8]] or ["time"]


def _named(sample: _Sample, pattern: re.Pattern[str]) -> Iterator[Element]:
    for element in sample.page.root.iter("div", "p", "span", "ul", "strong", "a"):
        named = f"{element.get('class') or ''} {element.get('id') or ''}"
        if pattern.search(named) and _is_small(element) and 2 <= len(text_of(element)) <= 200:
            yield element


def _linked(css: str | None) -> str | None:
    return css if not css or css.startswith("a.") else f"{css} a"


def _reads(layout: Layout, sample: _Sample) -> bool:
    """Whether an article of a full time is read, with a title that the page's own title repeats."""
    seen = sample.seen
    try:
        article = extract(seen.body, seen.url, seen.headers, seen.captured_at, (layout,), newspaper="draft")
    except NotAnArticle:
        return False
    return "published_at" not in article.missing and bare(article.title)[:40] in sample.headline
