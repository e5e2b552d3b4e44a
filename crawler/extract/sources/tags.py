"""The tags of a page without rules: those that it prints as links, else the keywords of its metadata."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator

from crawler.extract.class_names import words_of_names
from crawler.extract.page import Page
from crawler.extract.selectors import Element, behind, with_ancestors, with_attribute
from crawler.extract.sources.evidence import StructuredMetadata
from crawler.extract.text import bare, text_of

# links that say so to machines: rel-tag of the microformats, schema.org
_MARKED = "a[rel~=tag]:not([rel~=category]), a[itemprop~=keywords], [itemprop~=keywords] a"
_NAMED = re.compile(r"tag|keyword|tu-?_?khoa", re.IGNORECASE)
_WORDS = re.compile(r"(?:^|\ )(?:tags?|taglist|tag\ list|keywords?|tukhoa|tu\ khoa|hashtags?)(?:\ |$)")
# the tags of a whole site: those that are read most just now, or all of them
_OF_THE_SITE = re.compile(r"(?:^|\ )(?:hot|trend\w*|popular|cloud|noi\ bat|most|menu|nav\w*)(?:\ |$)")
_ADDRESS = re.compile(r"/(?:tags?|tu-khoa|tim-kiem|hashtags?|keywords?)(?:[/?.]|$)|-p?tag\d*\.html?$", re.IGNORECASE)
_AROUND_ONE = frozenset(("li", "h2", "h3", "h4", "h5", "span", "b", "strong", "em"))
_OUTSIDE = frozenset(("nav", "header", "footer", "aside", "form"))
_STEPS = 6
_LONGEST = 60
_MOST = 40
# a box of its own in each of several teasers
_REPEATED = 3


def read_tags(page: Page, metadata: StructuredMetadata, headline: Element | None, text: str) -> tuple[str, ...]:
    """The tags that the page prints as links, else JSON-LD's, else meta keywords if the text has half of them or more:
    others are the site's, the same on each page."""
    marked = [text_of(link) for link in page.elements(_MARKED)[:_MOST]]
    boxed = [text for box in tag_boxes(page, headline)[:1] for text in _links(box)]
    stated = metadata.json_ld.tags
    if found := _unique(marked) or _unique(boxed) or _unique(stated):
        return found
    keywords = _unique(word.strip() for word in metadata.meta.first("news_keywords", "keywords")[1].split(","))
    return keywords if 2 * sum(_says(text, word) for word in keywords) >= len(keywords) else ()


def tag_boxes(page: Page, headline: Element | None) -> list[Element]:
    """The boxes of tags behind the headline, in document order, without those of the site and of teasers.

    They are known by their class, or where none is by the addresses to which their links lead.
    """
    around = set(with_ancestors(headline)) if headline is not None else set()
    named = {one: None for one in with_attribute(page.root, "class", _NAMED) if _is_box(one) and one not in around}
    return _of_the_article(page, headline, named) or _of_the_article(
        page, headline, {one: None for one in _addressed(page) if one not in around}
    )


def _addressed(page: Page) -> Iterator[Element]:
    """What holds the links to pages of tags and to searches."""
    for link in itertools.islice(with_attribute(page.root, "href", _ADDRESS, tag="a"), _MOST):
        box = link.getparent()
        while box is not None and box.tag in _AROUND_ONE:
            box = box.getparent()
        if box is not None and _OF_THE_SITE.search(words_of_names(box.get("class") or "")) is None:
            yield box


def _of_the_article(page: Page, headline: Element | None, named: dict[Element, None]) -> list[Element]:
    outermost = [one for one in named if not any(above in named for above in _above(one))]
    alike = Counter(one.get("class") for one in outermost)
    boxes = [one for one in outermost if alike[one.get("class")] < _REPEATED and _is_of_the_page(one)]
    if headline is None or not boxes:
        return boxes
    below = behind(headline)
    return [one for one in boxes if one.node in below]


def _is_box(element: Element) -> bool:
    words = words_of_names(element.get("class") or "")
    return element.tag != "a" and _WORDS.search(words) is not None and _OF_THE_SITE.search(words) is None


def _is_of_the_page(box: Element) -> bool:
    is_outside = any(one.tag in _OUTSIDE for one in itertools.islice(with_ancestors(box), 2 * _STEPS))
    return not is_outside and box.tag not in ("i", "svg", "body") and bool(_links(box)) and _holds_links_alone(box)


def _holds_links_alone(box: Element) -> bool:
    """Whether it holds short links and little besides, and no picture: a teaser's label stands beside more."""
    letters, linked = len(text_of(box)), sum(map(len, _links(box)))
    return box.find(".//img") is None and letters - linked <= _LONGEST


def _links(box: Element) -> list[str]:
    texts = [text_of(link).lstrip("#").strip() for link in itertools.islice(box.iter("a"), _MOST)]
    return [text for text in texts if 0 < len(text) <= _LONGEST]


def _above(element: Element) -> Iterator[Element]:
    return itertools.islice(with_ancestors(element), 1, _STEPS)


def _unique(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for word in words if word))


def _says(text: str, word: str) -> bool:
    return (key := bare(word)) != "" and key in text
