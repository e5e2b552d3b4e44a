"""The times that a page shows, each with its position."""

from __future__ import annotations

import functools
import itertools
import re
from collections import Counter
from collections.abc import Container, Iterator

import attrs
import turbohtml

from crawler.extract.bylines.people import is_person
from crawler.extract.class_names import Kind, kind_of_name, words_of_names
from crawler.extract.dates.position import LEADING, TimePosition, has_clock, position_of, short_text
from crawler.extract.page import Page
from crawler.extract.selectors import Element, nodes, with_ancestors
from crawler.extract.text import SILENT, fold

# A cheap first look: a year, or a day of three numbers.
_DATELIKE = re.compile(r"(?:19|20|១៩|២០)\d\d|\d{1,2}[./-]\d{1,2}[./-]\d\d")
# Names, word by word, of what holds the times of others: readers' comments, related articles, the site's own clock.
_OF_OTHERS = re.compile(
    r"(?:.* )?(?:comments?|binh ?luan|y ?kien|replies|reply|phan ?hoi|ban ?doc ?viet|related|lien ?quan|"
    r"cung ?chuyen ?muc|sidebar|side ?bar|widgets?|teasers?|popular|ticker|latest|moi ?nhat|doc ?nhieu|tin ?khac|"
    r"marquee|weather|thoi ?tiet|nav|menu|footer)(?: .*)?|"
    r"(?:(?:site|page|main|top|web) ?)?header(?: (?:top|main|inner|wrap|wrapper|row|bar))?|head|top ?bar|top|masthead|"
    r"banner|dau ?trang"
)
# These name the site's own clock, and the sign of a clock beside the article's time, which stands below its headline.
_CLOCK = re.compile(r"(?:.* )?(?:clock|now|today|hom ?nay|hien ?tai|current|calendar)(?: .*)?")
_OF_WRITERS = re.compile(r"author|byline|autor|profil|tac-?gia", re.IGNORECASE)
_NO_WORD = re.compile(r"[\W\d_]+")
# Words of times and what is printed beside them; a sentence has others.
_LABELS = re.compile(
    r"\b(?:thứ|hai|ba|tư|năm|sáu|bảy|chủ nhật|ngày|tháng|lúc|giờ|phút|sáng|trưa|chiều|tối|cập nhật|đăng|xuất bản|"
    r"(?:lượt |người )?(?:xem|đọc)|bình luận|phản hồi|views?|comments?|min(?:utes?)? read|phút đọc|theo|bởi|"
    r"(?:last )?updated?|published|posted|on|at|by|veröffentlicht|aktualisiert|zuletzt|am|um|publié|mis à jour|le|à|"
    r"publicado|actualizado|el|de|del|a las|il|alle)\b",
    re.IGNORECASE,
)
_SPAN = re.compile(
    r"[/-](?:19|20)\d\d\W{1,3}(?:\d\d[:h]\d\d\W{1,3})?(?:[-–—]|đến)\s{0,3}(?:\d\d[:h]\d\d\W{1,3})?\d{1,2}[/-]\d{1,2}[/-]"
)
_LONG = 80
_LONGEST = 200
_LONGEST_UNNAMED = 90
_MOST_LETTERS = 45
_MOST = 60
_TEASER = 25
_STEPS = 40
_FEW = 3
_REPEATED = 3
_TITLE_LIKE = frozenset(("h2", "h3", "h4"))
_OUTSIDE = frozenset(("nav", "footer", "aside", "form", "dialog"))


_UNNAMED = frozenset((TimePosition.BELOW_UNNAMED, TimePosition.AMID_UNNAMED, TimePosition.ABOVE))


@attrs.frozen
class PrintedTime:
    """A text that states a time, with its place as it is shown to people."""

    text: str
    place: str
    position: TimePosition


def printed_times(page: Page, headline: Element | None) -> list[PrintedTime]:
    """The times that may be the article's own, in document order: none of comments, teasers, lists and clocks.

    Args:
        headline: the element of the article's headline; without it only named elements ahead of the text count.
    """
    around = set(headline.iterancestors()) if headline is not None else set()
    head, openings, stamped = _scan(page.root, headline)
    if openings:
        around |= set(openings[0][1].iterancestors())
    stamped = [
        (nth, element)
        for nth, element in stamped[: 4 * _MOST]
        if not _is_of_others(element, around, is_below=0 <= head < nth and (not openings or nth < openings[0][0]))
    ]
    repeated = Counter(_signature(element) for _, element in stamped)
    found: dict[tuple[str, str], PrintedTime] = {}
    for nth, element in stamped:
        position = position_of(element, nth, head, openings, headline)
        if position is None:
            continue
        is_repeated = repeated[_signature(element)] >= _REPEATED
        if is_repeated and position in (TimePosition.AMID, TimePosition.BEHIND, TimePosition.ABOVE, TimePosition.HEAD):
            continue
        for text in _texts(element, around, is_named=position not in _UNNAMED):
            if position is TimePosition.AMID_UNNAMED and not has_clock(text):
                continue
            found.setdefault((text, position.name), PrintedTime(text, _place(element), position))
        if len(found) >= _MOST:
            break
    return list(found.values())


def _scan(root: Element, headline: Element | None) -> tuple[int, list[tuple[int, Element]], list[tuple[int, Element]]]:
    """The places of the headline's end and of the long texts behind it, and the elements that state days."""
    head = nth = -1
    openings: list[tuple[int, Element]] = []
    title = set(headline.node.descendants) if headline is not None else frozenset[turbohtml.Node]()
    last = _last_within(headline).node if headline is not None else None
    stamped: list[tuple[int, Element]] = []
    seen: set[turbohtml.Node] = set()
    marked = {node for node in nodes(root, _MARKED) if node.tag == "time" or _machine_stamp(Element(node)) is not None}
    for node in (root.node, *root.node.descendants):
        if isinstance(node, turbohtml.Element):
            nth += 1
            if node in marked:
                seen.add(node)
                stamped.append((nth, Element(node)))
            if last is not None and node == last:
                head = nth
            continue
        around = node.parent
        if not isinstance(node, turbohtml.Text) or not isinstance(around, turbohtml.Element) or around.tag in SILENT:
            continue
        words = node.data
        # what follows an element stands behind all that it holds
        place = nth + (node.previous_sibling is not None)
        may_open = len(openings) < LEADING and (head >= 0 or headline is None) and around.tag != "a"
        if may_open and len(words) >= _LONG and len(words.strip()) >= _LONG and node not in title:
            openings.append((place, Element(around)))
        if len(words) <= 4 * _LONGEST and around not in seen and _DATELIKE.search(words):
            seen.add(around)
            stamped.append((place, Element(around)))
    return head, openings, stamped


def _last_within(element: Element) -> Element:
    while len(element):
        element = element[-1]
    return element


_MARKED = "time, [datetime], [itemprop]"


def _machine_stamp(element: Element) -> str | None:
    """What an element marked for machines says, outside the head: a datetime attribute or microdata."""
    stamp: str | None = element.get("datetime")
    if stamp is None and element.get("itemprop") in ("datePublished", "dateCreated") and element.tag != "meta":
        stamp = element.get("content") or ""
    return stamp


def _is_of_others(element: Element, around: Container[Element], *, is_below: bool) -> bool:
    """Whether it stands in a comment, a teaser, a list of articles, a clock, or another part that is not the article's.

    What holds the headline as well holds the article: looked at is only what lies between the two.
    """
    for above in itertools.islice(with_ancestors(element), _STEPS):
        if above in around or above.tag in ("body", "html"):
            return False
        if above.tag in _OUTSIDE or (above.tag == "header" and above is not element):
            return True
        classes, id = above.get("class") or "", above.get("id") or ""
        if _is_named_for_others(classes, id) or _is_teaser(above) or (not is_below and _is_named_as_clock(classes, id)):
            return True
    return False


@functools.lru_cache(maxsize=4096)
def _is_named_for_others(classes: str, id: str) -> bool:
    if kind_of_name(f"{classes} {id}") not in (None, Kind.PERHAPS):
        return True
    return any(_OF_OTHERS.fullmatch(words_of_names(name)) for name in (*classes.split(), id))


@functools.lru_cache(maxsize=4096)
def _is_named_as_clock(classes: str, id: str) -> bool:
    return any(_CLOCK.fullmatch(words_of_names(name)) for name in (*classes.split(), id))


def _is_teaser(element: Element) -> bool:
    """Whether an element holds the headline of another article: a heading, or a link of several words."""
    for part in itertools.islice(element.iter(), 80):
        if part.tag in _TITLE_LIKE and part is not element:
            return True
        words = fold("".join(itertools.islice(part.itertext(), 10))) if part.tag == "a" else ""
        if len(words) >= _TEASER and not is_person(words):
            return not _OF_WRITERS.search(f"{part.get('class') or ''} {part.get('rel') or ''} {part.get('href') or ''}")
    return False


def _texts(element: Element, around: Container[Element], *, is_named: bool) -> Iterator[str]:
    """What an element says of a time: its machine form first, then its words with what stands close around them."""
    stamp = _machine_stamp(element)
    if stamp:
        yield fold(stamp)[:_LONGEST]
    text = short_text(element)
    # a clock may stand beside the day in an element of its own
    above = element.getparent()
    for _ in range(2):
        if above is None or above in around or above.tag in ("body", "html") or has_clock(text):
            break
        wider = short_text(above)
        if not has_clock(wider):
            # day and clock in elements side by side, with no blank between
            wider = fold(" ".join(itertools.islice(above.itertext(), _STEPS)))
        if not 0 < len(wider) <= _LONGEST_UNNAMED:
            break
        if has_clock(wider):
            text = wider
        above = above.getparent()
    if text and (is_named or _is_mostly_time(text)):
        yield text
    elif (alone := _text_of_no_element(element)) is not None:
        yield alone


def _text_of_no_element(element: Element) -> str | None:
    """A time that stands between the elements of one that holds more."""
    tails = (fold(part.tail) for part in itertools.islice(element, _STEPS) if part.tail and len(part.tail) <= _LONGEST)
    return next((text for text in tails if has_clock(text) and _is_mostly_time(text)), None)


def _is_mostly_time(text: str) -> bool:
    """Whether few words stand beside the time: a name, a weekday, a label; no sentence, and no span of time."""
    if len(text) > _LONGEST_UNNAMED or _SPAN.search(text):
        return False
    rest = _LABELS.sub(" ", text)
    if len(_NO_WORD.sub("", rest)) > _MOST_LETTERS:
        return False
    words = [word for word in _NO_WORD.split(rest) if len(word) > 1]
    return sum(word[0].islower() for word in words) < _FEW and not (words and text.endswith((".", "!", "?")))


def _signature(element: Element) -> tuple[str, str, str, str]:
    above = element.getparent()
    if above is None:
        return str(element.tag), element.get("class") or "", "", ""
    return str(element.tag), element.get("class") or "", str(above.tag), above.get("class") or ""


def _place(element: Element) -> str:
    named = (element.get("class") or "").split()
    return f"{element.tag}.{named[0]}" if named else str(element.tag)
