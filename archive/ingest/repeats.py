"""Which version of its article a reading repeats: the one place where that is decided.

A repeat reads as the version was read before, or says as printed what the version says.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import timedelta

import attrs

from archive import VERSION
from archive.adopted import kept_id
from archive.article import Article, ReadingCause, from_json
from archive.catalog.identities import articles_of_slug
from archive.catalog.lines import unpacked_line
from archive.catalog.readings import version_read_so
from archive.changes.printed import Evidence, differing_parts, is_same_layout, with_fields_of
from archive.changes.printed_text import words_of
from archive.clock import warc_date
from archive.collection import Collection
from archive.identity import address_key, is_of_words, plain_address
from archive.ingest.captured_texts import CapturedTexts

EXTRACTOR = f"baotinh/{VERSION}"
"""What reads pages: named in later readings."""

_AROUND = """SELECT seq, content_hash, record_id FROM (SELECT seq, content_hash, record_id FROM versions
        WHERE article_id = :id AND captured_at <= :at ORDER BY captured_at DESC, seq DESC LIMIT 1)
    UNION ALL SELECT seq, content_hash, record_id FROM (SELECT seq, content_hash, record_id FROM versions
        WHERE article_id = :id AND captured_at > :at ORDER BY captured_at, seq LIMIT 1)
    UNION ALL SELECT seq, content_hash, record_id FROM (
        SELECT seq, content_hash, record_id, captured_at AS read_at, 0 AS id FROM versions WHERE article_id = :id
            AND captured_at <= :at AND json_extract(unpacked_line(line), '$.url') = :url
        UNION ALL SELECT v.seq, v.content_hash, v.record_id, r.read_at, r.id FROM versions v
            JOIN readings r ON r.version_seq = v.seq WHERE v.article_id = :id AND r.record_id IS NOT NULL
            AND r.read_at <= :at AND json_extract(unpacked_line(r.line), '$.url') = :url
        ORDER BY read_at DESC, id DESC, seq DESC LIMIT 1)"""
_READINGS = """SELECT 0, line, 0 FROM versions WHERE seq = :seq
    UNION ALL SELECT id, line, record_id IS NOT NULL FROM readings WHERE version_seq = :seq ORDER BY 1"""

_TEMPLATES = """SELECT json_extract(unpacked_line(line), '$.layout.template') FROM (
    SELECT line FROM versions WHERE seq = :seq UNION ALL SELECT line FROM readings WHERE version_seq = :seq)"""
# Some sites name their classes anew with each release
_MOST_TEMPLATES = 5
_REPUBLISHED = timedelta(days=1)
"""So much later an edit may say that it was published."""


@attrs.frozen
class Repeat:
    """The version that an article repeats.

    `cause`: why it reads otherwise, or in which other layout the same; None: it does not. `first`: the version as it
    was read first; None where there is no cause.
    """

    seq: int
    content_hash: str
    record_id: str
    cause: ReadingCause | None = None
    first: Article | None = None

    def is_of(self, connection: sqlite3.Connection, article: Article) -> bool:
        """Whether the version is of the time at which an article was published."""
        first = self.first or next((one for one, _ in _readings(connection, self.seq)), None)
        return first is not None and first.published_at == article.published_at

    def dated(self, article: Article) -> Article:
        """The article that says when the version was published: a poorer reading may know the day alone."""
        return (self.first or article).of_version(self.content_hash)


def repeat_of(connection: sqlite3.Connection, article: Article, collection: Collection) -> tuple[bool, Repeat | None]:
    """Whether the article is held, and the version of it that this reading repeats; None where it is another one.

    Compared are the versions captured just before and just after it, and the last one of its own address.

    Args:
        collection: where the pages are that show what a reading lacks.
    """
    at = warc_date(article.captured_at)
    around = connection.execute(_AROUND, {"id": article.id, "at": at, "url": article.url}).fetchall()
    if not around:
        return False, None
    versions = {seq: Repeat(seq, content_hash, record_id) for seq, content_hash, record_id in around}
    own = article.own_hash()
    for one in versions.values():
        if one.content_hash == own:
            return True, _in_its_layout(connection, one, article)
    shows = CapturedTexts(collection, connection).has
    read_so = version_read_so(connection, list(versions), own)
    if read_so is not None and not _is_refuted(article, _readings(connection, read_so), shows):
        return True, versions[read_so]
    text = article.text_hash()  # of a version that was released before pictures counted
    for one in versions.values():
        readings = _readings(connection, one.seq)
        former = _counterpart(article, readings)
        if former is not None and not differing_parts(former, article, shows):
            cause = None if one.content_hash == text else _cause(former, article)
            return True, attrs.evolve(one, cause=cause, first=readings[0][0])
    return True, None


def _in_its_layout(connection: sqlite3.Connection, repeat: Repeat, article: Article) -> Repeat:
    """The repeat of a text; with a cause where its template is new, so that a reading says what this template shows."""
    if article.layout is None:
        return repeat
    rows = connection.execute(_TEMPLATES, {"seq": repeat.seq}).fetchall()
    known = {template for (template,) in rows}
    if None in known or article.layout.template in known or len(rows) > _MOST_TEMPLATES:
        return repeat
    readings = _readings(connection, repeat.seq)
    return attrs.evolve(repeat, cause=_cause(readings[0][0], article), first=readings[0][0]) if readings else repeat


def recognised(
    connection: sqlite3.Connection, article: Article, collection: Collection
) -> tuple[Article, bool, Repeat | None]:
    """The article under the id by which it is held, whether it is, and what it repeats, as `repeat_of`.

    An article without an id of the newspaper's may be held under another address: one of before its newspaper had its
    name, one by which an earlier version of the program knew it, or one with the same slug where the same is printed,
    of the same time. Under an id that rests on words, or on the address that the page calls its own, another article
    may be held: then it is known by its own address.
    """
    rests_on_number = article.article_id is not None and not is_of_words(article.article_id)
    apart = article if rests_on_number else article.told_apart()
    if apart.id != article.id:
        is_known, repeat = repeat_of(connection, apart, collection)
        if is_known:
            return apart, is_known, repeat
    is_known, repeat = repeat_of(connection, article, collection)
    if is_known:
        if repeat is None and apart.id != article.id and _is_another(connection, article):
            return apart, False, None
        return article, is_known, repeat
    kept = kept_id(connection, article.newspaper, article.id, article.url)
    for one in (kept, *article.former_ids):
        if one and one != article.id:
            is_known, repeat = repeat_of(connection, article.known_as(one), collection)
            if is_known:
                return article.known_as(one), is_known, repeat
    if article.article_id is None and (one := articles_of_slug(connection, article.newspaper, article.url)):
        is_known, repeat = repeat_of(connection, article.known_as(one), collection)
        if repeat is not None and repeat.is_of(connection, article):
            return article.known_as(one), is_known, repeat
    return article, False, None


def _is_another(connection: sqlite3.Connection, article: Article) -> bool:
    """Whether an article is another than the one that is held under its id: it was found at another address, and was
    published on another day or shares less than half of its text."""
    row = connection.execute(
        "SELECT 1 FROM addresses WHERE newspaper = ? AND url = ? AND article_id = ?",
        (article.newspaper, article.url, article.id),
    ).fetchone()
    if row is not None:
        return False
    at = warc_date(article.captured_at)
    rows = connection.execute(_AROUND, {"id": article.id, "at": at, "url": article.url}).fetchall()
    return not any(_may_be_of(article, one) for seq, _, _ in rows for one, _ in _readings(connection, seq))


def _may_be_of(article: Article, held: Article) -> bool:
    """Whether an article may be an edit of another reading."""
    if address_key(article.url) == address_key(held.url):
        return True
    texts = [{words_of(block.text) for block in one.body if block.text} for one in (article, held)]
    is_alike = 2 * len(texts[0] & texts[1]) >= min(map(len, texts))
    return is_alike and abs(article.published_at - held.published_at) <= _REPUBLISHED


def _readings(connection: sqlite3.Connection, seq: int) -> list[tuple[Article, bool]]:
    """The readings of a version, the first one first; whether each is of another capture. Damaged ones are left out."""
    found = []
    for _, kept, is_elsewhere in connection.execute(_READINGS, {"seq": seq}):
        try:
            found.append((from_json(unpacked_line(kept)), bool(is_elsewhere)))
        except Exception:  # cattrs raises groups of any kind of error
            continue
    return found


def _is_refuted(article: Article, readings: Sequence[tuple[Article, bool]], shows: Evidence) -> bool:
    """Whether a text that a reading of another capture had is none of the version, as today's rules read that."""
    alike = [one for one, is_elsewhere in readings if not is_elsewhere and one.layout == article.layout]
    return bool(alike) and bool(differing_parts(alike[-1], article, shows))


def _counterpart(article: Article, readings: Sequence[tuple[Article, bool]]) -> Article | None:
    """What a reading is compared with: the newest reading of the same layout, of the version's own capture before
    others; else the one that is shown, with the fields that only the others have."""
    alike = [one for one in readings if one[0].layout is not None and one[0].layout == article.layout]
    if alike:
        return max(enumerate(alike), key=lambda one: (not one[1][1], one[0]))[1][0]
    shown = next((one for one, is_elsewhere in reversed(readings) if not is_elsewhere), None)
    if shown is None:
        return None
    return with_fields_of(shown, [one for one, _ in reversed(readings) if one is not shown])


def _cause(former: Article, later: Article) -> ReadingCause:
    """Why two readings of one version differ."""
    if plain_address(former.url) != plain_address(later.url):
        return "address"
    if is_same_layout(former, later):
        return "beside"
    if former.layout is not None and later.layout is not None and former.layout.template == later.layout.template:
        return "rules"
    return "layout"
