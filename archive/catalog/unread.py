"""Captured pages that could not be read yet, each with the number of tries and the reason."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self

import attrs

from archive.article import Article
from archive.clock import parse_warc_date, warc_date
from archive.errors import ReadingFailure

# In place of the capture of a further page that is archived and could not be read.
NOT_READ_YET = "unread"
FURTHER_PAGE = "further page"
_COLUMNS = (
    "newspaper, url, kind, section, record_id, captured_at, failure, detail, tries, runs, failed_at, due_at, hints"
)


@attrs.frozen(kw_only=True)
class Unread:
    """A captured page that could not be read.

    Args:
        newspaper: the newspaper whose runs read it again; `capture` for a page of `baotinh capture`.
        kind: section, feed, sitemap, article, or page (of `baotinh capture`).
        record_id: the capture that is to be read.
        tries: how often reading it was tried, in `runs` runs.
        failed_at: when that failed first.
        due_at: when a run is to try again.
        hints: what the crawl knew of the page besides its bytes; `further page`: the address of the one of its further
            pages that could not be read.
    """

    newspaper: str
    url: str
    kind: str
    section: str | None
    record_id: str
    captured_at: datetime
    failure: ReadingFailure
    detail: str
    tries: int
    runs: int
    failed_at: datetime
    due_at: datetime
    hints: Mapping[str, Any] = attrs.field(factory=dict)

    @property
    def reason(self) -> str:
        """Why it could not be read, in English."""
        further = self.hints.get(FURTHER_PAGE)
        said = self.failure.worded(self.detail)
        return f"{further}: {said}" if further else said

    def as_said(self) -> dict[str, Any]:
        """The page as a run's report stores it."""
        instants = {name: warc_date(getattr(self, name)) for name in ("captured_at", "failed_at", "due_at")}
        return {**attrs.asdict(self), **instants, "failure": self.failure.value, "hints": dict(self.hints)}

    @classmethod
    def from_said(cls, said: Mapping[str, Any]) -> Self:
        """The page that `as_said` stored in a report.

        Raises:
            LookupError, TypeError, ValueError: the report was changed.
        """
        values = {name: said[name] for name in _COLUMNS.split(", ")}
        for name in ("captured_at", "failed_at", "due_at"):
            values[name] = parse_warc_date(values[name])
        values["failure"] = ReadingFailure(values["failure"])
        return cls(**values)


def is_read_whole(article: Article) -> bool:
    """Whether no further page of the article is captured and unread."""
    return all(page.capture_missing != NOT_READ_YET for page in article.further_pages)


def keep_unread(connection: sqlite3.Connection, unread: Unread) -> None:
    """Enter a page that could not be read; the latest capture of an address replaces earlier ones, and tries add up."""
    values = {**unread.as_said(), "hints": json.dumps(dict(unread.hints), ensure_ascii=False)}
    connection.execute(
        f"""INSERT INTO unread ({_COLUMNS}) VALUES ({", ".join(f":{name}" for name in _COLUMNS.split(", "))})
        ON CONFLICT DO UPDATE SET kind = excluded.kind, section = coalesce(excluded.section, section),
            record_id = excluded.record_id, captured_at = excluded.captured_at, failure = excluded.failure,
            detail = excluded.detail, tries = tries + excluded.tries, runs = runs + excluded.runs,
            due_at = excluded.due_at, hints = excluded.hints
        WHERE excluded.captured_at >= captured_at""",
        values,
    )


def forget_read(connection: sqlite3.Connection, record_id: str) -> None:
    """Enter that a capture was read; older unread captures of its address are dropped too."""
    connection.execute(
        """DELETE FROM unread WHERE record_id = :record OR EXISTS (SELECT 1 FROM captures c
        WHERE c.record_id = :record AND c.url = unread.url AND c.captured_at >= unread.captured_at)""",
        {"record": record_id},
    )


def forget_address(connection: sqlite3.Connection, newspaper: str, url: str) -> None:
    """Drop the unread captures of an address, because a later answer replaces them."""
    connection.execute("DELETE FROM unread WHERE newspaper = ? AND url = ?", (newspaper, url))


def fetch_anew(connection: sqlite3.Connection, unread: Unread, instant: datetime) -> None:
    """Make the address of an unread page due now, without a conditional request, because its record cannot be read."""
    forget_address(connection, unread.newspaper, unread.url)
    connection.execute(
        """UPDATE addresses SET record_id = NULL, next_due_at = min(next_due_at, ?)
        WHERE newspaper = ? AND url = ?""",
        (warc_date(instant), unread.newspaper, unread.url),
    )


def unread_pages(
    connection: sqlite3.Connection, newspaper: str | None = None, *, due_by: str = "9999", limit: int = -1
) -> list[Unread]:
    """The unread pages of a newspaper, or of all: those that were tried in the fewest runs first.

    Args:
        due_by: a WARC-Date; only pages that are due by then.
        limit: the most pages; below 0, all of them.
    """
    rows = connection.execute(
        f"""SELECT {_COLUMNS} FROM unread WHERE (:newspaper IS NULL OR newspaper = :newspaper) AND due_at <= :due
        ORDER BY newspaper, runs, captured_at, url LIMIT :limit""",
        {"newspaper": newspaper, "due": due_by, "limit": limit},
    )
    said = (dict(zip(_COLUMNS.split(", "), row, strict=True)) for row in rows)
    return [Unread.from_said({**one, "hints": json.loads(one["hints"])}) for one in said]


def count_unread(connection: sqlite3.Connection, newspaper: str) -> int:
    """How many pages of a newspaper are captured and unread."""
    row = connection.execute("SELECT count(*) FROM unread WHERE newspaper = ?", (newspaper,)).fetchone()
    return int(row[0])
