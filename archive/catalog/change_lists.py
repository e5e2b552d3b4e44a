"""Lists of changes, the newest first, with the titles of their articles and an excerpt of what changed."""

from __future__ import annotations

import heapq
import json
import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import attrs
import cattrs

from archive.article import article_of
from archive.catalog.changes import COLUMNS, SILENT, ArticleChange, change_of
from archive.catalog.versions import Version, versions_with
from archive.changes.comparison import changes
from archive.changes.excerpt import excerpt
from archive.changes.kinds import ChangeKind
from archive.changes.sequences import Budget
from archive.changes.sought import part_with, pattern_of
from archive.changes.words import Piece, composed
from archive.clock import warc_date
from archive.language.forms import VIETNAM

_BATCH = 100
_STEPS = 100_000
"""Of the comparison for an excerpt; of longer texts it shows whole passages."""

Cursor = tuple[str, int]
"""The time, as a WARC-Date, and the id of a change: those before it come next."""


@attrs.frozen(kw_only=True)
class ChangeFilters:
    """Which changes are listed; None or empty: not narrowed.

    Args:
        kinds: changes of any of these kinds.
        since, until: the first instant, and the instant behind the last.
        least: at least so many words removed and added together.
    """

    newspaper: str | None = None
    section: str | None = None
    kinds: tuple[ChangeKind, ...] = ()
    is_silent: bool = False
    since: datetime | None = None
    until: datetime | None = None
    least: int = 0
    article_id: str | None = None


def cursor_of(change: ArticleChange) -> Cursor:
    """The cursor of the changes behind one."""
    return warc_date(change.at), change.id


def list_changes(
    connection: sqlite3.Connection, filters: ChangeFilters, limit: int, before: Cursor | None = None
) -> list[ArticleChange]:
    """Up to `limit` changes, the newest first; those before a cursor where one is given."""
    if limit <= 0:
        return []
    named = [kind.value for kind in filters.kinds] or ([SILENT] if filters.is_silent else [])
    if not named:
        return list(_listed(connection, filters, None, limit, before))
    of_kinds = (_listed(connection, filters, kind, limit, before) for kind in named)
    merged = heapq.merge(*of_kinds, key=lambda one: (one.at, one.id), reverse=True)
    return list({one.id: one for one in merged}.values())[:limit]


def _listed(
    connection: sqlite3.Connection, filters: ChangeFilters, kind: str | None, limit: int, before: Cursor | None
) -> Iterator[ArticleChange]:
    of = "k" if kind else "c"
    number = "k.change_id" if kind else "c.id"
    where, values = ["c.kinds <> ''"], []
    for condition, value in (
        ("k.kind = ?", kind),
        # a newspaper's section is sought among those of its name, which are fewer than the newspaper's changes
        (f"{'+' if filters.section else ''}{of}.newspaper = ?", filters.newspaper),
        ("c.section = ?", filters.section),
        ("c.article_id = ?", filters.article_id),
        (f"{of}.at >= ?", warc_date(filters.since) if filters.since else None),
        (f"{of}.at < ?", warc_date(filters.until) if filters.until else None),
        ("c.removed + c.added >= ?", filters.least or None),
    ):
        if value is not None:
            where.append(condition)
            values.append(value)
    if filters.is_silent and kind != SILENT:
        where.append("c.is_silent")
    if before is not None:
        where.append(f"({of}.at, {number}) < (?, ?)")
        values += before
    tables = "change_kinds k CROSS JOIN changes c ON c.id = k.change_id" if kind else "changes c"
    rows = connection.execute(
        f"SELECT {COLUMNS} FROM {tables} WHERE {' AND '.join(where)} ORDER BY {of}.at DESC, {number} DESC LIMIT ?",
        (*values, limit),
    )
    return map(change_of, rows)


@attrs.frozen(kw_only=True)
class TitledChange:
    """A change with what tells readers of it.

    Args:
        title: of the later version; of a page's status, of the latest.
        former_title: where the headline changed.
        version, former: content hashes; None of a page's status.
        excerpt: the first words that differ, with some around them.
    """

    change: ArticleChange
    title: str
    former_title: str | None
    language: str
    url: str
    version: str | None
    former: str | None
    excerpt: tuple[Piece, ...] = ()

    def values(self) -> dict[str, Any]:
        """The change as JSON values."""
        one = self.change
        return {
            "id": one.id,
            "at": one.at.isoformat(),
            "newspaper": one.newspaper,
            "section": one.section,
            "article": one.article_id,
            "title": self.title,
            "former_title": self.former_title,
            "kinds": [kind.value for kind in one.kinds],
            "removed": one.removed,
            "added": one.added,
            "silent": one.is_silent,
            "former": self.former,
            "version": self.version,
            "url": self.url,
            "excerpt": [{"change": piece.change, "text": piece.text} for piece in self.excerpt],
        }


def midnight(day: date, days: int = 0) -> datetime:
    """The instant at which a day, or the one so many days later, begins in Vietnam."""
    return datetime.combine(day + timedelta(days=days), time(), VIETNAM).astimezone(UTC)


def each_change(
    connection: sqlite3.Connection, filters: ChangeFilters, limit: int, text: str = ""
) -> Iterator[TitledChange]:
    """Up to `limit` changes with titles, the newest first; some hundred are in memory.

    Args:
        text: words that stand side by side among those removed or added; all changes are read until enough are found.
    """
    before: Cursor | None = None
    while limit > 0 and (found := list_changes(connection, filters, _BATCH if text else min(limit, _BATCH), before)):
        told = titled(connection, found, text)[:limit]
        yield from told
        limit, before = limit - len(told if text else found), cursor_of(found[-1])


def titled(connection: sqlite3.Connection, found: Sequence[ArticleChange], text: str = "") -> list[TitledChange]:
    """Changes with titles and excerpts, in the same order; those whose versions are damaged are left out.

    Args:
        text: those are left out as well of which these words were neither removed nor added.
    """
    sought = pattern_of(text) if text.strip() else None
    seqs = {seq for one in found for seq in (one.version_seq, one.former_seq) if seq is not None}
    latest = _latest(connection, [one.article_id for one in found if one.version_seq is None])
    held = {one.seq: one for one in versions_with(connection, [*seqs, *latest.values()])}
    told = (_titled(one, held, latest, sought) for one in found)
    return [one for one in told if one is not None]


def _latest(connection: sqlite3.Connection, article_ids: Sequence[str]) -> dict[str, int]:
    rows = connection.execute(
        "SELECT id, latest FROM articles WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(article_ids),)
    )
    return dict(rows.fetchall())


def _may_hold(sought: re.Pattern[str], former: Version, later: Version) -> bool:
    """Whether the lines of two versions have the words, before they are compared, which takes longer."""
    lines = (composed(version.line).replace("\\n", " ").casefold() for version in (former, later))
    return any(map(sought.search, lines))


def _titled(
    one: ArticleChange, held: Mapping[int, Version], latest: Mapping[str, int], sought: re.Pattern[str] | None
) -> TitledChange | None:
    later = held.get(latest.get(one.article_id, -1) if one.version_seq is None else one.version_seq)
    former = held.get(one.former_seq) if one.former_seq is not None else None
    try:
        if sought is not None and not (former and later and _may_hold(sought, former, later)):
            return None
        values, before = (version.values() if version else {} for version in (later, former))
        pieces: tuple[Piece, ...] = ()
        if former and later:
            parts = changes(article_of(before), article_of(values), Budget(_STEPS))
            part = part_with(parts, sought) if sought is not None else None
            if sought is not None and part is None:
                return None
            pieces = excerpt(parts if part is None else [part])
        is_retitled = ChangeKind.HEADLINE in one.kinds and before and before["title"] != values["title"]
        return TitledChange(
            change=one, title=values["title"], former_title=before["title"] if is_retitled else None,
            language=values.get("language") or "vi", url=values["url"],
            version=later.content_hash if later and former else None,
            former=former.content_hash if former else None, excerpt=pieces,
        )  # fmt: skip
    except (ValueError, LookupError, cattrs.BaseValidationError):
        return None
