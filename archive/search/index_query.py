"""The index queries for a parsed query and its filters."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import attrs
import tantivy
from tantivy import Occur, Query

from archive.errors import UnknownNewspaper
from archive.search.addresses import articles_at
from archive.search.change_words import ANY, CHANGE_KINDS, kind_named
from archive.search.document import EARLIEST, LATEST, VIETNAM, key, keys, schema
from archive.search.languages import code_of
from archive.search.tree import TEXTS, AllOf, AnyOf, Days, Field, Node, Not, Scope, Words
from archive.search.vietnamese import composed, folded, has_marks

TITLE_WEIGHT = 2.0
ADJACENT_WEIGHT = 16.0

Profiles = Mapping[str, Mapping[str, Any]]


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


@attrs.frozen
class QueryBuilder:
    """Builds index queries for one scope; `within` is the field of words that name none."""

    profiles: Profiles
    scope: Scope
    within: Field = "text"

    def build(self, tree: Node | None, filters: Sequence[Query]) -> Query:
        """The query for a tree and filters.

        Raises:
            UnknownNewspaper: the tree names a newspaper that the collection does not hold.
        """
        parts = [(Occur.Must, one) for one in filters]
        if tree is not None:
            parts.append((Occur.Must, self._query(tree)))
        if not parts:
            parts.append((Occur.Must, Query.all_query()))
        return Query.boolean_query(parts)

    def _query(self, node: Node) -> Query:
        if isinstance(node, AllOf):
            return self._all(node)
        if isinstance(node, AnyOf):
            return Query.boolean_query([(Occur.Should, self._query(part)) for part in node.parts])
        if isinstance(node, Not):
            return Query.boolean_query([(Occur.Must, Query.all_query()), (Occur.MustNot, self._excluded(node.part))])
        if isinstance(node, Days):
            return Query.boolean_query([(Occur.Must, one) for one in of_period(node.first, node.last)])
        return self._words(node, self.scope)

    def _all(self, node: AllOf) -> Query:
        parts = node.distinct
        wanted = [(Occur.Must, self._query(part)) for part in parts if not isinstance(part, Not)]
        barred = [(Occur.MustNot, self._excluded(part.part)) for part in parts if isinstance(part, Not)]
        liked = [(Occur.Should, self._side_by_side(one, other)) for one, other in node.adjacent]
        return Query.boolean_query([*(wanted or [(Occur.Must, Query.all_query())]), *barred, *liked])

    def _excluded(self, node: Node) -> Query:
        """What an exclusion matches: words typed with marks as typed, in either scope."""
        if isinstance(node, Words) and has_marks(node.typed):
            return self._words(node, "typed")
        return self._query(node)

    def _side_by_side(self, one: Words, other: Words) -> Query:
        found = [*one.form(self.scope), *other.form(self.scope)]
        return Query.boost_query(phrase(self._field(one, self.scope), found), ADJACENT_WEIGHT)

    def _field(self, words: Words, scope: Scope) -> str:
        field = self.within if words.field == "text" else words.field
        return f"{field}_{'exact' if scope == 'typed' else 'folded'}"

    def _words(self, words: Words, scope: Scope) -> Query:
        if words.field == "newspaper":
            return _of_newspapers(_named(words.typed, self.profiles))
        if words.field == "language":
            return Query.boolean_query([(Occur.Must, one) for one in _of_language(words.typed)])
        if words.field == "changes":
            return Query.boolean_query([(Occur.Must, one) for one in _of_change(words.typed)])
        if words.field == "section":
            return Query.boolean_query([(Occur.Must, one) for one in of_section(words.typed, self.profiles)])
        if words.field not in TEXTS:
            # a name is compared as it is typed, whatever the scope of the text's words
            form: Scope = "typed" if has_marks(words.typed) else "folded"
            return Query.const_score_query(self._found(words, form), 0)
        found = self._found(words, scope)
        if ids := articles_at(words.typed, self.profiles):
            at = Query.const_score_query(Query.term_set_query(schema(), "id", ids), 1)
            return Query.boolean_query([(Occur.Should, found), (Occur.Should, at)])
        if words.field == "text" and self.within == "text":
            titled = self._found(attrs.evolve(words, field="title"), scope)
            return Query.boolean_query([(Occur.Must, found), (Occur.Should, Query.boost_query(titled, TITLE_WEIGHT))])
        return found

    def _found(self, words: Words, scope: Scope) -> Query:
        field, sequence = self._field(words, scope), words.form(scope)
        if words.slop and len(sequence) > 1:
            pairs = itertools.pairwise(enumerate(sequence))
            near = [self._near(words, field, [one, other]) for one, other in pairs]
            return Query.boolean_query([(Occur.Must, one) for one in near])
        if not words.is_open:
            return phrase(field, sequence)
        patterns = [*map(re.escape, sequence[:-1]), re.escape(sequence[-1]) + ".*"]
        if len(patterns) == 1:
            return Query.regex_query(schema(), field, patterns[0])
        return Query.regex_phrase_query(schema(), field, list(patterns))

    @staticmethod
    def _near(words: Words, field: str, pair: list[tuple[int, str]]) -> Query:
        """Two words at most `slop` words apart; either may come first, where tantivy's slop is for one order."""
        (_, one), (nth, other) = pair
        is_open = words.is_open and nth == len(words.exact) - 1
        make = Query.regex_phrase_query if is_open else Query.phrase_query
        last = re.escape(other) + ".*" if is_open else other
        both = [[one, last], [last, one]]
        if one == other or (is_open and one.startswith(other)):
            # with a slop tantivy takes one word for both: each distance is asked for by itself
            apart = range(1, words.slop + 2)
            found = [make(schema(), field, [(0, first), (by, second)]) for first, second in both for by in apart]
        else:
            found = [make(schema(), field, list(order), words.slop) for order in both]
        return Query.boolean_query([(Occur.Should, query) for query in found])


def phrase(field: str, sequence: Sequence[str]) -> Query:
    """The query for words that stand side by side in a field; for a single word too."""
    if len(sequence) == 1:
        return Query.term_query(schema(), field, sequence[0])
    return Query.phrase_query(schema(), field, list(sequence))


def filters_of(filters: Filters, profiles: Profiles) -> list[Query]:
    """The index queries of all filters that are set.

    Raises:
        UnknownNewspaper: the collection holds no such newspaper.
    """
    return [
        *_of_newspaper(filters.newspaper, profiles),
        *_of_province(filters.province, profiles),
        *of_section(filters.section, profiles),
        *_of_language(filters.language),
        *_of_change(filters.kind),
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
        yield _of_newspapers([name])


def _of_newspapers(names: Sequence[str]) -> Query:
    return Query.const_score_query(Query.term_set_query(schema(), "newspaper", list(names)), 0)


def _named(typed: str, profiles: Profiles) -> list[str]:
    """The newspapers whose name or title is, or holds, what was typed.

    Raises:
        UnknownNewspaper: there is none.
    """
    sought = key(typed, "folded")
    titles = {name: key(str(profile.get("title") or name), "folded") for name, profile in profiles.items()}
    whole = [name for name, title in titles.items() if sought in (folded(name), title)]
    found = whole or [name for name, title in titles.items() if f" {sought} " in f" {title} "]
    if not found:
        raise UnknownNewspaper(typed, sorted(profiles))
    return found


def _of_language(name: str | None) -> Iterable[Query]:
    if name and name.strip():
        yield Query.const_score_query(Query.term_query(schema(), "language", code_of(name), "basic"), 0)


def _of_change(kind: str | None) -> Iterable[Query]:
    if kind and kind.strip():
        named = kind_named(kind)
        kinds = CHANGE_KINDS if named == ANY else (named or "",)
        yield Query.const_score_query(Query.term_set_query(schema(), "changes", list(kinds)), 0)


def _of_province(name: str | None, profiles: Profiles) -> Iterable[Query]:
    if name and name.strip():
        found = papers_of_province(name, profiles)
        yield _of_newspapers(found) if found else Query.empty_query()


def papers_of_province(name: str, profiles: Profiles) -> list[str]:
    """The newspapers of a province, by its name of today or before July 2025."""
    sought = key(name, "folded")
    return [
        paper
        for paper, profile in profiles.items()
        if any(key(one, "folded") == sought for one in (*province_of(profile), *provinces_before(profile)))
    ]


def province_of(profile: Mapping[str, Any]) -> tuple[str, ...]:
    """The province of today that a newspaper is of; none where it is not declared."""
    return (str(profile["province"]),) if profile.get("province") else ()


def provinces_before(profile: Mapping[str, Any]) -> tuple[str, ...]:
    """The provinces that a newspaper's province consisted of before July 2025."""
    return tuple(str(name) for name in profile.get("provinces_before") or ())


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


def declared_sections(profile: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Slug (its path without the outer slashes) and name of each section in a newspaper's profile."""
    return [(str(one["path"]).strip("/"), str(one["name"])) for one in profile.get("sections", ())]


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
    day = min(max(day, EARLIEST.date()), LATEST.date()) + timedelta(days=days)
    return datetime.combine(day, time(), VIETNAM).astimezone(UTC)


def _of_number(field: str, wanted: bool | None, least: int) -> Iterable[Query]:
    """The filter for a number that is at least so large, or smaller."""
    if wanted is not None:
        lower, upper = (least, None) if wanted else (None, least - 1)
        found = Query.range_query(schema(), field, tantivy.FieldType.Unsigned, lower, upper)
        yield Query.const_score_query(found, 0)
