"""A collection as Arrow tables, for notebooks and scripts: articles, counts, collocations, coverage, newspapers."""

from __future__ import annotations

import contextlib
import itertools
import os
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, Self

import attrs
import pyarrow as pa

from archive import coverage
from archive.clock import Clock, now
from archive.collection import Collection
from archive.count.collocations import Collocate, collocations
from archive.count.frequencies import Frequency, count_terms
from archive.count.hits import read_found
from archive.errors import IndexBusy, UnknownNewspaper
from archive.export.arrow_rows import ArrowRowReader
from archive.export.tables import arrow_schema
from archive.search.filters import Filters
from archive.search.indexing.elsewhere import indexed_elsewhere
from archive.search.indexing.index import follow
from archive.search.indexing.opened import searching
from archive.search.parsing.days import read_days
from archive.search.parsing.tree import Field, Scope
from archive.search.selection import Selection
from archive.search.timeline import Grain

BATCH = 500
"""Rows of a record batch."""
_TEXT, _TEXTS = pa.string(), pa.list_(pa.string())
_COUNTS = pa.schema(
    [
        *((name, _TEXT) for name in ("term", "scope", "newspaper")),
        ("first", pa.date32()),
        *((name, pa.int64()) for name in ("found", "occurrences", "articles", "syllables", "pictures")),
        *((name, pa.float64()) for name in ("per_million", "per_article", "pictures_per_article")),
    ]
)
_COLLOCATES = pa.schema(
    [
        ("words", _TEXT), ("near", pa.int64()), ("elsewhere", pa.int64()),
        ("expected", pa.float64()), ("log_likelihood", pa.float64()),
    ]
)  # fmt: skip
_COVERAGE = pa.schema(
    [
        *((name, _TEXT) for name in ("newspaper", "section")), ("first", pa.date32()),
        ("articles", pa.int64()), ("state", _TEXT), ("covered", pa.float64()),
    ]
)  # fmt: skip
_NEWSPAPERS = pa.schema(
    [
        *((name, _TEXT) for name in ("newspaper", "title", "province")), ("provinces_before", _TEXTS),
        ("articles", pa.int64()), ("first", pa.date32()), ("last", pa.date32()),
    ]
)  # fmt: skip
Day = str | date
"""A day, or as people type one: 31/01/2026, and for a whole month or year 01/2026, 2026."""


@attrs.frozen(repr=False)
class Archive:
    """A collection that is open for reading. Every table has one schema, whatever the collection holds.

    Tables are pyarrow's: `to_pandas()` makes a data frame of one, polars and DuckDB take it as it is.
    """

    collection: Collection
    _clock: Clock = now

    @classmethod
    def open(cls, directory: str | os.PathLike[str]) -> Self:
        """Open the collection in a directory, and bring its search index up to date.

        An index that is outdated and cannot be written is made anew in a temporary folder. While a crawl writes it,
        the newest articles may be missing.

        Raises:
            CollectionMissing, CatalogDamaged, CollectionTooNew, CollectionOutdated: as `Collection.open`.
        """
        collection = Collection.open(Path(directory)).for_readers
        collection = indexed_elsewhere(collection) or collection
        with contextlib.suppress(IndexBusy, OSError):
            follow(collection)
        return cls(collection)

    def __repr__(self) -> str:
        return f"archive.open({str(self.collection.root)!r})"

    def articles(
        self,
        query: str = "",
        scope: Scope | None = None,
        *,
        within: Field = "text",
        with_text: bool = True,
        **filters: Any,
    ) -> pa.Table:
        """The articles that a search finds, a row for each with its latest version, in the order of publication.

        The columns are those of `baotinh export`.

        Args:
            scope: as in `search`: "typed" or "folded", by default as the query is typed.
            within: the field of words that name none: "text", "title" or "captions".
            with_text: with the column of the full text, which is most of a table's size.
            filters: `newspaper`, `province`, `section`, `author`, `source`, `language`, `since`, `until`,
                `pictures`, `changed`, `once`.

        Raises:
            BadQuery, NoSuchDay, UnknownNewspaper: as `search`.
        """
        batches = self.batches(query, scope=scope, within=within, with_text=with_text, **filters)
        return pa.Table.from_batches(batches, arrow_schema(with_text=with_text))

    def batches(
        self,
        query: str = "",
        scope: Scope | None = None,
        *,
        within: Field = "text",
        with_text: bool = True,
        **filters: Any,
    ) -> Iterator[pa.RecordBatch]:
        """The rows of `articles` in batches of up to `BATCH`, for more articles than the memory holds."""
        selection = Selection.of(query, _filters(filters), scope=scope, within=within)
        with searching(self.collection) as opened:
            asked = selection.index_query(opened)
            reader = ArrowRowReader(opened.catalog, arrow_schema(with_text=with_text))
            versions = (found.version for found in read_found(opened, [asked]))
            while batch := list(itertools.islice(versions, BATCH)):
                yield reader.batch(batch)

    def counts(
        self,
        *terms: str,
        by: Grain = "month",
        newspapers: Iterable[str] = (),
        by_newspaper: bool = False,
        scope: Scope | None = None,
        **filters: Any,
    ) -> pa.Table:
        """How often terms occur in each period, and what is held of it: see `count_terms`."""
        rows = count_terms(
            self.collection, terms, _filters(filters),
            newspapers=list(newspapers), by_newspaper=by_newspaper, scope=scope, grain=by,
        )  # fmt: skip
        return pa.Table.from_pylist([_frequency(row) for row in rows], _COUNTS)

    def collocations(
        self,
        term: str,
        *,
        window: int = 5,
        min_count: int = 5,
        pairs: bool = False,
        limit: int = 50,
        newspapers: Iterable[str] = (),
        scope: Scope | None = None,
        **filters: Any,
    ) -> pa.Table:
        """The words that stand near a term more often than elsewhere: see `archive.count.collocations`."""
        found = collocations(
            self.collection, term, _filters(filters), newspapers=list(newspapers), scope=scope,
            window=window, min_count=min_count, pairs=pairs, limit=limit,
        )  # fmt: skip
        return pa.Table.from_pylist([_collocate(one) for one in found.collocates], _COLLOCATES)

    def coverage(
        self, newspaper: str, *, by: coverage.Grain = "day", since: Day | None = None, until: Day | None = None
    ) -> pa.Table:
        """How many articles are held, and how much was read, of each section and day or month of a newspaper.

        `state` is held, empty, partly or never; `covered` the share of the period that was read without a gap. By
        default from the first to the last day of which anything is known.

        Raises:
            UnknownNewspaper: the collection holds no such newspaper.
        """
        with self.collection.catalog() as catalog, catalog.snapshot():
            profiles = catalog.newspapers()
            if newspaper not in profiles:
                raise UnknownNewspaper(newspaper, sorted(profiles))
            profile = profiles[newspaper]
            known = coverage.known_span(catalog.connection, newspaper, profile, self._clock())
            first, last = _day(since, 0) or (known and known[0]), _day(until, 1) or (known and known[1])
            rows = []
            if first and last and first <= last:
                spans = coverage.periods(first, last, by, coverage.calendar(profile))
                for row in coverage.sections(catalog.connection, newspaper, profile, spans):
                    rows += [
                        {
                            "newspaper": newspaper, "section": row.section, "first": span.first,
                            "articles": cell.articles, "state": cell.state, "covered": cell.covered,
                        }
                        for span, cell in zip(spans, row.cells, strict=True)
                    ]  # fmt: skip
        return pa.Table.from_pylist(rows, _COVERAGE)

    def newspapers(self) -> pa.Table:
        """The newspapers of the collection, with their provinces and the articles that are held of each."""
        held = self.counts(by="day", by_newspaper=True).group_by("newspaper")
        counted = held.aggregate([("articles", "sum"), ("first", "min"), ("first", "max")]).to_pylist()
        by_name = {row["newspaper"]: row for row in counted}
        with self.collection.catalog() as catalog:
            profiles = catalog.newspapers()
        rows = [
            {
                "newspaper": name,
                "title": profile.get("title") or name,
                "province": profile.get("province"),
                "provinces_before": profile.get("provinces_before") or [],
                "articles": by_name.get(name, {}).get("articles_sum", 0),
                "first": by_name.get(name, {}).get("first_min"),
                "last": by_name.get(name, {}).get("first_max"),
            }
            for name, profile in sorted(profiles.items())
        ]
        return pa.Table.from_pylist(rows, _NEWSPAPERS)


def _filters(filters: dict[str, Any]) -> Filters:
    """The filters, with days as people type them."""
    since, until = _day(filters.pop("since", None), 0), _day(filters.pop("until", None), 1)
    return Filters(**filters, since=since, until=until)


def _day(typed: Day | None, end: int) -> date | None:
    """The first (`end` 0) or the last day of what was typed."""
    return read_days(typed)[end] if isinstance(typed, str) else typed


def _frequency(row: Frequency) -> dict[str, Any]:
    return row.values() | {"first": row.first}


def _collocate(one: Collocate) -> dict[str, Any]:
    return attrs.asdict(one)
