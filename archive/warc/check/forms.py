"""What the standard says of a block's form: whether it is what the record's type and fields say it is."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from archive.warc.check.heads import HTTP, Head, is_identical_payload
from archive.warc.check.rules import TYPES, Complaint
from archive.warc.chunks import ChunkFault, Dechunker
from archive.warc.httphead import HeadFault, HttpHead

_FIELD_LINE = re.compile(rb"[!#$%&'*+\-.0-9A-Z^_`a-z|~]+[ \t]*:[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*")
# What departs from the grammar of RFC 9112, 7.1, and is read nonetheless
_FAULTS = {
    ChunkFault.EMPTY_LINE: "an empty line stands before the size of a chunk (RFC 9112, 7.1)",
    ChunkFault.NO_LINE_END: "no line end stands behind a chunk (RFC 9112, 7.1)",
    ChunkFault.BARE_LINE_FEED: "a line of the chunk framing ends with LF alone (RFC 9112, 7.1)",
    ChunkFault.WHITE_SPACE: "white space stands around the size of a chunk (RFC 9112, 7.1)",
    ChunkFault.NO_SIZE: "the chunk framing breaks where the size of a chunk should stand (RFC 9112, 7.1)",
    ChunkFault.BEHIND_END: "octets stand behind the end of the chunked body (RFC 9112, 7.1)",
}
# What departs from the grammar of RFC 9112, 2 to 6, and is read nonetheless; of a head that is cut no more is said
_HEAD_FAULTS = {
    HeadFault.LINE_ENDS_BEFORE: "line ends stand before the start line (RFC 9112, 2.2)",
    HeadFault.START_LINE: "the start line is not as the grammar has it (RFC 9112, 3 and 4)",
    HeadFault.BARE_LINE_FEED: "a line ends with LF alone (RFC 9112, 2.2)",
    HeadFault.NO_COLON: "a line has no colon (RFC 9112, 5)",
    HeadFault.NAME: "the name of a field is no token (RFC 9112, 5.1)",
    HeadFault.FOLDED: "a field is folded over several lines (RFC 9112, 5.2)",
    HeadFault.CONTROL: "control characters stand in a field (RFC 9110, 5.5)",
    HeadFault.LENGTH: "Content-Length is not one number (RFC 9112, 6.3)",
    HeadFault.LENGTH_AND_CODING: "Content-Length stands beside Transfer-Encoding (RFC 9112, 6.2)",
}
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
        yield Complaint("5.6", "warning", "Content-Type is missing: a record with a block should have it")
    if message is not None and message.is_whole and kind in _HEAD_CLAUSES and (faults := message.faults()):
        for fault in sorted(faults, key=lambda one: one.name):
            yield Complaint(_HEAD_CLAUSES[kind], "warning", f"the HTTP head: {_HEAD_FAULTS[fault]}", is_habit=True)
    if kind in ("response", "request"):
        yield from _judge_exchange(head, length, (media, parameters), message, dechunker)
    elif kind == "resource":
        if media and media != b"text/dns" and fields.get(b"warc-target-uri", b"")[:4].lower() == b"dns:":
            yield Complaint("6.4.4", "breach", "a resource record of a dns: address shall be of type text/dns")
    elif kind == "revisit":
        yield from _judge_revisit(head, length, message)
    elif kind == "warcinfo" and media and media != b"application/warc-fields":
        yield Complaint("6.2", "warning", "Content-Type: application/warc-fields is recommended for warcinfo")
    if media == b"application/warc-fields" and block:
        yield from _judge_fields(block)
    if b"warc-segment-number" in fields or kind == "continuation":
        yield from _judge_segment(head)


def _judge_exchange(
    head: Head, length: int, content_type: tuple[bytes, bytes], message: HttpHead | None, dechunker: Dechunker | None
) -> Iterator[Complaint]:
    kind, is_whole = head.type, b"warc-segment-number" not in head.fields
    media, parameters = content_type
    clause = "6.3.2" if kind == "response" else "6.5.2"
    if length and head.fields.get(b"warc-target-uri", b"").lstrip(b"<")[:4].lower() == b"http":
        other = b"request" if kind == "response" else b"response"
        if media and media != HTTP:
            text = f"Content-Type of an HTTP {kind} should be application/http;msgtype={kind}"
            yield Complaint(clause, "warning", text)
        elif parameters.find(b"msgtype=" + other) >= 0:
            yield Complaint(clause, "warning", f"a {kind} record says msgtype={other.decode()}")
        elif kind == "response" and media and is_whole and (message is None or not message.is_response):
            yield Complaint(clause, "warning", "its block does not begin with a status line")
        elif (
            kind == "response"
            and message
            and not message.is_whole
            and is_whole
            and b"warc-truncated" not in head.fields
        ):
            yield Complaint(clause, "warning", "no empty line ends the head of its HTTP response")
    if kind != "response" or message is None or not is_whole or b"warc-truncated" in head.fields:
        return
    body = length - message.body_start
    if dechunker is not None and message.is_chunked:
        if body and not dechunker.is_chunked:
            yield Complaint(clause, "warning", "Transfer-Encoding says chunked, but the body is not")
        elif body and not dechunker.is_whole:
            yield Complaint(clause, "warning", "the chunked body breaks off before its last chunk")
        elif body:
            for fault in sorted(dechunker.faults, key=lambda one: one.name):
                yield Complaint(clause, "warning", _FAULTS[fault])
    elif (expected := message.content_length) is not None and 0 < body < expected:
        text = f"the body has {body} bytes of {expected}, and WARC-Truncated does not say why"
        yield Complaint(clause, "warning", text)


def _judge_revisit(head: Head, length: int, message: HttpHead | None) -> Iterator[Complaint]:
    fields = head.fields
    if is_identical_payload(head):
        if not fields.get(b"warc-payload-digest"):
            yield Complaint("6.7.2", "breach", "WARC-Payload-Digest is missing: this profile demands it")
        shortened = message is not None and message.body_start == length and length
        if shortened and fields.get(b"warc-truncated", b"").lower() != b"length":
            text = "the body is left out, which WARC-Truncated: length shall say; readers know it from the profile"
            yield Complaint("6.7.2", "warning", text)


def _judge_segment(head: Head) -> Iterator[Complaint]:
    said = head.fields.get(b"warc-segment-number", b"")
    if not said.isdigit():
        return  # missing or malformed: said elsewhere
    number = int(said[:18])
    if head.type == "continuation" and number < 2:
        yield Complaint("5.20", "breach", f"WARC-Segment-Number is {number} in a continuation record")
    elif head.type != "continuation" and number != 1:
        yield Complaint("5.20", "breach", f"WARC-Segment-Number is {number}; only continuation records come after 1")


def _judge_fields(block: bytes) -> Iterator[Complaint]:
    """Whether the block is what the grammar calls warc-fields (4); empty lines at its end are let pass."""
    lines = block.rstrip(b"\r\n").split(b"\n")
    for number, line in enumerate(lines):
        line = line.rstrip(b"\r")
        if _FIELD_LINE.fullmatch(line) or (number and line[:1] in (b" ", b"\t")):
            continue
        text = f"line {number + 1} of the block is no field of application/warc-fields"
        yield Complaint("4", "breach" if block.strip() else "warning", text)
        break
    if block.count(b"\n") != block.count(b"\r\n"):
        yield Complaint("4", "warning", "lines of application/warc-fields do not end with CR LF")
    elif not block.endswith(b"\n"):
        yield Complaint("4", "warning", "the last line of application/warc-fields has no line end")
