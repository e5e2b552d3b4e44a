"""Checks the digests of one record; the form of its block is checked in `forms.py`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from archive.faults import Fault
from archive.warc.check.findings import Complaint, Departure
from archive.warc.check.heads import Head, holds_http, may_hold_http
from archive.warc.chunks import Dechunker
from archive.warc.digests import Claim, Impossible, PayloadHash, Unknown, is_of_nothing, read_claim
from archive.warc.http import parse_message
from archive.warc.httphead import HttpHead, find_head

# Types whose payload the standard defines
PAYLOADS = frozenset(("response", "request", "resource", "conversion"))


_BLOCK_DIGEST, _PAYLOAD_DIGEST = "WARC-Block-Digest", "WARC-Payload-Digest"
_OF_PAYLOAD = Complaint("5.8", "warning", Fault.of(Departure.DIGEST_OF_PAYLOAD, field=_BLOCK_DIGEST))


def judge_block(head: Head, block: bytes) -> tuple[list[Complaint], HttpHead | None, Dechunker | None]:
    """What is wrong with the digests of a record whose block is in memory; its HTTP message, and the chunks of that."""
    complaints: list[Complaint] = []
    fields = head.fields
    message = find_head(block) if may_hold_http(head) else None
    payload: list[bytes] = []
    dechunker: Dechunker | None = None
    if message and message.is_chunked:
        dechunker = Dechunker()
        payload = list(dechunker.feed(block[message.body_start :]))
    is_chunked = dechunker is not None and dechunker.is_chunked
    if said := fields.get(b"warc-block-digest"):
        claim = _claim(_BLOCK_DIGEST, "5.8", said, complaints)
        if claim and not claim.fits(block):
            is_of_payload = message is not None and (
                claim.fits(b"".join(payload)) if is_chunked else claim.fits(memoryview(block)[message.body_start :])
            )
            complaints.append(_OF_PAYLOAD if is_of_payload else _wrong(_BLOCK_DIGEST, "5.8", said))
    if (said := fields.get(b"warc-payload-digest")) and has_payload(head):
        claim = _claim(_PAYLOAD_DIGEST, "5.9", said, complaints)
        if claim:
            raw = block if message is None else memoryview(block)[message.body_start :]
            of_raw = claim.fits(raw)
            right = claim.fits(b"".join(payload)) if is_chunked else of_raw
            if not right:
                other = Departure.DIGEST_OF_FRAMED if of_raw else _covered_instead(claim, block)
                complaints += judge_payload(head, said, other, message, len(block))
    return complaints, message, dechunker


def _covered_instead(claim: Claim, block: bytes) -> Departure | None:
    """Which octets a payload digest covers that is not that of the payload; None where none are known."""
    if claim.fits(block):
        return Departure.DIGEST_OF_BLOCK
    message = parse_message(block)
    if message is not None and message.field("Content-Encoding") and claim.fits(message.content()):
        return Departure.DIGEST_OF_DECODED
    return None


def judge_pieces(head: Head, pieces: Iterable[bytes]) -> tuple[list[Complaint], HttpHead | None, Dechunker | None, int]:
    """As `judge_block`, for a block that is read piece by piece; also how many octets of it there are."""
    complaints: list[Complaint] = []
    block_said, payload_said = head.fields.get(b"warc-block-digest"), head.fields.get(b"warc-payload-digest")
    of_block = _claim(_BLOCK_DIGEST, "5.8", block_said, complaints) if block_said else None
    of_payload = None
    if payload_said and has_payload(head):
        of_payload = _claim(_PAYLOAD_DIGEST, "5.9", payload_said, complaints)
    block = of_block.new() if of_block else None
    whole = of_payload.new() if of_payload else None
    payload = PayloadHash(of_payload.new if of_payload else _NoHash, may_hold_message=may_hold_http(head))
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
            complaints.append(_wrong(_BLOCK_DIGEST, "5.8", block_said))
    if of_payload and payload_said and whole:
        of_raw = of_payload.says(payload.of_raw())
        if not (of_payload.says(payload.of_chunks()) if payload.is_chunked else of_raw):
            other = (
                Departure.DIGEST_OF_FRAMED
                if of_raw
                else Departure.DIGEST_OF_BLOCK
                if of_payload.says(whole.digest())
                else None
            )
            complaints += judge_payload(head, payload_said, other, message, came)
    return complaints, message, dechunker, came


class _NoHash:
    """A hash of nothing, for records that state no payload digest."""

    def update(self, octets: bytes) -> None:
        pass


def has_payload(head: Head) -> bool:
    """Whether the record's own block holds the payload of its digest, at a place that the standard defines."""
    if b"warc-segment-number" in head.fields:
        return False  # the digest is that of all segments together (5.9)
    return head.type in PAYLOADS


def judge_payload(
    head: Head, said: bytes, other: Departure | None, message: HttpHead | None, length: int
) -> Iterator[Complaint]:
    """What is wrong with a payload digest that is not that of the payload, by the octets that it covers instead."""
    if other is not None:
        yield Complaint("5.9", "warning", Fault.of(other, field=_PAYLOAD_DIGEST))
    elif head.type in ("response", "request") and not holds_http(head):
        undefined = Fault.of(Departure.UNDEFINED_PAYLOAD, field=_PAYLOAD_DIGEST, type=head.type)
        yield Complaint("5.9", "warning", undefined)
    elif not (length and message is None and is_of_nothing(said)):
        yield _wrong(_PAYLOAD_DIGEST, "5.9", said)


def _claim(field: str, number: str, said: bytes, complaints: list[Complaint]) -> Claim | None:
    try:
        return read_claim(said)
    except Unknown:
        label = said.partition(b":")[0].decode("utf-8", "replace")
        unknown = Fault.of(Departure.UNKNOWN_ALGORITHM, field=field, found=label)
        complaints.append(Complaint(number, "warning", unknown))
    except Impossible:
        impossible = Fault.of(Departure.IMPOSSIBLE_DIGEST, field=field, found=said.decode("utf-8", "replace"))
        complaints.append(Complaint(number, "breach", impossible))
    return None


def _wrong(field: str, number: str, said: bytes) -> Complaint:
    wrong = Fault.of(Departure.WRONG_DIGEST, field=field, found=said.decode("utf-8", "replace"))
    return Complaint(number, "damage", wrong)
