"""The index of former versions, within the folder of the search index: wordings that articles had, searched on demand.

Its documents are those of all versions but each article's latest, so that no ordinary search finds them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import tantivy

from archive.catalog import Version
from archive.catalog.changes import former_versions, kinds_of_articles
from archive.collection import Collection
from archive.search.terms.document import document_of, open_index

FOLDER = "former"
_HEAP = 15_000_000
_BATCH = 200
# Articles with several versions, of which one, or a reading of one, is new
_TOUCHED = """SELECT DISTINCT article_id FROM versions v WHERE seq > ? AND seq <= ?
    AND EXISTS (SELECT 1 FROM versions o WHERE o.article_id = v.article_id AND o.seq <> v.seq)
    UNION SELECT DISTINCT r.article_id FROM readings r WHERE r.id > ? AND r.id <= ?"""


def follow_former(collection: Collection, folder: Path, seqs: tuple[int, int], readings: tuple[int, int]) -> None:
    """Update the index of former versions in a folder of the search index.

    Args:
        seqs, readings: `seq` of versions, and ids of readings, that are new: behind the first, up to the second.
    """
    with collection.catalog() as catalog:
        writer: tantivy.IndexWriter | None = None
        for article_id in _touched(catalog.connection, (*seqs, *readings)):
            if writer is None:
                (folder / FOLDER).mkdir(exist_ok=True)
                writer = open_index(folder / FOLDER).writer(_HEAP, 1)
            writer.delete_documents_by_term("id", article_id)
            for document in _documents(catalog.connection, article_id):
                writer.add_document(document)
        if writer is not None:
            writer.commit()
            writer.wait_merging_threads()


def _touched(connection: sqlite3.Connection, spans: tuple[int, int, int, int]) -> Iterator[str]:
    """The articles, some hundred versions and readings at a time."""
    seq, last_seq, reading, last_reading = spans
    while seq < last_seq or reading < last_reading:
        ends = min(seq + _BATCH, last_seq), min(reading + _BATCH, last_reading)
        for (article_id,) in connection.execute(_TOUCHED, (seq, ends[0], reading, ends[1])).fetchall():
            yield article_id
        seq, reading = ends


def _documents(connection: sqlite3.Connection, article_id: str) -> Iterator[tantivy.Document]:
    kinds = kinds_of_articles(connection, [article_id]).get(article_id, [])
    versions: Iterator[Version] = former_versions(connection, article_id)
    for version in versions:
        yield document_of(version, 2, kinds)


def has_former(folder: Path) -> bool:
    """Whether a folder of the search index has an index of former versions."""
    return (folder / FOLDER / "meta.json").is_file()
