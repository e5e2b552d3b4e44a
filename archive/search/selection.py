"""Which articles are meant: words, filters, scope and field, as one value for all that search, count and export."""

from __future__ import annotations

import attrs
from tantivy import Query

from archive.errors import BadQuery, QueryFault
from archive.search.filters import NO_FILTERS, Filters, filters_of
from archive.search.index_query import QueryBuilder
from archive.search.indexing.opened import Searching
from archive.search.once import of_each_once
from archive.search.parsing.parse import parse
from archive.search.parsing.tree import Field, Parsed, Scope


@attrs.frozen(kw_only=True)
class Selection:
    """The articles of a search: a query, its filters, its scope, and the field of words that name none."""

    query: str = ""
    filters: Filters = NO_FILTERS
    scope: Scope = "folded"
    within: Field = "text"

    @classmethod
    def of(
        cls, query: str, filters: Filters = NO_FILTERS, *, scope: Scope | None = None, within: Field = "text"
    ) -> Selection:
        """The selection of a query (see `parse`); an empty one selects everything that the filters leave.

        Args:
            scope: "typed" compares words as they are typed, "folded" without marks; by default as the query is typed:
                with marks in any word of it as typed, else without marks.
            within: the whole text, titles, or captions.

        Raises:
            BadQuery: the query is malformed, or the period ends before it begins.
        """
        parsed = parse(query)
        check_period(query, filters)
        return cls(query=query, filters=filters, scope=scope or parsed.scope, within=within)

    @property
    def parsed(self) -> Parsed:
        """The query as a tree."""
        return parse(self.query)

    @property
    def is_all(self) -> bool:
        """Whether it selects every article."""
        return self.parsed.tree is None and not self.filters

    def builder(self, opened: Searching) -> QueryBuilder:
        """What builds index queries for its scope and field."""
        return QueryBuilder(opened.profiles, self.scope, self.within)

    def narrowed(self, opened: Searching) -> list[Query]:
        """The index queries of its filters.

        Raises:
            UnknownNewspaper: the collection holds no such newspaper.
        """
        return filters_of(self.filters, opened.profiles)

    def every(self, opened: Searching) -> Query:
        """The index query for the words and filters, of each story all printings.

        Raises:
            UnknownNewspaper: the collection holds no such newspaper.
        """
        return self.builder(opened).build(self.parsed.tree, self.narrowed(opened))

    def index_query(self, opened: Searching) -> Query:
        """The index query for what is selected, of each story one printing where the filters say so.

        Raises:
            UnknownNewspaper: the collection holds no such newspaper.
        """
        query = self.every(opened)
        return query if opened.searcher is None else of_each_once(opened.searcher, query, self.filters)


def selection_of(wanted: Selection | str) -> Selection:
    """A selection, or that of a query alone.

    Raises:
        BadQuery: the query is malformed.
    """
    return Selection.of(wanted) if isinstance(wanted, str) else wanted


def check_period(query: str, filters: Filters) -> None:
    """Check that the period of the filters does not end before it begins.

    Raises:
        BadQuery: it does.
    """
    if filters.since and filters.until and filters.until < filters.since:
        raise BadQuery(query, QueryFault.PERIOD_REVERSED)
