"""Checks that each released article agrees with its record, and the JSON lines with the released articles."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import jsonschema_rs

from archive.article import Article, CaptureRef
from archive.batch.catalogs import catalog_of
from archive.catalog import Capture, Catalog, Run, Version
from archive.catalog.former_files import former_file, moved_line, names_in_line
from archive.catalog.readings import StoredReading, readings_after
from archive.catalog.versions import versions_with
from archive.checking.extent import Span
from archive.checking.parts import Counted
from archive.checking.verification import Disagreement
from archive.collection import OPEN_SUFFIX, Collection
from archive.faults import Fault
from archive.projections.json_lines import released_lines
from archive.projections.schema import article_schema
from archive.urls import DOM
from archive.warc.check.findings import Finding, Severity

CATALOG = "catalog.sqlite"
_AT_ONCE = 500


def check_versions(root: Path, span: Span, left_out: frozenset[int]) -> Iterator[Finding | Counted]:
    """Compare the versions of a span with their records, but for those of runs that another span holds."""
    after, until, run_id = span
    count, catalog = 0, catalog_of(root)
    while after < until and (
        versions := catalog.versions_after(after, run_id=run_id, limit=min(_AT_ONCE, until - after))
    ):
        for version in versions:
            if version.seq <= until and (run_id is not None or version.run_id not in left_out):
                count += 1
                yield from _verify_version(catalog, version)
        after = versions[-1].seq
    yield Counted(versions=count)


def _verify_version(catalog: Catalog, version: Version) -> Iterator[Finding]:
    try:
        article = version.article()
    except Exception as error:  # cattrs raises groups of any kind of error
        yield _of_catalog(
            version, Fault.of(Disagreement.ARTICLE_UNREADABLE, article=version.article_id, found=str(error))
        )
        return
    for misfit in _validator().iter_errors(version.values()):
        fault = Fault.of(Disagreement.ARTICLE_SCHEMA, article=version.article_id, found=str(misfit.message))
        yield _of_catalog(version, fault)
    capture = catalog.capture(version.record_id)
    if capture is None or article.capture is None:
        yield _of_catalog(version, Fault.of(Disagreement.ARTICLE_NO_RECORD, article=article.id))
        return
    yield from _compare_article(article, capture)
    if article.dom_capture is not None:
        drawn = catalog.capture(article.dom_capture.record_id)
        if drawn is None:
            yield _of_catalog(version, Fault.of(Disagreement.ARTICLE_NO_RECORD, article=article.id))
        else:
            yield from _compare_places(article.id, article.dom_capture, drawn, address=DOM + article.url)
    for number, image in enumerate(article.images, 1):
        if image.capture is None:
            continue
        held = catalog.capture(image.capture.record_id)
        if held is None:
            yield _of_catalog(version, Fault.of(Disagreement.PICTURE_NO_RECORD, article=article.id, picture=number))
        else:
            yield from _compare_places(article.id, image.capture, held, picture=number)


def _compare_article(article: Article, capture: Capture) -> Iterator[Finding]:
    assert article.capture is not None
    yield from _compare_places(article.id, article.capture, capture, address=article.url)


def _compare_places(
    article_id: str, place: CaptureRef, capture: Capture, *, address: str | None = None, picture: int | None = None
) -> Iterator[Finding]:
    """Compare an article's reference to a record with the record; a redirect may give a picture another address."""
    for what, mine, records in (
        # a record may name the fragment of the link that a program followed
        ("address", address or capture.url, capture.url.partition("#")[0] if address else capture.url),
        ("file", place.file, capture.file),
        ("offset", place.offset, capture.offset),
        ("payload digest", place.payload_digest, capture.payload_digest),
    ):
        if mine != records:
            fault = Fault.of(
                Disagreement.ARTICLE_DIFFERS,
                article=article_id, picture=picture, field=what, found=mine, expected=records,
            )  # fmt: skip
            yield Finding(
                file=capture.file, offset=capture.offset, record_id=capture.record_id, rule="catalog",
                severity="damage", fault=fault,
            )  # fmt: skip


@functools.cache
def _validator() -> Any:
    return jsonschema_rs.validator_for(article_schema(), validate_formats=True)


def _of_catalog(version: Version, fault: Fault) -> Finding:
    return Finding(
        file=CATALOG, offset=None, record_id=version.record_id, rule="catalog", severity="damage", fault=fault
    )


def _verify_readings(catalog: Catalog, run_id: int) -> Iterator[Finding]:
    """Compare the later readings of a run with their versions and records."""
    id = 0
    while readings := readings_after(catalog.connection, id, run_id=run_id):
        versions = {one.seq: one for one in versions_with(catalog.connection, [one.version_seq for one in readings])}
        for one in readings:
            version = versions[one.version_seq]
            shown = attrs.evolve(version, raw=one.raw, record_id=one.record_id or version.record_id)
            found = list(_verify_version(catalog, shown))
            yield from found or _compare_reading(version, one)
        id = readings[-1].id


def _compare_reading(version: Version, stored: StoredReading) -> Iterator[Finding]:
    article = stored.article()
    said = article.reading
    pairs = (
        ("version", said and said.version, version.content_hash),
        ("record", article.capture and article.capture.record_id, stored.record_id or version.record_id),
        ("version's record", (said and said.record) or version.record_id, version.record_id),
        ("cause", said and said.cause, stored.cause),
        ("content hash", article.own_hash(), stored.content_hash),
        ("content hash", said and said.content_hash, stored.content_hash),
        ("extractor", said and said.extractor, stored.extractor),
        ("rules", said and said.rules, stored.rules),
    )
    for field, found, expected in pairs:
        if found != expected:
            values = {"article": version.article_id, "field": field, "found": found or "-", "expected": expected or "-"}
            yield _of_catalog(version, Fault.of(Disagreement.READING_DIFFERS, **values))


# JSON lines


def check_lines(root: Path, run: Run, is_read: bool) -> Iterator[Finding | Counted]:
    """Compare the JSON lines of a run with the catalog that they are made from.

    Args:
        is_read: otherwise only whether the file is there.
    """
    collection = Collection(root)
    path = collection.jsonl / f"{run.name}.jsonl"
    is_open = run.finished_at is None
    is_there = path.exists()
    if not is_there and path.with_name(path.name + OPEN_SUFFIX).exists():
        path, is_open, is_there = path.with_name(path.name + OPEN_SUFFIX), True, True
    if is_there and not is_read:
        return
    catalog = catalog_of(root)
    yield from _verify_readings(catalog, run.id)
    try:
        with path.open("rb") as lines:
            wrong = _compare_lines(lines, _lines_of(catalog, run.id), catalog, is_open=is_open)
    except FileNotFoundError:
        wrong = None
        if not is_open and next(_lines_of(catalog, run.id), None) is not None:
            yield _of_lines(path, None, "warning", Fault.of(Disagreement.LINES_ABSENT))
    except OSError as error:
        wrong = None
        yield _of_lines(path, None, "damage", Fault.of(Disagreement.UNREADABLE, found=str(error.strerror or error)))
    if wrong:
        yield _of_lines(path, *wrong)


def _lines_of(catalog: Catalog, run_id: int) -> Iterator[bytes]:
    for lines in released_lines(catalog, run_id):
        yield from lines.splitlines(keepends=True)


def _compare_lines(
    lines: Iterator[bytes], released: Iterator[bytes], catalog: Catalog, *, is_open: bool
) -> tuple[int, Severity, Fault] | None:
    """Where the lines of a file differ from those that were released; an open file may have fewer lines, or more."""
    offset = number = 0
    behind: tuple[int, Severity, Fault] | None = None
    for number, expected in enumerate(released, 1):
        line = next(lines, b"")
        if line != expected:
            if is_open and expected.startswith(line):
                return behind
            if _is_behind(catalog, line, expected):
                behind = behind or (offset, "warning", Fault.of(Disagreement.LINES_BEHIND, line=number))
                offset += len(line)
                continue
            code = Disagreement.LINE_DIFFERS if line else Disagreement.LINE_ABSENT
            return offset, "damage", Fault.of(code, line=number)
        offset += len(line)
    if not is_open and next(lines, b""):
        return offset, "damage", Fault.of(Disagreement.LINES_LEFT_OVER, line=number)
    return behind


def _is_behind(catalog: Catalog, line: bytes, expected: bytes) -> bool:
    """Whether a line differs only in that it names former WARC files: a compaction was killed."""
    moves = {}
    for name in names_in_line(line):
        if former := former_file(catalog.connection, name.decode("utf-8", "replace")):
            moves[name] = former.file.encode(), former.offset
    return moved_line(line, moves) == expected


def _of_lines(path: Path, offset: int | None, severity: Severity, fault: Fault) -> Finding:
    return Finding(file=path.name, offset=offset, record_id=None, rule="JSON lines", severity=severity, fault=fault)
