"""The formats of an export, by name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import IO, Literal, Protocol

from archive.export.citations.files import bibtex_file, csl_file, ris_file
from archive.export.rows import Row
from archive.export.tables import Csv, JsonLines

Format = Literal["jsonl", "csv", "parquet", "bibtex", "ris", "csl"]
RowFormat = Literal["jsonl", "csv", "bibtex", "ris", "csl"]
TABLES: tuple[Format, ...] = ("jsonl", "csv", "parquet")
"""The formats that have columns; the others have references."""

SUFFIXES: dict[Format, str] = {
    "jsonl": ".jsonl", "csv": ".csv", "parquet": ".parquet", "bibtex": ".bib", "ris": ".ris", "csl": ".json",
}  # fmt: skip
MEDIA_TYPES: dict[Format, str] = {
    "jsonl": "application/x-ndjson",
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "bibtex": "application/x-bibtex; charset=utf-8",
    "ris": "application/x-research-info-systems; charset=utf-8",
    "csl": "application/vnd.citationstyles.csl+json",
}


class RowWriter(Protocol):
    """Writes rows to a file, which the caller closes."""

    def write(self, rows: Sequence[Row], /) -> None:
        """Append rows."""

    def close(self) -> None:
        """Write what ends the file."""


_REFERENCES: dict[RowFormat, Callable[[IO[bytes]], RowWriter]] = {
    "bibtex": bibtex_file,
    "ris": ris_file,
    "csl": csl_file,
}


def row_writer(form: RowFormat, file: IO[bytes], *, with_text: bool = True) -> RowWriter:
    """A writer of rows to a file that is open for writing; tables have the full text or not."""
    if form == "jsonl":
        return JsonLines(file, with_text=with_text)
    if form == "csv":
        return Csv(file, with_text=with_text)
    return _REFERENCES[form](file)
