"""The times that a page shows, and where each stands: below the headline, above it, or behind the text."""

from __future__ import annotations

import enum
import functools
import itertools
import re
from collections import Counter
from collections.abc import Container, Iterator, Sequence

import attrs

from crawler.extract.dates import read_time
from crawler.extract.naming import Kind, kind_of_name, words_of_names
from crawler.extract.page import SILENT, Page, fold, text_of
from crawler.extract.selection import Element

# A cheap first look: a year, or a day of three numbers.
_DATELIKE = re.compile(r"(?:19|20)\d\d|\d{1,2}[./-]\d{1,2}[./-]\d\d")
_TIME = re.compile(
    r"date|time|ngay|publish|posted|stamp|meta-?info|detail-?info|datum|fecha|(?:^|[\s_-])gio(?:$|[\s_-])",
    re.IGNORECASE,
)
# Names, word by word, of what holds the times of others: readers' comments, related articles, the site's own clock.
_OF_OTHERS = re.compile(
    r"(?:.* )?(?:comments?|binh ?luan|y ?kien|replies|reply|phan ?hoi|ban ?doc ?viet|related|lien ?quan|"
    r"cung ?chuyen ?muc|sidebar|side ?bar|widgets?|teasers?|popular|ticker|latest|moi ?nhat|doc ?nhieu|tin ?khac|"
    r"marquee|clock|now|today|hom ?nay|hien ?tai|current|weather|thoi ?tiet|calendar|nav|menu|footer)(?: .*)?|"
    r"(?:(?:site|page|main|top|web) ?)?header(?: (?:top|main|inner|wrap|wrapper|row|bar))?|head|top ?bar|top|masthead|"
    r"banner|dau ?trang"
)
_OF_WRITERS = re.compile(r"author|byline|autor|profil|tac-?gia", re.IGNORECASE)
_LABELLED = re.compile(r"đăng|xuất\s+bản|phát\s+hành|published|posted|veröffentlicht|publié|publicado", re.IGNORECASE)
_NO_WORD = re.compile(r"[\W\d_]+")
_LONG = 80
_LONGEST = 200
_LONGEST_UNNAMED = 90
_MOST_LETTERS = 45
_MOST = 60
_TEASER = 25
_STEPS = 40
_REPEATED = 3
_LEADING = 3
"""A lead, a caption: so many long texts may stand between the headline and the time."""
_TITLE_LIKE = frozenset(("h2", "h3", "h4"))
_OUTSIDE = frozenset(("nav", "footer", "aside", "form", "dialog"))


class Standing(enum.Enum):
    """Where a printed time stands. The value is its share of the weight that the visible page has in a vote."""

    MARKED = 1.0
    """An element that says to machines that it holds the time of publication."""
    BELOW = 0.98
    """Between the headline and the text, in an element named for a time."""
    BELOW_UNNAMED = 0.9
    """Between the headline and the text, in an element of no telling name."""
    AMID = 0.85
    """Behind the first long texts, of which the lead is one, in an element named for a time."""
    BEHIND = 0.45
    """Further in the text or behind it, named or labelled as a time: believed where others say the same."""
    ABOVE = 0.4
    """Above the headline: the article's own in some templates, the clock of the site in others."""


@attrs.frozen
class PrintedTime:
    """A text that states a time, with its place as it is shown to people."""

    text: str
    place: str
    standing: Standing


def printed_times(page: Page, headline: Element | None) -> list[PrintedTime]:
    """The times that may be the article's own, in document order: none of comments, teasers, lists and clocks.

    Args:
        headline: the element of the article's headline; without it only named elements ahead of the text count.
    """
    around = set(headline.iterancestors()) if headline is not None else set()
    head, openings, stamped = _scan(page.root, headline)
    if openings:
        around |= set(openings[0][1].iterancestors())
    repeated = Counter(_signature(element) for _, element in stamped)
    found: dict[tuple[str, str], PrintedTime] = {}
    for nth, element in stamped[: 4 * _MOST]:
        if _is_of_others(element, around):
            continue
        standing = _standing(element, nth, head, openings, headline is not None)
        if standing is None:
            continue
        is_repeated = repeated[_signature(element)] >= _REPEATED
        if is_repeated and standing in (Standing.AMID, Standing.BEHIND, Standing.ABOVE):
            continue
        for text in _texts(element, around, is_named=standing is not Standing.BELOW_UNNAMED):
            found.setdefault((text, standing.name), PrintedTime(text, _place(element), standing))
        if len(found) >= _MOST:
            break
    return list(found.values())


def _scan(root: Element, headline: Element | None) -> tuple[int, list[tuple[int, Element]], list[tuple[int, Element]]]:
    """The places of the headline's end and of the long texts behind it, and the elements that state days."""
    head = -1
    openings: list[tuple[int, Element]] = []
    last: Element | None = None if headline is None else _last_within(headline)
    stamped: list[tuple[int, Element]] = []
    seen: set[Element] = set()
    for nth, element in enumerate(root.iter()):
        text, tail = element.text, element.tail
        above = element.getparent()
        if len(openings) < _LEADING and (head >= 0 or headline is None) and element.tag not in SILENT:
            is_long = bool(text) and len(text) >= _LONG and len(text.strip()) >= _LONG and element.tag != "a"
            if is_long or (tail and len(tail) >= _LONG and len(tail.strip()) >= _LONG):
                openings.append((nth, element))
        if element is last:
            head = nth
        is_stamp = element.tag == "time" or _machine_stamp(element) is not None
        if element.tag in SILENT and not is_stamp:
            if tail and above is not None and _DATELIKE.search(tail) and above not in seen:
                seen.add(above)
                stamped.append((nth, above))
            continue
        for holder, words in ((element, text), (above, tail)):
            if holder is None or holder in seen or (holder.tag in SILENT and not is_stamp):
                continue
            if (holder is element and is_stamp) or (words and len(words) <= 4 * _LONGEST and _DATELIKE.search(words)):
                seen.add(holder)
                stamped.append((nth, holder))
    return head, openings, stamped


def _last_within(element: Element) -> Element:
    while len(element):
        element = element[-1]
    return element


def _machine_stamp(element: Element) -> str | None:
    """What an element marked for machines says, outside the head: a datetime attribute or microdata."""
    stamp: str | None = element.get("datetime")
    if stamp is None and element.get("itemprop") in ("datePublished", "dateCreated") and element.tag != "meta":
        stamp = element.get("content") or ""
    return stamp


def _standing(
    element: Element, nth: int, head: int, openings: Sequence[tuple[int, Element]], has_headline: bool
) -> Standing | None:
    if element.get("itemprop") == "datePublished" or element.get("pubdate") is not None:
        return Standing.MARKED
    is_named = element.tag == "time" or _is_named(element)
    is_ahead = not openings or nth < openings[0][0]
    if has_headline and nth <= head:
        return Standing.ABOVE
    if is_ahead:
        return Standing.BELOW if is_named else Standing.BELOW_UNNAMED if has_headline else None
    if is_named and (len(openings) < _LEADING or nth < openings[-1][0]):
        return Standing.AMID
    return Standing.BEHIND if is_named or _LABELLED.search(element.text or "") else None


def _is_named(element: Element) -> bool:
    """Whether the element or one closely around it is named for a time."""
    return any(
        _TIME.search(f"{one.get('class') or ''} {one.get('id') or ''}")
        for one in itertools.islice(_with_ancestors(element), 2)
        if one.tag not in ("body", "html", "main", "article")
    )


def _is_of_others(element: Element, around: Container[Element]) -> bool:
    """Whether it stands in a comment, a teaser, a list of articles, a clock, or another part that is not the article's.

    What holds the headline as well holds the article: looked at is only what lies between the two.
    """
    for above in itertools.islice(_with_ancestors(element), _STEPS):
        if above in around or above.tag in ("body", "html"):
            return False
        if above.tag in _OUTSIDE or (above.tag == "header" and above is not element):
            return True
        if _is_named_for_others(above.get("class") or "", above.get("id") or "") or _is_teaser(above):
            return True
    return False


@functools.lru_cache(maxsize=4096)
def _is_named_for_others(classes: str, id: str) -> bool:
    if kind_of_name(f"{classes} {id}") not in (None, Kind.PERHAPS):
        return True
    return any(_OF_OTHERS.fullmatch(words_of_names(name)) for name in (*classes.split(), id))


def _is_teaser(element: Element) -> bool:
    """Whether an element holds the headline of another article: a heading, or a link of several words."""
    for part in itertools.islice(element.iter(), 80):
        if part.tag in _TITLE_LIKE and part is not element:
            return True
        if part.tag == "a" and len(fold("".join(itertools.islice(part.itertext(), 10)))) >= _TEASER:
            return not _OF_WRITERS.search(f"{part.get('class') or ''} {part.get('rel') or ''} {part.get('href') or ''}")
    return False


def _texts(element: Element, around: Container[Element], *, is_named: bool) -> Iterator[str]:
    """What an element says of a time: its machine form first, then its words with what stands close around them."""
    stamp = _machine_stamp(element)
    if stamp:
        yield fold(stamp)[:_LONGEST]
    text = _short(element)
    # a clock may stand beside the day in an element of its own
    above = element.getparent()
    for _ in range(2):
        if above is None or above in around or above.tag in ("body", "html") or _has_clock(text):
            break
        wider = _short(above)
        if not 0 < len(wider) <= _LONGEST_UNNAMED:
            break
        if _has_clock(wider):
            text = wider
        above = above.getparent()
    if text and (is_named or _is_mostly_time(text)):
        yield text


def _has_clock(text: str) -> bool:
    found = read_time(text, "UTC") if text else None
    return found is not None and not found.day_only


def _is_mostly_time(text: str) -> bool:
    """Whether few words stand beside the time: a name, a weekday, a label; no sentence."""
    return len(text) <= _LONGEST_UNNAMED and len(_NO_WORD.sub("", text)) <= _MOST_LETTERS


def _short(element: Element) -> str:
    """The text of an element that should be short; empty where it holds much."""
    if sum(1 for _ in itertools.islice(element.iter(), _LONGEST)) >= _LONGEST:
        return ""
    return text_of(element)[: _LONGEST + 1]


def _signature(element: Element) -> tuple[str, str, str, str]:
    above = element.getparent()
    if above is None:
        return str(element.tag), element.get("class") or "", "", ""
    return str(element.tag), element.get("class") or "", str(above.tag), above.get("class") or ""


def _with_ancestors(element: Element) -> Iterator[Element]:
    above: Element | None = element
    while above is not None:
        yield above
        above = above.getparent()


def _place(element: Element) -> str:
    named = (element.get("class") or "").split()
    return f"{element.tag}.{named[0]}" if named else str(element.tag)
