"""The README beside an export: what it is, what was asked, when, by what, how much, and what the columns mean."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from archive import VERSION
from archive.clock import warc_date
from archive.export.citations.reference import local
from archive.export.formats import TABLES, Format
from archive.export.freezing import plain_filters
from archive.export.tables import BETWEEN, describe
from archive.export.taking import Exported, Wanted
from archive.printable import printable

SUFFIX = ".README.txt"
_SCOPES = {"typed": "as typed (marks count)", "folded": "without marks"}
_FORMATS: dict[Format, str] = {
    "jsonl": "JSON lines: one object a line, in UTF-8; times in ISO 8601 with their offset.",
    "csv": (
        "CSV (RFC 4180) in UTF-8 with a byte order mark; times in ISO 8601 with their offset. Several values in a cell "
        f"have {BETWEEN.strip()!r} between them. An apostrophe stands before text that a spreadsheet would run as a "
        "formula (it begins with = + - or @)."
    ),
    "parquet": (
        "Apache Parquet, one schema whatever the articles; times are instants with the time zone Asia/Ho_Chi_Minh, "
        "captured_at with UTC."
    ),
    "bibtex": "BibTeX in UTF-8: an @article for each.",
    "ris": "RIS in UTF-8: a record of the type NEWS for each.",
    "csl": "CSL-JSON: an array of items of the type article-newspaper.",
}


def readme_path(path: Path) -> Path:
    """Where the README of an export stands."""
    return path.with_name(path.name + SUFFIX)


def readme(path: Path, wanted: Wanted, exported: Exported, instant: datetime) -> str:
    """The text of the README of an export."""
    parts = [*_head(path, wanted, instant), "", *_asked(wanted), "", *_counts(exported)]
    parts += ["", "Verify", *_VERIFY]
    if wanted.form in TABLES:
        described = describe(with_text=wanted.with_text)
        wide = max(len(one.name) for one in described)
        parts += ["", "Columns", *(f"  {one.name:<{wide}}  {one.meaning} ({one.kind})" for one in described)]
    return "".join(f"{_one_line(part)}\n" for part in parts)


def _one_line(part: str) -> str:
    return printable(part).replace("\n", " ")


_VERIFY = (
    "  Each row names the capture that it was read from: record_id and payload_digest are those of the WARC record, by",
    "  which the captured page can be found and verified in any copy of the archive. version is the hash of the text.",
    "  archive_address is the page of this version on the archive's site.",
)


def _head(path: Path, wanted: Wanted, instant: datetime) -> Iterator[str]:
    yield f"{path.name}: articles from an archive of Vietnamese provincial newspapers"
    yield ""
    yield _FORMATS[wanted.form]
    if wanted.form in TABLES:
        yield "One row a version of an article." if wanted.every_version else "One row an article, its latest version."
        if not wanted.with_text:
            yield "The full text was left out."
    yield f"Exported {warc_date(instant)} by baotinh {VERSION}."


def _asked(wanted: Wanted) -> Iterator[str]:
    frozen = wanted.frozen
    if frozen is not None:
        yield f"Set: {frozen.name}, frozen {frozen.created_at} by {frozen.software}: {frozen.count:,} articles"
        yield f"Hash of the set: {frozen.hash}"
        yield from _search(frozen.query, frozen.scope, frozen.within, frozen.filters)
    elif wanted.selection.is_all:
        yield "Query: none; all articles of the archive"
    else:
        one = wanted.selection
        yield from _search(one.query, one.scope, one.within, plain_filters(one))


def _search(query: str, scope: str, within: str, filters: dict[str, object]) -> Iterator[str]:
    yield f"Query: {' '.join(query.split()) or 'none'}"
    yield f"Scope: {_SCOPES.get(scope, scope)}; words that name no field are searched in: {within}"
    yield f"Filters: {', '.join(f'{name} = {value}' for name, value in filters.items()) or 'none'}"


def _counts(exported: Exported) -> Iterator[str]:
    yield f"Rows: {exported.rows:,}, of {exported.articles:,} articles"
    for name, count in sorted(exported.newspapers.items()):
        yield f"  {name}: {count:,}"
    if exported.first is not None and exported.last is not None:
        yield f"Published from {local(exported.first).date()} to {local(exported.last).date()}"
    if exported.missing:
        yield f"Versions of the set that this archive does not hold, and that are missing here: {exported.missing:,}"
    if exported.behind:
        yield f"Versions that were not indexed yet and may be missing here: {exported.behind:,}"
