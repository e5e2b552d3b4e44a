"""The connection to the SQLite catalog: opens and migrates it, and runs transactions."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

from archive.catalog import migrations
from archive.catalog.captures import CaptureQueries
from archive.catalog.frontier import AddressQueries
from archive.catalog.lines import add_functions
from archive.catalog.readers_views import withhold_from
from archive.catalog.runs import RunQueries
from archive.catalog.versions import ArticleQueries, Version
from archive.catalog.warc_files import FileQueries
from archive.catalog.withholdings import withholding_of_address, withholding_of_article
from archive.errors import AddressWithheld, ArticleWithheld, CollectionOutdated, CollectionTooNew, UnknownArticle


class Catalog(CaptureQueries, FileQueries, ArticleQueries, AddressQueries, RunQueries):
    """A connection to the catalog, for one thread at a time, with the queries of its tables. A context manager too."""

    def __init__(self, path: Path, *, writable: bool = False, withholds: bool = False) -> None:
        """Open the catalog; a writable one is created where it is missing, and migrated to the present version.

        Args:
            withholds: its queries leave out articles and captures that are withheld from readers.

        Raises:
            CollectionTooNew: a later version of baotinh wrote it.
            CollectionOutdated: an older version wrote it, and it is opened for reading only.
        """
        self.connection = _connect(path, "mode=rwc" if writable else "mode=ro")
        try:
            self._open(path, writable)
            self.withholds = withholds and withhold_from(self.connection)
        except BaseException:
            self.connection.close()  # or a rebuild, which replaces a damaged catalog, would wait for it
            raise

    def _open(self, path: Path, writable: bool) -> None:
        try:
            found: int = self.connection.execute("PRAGMA user_version").fetchone()[0]
        except sqlite3.OperationalError as error:
            if writable or not path.is_file() or (os.access(path.parent, os.W_OK) and not _is_full(path, error)):
                raise
            # on a read-only or full disk readers cannot create the files of the journal, and need none
            self.connection.close()
            self.connection = _connect(path, "mode=ro&immutable=1")
            found = self.connection.execute("PRAGMA user_version").fetchone()[0]
        if found != migrations.VERSION and (found > migrations.VERSION or not writable):
            refusal = CollectionTooNew if found > migrations.VERSION else CollectionOutdated
            raise refusal(path.parent, found, migrations.VERSION)
        if writable:
            self.connection.execute("PRAGMA journal_mode = WAL")
            self.connection.execute("PRAGMA synchronous = FULL")
            self.connection.execute("PRAGMA foreign_keys = OFF")  # it cannot be changed within the transaction
            with self.transaction() as connection:
                migrations.migrate(connection, path)
            self.connection.execute("PRAGMA foreign_keys = ON")
            if 0 < found < migrations.PACKED_LINES:
                with suppress(sqlite3.OperationalError):  # in use, or no room: what is free is written to first
                    self.connection.execute("VACUUM")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def article(self, article_id: str) -> Version:
        """The latest version of an article.

        Raises:
            ArticleWithheld: it is withheld from readers.
            UnknownArticle: no article has that id.
        """
        try:
            return super().article(article_id)
        except UnknownArticle:
            self.refuse_withheld(article_id)
            raise

    def refuse_withheld(self, article_id: str) -> None:
        """Do nothing unless an article is withheld from the readers of this connection.

        Raises:
            ArticleWithheld: it is.
        """
        if self.withholds and (found := withholding_of_article(self.connection, article_id)):
            raise ArticleWithheld(article_id, found.reason.value, is_removed=found.purged_at is not None)

    def refuse_withheld_address(self, url: str, key: str) -> None:
        """Do nothing unless an address, with this urlkey, is withheld from the readers of this connection.

        Raises:
            AddressWithheld: it is.
        """
        if self.withholds and (found := withholding_of_address(self.connection, key)):
            raise AddressWithheld(url, found.reason.value, is_removed=found.purged_at is not None)

    def refuse_withheld_capture(self, record_id: str) -> None:
        """Do nothing unless a capture is withheld from the readers of this connection.

        Raises:
            AddressWithheld: it is.
        """
        row = self.connection.execute(
            "SELECT url, urlkey FROM main.captures WHERE record_id = ?", (record_id,)
        ).fetchone()
        if row is not None:
            self.refuse_withheld_address(*row)

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """One transaction, serialised with those of other connections; rolled back after an error."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield self.connection
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """All reads within the block see one state of the catalog, whatever is committed meanwhile."""
        self.connection.execute("BEGIN")
        try:
            yield
        finally:
            self.connection.execute("ROLLBACK")


def _is_full(path: Path, error: sqlite3.OperationalError) -> bool:
    """Whether a catalog, all of which is in its file, cannot be opened for want of room for the journal's."""
    journal = path.with_name(f"{path.name}-wal")
    return error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_IOERR and not (journal.exists() and journal.stat().st_size)


def _connect(path: Path, options: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?{options}", uri=True, timeout=60, isolation_level=None, check_same_thread=False
    )
    add_functions(connection)
    return connection
