"""For each field of a page that was read: the evidence that was chosen, and the evidence beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import attrs

from archive.reasons import Reason
from crawler.extract.body.pieces import Piece
from crawler.extract.confidence import confidences
from crawler.extract.dates.parsing import Instant
from crawler.extract.extraction import VOTED, Extraction
from crawler.extract.generic.evidence import compact
from crawler.extract.text import bare
from crawler.extract.vote import Candidate, Choice, supports, weight

_LONGEST = 300
# Two readings of a body are the same where they share so much of the longer one's letters.
_SAME_BODY = 0.9
_FEWEST_LETTERS = 20
UNVOTED = ("kicker", "section", "lead", "tags", "body", "images")
FIELDS = (*VOTED, *UNVOTED)
_UNMATCHED = (Reason.NO_ELEMENT, Reason.EMPTY_ELEMENT, Reason.NO_TIME, Reason.DAY_ONLY)


@attrs.frozen(kw_only=True)
class Evidence:
    """What one source says of a field."""

    source: str
    """rule, json-ld, meta, feed, visible, generic (the reading without rules) or list (where the page was found)."""
    place: str
    """The rule's selector, the metadata's name, the element's class."""
    value: str
    weight: float | None = None
    """Its weight in the vote; None: the field is not voted on."""
    agrees: bool = True
    """It says what was chosen, or a part of it."""


@attrs.frozen(kw_only=True)
class FieldEvidence:
    """The evidence of one field of one page."""

    field: str
    chosen: Evidence | None
    others: tuple[Evidence, ...] = ()
    confidence: float | None = None
    missing: str | None = None
    """Why the layout's rule gave nothing, or why there is no value: a stored reason."""

    @property
    def has_losers(self) -> bool:
        """Whether some evidence says otherwise than what was chosen."""
        return any(not one.agrees for one in self.others)

    @property
    def is_unmatched(self) -> bool:
        """Whether the layout has a rule for the field that found nothing that can be read."""
        return (self.missing or "").partition(" ")[0] in _UNMATCHED


def evidence_of(reading: Extraction, found_in: str | None = None) -> list[FieldEvidence]:
    """The evidence of each field of a page, which was read with `explaining`.

    Args:
        found_in: name of the section through which the page was found.
    """
    sure = confidences(reading)
    voted = [_voted(reading, field, reading.votes[field], sure.get(field)) for field in VOTED]
    return [*voted, *(_unvoted(reading, field, found_in, sure.get(field)) for field in UNVOTED)]


def _voted(reading: Extraction, field: str, vote: Choice, sure: float | None) -> FieldEvidence:
    winner = vote.candidate
    seen = {(one.source, one.place, as_text(one.value)): one for one in reversed(vote.candidates)}.values()
    others = [
        _stood(one, reading.language, winner is None or one.key == winner.key or supports(one, winner))
        for one in sorted(seen, key=lambda one: -weight(one, reading.language))
        if winner is None or (one.source, one.place, one.key) != (winner.source, winner.place, winner.key)
    ]
    chosen = _stood(winner, reading.language, True) if winner is not None else None
    reason = "byline" if field == "authors" else field
    return FieldEvidence(
        field=field, chosen=chosen, others=tuple(others), confidence=sure, missing=reading.fields.missing.get(reason)
    )


def _stood(one: Candidate, language: str, agrees: bool) -> Evidence:
    return Evidence(
        source=one.source, place=one.place, value=as_text(one.value), weight=weight(one, language), agrees=agrees
    )


def as_text(value: Any) -> str:
    """A candidate's value as text."""
    if isinstance(value, Instant):
        return value.at.isoformat() + (" (day only)" if value.day_only else "")
    text = ", ".join(value) if isinstance(value, tuple) else str(value)
    return text[:_LONGEST]


def _unvoted(reading: Extraction, field: str, found_in: str | None, sure: float | None) -> FieldEvidence:
    own, others, is_same = _SOURCES[field](reading, found_in)
    said = [one for one in others if one.value]
    chosen = own if own is not None and own.value else None
    if chosen is None and field == "section" and said and said[-1].source == "list":
        chosen = said.pop()  # a page that names no section has that of the list in which it was found
    judged = (attrs.evolve(one, agrees=is_same(chosen.value, one.value)) for one in said if chosen) if chosen else said
    return FieldEvidence(
        field=field, chosen=chosen, others=tuple(judged), confidence=sure, missing=reading.fields.missing.get(field)
    )


_Found = tuple[Evidence | None, list[Evidence], Callable[[str, str], bool]]


def _said(source: str, place: str, value: str | Iterable[str] | None) -> Evidence:
    return Evidence(
        source=source, place=place, value=as_text(tuple(value or ()) if not isinstance(value, str) else value)
    )


def _kicker(reading: Extraction, _found_in: str | None) -> _Found:
    rule = reading.layout.kicker if reading.layout else None
    return _said("rule", rule or "", reading.fields.kicker), [], _is_same


def _section(reading: Extraction, found_in: str | None) -> _Found:
    name, meta = reading.metadata.meta.first("article:section")
    others = [_said("json-ld", "articleSection", reading.metadata.json_ld.section), _said("meta", name, meta)]
    own = _rule_or_first(reading, "section", reading.fields.section, others)
    return own, [*others, _said("list", "where it was found", found_in)], _is_same


def _lead(reading: Extraction, _found_in: str | None) -> _Found:
    json_ld, meta = reading.metadata.json_ld, reading.metadata.meta
    name, described = next(
        (
            (one, text)
            for one in ("og:description", "description", "twitter:description")
            if (text := meta.first(one)[1])
        ),
        ("", ""),
    )
    others = [_said("json-ld", "description", json_ld.description), _said("meta", name, described)]
    layout = reading.layout
    place = "" if layout is None else layout.lead or ("first paragraph of the body" if layout.lead_opens_body else "")
    own = _said("rule" if layout is not None else "generic", place, reading.fields.lead)
    return own, others, _is_beginning


def _tags(reading: Extraction, _found_in: str | None) -> _Found:
    name, meta = reading.metadata.meta.first("news_keywords", "keywords")
    words = [word.strip() for word in meta.split(",") if word.strip()]
    others = [_said("json-ld", "keywords", reading.metadata.json_ld.tags), _said("meta", name, words)]
    return _rule_or_first(reading, "tags", reading.fields.tags, others), others, _is_part


def _body(reading: Extraction, _found_in: str | None) -> _Found:
    own = None
    if reading.body.blocks:
        place = reading.layout.body if reading.layout is not None and reading.is_by_rules else ""
        source = "rule" if reading.is_by_rules else "generic"
        own = _said(source, place, f"{len(reading.body.blocks)} blocks, {_letters(_body_texts(reading)):,} letters")
    others = []
    if reading.is_by_rules and reading.generic is not None:
        pieces = [piece.text for piece in reading.generic.pieces if _is_text(piece)]
        others.append(_said("generic", "", f"{_letters(pieces):,} letters"))
    agrees = reading.generic is None or _share(_body_texts(reading), reading.generic.pieces) >= _SAME_BODY
    return own, others, lambda _one, _other: agrees


def _images(reading: Extraction, _found_in: str | None) -> _Found:
    count, captioned = len(reading.body.images), sum(bool(image.caption) for image in reading.body.images)
    shown = f"{count} picture{'s' if count > 1 else ''}, {captioned} with a caption" if count else ""
    source = "rule" if reading.is_by_rules else "generic"
    return _said(source, "in the body" if count else "", shown), [], _is_same


_SOURCES: dict[str, Callable[[Extraction, str | None], _Found]] = {
    "kicker": _kicker, "section": _section, "lead": _lead, "tags": _tags, "body": _body, "images": _images,
}  # fmt: skip


def _rule_or_first(
    reading: Extraction, field: str, value: str | tuple[str, ...] | None, others: list[Evidence]
) -> Evidence:
    """The field's value with the place that it is from: the layout's rule, or the metadata that says the same."""
    css = getattr(reading.layout, field) if reading.layout is not None else None
    if reading.layout is not None:
        return _said("rule", css or "", value)
    own = _said("generic", "", value)
    found = next((one for one in others if one.value and one.value == own.value), None)
    if found is not None:
        others.remove(found)
    return found or own


def _is_same(one: str, other: str) -> bool:
    return bare(one) == bare(other)


def _is_beginning(one: str, other: str) -> bool:
    """Whether one is the other, or as much of it as a description has room for."""
    first, second = compact(one), compact(other)
    shortest = min(len(first), len(second), 80)
    return first[:shortest] == second[:shortest] or first in second or second in first


def _is_part(one: str, other: str) -> bool:
    first, second = ({bare(word) for word in text.split(", ")} for text in (one, other))
    return first <= second or second <= first


def _is_text(piece: Piece) -> bool:
    return bool(piece.text) and not piece.caption


def _body_texts(reading: Extraction) -> list[str]:
    return [block.text for block in reading.body.blocks if block.type not in ("figure", "related")]


def _letters(texts: Iterable[str]) -> int:
    return sum(len(compact(text)) for text in texts)


def _share(texts: Iterable[str], pieces: Iterable[Piece]) -> float:
    """The share of letters that a body has in common with the reading without rules."""
    own, other = _paragraphs(texts), _paragraphs(piece.text for piece in pieces if _is_text(piece))
    whole = max(sum(map(len, own)), sum(map(len, other)))
    return sum(map(len, own & other)) / whole if whole else 1.0


def _paragraphs(texts: Iterable[str]) -> set[str]:
    """The longer paragraphs: short ones are bylines, captions and headings, which the two readings hold elsewhere."""
    return {text for text in map(compact, _lines(texts)) if len(text) >= _FEWEST_LETTERS}


def _lines(texts: Iterable[str]) -> Iterator[str]:
    return (line for text in texts for line in text.splitlines())
