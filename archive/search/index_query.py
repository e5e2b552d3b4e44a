"""The index query for a parsed query, in one scope."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

import attrs
from tantivy import Occur, Query

from archive.search.addresses import articles_at
from archive.search.filters import of_change, of_language, of_newspapers, of_period, of_section
from archive.search.indexing.papers import Profiles, papers_named
from archive.search.parsing.tree import TEXTS, AllOf, AnyOf, Days, Field, Node, Not, Scope, Words
from archive.search.terms.document import phrase, schema
from archive.search.terms.vietnamese import has_marks

TITLE_WEIGHT = 2.0
ADJACENT_WEIGHT = 16.0


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
            return of_newspapers(papers_named(words.typed, self.profiles))
        if words.field == "language":
            return Query.boolean_query([(Occur.Must, one) for one in of_language(words.typed)])
        if words.field == "changes":
            return Query.boolean_query([(Occur.Must, one) for one in of_change(words.typed)])
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
