"""The standfirst of a page without rules: the text between headline and body that tells what the article is of."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Sequence

from crawler.extract.body.density import LONG, SHORT, length
from crawler.extract.body.pieces import Piece
from crawler.extract.generic.evidence import WINDOW, PieceEvidence, compact, shape_of
from crawler.extract.selectors import with_ancestors

_FAR_AHEAD = 30
_LINKS_LITTLE = 0.3
_MOST_OF_LEAD = 5
_LEAD = re.compile(
    r"lead|sapo|excerpt|stand-?first|sub-?title|sub-?head|sub-?line|deck|\bdek\b|hed-?dek|Dek\b|intro|teaser-?text|summary|perex|"
    r"ingress|chapp?eau|abstract|vorspann|speakable|kicker-?text|entradilla|bajada|description|strapline|synopsis|preamble|chapo|tom-?tat|mo-?ta|(?:^|[\s_-])desc(?:$|[\s_-])",
    re.IGNORECASE,
)


def standfirst(
    ahead: Sequence[PieceEvidence], description: str, first: str, is_headline: Callable[[PieceEvidence], bool]
) -> tuple[Piece, ...]:
    """The standfirst ahead of the body: what the page's description repeats, or an element whose name says so, or
    what stands right behind the headline; with the lines right behind it that are set alike."""
    headline = next((nth for nth in reversed(range(len(ahead))) if is_headline(ahead[nth])), None)
    ahead = ahead[headline + 1 :] if headline is not None else ahead[-_FAR_AHEAD:]
    found: list[int] = []
    for nth, one in enumerate(ahead):
        piece = one.piece
        if piece.is_picture or piece.caption or piece.box or piece.linked > 0.5 or length(piece.text) < SHORT:
            continue
        if one.letters[:LONG] == first[:LONG]:
            continue
        is_next = headline is not None and nth < 3 and len(piece.text) >= LONG
        if (description and one.letters[:WINDOW] == description[:WINDOW]) or _LEAD.search(_names(piece)) or is_next:
            found.append(nth)
    # a heading right behind the headline is rather a second headline
    start = next((nth for nth in found if not ahead[nth].piece.heading), found[0] if found else None)
    if start is None:
        return ()
    shape = shape_of(ahead[start].piece)
    alike = itertools.takewhile(lambda one: one.piece.text and shape_of(one.piece) == shape, ahead[start:])
    alike = itertools.takewhile(lambda one: one.piece.linked < _LINKS_LITTLE or one is ahead[start], alike)
    return tuple(one.piece for one in itertools.islice(alike, _MOST_OF_LEAD))


def is_standfirst(first: PieceEvidence, ahead: Sequence[PieceEvidence]) -> bool:
    """Whether the text's first paragraph is its standfirst: an element is named so that holds nothing else, or it
    stands ahead of the text once more."""
    return _is_named(first) or (len(first.letters) >= LONG and any(one.letters == first.letters for one in ahead))


def is_run_together(one: PieceEvidence, following: PieceEvidence) -> bool:
    """Whether a text is that which follows run together, and cut somewhere, as site systems make teasers."""
    return len(following.letters) >= SHORT and one.letters.startswith(following.letters)


def _is_named(one: PieceEvidence) -> bool:
    for around in itertools.islice(with_ancestors(one.piece.place), 2):
        named = _LEAD.search(f"{around.get('class') or ''} {around.get('itemprop') or ''}")
        if named and len(compact("".join(around.itertext()))) <= len(one.letters) + SHORT:
            return True
    return False


def _names(piece: Piece) -> str:
    around = itertools.islice(with_ancestors(piece.place), 2)
    return " ".join(f"{one.get('class') or ''} {one.get('itemprop') or ''}" for one in around)
