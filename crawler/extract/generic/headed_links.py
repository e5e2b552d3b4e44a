"""Lists of other articles on a page without rules, by the heading above them: "Cùng chuyên mục", "Tin liên quan"."""

from __future__ import annotations

import itertools
import re
from collections.abc import Container, Iterator

from crawler.extract.selectors import Element, texts
from crawler.extract.text import SILENT

_OTHERS = re.compile(
    r"(?:các\s+|những\s+)?(?:tin|bài|tin\s+bài|bài\s+viết|tin\s+tức)\s+"
    r"(?:(?:cùng|trong)\s+(?:chuyên\s+)?(?:mục|chủ\s+đề)|liên\s+quan|khác|cũ\s+hơn|mới\s+hơn|đã\s+đưa|đọc\s+nhiều|xem\s+nhiều)|"
    r"(?:tin\s+)?cùng\s+(?:chuyên\s+mục|chủ\s+đề|tác\s+giả)|(?:có\s+thể\s+bạn|bạn\s+có\s+thể)\s+quan\s+tâm|"
    r"(?:đọc|xem)\s+(?:thêm|nhiều|tiếp)",
    re.IGNORECASE,
)
_LONGEST_HEADING = 40
_FEWEST_LINKS, _FEWEST_WORDS, _LONG = 2, 4, 80
_WHOLE = frozenset(("html", "body", "main"))
_MOST_STEPS = 6


def headed_links(body: Element, around_headline: Container[Element]) -> Iterator[Element]:
    """The boxes that such a heading opens, or that follow it, in which each long text stands beside a headline's
    link."""
    for text, around, opens in texts(body):
        if not opens or around.tag in SILENT or len(text) > _LONGEST_HEADING:
            continue
        if _OTHERS.fullmatch(text.strip(" \t\r\n:.»›>")) and (box := _box_of(Element(around), around_headline)):
            yield box


def _box_of(heading: Element, around_headline: Container[Element]) -> Element | None:
    top = heading
    for _ in range(_MOST_STEPS):
        if _links_in(top) >= _FEWEST_LINKS:
            return top if _is_list(top) else None
        behind = next(iter(top.itersiblings()), None)
        if behind is not None and behind not in around_headline and _links_in(behind) >= _FEWEST_LINKS:
            return behind if _is_list(behind) else None
        above = top.getparent()
        if above is None or above in around_headline or above.tag in _WHOLE or _is_behind_text(top, above):
            return None
        top = above
    return None


def _is_behind_text(element: Element, above: Element) -> bool:
    ahead = itertools.islice(element.itersiblings(preceding=True), 20)
    said = (text for one in ahead for text in itertools.islice(one.itertext(), 20))
    return bool((above.text and above.text.strip()) or any(text.strip() for text in said))


def _links_in(element: Element) -> int:
    """How many links of an element have the words of a headline."""
    links = [element] if element.tag == "a" else element.iter("a")
    return sum(len(" ".join(link.itertext()).split()) >= _FEWEST_WORDS for link in links)


def _is_list(box: Element) -> bool:
    """Whether no part of a box has more long texts than links."""
    return all(_long_texts(part) <= _links_in(part) for part in box) and not (box.text and len(box.text) >= _LONG)


def _long_texts(element: Element) -> int:
    return sum(len(text) >= _LONG and around.tag != "a" for text, around, _ in texts(element))
