"""Writes rows as JSON lines, CSV or Parquet."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from datetime import datetime
from typing import IO, TYPE_CHECKING, Any

import attrs

from archive.export.rows import Row, columns
from archive.export.spreadsheet import MARK, csv_lines
from archive.printable import json_text

if TYPE_CHECKING:
    import pyarrow as pa

BETWEEN = "; "
"""What stands between several values in a cell of CSV."""
_TIME_ZONE = "Asia/Ho_Chi_Minh"
_ROWS_A_GROUP = 5_000


class JsonLines:
    """One JSON object a line; times in ISO 8601 with their offset, several values as lists."""

    def __init__(self, file: IO[bytes], *, with_text: bool = True) -> None:
        self._file, self._names = file, [column.name for column in columns(with_text=with_text)]

    def write(self, rows: Sequence[Row]) -> None:
        """Append rows."""
        lines = (json_text({name: _plain(getattr(row, name)) for name in self._names}) for row in rows)
        self._file.write("".join(f"{line}\n" for line in lines).encode())

    def close(self) -> None:
        """End the file."""


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


class Csv:
    """CSV (RFC 4180) in UTF-8 with a header, and with a byte order mark by which spreadsheets recognise it."""

    def __init__(self, file: IO[bytes], *, with_text: bool = True, has_header: bool = True) -> None:
        self._file, self._names = file, [column.name for column in columns(with_text=with_text)]
        if has_header:
            self._file.write((MARK + csv_lines([self._names])).encode())

    def write(self, rows: Sequence[Row]) -> None:
        """Append rows."""
        self._file.write(csv_lines([[_cell(getattr(row, name)) for name in self._names] for row in rows]).encode())

    def close(self) -> None:
        """End the file."""


def _cell(value: Any) -> Any:
    if isinstance(value, tuple):
        value = BETWEEN.join(value)
    return _plain(value)


class Parquet:
    """Parquet with the one schema of `arrow_schema`, whatever the rows are."""

    def __init__(self, file: IO[bytes], *, with_text: bool = True) -> None:
        import pyarrow.parquet as pq

        self.schema = arrow_schema(with_text=with_text)
        self._writer = pq.ParquetWriter(file, self.schema, compression="zstd")
        self._kept: list[pa.RecordBatch] = []

    def write(self, rows: pa.RecordBatch) -> None:
        """Append rows; a row group is written when there are enough of them."""
        self._kept.append(rows)
        if sum(batch.num_rows for batch in self._kept) >= _ROWS_A_GROUP:
            self._flush()

    def close(self) -> None:
        """Write the last row group and the footer."""
        if self._kept:
            self._flush()
        self._writer.close()

    def _flush(self) -> None:
        import pyarrow as pa

        self._writer.write_table(pa.Table.from_batches(self._kept, self.schema))
        self._kept.clear()


def arrow_schema(*, with_text: bool = True) -> pa.Schema:
    """The Arrow schema of the columns: strings, lists of strings, integers, and times with a time zone.

    Times are instants: those of the newspaper are shown by Vietnam's clock, that of the capture in UTC.
    """
    import pyarrow as pa

    kinds = {
        "str": pa.string(),
        "int": pa.int64(),
        "tuple[str, ...]": pa.list_(pa.field("item", pa.string(), nullable=False)),
        "datetime": pa.timestamp("us", _TIME_ZONE),
    }
    fields = []
    for column in columns(with_text=with_text):
        kind, _, absent = str(column.type).partition(" | ")
        arrow = pa.timestamp("us", "UTC") if column.name == "captured_at" else kinds[kind]
        fields.append(pa.field(column.name, arrow, nullable=bool(absent), metadata=column.metadata))
    return pa.schema(fields)


def record_batch(rows: Sequence[Row], schema: pa.Schema) -> pa.RecordBatch:
    """The rows as an Arrow record batch."""
    import pyarrow as pa

    if not rows:
        return pa.RecordBatch.from_pylist([], schema)
    values = zip(*map(operator.attrgetter(*schema.names), rows), strict=True)
    arrays = [pa.array(column, field.type) for field, column in zip(schema, values, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


@attrs.frozen
class Described:
    """A column's name, its kind in words, and what it means."""

    name: str
    kind: str
    meaning: str


def describe(*, with_text: bool = True) -> list[Described]:
    """The columns in words, for people."""
    words = {"str": "text", "int": "number", "tuple[str, ...]": "several texts", "datetime": "time"}
    described = []
    for column in columns(with_text=with_text):
        kind, _, absent = str(column.type).partition(" | ")
        said = words[kind] + (", may be empty" if absent else "")
        described.append(Described(column.name, said, column.metadata["meaning"]))
    return described
