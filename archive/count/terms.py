"""A term: the query that finds its articles, and what of their texts is an occurrence of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import attrs

from archive.errors import BadQuery, QueryFault
from archive.search.parsing.parse import parse
from archive.search.parsing.tree import TEXTS, AllOf, Field, Node, Parsed, Scope, Words
from archive.search.snippet import Pattern, patterns_of
from archive.search.terms.document import PROSE, WITHIN
from archive.search.terms.passages import Kind, passages_of
from archive.search.terms.vietnamese import both_forms, composed, joined_forms

Span = tuple[int, int]
"""The place of the first word of an occurrence, and the place behind its last."""


class _Counted(NamedTuple):
    """What is counted in passages of a kind, and the words that it begins with; None where any word may."""

    patterns: tuple[Pattern, ...]
    beginnings: frozenset[str] | None


@attrs.frozen
class Term:
    """A query whose occurrences are counted in one scope."""

    query: str
    scope: Scope
    tree: Node
    _counted: Mapping[str, _Counted] = attrs.field(eq=False, repr=False)
    """By kind of passage."""

    @classmethod
    def read(cls, query: str, scope: Scope | None = None) -> Term:
        """The term of a query, by default in the scope that `search` would choose.

        Raises:
            BadQuery: the query is malformed, or asks for no word of the text.
        """
        parsed = parse(query)
        if parsed.tree is None or not parsed.has_words:
            raise BadQuery(query, QueryFault.NO_WORD)
        chosen = scope or parsed.scope
        patterns = list(_patterns(query, parsed, chosen))
        by_kind = {kind: [pattern for kinds, pattern in patterns if kind in kinds] for kind in PROSE}
        return cls(query, chosen, parsed.tree, {kind: _counted(found) for kind, found in by_kind.items() if found})

    def count(self, joined: str, kind: Kind) -> int:
        """How many occurrences are in a passage, given its words in their form of the term's scope, joined."""
        counted = self._counted.get(kind)
        if counted is None or not any(pattern.may_stand_in(joined) for pattern in counted.patterns):
            return 0
        if counted.beginnings is not None and len(counted.patterns) == 1 and len(counted.patterns[0].words) == 1:
            return joined.split(" ").count(counted.patterns[0].words[0])
        return len(self.spans(joined.split(" ")[1:], kind))

    def spans(self, forms: Sequence[str], kind: Kind) -> list[Span]:
        """The occurrences in a passage's words, in their form of the term's scope.

        They do not overlap: they are counted from left to right, and of those that begin at one word the longest.
        """
        if kind not in self._counted:
            return []
        patterns, beginnings = self._counted[kind]
        if beginnings is not None and beginnings.isdisjoint(forms):
            return []
        found, at = [], 0
        for place, form in enumerate(forms):
            if place < at or (beginnings is not None and form not in beginnings):
                continue
            end = max(_end(pattern, forms, place) for pattern in patterns)
            if end:
                found.append((place, end))
                at = end
        return found


def _counted(patterns: Sequence[Pattern]) -> _Counted:
    if any(pattern.slop or (pattern.is_open and len(pattern.words) == 1) for pattern in patterns):
        return _Counted(tuple(patterns), None)
    return _Counted(tuple(patterns), frozenset(pattern.words[0] for pattern in patterns))


def _end(pattern: Pattern, forms: Sequence[str], at: int) -> int:
    """The place behind the pattern that begins at a word; 0 where none does."""
    places = pattern.places(forms, at)
    if not places:
        return 0
    # of two words near one another the nearest second one counts
    return (places[1] if pattern.slop else places[-1]) + 1


def _patterns(query: str, parsed: Parsed, scope: Scope) -> Iterator[tuple[frozenset[str], Pattern]]:
    if (phrase := _plain_words(query, parsed.tree)) is not None:
        yield PROSE, Pattern(phrase.form(scope))
        return
    for words in parsed.wanted:
        if words.field in TEXTS:
            for pattern in patterns_of(Parsed(words), scope):
                yield _kinds(words.field), pattern


def _kinds(field: Field) -> frozenset[str]:
    return PROSE & WITHIN[field] if WITHIN[field] else PROSE


def _plain_words(query: str, tree: Node | None) -> Words | None:
    """The words of a query that has nothing else, side by side: one term, as `học bổng` is; None for other queries."""
    parts = tree.parts if isinstance(tree, AllOf) else (tree,)
    typed = [word for word in composed(query).split() if both_forms(word)[0]]
    if len(typed) < 2 or [getattr(part, "typed", None) for part in parts] != typed:
        return None
    if any(isinstance(part, Words) and (part.field != "text" or part.is_open) for part in parts):
        return None
    exact, folded = both_forms(composed(query))
    return Words("text", query, tuple(exact), tuple(folded))


def prose(values: Mapping[str, Any]) -> Iterable[tuple[Kind, list[str], list[str]]]:
    """The passages of an article's text: the kind of each, and its words in their exact and their folded form."""
    for kind, text in passages_of(values):
        if kind in PROSE:
            yield (kind, *both_forms(text))


def joined_prose(values: Mapping[str, Any]) -> Iterable[tuple[Kind, str, str]]:
    """The same with each form as one string, as `joined_forms` makes it."""
    for kind, text in passages_of(values):
        if kind in PROSE:
            yield (kind, *joined_forms(text))
