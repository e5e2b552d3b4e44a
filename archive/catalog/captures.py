"""The captures in WARC files."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Self

import attrs

from archive.article import CaptureRef
from archive.catalog.counts import held
from archive.catalog.marked_keys import enter_marked
from archive.clock import parse_warc_date, warc_date
from archive.media_types import PAGES
from archive.urls import DOM

SELECT = """SELECT c.id, record_id, f.name, offset, length, type, url, urlkey, captured_at, status, mime,
    payload_digest, refers_to FROM captures c JOIN warc_files f ON f.id = c.file_id """
_INSERT = """INSERT INTO captures (file_id, run_id, record_id, offset, length, type, url, urlkey, captured_at, status,
    mime, payload_digest, refers_to) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""


@attrs.frozen
class Capture:
    """A row of the captures: one fetch at an instant, and the place of its record."""

    id: int
    record_id: str
    file: str
    offset: int
    length: int
    type: str
    url: str
    urlkey: str
    captured_at: datetime
    status: int | None
    mime: str | None
    payload_digest: str | None
    refers_to: str | None

    def reference(self) -> CaptureRef:
        """The reference to this capture in an item."""
        return CaptureRef(
            record_id=self.record_id,
            file=self.file,
            offset=self.offset,
            length=self.length,
            payload_digest=self.payload_digest,
        )

    @classmethod
    def from_row(cls, row: Sequence[Any]) -> Self:
        """The capture of a row that is joined with its file."""
        values = list(row)
        values[8] = parse_warc_date(values[8])
        return cls(*values)


EVERYWHERE = range(1 << 62)
"""All bytes of a file."""


def from_number(connection: sqlite3.Connection, number: int) -> Capture:
    """The capture with that id in the catalog.

    Raises:
        LookupError: there is none.
    """
    row = connection.execute(SELECT + "WHERE c.id = ?", (number,)).fetchone()
    if row is None:
        raise LookupError(number)
    return Capture.from_row(row)


class CaptureQueries:
    """Queries of the captures."""

    connection: sqlite3.Connection

    def capture(self, record_id: str) -> Capture | None:
        """The capture with that WARC-Record-ID."""
        row = self.connection.execute(SELECT + "WHERE record_id = ?", (record_id,)).fetchone()
        return Capture.from_row(row) if row else None

    def record_id_of(self, number: int) -> str | None:
        """The WARC-Record-ID of the capture with that id in the catalog."""
        row = self.connection.execute("SELECT record_id FROM captures WHERE id = ?", (number,)).fetchone()
        return str(row[0]) if row else None

    def captures(self, urlkey: str) -> list[Capture]:
        """All captures of an address, by its urlkey, oldest first."""
        rows = self.connection.execute(SELECT + "WHERE urlkey = ? ORDER BY captured_at", (urlkey,))
        return [Capture.from_row(row) for row in rows]

    def latest_success(self, url: str) -> Capture | None:
        """The latest capture of exactly this address that answered 200, or None."""
        row = self.connection.execute(
            SELECT + "WHERE url = ? AND status = 200 ORDER BY captured_at DESC LIMIT 1", (url,)
        ).fetchone()
        return Capture.from_row(row) if row else None

    def nearest_success(self, url: str, instant: datetime) -> Capture | None:
        """The capture of exactly this address that answered 200, of several the one nearest to an instant; or None."""
        at = warc_date(instant)
        rows = [
            self.connection.execute(
                SELECT
                + f"WHERE url = ? AND status = 200 AND captured_at {side} ? ORDER BY captured_at {order} LIMIT 1",
                (url, at),
            ).fetchone()
            for side, order in (("<=", "DESC"), (">", "ASC"))
        ]
        found = [Capture.from_row(row) for row in rows if row]
        return min(found, key=lambda one: abs(one.captured_at - instant), default=None)

    def latest_picture(self, url: str) -> Capture | None:
        """The latest capture of exactly this address that answered 200 with no page; where there is none, as
        `latest_success`."""
        row = self.connection.execute(
            SELECT
            + """WHERE url = ? AND status = 200 AND coalesce(mime, '') NOT IN (?, ?)
            ORDER BY captured_at DESC LIMIT 1""",
            (url, *PAGES),
        ).fetchone()
        return Capture.from_row(row) if row else self.latest_success(url)

    def dom_of(self, capture: Capture) -> Capture | None:
        """The record of the page as scripts drew it, of the same capture event; None where there is none."""
        row = self.connection.execute(
            SELECT + "WHERE url = ? AND captured_at = ? AND type = 'resource' LIMIT 1",
            (DOM + capture.url, warc_date(capture.captured_at)),
        ).fetchone()
        return Capture.from_row(row) if row else None

    def latest_capture(self, url: str) -> Capture | None:
        """The latest capture of exactly this address, whatever it answered, or None."""
        row = self.connection.execute(SELECT + "WHERE url = ? ORDER BY captured_at DESC LIMIT 1", (url,)).fetchone()
        return Capture.from_row(row) if row else None

    def captures_of(self, url: str, until: str, limit: int) -> list[Capture]:
        """The latest captures of exactly this address up to an instant (a WARC-Date), the newest first."""
        rows = self.connection.execute(
            SELECT + "WHERE url = ? AND captured_at <= ? ORDER BY captured_at DESC LIMIT ?", (url, until, limit)
        )
        return [Capture.from_row(row) for row in rows]

    def pages_of(self, newspaper: str, limit: int) -> Iterator[tuple[str, str]]:
        """Record id and address of the HTML pages that a newspaper's runs captured with status 200, newest first.

        Of a page that scripts draw, the answers are alike, so that most are revisits: those with a DOM count too.
        """
        yield from self.connection.execute(
            """SELECT c.record_id, c.url FROM runs r JOIN captures c ON c.run_id = r.id
            WHERE r.newspaper = ? AND c.type <> 'resource' AND (
                (c.type = 'response' AND c.status = 200 AND c.mime LIKE '%html%')
                OR EXISTS (SELECT 1 FROM captures d
                    WHERE d.url = ? || c.url AND d.captured_at = c.captured_at AND d.type = 'resource'))
            ORDER BY c.captured_at DESC, c.id DESC LIMIT ?""",
            (newspaper, DOM, limit),
        )

    def fetched_since(self, newspaper: str, instant: str) -> tuple[int, int]:
        """How many answers the runs of a newspaper captured since an instant (a WARC-Date), and their bytes on disk."""
        row = self.connection.execute(
            """SELECT count(*), coalesce(sum(c.length), 0) FROM runs r JOIN captures c ON c.run_id = r.id
            WHERE r.newspaper = :newspaper AND (r.finished_at IS NULL OR r.finished_at >= :instant)
            AND c.captured_at >= :instant AND c.type <> 'resource'""",
            {"newspaper": newspaper, "instant": instant},
        ).fetchone()
        return int(row[0]), int(row[1])

    def holder_of(self, payload_digest: str) -> Capture | None:
        """The first capture that holds this payload itself and was written here as the answer 200; or None.

        Imported captures do not count: their digests may be wrong, and a revisit would depend on them.
        """
        row = self.connection.execute(
            SELECT
            + """WHERE payload_digest = ? AND type = 'response' AND status = 200 AND f.origin = 'written'
            ORDER BY c.id LIMIT 1""",
            (payload_digest,),
        ).fetchone()
        return Capture.from_row(row) if row else None

    def with_digest(self, payload_digest: str) -> list[Capture]:
        """Some captures with exactly that payload digest, in the order in which they were entered."""
        rows = self.connection.execute(SELECT + "WHERE payload_digest = ? ORDER BY c.id LIMIT 100", (payload_digest,))
        return [Capture.from_row(row) for row in rows]

    def last_written(self, newspaper: str) -> datetime | None:
        """The latest WARC-Date that crawls of this newspaper wrote, or None."""
        row = self.connection.execute(
            """SELECT max((SELECT max(captured_at) FROM captures c WHERE c.run_id = r.id)) FROM (SELECT id FROM runs
            WHERE newspaper = ? AND source IN ('network', 'demonstration') ORDER BY id DESC LIMIT 50) r""",
            (newspaper,),
        ).fetchone()
        return parse_warc_date(row[0]) if row[0] else None

    def every_capture(self, after: int = 0, file: str | None = None, places: range = EVERYWHERE) -> Iterator[Capture]:
        """All captures with an id above `after`, in order of id; of a file those that begin at these bytes, as they
        stand in it."""
        if file is None:
            rows = self.connection.execute(SELECT + "WHERE c.id > ? ORDER BY c.id", (after,))
        else:
            rows = self.connection.execute(
                SELECT
                + """WHERE f.name = ? AND c.file_id = f.id AND c.id > ? AND c.offset >= ? AND c.offset < ?
                ORDER BY c.offset""",
                (file, after, places.start, places.stop),
            )
        for row in rows:
            yield Capture.from_row(row)

    def count_captures(self) -> int:
        """How many captures are held."""
        return sum(held(self.connection, "captures").values())


@attrs.define(kw_only=True)
class CaptureRow:
    """The values of a capture to be entered; `captured_at` is a WARC-Date."""

    record_id: str
    offset: int
    length: int
    type: str
    url: str
    urlkey: str
    captured_at: str
    status: int | None
    mime: str | None
    payload_digest: str | None
    refers_to: str | None

    def values(self) -> RowValues:
        """The values in the order of the fields, as statements bind them."""
        return (
            self.record_id, self.offset, self.length, self.type, self.url, self.urlkey, self.captured_at, self.status,
            self.mime, self.payload_digest, self.refers_to,
        )  # fmt: skip


RowValues = tuple[str, int, int, str, str, str, str, int | None, str | None, str | None, str | None]
"""The values of a `CaptureRow`."""


def insert_captures(
    connection: sqlite3.Connection, file_id: int, run_id: int, rows: Iterable[CaptureRow], *, may_be_known: bool = False
) -> int:
    """Enter captures of a file; how many.

    Args:
        may_be_known: captures whose record id is there already are left out.

    Raises:
        sqlite3.IntegrityError: a record id is there already.
    """
    statement, entered = _INSERT + " ON CONFLICT DO NOTHING" if may_be_known else _INSERT, list(rows)
    count = connection.executemany(statement, [(file_id, run_id, *row.values()) for row in entered]).rowcount
    enter_marked(connection, (row.urlkey for row in entered))
    return count
