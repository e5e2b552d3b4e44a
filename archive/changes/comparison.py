"""Two versions of an article compared: its fields, its paragraphs, its pictures and their captions."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

import attrs

from archive.article import Article, Image
from archive.changes.paragraphs import Row, aligned
from archive.changes.printed_pictures import file_of
from archive.changes.printed_text import without_dateline, words_of
from archive.changes.sequences import Budget, matched
from archive.changes.words import Piece, compared

_TEXT = frozenset({"paragraph", "heading", "quote", "list", "table", "byline"})
_PICTURES = (".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif", ".svg", ".bmp", ".jfif")
_LONG_NAME = 12
"""Characters of a picture file's name from which it hardly is another picture's too."""


class PictureChange(enum.Enum):
    """What became of a picture."""

    KEPT = "kept"
    SWAPPED = "swapped"
    ADDED = "added"
    REMOVED = "removed"


@attrs.frozen
class Part:
    """A field, a paragraph or a picture with its caption; `field` is empty for the body's paragraphs.

    `pieces`: removed and same ones together are the former text, added and same ones the later. `is_moved`: the
    paragraph stands elsewhere in the other version, word for word. `picture`: of a caption, what became of its
    picture; `images`: that of the former and that of the later version.
    """

    field: str
    pieces: tuple[Piece, ...]
    is_moved: bool = False
    picture: PictureChange | None = None
    images: tuple[Image | None, Image | None] = (None, None)

    @property
    def is_changed(self) -> bool:
        """Whether a word of it was removed or added, or its picture."""
        return any(piece.change != "same" for piece in self.pieces) or self.picture not in (None, PictureChange.KEPT)

    @property
    def former(self) -> str:
        """The text of the former version."""
        return "".join(piece.text for piece in self.pieces if piece.change != "added")

    @property
    def later(self) -> str:
        """The text of the later version."""
        return "".join(piece.text for piece in self.pieces if piece.change != "removed")


def changes(former: Article, later: Article, budget: Budget | None = None) -> list[Part]:
    """The fields, paragraphs and pictures of both versions, in reading order.

    The time that it takes is bounded: of texts that are too long to be compared whole passages count as replaced.
    """
    budget = budget or Budget()
    fields = (
        ("kicker", former.kicker, later.kicker),
        ("title", former.title, later.title),
        ("lead", _lead(former, later), _lead(later, former)),
        ("authors", ", ".join(former.authors), ", ".join(later.authors)),
        ("byline", former.byline, later.byline),
        ("source", former.source, later.source),
        ("tags", ", ".join(former.tags), ", ".join(later.tags)),
    )
    parts = [
        Part(name, compared(before or "", after or "", budget)) for name, before, after in fields if before or after
    ]
    parts += _paragraphs("", _body(former, later), _body(later, former), budget)
    parts += _pictures(former.images, later.images, budget)
    return parts + list(_paragraphs("images", _lone_captions(former), _lone_captions(later), budget))


def _lead(article: Article, other: Article) -> str | None:
    """The lead; of an article without one, its first paragraph where that is the other's lead."""
    opening = article.body[0].text if article.body else ""
    return opening if article.lead is None and _is_lead(opening, other) else article.lead


def _is_lead(text: str, article: Article) -> bool:
    if not article.lead:
        return False
    one, other = (words_of(without_dateline(said, article.dateline)) for said in (text, article.lead))
    return one == other


def _body(article: Article, other: Article) -> list[str]:
    """The text of the body, without a lead that opens it, which is compared as a field."""
    opening = article.body[0].text if article.body else ""
    first = _is_lead(opening, article if article.lead else other)
    return [block.text for block in article.body[first:] if block.type in _TEXT]


def _lone_captions(article: Article) -> list[str]:
    """The captions of figures whose pictures the page has no file of."""
    with_picture = {image.position for image in article.images}
    figures = ((nth, one) for nth, one in enumerate(article.body) if one.type == "figure")
    return [one.text for nth, one in figures if nth not in with_picture and one.text]


def _paragraphs(field: str, former: Sequence[str], later: Sequence[str], budget: Budget) -> Iterator[Part]:
    for row in aligned(former, later, budget):
        yield Part(field, _pieces(row, budget), is_moved=row.is_moved)


def _pieces(row: Row, budget: Budget) -> tuple[Piece, ...]:
    return compared("\n".join(row.former), "\n".join(row.later), budget)


def _pictures(former: Sequence[Image], later: Sequence[Image], budget: Budget) -> Iterator[Part]:
    """The pictures of both versions with their captions; those in place of each other are swapped."""
    keys = _picture_keys(former, later)
    pairs = matched([keys[one] for one in former], [keys[one] for one in later], budget)
    start = begin = 0
    for nth, place in [*pairs, (len(former), len(later))]:
        removed, added = list(former[start:nth]), list(later[begin:place])
        for one, other in zip(removed, added, strict=False):
            yield _picture(PictureChange.SWAPPED, one, other, budget)
        yield from (_picture(PictureChange.REMOVED, one, None, budget) for one in removed[len(added) :])
        yield from (_picture(PictureChange.ADDED, None, one, budget) for one in added[len(removed) :])
        if nth < len(former):
            yield _picture(PictureChange.KEPT, former[nth], later[place], budget)
        start, begin = nth + 1, place + 1


def _picture(change: PictureChange, former: Image | None, later: Image | None, budget: Budget) -> Part:
    pieces = compared(_caption(former), _caption(later), budget)
    return Part("images", pieces, picture=change, images=(former, later))


def _caption(image: Image | None) -> str:
    """Caption and credit as the page prints them."""
    if image is None:
        return ""
    credit = f" Ảnh: {image.credit}" if image.credit else ""
    return image.printed or f"{image.caption or ''}{credit}".strip()


def _picture_keys(former: Sequence[Image], later: Sequence[Image]) -> dict[Image, str]:
    """What names the picture of each image: pictures with one name are the same.

    Equal bytes make pictures the same, and different bytes make them different, unless they are sizes of one file;
    where the bytes of one are not known, its address without host and parameters does, and the name of its file where
    that is long.
    """
    keys: dict[Image, str] = {}
    by_name: dict[str, list[Image]] = {}
    sizes = _sizes_of_files((*former, *later))
    for image in (*former, *later):
        digest = image.capture.payload_digest if image.capture else None
        keys[image] = sizes.get(digest, digest) if digest else ""
        for name in _names(image.url):
            by_name.setdefault(name, []).append(image)
    for image in keys:
        if not keys[image]:
            same = next((one for name in _names(image.url) for one in by_name[name] if keys[one]), None)
            keys[image] = keys[same] if same else _names(image.url)[-1]
    return keys


def _sizes_of_files(images: Sequence[Image]) -> dict[str, str]:
    """For the digests of pictures whose addresses only sizes and hosts part, that of the first; where one address had
    other bytes later, its file is another one."""
    addresses: dict[tuple[str, tuple[str, ...]], dict[str, str]] = {}
    for image in images:
        path = _names(image.url)[0]
        if image.capture and image.capture.payload_digest and path.lower().endswith(_PICTURES):
            digests = addresses.setdefault(file_of(image.url), {})
            if digests.setdefault(image.url, image.capture.payload_digest) != image.capture.payload_digest:
                digests[image.url] = ""
    found: dict[str, str] = {}
    for digests in addresses.values():
        if "" not in digests.values():
            first = next(iter(digests.values()))
            found |= {digest: found.get(first, first) for digest in digests.values() if digest not in found}
    return found


def _names(url: str) -> tuple[str, ...]:
    """The names of a picture's file: its path, and where that is long, the last part of it."""
    try:
        parts = urlsplit(url)
        # a program's parameters say which picture it gives, a file's only how it is given
        path = parts.path if parts.path.lower().endswith(_PICTURES) else f"{parts.path}?{parts.query}"
    except ValueError:
        path = url
    last = path.rpartition("/")[2]
    return (path, last) if len(last) >= _LONG_NAME else (path,)
