"""The WARC files of the collection."""

from __future__ import annotations

import sqlite3

import attrs

from archive.catalog.counts import held


@attrs.frozen
class WarcFile:
    """A WARC file of the collection; `committed`: how many bytes of it belong to entered records."""

    id: int
    name: str
    newspaper: str
    run_id: int
    origin: str
    state: str
    committed: int
    crc32: int
    sha256: str | None


_FILES = "SELECT id, name, newspaper, run_id, origin, state, committed, crc32, sha256 FROM warc_files "


class FileQueries:
    """Queries of the WARC files."""

    connection: sqlite3.Connection

    def first_record(self) -> str | None:
        """The record id of the capture that was entered first, by which copies know their collection."""
        row = self.connection.execute("SELECT record_id FROM captures ORDER BY id LIMIT 1").fetchone()
        return str(row[0]) if row else None

    def warc_files(self) -> list[WarcFile]:
        """The WARC files, in the order in which they were entered."""
        rows = self.connection.execute(_FILES + "ORDER BY id")
        return [WarcFile(*row) for row in rows]

    def open_files(self, newspaper: str) -> list[WarcFile]:
        """The WARC files of a newspaper that are being written, or that a crash left open."""
        rows = self.connection.execute(_FILES + "WHERE newspaper = ? AND state = 'open' ORDER BY id", (newspaper,))
        return [WarcFile(*row) for row in rows]

    def closed_files(self) -> list[str]:
        """Names of the closed WARC files, in the order in which they were entered."""
        query = "SELECT name FROM warc_files WHERE state = 'closed' ORDER BY id"
        return [name for (name,) in self.connection.execute(query)]

    def has_file(self, name: str) -> bool:
        """Whether there is a WARC file of that name."""
        return self.connection.execute("SELECT 1 FROM warc_files WHERE name = ?", (name,)).fetchone() is not None

    def warc_files_of(self, run_id: int) -> list[str]:
        """Names of the WARC files that hold what a run wrote or imported."""
        rows = self.connection.execute(
            """SELECT name FROM warc_files WHERE run_id = :run UNION
            SELECT f.name FROM former_files o JOIN warc_files f ON f.id = o.file_id WHERE o.run_id = :run ORDER BY 1""",
            {"run": run_id},
        )
        return [name for (name,) in rows]

    def count_bytes(self) -> int:
        """How many committed bytes all WARC files have."""
        return sum(held(self.connection, "WARC bytes").values())
