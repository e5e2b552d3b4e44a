"""Tells pages that say, though their status is 200, that what stood there is there no more ("soft 404")."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from archive.search.terms.vietnamese import folded
from crawler.extract.page import Page
from crawler.extract.selectors import Element
from crawler.extract.text import INLINE, SILENT, fold, holds_most_links, walk

_SUBJECT = (
    r"(?:trang|bai(?: viet| bao)?|(?:ban )?tin(?: bai| tuc)?|noi dung(?: bai viet| tin bai| trang)?|duong dan|lien ket|"
    r"dia chi|page|article|content|link)"
)
# What stands between: "trang mà bạn đang tìm kiếm", "the page you requested"
_BETWEEN = (
    r"(?: (?:web|nay|ma|ban|quy|doc|gia|vi|dang|vua|muon|can|tim|kiem|yeu|cau|xem|truy|cap|hien|co|the|da|"
    r"you|are|looking|for|were|requested|that|this|has|was)){0,9}"
)
_GONE = (
    r"(?:khong (?:con )?(?:ton tai|hop le|kha dung|co hoac)|khong (?:duoc )?(?:tim )?thay|"
    r"chua (?:duoc )?xuat ban|(?:da )?(?:het han|ngung) (?:hien thi|xuat ban)|"
    r"(?:bi |duoc )?(?:xoa|go|go bo|an|thu hoi|ha xuong)\b|"
    r"(?:does not|doesn t|no longer) exists?|(?:could )?not (?:be )?found|(?:been )?(?:removed|deleted))"
)
_SAYS_GONE = re.compile(
    rf"(?:xin loi |rat tiec |chung toi |sorry |oops |the |this |requested |loi |error |404 )*(?:"
    rf"{_SUBJECT}{_BETWEEN} {_GONE}|khong (?:the )?tim thay{_BETWEEN} {_SUBJECT}\b|not found$)|(?:loi |error )?404$"
)
# On a page with much text only such a sentence counts: a box that found nothing says "Không tìm thấy bài viết nào"
_PLAINLY = re.compile(
    rf"(?:xin loi |rat tiec )?(?:bai(?: viet| bao)?|tin(?: bai)?|ban tin|trang|article|page){_BETWEEN} (?:"
    r"khong (?:con )?(?:ton tai|kha dung)|(?:bi |duoc )?(?:xoa|go(?: bo| xuong)?|thu hoi|ha xuong)|"
    r"no longer exists?|been (?:removed|deleted))(?: (?:hoac|theo yeu cau|tren|khoi|vui long) [a-z ]{1,80})?|"
    r"(?:xin loi |rat tiec )?(?:chung toi )?khong (?:the )?tim thay (?:bai viet|bai bao|tin bai|trang) (?:ma )?"
    r"(?:ban|quy vi|quy doc gia) [a-z ]{3,40}"
)
_ALERT = re.compile(r"\balert\(\s*([\"'])(?P<said>[^\"'\n]{4,200})\1\s*\)")
_SIGN = re.compile(r"[\W_]+")
_MOST_WORDS, _LONG, _LONGEST = 20, 25, 200
_HEADINGS = frozenset(("h1", "h2", "h3"))
_MOST_BODY = 60
"""Words of what is read as the text of an article beneath such a heading."""


def says_gone(page: Page) -> str | None:
    """What a page says where no article could be read from it: that the article is not there; None where it says no
    such thing.

    A title or heading counts on every page; other lines, and what a script alerts, only where the page has no two of 25
    words, as one whose layout is not known may have a box that found nothing; or where they say it of an article.
    """
    lines = _Lines.of(page)
    if said := _first([*_titles(page), *lines.headings]):
        return said
    if lines.long >= 2:
        return next((text for text in lines.short if _is_saying(text) and _PLAINLY.fullmatch(_words(text))), None)
    return _first([*lines.short, *_alerts(page)])


def holds_no_text(page: Page) -> bool:
    """Whether no two lines of a page, of whatever it holds, have 25 words."""
    return _Lines.of(page).long < 2


def heading_says_gone(page: Page, body_words: int) -> str | None:
    """What the heading of a page says from which an article could be read: that it is not there; None where the page
    has more text than such a page has."""
    return _first([*_titles(page), *_Lines.of(page).headings]) if body_words <= _MOST_BODY else None


def text_says_gone(texts: Sequence[str]) -> str | None:
    """What the text of a page says that keeps its heading: that the article is not there; None where it says more."""
    said = next((text for text in texts if _is_saying(text)), None)
    others = sum(len(text.split()) for text in texts if text is not said)
    return said if others <= _MOST_WORDS else None


def _alerts(page: Page) -> Iterator[str]:
    """What scripts show in a window: "alert('Bài viết không tồn tại')"."""
    for script in page.root.iter("script"):
        for found in _ALERT.finditer(script.text or ""):
            yield found["said"]


class _Lines:
    """Collects the lines of a page: those of headings, the short ones, and how many are long."""

    def __init__(self, root: Element) -> None:
        self._root = root
        self.headings: list[str] = []
        self.short: list[str] = []
        self.long = 0
        self._line: list[str] = []
        self._depth = 0

    @classmethod
    def of(cls, page: Page) -> _Lines:
        lines = cls(page.root)
        walk(page.root, lines)
        lines._end()
        return lines

    def open(self, element: Element) -> bool:
        if element.tag in SILENT and not (element.tag == "form" and holds_most_links(element, self._root)):
            return False
        if element.tag not in INLINE:
            self._end()
        self._depth += element.tag in _HEADINGS
        return True

    def say(self, text: str) -> None:
        self._line.append(text)

    def close(self, element: Element) -> None:
        if element.tag not in INLINE:
            self._end()
        self._depth -= element.tag in _HEADINGS

    def _end(self) -> None:
        text = fold("".join(self._line))
        self._line.clear()
        if len(text.split()) >= _LONG:
            self.long += 1
        elif text:
            (self.headings if self._depth else self.short).append(text)


def _titles(page: Page) -> list[str]:
    return re.split(r"\s[|–—-]\s", page.title or "")


def _first(texts: Iterable[str]) -> str | None:
    return next((text for text in texts if _is_saying(text)), None)


def _is_saying(text: str) -> bool:
    if not text or len(text) > _LONGEST:
        return False
    words = _words(text)
    return bool(words) and len(words.split()) <= _MOST_WORDS and _SAYS_GONE.match(words) is not None


def _words(text: str) -> str:
    return _SIGN.sub(" ", folded(text)).strip()
