"""Articles' lines of JSON as the catalog keeps them: packed with Zstandard (RFC 8878) and a dictionary.

The dictionary comes with the package, for most of a line are names of fields and frequent words. Its number stands in
each packed line: another dictionary would have another number, and this one stays.
"""

from __future__ import annotations

import sqlite3
import threading
from importlib.resources import files

import zstandard

_DICTIONARY = "lines.zdict"
_LEVEL = 3
# The longest line that is unpacked: more is damage
_MOST = 1 << 28

STEP = """
    CREATE TABLE packed_versions (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        article_id TEXT NOT NULL REFERENCES articles,
        content_hash TEXT NOT NULL,
        run_id INTEGER NOT NULL REFERENCES runs,
        record_id TEXT NOT NULL REFERENCES captures (record_id),
        captured_at TEXT NOT NULL,
        line BLOB NOT NULL                 -- the article as one line of JSON, packed
    ) STRICT;
    INSERT INTO packed_versions
        SELECT seq, article_id, content_hash, run_id, record_id, captured_at, packed_line(line) FROM versions
        ORDER BY seq;
    UPDATE sqlite_sequence SET seq = (SELECT seq FROM sqlite_sequence WHERE name = 'versions')
        WHERE name = 'packed_versions' AND EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'versions');
    DROP TABLE versions;
    ALTER TABLE packed_versions RENAME TO versions;
    CREATE INDEX versions_by_article ON versions (article_id, captured_at);
    CREATE INDEX versions_by_run ON versions (run_id, seq);
    CREATE INDEX versions_by_record ON versions (record_id);
"""


class _Packers(threading.local):
    """Each thread's packer and unpacker: neither may be used by two at once."""

    def __init__(self) -> None:
        dictionary = zstandard.ZstdCompressionDict(files(__package__).joinpath(_DICTIONARY).read_bytes())
        self.packer = zstandard.ZstdCompressor(level=_LEVEL, dict_data=dictionary)
        self.unpacker = zstandard.ZstdDecompressor(dict_data=dictionary)


_packers = _Packers()


def packed_line(line: str | bytes) -> bytes:
    """A line as it is kept."""
    return _packers.packer.compress(line.encode() if isinstance(line, str) else line)


def unpacked_line(kept: bytes) -> bytes:
    """The line that is kept so, in UTF-8.

    Raises:
        ValueError: it is damaged.
    """
    try:
        if zstandard.frame_content_size(kept) > _MOST:
            raise ValueError("a line of an article is damaged")
        return _packers.unpacker.decompress(kept)
    except zstandard.ZstdError as error:
        raise ValueError(f"a line of an article is damaged: {error}") from error


def add_functions(connection: sqlite3.Connection) -> None:
    """Let statements of a connection call `packed_line(text)` and `unpacked_line(blob)`: NULL of a damaged one."""
    connection.create_function("packed_line", 1, packed_line, deterministic=True)
    connection.create_function("unpacked_line", 1, _unpacked, deterministic=True)


def _unpacked(kept: bytes) -> str | None:
    try:
        return unpacked_line(kept).decode()
    except ValueError:
        return None
