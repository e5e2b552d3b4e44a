"""Evidence for the body of a page without rules: which of three readers has each piece, and how far they agree."""

from __future__ import annotations

import copy
import enum
import logging
import re
import unicodedata
from collections.abc import Container, Iterator, Sequence

import attrs
import turbohtml

from archive.printable import without_ignorable
from crawler.extract.body.pieces import Piece
from crawler.extract.class_names import words_of_names
from crawler.extract.selectors import Element, Subtree, elements_by_xpath, serialized, with_ancestors

_LETTERS = re.compile(r"\w+")
_LONG = 80
WINDOW = 40
# Beyond these trafilatura is not asked: its time grows faster than the page.
_MOST_ELEMENTS = 30_000
# lxml's time grows with the square of an element's attributes
_LADEN = "descendant-or-self::*[count(@*) > 300]"
_DEEPEST = 250
_FEWEST_PLAIN = 40
_TEASER = 600

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)


class ReaderText:
    """Another reader's text of the body."""

    def __init__(self, text: str) -> None:
        self.letters = compact(text)

    def has(self, piece: str) -> bool:
        """Whether it has a piece of so many letters (compact): short ones whole, of long ones the beginning or end."""
        if len(piece) <= _LONG:
            return piece in self.letters
        return piece[:WINDOW] in self.letters or piece[-WINDOW:] in self.letters


def compact(text: str) -> str:
    """The text's letters and digits without case, for comparison."""
    # composed first: a combining mark is no letter, and a decomposed paragraph would be like none of another reader's
    return _letters_of(unicodedata.normalize("NFC", without_ignorable(text)))


def _letters_of(folded: str) -> str:
    return "".join(_LETTERS.findall(folded)).casefold()


def trafilatura_text(root: Element, sure: Container[Element] = ()) -> str:
    """The body as trafilatura reads it; nothing of pages that it would take too long for.

    Args:
        sure: elements that are surely no body, and need not be read once more.
    """
    if not _is_within_bounds(root):
        return ""
    import trafilatura  # a fifth of a second, which pages with rules never need

    markup = serialized(_without(root, sure))
    try:
        # in its balanced mode it reads pages with little text twice, the second time in this one
        found = trafilatura.bare_extraction(markup, fast=True, include_comments=False, favor_recall=True)
    except Exception:  # trafilatura may fail on hostile pages; then only our own reader counts
        return ""
    return (getattr(found, "text", None) or "") if found is not None else ""


def _without(root: Element, dropped: Container[Element]) -> Element:
    """A copy of a tree without these elements."""
    copied = copy.deepcopy(root)
    pairs = zip(root.node.descendants, copied.node.descendants, strict=True)
    for twin in [twin for node, twin in pairs if isinstance(node, turbohtml.Element) and Element(node) in dropped]:
        twin.decompose()
    return copied


def _is_within_bounds(root: Element) -> bool:
    if len(root.node.select("*")) > _MOST_ELEMENTS or elements_by_xpath(root, _LADEN):
        return False
    depth, element = 0, root
    # the deepest nesting that matters is that of the first child: hostile pages nest one in the other
    while len(element) and depth <= _DEEPEST:
        element = element[-1] if len(element[-1]) else element[0]
        depth += 1
    return depth <= _DEEPEST


@attrs.define(eq=False)
class PieceEvidence:
    """A piece, what its letters are, and who of the three has it; `hidden` where it is shown to nobody at first."""

    piece: Piece
    letters: str
    in_densest: bool
    in_trafilatura: bool
    in_json_ld: bool
    hidden: bool


def gather_evidence(
    pieces: Sequence[Piece], dense: Element | None, trafilatura: ReaderText, json_ld: ReaderText, hidden: set[Element]
) -> list[PieceEvidence]:
    """What each reader has of each piece; `dense` is the densest element, `hidden` holds what is not shown at first."""
    inside = Subtree(dense)
    evidence = []
    for piece in pieces:
        letters = _letters_of(piece.text)
        has_text = bool(letters) and not piece.is_picture
        is_hidden = bool(hidden) and any(around in hidden for around in with_ancestors(piece.place))
        evidence.append(
            PieceEvidence(
                piece,
                letters,
                piece.place in inside,
                has_text and trafilatura.has(letters),
                has_text and json_ld.has(letters),
                is_hidden,
            )
        )
    return evidence


def shape_of(piece: Piece) -> tuple[str, ...]:
    """Tag and class of the element that a piece stands in, and of the one around it; random names are all alike."""
    place = piece.place
    above = place.getparent() if place is not None else None
    return tuple(
        text for one in (place, above) if one is not None for text in (one.tag, words_of_names(one.get("class") or ""))
    )


def is_shown(piece: Piece) -> bool:
    """Whether it is a picture, its caption or a player; these also stand between headline and text."""
    return piece.is_picture or piece.caption or piece.embed is not None


def is_sentence(one: PieceEvidence) -> bool:
    """Whether a text is a sentence of which a part is linked, and no link with a word or two ahead."""
    text = one.piece.text
    is_plain = one.in_densest and one.in_trafilatura and one.piece.box is None
    return (
        is_plain
        and (1 - one.piece.linked) * len(text) >= _FEWEST_PLAIN
        and text.endswith((".", "!", "?", "…", "”", '"'))
    )


def comparable(json_ld: ReaderText, first: str) -> int:
    """Letters of the text in JSON-LD; none where it is only the text's beginning, given for a teaser."""
    return 0 if len(json_ld.letters) < _TEASER and first[:WINDOW] in json_ld.letters else len(json_ld.letters)


def without_copies(kept: Sequence[PieceEvidence]) -> tuple[Piece, ...]:
    """Each text once, but for lines that the article itself repeats, and no headings at the end above nothing."""
    copies = set(_copies([one for one in kept if not is_shown(one.piece)]))
    left = [one for one in kept if one not in copies]
    while left and left[-1].piece.heading:
        left.pop()
    return tuple(one.piece for one in left)


def _copies(texts: Sequence[PieceEvidence]) -> Iterator[PieceEvidence]:
    """The pieces that stand there a second time as part of a longer copy, or set otherwise than the first time.

    An article repeats single lines, as an interview its question to each who answers: what stands around them differs.
    """
    places: dict[str, int] = {}
    before = [places.setdefault(one.letters, nth) for nth, one in enumerate(texts)]
    is_long = [len(one.letters) >= WINDOW for one in texts]
    copied = [
        first < nth
        and is_long[nth]
        and (
            nth - first < 2
            or shape_of(texts[nth].piece) != shape_of(texts[first].piece)
            or any(
                0 <= nth + step < len(texts) and is_long[nth + step] and before[nth + step] == first + step
                for step in (-2, -1, 1, 2)
            )
        )
        for nth, first in enumerate(before)
    ]
    for nth, one in enumerate(texts):
        # a short line is one where it stands amid a copy
        amid = not is_long[nth] and before[nth] < nth and all(copied[max(0, nth - 1) : nth] + copied[nth + 1 : nth + 2])
        if copied[nth] or amid:
            yield one


class Ground(enum.Enum):
    """The strongest reason to doubt a body that was found without a rule."""

    PARAGRAPHS = "paragraphs"  # other readers choose other paragraphs
    TRAFILATURA = "trafilatura"  # trafilatura finds another amount of text
    JSON_LD = "json_ld"  # JSON-LD gives another amount of text
    LEFT_OUT = "left_out"  # long paragraphs beside the body are left out


@attrs.frozen
class Amounts:
    """How many letters each reader holds to be the body; 0 where it gave none that can be compared."""

    kept: int = 0
    trafilatura: int = 0
    json_ld: int = 0
    left_out: int = 0
    """Those of long paragraphs by the headline and the body, shown or hidden, that were not kept; no discussion."""
    shared: float = 0.0
    """The share of letters in paragraphs that both our own reader and trafilatura have."""

    @property
    def agreement(self) -> float:
        """From 0 to 1, by the strongest doubt."""
        return self._weakest[1]

    @property
    def ground(self) -> Ground:
        """What speaks most against the body."""
        return self._weakest[0]

    @property
    def _weakest(self) -> tuple[Ground, float]:
        shares = (
            (Ground.PARAGRAPHS, self.shared),
            (Ground.TRAFILATURA, _ratio(self.kept, self.trafilatura)),
            (Ground.JSON_LD, _ratio(self.kept, self.json_ld)),
            (Ground.LEFT_OUT, self.kept / max(1, self.kept + self.left_out)),
        )
        return min(shares, key=lambda share: share[1])


@attrs.frozen
class GenericBody:
    """The pieces chosen, in reading order, and how much of the page the readers hold to be body.

    The first piece is the lead where there is one.
    """

    pieces: tuple[Piece, ...] = ()
    lead: str | None = None
    lead_is_all: bool = False
    """There is no other text, as on the page of a video."""
    amounts: Amounts = Amounts()

    @property
    def agreement(self) -> float:
        """How far the readers agree, from 0 to 1."""
        return self.amounts.agreement


def _ratio(one: int, other: int) -> float:
    return min(one, other) / max(one, other) if other else 1.0
