"""The link between two articles of which one prints the other's text: its kind, its direction and the evidence."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from archive.catalog.reprints import LinkKind, ReprintLink
from archive.reprints.comparison import Agreement, Comparison
from archive.reprints.origin import Printing, direction_of

_HALF = 0.5
_UNEQUAL = 0.15
_NEARLY_ALL = 0.9


def link_of(first: Printing, second: Printing, compared: Comparison) -> ReprintLink:
    """The link of two printings of which `compared` says how much of each is in the other."""
    is_first, direction = direction_of(first, second)
    source, copy = (first, second) if is_first else (second, first)
    shares = compared.kept_of_first, compared.kept_of_second
    of_source, of_copy = shares if is_first else shares[::-1]
    return ReprintLink(
        source_id=source.article_id, copy_id=copy.article_id, source_seq=source.seq, copy_seq=copy.seq,
        kind=kind_of(of_source, of_copy, is_equal=compared.is_equal), kept_of_source=round(of_source, 4),
        kept_of_copy=round(of_copy, 4), direction=direction, evidence=_evidence(source, copy, compared),
    )  # fmt: skip


def kind_of(of_source: float, of_copy: float, *, is_equal: bool) -> LinkKind:
    """What a copy is that holds this share of the source, which is that share of the copy."""
    if is_equal:
        return "same"
    if of_copy < _NEARLY_ALL and of_source - of_copy > _UNEQUAL:
        return "expanded" if of_copy >= _HALF else "embedded"
    if of_source < _NEARLY_ALL and of_copy - of_source > _UNEQUAL:
        return "abridged"
    return "edited"


def _evidence(source: Printing, copy: Printing, compared: Comparison) -> dict[str, Any]:
    return {
        "shared": compared.shared,
        "published_at": [_said(source.published_from), _said(copy.published_from)],
        "first_captured_at": [_said(source.first_captured_at), _said(copy.first_captured_at)],
        "credits": [list(source.credits or source.agencies), list(copy.credits or copy.agencies)],
        "figures": _counts(compared.figures + compared.days),
        "names": _counts(compared.names),
    }


def _said(instant: datetime) -> str:
    return instant.isoformat()


def _counts(agreement: Agreement) -> list[int]:
    return [agreement.same, agreement.compared]
