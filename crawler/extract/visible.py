"""What the words on a page without rules say: headlines, times, bylines, in the order in which they are shown."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence

from crawler.extract.page import Page, fold, text_of
from crawler.extract.selection import Element

_TIME = re.compile(r"date|time|ngay|publish|posted|stamp|meta-?info|detail-?info|datum|fecha", re.IGNORECASE)
_BYLINE = re.compile(
    r"author|byline|by-line|writer|reporter|tac-?gia|tacgia|nguoi-?viet|pen-?name|butdanh|but-?danh|autor|verfasser|journalist",
    re.IGNORECASE,
)
_NO_BYLINE = re.compile(
    r"bio|avatar|image|photo|img|follow|related|comment|desc|box-?other|social|more|title-?tag", re.IGNORECASE
)
_MOST = 40
_LONGEST_BYLINE = 160
_LONGEST_TIME = 200


def headlines(page: Page) -> list[str]:
    """The texts of the h1 elements, in order."""
    return [text for text in (text_of(element) for element in list(page.root.iter("h1"))[:_MOST]) if text]


def times(page: Page) -> list[tuple[str, str]]:
    """Places and texts that may be the time of publication: time elements first, then what a class calls a time."""
    found: list[tuple[str, str]] = []
    for element in list(page.root.iter("time"))[:_MOST]:
        if stamp := element.get("datetime"):
            found.append(("time/@datetime", fold(stamp)[:_LONGEST_TIME]))
        found.append(("time", _short(element)))
    for element in _in_order(page, page.tree.classed(_TIME)):
        if element.tag != "time":
            found.append((_place(element), _short(element)))
    return [(place, text) for place, text in found if any(letter.isdigit() for letter in text)]


def bylines(page: Page) -> list[tuple[str, list[str]]]:
    """Places and texts that name authors: those marked so for machines first, then what a class calls a byline."""
    marked = page.elements("[rel~=author], [itemprop=author]")
    found = [("rel or itemprop author", [text for text in map(_name, marked[:_MOST]) if text])]
    classed = [
        element
        for element in _in_order(page, page.tree.classed(_BYLINE))
        if not _NO_BYLINE.search(element.get("class") or "")
    ]
    by_place: dict[str, list[str]] = {}
    for element in _innermost(classed):
        text = _short(element)
        if 2 < len(text) <= _LONGEST_BYLINE and not _is_aside(element):
            by_place.setdefault(_place(element), []).append(text)
    found += by_place.items()
    return [(place, texts) for place, texts in found if texts]


def _name(element: Element) -> str:
    named = next((part for part in element.iter() if part.get("itemprop") == "name"), element)
    return (fold(named.get("content") or "") or _short(named))[:_LONGEST_BYLINE]


def _short(element: Element) -> str:
    """The text of an element that should be short; of a long one the beginning."""
    return text_of(element)[: _LONGEST_TIME + 1] if _is_small(element) else ""


def _is_small(element: Element) -> bool:
    return sum(1 for _ in itertools.islice(element.iter(), 200)) < 200


def _in_order(page: Page, elements: Iterable[Element]) -> list[Element]:
    wanted = set(elements)
    if not wanted:
        return []
    found: list[Element] = []
    for element in page.root.iter():
        if element in wanted:
            found.append(element)
            if len(found) == _MOST:
                break
    return found


def _innermost(elements: Sequence[Element]) -> list[Element]:
    """Those that hold none of the others."""
    around = {above for element in elements for above in element.iterancestors()}
    return [element for element in elements if element not in around]


def _is_aside(element: Element) -> bool:
    return any(above.tag in ("aside", "footer", "nav", "figure", "li") for above in element.iterancestors())


def _place(element: Element) -> str:
    named = (element.get("class") or "").split()
    return f"{element.tag}.{named[0]}" if named else str(element.tag)
