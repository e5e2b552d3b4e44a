"""Comments whose markup does not name them: a row of like elements, each with a name, and a time or a reply button."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Container, Iterator

from crawler.extract.selectors import Element, texts, with_ancestors
from crawler.extract.text import SILENT

_ACTION = re.compile(
    r"(?:thích|trả\s+lời|phản\s+hồi|báo\s+(?:cáo|xấu)|reply|like|report|antworten|répondre|responder|rispondi)(?:\s*\(?\d{0,5}\)?)",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"\d{1,2}[/.-]\d{1,2}[/.-]\d{4}|\b\d{1,2}\s+(?:giây|phút|giờ|ngày|tuần|tháng|năm)(?:\s+trước)?\s*$|\b\d{1,2}\s+\w{3,7}\s+ago\b"
)
_NAME = re.compile(r"[^\W\d_][\w.'’ -]{0,24}")
_YEAR = re.compile(r"\d{4}")
_BETWEEN = re.compile(r"\s*[·•|]\s*|\s+[-–—]\s+")
_ITEMS = frozenset(("div", "li", "tr", "article", "section", "blockquote"))
_NO_NAMES = frozenset(("h1", "h2", "h3"))
_WHOLE = frozenset(("ul", "ol", "table", "tbody"))
_FEWEST = 2
_LONG = 80
_LONGEST_SIGN = 60
_SHORTEST_SAID = 20
_MOST_WORDS = 4
_MOST_SIGNS = 400
_STEPS = 5
_MOST_TEXTS = 40


def unnamed_comments(body: Element, around_headline: Container[Element]) -> Iterator[Element]:
    """The elements of such rows behind the first long text; entries of a live report have a time, and no name."""
    rows: defaultdict[Element, dict[Element, None]] = defaultdict(dict)
    for sign in itertools.islice(_signs(body), _MOST_SIGNS):
        for item in itertools.islice(with_ancestors(sign), _STEPS):
            above = item.getparent()
            if above is None or item in around_headline:
                break
            if item.tag in _ITEMS:
                rows[above].setdefault(item)
    for above, items in rows.items():
        if len(items) < _FEWEST or not all(map(_is_comment, items)):
            continue
        yield from items
        # a list or table is read as a whole
        while above.tag in _WHOLE and all(part in items for part in above):
            yield above
            holder = above.getparent()
            if holder is None or len(holder) > 1:
                break
            above, items = holder, {above: None}


def _signs(body: Element) -> Iterator[Element]:
    """The elements in which a text is a time or the label of a reply button."""
    is_behind = False
    for text, around, opens in texts(body):
        if text.isspace() or (opens and around.tag in SILENT):
            continue
        if len(text) >= _LONG:
            is_behind = True
        elif is_behind and len(text) <= _LONGEST_SIGN and (_TIME.search(text) or _acts(text)):
            yield Element(around)


def _is_comment(item: Element) -> bool:
    """Whether an element holds a text, and a name with a time, or a reply button."""
    texts = [
        (part, text.strip())
        for part in itertools.islice(item.iter(), _MOST_TEXTS)
        for text in (part.text if part.tag not in SILENT else None, part.tail if part is not item else None)
        if text and not text.isspace()
    ]
    said = [part for part, text in texts if len(text) >= _SHORTEST_SAID and not (_TIME.search(text) or _acts(text))]
    said = [
        part for part in said if not any(above.tag == "a" for above in itertools.islice(with_ancestors(part), _STEPS))
    ]
    if not said or any(part.tag in _NO_NAMES for part, _ in texts):
        return False
    if any(_acts(text) for _, text in texts):
        return True
    return any(_TIME.search(text) for _, text in texts) and any(_is_name(text) for _, text in texts)


def _acts(text: str) -> bool:
    return any(_ACTION.fullmatch(part.strip()) for part in _BETWEEN.split(text))


def _is_name(text: str) -> bool:
    """Whether a short text begins with what may be a reader's name: capitalised, a few words, no year."""
    name = _BETWEEN.split(text)[0]
    is_short = len(name.split()) <= _MOST_WORDS and not _YEAR.search(name)
    return is_short and name[:1].isupper() and _NAME.fullmatch(name) is not None
