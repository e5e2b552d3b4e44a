"""The index queries for a parsed query and its filters."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

import tantivy
from tantivy import Occur, Query

from archive.errors import UnknownNewspaper
from archive.search.index import EARLIEST, LATEST, key, keys, schema
from archive.search.parse import Parsed, Term
from archive.search.vietnamese import composed, has_marks

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
TITLE_WEIGHT = 2.0
ADJACENT_WEIGHT = 16.0

Within = Literal["text", "title", "captions"]


def tiers_of(parsed: Parsed, filters: list[Query], within: Within, exact_only: bool) -> list[tuple[bool, Query]]:
    """The queries whose hits are listed one after the other, each with whether its hits match with diacritics."""
    strictly = parsed.marked or exact_only
    barred = _unwanted(parsed, within, "exact" if strictly else "folded")
    if not parsed.wanted or not strictly:
        liked = _adjacent(parsed, within, "folded")
        return [(True, _all_of([*_wanted(parsed, within, "folded"), *filters], barred, liked))]
    strict_words = _wanted(parsed, within, "exact")
    strict = _all_of([*strict_words, *filters], barred, _adjacent(parsed, within, "exact"))
    if exact_only:
        return [(True, strict)]
    wanted, liked = _wanted(parsed, within, "folded"), _adjacent(parsed, within, "folded")
    rest = _all_of([*wanted, *filters], [*barred, _all_of(strict_words, [])], liked)
    return [(True, strict), (False, rest)]


def _all_of(wanted: Sequence[Query], unwanted: Sequence[Query], liked: Sequence[Query] = ()) -> Query:
    parts = [(Occur.Must, part) for part in wanted] or [(Occur.Must, Query.all_query())]
    parts += [(Occur.MustNot, part) for part in unwanted]
    return Query.boolean_query([*parts, *((Occur.Should, part) for part in liked)])


def _adjacent(parsed: Parsed, within: Within, form: str) -> list[Query]:
    """Words typed side by side, found side by side: most Vietnamese words are written as two syllables."""
    pairs = itertools.pairwise(term.exact if form == "exact" else term.folded for term in parsed.wanted)
    return [
        Query.boost_query(_phrase(f"{within}_{form}", [*first, *second]), ADJACENT_WEIGHT) for first, second in pairs
    ]


def _wanted(parsed: Parsed, within: Within, form: str) -> list[Query]:
    wanted = []
    for term in parsed.wanted:
        found = _term(f"{within}_{form}", term, form)
        if within == "text":
            titled = Query.boost_query(_term(f"title_{form}", term, form), TITLE_WEIGHT)
            found = Query.boolean_query([(Occur.Must, found), (Occur.Should, titled)])
        wanted.append(found)
    return wanted


def _unwanted(parsed: Parsed, within: Within, form: str) -> list[Query]:
    return [_term(f"{within}_{form}", term, form) for term in parsed.unwanted]


def _term(field: str, term: Term, form: str) -> Query:
    return _phrase(field, list(term.exact if form == "exact" else term.folded))


def _phrase(field: str, sequence: list[str]) -> Query:
    if len(sequence) == 1:
        return Query.term_query(schema(), field, sequence[0])
    return Query.phrase_query(schema(), field, list(sequence))


def of_newspaper(name: str | None, profiles: dict[str, dict[str, Any]]) -> Iterable[Query]:
    """The filter for a newspaper.

    Raises:
        UnknownNewspaper: the collection holds no such newspaper.
    """
    if name:
        if name not in profiles:
            raise UnknownNewspaper(name, sorted(profiles))
        yield Query.const_score_query(Query.term_query(schema(), "newspaper", name, "basic"), 0)


def of_section(name: str | None, profiles: dict[str, dict[str, Any]]) -> Iterable[Query]:
    """The filter for a section, by name or slug, with or without marks."""
    if not name or not name.strip():
        return
    slug = name.strip("/")
    names = {name} | {
        title for profile in profiles.values() for path, title in declared_sections(profile) if path == slug
    }
    either = []
    for candidate in names:
        form = "exact" if has_marks(candidate) else "folded"
        either.append(Query.term_query(schema(), f"section_{form}", key(candidate, form), "basic"))
    yield Query.const_score_query(Query.boolean_query([(Occur.Should, one) for one in either]), 0)


def declared_sections(profile: dict[str, Any]) -> list[tuple[str, str]]:
    """Slug (its path without the outer slashes) and name of each section in a newspaper's profile."""
    return [(str(one["path"]).strip("/"), str(one["name"])) for one in profile.get("sections", ())]


def of_author(name: str | None) -> Iterable[Query]:
    """The filter for words of a writer's name, with or without marks."""
    if not name or not name.strip():
        return
    form = "exact" if has_marks(name) else "folded"
    sequence = keys(composed(name), form)
    found = _phrase(f"author_{form}", sequence) if sequence else Query.empty_query()
    yield Query.const_score_query(found, 0)


def of_period(since: date | None, until: date | None) -> Iterable[Query]:
    """The filter for the days of publication."""
    if not since and not until:
        return
    first = _midnight(since) if since else EARLIEST
    last = _midnight(until, days=1) if until else LATEST
    found = Query.range_query(schema(), "published", tantivy.FieldType.Date, first, last, include_upper=until is None)
    yield Query.const_score_query(found, 0)


def _midnight(day: date, days: int = 0) -> datetime:
    """The instant at which a day begins in Vietnam, within what the index can hold."""
    day = min(max(day, EARLIEST.date()), LATEST.date()) + timedelta(days=days)
    return datetime.combine(day, time(), VIETNAM).astimezone(UTC)
