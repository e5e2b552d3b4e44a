"""Which elements of an unknown page are furniture around its article; chooses no text."""

from __future__ import annotations

import functools
import itertools
import re
from collections import Counter
from collections.abc import Iterator

from crawler.extract.page import SILENT
from crawler.extract.selection import Element

# Named so, an element is furniture unless it holds a great part of the page's paragraphs.
_FURNITURE = r"""
    comments?|commentform|disqus\w*|binhluan|binh\ luan|respond|replies|postings
    |newsletter\w*|signup|sign\ up|donat\w*|membership|cookie\w*|consent|gdpr|modal|popup|overlay|tooltip|toast
    |footer\w*
    |ads?|advert\w*|adslot\w*|adsbygoogle|sponsor\w*|quangcao|quang\ cao|outbrain\w*|taboola\w*|dianomi
    |author\ (?:bio|box|info|card|profile)|about\ the\ author|(?:info|fact|fakten|fakta)\ ?box|ai\ (?:article\ )?summary
    |(?:post|article|story|news|product|teaser)\ card|most\ (?:read|popular|viewed)|popular|trending|doc\ nhieu|ticker
    |login|copyright|disclaimer|hidden"""
# Named so, even a paragraph or a heading is shown to no reader.
_UNSEEN = r"print\ only|printonly|sr\ only|visually\ hidden|screen\ reader\ \w+|noprint"
# These names are borne by bodies as well: what holds but two long paragraphs is none.
_PERHAPS = r"""
    related\w*|recommend\w*|recirc\w*|tinlienquan|tin\ lien\ quan|lienquan|lien\ quan|cungchuyenmuc|xemthem|xem\ them
    |doc\ them
    |more\ (?:from|on|stories|news|articles)|read\ (?:more|next|also)|also\ read|see\ also|you\ may|up\ next
    |next\ article
    |share\w*|sharing|social\w*|addthis\w*|sharethis|chiase|chia\ se|follow\w*|subscri\w*|paywall\w*|promo\w*
    |breadcrumbs?|sidebar|side\ bar|rightrail|right\ rail|navbar|navigation|nav|menu\w*|pagination|pager|toolbar
    |masthead
    |tags?|taglist|tag\ list|block\ tag|keywords|topics|labels|bio|teasers?|teaserlist|widget\w*|similar\w*
    |rating|vote|poll|thamdo|tham\ do|corrections?|jump\ to|skip\ link\w*|audio\ player|player"""
_NAMED = {
    name: re.compile(rf"(?:^|\ )(?:{words})(?:\ |$)", re.VERBOSE)
    for name, words in (("unseen", _UNSEEN), ("surely", _FURNITURE), ("perhaps", _PERHAPS))
}
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_PARTS = re.compile(r"[^a-z]+")
_TAGS = frozenset(("aside", "footer", "nav", "dialog", "menu"))
_ROLES = frozenset(("navigation", "complementary", "contentinfo", "search", "banner", "dialog", "alert"))
_WORDS = frozenset(
    ("p", "h1", "h2", "h3", "h4", "html", "body", "article", "main", "br", "img", "a", "span", "em", "strong")
)
_OF_FIGURES = frozenset(("figure", "figcaption", "picture"))
_LONG = 80
_LONGEST_CAPTION = 600
_FEW_TEXTS = 200
_SHARE = 0.4
_FEW = 2
_MOST_STEPS = 400


def furniture_of(body: Element) -> tuple[set[Element], set[Element]]:
    """The elements that are furniture by tag, role, class or id, and the forms that hold the page itself.

    What holds a great part of the page's long paragraphs is no furniture whatever it is called: whole pages stand in
    forms and in elements whose class says that they have a sidebar.
    """
    counts, whole = _paragraphs_within(body)
    most = max(2, _SHARE * whole)
    drop: set[Element] = set()
    opened: set[Element] = set()
    for element in body.iter():
        tag = element.tag
        if tag == "form":
            if counts.get(element, 0) >= most:
                opened.add(element)
        elif tag == "button":
            # galleries put each picture with its caption into a button that enlarges it
            if any(part.tag == "img" for part in itertools.islice(element.iter(), _FEW_TEXTS)):
                opened.add(element)
        elif (kind := _kind(element)) is None or tag in _OF_FIGURES:
            continue
        elif kind == "unseen" or (
            tag not in _WORDS
            and counts.get(element, 0) < (most if kind == "surely" else min(most, _FEW))
            and not _is_figure(element)
        ):
            drop.add(element)
    return drop, opened


def _paragraphs_within(body: Element) -> tuple[Counter[Element], int]:
    """How many long paragraphs stand below each element, and how many there are."""
    counts: Counter[Element] = Counter()
    whole = 0
    for element in body.iter():
        text, tail = element.text, element.tail
        is_long = text is not None and len(text) >= _LONG and element.tag not in SILENT and len(text.strip()) >= _LONG
        if is_long or (tail is not None and len(tail) >= _LONG and len(tail.strip()) >= _LONG):
            whole += 1
            start = element if is_long else element.getparent()
            counts.update(itertools.islice(_with_ancestors(start), _MOST_STEPS))
    return counts, whole


def _is_figure(element: Element) -> bool:
    """Whether it is a picture with its words and no link, whatever else its name says."""
    if element.tag in _TAGS or "caption" in (element.get("class") or "").lower():
        return element.tag not in _TAGS
    if not any(part.tag in ("img", "figcaption") for part in itertools.islice(element.iter(), _FEW_TEXTS)):
        return False
    said = sum(len(text.strip()) for text in itertools.islice(element.itertext(), _FEW_TEXTS))
    linked = sum(
        len("".join(itertools.islice(link.itertext(), 10)).strip()) for link in itertools.islice(element.iter("a"), 10)
    )
    return said <= _LONGEST_CAPTION and linked <= 0.3 * said


def _with_ancestors(element: Element | None) -> Iterator[Element]:
    while element is not None:
        yield element
        element = element.getparent()


def _kind(element: Element) -> str | None:
    """Whether an element is furniture: "unseen", "surely", "perhaps" or not."""
    named = f"{element.get('class') or ''} {element.get('id') or ''}"
    kind = furniture_name(named) if len(named) > 1 else None
    if kind is None or kind == "perhaps":
        return "surely" if element.tag in _TAGS or element.get("role") in _ROLES or _is_hidden(element) else kind
    return kind


def _is_hidden(element: Element) -> bool:
    return element.get("hidden") is not None or element.get("aria-hidden") == "true" or _is_not_displayed(element)


def _is_not_displayed(element: Element) -> bool:
    style = element.get("style")
    return bool(style) and "display:none" in style.replace(" ", "").lower()


@functools.lru_cache(maxsize=8192)
def furniture_name(named: str) -> str | None:
    """What a class and id say: "article-comments" is furniture surely, "has sidebar" perhaps."""
    words = boilerplate_words(named)
    return next((kind for kind, pattern in _NAMED.items() if pattern.search(words)), None) if words else None


def boilerplate_words(named: str) -> str:
    """The words of a class and id, in small letters with blanks between them: "topBar--Date" is "top bar date"."""
    return _PARTS.sub(" ", _CAMEL.sub(" ", named).lower()).strip()
