"""The words of captured pages, as evidence of whether a page shows what its reading lacks."""

from __future__ import annotations

import html
import re
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import attrs

from archive.article import Article
from archive.changes.printed_text import Words, words_of
from archive.collection import OPEN_SUFFIX, Collection
from archive.errors import BaotinhError
from archive.warc.reader import read_record

_PLACE = """SELECT f.name, c.offset, c.length, c.type, c.refers_to FROM captures c JOIN warc_files f ON f.id = c.file_id
    WHERE c.record_id = ?"""
# What begins here is not shown, up to where it ends
_UNSHOWN = re.compile(r"<(?:(!--)|(script|style|noscript|head)\b)", re.IGNORECASE)
_ENDS = {
    "!--": re.compile("-->"),
    **{name: re.compile(rf"</{name}\s*>", re.IGNORECASE) for name in ("script", "style", "noscript", "head")},
}
_TAG = re.compile(r"<[^<>]*>")
# A longer page is no evidence: it would hold up the release of others
_MOST = 4 << 20
# Nor is one of a place that failed, for so many seconds
_REST = 600.0
_failed_at: dict[Path, float] = {}


@attrs.define
class CapturedTexts:
    """The words of pages in the WARC files of a collection, each page read once.

    Where another disk or a store fails that holds the files, none is read from it for ten minutes.
    """

    collection: Collection
    connection: sqlite3.Connection
    _held: dict[str, str | None] = attrs.field(init=False, factory=dict)

    def has(self, article: Article, words: Words) -> bool | None:
        """Whether the page of an article shows these words in this order; None where the page cannot be read."""
        place = article.dom_capture or article.capture
        if place is None:
            return None
        if place.record_id not in self._held:
            self._held[place.record_id] = self._text(place.record_id, article.text_encoding or "utf-8")
        text = self._held[place.record_id]
        return None if text is None else f" {' '.join(words).casefold()} " in text

    def _text(self, record_id: str, encoding: str) -> str | None:
        try:
            markup = self._markup(record_id)
            text = markup[:_MOST].decode(encoding, "replace") if markup is not None else None
        except (LookupError, BaotinhError, OSError, ValueError):
            return None
        if text is None:
            return None
        shown = html.unescape(_TAG.sub(" ", " ".join(_shown(text))))
        return f" {' '.join(words_of(shown)).casefold()} "

    def _markup(self, record_id: str) -> bytes | None:
        row = self.connection.execute(_PLACE, (record_id,)).fetchone()
        if row is not None and row[3] == "revisit" and row[4]:
            row = self.connection.execute(_PLACE, (row[4],)).fetchone()
        if row is None or row[3] == "revisit":
            return None
        name, offset, length, _, _ = row
        is_near = any((self.collection.warc / one).is_file() for one in (name, name + OPEN_SUFFIX))
        if length > _MOST or not (is_near or self._has_rested()):
            return None
        try:
            record = read_record(self.collection.warc_file(name), offset, length)
        except (BaotinhError, OSError) as error:
            if not is_near and not isinstance(error, FileNotFoundError):
                _failed_at[self.collection.root] = time.monotonic()
            raise
        return record.http.content(_MOST) if record.http is not None else record.block

    def _has_rested(self) -> bool:
        failed_at = _failed_at.get(self.collection.root)
        return failed_at is None or time.monotonic() - failed_at >= _REST


def _shown(markup: str) -> Iterator[str]:
    """The markup between what is not shown, in time linear in its length: what has no end is looked for once."""
    endless: set[str] = set()
    place = 0
    for found in _UNSHOWN.finditer(markup):
        name = (found[1] or found[2]).lower()
        if found.start() < place or name in endless:
            continue
        end = _ENDS[name].search(markup, found.end())
        if end is None:
            endless.add(name)
        else:
            yield markup[place : found.start()]
            place = end.end()
    yield markup[place:]
