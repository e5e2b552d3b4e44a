"""Captions that no element marks, and which pictures are the article's own."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence
from typing import TypeAlias

from crawler.extract.body.credits import LONGEST_CREDIT, ends_with_source, part_credit
from crawler.extract.body.density import is_paragraph, is_time
from crawler.extract.body.pictures import declared_size
from crawler.extract.body.pieces import Piece
from crawler.extract.page import Page
from crawler.extract.selectors import Element, with_ancestors
from crawler.extract.text import bare

_DEPTH = 5
_SMALL = 64
_TINY = 32
_STYLED = re.compile(r"(?<![\w-])(?:width|height)\s*:\s*(\d{1,4})px")
_ICON = re.compile(
    r"(?:^|[/_.-])(?:icons?|ico|logos?|avatars?|btn|button|sprite|emoji|bullet|arrow|share|print|facebook|fb|zalo|twitter|"
    r"youtube|(?:google|gg)[_-]?news|gg)(?=[/_.\d-])[^/]*$",
    re.IGNORECASE,
)


def is_icon(piece: Piece) -> bool:
    """Whether a picture without a caption is an icon: small, or with the name of one.

    In a figure it is one only beside another picture, which is the one that is shown.
    """
    if piece.image is None or piece.caption:
        return False
    if piece.is_like_icon is None:
        piece.is_like_icon = _looks_like_icon(piece.image, piece.address)
    return piece.is_like_icon


def _looks_like_icon(image: Element, address: str | None) -> bool:
    is_like = _is_like_icon(image, address)
    if not (is_like or _is_drawn(address)):
        return False
    figure = _figure_around(image)
    return is_like if figure is None else _shows_other(figure, image)


def without_icons(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces without icons that are tiny, or in a figure beside its picture, as a magnifying glass is."""
    return [piece for piece in pieces if not (piece.is_picture and is_icon(piece) and _is_beside_or_tiny(piece))]


def _is_beside_or_tiny(icon: Piece) -> bool:
    if icon.image is None:
        return False
    sizes = [size for size in _size(icon.image) if size]
    return (bool(sizes) and max(sizes) <= _TINY) or _figure_around(icon.image) is not None


def _is_like_icon(image: Element, address: str | None) -> bool:
    is_small = any(size and size <= _SMALL for size in _size(image))
    return is_small or (bool(address) and _ICON.search(str(address).partition("?")[0]) is not None)


def _is_drawn(address: str | None) -> bool:
    return bool(address) and str(address).partition("?")[0].lower().endswith(".svg")


def _size(image: Element) -> tuple[int | None, ...]:
    """Width and height by attributes, else by the style."""
    declared = declared_size(image)
    return declared if any(declared) else tuple(int(size) for size in _STYLED.findall(image.get("style") or ""))


def _figure_around(image: Element) -> Element | None:
    return next((one for one in itertools.islice(with_ancestors(image), _DEPTH) if one.tag == "figure"), None)


def _shows_other(figure: Element, icon: Element) -> bool:
    """Whether a figure shows a picture that is like no icon beside one that is."""
    others = itertools.islice(figure.iter("img", "amp-img"), _MOST_IN_BOX)
    return any(
        not (_is_like_icon(one, one.get("src")) or _is_drawn(one.get("src"))) for one in others if one is not icon
    )


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


_BOX_DEPTH = 7
_LONGEST_IN_BOX = 500
_FEW_TEXTS = 100
_DESCRIBING = ("alt", "data-caption", "title", "data-title", "data-desc")
_TELLING = 25
_FEWEST_PARAGRAPHS = 3
_LONGEST_SET_SO = 300
_OTHERWISE = re.compile(
    r"lead|sapo|intro|title|head|quote|author|byline|sub|deck|question|answer|first|summary", re.IGNORECASE
)
_Setting: TypeAlias = tuple[str, str]
_NO_BOX = frozenset(("body", "html", "main", "td", "li", "blockquote"))
_SHORT_BOX = frozenset(("article", "section"))
_LONGEST_OF_FEW = 200
_MOST_IN_BOX = 12


def mark_captions(pieces: Sequence[Piece], body: Element | None, headline: Element | None = None) -> None:
    """Mark the captions that no element marks.

    They are short texts behind a picture or player in a box that holds nothing else and is not the body; what the
    picture's alternative text repeats; and what is set as no other text but those behind pictures.
    """
    for nth, piece in enumerate(pieces):
        if piece.image is None or is_icon(piece):
            continue
        behind = [one for one in pieces[nth + 1 : nth + 4] if not one.is_picture]
        if behind and _repeats(behind[0], piece.image):
            behind[0].caption, behind[0].heading = True, False
        box = _picture_box(piece.image, body)
        if box is None:
            continue
        for one in behind:
            if one.caption or one.box or one.linked >= 0.6 or one.place is None or _is_in(one, headline):
                break
            if not any(above is box for above in itertools.islice(with_ancestors(one.place), _BOX_DEPTH)):
                break
            one.caption, one.heading = True, False
    for piece in _set_as_captions(pieces):
        piece.caption = True


def _set_as_captions(pieces: Sequence[Piece]) -> list[Piece]:
    """The short texts whose element and class are those of no text but some right behind pictures."""
    behind = [
        piece
        for before, piece in itertools.pairwise(pieces)
        if before.is_picture
        and not is_icon(before)
        and piece.text
        and piece.place is not None
        and _may_be_set_so(piece)
    ]
    if not behind:
        return []
    texts = [piece for piece in pieces if piece.text and piece.place is not None]
    letters: Counter[_Setting] = Counter()
    for piece in texts:
        if is_paragraph(piece):
            letters[_setting(piece)] += len(piece.text)
    usual = max(letters, key=lambda setting: letters[setting], default=None)
    if usual is None or sum(is_paragraph(piece) and _setting(piece) == usual for piece in texts) < _FEWEST_PARAGRAPHS:
        return []
    settings = {_setting(piece) for piece in behind} - {usual}
    ids = {id(piece) for piece in behind}
    settings -= {_setting(piece) for piece in texts if id(piece) not in ids and not piece.caption}
    return [piece for piece in behind if _setting(piece) in settings]


def _may_be_set_so(piece: Piece) -> bool:
    named = piece.place.get("class") if piece.place is not None else None
    if not named or piece.caption or piece.box or piece.heading or piece.bold or piece.quote or piece.byline:
        return False
    if piece.linked >= 0.3:
        return False
    return _TELLING <= len(piece.text) <= _LONGEST_SET_SO and not piece.is_in_h1 and not _OTHERWISE.search(named)


def _setting(piece: Piece) -> _Setting:
    assert piece.place is not None
    return str(piece.place.tag), piece.place.get("class") or ""


def _repeats(piece: Piece, image: Element) -> bool:
    """Whether a text is the picture's alternative text, perhaps followed by the credit."""
    if piece.box or piece.heading or len(piece.text) > _LONGEST_IN_BOX or piece.is_in_h1:
        return False
    text = bare(piece.text)
    for name in _DESCRIBING:
        described = bare(image.get(name) or "")
        if len(described) >= _TELLING and text.startswith(described) and len(text) - len(described) <= LONGEST_CREDIT:
            return True
    return False


def _is_in(piece: Piece, headline: Element | None) -> bool:
    """Whether a piece is the headline; some papers set captions as h1 too."""
    return piece.is_in_h1 if headline is None else any(around is headline for around in with_ancestors(piece.place))


def without_head(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces without the article's head, where its container holds that too; pictures stay.

    The head is what stands above the h1, and the lines between it and the text that give the writer and the time.
    """
    first = next((nth for nth, piece in enumerate(pieces) if is_paragraph(piece)), 0)
    if not first:
        return [*pieces]
    headline = next((nth for nth, piece in enumerate(pieces[:first]) if piece.is_in_h1), 0)
    return [
        piece
        for nth, piece in enumerate(pieces)
        if nth >= first or not piece.text or piece.caption
        or not (nth < headline or is_time(piece.text, beside_names=True))
    ]  # fmt: skip


def may_be_caption(piece: Piece, before: Piece) -> bool:
    """Whether a piece without a mark may be the caption of the picture before it: slanted, centred or with a credit."""
    if not before.is_picture or piece.box or len(piece.text) > _LONGEST_IN_BOX or piece.linked >= 0.6:
        return False
    if piece.italic or piece.align == "center" or part_credit(piece.text)[1] is not None:
        return True
    return ends_with_source(piece.text)


def _picture_box(image: Element, body: Element | None) -> Element | None:
    """The largest element around a picture that holds this one alone and no more words than a caption has.

    A box that holds a caption already ends where another text stands: a short article holds no more words either.
    """
    found, held = None, 0
    for above in itertools.islice(image.iterancestors(), _BOX_DEPTH):
        if above is body or (above.tag in _NO_BOX and above.tag != "li"):
            break
        pictures = sum(1 for _ in itertools.islice(above.iter("img"), _MOST_IN_BOX + 1))
        lengths = [len(text.strip()) for text in itertools.islice(above.itertext(), _FEW_TEXTS)]
        # several pictures share one caption, where each has no words of its own
        most = _LONGEST_IN_BOX if pictures <= 2 and above.tag not in _SHORT_BOX else _LONGEST_OF_FEW
        if pictures > _MOST_IN_BOX or sum(lengths) > most or (pictures > 2 and sum(map(bool, lengths)) > 1):
            break
        if held >= _TELLING and sum(lengths) - held > LONGEST_CREDIT:
            break
        if any(lengths):
            found, held = above, sum(lengths)
        if above.tag == "li":
            break
    return found
