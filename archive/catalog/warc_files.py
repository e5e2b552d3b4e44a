"""The WARC files of a collection, and how much of each is accounted for."""

from __future__ import annotations

import attrs

from archive.catalog.reading import Queries


@attrs.frozen
class WarcFile:
    """A WARC file of the collection; `committed` bytes of it are accounted for."""

    id: int
    name: str
    newspaper: str
    run_id: int
    origin: str
    state: str
    committed: int
    crc32: int
    sha256: str | None


class FileQueries(Queries):
    """What the catalog says of WARC files."""

    def warc_files(self) -> list[WarcFile]:
        """The WARC files, in the order in which they came."""
        rows = self.connection.execute(
            "SELECT id, name, newspaper, run_id, origin, state, committed, crc32, sha256 FROM warc_files ORDER BY id"
        )
        return [WarcFile(*row) for row in rows]

    def warc_files_of(self, run_id: int) -> list[str]:
        """Names of the WARC files that a run wrote or took in."""
        rows = self.connection.execute("SELECT name FROM warc_files WHERE run_id = ? ORDER BY name", (run_id,))
        return [name for (name,) in rows]

    def count_bytes(self) -> int:
        """How many bytes of WARC files are accounted for."""
        return int(self.connection.execute("SELECT coalesce(sum(committed), 0) FROM warc_files").fetchone()[0])
