"""Which pictures around a text are the article's: leading ones above the headline, and no icons; fetches none."""

from __future__ import annotations

import itertools
import re

from crawler.extract.body.pictures import declared_size
from crawler.extract.body.pieces import Piece
from crawler.extract.page import Page
from crawler.extract.selectors import with_ancestors

_DEPTH = 5
_SMALL = 64
_ICON = re.compile(
    r"(?:^|[/_.-])(?:icons?|ico|logos?|avatars?|btn|button|sprite|emoji|bullet|arrow|share|print|facebook|fb|zalo|twitter|"
    r"youtube|(?:google|gg)[_-]?news|gg)(?=[/_.\d-])[^/]*$",
    re.IGNORECASE,
)


def is_icon(piece: Piece) -> bool:
    """Whether a picture without a caption of its own is a sign of the site: small, or named so."""
    if piece.image is None or piece.caption:
        return False
    if any(around.tag == "figure" for around in itertools.islice(with_ancestors(piece.image), _DEPTH)):
        return False
    width, height = declared_size(piece.image)
    if (width and width <= _SMALL) or (height and height <= _SMALL):
        return True
    return bool(piece.address and _ICON.search(piece.address.partition("?")[0]))


def belongs_above(piece: Piece, page: Page) -> bool:
    """Whether a picture or caption above the headline is the article's: in a figure, or the one that the page names."""
    place = piece.image if piece.image is not None else piece.place
    if place is None:
        return False
    around = list(itertools.islice(with_ancestors(place), _DEPTH))
    if piece.is_picture and piece.address and _name(piece.address) in _named_pictures(page):
        return True
    if any(one.tag == "a" and one.get("href") for one in around):
        return False
    return piece.caption or any(one.tag == "figure" for one in around)


def _named_pictures(page: Page) -> set[str]:
    return {_name(str(match)) for match in page.select('meta[property="og:image"]::attr(content)')} - {""}


def _name(address: str) -> str:
    return address.partition("?")[0].rpartition("/")[2]
