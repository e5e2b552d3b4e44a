"""WARC files whose records were moved to larger files by `baotinh compact`, and where the records are now."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping

import attrs

from archive.article import Article, CaptureRef

STEP = """
    CREATE TABLE former_files (            -- WARC files whose bytes are now within larger ones
        name TEXT PRIMARY KEY,
        id INTEGER NOT NULL,               -- which the file had; 0 after a rebuild
        run_id INTEGER NOT NULL REFERENCES runs,
        generation INTEGER NOT NULL,       -- id of the file to which the bytes were moved first
        file_id INTEGER NOT NULL REFERENCES warc_files, -- where they are
        offset INTEGER NOT NULL,           -- likewise: they begin there
        length INTEGER NOT NULL,
        crc32 INTEGER NOT NULL             -- of the bytes; 0 after a rebuild
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX former_files_by_file ON former_files (file_id, offset);
    CREATE INDEX former_files_by_generation ON former_files (generation);
    CREATE INDEX former_files_by_run ON former_files (run_id);
"""
_FORMER = """SELECT o.name, o.id, o.run_id, o.generation, f.name, o.offset, o.length, o.crc32
    FROM former_files o JOIN warc_files f ON f.id = o.file_id """
_PLACE = "SELECT f.name, offset, length FROM captures c JOIN warc_files f ON f.id = c.file_id WHERE record_id = ?"
# Within the text of a field such quotation marks would be escaped.
_IN_LINE = re.compile(rb'(?<!\\)"file": ?"([^"\\]+)", ?"offset": ?(\d+)')


@attrs.frozen
class FormerFile:
    """A WARC file of former times: its bytes are `length` bytes of the present `file`, from `offset` on."""

    name: str
    id: int
    run_id: int
    generation: int
    file: str
    offset: int
    length: int
    crc32: int


def former_file(connection: sqlite3.Connection, name: str) -> FormerFile | None:
    """The former file of that name."""
    row = connection.execute(_FORMER + "WHERE o.name = ?", (name,)).fetchone()
    return FormerFile(*row) if row else None


def former_files(connection: sqlite3.Connection, *, since: int = 0) -> list[FormerFile]:
    """The files that became former ones after a generation, those that did so first before the others."""
    rows = connection.execute(_FORMER + "WHERE o.generation > ? ORDER BY o.generation, o.offset", (since,))
    return [FormerFile(*row) for row in rows]


def part_begin(connection: sqlite3.Connection, file: str, offset: int) -> int:
    """Where the former file begins that holds a place of a present one; 0 where none does."""
    row = connection.execute(
        """SELECT max(offset) FROM former_files WHERE file_id = (SELECT id FROM warc_files WHERE name = ?)
        AND offset <= ? AND offset + length > ?""",
        (file, offset, offset),
    ).fetchone()
    return int(row[0] or 0)


def last_generation(connection: sqlite3.Connection) -> int:
    """The generation of the last files that were moved; 0 where none was."""
    return int(connection.execute("SELECT coalesce(max(generation), 0) FROM former_files").fetchone()[0])


def enter_former(
    connection: sqlite3.Connection, name: str, run_id: int, file_id: int, place: range, *, id: int = 0, crc32: int = 0
) -> None:
    """Enter a former file, whose bytes are at these places of the file of that id."""
    connection.execute(
        "INSERT OR IGNORE INTO former_files VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (name, id, run_id, file_id, file_id, place.start, len(place), crc32),
    )


def names_in_line(line: bytes) -> set[bytes]:
    """The names of the WARC files of the records that an article's line names."""
    return {found[1] for found in _IN_LINE.finditer(line)}


def moved_line(line: bytes, moves: Mapping[bytes, tuple[bytes, int]]) -> bytes:
    """An article's line with the present places of its records; all other bytes stay.

    Args:
        moves: of former files the present file, and the offset there.
    """

    def present(found: re.Match[bytes]) -> bytes:
        name, offset = found.groups()
        if name not in moves:
            return found[0]
        file, base = moves[name]
        start, end = found.start(), found.end()
        between = line[found.end(1) : found.start(2)]
        return line[start : found.start(1)] + file + between + b"%d" % (int(offset) + base) + line[found.end(2) : end]

    return _IN_LINE.sub(present, line)


def in_present_places(connection: sqlite3.Connection, article: Article) -> Article:
    """The article with the present places of its records; where none was moved, itself."""
    said = [article.capture, article.dom_capture]
    said += [image.capture for image in article.images]
    said += [page.capture for page in article.further_pages]
    names = {one.file for one in said if one is not None}
    if any(former_file(connection, name) for name in names if name):
        return in_place(connection, article)
    return article


def in_place(connection: sqlite3.Connection, article: Article) -> Article:
    """The article with the places that the catalog has of its records."""
    placed = attrs.evolve(
        article,
        capture=_place(connection, article.capture),
        dom_capture=_place(connection, article.dom_capture),
        images=tuple(attrs.evolve(image, capture=_place(connection, image.capture)) for image in article.images),
        further_pages=tuple(
            attrs.evolve(page, capture=_place(connection, page.capture)) for page in article.further_pages
        ),
    )
    return placed if placed.id == article.id else placed.known_as(article.id)


def _place(connection: sqlite3.Connection, said: CaptureRef | None) -> CaptureRef | None:
    row = connection.execute(_PLACE, (said.record_id,)).fetchone() if said else None
    if said is None or row is None:
        return said
    file, offset, length = row
    return attrs.evolve(said, file=file, offset=offset, length=length)
