"""Comments, polls and forums on a page without rules: by their markup, and by the heading above them."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Container, Iterator, Mapping

from crawler.extract.selectors import Element, texts
from crawler.extract.text import SILENT

_COMMENT_TYPE = re.compile(r"schema\.org/(?:User)?Comments?\b", re.IGNORECASE)
# What stands above the comments: "Bình luận (4)", "Ý kiến bạn đọc", "3 Comments", "Thăm dò ý kiến"
_DISCUSSION = re.compile(
    r"(?:\d{1,5}\s+)?(?:các\s+)?(?:(?:ý\s+kiến|bình\s+luận|thảo\s+luận|phản\s+hồi|thăm\s+dò|bình\s+chọn)"
    r"(?:\s+(?:ý\s+kiến|bạn\s+đọc|độc\s+giả|của\s+(?:bạn|độc\s+giả|bạn\s+đọc)|về\s+bài\s+viết|mới\s+nhất))*|"
    r"(?:reader\s+|user\s+)?comments?|join\s+the\s+(?:discussion|conversation)|(?:leser)?kommentare?|commentaires?|comentarios?|"
    r"reacties)\s*(?:[(\[]?\s*\d{0,6}\s*[)\]]?)\s*:?",
    re.IGNORECASE,
)
_LONGEST_HEADING = 40
_WHOLE = frozenset(("html", "body", "main"))
_LONG = 80


def headed_discussions(
    body: Element, counts: Counter[Element], around_headline: Container[Element]
) -> Iterator[Element]:
    """What follows a heading such as "Bình luận (4)" behind the text, beside it or in its own box."""
    seen = 0
    for text, around, opens in texts(body):
        if not opens or around.tag in SILENT:
            continue
        if len(text) >= _LONG:
            seen += 1
        elif seen and len(text) <= _LONGEST_HEADING and _DISCUSSION.fullmatch(text.strip()):
            yield from _headed_by(Element(around), counts, around_headline)


def _headed_by(heading: Element, counts: Counter[Element], around_headline: Container[Element]) -> Iterator[Element]:
    """The box that a heading opens, or the heading and what stands behind it in its parent."""
    top = heading
    while (above := top.getparent()) is not None and above not in around_headline and above.tag not in _WHOLE:
        ahead = itertools.islice(top.itersiblings(preceding=True), 20)
        if (above.text and above.text.strip()) or any(map(_says_something, ahead)):
            break
        top = above
    shapes = {(one.tag, one.get("class")) for one in top.itersiblings(preceding=True) if counts.get(one)}
    behind = list(top.itersiblings())
    # a heading within the text: what follows it looks like what stands before it
    if any((one.tag, one.get("class")) in shapes for one in behind if counts.get(one)):
        return
    if any(one in around_headline for one in behind):
        return
    yield top
    if not counts.get(top):
        yield from behind


def _says_something(element: Element) -> bool:
    return any(text.strip() for text in itertools.islice(element.itertext(), 20))


def is_comment(given: Mapping[str, str]) -> bool:
    """Whether an element with these attributes is marked as a comment for machines (schema.org)."""
    kind = given.get("itemtype")
    return bool(kind and _COMMENT_TYPE.search(kind)) or given.get("itemprop") == "comment"
