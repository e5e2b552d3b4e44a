"""Boxes and lines of the body that point to other articles."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from crawler.extract.body.pieces import Piece
from crawler.extract.selectors import with_ancestors
from crawler.extract.text import text_of

_DEPTH, _MOST_LINKS = 7, 12
# In words
_HEADLINE = 4
_ALL_LINKED = 0.9
_MOSTLY_LINKED = 0.8
_FEWEST_LISTED, _MOST_LISTED = 2, 100
_HOST = re.compile(r"(?:https?:)?//([^/?#]+)", re.IGNORECASE)
_NO_PAGE = re.compile(
    r"^(?:javascript|mailto|tel):|\.(?:pdf|docx?|xlsx?|pptx?|zip|rar|jpe?g|png|mp[34])(?:$|[?#])", re.IGNORECASE
)
_ARROW = re.compile(r"\s*(?:[►▶▸▷⏩☞➤➜➡→»›]|>{1,3}|=+>|-+>)[\s►▶▸▷☞➤➜➡→»›>]*")
_POINTING = re.compile(
    r"(?:(?:các\s+)?(?:tin|bài)(?:\s+(?:viết|bài|mới))?\s+(?:liên\s+quan|cùng\s+chuyên\s+mục|khác)|xem\s+thêm|đọc\s+thêm)\s*[:.…>»]*",
    re.IGNORECASE,
)


def points_elsewhere(piece: Piece) -> bool:
    """Whether a line is a link to another article behind an arrow: "► Đường mới về ấp"."""
    return piece.box is None and piece.linked >= _MOSTLY_LINKED and _ARROW.match(piece.text) is not None


def lists_articles(piece: Piece) -> bool:
    """Whether a list consists of headlines that link to pages of one site: not to files, nor within the page."""
    lines = piece.text.split("\n")
    if piece.box != "list" or piece.place is None or piece.linked < _ALL_LINKED or len(lines) < _FEWEST_LISTED:
        return False
    links = [link.get("href") or "#" for link in itertools.islice(piece.place.iter("a"), _MOST_LISTED)]
    hosts = {found[1] for href in links if (found := _HOST.match(href))}
    leads_away = len(hosts) <= 1 and not any(href.startswith("#") or _NO_PAGE.search(href) for href in links)
    return leads_away and all(len(line.split()) >= _HEADLINE for line in lines)


def mark_related(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces with lists of headlines, links behind arrows, or behind "Tin liên quan:" and the like, as related
    boxes; without those headings, and without the pictures of other articles."""
    found: list[Piece] = []
    heading: Piece | None = None
    is_open = False
    for piece in pieces:
        if piece.is_picture and _shows_another(piece):
            continue
        if heading is None and _POINTING.fullmatch(piece.text):
            heading = piece
            continue
        if points_elsewhere(piece):
            piece.text, piece.box = _ARROW.sub("", piece.text), "related"
        elif lists_articles(piece):
            piece.box = "related"
        is_open = (is_open or heading is not None) and bool(piece.text) and piece.linked >= _ALL_LINKED
        if is_open and piece.box != "table":
            piece.box = "related"
        elif heading is not None:
            found.append(heading)
        heading = None
        found.append(piece)
    return found if heading is None else [*found, heading]


def _shows_another(picture: Piece) -> bool:
    """Whether a picture links to an address to which the words of another article's headline link beside it."""
    links = itertools.islice(with_ancestors(picture.image), 1, _DEPTH)
    link = next((above for above in links if above.tag == "a"), None)
    href = link.get("href") if link is not None else None
    if link is None or not href or href.startswith("#"):
        return False
    return any(
        other is not link and other.get("href") == href and len(text_of(other).split()) >= _HEADLINE
        for around in itertools.islice(link.iterancestors(), 2)
        for other in itertools.islice(around.iter("a"), _MOST_LINKS)
    )
