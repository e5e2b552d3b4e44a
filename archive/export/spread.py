"""Exports by several processes: this one chooses the versions, workers read and encode them, this one writes."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING

import attrs

from archive.batch.catalogs import catalog_of
from archive.catalog.database import Catalog
from archive.catalog.versions import Version, versions_with
from archive.collection import Collection
from archive.export.formats import Format, row_writer
from archive.export.matching import matches
from archive.export.rows import Histories, Row, RowReader
from archive.export.selected import BATCH
from archive.export.tables import Csv, JsonLines, Parquet, arrow_schema
from archive.search.selection import Selection
from archive.workers import WorkerPool

if TYPE_CHECKING:
    import pyarrow as pa

Part = list[tuple[int, str]]
"""Versions to be exported, in the order of their rows: `seq` and article's id of each."""

_LATEST = """SELECT seq, article_id FROM versions
    WHERE seq > ? AND seq <= ? AND seq = (SELECT latest FROM articles a WHERE a.id = article_id) ORDER BY seq LIMIT ?"""
_WITH = "SELECT seq, article_id FROM versions WHERE seq IN (SELECT value FROM json_each(?)) ORDER BY seq"
_EVERY = """SELECT seq, article_id FROM versions WHERE article_id IN (
    SELECT article_id FROM versions WHERE seq IN (SELECT value FROM json_each(?)))
    ORDER BY article_id, captured_at, seq"""
_NAMED = """SELECT max(v.seq), v.article_id, v.content_hash FROM json_each(?) one JOIN versions v
    ON v.article_id = json_extract(one.value, '$[0]') AND v.content_hash = json_extract(one.value, '$[1]')
    GROUP BY v.article_id, v.content_hash"""


def selected_parts(
    collection: Collection, catalog: Catalog, selection: Selection, *, every: bool = False
) -> Iterator[Part]:
    """The versions that `selected` gives, in the same batches.

    Raises:
        UnknownNewspaper, CollectionInconsistent: as `selected`.
    """
    connection = catalog.connection
    if not selection.is_all:
        for page in matches(collection, selection):
            for start in range(0, len(page), BATCH):
                yield connection.execute(
                    _EVERY if every else _WITH, (json.dumps(page[start : start + BATCH]),)
                ).fetchall()
        return
    last, seq = catalog.last_seq(), 0
    while part := connection.execute(_LATEST, (seq, last, BATCH)).fetchall():
        seqs = [one for one, _ in part]
        yield connection.execute(_EVERY, (json.dumps(seqs),)).fetchall() if every else part
        seq = seqs[-1]


def named_parts(catalog: Catalog, names: Sequence[tuple[str, str]]) -> Iterator[Part]:
    """The versions that `named` gives, in the same batches."""
    for start in range(0, len(names), BATCH):
        batch = names[start : start + BATCH]
        rows = catalog.connection.execute(_NAMED, (json.dumps(batch),)).fetchall()
        found = {(id, content_hash): (seq, id) for seq, id, content_hash in rows}
        yield [found[name] for name in batch if name in found]


@attrs.frozen
class Encoded:
    """Rows of an export as they are written, and what is counted of them: see `Exported.count`."""

    content: bytes | list[Row] | pa.RecordBatch
    ids: list[str]
    newspapers: list[str]
    published: list[datetime]


def encode(
    root: Path, seqs: Sequence[int], histories: Histories, form: Format, with_text: bool, site: str
) -> Iterator[Encoded]:
    """Read versions from the catalog of the collection at `root`, and encode them: references as rows."""
    catalog = catalog_of(root)
    held = {one.seq: one for one in versions_with(catalog.connection, seqs)}
    versions = [held[seq] for seq in seqs]
    if form == "parquet":
        yield _arrow(catalog, versions, histories, with_text, site)
        return
    rows = RowReader(catalog, site).rows(versions, histories)
    content: bytes | list[Row] = rows
    buffer = io.BytesIO()
    if form == "jsonl":
        JsonLines(buffer, with_text=with_text).write(rows)
        content = buffer.getvalue()
    elif form == "csv":
        Csv(buffer, with_text=with_text, has_header=False).write(rows)
        content = buffer.getvalue()
    yield Encoded(
        content, [row.id for row in rows], [row.newspaper for row in rows], [row.published_at for row in rows]
    )


def _arrow(catalog: Catalog, versions: list[Version], histories: Histories, with_text: bool, site: str) -> Encoded:
    from archive.export.arrow_rows import ArrowRowReader, published_between

    rows = ArrowRowReader(catalog, arrow_schema(with_text=with_text), site).batch(versions, histories)
    return Encoded(rows, rows["id"].to_pylist(), rows["newspaper"].to_pylist(), published_between(rows))


def write_encoded(
    collection: Collection,
    catalog: Catalog,
    parts: Iterator[Part],
    file: IO[bytes],
    workers: WorkerPool,
    *,
    form: Format,
    with_text: bool,
    site: str,
) -> Iterator[Encoded]:
    """Let workers encode the versions, and write them to a file; each part once it is written."""
    reader = RowReader(catalog, site)
    calls = (
        (collection.root, [seq for seq, _ in part], reader.histories_of([id for _, id in part]), form, with_text, site)
        for part in parts
        if part
    )
    out = Parquet(file, with_text=with_text) if form == "parquet" else row_writer(form, file, with_text=with_text)
    for results in workers.each(encode, calls):
        for one in results:
            if isinstance(one.content, bytes):
                file.write(one.content)
            else:
                out.write(one.content)
            yield one
    out.close()
