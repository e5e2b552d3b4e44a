"""Lists of the changes in which words were removed or added, found in the index of changed words."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator

import tantivy
from tantivy import Occur, Query

from archive.catalog.change_lists import (
    ChangeFilters,
    ChangePage,
    Cursor,
    TitledChange,
    changes_among,
    cursor_of,
    titled,
)
from archive.catalog.changes import SILENT
from archive.clock import parse_warc_date, warc_date
from archive.collection import Collection
from archive.errors import CollectionInconsistent
from archive.search.indexing.changed import FOLDER, changed_schema, instant_of, microseconds
from archive.search.indexing.opened import index_searcher, searching
from archive.search.indexing.touched import REACH, part_with, scope_of, sought_words
from archive.search.parsing.tree import Words
from archive.search.terms.document import phrase
from archive.search.terms.vietnamese import composed

MOST_FOUND = 500
"""Changes that the index gives for a page, the newest first: more than a page shows where some are withheld."""
MOST_FRUITLESS = 40
"""Changes that are compared for a page beyond those that it shows; the page ends there."""
_BATCH = 100


def search_changes(
    collection: Collection, text: str, filters: ChangeFilters, limit: int, before: Cursor | None = None
) -> ChangePage:
    """A page of the changes that removed or added words which stand side by side, or some of them.

    As in a search, words without any marks find marked ones too; what stands between words is not compared. A page
    may hold fewer than `limit` though others follow.

    Raises:
        CollectionInconsistent: the index is damaged, or there is none yet.
    """
    with _searching(collection) as (searcher, connection):
        return _page(searcher, connection, sought_words(text), filters, limit, before)


def each_change_with(collection: Collection, text: str, filters: ChangeFilters, limit: int) -> Iterator[TitledChange]:
    """Up to `limit` such changes, the newest first; some hundred are in memory.

    Raises:
        CollectionInconsistent: as `search_changes`.
    """
    sought, before = sought_words(text), None
    with _searching(collection) as (searcher, connection):
        while limit > 0:
            page = _page(searcher, connection, sought, filters, min(limit, _BATCH), before)
            yield from page.changes
            limit, before = limit - len(page.changes), page.next
            if before is None:
                return


@contextlib.contextmanager
def _searching(collection: Collection) -> Iterator[tuple[tantivy.Searcher, sqlite3.Connection]]:
    with searching(collection) as opened:
        if opened.folder is None:
            raise CollectionInconsistent(collection.index, "search index: there is none yet")
        yield index_searcher(opened.folder / FOLDER), opened.catalog.connection


def _page(
    searcher: tantivy.Searcher,
    connection: sqlite3.Connection,
    sought: Words | None,
    filters: ChangeFilters,
    limit: int,
    before: Cursor | None,
) -> ChangePage:
    if sought is None:
        return ChangePage()
    query = Query.boolean_query([(Occur.Must, one) for one in _queries(sought, filters, before)])
    found = searcher.search(query, limit=MOST_FOUND, order_by_field="at", order=tantivy.Order.Desc)
    ids = [int(one or 0) for one in searcher.fast_field_values("change", [address for _, address in found.hits])]
    rows, told, compared = changes_among(connection, ids, filters, before), list[TitledChange](), 0
    while len(told) < limit and compared < min(len(rows), limit + MOST_FRUITLESS):
        batch = rows[compared : compared + limit - len(told)]
        told += titled(connection, batch, lambda parts: part_with(parts, sought))
        compared += len(batch)
    if compared < len(rows):
        return ChangePage(changes=tuple(told), next=cursor_of(rows[compared - 1]))
    is_all = len(ids) < MOST_FOUND
    return ChangePage(changes=tuple(told), next=None if is_all else (warc_date(instant_of(found.hits[-1][0])), ids[-1]))


def _queries(sought: Words, filters: ChangeFilters, before: Cursor | None) -> Iterator[Query]:
    """What the index is asked for; it cannot tell changes of one instant apart, which the catalog does."""
    fields, scope = changed_schema(), scope_of(sought)
    form, suffix = sought.form(scope), "exact" if scope == "typed" else "folded"
    yield Query.boolean_query(
        [(Occur.Should, phrase(f"touched_{suffix}", [one], fields)) for one in dict.fromkeys(form)]
    )
    # of more words than are indexed around a removed or added one, those around it stand side by side
    starts = [*range(0, len(form) - REACH - 1, REACH + 1), max(len(form) - REACH - 1, 0)]
    windows = [phrase(f"around_{suffix}", form[start : start + REACH + 1], fields) for start in starts]
    yield Query.boolean_query([(Occur.Should, one) for one in windows])
    for name, value in (("newspaper", filters.newspaper), ("section", filters.section)):
        if value:
            yield Query.term_query(fields, name, composed(value), "basic")
    if filters.kinds:
        yield Query.term_set_query(fields, "kinds", [kind.value for kind in filters.kinds])
    if filters.is_silent:
        yield Query.term_query(fields, "kinds", SILENT, "basic")
    until = [one for one in (filters.until, parse_warc_date(before[0]) if before else None) if one]
    for name, least, most in (
        ("at", filters.since and microseconds(filters.since), min(map(microseconds, until), default=None)),
        ("words", filters.least or None, None),
    ):
        if least is not None or most is not None:
            yield Query.range_query(fields, name, tantivy.FieldType.Unsigned, least, most)
