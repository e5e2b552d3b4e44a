"""Reads all articles that one of several queries finds, in the order of time, however many they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import attrs
import tantivy
from tantivy import Occur, Query

from archive.catalog import Catalog, Version
from archive.catalog.versions import versions_with
from archive.search.indexing.opened import Searching
from archive.search.terms.document import day_of, schema

ADDRESSES = 2_000
"""Of so many articles the addresses are held at a time, or of all of one day."""
TEXTS = 200
"""Of so many articles the texts are held at a time."""


@attrs.frozen
class Found:
    """An article that was found: the day that it counts for, and which of the queries found it."""

    version: Version
    day: date
    queries: tuple[int, ...]

    @property
    def values(self) -> dict[str, Any]:
        """The article's plain JSON values."""
        return self.version.values()


Place = tuple[int, int, tuple[int, ...]]
"""An article that was found: the number of its day, the `seq` of its version, and which of the queries found it."""


def read_found(opened: Searching, queries: Sequence[Query]) -> Iterator[Found]:
    """Each article that one of the queries finds, once, day by day."""
    for places in found_places(opened, queries):
        yield from read_places(opened.catalog, places)


def found_places(opened: Searching, queries: Sequence[Query]) -> Iterator[list[Place]]:
    """The places of each article that one of the queries finds, once, day by day; up to `TEXTS` at a time."""
    searcher = opened.searcher
    if searcher is None or not queries:
        return
    either = Query.boolean_query([(Occur.Should, query) for query in queries])
    for first, last, count in _spans(searcher, either):
        found: dict[tuple[int, int], list[int]] = {}
        within = Query.range_query(schema(), "day", tantivy.FieldType.Unsigned, first, last)
        for number, query in enumerate(queries):
            narrowed = Query.boolean_query([(Occur.Must, within), (Occur.Must, query)])
            for _, address in searcher.search(narrowed, limit=count).hits:
                found.setdefault((address.segment_ord, address.doc), []).append(number)
        ordered = _ordered(searcher, found)
        for start in range(0, len(ordered), TEXTS):
            yield ordered[start : start + TEXTS]


def read_places(catalog: Catalog, places: Sequence[Place]) -> Iterator[Found]:
    """The articles at these places, in their order; those that the catalog does not hold are left out."""
    held = {one.seq: one for one in versions_with(catalog.connection, [seq for _, seq, _ in places])}
    for day, seq, numbers in places:
        if seq in held:
            yield Found(held[seq], day_of(day), numbers)


def _ordered(searcher: tantivy.Searcher, found: dict[tuple[int, int], list[int]]) -> list[Place]:
    addresses = [tantivy.DocAddress(*place) for place in found]
    days, seqs = (searcher.fast_field_values(field, addresses) for field in ("day", "seq"))
    return sorted(
        (int(day or 0), int(seq or 0), tuple(numbers))
        for day, seq, numbers in zip(days, seqs, found.values(), strict=True)
    )


def _spans(searcher: tantivy.Searcher, query: Query) -> Iterator[tuple[int, int, int]]:
    """Runs of days with up to `ADDRESSES` articles, or one day: the first, the last, and how many articles."""
    asked: dict[str, Any] = {"by": {"terms": {"field": "day", "size": 65_000}}}
    counted = searcher.aggregate(query, asked)["by"]["buckets"]
    span: tuple[int, int, int] | None = None
    for day, count in sorted((int(float(bucket["key"])), int(bucket["doc_count"])) for bucket in counted):
        if span is not None and span[2] + count <= ADDRESSES:
            span = (span[0], day, span[2] + count)
            continue
        if span is not None:
            yield span
        span = (day, day, count)
    if span is not None:
        yield span
