"""Queries of the captures by key and time: those of a range of keys in order, those of a key around an instant."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime

import attrs

from archive.catalog.captures import SELECT, Capture
from archive.clock import warc_date

BLOCK = 1000
"""How many captures are read at once. Between two blocks nothing of the catalog is held."""
# behind every digit, point and letter that a WARC-Date may have
_LATEST = "~"
_COMMITTED = "c.offset + c.length <= f.committed"


@attrs.frozen(kw_only=True)
class CaptureRange:
    """The captures whose urlkey is `first`, or from `first` to before `end`; from a time to before another.

    Times are compared as texts with WARC-Dates, and may be beginnings of these: `behind` is the end of such a second,
    minute or day.

    With `plain`, the uniform key of the address, the captures of it with session ids and marks of campaigns belong to
    those of `first`: all in order of time.
    """

    first: str
    end: str | None = None
    plain: str | None = None
    since: str = ""
    until: str = _LATEST

    def condition(self) -> str:
        """The condition of a statement that has `values`."""
        keys = "c.urlkey = :first" if self.end is None else "c.urlkey >= :first AND c.urlkey < :end"
        if self.plain is not None:
            marked = "SELECT m.urlkey FROM main.marked_keys m WHERE m.plain_key = :plain"
            keys = f"c.urlkey IN (SELECT :first UNION ALL {marked})"
        return f"{keys} AND c.captured_at >= :since AND c.captured_at < :until"

    def values(self) -> dict[str, object]:
        """The values of a statement's parameters."""
        return attrs.asdict(self)


def behind(beginning: str) -> str:
    """What is after all WARC-Dates with that beginning, and before all others that are later."""
    return beginning + _LATEST


def captures_in(
    connection: sqlite3.Connection, span: CaptureRange, *, is_reversed: bool = False, skipped: int = 0
) -> Iterator[list[Capture]]:
    """The captures of a range, block by block, in the order of key, time and id; or in the opposite one. Those of one
    address are in the order of time and id.

    Args:
        skipped: how many captures to leave out at the beginning.
    """
    order, beyond = (" DESC", "<") if is_reversed else ("", ">")
    key, key_value = ("", "") if span.plain is not None else (f"c.urlkey{order}, ", ":key, ")
    after = f" AND ({key.replace(order, '')}c.captured_at, c.id) {beyond} ({key_value}:time, :id)"
    ordered = f" ORDER BY {key}c.captured_at{order}, c.id{order} LIMIT :most OFFSET :skipped"
    where = f"WHERE {span.condition()} AND {_COMMITTED}"
    values = span.values() | {"most": BLOCK, "skipped": skipped}
    statement = SELECT + where + ordered
    while rows := connection.execute(statement, values).fetchall():
        yield [Capture.from_row(row) for row in rows]
        if len(rows) < BLOCK:
            return
        last = rows[-1]
        statement = SELECT + where + after + ordered
        values |= {"key": last[7], "time": last[8], "id": last[0], "skipped": 0}


def count_in(connection: sqlite3.Connection, span: CaptureRange) -> int:
    """How many captures a range has; read from an index, in the time that it takes to go through them there."""
    statement = f"SELECT count(*) FROM captures c WHERE {span.condition()}"
    return int(connection.execute(statement, span.values()).fetchone()[0])


def latest_until(connection: sqlite3.Connection, span: CaptureRange, instant: datetime) -> Capture | None:
    """The latest capture of an address up to the end of a second; None where there is none."""
    return _last(connection, attrs.evolve(span, until=behind(_second(instant))))


def latest_before(connection: sqlite3.Connection, span: CaptureRange, instant: datetime) -> Capture | None:
    """The latest capture of an address before the beginning of a second; None where there is none."""
    return _last(connection, attrs.evolve(span, until=_second(instant)))


def earliest_after(connection: sqlite3.Connection, span: CaptureRange, instant: datetime) -> Capture | None:
    """The earliest capture of an address after the end of a second; None where there is none."""
    return _first(connection, attrs.evolve(span, since=behind(_second(instant))))


def ends_of(connection: sqlite3.Connection, span: CaptureRange) -> tuple[Capture, Capture] | None:
    """The first and the last capture of an address; None where there is none."""
    first, last = _first(connection, span), _last(connection, span)
    return (first, last) if first and last else None


def nearest(connection: sqlite3.Connection, span: CaptureRange, instant: datetime) -> Capture | None:
    """The capture of an address that is nearest in time, by two looks into the index; None where there is none.

    Of two of one second the one under the key of the address itself comes first.
    """
    if span.plain is not None:
        own = latest_until(connection, attrs.evolve(span, plain=None), instant)
        if own is not None and _second(own.captured_at) == _second(instant):
            return own
    found = (latest_until(connection, span, instant), earliest_after(connection, span, instant))
    return min((one for one in found if one), key=lambda one: abs(one.captured_at - instant), default=None)


def _first(connection: sqlite3.Connection, span: CaptureRange) -> Capture | None:
    return _one(connection, span, "c.captured_at, c.id")


def _last(connection: sqlite3.Connection, span: CaptureRange) -> Capture | None:
    return _one(connection, span, "c.captured_at DESC, c.id DESC")


def _one(connection: sqlite3.Connection, span: CaptureRange, order: str) -> Capture | None:
    statement = f"{SELECT} WHERE {span.condition()} AND {_COMMITTED} ORDER BY {order} LIMIT 1"
    row = connection.execute(statement, span.values()).fetchone()
    return Capture.from_row(row) if row else None


def _second(instant: datetime) -> str:
    """A WARC-Date up to its second."""
    return warc_date(instant.astimezone(UTC))[:19]
