"""Paragraphs of the densest element that trafilatura lacks, and that stand together as text does."""

from __future__ import annotations

from collections.abc import Container, Sequence

from crawler.extract.body.density import is_paragraph
from crawler.extract.body.pieces import Piece
from crawler.extract.generic.evidence import PieceEvidence, is_shown
from crawler.extract.generic.notices import is_notice

_GREAT_PART = 0.4
_IN_TEXT = frozenset(("dd", "dt", "blockquote"))


def runs_of_paragraphs(
    evidence: Sequence[PieceEvidence], amid: range, tags: Container[object], accepted: int
) -> frozenset[int]:
    """Runs of paragraphs without links within the text, and one that goes on where the others end.

    A paragraph alone is often an invitation, and those below a heading of their own a box; the last ones are text where
    they are a great part of it.

    Args:
        amid: from the first of the paragraphs that both readers have to the last.
        tags: the elements that these stand in.
        accepted: how many letters they hold.
    """
    found: set[int] = set()
    run: list[int] = []
    is_headed = False
    for nth in range(amid.start, len(evidence) + 1) if amid or accepted else ():
        one = evidence[nth] if nth < len(evidence) else None
        if one is not None and (not one.in_densest or is_shown(one.piece) or one.piece.place is None):
            continue
        if one is not None and not one.in_trafilatura and _is_plain(one.piece, tags):
            run.append(nth)
            continue
        letters = sum(len(evidence[each].letters) for each in run)
        if len(run) > 1 and not is_headed and (run[-1] < amid.stop or letters >= _GREAT_PART * accepted):
            found.update(run)
        run, is_headed = [], one is not None and not one.in_trafilatura and (is_headed or one.piece.heading)
        if nth > amid.stop:
            break
    return frozenset(found)


def _is_plain(piece: Piece, tags: Container[object]) -> bool:
    """Whether it is a paragraph without links that stands in the same kind of element as the text."""
    if not is_paragraph(piece) or piece.linked or is_notice(piece.text) or piece.place is None:
        return False
    return piece.place.tag in tags or piece.place.tag in _IN_TEXT
