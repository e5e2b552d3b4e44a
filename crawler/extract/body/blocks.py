"""The blocks, pictures and byline of a body, made out of its pieces."""

from __future__ import annotations

import re
from collections.abc import Sequence

import attrs

from archive.article import Block, Embed, Image
from crawler.extract.body.captioned import CaptionedPicture, with_captions
from crawler.extract.body.credits import is_credit, part_credit
from crawler.extract.body.pictures import declared_size
from crawler.extract.body.pieces import Piece
from crawler.extract.bylines.printed import read_byline
from crawler.extract.bylines.signatures import (
    is_end_mark,
    is_plain_byline,
    is_source_line,
    may_be_pen_name,
    writers_below_headline,
)
from crawler.extract.bylines.vocabulary import is_labelled
from crawler.extract.text import bare, fold

LONGEST_BYLINE = 150
_WORDS_IN_CAPITALS = 2
_LONGEST_HEADING = 120
_LINES_BEHIND = 3
_LINKED = 0.6
_LONGEST_SIGNATURE = 80
_FEWEST_OF_AN_ESSAY = 2
_LONGEST_CAPTION = 400
_SIGNED = re.compile(
    r"(?:tin|bài)(?:\s+viết)?\s*(?:,|-|–|/|và|\:)\s*(?:bài|ảnh)?.{0,80}|(?:thực\s+hiện|tác\s+giả)\s*:.{1,80}|"
    r".{0,60}\(\s*(?:tổng\s+hợp|t/h|sưu\s+tầm|lược\s+dịch|theo\s[^)]{2,40})\s*\)|\(?TTXVN\)?",
    re.IGNORECASE,
)
_MARKED = re.compile(r"[(/]|(?:ảnh|hình|bút ký|ghi chép|phóng sự|ký sự|tùy bút|tản văn)\s*:", re.IGNORECASE)
_DATED = re.compile(r"\d\s*[-/.]\s*\d|\d{4}")
_CAPITALS = re.compile(r"[^\W\d_][\w.'’]*(?:(?:\s+|\s*[-–,&]\s*)[^\W\d_][\w.'’]*){0,7}")


@attrs.frozen
class Body:
    """The blocks, images and embeds of a body, and its byline."""

    blocks: tuple[Block, ...] = ()
    images: tuple[Image, ...] = ()
    byline: str | None = None
    first_paragraph: str | None = None
    embeds: tuple[Embed, ...] = ()
    is_byline_marked: bool = False
    """By the layout; else it was read off the last lines."""


def read_body(
    pieces: Sequence[Piece],
    title: str | None,
    signed_outside: bool,
    *,
    has_lead: bool = False,
    byline_outside: str | None = None,
    is_vietnamese: bool = True,
) -> Body:
    """Sort the pieces into blocks.

    Args:
        has_lead: the lead stands apart, so that a short bold line that opens the body is a heading and no lead.
        byline_outside: the byline beside the body, which may be one photographer's of all pictures.

        is_vietnamese: a last line may be read as a byline by its words.

    The byline is the last run of short pieces that the layout marks as one; where it marks none, a last line that reads
    like one. Where an author is named outside the body, that line must be set to the right, have a label, repeat the
    name, or say where the text is from.
    """
    signed, rest = (
        _part_byline(pieces, signed_outside, bare(byline_outside or "")) if is_vietnamese else _part_marked(pieces)
    )
    credit = _credit_of_all([*(piece.text for piece in signed), byline_outside or ""])
    if credit is None and (last := _last_credit(rest)) is not None:
        credit = part_credit(last.text)[1]
        rest = [piece for piece in rest if piece is not last]
        signed = signed or [last]
    body = _sorted(_without_empty_stages(with_captions(rest), title), title, has_lead)
    images = body.images
    if credit is not None and not any(image.credit for image in images):
        images = tuple(attrs.evolve(image, credit=credit) for image in images)
    return attrs.evolve(
        body,
        images=images,
        byline="; ".join(piece.text for piece in signed) or None,
        is_byline_marked=any(piece.byline for piece in signed),
    )


def _sorted(items: Sequence[Piece | CaptionedPicture], title: str | None, has_lead: bool) -> Body:
    blocks: list[Block] = []
    images: list[Image] = []
    embeds: list[Embed] = []
    first: str | None = None
    for item in items:
        if isinstance(item, CaptionedPicture):
            if item.address is not None:
                images.append(_image(item, position=len(blocks)))
            # without a picture there is no other place for the credit
            text = item.caption if item.address is not None else item.printed
            blocks.append(Block(type="figure", text=text or ""))
            continue
        if item.embed is not None:
            kind, address = item.embed
            embeds.append(Embed(type=kind, url=address, position=len(blocks)))
            continue
        block = _block(item, opens=first is None and not has_lead)
        if block.type == "heading" and block.text == title:
            continue
        if first is None and block.type == "paragraph":
            first = block.text
        blocks.append(block)
    return Body(tuple(blocks), tuple(images), first_paragraph=first, embeds=tuple(embeds))


def _without_empty_stages(
    items: Sequence[Piece | CaptionedPicture], title: str | None
) -> list[Piece | CaptionedPicture]:
    """Without the pictures without an address that say nothing of their own: a script fills them, or nothing.

    They have no caption, the headline, or the caption of another picture.
    """
    said = {bare(title or ""), ""}
    said |= {bare(one.caption or "") for one in items if isinstance(one, CaptionedPicture) and one.address is not None}
    return [
        one
        for one in items
        if not isinstance(one, CaptionedPicture)
        or one.address is not None
        or (one.printed and bare(one.caption or one.printed) not in said)
    ]


def _credit_of_all(lines: Sequence[str]) -> str | None:
    """The photographer that a byline's lines credit: "Ảnh: X" in a separate one."""
    return next((part_credit(line)[1] for line in lines if is_credit(line)), None)


def _last_credit(pieces: Sequence[Piece]) -> Piece | None:
    """The last line of a picture essay, if it credits a photographer and no picture has a credit."""
    pictures = [piece for piece in pieces if piece.is_picture]
    with_text = [piece for piece in pieces if piece.text]
    if (
        len(pictures) < _FEWEST_OF_AN_ESSAY
        or not with_text
        or with_text[-1].caption
        or not is_credit(with_text[-1].text)
    ):
        return None
    is_credited = any(part_credit(piece.text)[1] for piece in with_text[:-1] if len(piece.text) <= _LONGEST_CAPTION)
    return None if is_credited else with_text[-1]


def _image(picture: CaptionedPicture, position: int) -> Image:
    element = picture.element
    described = fold(element.get("alt") or "") if element is not None else ""
    width, height = declared_size(element) if element is not None else (None, None)
    assert picture.address is not None
    return Image(
        url=picture.address,
        caption=picture.caption,
        credit=picture.credit,
        printed=picture.printed if picture.printed != picture.caption else None,
        position=position,
        alt=described or None,
        width=width,
        height=height,
    )


def _block(piece: Piece, opens: bool) -> Block:
    if piece.box:
        return Block(type=piece.box, text=piece.text)
    if piece.quote:
        return Block(type="quote", text=piece.text)
    is_set_apart = piece.bold or (piece.text.isupper() and len(piece.text.split()) >= _WORDS_IN_CAPITALS)
    stands_out = (
        is_set_apart and not opens and len(piece.text) <= _LONGEST_HEADING and not piece.text.endswith((".", ";", ","))
    )
    return Block(type="heading" if piece.heading or stands_out else "paragraph", text=piece.text)


def _part_byline(pieces: Sequence[Piece], signed_outside: bool, outside: str) -> tuple[list[Piece], list[Piece]]:
    """The byline's pieces, and the others. Of a byline at both ends of the text the last counts."""
    opening = _opening_signature(pieces)
    if opening is None:
        return _part_signature(pieces, signed_outside, outside)
    signed, rest = _part_signature([piece for piece in pieces if piece is not opening], signed_outside, outside)
    return signed or [opening], rest


def _opening_signature(pieces: Sequence[Piece]) -> Piece | None:
    """The line ahead of the text that names who wrote it: "Tin và ảnh: X", "NGUYỄN AN"."""
    first = next((nth for nth, piece in enumerate(pieces) if piece.text and not piece.caption), None)
    if first is None or not any(piece.text for piece in pieces[first + 1 :]):
        return None
    piece = pieces[first]
    if piece.box or piece.quote or len(piece.text) > LONGEST_BYLINE or piece.linked >= _LINKED:
        return None
    return piece if writers_below_headline(piece.text) else None


def _part_marked(pieces: Sequence[Piece]) -> tuple[list[Piece], list[Piece]]:
    """The last run of pieces that the layout marks as the byline, and the others."""
    marked = [index for index, piece in enumerate(pieces) if piece.byline and len(piece.text) <= LONGEST_BYLINE]
    if not marked:
        return [], list(pieces)
    start = marked[-1]
    while start - 1 in marked:
        start -= 1
    return list(pieces[start : marked[-1] + 1]), [*pieces[:start], *pieces[marked[-1] + 1 :]]


def _part_signature(pieces: Sequence[Piece], signed_outside: bool, outside: str) -> tuple[list[Piece], list[Piece]]:
    signed, rest = _part_marked(pieces)
    if signed:
        return signed, rest
    with_text = [index for index in range(1, len(pieces)) if pieces[index].text and not pieces[index].box]
    for nth, index in enumerate(reversed(with_text[-_LINES_BEHIND:])):
        # behind the last line, notes and links follow only a byline that is set to the right
        piece, before = pieces[index], pieces[index - 1]
        is_signed = _reads_like_byline(piece, before) or (not nth and _is_name_at_the_end(piece, before))
        if signed_outside and not (piece.align == "right" or _tells_more(piece.text, outside)):
            continue  # a name alone may be whom the text quotes
        if (nth and piece.align != "right") or not is_signed:
            continue
        start = index
        while pieces[index].align == "right" and start > 1 and _is_line_above(pieces[start - 1], pieces[start - 2]):
            start -= 1
        return list(pieces[start : index + 1]), [*pieces[:start], *pieces[index + 1 :]]
    return [], list(pieces)


def _tells_more(text: str, outside: str) -> bool:
    """Whether a line adds to a byline outside the body, given as `bare` has it: a label, a source, the same names."""
    if is_source_line(text) or is_labelled(text):
        return True
    names = read_byline(text).authors
    return bool(names) and all(bare(name) in outside for name in names)


def is_signature(piece: Piece) -> bool:
    """Whether a line signs the text above it: names alone, or behind a label that Vietnamese bylines have."""
    is_text = not (piece.is_picture or piece.embed or piece.box or piece.caption or piece.heading or piece.quote)
    if not is_text or len(piece.text) > _LONGEST_SIGNATURE:
        return False
    if piece.linked >= _LINKED:
        return is_source_line(piece.text)
    is_marked = _SIGNED.fullmatch(piece.text) is not None and not piece.text.endswith((".", "!", "?"))
    return is_marked or is_source_line(piece.text) or is_plain_byline(piece.text)


def _is_line_above(piece: Piece, before: Piece) -> bool:
    """Whether a piece is one more line of the byline below it."""
    return bool(piece.text) and not piece.box and piece.align == "right" and _reads_like_byline(piece, before)


def _is_name_at_the_end(piece: Piece, before: Piece) -> bool:
    """Whether the last line is a name and nothing else, however it is set; behind a picture it is whom that shows."""
    if piece.heading or piece.quote or piece.caption or before.is_picture or before.caption:
        return False
    return piece.linked < _LINKED and is_plain_byline(piece.text)


def _reads_like_byline(piece: Piece, before: Piece) -> bool:
    text = piece.text
    if (
        piece.is_picture
        or piece.embed
        or piece.caption
        or piece.heading
        or piece.quote
        or len(text) > _LONGEST_SIGNATURE
        or is_end_mark(text)
    ):
        return False
    if is_source_line(text) or (_SIGNED.fullmatch(text) and not text.endswith((".", "!", "?"))):
        return True
    is_set_apart = text.isupper() or (piece.align == "right" and text[:1].isupper())
    if is_set_apart and _CAPITALS.fullmatch(text) and may_be_pen_name(text):
        return True
    # behind a picture "Ảnh: X.T" is the picture's credit
    is_credit = (before.is_picture or before.caption or before.italic) and part_credit(text)[1] is not None
    return (piece.align == "right" or piece.bold) and not is_credit and _credits_somebody(text)


def _credits_somebody(text: str) -> bool:
    """Whether a line set apart holds names and labels alone: "Lê Minh (TTXVN)", "Ảnh: ANH DŨNG", "(TTXVN/Vietnam+)"."""
    if text.endswith((".", "!", "?")) or not _MARKED.search(text) or _DATED.search(text):
        return False
    byline = read_byline(text)
    return bool(byline.contributors or byline.source)
