"""The body of a page without rules: pieces of the densest container and of trafilatura's, voted on; reads no field.

Three readers are asked: our own (the container with most letters in paragraphs, furniture left out), trafilatura, and
the text that the page's JSON-LD gives. Each piece of the page in reading order stays where enough of them have it.
"""

from __future__ import annotations

import itertools
import logging
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence

import attrs

from archive.ignorable import without_ignorable
from crawler.extract.body import LONGEST_BYLINE
from crawler.extract.boxes import mark_captions, may_be_caption
from crawler.extract.page import Page
from crawler.extract.pieces import Marks, Piece, pieces_of
from crawler.extract.selection import Element
from crawler.extract.surroundings import furniture_of

_LETTERS = re.compile(r"\W+")
_LONG = 80
_WINDOW = 40
_SYLLABLES = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_ENOUGH = 400
_FEW = 300
_HEARD = 0.35
_FAR_AHEAD = 30
_OPENING = re.compile(r"lead|sapo|stand-?first|teaser-?text|perex|ingress|intro", re.IGNORECASE)
_NOTICE = re.compile(
    r"(?:comments?|leave a comment|advertisement|share(?: this)?|print|follow us|subscribe(?: now)?|sign up|loading.*|"
    r"read more|bình luận|quảng cáo|chia sẻ|kommentare?|werbung|anzeige|publicité|publicidad|annons|reklame)\W*",
    re.IGNORECASE,
)
_SHORT = 40
_LEAD = re.compile(
    r"lead|sapo|excerpt|stand-?first|sub-?title|sub-?head|sub-?line|deck|\bdek\b|hed-?dek|Dek\b|intro|teaser-?text|summary|perex|"
    r"ingress|chapeau|abstract|vorspann|speakable|kicker-?text|entradilla|bajada|description|strapline|synopsis|preamble|chapo",
    re.IGNORECASE,
)
_WIDER = 1.3
_OF_TEXT = frozenset(("p", "blockquote", "li", "ul", "ol", "h2", "h3", "h4", "figure"))
# "ALSO READ: ...", "Xem thêm: ...": a link to another article in a line of its own
_POINTS = re.compile(
    r"[>»•*\-–—|\s]*(?:(?:also\s+)?read(?:\s+(?:more|also|next|on))?|related|see\s+also|more\s+on|watch|listen|"
    r"xem\s+thêm|đọc\s+thêm|xem\s+tiếp|tin\s+liên\s+quan|bài\s+liên\s+quan|mời\s+(?:bạn|quý)|"
    r"lesen\s+sie|mehr\s+zum|lire\s+aussi|à\s+lire|lee\s+también|leia|leggi|lees\s+ook|les\s+også|läs\s+(?:också|mer))",
    re.IGNORECASE,
)
# Beyond these trafilatura is not asked: its time grows faster than the page.
_MOST_ELEMENTS = 30_000
_DEEPEST = 250

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)


@attrs.frozen
class GenericBody:
    """The pieces chosen, in reading order; how far the readers agree, as the share of letters that two of them have."""

    pieces: tuple[Piece, ...] = ()
    agreement: float = 0.0
    lead: str | None = None


def read_generic(page: Page, told: str = "", lead: str = "") -> GenericBody:
    """Read the body of a page whose newspaper declares no layout.

    Args:
        told: the body's text as JSON-LD gives it.
        lead: a description that a piece ahead of the body may repeat.
    """
    body = page.root.find("body")
    if body is None:
        body = page.root
    drop, opened = furniture_of(body)
    everything = pieces_of(body, page, Marks(drop=drop, opened=opened))
    dense = _densest(everything)
    if dense is None or _held(everything, dense) < _FEW:
        # of a short piece of news the longest paragraph may be the standfirst, which stands alone
        shorter = _densest(everything, _SHORT // 2)
        dense = dense if shorter is None else shorter
    if dense is None and any(_is_paragraph(piece) for piece in everything):
        dense = body  # whose paragraphs stand in nothing else
    mark_captions(everything, dense)
    theirs = Witness(_trafilatura(page.root))
    linked = Witness(told)
    return _vote(_hear(everything, dense, theirs, linked), len(linked.letters) >= _ENOUGH, _compact(lead))


class Witness:
    """What another reader holds to be the body; asked piece by piece."""

    def __init__(self, text: str) -> None:
        self.letters = _compact(text)

    def has(self, piece: str) -> bool:
        """Whether it has a piece of so many letters (compact): short ones whole, of long ones the beginning or end."""
        if len(piece) <= _LONG:
            return piece in self.letters
        return piece[:_WINDOW] in self.letters or piece[-_WINDOW:] in self.letters


def _compact(text: str) -> str:
    # composed first: a combining mark is no letter, and a decomposed paragraph would be like none of another reader's
    return _LETTERS.sub("", unicodedata.normalize("NFC", without_ignorable(text))).casefold()


def _trafilatura(root: Element) -> str:
    if not _is_within_bounds(root):
        return ""
    import trafilatura  # a fifth of a second, which pages with rules never need

    try:
        found = trafilatura.bare_extraction(root, fast=True, include_comments=False)
    except Exception:  # it promises nothing of hostile pages; ours stands alone then
        return ""
    return (getattr(found, "text", None) or "") if found is not None else ""


def _is_within_bounds(root: Element) -> bool:
    if sum(1 for _ in root.iter()) > _MOST_ELEMENTS:
        return False
    depth, element = 0, root
    # the deepest nesting that matters is that of the first child: hostile pages nest one in the other
    while len(element) and depth <= _DEEPEST:
        element = element[-1] if len(element[-1]) else element[0]
        depth += 1
    return depth <= _DEEPEST


def _is_paragraph(piece: Piece, least: int = _LONG) -> bool:
    return (
        not piece.is_picture
        and not piece.caption
        and not piece.heading
        and piece.box is None
        and _length(piece.text) >= least
        and piece.linked < 0.4
    )


def _length(text: str) -> int:
    """Letters, those of scripts that write a syllable or word with one counted threefold."""
    return len(text) if text.isascii() else len(text) + 2 * len(_SYLLABLES.findall(text))


def _densest(pieces: Sequence[Piece], least: int = _LONG) -> Element | None:
    """The element that holds most letters in paragraphs; from the best one up while its surroundings hold many more."""
    near: defaultdict[Element, float] = defaultdict(float)
    within: defaultdict[Element, int] = defaultdict(int)
    for piece in pieces:
        if not _is_paragraph(piece, least) or piece.place is None:
            continue
        length = _length(piece.text)
        for step, around in enumerate(itertools.islice(_around(piece.place), _DEEPEST)):
            within[around] += length
            if step < 4:
                near[around] += length * 0.8**step
    best = max(near, key=lambda element: near[element], default=None)
    while best is not None:
        wider = next((around for around in _around(best.getparent()) if within[around] >= _WIDER * within[best]), None)
        if wider is None:
            return best
        best = wider
    return None


def _held(pieces: Sequence[Piece], element: Element) -> int:
    """Letters of the long paragraphs within an element."""
    return sum(
        _length(piece.text)
        for piece in pieces
        if _is_paragraph(piece) and any(around is element for around in _up(piece.place))
    )


def _around(place: Element | None) -> Iterator[Element]:
    """The elements around a piece below the body, the nearest that is no paragraph first."""
    while place is not None and place.tag not in ("body", "html"):
        if place.tag not in _OF_TEXT:
            yield place
        place = place.getparent()


@attrs.frozen(eq=False)
class _Heard:
    """A piece, what its letters are, and who of the three has it."""

    piece: Piece
    letters: str
    ours: bool
    theirs: bool
    linked: bool


def _hear(pieces: Sequence[Piece], dense: Element | None, theirs: Witness, linked: Witness) -> list[_Heard]:
    inside = set(dense.iter()) if dense is not None else set()
    heard = []
    for piece in pieces:
        letters = _compact(piece.text)
        said = bool(letters) and not piece.is_picture
        heard.append(
            _Heard(piece, letters, piece.place in inside, said and theirs.has(letters), said and linked.has(letters))
        )
    return heard


def _vote(heard: Sequence[_Heard], has_linked: bool, lead: str) -> GenericBody:
    sure = [one for one in heard if _is_paragraph(one.piece)]
    of_ours = sum(len(one.letters) for one in sure if one.ours)
    of_both = sum(len(one.letters) for one in sure if one.ours and one.theirs)
    of_theirs = sum(len(one.letters) for one in sure if one.theirs)
    # where theirs has little of what ours has, it has lost the body
    is_heard = of_both >= _HEARD * of_ours
    own = [nth for nth, one in enumerate(heard) if one.ours and _stays(one, is_heard, has_linked)]
    span = range(own[0], own[-1] + 1) if own else range(0)
    behind = max((nth for nth, one in enumerate(heard) if one.ours), default=0)
    shown = range(_headline(heard, span.start), max(span.stop, behind + 1)) if own else range(0)
    staying = [
        nth
        for nth, one in enumerate(heard)
        if (
            nth in shown
            if _is_shown(one.piece) or (nth and may_be_caption(one.piece, heard[nth - 1].piece))
            else _stays(one, is_heard, has_linked, nth in span)
        )
    ]
    kept = [heard[nth] for nth in staying]
    said = [nth for nth in staying if not _is_shown(heard[nth].piece)]
    shared = of_both / max(of_ours, of_theirs, 1)
    if not said:
        return GenericBody()
    opening = _lead(heard[: said[0]], lead, heard[said[0]].letters)
    pieces = _trimmed(kept)
    if opening is not None:
        pieces = (opening, *pieces)
    return GenericBody(pieces, round(shared, 3), opening.text if opening else None)


def _lead(ahead: Sequence[_Heard], told: str, first: str) -> Piece | None:
    """The standfirst ahead of the body: what the page's description repeats, or an element whose name says so, or
    what stands right behind the headline."""
    headline = next((nth for nth in reversed(range(len(ahead))) if _is_headline(ahead[nth].piece)), None)
    ahead = ahead[headline + 1 :] if headline is not None else ahead[-_FAR_AHEAD:]
    for nth, one in enumerate(ahead):
        piece = one.piece
        if piece.is_picture or piece.caption or piece.box or piece.linked > 0.5 or _length(piece.text) < _SHORT:
            continue
        if one.letters[:_LONG] == first[:_LONG]:
            continue
        names = " ".join(
            f"{e.get('class') or ''} {e.get('itemprop') or ''}" for e in itertools.islice(_up(piece.place), 2)
        )
        is_next = headline is not None and nth < 3 and len(piece.text) >= _LONG
        if (told and one.letters[:_WINDOW] == told[:_WINDOW]) or _LEAD.search(names) or is_next:
            return piece
    return None


def _is_shown(piece: Piece) -> bool:
    """Whether it is a picture, its caption or a player; these also stand between headline and text."""
    return piece.is_picture or piece.caption or piece.embed is not None


def _headline(heard: Sequence[_Heard], start: int) -> int:
    """Where the pictures of the article begin: behind the last h1 ahead of its text, or there."""
    ahead = range(max(0, start - _FAR_AHEAD), start)
    return next((nth for nth in reversed(ahead) if _is_headline(heard[nth].piece)), start)


def _is_headline(piece: Piece) -> bool:
    return piece.place is not None and any(around.tag == "h1" for around in itertools.islice(_up(piece.place), 3))


def _up(place: Element | None) -> Iterator[Element]:
    while place is not None:
        yield place
        place = place.getparent()


def _stays(one: _Heard, is_heard: bool, has_linked: bool, is_within: bool = True) -> bool:
    piece = one.piece
    if _is_headline(piece):
        return False
    if piece.linked >= 0.6 and (len(piece.text) < 300 or piece.box):
        return False
    if piece.linked >= 0.45 and ((piece.box and not one.theirs) or _POINTS.match(piece.text)):
        return False
    if _NOTICE.fullmatch(piece.text):
        return False
    if one.ours and is_within and piece.align == "right" and len(piece.text) <= LONGEST_BYLINE:
        return True
    if has_linked and one.linked and (one.ours or one.theirs):
        return True
    if not one.ours:
        return one.theirs and is_heard and is_within and _is_paragraph(piece)
    if one.theirs or not is_heard:
        return True
    return (
        piece.place is not None and _OPENING.search(piece.place.get("class") or "") is not None and _is_paragraph(piece)
    )


def _trimmed(kept: Sequence[_Heard]) -> tuple[Piece, ...]:
    """Each text once, and no headings at the end that nothing stands under."""
    seen: set[str] = set()
    left = []
    for one in kept:
        if len(one.letters) >= _WINDOW and one.letters in seen:
            continue
        seen.add(one.letters)
        left.append(one)
    while left and left[-1].piece.heading:
        left.pop()
    return tuple(one.piece for one in left)
