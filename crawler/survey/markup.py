"""Selectors for the fields of a site's article pages, from what repeats from page to page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date

import attrs

from crawler.declaration.layout import Layout
from crawler.extract.selectors import Element
from crawler.extract.sources.tags import tag_boxes
from crawler.extract.text import bare, text_of
from crawler.survey.fields import (
    Sample,
    bodies,
    bylines,
    has_section,
    is_heading,
    is_of_links,
    is_quotation,
    kickers,
    leads,
    named,
    sample_of,
    section_links,
    stands_in,
    times,
    titles,
)
from crawler.survey.page import FetchedPage

_LONGEST_PAGE = 3 * 1024 * 1024
_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z_-]*\d{0,2}(?:[A-Za-z_-]+\d{0,2})?")
_PUBLISHED = (
    "meta[property='article:published_time']", "meta[itemprop=datePublished]", "meta[name=pubdate]", "time[datetime]",
)  # fmt: skip
_MODIFIED = "meta[property='article:modified_time']"
_BYLINE = re.compile(r"author|tac-?gia|byline|but-?danh|pseudonym", re.I)
# Classes that say how an element is placed or shown, not what it is.
_PLACED = re.compile(
    r"(?:col|row|offset|order|[mp][tblrxy]?|d|w|h|g|fs|fw|float|pull|flex|align|justify)-.*"
    r"|text-(?:left|right|center|justify|start|end|muted)|row|col|container|clearfix|active|first|last|left|right"
)
_LEAST = 0.6
_LEAST_OF_MIXED = 0.15
_LEAST_OF_RARE = 0.08
_MOST_GENERATIONS = 4
_FEWEST = 2
_NEARLY_ALL = 0.9
_AROUND_LINKS = ("li", "span", "div", "p", "strong", "b", "h1", "h2", "h3", "h4", "h5", "h6")


@attrs.frozen
class Found:
    """A layout, and on how many pages it gives the same as reading without rules."""

    layout: Layout
    read: int
    of: int


@attrs.frozen
class Sampled:
    """What layouts were drafted from: how many article pages were tried, and the days of their publication that are
    known, the first and the last."""

    pages: int = 0
    since: date | None = None
    until: date | None = None


def samples_of(pages: Iterable[FetchedPage]) -> list[Sample]:
    """The article pages that layouts can be drafted from."""
    return [sample_of(fetched) for fetched in pages if len(fetched.body) <= _LONGEST_PAGE]


def sampled(samples: Sequence[Sample]) -> Sampled:
    """How many pages these are, and of which days."""
    times = [one.general.published_at for one in samples if one.general and one.general.published_at]
    days = sorted(at.date() for at in times)
    return Sampled(len(samples), *((days[0], days[-1]) if days else ()))


def layouts_of(pages: Iterable[FetchedPage]) -> tuple[Found, ...]:
    """The layouts of these article pages, one for each generation of templates; none where no body repeats."""
    return layouts_among(samples_of(pages))


def layouts_among(samples: Sequence[Sample]) -> tuple[Found, ...]:
    """As `layouts_of`, of pages that were opened before."""
    rest = list(samples)
    found: list[Found] = []
    for tried in range(_MOST_GENERATIONS if rest else 0):
        body = _best(rest, bodies, least=_LEAST_OF_MIXED)
        of_body = [sample for sample in rest if body and sample.first(body) is not None]
        if body is None or (tried and len(of_body) < _FEWEST):
            break
        layout = layout_for(body, of_body)
        read = [sample for sample in of_body if sample.is_read_by(layout)]
        if read:
            found.append(Found(layout, len(read), len(of_body)))
        rest = [sample for sample in rest if sample not in of_body]
    return tuple(found)


def layout_for(body: str, samples: Sequence[Sample]) -> Layout:
    """The rules for the other fields of the pages that have this body."""
    lead = _best(samples, leads) or _best(samples, leads, least=_LEAST_OF_RARE, is_rare=True)
    having = [sample for sample in samples if lead and sample.first(lead) is not None]
    opens = sum(stands_in(sample, lead, body) for sample in having) * 2 > len(having)
    title = _best(samples, titles)
    byline = (
        _best(samples, bylines, least=0.3)
        or _best(samples, lambda one: named(one, _BYLINE), least=0.4)
        or _best(samples, bylines, least=_LEAST_OF_RARE, is_rare=True)
    )
    heading = _set_apart(samples, body, is_heading)
    layout = Layout(
        title=title,
        body=body,
        kicker=_best(samples, lambda sample: kickers(sample, title), least=0.3)
        or _best(samples, lambda sample: kickers(sample, title), least=_LEAST_OF_RARE, is_rare=True),
        section=_best([sample for sample in samples if has_section(sample)], section_links, least=0.5),
        lead=lead,
        lead_opens_body=opens,
        byline=byline,
        modified_at=_modified(samples),
        tags=_linked(_best(samples, lambda one: tag_boxes(one.page, one.first(title) if title else None), least=0.3)),
        # a name above a longer line, such as a counter, is no heading
        heading=heading if heading != byline else None,
        quote=_set_apart(samples, body, is_quotation, once=("div",)),
        related=_related(samples, body),
        drop=_leads_again(samples, body, lead),
    )
    # without a rule the time is found by its position; a rule must find more
    tried = [layout, *(attrs.evolve(layout, published_at=css) for css in _time_candidates(samples))]
    scores = [sum(sample.is_read_by(one) for sample in samples) for one in tried]
    best = max(scores)
    return next((one for one, score in zip(tried[1:], scores[1:], strict=True) if score == best), layout)


def _best(
    samples: Sequence[Sample],
    find: Callable[[Sample], Iterable[Element]],
    least: float = _LEAST,
    *,
    is_rare: bool = False,
) -> str | None:
    """The selector whose first match is on most pages one of the elements found there; ties go to the earlier.

    Args:
        least: the share of pages on which it must be.
        is_rare: few pages have it; on nearly all pages where the selector matches, it must match one of these elements.
    """
    counts: Counter[str] = Counter()
    for sample in samples:
        selectors: dict[str, None] = {}
        for element in find(sample):
            for css in _selectors(element):
                if css not in selectors and sample.first(css) is element:
                    selectors[css] = None
        counts.update(selectors.keys())
    for css, count in counts.most_common():
        if count < least * len(samples):
            break
        if not is_rare or count >= _NEARLY_ALL * sum(sample.first(css) is not None for sample in samples):
            return css
    return None


def _modified(samples: Sequence[Sample]) -> str | None:
    """The time of the last change; where no page shows one, the meta element, if the site uses the one beside it."""
    shown = _best(samples, lambda sample: times(sample, changed=True), least=0, is_rare=True)
    if shown is None and all(sample.page.select(_PUBLISHED[0]) for sample in samples):
        # on all pages it is the time at which they were stored
        return None if any(sample.page.select(_MODIFIED) for sample in samples) else _MODIFIED
    return shown


def _selectors(element: Element) -> Iterator[str]:
    """Selectors for an element: by its id, its classes, those of its parent."""
    tag = str(element.tag)
    named = element.get("id") or ""
    if _is_plain(named):
        yield f"#{named}"
    for name in (element.get("class") or "").split():
        if _is_plain(name):
            yield f"{tag}.{name}"
    if tag in ("h1", "article"):
        yield tag
    around = element.getparent()
    if around is not None:
        for name in (around.get("class") or "").split():
            if _is_plain(name):
                yield f".{name} > {tag}"
    if tag == "a":
        yield from _crumbs(element)


def _is_plain(name: str) -> bool:
    return bool(_PLAIN_NAME.fullmatch(name)) and not _PLACED.fullmatch(name)


def _crumbs(link: Element) -> Iterator[str]:
    """Selectors for a link by its position in breadcrumbs, where the first link leads to the home page."""
    around = link.getparent()
    if around is not None and around.tag in _AROUND_LINKS:
        nth = 1 + sum(1 for _ in around.itersiblings(around.tag, preceding=True))
        for css in _named(around.getparent()):
            yield f"{css} > {around.tag}:nth-of-type({nth}) a"
    if around is not None:
        nth = 1 + sum(1 for _ in link.itersiblings("a", preceding=True))
        for css in _named(around):
            yield f"{css} > a:nth-of-type({nth})"


def _named(element: Element | None) -> Iterator[str]:
    if element is None:
        return
    names = [f".{name}" for name in (element.get("class") or "").split()] + [f"#{element.get('id') or ''}"]
    yield from (name for name in names if _is_plain(name[1:]))


def _time_candidates(samples: Sequence[Sample]) -> list[str]:
    """Selectors to try, the likeliest first: meta elements, then what is shown once on each page."""
    metas = [css for css in _PUBLISHED if all(sample.page.select(css) for sample in samples)]
    counts: Counter[str] = Counter()
    lengths: dict[str, int] = {}
    for sample in samples:
        for element in times(sample):
            for css in _selectors(element):
                # times of other articles occur several times on a page
                counts[css] += len(sample.page.elements(css)) == 1
                # of an element and its parent, the inner one has less other text
                lengths[css] = max(lengths.get(css, 0), len(text_of(element)))
    shown = sorted(counts, key=lambda css: (-counts[css], lengths[css], " > " in css, css))
    return [*metas, *shown[:8]] or ["time"]


def _linked(css: str | None) -> str | None:
    return css if not css or css.startswith("a.") else f"{css} a"


def _related(samples: Sequence[Sample], body: str) -> str | None:
    """The classes of boxes in the text that contain only links to articles."""
    boxes: Counter[str] = Counter()
    others: set[str] = set()
    for sample in samples:
        container = sample.first(body)
        named: set[str] = set()
        for element in container.iter("div", "ul", "aside", "table", "section", "p") if container is not None else ():
            is_box = element is not container and is_of_links(element)
            for css in _own_names(element):
                (named if is_box else others).add(css)
        boxes.update(named)
    # a paragraph that is one link may be a box of links or the paper's only kind of paragraph: it must repeat
    found = [
        css for css, count in boxes.most_common() if css not in others and count >= (_FEWEST if css[:2] == "p." else 1)
    ]
    return ", ".join(found[:2]) or None


def _set_apart(
    samples: Sequence[Sample], body: str, is_one: Callable[[Element], bool], once: Sequence[str] = ()
) -> str | None:
    """The class of the body's own children that are all such: headings that are no h2, quotations.

    Args:
        once: the tags of which one element is enough. A paragraph's class may say how it is aligned, and must repeat.
    """
    such: Counter[str] = Counter()
    every: Counter[str] = Counter()
    for sample in samples:
        container = sample.first(body)
        for element in container if container is not None else ():
            if element.tag in ("p", "div"):
                names = [*_own_names(element)]
                every.update(names)
                such.update(names if is_one(element) else ())
    found = [
        css for css, count in such.most_common()
        if count >= (1 if css.partition(".")[0] in once else _FEWEST) and count >= _NEARLY_ALL * every[css]
    ]  # fmt: skip
    return ", ".join(found[:2]) or None


def _leads_again(samples: Sequence[Sample], body: str, lead: str | None) -> tuple[str, ...]:
    """The classes of the body's own children that print the lead a second time, as a script cut it out of the text."""
    found: Counter[str] = Counter()
    for sample in samples if lead else ():
        container, real = sample.first(body), sample.first(lead or "")
        opening = bare(text_of(real)) if real is not None else ""
        for element in container if container is not None and opening else ():
            again = bare(text_of(element)) if element.tag in ("div", "p") and element is not real else ""
            if again.startswith(opening) and again != opening:
                found.update(css for css in _own_names(element) if sample.page.elements(css) == [element])
    return tuple(css for css, count in found.most_common(1) if count >= _LEAST * len(samples))


def _own_names(element: Element) -> Iterator[str]:
    for name in (element.get("class") or "").split():
        if _is_plain(name):
            yield f"{element.tag}.{name}"
