"""Checking WARC files record by record; repairs nothing and believes no catalog."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import attrs

from archive.errors import NotAWarc, RecordDamaged
from archive.warc.http import HttpMessage
from archive.warc.reader import Record, read_on, read_records

Severity = Literal["damage", "breach", "warning"]


@attrs.frozen(kw_only=True)
class Finding:
    """Something wrong. `rule` names the clause of ISO 28500:2017, or the catalog."""

    file: str
    offset: int | None
    record_id: str | None
    rule: str
    severity: Severity
    message: str


def verify_record(record: Record) -> Iterator[Finding]:
    """Check a record's digests: the block's over its bytes, the payload's over the body without transfer coding."""
    yield from _check(record, "WARC-Block-Digest", record.block, "5.8")
    message = record.http
    if record.type in ("response", "request") and message is not None:
        yield from _check_payload(record, message)
    elif record.type == "resource":
        yield from _check(record, "WARC-Payload-Digest", record.block, "5.9")


def verify_file(path: Path) -> Iterator[tuple[Record | None, list[Finding]]]:
    """All records of a file with what is wrong with each; None where one could not be read.

    Behind damage it goes on with the next gzip member that begins a record.
    """
    records = read_records(path)
    while True:
        try:
            for record in records:
                yield record, list(verify_record(record))
            return
        except NotAWarc as error:
            yield None, [_found(path, 0, None, "4", f"not a WARC file: {error.found}")]
            return
        except RecordDamaged as error:
            yield None, [_found(path, error.offset, None, "4", f"expected {error.expected}, found {error.found}")]
            records = read_on(path, error.offset)


def _found(path: Path, offset: int | None, record_id: str | None, rule: str, message: str) -> Finding:
    return Finding(file=path.name, offset=offset, record_id=record_id, rule=rule, severity="damage", message=message)


def _check_payload(record: Record, message: HttpMessage) -> Iterator[Finding]:
    wrong = list(_check(record, "WARC-Payload-Digest", message.payload(), "5.9"))
    if wrong and message.is_chunked and not list(_check(record, "WARC-Payload-Digest", message.body, "5.9")):
        text = "WARC-Payload-Digest covers the chunk framing, which is no part of the payload"
        yield attrs.evolve(wrong[0], severity="warning", message=text)
    else:
        yield from wrong


def _check(record: Record, field: str, octets: bytes, rule: str) -> Iterator[Finding]:
    said = record.header(field)
    if said is None:
        return
    algorithm, _, value = said.partition(":")
    try:
        actual = hashlib.new(algorithm.replace("-", ""), octets).digest()
    except (ValueError, TypeError):  # unknown, or of no fixed length
        text = f"{field} names {algorithm}, which cannot be checked here"
        yield attrs.evolve(_found(record.path, record.offset, record.record_id, rule, text), severity="warning")
        return
    if actual not in _readings(value):
        text = f"{field} says {said}, the bytes give {algorithm}:{base64.b32encode(actual).decode()}"
        yield _found(record.path, record.offset, record.record_id, rule, text)


def _readings(value: str) -> list[bytes]:
    """The digest's octets by the encodings in use: base 16 and base 32, with or without padding."""
    readings = []
    for decode, text in (
        (base64.b16decode, value.upper()),
        (base64.b32decode, value.upper().rstrip("=") + "=" * (-len(value.rstrip("=")) % 8)),
    ):
        try:
            readings.append(decode(text))
        except (binascii.Error, ValueError):
            continue
    return readings
