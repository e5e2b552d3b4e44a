"""What the articles of a search are narrowed to, and the index queries for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

import attrs
import tantivy
from tantivy import Occur, Query

from archive.clock import midnight
from archive.errors import UnknownNewspaper
from archive.search.indexing.papers import Profiles, declared_sections, papers_of_province
from archive.search.parsing.change_words import ANY, CHANGE_KINDS, kind_named
from archive.search.terms.document import EARLIEST, LATEST, key, keys, phrase, schema
from archive.search.terms.languages import code_of
from archive.search.terms.vietnamese import composed, has_marks


@attrs.frozen(kw_only=True)
class Filters:
    """What the articles of a search are narrowed to; None: not.

    A name in quotation marks is the whole name as the archive has it, else names that hold the words are meant. Names
    typed without marks find marked ones too.
    """

    newspaper: str | None = None
    """A newspaper's name, such as baocantho."""
    province: str | None = None
    """A province's name, of today or of before July 2025: its newspapers."""
    section: str | None = None
    """A section's name or slug."""
    author: str | None = None
    language: str | None = None
    """A language's code, such as km, or its name."""
    source: str | None = None
    """The agency or newspaper that an article was taken from."""
    since: date | None = None
    until: date | None = None
    pictures: bool | None = None
    """Whether the article has pictures."""
    changed: bool | None = None
    """Whether the archive holds several versions of the article."""
    kind: str | None = None
    """A kind of change, "silent" or "yes", or its name in Vietnamese: articles that were changed so."""
    once: bool | None = None
    """Whether of the articles found that print one text the first alone is wanted."""

    def __bool__(self) -> bool:
        return self != NO_FILTERS


NO_FILTERS = Filters()


def filters_of(filters: Filters, profiles: Profiles) -> list[Query]:
    """The index queries of all filters that are set.

    Raises:
        UnknownNewspaper: the collection holds no such newspaper.
    """
    return [
        *_of_newspaper(filters.newspaper, profiles),
        *_of_province(filters.province, profiles),
        *of_section(filters.section, profiles),
        *of_language(filters.language),
        *of_change(filters.kind),
        *_of_name("author", filters.author),
        *_of_name("source", filters.source),
        *of_period(filters.since, filters.until),
        *_of_number("pictures", filters.pictures, 1),
        *_of_number("versions", filters.changed, 2),
    ]


def _of_newspaper(name: str | None, profiles: Profiles) -> Iterable[Query]:
    if name:
        if name not in profiles:
            raise UnknownNewspaper(name, sorted(profiles))
        yield of_newspapers([name])


def of_newspapers(names: Sequence[str]) -> Query:
    """The filter for newspapers by their names."""
    return Query.const_score_query(Query.term_set_query(schema(), "newspaper", list(names)), 0)


def of_language(name: str | None) -> Iterable[Query]:
    """The filter for a language, by code or name."""
    if name and name.strip():
        yield Query.const_score_query(Query.term_query(schema(), "language", code_of(name), "basic"), 0)


def of_change(kind: str | None) -> Iterable[Query]:
    """The filter for a kind of change; of one that is none nothing is found."""
    if kind and kind.strip():
        named = kind_named(kind)
        kinds = CHANGE_KINDS if named == ANY else (named or "",)
        yield Query.const_score_query(Query.term_set_query(schema(), "changes", list(kinds)), 0)


def _of_province(name: str | None, profiles: Profiles) -> Iterable[Query]:
    if name and name.strip():
        found = papers_of_province(name, profiles)
        yield of_newspapers(found) if found else Query.empty_query()


def of_section(name: str | None, profiles: Profiles) -> Iterable[Query]:
    """The filter for a section, by name or slug, with or without marks."""
    if not name or not name.strip():
        return
    if whole := _whole(name):
        yield Query.const_score_query(Query.term_query(schema(), "section", whole, "basic"), 0)
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


def _of_name(field: str, name: str | None) -> Iterable[Query]:
    """The filter for a name: the whole name in quotation marks, else words of it, with or without marks."""
    if not name or not name.strip():
        return
    if whole := _whole(name):
        found = Query.term_query(schema(), field, whole, "basic")
    else:
        form = "exact" if has_marks(name) else "folded"
        sequence = keys(name, form)
        found = phrase(f"{field}_{form}", sequence) if sequence else Query.empty_query()
    yield Query.const_score_query(found, 0)


def _whole(name: str) -> str | None:
    """What stands in quotation marks, composed; None where none stand around it."""
    bare = composed(name).strip()
    return bare[1:-1] if len(bare) > 2 and bare[0] == bare[-1] == '"' else None


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
    return midnight(min(max(day, EARLIEST.date()), LATEST.date()), days)


def _of_number(field: str, wanted: bool | None, least: int) -> Iterable[Query]:
    """The filter for a number that is at least so large, or smaller."""
    if wanted is not None:
        lower, upper = (least, None) if wanted else (None, least - 1)
        found = Query.range_query(schema(), field, tantivy.FieldType.Unsigned, lower, upper)
        yield Query.const_score_query(found, 0)
