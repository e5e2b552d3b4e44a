"""The candidates for a field, and the vote that chooses among them, with a measured confidence.

Sources that agree add their weights, each source once; the heaviest group wins and its weightiest member speaks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import attrs

from crawler.extract.dates.parsing import Instant, read_time
from crawler.extract.text import bare, fold

Source = Literal["rule", "json-ld", "meta", "feed", "visible", "generic"]
Field = Literal["title", "published_at", "modified_at", "authors", "source", "lead", "section", "tags", "body"]


@attrs.frozen(eq=False)
class Candidate:
    """One source's value for one field.

    `value` is a text, an Instant, or a tuple of texts; two candidates agree where their `key` is the same.
    """

    field: Field
    value: Any
    source: Source
    place: str
    raw: str
    share: float = 1.0
    """How much of its source's weight it has: a time above the headline is less surely the article's than one below."""
    key: Any = attrs.field(init=False, repr=False)
    """What agreement is judged by: letters without case and marks; an instant to the minute; names in any order."""

    @key.default
    def _make_key(self) -> Any:
        if isinstance(self.value, Instant):
            return self.value.at.replace(second=0, microsecond=0).timestamp()
        if isinstance(self.value, tuple):
            return frozenset(bare(name) for name in self.value)
        return bare(self.value)


@attrs.frozen(kw_only=True)
class FeedEntry:
    """What a newspaper's feed says of the article, where the address was found through one."""

    title: str | None = None
    published_at: str | None = None
    author: str | None = None


def feed_candidates(entry: FeedEntry | None, time_zone: str) -> list[Candidate]:
    """The candidates of the feed for title and time."""
    if entry is None:
        return []
    found = [Candidate("title", fold(entry.title), "feed", "title", entry.title)] if entry.title else []
    when = read_time(fold(entry.published_at), time_zone) if entry.published_at else None
    if when is not None and entry.published_at:
        found.append(Candidate("published_at", when, "feed", "pubDate", entry.published_at))
    return found


# By field and source. A rule outweighs all others together: it is kept by hand and shown by golden pages. OpenGraph
# titles and JSON-LD times are the ones that newspapers themselves keep right.
WEIGHTS: Mapping[Field, Mapping[Source, float]] = {
    "title": {"rule": 12, "feed": 2, "meta": 6.2, "json-ld": 2.6, "visible": 2.2},
    "published_at": {"rule": 12, "feed": 2, "meta": 3, "json-ld": 4, "visible": 2},
    "modified_at": {"rule": 12, "feed": 1, "meta": 3, "json-ld": 4, "visible": 2},
    "authors": {"rule": 12, "feed": 1, "meta": 2.5, "json-ld": 6, "visible": 3},
}
# Vietnamese systems fill og:title and headline from a field for search engines; readers are shown the h1.
WEIGHTS_VI: Mapping[Field, Mapping[Source, float]] = {
    **WEIGHTS,
    "title": {"rule": 12, "feed": 1.5, "meta": 3, "json-ld": 2, "visible": 6.5},
    "authors": {"rule": 12, "feed": 1, "meta": 2, "json-ld": 3, "visible": 2.5},
}
# A weaker place of a source: its share of the source's weight.
_PLACES: Mapping[str, float] = {
    "title": 0.15, "twitter:title": 0.2, "dc.title": 0.2, "parsely-title": 0.3, "sailthru.title": 0.3, "headline": 0.5,
    "date": 0.5, "created": 0.5, "last-modified": 0.5,
}  # fmt: skip
LOW = 0.8


@attrs.frozen(eq=False)
class Choice:
    """The vote on a field: the winner, its confidence, and all candidates."""

    candidate: Candidate | None
    confidence: float
    candidates: tuple[Candidate, ...] = ()
    agreeing: int = 0
    against: int = 0

    @property
    def value(self) -> Any:
        """The value chosen, or None."""
        return self.candidate.value if self.candidate is not None else None


NOBODY = Choice(None, 0.0)


def weight(candidate: Candidate, language: str = "vi") -> float:
    """The weight of a candidate."""
    weights = WEIGHTS_VI if language == "vi" else WEIGHTS
    share = candidate.share
    if candidate.source == "meta":
        share *= _PLACES.get(candidate.place, 1.0)
    value = candidate.value
    if isinstance(value, Instant):
        share *= 0.3 if value.day_only else 1.0 if value.has_offset else 0.7
    return weights[candidate.field].get(candidate.source, 1.0) * share


def choose(candidates: Sequence[Candidate], language: str = "vi") -> Choice:
    """Vote on one field's candidates."""
    if not candidates:
        return NOBODY
    groups: dict[Any, list[Candidate]] = {}
    for one in candidates:
        groups.setdefault(one.key, []).append(one)
    scores = {key: _score(group, candidates, language) for key, group in groups.items()}
    best = max(scores, key=lambda key: scores[key])
    group = groups[best]
    speaker = max(group, key=lambda one: weight(one, language))
    if speaker.field == "authors" and (wider := _wider(speaker, groups)) is not None:
        best, group, speaker = wider.key, groups[wider.key], wider
    sides = {one.source for one in group if _is_clear(one)} | {
        one.source for one in candidates if one.key != best and supports(one, speaker)
    }
    against = {one.source for one in candidates if one.key != best and not supports(one, speaker)} - sides
    agreeing = max(1, len(sides))
    sure = confidence(speaker, agreeing, len(against))
    if speaker.source == "rule" and speaker.field == "published_at" and len(against) > len(sides):
        sure = min(sure, _OUTVOTED)
    return Choice(speaker, sure, tuple(candidates), agreeing, len(against))


def _wider(speaker: Candidate, groups: Mapping[Any, Sequence[Candidate]]) -> Candidate | None:
    """Names that several places give, of which the winner's are a part: metadata often names one author only."""
    if speaker.source == "rule":
        return None
    for key, group in groups.items():
        if len(group) > 1 and key > speaker.key and len(key) <= len(speaker.key) + 3:
            return group[0]
    return None


def _score(group: Sequence[Candidate], everyone: Sequence[Candidate], language: str) -> float:
    by_source: dict[str, float] = {}
    for one in group:
        by_source[one.source] = max(by_source.get(one.source, 0.0), weight(one, language))
    for one in everyone:
        # a day, or a clock without its zone, speaks for the instants of that day
        if one.key != group[0].key and one.source not in by_source and supports(one, group[0]):
            by_source[one.source] = 0.8 * weight(one, language)
    return sum(by_source.values())


def _is_clear(one: Candidate) -> bool:
    return not (isinstance(one.value, Instant) and one.value.day_only)


def supports(one: Candidate, other: Candidate) -> bool:
    """Whether a candidate says a part of what another says: its day, one of its names, most of its title."""
    first, second = one.value, other.value
    if isinstance(first, Instant) and isinstance(second, Instant):
        if first.day_only:
            return first.at.date() == second.at.date()
        same_clock = first.at.replace(tzinfo=None, second=0) == second.at.replace(tzinfo=None, second=0)
        return not first.has_offset and second.has_offset and same_clock
    return False


# The share of votes that were right on pages with truth, by how many sources agreed (3: three or more) and how many
# said otherwise (2: two or more), one right and one wrong added so that few pages promise little. How it was measured
# stands in docs/reading.md.
MEASURED: Mapping[Field, Mapping[tuple[int, int], float]] = {
    "title": {(1, 0): 0.80, (1, 1): 0.71, (1, 2): 0.57, (2, 0): 0.89, (2, 1): 0.65, (3, 0): 0.99, (3, 1): 0.80},
    "published_at": {(1, 0): 0.94, (1, 1): 0.92, (1, 2): 0.67, (2, 0): 0.97, (2, 1): 0.87, (3, 0): 0.98, (3, 1): 0.90},
    "authors": {(1, 0): 0.84, (1, 1): 0.75, (1, 2): 0.67, (2, 0): 0.98, (2, 1): 0.83, (3, 0): 0.96, (3, 1): 0.90},
}
# A rule's word, by whether anyone says otherwise: search engines get other headlines than readers.
BY_RULE = {True: 0.95, False: 0.99}
# The time by a rule, where more sources say otherwise than bear it out: selectors catch clocks and related articles.
_OUTVOTED = 0.75
# A place where an article's time stands in few templates, borne out by nothing.
_UNBORNE = 0.7
_UNMEASURED = 0.6


def confidence(speaker: Candidate, agreeing: int, against: int) -> float:
    """The share of such votes that were right on annotated pages."""
    if speaker.source == "rule":
        return BY_RULE[against > 0]
    measured = MEASURED.get(speaker.field, MEASURED["published_at"])
    found = measured.get((min(agreeing, 3), min(against, 2)), _UNMEASURED)
    return min(found, _UNBORNE) if agreeing == 1 and speaker.share < 0.5 else found
