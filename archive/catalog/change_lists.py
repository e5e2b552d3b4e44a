"""Lists of changes, the newest first, with the titles of their articles and an excerpt of what changed."""

from __future__ import annotations

import heapq
import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Self

import attrs
import cattrs

from archive.article import article_of
from archive.catalog.changes import COLUMNS, SILENT, ArticleChange, change_of
from archive.catalog.versions import Version, versions_with
from archive.changes.comparison import Part, changes
from archive.changes.excerpt import excerpt
from archive.changes.kinds import ChangeKind
from archive.changes.sequences import Budget
from archive.changes.words import Piece
from archive.clock import midnight, warc_date
from archive.zones import utc_text

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

    @classmethod
    def of_days(cls, since: date | None, until: date | None, **others: Any) -> Self:
        """The filters for changes that were captured from one day to another, both included."""
        first, last = (midnight(since) if since else None, midnight(until, days=1) if until else None)
        return cls(since=first, until=last, **others)


def cursor_of(change: ArticleChange) -> Cursor:
    """The cursor of the changes behind one."""
    return warc_date(change.at), change.id


@attrs.frozen(kw_only=True)
class ChangePage:
    """Changes of a list, the newest first; `next`: where the page behind it begins, None on the last."""

    changes: tuple[TitledChange, ...] = ()
    next: Cursor | None = None


def page_of_changes(
    connection: sqlite3.Connection, filters: ChangeFilters, limit: int, before: Cursor | None = None
) -> ChangePage:
    """A page of up to `limit` changes, with titles and excerpts."""
    found = list_changes(connection, filters, limit + 1, before)
    more = cursor_of(found[limit - 1]) if len(found) > limit else None
    return ChangePage(changes=tuple(titled(connection, found[:limit])), next=more)


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


def changes_among(
    connection: sqlite3.Connection, ids: Sequence[int], filters: ChangeFilters, before: Cursor | None
) -> list[ArticleChange]:
    """Those of the changes of these ids that are listed, the newest first; of the filters' kinds nothing is asked."""
    return list(_listed(connection, filters, None, len(ids), before, ids))


def _listed(
    connection: sqlite3.Connection,
    filters: ChangeFilters,
    kind: str | None,
    limit: int,
    before: Cursor | None,
    ids: Sequence[int] | None = None,
) -> Iterator[ArticleChange]:
    of, number = ("k", "k.change_id") if kind else ("c", "c.id")
    where, values = _where(filters, kind, before)
    tables = "change_kinds k CROSS JOIN changes c ON c.id = k.change_id" if kind else "changes c"
    if ids is not None:
        tables = "json_each(?) i CROSS JOIN changes c ON c.id = i.value"  # each by its id, whatever else would be found
        values.insert(0, json.dumps(ids))
    rows = connection.execute(
        f"SELECT {COLUMNS} FROM {tables} WHERE {where} ORDER BY {of}.at DESC, {number} DESC LIMIT ?", (*values, limit)
    )
    return map(change_of, rows)


def _where(filters: ChangeFilters, kind: str | None, before: Cursor | None) -> tuple[str, list[Any]]:
    """The conditions for the rows of a kind, or of all changes, and their values."""
    of, number = ("k", "k.change_id") if kind else ("c", "c.id")
    where, values = ["c.kinds <> ''"], list[Any]()
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
    return " AND ".join(where), values


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
            "at": utc_text(one.at),
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


def each_change(connection: sqlite3.Connection, filters: ChangeFilters, limit: int) -> Iterator[TitledChange]:
    """Up to `limit` changes with titles, the newest first; some hundred are in memory."""
    before: Cursor | None = None
    while limit > 0 and (found := list_changes(connection, filters, min(limit, _BATCH), before)):
        yield from titled(connection, found)
        limit, before = limit - len(found), cursor_of(found[-1])


Chosen = Callable[[Sequence[Part]], Part | None]
"""The part of which an excerpt is shown; None where there is none."""


def titled(
    connection: sqlite3.Connection, found: Sequence[ArticleChange], chosen: Chosen | None = None
) -> list[TitledChange]:
    """Changes with titles and excerpts, in the same order; those whose versions are damaged are left out.

    Args:
        chosen: changes of which it chooses no part are left out as well; by default the first that changed is shown.
    """
    seqs = {seq for one in found for seq in (one.version_seq, one.former_seq) if seq is not None}
    latest = _latest(connection, [one.article_id for one in found if one.version_seq is None])
    held = {one.seq: one for one in versions_with(connection, [*seqs, *latest.values()])}
    told = (_titled(one, held, latest, chosen) for one in found)
    return [one for one in told if one is not None]


def changed_parts(former: Version, later: Version) -> list[Part]:
    """Two versions compared as for an excerpt, in a shorter time than for a page; nothing where one is damaged."""
    try:
        return changes(former.article(), later.article(), Budget(_STEPS))
    except (ValueError, LookupError, cattrs.BaseValidationError):
        return []


def _latest(connection: sqlite3.Connection, article_ids: Sequence[str]) -> dict[str, int]:
    rows = connection.execute(
        "SELECT id, latest FROM articles WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(article_ids),)
    )
    return dict(rows.fetchall())


def _titled(
    one: ArticleChange, held: Mapping[int, Version], latest: Mapping[str, int], chosen: Chosen | None
) -> TitledChange | None:
    later = held.get(latest.get(one.article_id, -1) if one.version_seq is None else one.version_seq)
    former = held.get(one.former_seq) if one.former_seq is not None else None
    try:
        values, before = (version.values() if version else {} for version in (later, former))
        parts: Sequence[Part] = ()
        if former and later:
            parts = changes(article_of(before), article_of(values), Budget(_STEPS))
        if chosen is not None:
            part = chosen(parts)
            if part is None:
                return None
            parts = [part]
        is_retitled = ChangeKind.HEADLINE in one.kinds and before and before["title"] != values["title"]
        return TitledChange(
            change=one, title=values["title"], former_title=before["title"] if is_retitled else None,
            language=values.get("language") or "vi", url=values["url"],
            version=later.content_hash if later and former else None,
            former=former.content_hash if former else None, excerpt=excerpt(parts),
        )  # fmt: skip
    except (ValueError, LookupError, cattrs.BaseValidationError):
        return None
