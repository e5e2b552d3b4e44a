"""Where a printed time stands: below the headline, above it, amid the text or behind it."""

from __future__ import annotations

import enum
import itertools
import re
from collections.abc import Sequence

from crawler.extract.body.density import is_time
from crawler.extract.dates.parsing import read_time
from crawler.extract.selectors import Element, with_ancestors
from crawler.extract.text import text_of

_TIME = re.compile(
    r"date|time|ngay|publish|posted|stamp|meta-?info|detail-?info|datum|fecha|(?:^|[\s_-])gio(?:$|[\s_-])",
    re.IGNORECASE,
)
_LABELLED = re.compile(r"đăng|xuất\s+bản|phát\s+hành|published|posted|veröffentlicht|publié|publicado", re.IGNORECASE)
_OPENS_TIME = re.compile(
    r"(?:ngày\s+(?:đăng|xuất\s+bản)|(?:đăng|xuất\s+bản)\s+(?:ngày|lúc))\s*:?\s*(?:\w{1,9}\s{0,3}){0,3}[,|-]?\s*\d",
    re.IGNORECASE,
)
# what holds a headline of its own
_OWN = frozenset(("main", "article", "section"))
_LONGEST = 200
_LONG = 80
_STEPS = 40
_FEW = 3
_DEEP = 6
LEADING = 3
"""A lead, a caption: so many long texts may stand between the headline and the time."""


class TimePosition(enum.Enum):
    """Where a printed time stands. The value is its share of the weight that the visible page has in a vote."""

    MARKED = 1.0
    """An element that says to machines that it holds the time of publication."""
    BELOW = 0.98
    """Between the headline and the text, in an element named for a time."""
    BELOW_UNNAMED = 0.9
    """Between the headline and the text, in an element of no telling name."""
    AMID = 0.85
    """Behind the first long texts, of which the lead is one, in an element named for a time."""
    AMID_UNNAMED = 0.8
    """The same in an element of no telling name: day and clock, and little else."""
    CLOSING = 0.7
    """The last line of the text, made of day and clock, with a label of publication or without."""
    BEHIND = 0.45
    """Further in the text or behind it, named or labelled as a time: believed where others say the same."""
    ABOVE = 0.4
    """Right above the headline: the article's own in some templates, the clock of the site in others."""
    HEAD = 0.35
    """Further up, in the page's head: believed where others say the same."""


def position_of(
    element: Element, nth: int, head: int, openings: Sequence[tuple[int, Element]], headline: Element | None
) -> TimePosition | None:
    has_headline = headline is not None
    if element.get("itemprop") == "datePublished" or element.get("pubdate") is not None:
        return TimePosition.MARKED
    is_named = element.tag == "time" or _is_named(element)
    is_ahead = not openings or nth < openings[0][0]
    if headline is not None and nth <= head:
        return TimePosition.ABOVE if _stands_above(element, headline) else TimePosition.HEAD
    if is_ahead:
        return TimePosition.BELOW if is_named else TimePosition.BELOW_UNNAMED if has_headline else None
    if is_named and _is_amid(element, nth, openings):
        return TimePosition.AMID
    if has_headline and len(openings) > 1 and nth < openings[1][0] and _is_amid(element, nth, openings):
        return TimePosition.AMID_UNNAMED
    if _closes(element, openings[0][1]):
        return TimePosition.CLOSING
    return TimePosition.BEHIND if is_named or _LABELLED.search(element.text or "") else None


def _stands_above(element: Element, headline: Element) -> bool:
    """Whether it stands in what holds the headline closely, in the page's main part, or right ahead of it."""
    above_it = list(itertools.islice(with_ancestors(headline), _STEPS))
    within = next((nth for nth, one in enumerate(above_it) if one.tag in _OWN), _FEW)
    around = above_it[: 1 + max(_FEW, within)]  # all of the main part is the article's
    for steps, above in enumerate(itertools.islice(with_ancestors(element), _STEPS)):
        parent = above.getparent()
        if above is headline:
            return True
        if parent in around:
            assert parent is not None
            if parent.tag == "tr":  # cells stand side by side: columns of the page
                return False
            return parent.tag not in ("body", "html") or (steps < _FEW - 1 and above.getnext() is headline)
    return False


def _is_amid(element: Element, nth: int, openings: Sequence[tuple[int, Element]]) -> bool:
    """Whether a long text of the article follows: the next one stands with the first, and not with the time alone.

    Behind the only paragraphs of a short article comments and their times begin.
    """
    following = next((opening for place, opening in openings if place > nth), None)
    if following is None:
        return len(openings) < LEADING and _stands_with(element, openings[0][1])
    around = set(with_ancestors(following))
    shared = next((above for above in with_ancestors(element) if above in around), None)
    return shared is not None and shared in set(with_ancestors(openings[0][1]))


def _closes(element: Element, opening: Element) -> bool:
    """Whether it is the last line of the text, and says when the text was published, or a time and nothing else."""
    container = opening.getparent()
    line = next((one for one in itertools.islice(with_ancestors(element), _DEEP) if one.getparent() is container), None)
    if line is None:
        return False
    behind = itertools.islice(line.itersiblings(), _STEPS)
    if any(one.tag == opening.tag and len(short_text(one)) >= _LONG for one in behind):
        return False
    text = short_text(line)
    return has_clock(text) and (is_time(text) or _OPENS_TIME.match(text) is not None)


def _stands_with(element: Element, opening: Element) -> bool:
    """Whether it stands in the element that holds the paragraph, or beside it."""
    around = opening.getparent()
    return around is not None and any(one is around for one in itertools.islice(with_ancestors(element), 1, 3))


def _is_named(element: Element) -> bool:
    """Whether the element or one closely around it is named for a time."""
    return any(
        _TIME.search(f"{one.get('class') or ''} {one.get('id') or ''}")
        for one in itertools.islice(with_ancestors(element), 2)
        if one.tag not in ("body", "html", "main", "article")
    )


def has_clock(text: str) -> bool:
    found = read_time(text, "UTC") if text else None
    return found is not None and not found.day_only


def short_text(element: Element) -> str:
    """The text of an element that should be short; empty where it holds much."""
    if sum(1 for _ in itertools.islice(element.iter(), _LONGEST)) >= _LONGEST:
        return ""
    return text_of(element)[: _LONGEST + 1]
