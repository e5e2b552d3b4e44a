"""Checks released articles: each has its record, and the JSON lines are what was released."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs

from archive.article import Article, CaptureRef
from archive.catalog import Capture, Catalog, Version
from archive.checking.files import Verification
from archive.collection import OPEN_SUFFIX, Collection
from archive.projections.schema import article_schema
from archive.warc.check.findings import Finding, Severity

CATALOG = "catalog.sqlite"


def verify_articles(catalog: Catalog, said: Verification) -> Iterator[Finding]:
    """Compare every version of every article with its record, and count them."""
    seq = 0
    while versions := catalog.versions_after(seq):
        for version in versions:
            said.versions += 1
            yield from _verify_version(catalog, version)
        seq = versions[-1].seq


def _verify_version(catalog: Catalog, version: Version) -> Iterator[Finding]:
    try:
        article = version.article()
    except Exception as error:  # whatever a line may hold: cattrs raises groups of all kinds
        yield _of_catalog(version, f"{version.article_id}: its line cannot be read: {error}")
        return
    for misfit in _validator().iter_errors(json.loads(version.line)):
        yield _of_catalog(version, f"{version.article_id}: its line does not fit the schema: {misfit.message}")
    capture = catalog.capture(version.record_id)
    if capture is None or article.capture is None:
        yield _of_catalog(version, f"{article.id}: its record is not in the catalog")
        return
    yield from _compare_article(article, capture)
    for number, image in enumerate(article.images, 1):
        if image.capture is None:
            continue
        held = catalog.capture(image.capture.record_id)
        if held is None:
            yield _of_catalog(version, f"{article.id}: the record of its picture {number} is not in the catalog")
        else:
            yield from _compare_places(f"{article.id}, picture {number}", image.capture, held)


def _compare_article(article: Article, capture: Capture) -> Iterator[Finding]:
    assert article.capture is not None
    yield from _compare_places(article.id or "", article.capture, capture, address=article.url)


def _compare_places(whose: str, place: CaptureRef, capture: Capture, address: str | None = None) -> Iterator[Finding]:
    """Compare what an article says of a record with the record. A picture may have another address: by a redirect."""
    for what, mine, records in (
        ("address", address or capture.url, capture.url),
        ("file", place.file, capture.file),
        ("offset", place.offset, capture.offset),
        ("payload digest", place.payload_digest, capture.payload_digest),
    ):
        if mine != records:
            text = f"{whose}: {what} is {mine} in the article, {records} in its record"
            yield Finding(
                file=capture.file, offset=capture.offset, record_id=capture.record_id, rule="catalog",
                severity="damage", message=text,
            )  # fmt: skip


@functools.cache
def _validator() -> Any:
    return jsonschema_rs.validator_for(article_schema(), validate_formats=True)


def _of_catalog(version: Version, message: str) -> Finding:
    return Finding(
        file=CATALOG, offset=None, record_id=version.record_id, rule="catalog", severity="damage", message=message
    )


# JSON lines


def verify_lines(collection: Collection, catalog: Catalog) -> Iterator[Finding]:
    """Compare the JSON lines of every run with the catalog that they are made from."""
    if not any(collection.jsonl.glob("*.jsonl*")):
        return
    for run in catalog.runs(limit=1_000_000):
        path = collection.jsonl / f"{run.name}.jsonl"
        is_open = run.finished_at is None
        if not path.exists() and path.with_name(path.name + OPEN_SUFFIX).exists():
            path, is_open = path.with_name(path.name + OPEN_SUFFIX), True
        try:
            with path.open("rb") as lines:
                wrong = _compare_lines(lines, _lines_of(catalog, run.id), is_open=is_open)
        except FileNotFoundError:
            wrong = None
            if not is_open and next(_lines_of(catalog, run.id), None) is not None:
                yield _of_lines(path, None, "warning", "the JSON lines of this run are not there")
        except OSError as error:
            wrong = None
            yield _of_lines(path, None, "damage", f"it cannot be read: {error.strerror or error}")
        if wrong:
            yield _of_lines(path, *wrong)


def _lines_of(catalog: Catalog, run_id: int) -> Iterator[bytes]:
    seq = 0
    while versions := catalog.versions_after(seq, run_id=run_id):
        yield from (version.line.encode() + b"\n" for version in versions)
        seq = versions[-1].seq


def _compare_lines(
    lines: Iterator[bytes], released: Iterator[bytes], *, is_open: bool
) -> tuple[int, Severity, str] | None:
    """Where a file's lines differ from those that were released; what is being written may be shorter, or newer."""
    offset = number = 0
    for number, expected in enumerate(released, 1):
        line = next(lines, b"")
        if line != expected:
            if is_open and expected.startswith(line):
                return None
            what = "is missing" if not line else "differs from what was released"
            return offset, "damage", f"line {number} {what}"
        offset += len(line)
    if not is_open and next(lines, b""):
        return offset, "damage", f"lines stand behind line {number}, the last that was released"
    return None


def _of_lines(path: Path, offset: int | None, severity: Severity, message: str) -> Finding:
    return Finding(file=path.name, offset=offset, record_id=None, rule="JSON lines", severity=severity, message=message)
