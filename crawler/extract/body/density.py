"""Which pieces are running text, and the element of a page that holds most of it."""

from __future__ import annotations

import functools
import itertools
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from crawler.extract.body.pieces import Piece
from crawler.extract.selectors import Element, Subtree, with_ancestors

LONG = 80
SHORT = 40
_FEW = 300
_WIDER = 1.3
_SAME_ARTICLE = 1.5
_DEEPEST = 250
_SYLLABLES = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_OF_TEXT = frozenset(("p", "blockquote", "li", "ul", "ol", "h2", "h3", "h4", "figure"))
_APART = frozenset(("a", "aside", "nav", "footer", "form", "ul", "ol"))
_NEAR = 4
_LONGEST_TIME = 100
_FEW_LETTERS = 3
_DAY = re.compile(
    r"\d{1,2}\s*[-/.]\s*\d{1,2}\s*[-/.]\s*\d{2,4}|\d{4}-\d\d-\d\d|ngày\s+\d{1,2}\s+tháng\s+\d{1,2}", re.IGNORECASE
)
_CLOCK = re.compile(r"\d{1,2}\s*[:hg]\s*\d{2}")
_OF_TIMES = re.compile(
    r"thứ\s+(?:hai|ba|tư|năm|sáu|bảy|[2-7])\b|chủ\s*nhật|ngày|tháng|năm|lúc|giờ|phút|gmt|utc|cập\s+nhật|đăng|xuất\s+bản|"
    r"updated|published|last|\b(?:am|pm|sa|ch)\b|[\d\W_]+|(?<=\d)[hg](?=\d)",
    re.IGNORECASE,
)


def is_time(text: str, *, beside_names: bool = False) -> bool:
    """Whether a line gives a time, "Thứ năm, ngày 5-3-2020, 07:05 GMT+7", and nothing else or a name beside it."""
    if len(text) > _LONGEST_TIME or _DAY.search(text) is None:
        return False
    if beside_names and _CLOCK.search(text) and not text.endswith((".", "!", "?")):
        return True
    return len(_OF_TIMES.sub("", text)) <= _FEW_LETTERS


def is_paragraph(piece: Piece, least: int = LONG) -> bool:
    """Whether a piece is running text of at least so many letters, no list and no table."""
    return (
        not piece.is_picture
        and not piece.caption
        and not piece.heading
        and piece.box is None
        and length(piece.text) >= least
        and piece.linked < 0.4
        and (least >= LONG or not is_time(piece.text))
    )


def is_running_text(piece: Piece, least: int = LONG) -> bool:
    """Whether a piece is a paragraph, or a list or table whose lines are as long as paragraphs."""
    if piece.box in ("list", "table") and piece.linked < 0.3:
        lines = piece.text.split("\n")
        return length(piece.text) >= least * len(lines)
    return is_paragraph(piece, least)


@functools.lru_cache(maxsize=1024)  # of each of a page's texts it is asked a dozen times
def length(text: str) -> int:
    """Letters, those of scripts that write a syllable or word with one counted threefold."""
    return len(text) if text.isascii() else len(text) + 2 * len(_SYLLABLES.findall(text))


def main_container(pieces: Sequence[Piece], headline: Element | None, body: Element) -> Element | None:
    """The element that holds most letters in paragraphs; from the best one up while its surroundings hold many more."""
    article = next((around for around in with_ancestors(headline) if around.tag == "article"), None)
    best = _densest(pieces, article, LONG)
    if _held_by_none(pieces) > (0 if best is None else _held(pieces, best)):
        return body  # its paragraphs stand in nothing else
    if best is None or _held(pieces, best) < _FEW:
        # of a short piece of news the longest paragraph may be the standfirst, which stands alone
        shorter = _densest(pieces, article, SHORT // 2)
        best = best if shorter is None else shorter
    return best if best is not None else _around_pictures(pieces, headline)


def _around_pictures(pieces: Sequence[Piece], headline: Element | None) -> Element | None:
    """The nearest element around the headline that shows a picture or plays a video, where a page has no text."""
    shown = {
        id(around)
        for one in pieces
        if one.is_picture or one.embed
        for around in with_ancestors(one.image if one.is_picture else one.place)
    }
    around = next((one for one in with_ancestors(headline) if id(one) in shown), None)
    if around is None or headline is None or around.tag not in ("body", "html"):
        return around
    # the headline stands in nothing but the page: what comes behind it
    behind = itertools.islice(headline.itersiblings(), _NEAR)
    return next((one for one in behind if id(one) in shown and one.tag not in _APART), None)


def _densest(pieces: Sequence[Piece], article: Element | None, least: int) -> Element | None:
    near: defaultdict[Element, float] = defaultdict(float)
    within: defaultdict[Element, int] = defaultdict(int)
    for piece in pieces:
        if not is_running_text(piece, least) or piece.place is None:
            continue
        letters = length(piece.text)
        steps = list(itertools.islice(_around(piece.place), _DEEPEST))
        # the headline's own article goes before what stands beside it
        share = _SAME_ARTICLE if article is not None and article in steps else 1.0
        for step, around in enumerate(steps):
            within[around] += letters
            if step < _NEAR:
                near[around] += letters * share * 0.8**step
    best = max(near, key=lambda element: near[element], default=None)
    while best is not None:
        wider = next((around for around in _around(best.getparent()) if within[around] >= _WIDER * within[best]), None)
        if wider is None:
            return best
        best = wider
    return None


def _held(pieces: Sequence[Piece], element: Element) -> int:
    """Letters of the long paragraphs within an element."""
    within = Subtree(element)
    return sum(length(piece.text) for piece in pieces if piece.place in within and is_running_text(piece))


def _held_by_none(pieces: Sequence[Piece]) -> int:
    """Letters of the long paragraphs that no element holds but the page's body."""
    return sum(
        length(piece.text) for piece in pieces if is_running_text(piece) and next(_around(piece.place), None) is None
    )


def _around(place: Element | None) -> Iterator[Element]:
    """The elements around a piece below the body, the nearest that is no paragraph first."""
    while place is not None and place.tag not in ("body", "html"):
        if place.tag not in _OF_TEXT:
            yield place
        place = place.getparent()
