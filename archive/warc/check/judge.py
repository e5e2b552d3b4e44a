"""What the standard says of one record: its head, its digests, its block's form; finds no record in a file."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable, Iterator

from archive.warc.check.findings import WARC_1_0, WARC_1_1
from archive.warc.check.heads import Head
from archive.warc.check.rules import TYPES, Complaint
from archive.warc.chunks import ChunkFault, Dechunker
from archive.warc.digests import Claim, Impossible, PayloadHash, Unknown, is_of_nothing, read_claim
from archive.warc.http import parse_message
from archive.warc.httphead import HttpHead, find_head

# Types whose payload the standard defines
PAYLOADS = frozenset(("response", "request", "resource", "conversion"))


class Reading(enum.Enum):
    """What a payload digest is of where it is not the payload's: then the writer counted it otherwise."""

    FRAMED = "the body with its chunk framing"
    BLOCK = "the whole block"
    DECODED = "the body without its content coding"


_READINGS = {
    Reading.FRAMED: "WARC-Payload-Digest covers the chunk framing, which is no part of the payload",
    Reading.BLOCK: "WARC-Payload-Digest is that of the whole block, whose head is no part of the payload",
    Reading.DECODED: "WARC-Payload-Digest is that of the decoded body; the payload has its content coding",
}
_OF_PAYLOAD = Complaint("5.8", "warning", "WARC-Block-Digest is that of the payload, without the head of the block")
_FIELD_LINE = re.compile(rb"[!#$%&'*+\-.0-9A-Z^_`a-z|~]+[ \t]*:[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*")
_IDENTICAL = b"/revisit/identical-payload-digest"
_HTTP = b"application/http"
# What departs from the grammar of RFC 9112, 7.1, and is read nonetheless
_FAULTS = {
    ChunkFault.EMPTY_LINE: "an empty line stands before the size of a chunk (RFC 9112, 7.1)",
    ChunkFault.NO_LINE_END: "no line end stands behind a chunk (RFC 9112, 7.1)",
    ChunkFault.BARE_LINE_FEED: "a line of the chunk framing ends with LF alone (RFC 9112, 7.1)",
    ChunkFault.WHITE_SPACE: "white space stands around the size of a chunk (RFC 9112, 7.1)",
    ChunkFault.NO_SIZE: "the chunk framing breaks where the size of a chunk should stand (RFC 9112, 7.1)",
    ChunkFault.BEHIND_END: "octets stand behind the end of the chunked body (RFC 9112, 7.1)",
}


def judge_block(head: Head, block: bytes) -> tuple[list[Complaint], HttpHead | None]:
    """What is wrong with a record whose block is in memory, and the HTTP message in it."""
    complaints: list[Complaint] = []
    fields = head.fields
    message = find_head(block) if holds_http(head) else None
    payload: list[bytes] = []
    dechunker: Dechunker | None = None
    if message and message.is_chunked:
        dechunker = Dechunker()
        payload = list(dechunker.feed(block[message.body_start :]))
    is_chunked = dechunker is not None and dechunker.is_chunked
    if said := fields.get(b"warc-block-digest"):
        claim = _claim("WARC-Block-Digest", "5.8", said, complaints)
        if claim and not claim.fits(block):
            is_of_payload = message is not None and (
                claim.fits(b"".join(payload)) if is_chunked else claim.fits(memoryview(block)[message.body_start :])
            )
            complaints.append(_OF_PAYLOAD if is_of_payload else _wrong("WARC-Block-Digest", "5.8", said))
    if (said := fields.get(b"warc-payload-digest")) and has_payload(head):
        claim = _claim("WARC-Payload-Digest", "5.9", said, complaints)
        if claim:
            raw = block if message is None else memoryview(block)[message.body_start :]
            of_raw = claim.fits(raw)
            right = claim.fits(b"".join(payload)) if is_chunked else of_raw
            if not right:
                reading = Reading.FRAMED if of_raw else _other_reading(claim, block)
                complaints += judge_payload(head, said, reading, message, len(block))
    complaints += judge_form(head, len(block), message, dechunker, block)
    return complaints, message


def _other_reading(claim: Claim, block: bytes) -> Reading | None:
    """What a payload digest is of that is not the payload's."""
    if claim.fits(block):
        return Reading.BLOCK
    message = parse_message(block)
    if message is not None and message.field("Content-Encoding") and claim.fits(message.content()):
        return Reading.DECODED
    return None


def judge_pieces(head: Head, pieces: Iterable[bytes], length: int) -> tuple[list[Complaint], HttpHead | None, int]:
    """As `judge_block` for a block that is too long for memory; also how many octets of it came."""
    complaints: list[Complaint] = []
    block_said, payload_said = head.fields.get(b"warc-block-digest"), head.fields.get(b"warc-payload-digest")
    of_block = _claim("WARC-Block-Digest", "5.8", block_said, complaints) if block_said else None
    of_payload = None
    if payload_said and has_payload(head):
        of_payload = _claim("WARC-Payload-Digest", "5.9", payload_said, complaints)
    block = of_block.new() if of_block else None
    whole = of_payload.new() if of_payload else None
    payload = PayloadHash(of_payload.new if of_payload else _NoHash, may_hold_message=holds_http(head))
    came = 0
    for piece in pieces:
        came += len(piece)
        payload.feed(piece)
        for hashed in (block, whole):
            if hashed:
                hashed.update(piece)
    payload.finish()
    message, dechunker = payload.message, payload.dechunker
    if of_block and block and block_said and not of_block.says(block.digest()):
        is_of_payload = of_payload is not None and message is not None and of_block.is_alike(of_payload)
        if is_of_payload and of_block.says(payload.of_chunks() if payload.is_chunked else payload.of_raw()):
            complaints.append(_OF_PAYLOAD)
        else:
            complaints.append(_wrong("WARC-Block-Digest", "5.8", block_said))
    if of_payload and payload_said and whole:
        of_raw = of_payload.says(payload.of_raw())
        if not (of_payload.says(payload.of_chunks()) if payload.is_chunked else of_raw):
            reading = Reading.FRAMED if of_raw else Reading.BLOCK if of_payload.says(whole.digest()) else None
            complaints += judge_payload(head, payload_said, reading, message, came)
    complaints += judge_form(head, came, message, dechunker, None)
    return complaints, message, came


class _NoHash:
    """Where nothing is claimed nothing is hashed."""

    def update(self, octets: bytes) -> None:
        pass


def holds_http(head: Head) -> bool:
    """Whether the block says that it is an HTTP message."""
    return head.fields.get(b"content-type", b"")[: len(_HTTP)].lower() == _HTTP


def is_identical_payload(head: Head) -> bool:
    """Whether a revisit says that its payload is that of another record (6.7.2)."""
    return head.fields.get(b"warc-profile", b"").strip(b"<>").endswith(_IDENTICAL)


def has_payload(head: Head) -> bool:
    """Whether the payload that the digest is about lies in this record's own block, and the standard says where."""
    if b"warc-segment-number" in head.fields:
        return False  # the digest is that of all segments together (5.9)
    return head.type in PAYLOADS


def judge_payload(
    head: Head, said: bytes, reading: Reading | None, message: HttpHead | None, length: int
) -> Iterator[Complaint]:
    """What to say of a payload digest that is not the payload's, by what else it is the digest of."""
    if reading is not None:
        yield Complaint("5.9", "warning", _READINGS[reading])
    elif head.type in ("response", "request") and not holds_http(head):
        text = f"what the payload of a {head.type} record without an HTTP message is, the standard does not say"
        yield Complaint("5.9", "warning", text)
    elif not (length and message is None and is_of_nothing(said)):
        yield _wrong("WARC-Payload-Digest", "5.9", said)


def _claim(field: str, number: str, said: bytes, complaints: list[Complaint]) -> Claim | None:
    try:
        return read_claim(said)
    except Unknown:
        label = said.partition(b":")[0].decode("utf-8", "replace")
        complaints.append(Complaint(number, "warning", f"{field} names {label}, which cannot be checked here"))
    except Impossible:
        text = f"{field} says {said.decode('utf-8', 'replace')}, which is no digest of that algorithm in any encoding"
        complaints.append(Complaint(number, "breach", text))
    return None


def _wrong(field: str, number: str, said: bytes) -> Complaint:
    return Complaint(number, "damage", f"{field} says {said.decode('utf-8', 'replace')}, the bytes give another")


# forms


def judge_form(
    head: Head, length: int, message: HttpHead | None, dechunker: Dechunker | None, block: bytes | None
) -> Iterator[Complaint]:
    """Whether the block is what type and fields say; `block` is None where it is not in memory."""
    kind, fields = head.type, head.fields
    media = fields.get(b"content-type", b"").partition(b";")[0].strip().lower()
    if length and not media and kind != "continuation" and kind in TYPES:
        yield Complaint("5.6", "warning", "Content-Type is missing: a record with a block should have it")
    if kind in ("response", "request"):
        yield from _judge_exchange(head, length, media, message, dechunker)
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
    head: Head, length: int, media: bytes, message: HttpHead | None, dechunker: Dechunker | None
) -> Iterator[Complaint]:
    kind, is_whole = head.type, b"warc-segment-number" not in head.fields
    clause = "6.3.2" if kind == "response" else "6.5.2"
    if length and head.fields.get(b"warc-target-uri", b"").lstrip(b"<")[:4].lower() == b"http":
        parameters = head.fields.get(b"content-type", b"").lower()
        other = b"request" if kind == "response" else b"response"
        if media and media != _HTTP:
            text = f"Content-Type of an HTTP {kind} should be application/http;msgtype={kind}"
            yield Complaint(clause, "warning", text)
        elif b"msgtype=" + other in parameters.replace(b'"', b""):
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
    if message.is_chunked and dechunker:
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


def version_of(head: Head) -> str:
    """The version by whose rules a record is judged."""
    return WARC_1_1 if head.version == WARC_1_1 else WARC_1_0
