"""Checks the form of a block: whether it is what the record's type and fields say."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from archive.faults import Fault
from archive.warc.check.findings import Complaint, Departure, Severity, http_departure
from archive.warc.check.heads import HTTP, Head, is_identical_payload
from archive.warc.check.rules import TYPES
from archive.warc.chunks import Dechunker
from archive.warc.httphead import HttpHead

_FIELD_LINE = re.compile(rb"[!#$%&'*+\-.0-9A-Z^_`a-z|~]+[ \t]*:[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*")
_HEAD_CLAUSES = {"response": "6.3.2", "request": "6.5.2", "revisit": "6.7.2"}


@functools.lru_cache(maxsize=256)
def _media_type(content_type: bytes) -> tuple[bytes, bytes]:
    """The media type, and its parameters without quotes; both in lower case."""
    media, _, parameters = content_type.lower().partition(b";")
    return media.strip(), parameters.replace(b'"', b"")


def judge_form(
    head: Head, length: int, message: HttpHead | None, dechunker: Dechunker | None, block: bytes | None
) -> Iterator[Complaint]:
    """Whether the block is what type and fields say; `block` is None where it is not in memory."""
    kind, fields = head.type, head.fields
    media, parameters = _media_type(fields.get(b"content-type", b""))
    if length and not media and kind != "continuation" and kind in TYPES:
        yield Complaint("5.6", "warning", Fault.of(Departure.NO_CONTENT_TYPE))
    if message is not None and message.is_whole and kind in _HEAD_CLAUSES and (faults := message.faults()):
        for fault in sorted(faults, key=lambda one: one.name):
            yield Complaint(_HEAD_CLAUSES[kind], "warning", http_departure(fault), is_habit=True)
    if kind in ("response", "request"):
        yield from _judge_exchange(head, length, (media, parameters), message, dechunker)
    elif kind == "resource":
        if media and media != b"text/dns" and fields.get(b"warc-target-uri", b"")[:4].lower() == b"dns:":
            yield Complaint("6.4.4", "breach", Fault.of(Departure.DNS_TYPE))
    elif kind == "revisit":
        yield from _judge_revisit(head, length, message)
    elif kind == "warcinfo" and media and media != b"application/warc-fields":
        yield Complaint("6.2", "warning", Fault.of(Departure.WARCINFO_TYPE))
    if media == b"application/warc-fields" and block:
        yield from _judge_fields(block)
    if b"warc-segment-number" in fields or kind == "continuation":
        yield from _judge_segment(head)


def _is_response(message: HttpHead | None) -> bool:
    return message is not None and message.octets[:5].upper() == b"HTTP/"


def _judge_exchange(
    head: Head, length: int, content_type: tuple[bytes, bytes], message: HttpHead | None, dechunker: Dechunker | None
) -> Iterator[Complaint]:
    kind, is_whole = head.type, b"warc-segment-number" not in head.fields
    media, parameters = content_type
    clause = "6.3.2" if kind == "response" else "6.5.2"
    if length and head.fields.get(b"warc-target-uri", b"").lstrip(b"<")[:4].lower() == b"http":
        other = b"request" if kind == "response" else b"response"
        if media and media != HTTP:
            yield Complaint(clause, "warning", Fault.of(Departure.EXCHANGE_TYPE, type=kind))
        elif parameters.find(b"msgtype=" + other) >= 0:
            yield Complaint(clause, "warning", Fault.of(Departure.OTHER_MSGTYPE, type=kind, found=other.decode()))
        elif kind == "response" and media and is_whole and not _is_response(message):
            yield Complaint(clause, "warning", Fault.of(Departure.NO_STATUS_LINE))
        elif (
            kind == "response"
            and message
            and not message.is_whole
            and is_whole
            and b"warc-truncated" not in head.fields
        ):
            yield Complaint(clause, "warning", Fault.of(Departure.NO_HEAD_END))
    if kind != "response" or message is None or not is_whole or b"warc-truncated" in head.fields:
        return
    body = length - message.body_start
    if dechunker is not None and message.is_chunked:
        if body and not dechunker.is_chunked:
            yield Complaint(clause, "warning", Fault.of(Departure.NOT_CHUNKED))
        elif body and not dechunker.is_whole:
            yield Complaint(clause, "warning", Fault.of(Departure.CHUNKS_CUT))
        elif body:
            for fault in sorted(dechunker.faults, key=lambda one: one.name):
                yield Complaint(clause, "warning", http_departure(fault))
    elif (expected := message.content_length) is not None and 0 < body < expected:
        yield Complaint(clause, "warning", Fault.of(Departure.BODY_CUT, expected=expected, found=body))


def _judge_revisit(head: Head, length: int, message: HttpHead | None) -> Iterator[Complaint]:
    fields = head.fields
    if is_identical_payload(head):
        if not fields.get(b"warc-payload-digest"):
            yield Complaint("6.7.2", "breach", Fault.of(Departure.NO_PAYLOAD_DIGEST))
        shortened = message is not None and message.body_start == length and length
        if shortened and fields.get(b"warc-truncated", b"").lower() != b"length":
            yield Complaint("6.7.2", "warning", Fault.of(Departure.NO_TRUNCATED))


def _judge_segment(head: Head) -> Iterator[Complaint]:
    said = head.fields.get(b"warc-segment-number", b"")
    if not said.isdigit():
        return  # missing or malformed: the check of the head reports it
    number = int(said[:18])
    if head.type == "continuation" and number < 2:
        yield Complaint("5.20", "breach", Fault.of(Departure.SEGMENT_NUMBER_LOW, found=number))
    elif head.type != "continuation" and number != 1:
        yield Complaint("5.20", "breach", Fault.of(Departure.SEGMENT_NUMBER_HIGH, found=number))


def _judge_fields(block: bytes) -> Iterator[Complaint]:
    """Whether the block is what the grammar calls warc-fields (4); empty lines at its end are accepted."""
    lines = block.rstrip(b"\r\n").split(b"\n")
    for number, line in enumerate(lines):
        line = line.rstrip(b"\r")
        if _FIELD_LINE.fullmatch(line) or (number and line[:1] in (b" ", b"\t")):
            continue
        severity: Severity = "breach" if block.strip() else "warning"
        yield Complaint("4", severity, Fault.of(Departure.NO_WARC_FIELD, line=number + 1))
        break
    if block.count(b"\n") != block.count(b"\r\n"):
        yield Complaint("4", "warning", Fault.of(Departure.WARC_FIELDS_LINE_END))
    elif not block.endswith(b"\n"):
        yield Complaint("4", "warning", Fault.of(Departure.WARC_FIELDS_CUT))
