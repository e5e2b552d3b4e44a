"""The captures of a query, as fields of an index line, in its order and within its bounds."""

from __future__ import annotations

import heapq
import itertools
import sqlite3
from collections.abc import Iterator

import attrs

from archive.catalog import Capture
from archive.catalog.mementos import BLOCK, CaptureRange, behind, captures_in
from archive.clock import warc_date
from archive.replay.cdx.fields import Row, row_of
from archive.replay.cdx.query import CdxQuery


def rows(connection: sqlite3.Connection, query: CdxQuery) -> Iterator[list[Row]]:
    """The rows of a query, block by block; a block may be empty, where the filters leave nothing of it.

    Memory holds a block, or, where captures of several addresses are sorted by distance, as many as the limit says.
    """
    found: Iterator[list[Capture]] = (_filtered(block, query) for block in _blocks(connection, query))
    if query.closest is not None and query.match != "exact":
        found = _nearest_of(found, query)
    left = query.limit
    for block in found:
        yield [row_of(capture) for capture in block[:left]]
        left -= len(block)
        if left <= 0:
            return


def _blocks(connection: sqlite3.Connection, query: CdxQuery) -> Iterator[list[Capture]]:
    """The captures of a query before its filters."""
    if query.page is not None:
        skipped = query.page * query.page_lines
        whole = captures_in(connection, query.span, is_reversed=query.is_reversed, skipped=skipped)
        return _shortened(whole, query.page_lines)
    if query.closest is not None and query.match == "exact":
        return _around(connection, query)
    return captures_in(connection, query.span, is_reversed=query.is_reversed)


def _shortened(blocks: Iterator[list[Capture]], most: int) -> Iterator[list[Capture]]:
    for block in blocks:
        yield block[:most]
        most -= len(block)
        if most <= 0:
            return


def _around(connection: sqlite3.Connection, query: CdxQuery) -> Iterator[list[Capture]]:
    """The captures of one address, those nearest to the instant first: two readings of the index, away from it."""
    assert query.closest is not None
    second = warc_date(query.closest)[:19]
    later = attrs.evolve(query.span, since=max(query.span.since, behind(second)))
    earlier = attrs.evolve(query.span, until=min(query.span.until, behind(second)))
    merged = heapq.merge(
        _each(connection, earlier, is_reversed=True), _each(connection, later), key=lambda one: _distance(one, query)
    )
    while block := list(itertools.islice(merged, BLOCK)):
        yield block


def _each(connection: sqlite3.Connection, span: CaptureRange, *, is_reversed: bool = False) -> Iterator[Capture]:
    return itertools.chain.from_iterable(captures_in(connection, span, is_reversed=is_reversed))


def _nearest_of(blocks: Iterator[list[Capture]], query: CdxQuery) -> Iterator[list[Capture]]:
    """So many captures as the limit says, those nearest to the instant first."""
    kept: list[Capture] = []
    for block in blocks:
        kept = heapq.nsmallest(query.limit, [*kept, *block], key=lambda one: _distance(one, query))
        yield []
    yield kept


def _distance(capture: Capture, query: CdxQuery) -> float:
    assert query.closest is not None
    return abs((capture.captured_at.replace(microsecond=0) - query.closest).total_seconds())


def _filtered(block: list[Capture], query: CdxQuery) -> list[Capture]:
    """Those captures of a block that all filters let through."""
    for one in query.filters:
        lets_through = one.lets_through([row_of(capture) for capture in block])
        block = [capture for capture, is_kept in zip(block, lets_through, strict=True) if is_kept]
    return block
