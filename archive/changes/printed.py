"""Whether two readings of an article show that the newspaper printed something else; pure."""

from __future__ import annotations

import enum
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

import attrs

from archive.article import Article, Block
from archive.changes.printed_pictures import Pieces, have_captions_changed, have_pictures_changed
from archive.changes.printed_text import Words, are_alike, joined, names_among, names_in, without_dateline, words_of
from archive.changes.tables import figures_moved
from archive.reasons import Reason

# A line at the edge of the text, of so few words and without a full stop, is one of the site's
_SHORT = 8
# In words and signs
_LONGEST_SIGNATURE, _LONGEST_LINK, _LONGEST_CAPTION = 16, 40, 200
_STOPS = frozenset('.!?")')
# What a text ends in that was cut short, and from how many words and signs on it tells which one
_CUT, _FEWEST_CUT = (".", ".", "."), 7
# Lines that lead to other articles begin so, those of tags and buttons likewise, and those that count readers say this
_LEADING = frozenset(["xem thêm", "đọc thêm", "xem tiếp", "tin liên", "bài liên"])
_OF_TAGS = frozenset(["từ khóa", "từ khoá", "tag", "tags", "hashtag", "chủ đề", "thẻ"])
_SHARING, _LONGEST_BUTTON = frozenset(["chia sẻ bài", "chia sẻ tin", "chia sẻ qua", "chia sẻ trên", "chia sẻ lên"]), 16
_COUNTED = frozenset(
    ["lượt xem", "số lượt xem", "lượt đọc", "số lượt đọc", "đã xem", "đã đọc", "view", "views", "bình luận", "chia sẻ",
     "lượt chia sẻ", "lượt thích", "thích", "like", "likes", "share", "shares", "comments"]
)  # fmt: skip
# What a clock says beside numbers
_CLOCK = frozenset(
    ["thứ", "hai", "ba", "tư", "năm", "sáu", "bảy", "chủ", "nhật", "ngày", "tháng", "lúc", "giờ", "phút", "gmt",
     "am", "pm", "sa", "ch", "sáng", "chiều", "tối", "trước", "đăng", "cập"]
)  # fmt: skip


class PrintedPart(enum.Enum):
    """A part of an article that makes a version where it is printed otherwise."""

    TITLE = "title"
    LEAD = "lead"
    BODY = "body"
    BYLINE = "byline"
    PICTURES = "pictures"
    CAPTIONS = "captions"


Evidence: TypeAlias = Callable[[Article, Words], bool | None]
"""Whether the page of an article shows words, whatever was read of it; None where that is not known."""


def _unknown(article: Article, words: Words) -> None:
    return None


def differing_parts(former: Article, later: Article, shows: Evidence = _unknown) -> tuple[PrintedPart, ...]:
    """The parts of an article that are printed otherwise in a later reading; none: it is the same version.

    Kicker, related articles, times, kinds of blocks, typographic signs and addresses of pictures make no difference.
    What only one reading has is a difference where both are of the same layout; else the layout may lack it. A piece of
    the text that only one has is none where the page of the other shows it all the same.
    """
    is_same = is_same_layout(former, later)
    texts = _Text(former), _Text(later)
    differs: dict[PrintedPart, Callable[[], bool]] = {
        PrintedPart.TITLE: lambda: _has_title_changed(former, later, is_same_layout=is_same),
        PrintedPart.BYLINE: lambda: _has_byline_changed(former, later, texts, is_same_layout=is_same),
        PrintedPart.PICTURES: lambda: have_pictures_changed(former, later, is_same_layout=is_same),
        PrintedPart.CAPTIONS: lambda: have_captions_changed(
            former, later, (texts[0].names_of_pieces, texts[1].names_of_pieces), is_same_layout=is_same
        ),
    }
    found = {part for part, is_different in differs.items() if is_different()}
    found |= _parts_of_text(*texts, is_same_layout=is_same, shows=shows)
    return tuple(part for part in PrintedPart if part in found)


def is_same_layout(former: Article, later: Article) -> bool:
    """Whether both were read from the same template by the same rules, so that a field which one lacks is not printed.

    Of articles that do not say so: whether both were read by rules, or both without.
    """
    if former.layout is not None and later.layout is not None:
        return former.layout == later.layout
    lacks_rules = [Reason.NO_LAYOUT.value in one.missing.values() for one in (former, later)]
    return lacks_rules[0] == lacks_rules[1]


def _has_title_changed(former: Article, later: Article, *, is_same_layout: bool) -> bool:
    one, other = words_of(former.title), words_of(later.title)
    if are_alike(one, other):
        return False
    for kicker, title, whole in ((former.kicker, one, other), (later.kicker, other, one)):
        said = words_of(kicker)
        is_both = whole[: len(said)] == said and whole[-len(title) :] == title
        if said and is_both and len(whole) <= len(said) + len(title) + 1:
            return False
    short, long = sorted((one, other), key=len)
    has_name = len(short) >= 4 and long[: len(short)] == short and long[len(short)] in "-|"
    return is_same_layout or not has_name


def _has_byline_changed(former: Article, later: Article, texts: tuple[_Text, _Text], *, is_same_layout: bool) -> bool:
    one, other = _signed(former), _signed(later)
    if one == other or are_alike(words_of(former.byline), words_of(later.byline)):
        return False
    if not one or not other:
        known, text = (one, texts[1]) if one else (other, texts[0])
        return is_same_layout and not text.names(known)
    return is_same_layout or not (one <= other or other <= one)


def _signed(article: Article) -> frozenset[str]:
    """The words of everyone whom an article names as its writers and source."""
    printed = names_in(article.byline)
    if printed:
        return printed
    named = [*article.authors, *(one.name for one in article.contributors), article.source or ""]
    return frozenset(word for name in named for word in names_in(name))


class _Text:
    """What an article says from lead to last line: pieces of words, line by line, without related articles."""

    def __init__(self, article: Article) -> None:
        self.article = article
        self.tables = [block.text for block in article.body if block.type == "table"]
        opening = (article.lead or "").split("\n")
        self.lead = tuple(filter(None, (words_of(without_dateline(line, article.dateline)) for line in opening)))
        lines = [words_of(line) for line in self._lines()]
        pieces = [line for line in lines if line]
        opens = joined(pieces[: max(len(self.lead), 3)])
        self.opening = frozenset(self.lead)
        is_within = not self.opening.isdisjoint(pieces) or opens[: len(joined(self.lead))] == joined(self.lead)
        self.pieces = pieces if is_within else [*self.lead, *pieces]

    def _lines(self) -> Iterator[str]:
        blocks = [block for block in self.article.body if block.type not in ("figure", "related", "byline")]
        for nth, block in enumerate(blocks):
            for line in _lines_of(block):
                yield without_dateline(line, self.article.dateline) if nth < 2 else line

    def beside(self) -> Iterator[str | None]:
        """What the page says beside the text; it may stand in the text of another reading."""
        article = self.article
        yield from (article.kicker, article.title, article.section, article.byline, article.dateline, article.source)
        yield from article.tags
        yield " ".join(article.tags)
        yield article.published_text
        yield article.modified_text
        for image in article.images:
            yield from (image.caption, image.credit, image.printed, image.alt)
        for block in article.body:
            if block.type in ("related", "figure", "byline"):
                yield from block.text.split("\n")

    def names_of_pieces(self) -> Pieces:
        """What captions are looked for in."""
        return frozenset(names_among(piece) for piece in self.pieces if len(piece) <= _LONGEST_CAPTION)

    def names(self, signed: frozenset[str]) -> bool:
        """Whether a piece says nothing but these names."""
        return any(_is_signature(piece, signed) for piece in self.pieces[-3:] + self.pieces[:2])


def _lines_of(block: Block) -> Sequence[str]:
    return block.text.replace(" | ", " ").split("\n") if block.type == "table" else block.text.split("\n")


def _is_signature(piece: Words, signed: frozenset[str]) -> bool:
    return bool(signed) and len(piece) <= _LONGEST_SIGNATURE and names_among(piece) == signed


def _parts_of_text(former: _Text, later: _Text, *, is_same_layout: bool, shows: Evidence) -> set[PrintedPart]:
    """Which of lead and body say something else."""
    if is_same_layout and any(map(figures_moved, former.tables, later.tables)):
        return {PrintedPart.BODY}
    if former.pieces == later.pieces or joined(former.pieces) == joined(later.pieces):
        return set()
    gone = _only_in(former.pieces, later.pieces)
    come = _only_in(later.pieces, former.pieces)
    gone, come = _without_capitals(gone, come)
    gone, come = _unexplained(gone, later, former), _unexplained(come, former, later)
    if not is_same_layout:
        gone, come = _without_edges(gone, former), _without_edges(come, later)
        if joined(gone) != joined(come):
            gone = [piece for piece in gone if not shows(later.article, piece)]
            come = [piece for piece in come if not shows(former.article, piece)]
    if joined(gone) == joined(come):
        return set() if gone or come or _is_in_order(former, later) else {PrintedPart.BODY}
    in_lead = [piece in one.opening for one, pieces in ((former, gone), (later, come)) for piece in pieces]
    if all(in_lead) and not (gone and come):
        return {PrintedPart.LEAD} if is_same_layout else set()
    is_lead = not former.opening.isdisjoint(gone) and not later.opening.isdisjoint(come)
    parts = {PrintedPart.LEAD} if is_lead or (is_same_layout and any(in_lead)) else set()
    rest = [[one for one in pieces if one not in text.opening] for pieces, text in ((gone, former), (come, later))]
    if joined(rest[0]) != joined(rest[1]):
        parts.add(PrintedPart.BODY)
    return parts


def _only_in(pieces: Sequence[Words], others: Sequence[Words]) -> list[Words]:
    left = Counter(others)
    found = []
    for piece in pieces:
        if left[piece]:
            left[piece] -= 1
        else:
            found.append(piece)
    return found


def _without_capitals(gone: list[Words], come: list[Words]) -> tuple[list[Words], list[Words]]:
    """The pieces without those that differ in capitals alone."""
    if not any(" ".join(piece[:8]).isupper() for piece in (*gone, *come)):
        return gone, come
    left: defaultdict[str, list[Words]] = defaultdict(list)
    for piece in come:
        left[_in_capitals(piece)].append(piece)
    kept, taken = [], []
    for piece in gone:
        others = left[_in_capitals(piece)]
        same = next((one for one in others if are_alike(piece, one)), None)
        if same is None:
            kept.append(piece)
        else:
            others.remove(same)
            taken.append(same)
    return kept, _only_in(come, taken)


def _in_capitals(piece: Words) -> str:
    return " ".join(piece).upper()


def _unexplained(pieces: list[Words], other: _Text, own: _Text) -> list[Words]:
    """The pieces of a text that the other reading does not have elsewhere on its page."""
    if not pieces:
        return pieces
    beside = {words_of(said) for text in (other, own) for said in text.beside() if said}
    lower = {tuple(word.casefold() for word in words) for words in beside}
    signed = [one for one in (_signed(other.article), _signed(own.article)) if one]
    images = (*other.article.images, *own.article.images)
    taken = [names_in(said) for image in images for said in (image.credit, image.printed)]
    captions = {names_in(f"{image.caption or ''} {image.credit or ''}") for image in images} - {frozenset()}
    longest = 2 * max(map(len, captions), default=0)
    names = {one for one in (*signed, *taken) if one}
    openings = {words[:-3] for words in other.lead if len(words) >= _FEWEST_CUT and words[-3:] == _CUT}
    lengths = {len(words) for words in openings}
    ordered = sorted(other.pieces)
    return [
        piece
        for piece in pieces
        if tuple(word.casefold() for word in piece) not in lower
        and (len(piece) > _LONGEST_SIGNATURE or names_among(piece) not in names)
        and (len(piece) > longest or names_among(piece) not in captions)
        and not (len(piece) >= _FEWEST_CUT and piece[-3:] == _CUT and _opens_any(piece[:-3], ordered))
        and not any(piece[:length] in openings for length in lengths)
        and not is_of_site(piece)
    ]


def _opens_any(words: Words, ordered: Sequence[Words]) -> bool:
    """Whether one of sorted pieces begins with these words."""
    place = bisect_left(ordered, words)
    return place < len(ordered) and ordered[place][: len(words)] == words


def is_of_site(piece: Words) -> bool:
    """Whether a piece is a counter, names the article's tags, or leads to other articles or networks."""
    if len(piece) > _LONGEST_LINK:
        return False
    if ":" in piece[1:3] and " ".join(piece[: piece.index(":")]).casefold() in _OF_TAGS:
        return True
    if " ".join(piece[:3]).casefold() in _SHARING and len(piece) <= _LONGEST_BUTTON and piece[-1] not in _STOPS:
        return True
    words = [word.casefold() for word in piece if word[0].isalpha()]
    if " ".join(words[:2]) in _LEADING:
        return True
    return (" ".join(words) in _COUNTED or _is_counted_clock(piece)) and any(map(_holds_number, piece))


def _is_counted_clock(piece: Words) -> bool:
    """Whether a piece is a clock and a counter: "Thứ tư, 4/3/2026 lúc 7h45 - 302 lượt xem"; markup may join numbers of
    both."""
    words = [word.casefold() for word in piece if word[0].isalpha()]
    counters = [n for n in range(1, len(words)) if " ".join(words[n:]) in _COUNTED]
    return any(_CLOCK.issuperset(words[:n]) for n in counters)


def _holds_number(word: str) -> bool:
    return word[0].isdigit()


def _without_edges(pieces: list[Words], text: _Text) -> list[Words]:
    """The pieces without short lines of the site at the text's edges."""
    edges = {*text.pieces[:2], *text.pieces[-4:]}
    return [piece for piece in pieces if piece not in edges or len(piece) > _SHORT or piece[-1] in _STOPS]


def _is_in_order(former: _Text, later: _Text) -> bool:
    """Whether the pieces that both texts have follow each other alike."""
    ones, others = dict.fromkeys(former.pieces), dict.fromkeys(later.pieces)
    return [one for one in ones if one in others] == [one for one in others if one in ones]


def with_fields_of(article: Article, others: Sequence[Article]) -> Article:
    """The article with lead, byline and pictures that it lacks taken from other readings of the same version."""
    for one in others:
        if article.lead is None and one.lead is not None:
            article = attrs.evolve(article, lead=one.lead)
        if article.byline is None and one.byline is not None:
            article = attrs.evolve(
                article, byline=one.byline, authors=one.authors, contributors=one.contributors, source=one.source
            )
        if not article.images and one.images:
            article = attrs.evolve(article, images=one.images)
    return article
