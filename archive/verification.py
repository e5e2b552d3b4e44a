"""Checking a collection: its WARC files, and that catalog and articles agree with them; changes nothing."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from archive.catalog import Capture, Catalog
from archive.collection import Collection
from archive.warc.reader import Record
from archive.warc.verify import Finding, verify_file


@attrs.define
class Verification:
    """What was looked at, and what was found."""

    files: int = 0
    records: int = 0
    captures: int = 0
    versions: int = 0
    findings: list[Finding] = attrs.field(factory=list)


def verify(collection: Collection) -> Verification:
    """Check every record's digests, every capture's place, and every article's record and address."""
    said = Verification()
    with collection.catalog() as catalog, catalog.snapshot():
        for file in catalog.warc_files():
            said.files += 1
            captures = {capture.offset: capture for capture in catalog.every_capture(file=file.name)}
            said.captures += len(captures)
            path = collection.warc_path(file.name)
            for record, findings in verify_file(path):
                if record is None:
                    said.findings += [attrs.evolve(finding, file=file.name) for finding in findings]
                    continue
                if record.offset >= file.committed:
                    break  # being written now
                said.records += 1
                said.findings += findings
                if capture := captures.pop(record.offset, None):
                    said.findings += _compare(capture, record)
            said.findings += [_missing(capture) for capture in captures.values()]
        said.findings += _verify_articles(catalog, said)
    return said


def _finding(capture: Capture, message: str) -> Finding:
    return Finding(
        file=capture.file,
        offset=capture.offset,
        record_id=capture.record_id,
        rule="catalog",
        severity="damage",
        message=message,
    )


def _missing(capture: Capture) -> Finding:
    return _finding(capture, f"the capture of {capture.url} is not where the catalog says")


def _compare(capture: Capture, record: Record) -> Iterator[Finding]:
    for what, said, found in (
        ("record id", capture.record_id, record.record_id),
        ("address", capture.url, record.url),
        ("length", capture.length, record.length),
        ("payload digest", capture.payload_digest, record.header("WARC-Payload-Digest")),
    ):
        if said != found:
            yield _finding(capture, f"{what}: the catalog says {said}, the record {found}")


def _verify_articles(catalog: Catalog, said: Verification) -> Iterator[Finding]:
    seq = 0
    while versions := catalog.versions_after(seq):
        for version in versions:
            said.versions += 1
            article = version.article()
            capture = catalog.capture(version.record_id)
            if capture is None or article.capture is None:
                yield Finding(
                    file="catalog.sqlite", offset=None, record_id=version.record_id, rule="catalog",
                    severity="damage", message=f"{article.id}: its record is not in the catalog",
                )  # fmt: skip
                continue
            for what, mine, records in (
                ("address", article.url, capture.url),
                ("file", article.capture.file, capture.file),
                ("offset", article.capture.offset, capture.offset),
                ("payload digest", article.capture.payload_digest, capture.payload_digest),
            ):
                if mine != records:
                    yield _finding(capture, f"{article.id}: {what} is {mine} in the article, {records} in its record")
        seq = versions[-1].seq
