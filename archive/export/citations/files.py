"""Writes the references of rows as a BibTeX, RIS or CSL-JSON file, and a citation in any form."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import IO, Literal

import attrs

from archive.export.citations.bibliography import bibtex, csl, ris
from archive.export.citations.reference import Reference
from archive.export.citations.styles import apa, chicago, vietnamese
from archive.export.rows import Row

CitationForm = Literal["chicago", "apa", "vietnamese", "bibtex", "ris", "csl"]
FORMS: dict[CitationForm, Callable[[Reference], str]] = {
    "chicago": chicago,
    "apa": apa,
    "vietnamese": vietnamese,
    "bibtex": bibtex,
    "ris": ris,
    "csl": lambda ref: f"[{csl(ref)}]",
}


def cite(row: Row, form: CitationForm) -> str:
    """The citation of a row in a form."""
    return FORMS[form](Reference.of(row))


@attrs.define
class References:
    """Writes references one behind the other, with what stands before, between and behind them."""

    _file: IO[bytes]
    _write: Callable[[Reference], str]
    _before: str = ""
    _between: str = ""
    _behind: str = ""
    _count: int = attrs.field(default=0, init=False)

    def write(self, rows: Sequence[Row]) -> None:
        """Append the references of rows."""
        for row in rows:
            before = self._between if self._count else self._before
            self._file.write((before + self._write(Reference.of(row))).encode())
            self._count += 1

    def close(self) -> None:
        """End the file."""
        self._file.write((self._behind if self._count else self._before + self._behind).encode())


def bibtex_file(file: IO[bytes]) -> References:
    """A BibTeX file."""
    return References(file, bibtex, between="\n")


def ris_file(file: IO[bytes]) -> References:
    """A RIS file."""
    return References(file, ris)


def csl_file(file: IO[bytes]) -> References:
    """A CSL-JSON file: an array of items."""
    return References(file, csl, before="[\n", between=",\n", behind="\n]\n")
