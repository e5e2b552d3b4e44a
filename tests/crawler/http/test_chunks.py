"""Client, writer and verifier have one idea of chunked bodies, however oddly a server frames them."""

from __future__ import annotations

import itertools
import random
from datetime import UTC, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.warc_samples import verdict

from archive.cli.fault_words import fault_words
from archive.warc.chunks import ChunkFault, Dechunker, dechunk
from archive.warc.exchange import Exchange
from archive.warc.http import ResponseReader, parse_message
from archive.warc.httphead import BadMessage
from archive.warc.record import RecordBuilder, new_record_id

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
REQUEST = b"GET / HTTP/1.1\r\nHost: bao.test\r\n\r\n"
TEXT = "Chợ nổi họp từ tờ mờ sáng.".encode()

FRAMING = st.sampled_from(
    [
        b"\r\n", b"\n", b"\r", b"\r\n\r\n", b" ", b"\t", b"2\r\nok\r\n", b"2 \r\nok\r\n", b" 2\nok\n", b"2\r\nok",
        b"02;a=b\r\nok\r\n",
        b"2\r\nokay\r\n", b"%x\r\n%s\r\n" % (len(TEXT), TEXT), b"1", b"ff\r\n", b"0", b"0\r\n", b"0\r\n\r\n",
        b"0;x\r\nT: 1\r\n\r\n", b"0\n\n", b"00\r\n\r\n", b"<p>", b"Dead men\n", b"dead\n", b"-1\r\n", b"0x2\r\nok\r\n",
        b"1" * 17 + b"\r\n", b"0" * 30 + b"2\r\nok\r\n", b"; x" * 4000, b"2\r\n\r\n\r\n", b"\0",
    ]
)  # fmt: skip


def captured(body: bytes, cuts: list[int]) -> tuple[Exchange, ResponseReader | None]:
    """The exchange as the client keeps it, and its reader where it took the answer for whole."""
    octets = HEAD + body
    received, reader, truncated = bytearray(), None, None
    reader = ResponseReader(b"GET", received)
    bounds = [0, *sorted(cut % (len(octets) + 1) for cut in cuts), len(octets)]
    try:
        for start, end in itertools.pairwise(bounds):
            received += octets[start:end]
            if reader.end is None:
                reader.advance()
        truncated = None if reader.close() else "disconnect"
    except BadMessage:
        truncated = "unspecified"
    exchange = Exchange(
        record_id=new_record_id(), url="http://bao.test/", began_at=datetime(2026, 1, 8, tzinfo=UTC),
        request=REQUEST, response=bytes(received[: reader.end]), truncated=truncated,
    )  # fmt: skip
    return exchange, reader if truncated is None else None


@settings(max_examples=400)
@given(st.lists(FRAMING, max_size=8).map(b"".join), st.lists(st.integers(0, 5000), max_size=5))
@example(b"\r\n5\r\nhello\r\n0\r\n\r\n", [])
@example(b"\n\n 5\r\nhello\r\n0\r\n\r\n", [90])
@example(b"5\r\n", [])
@example(b"Dead men\n0\r\n\r\n", [])
def test_what_the_client_reads_is_written_and_found_right(body: bytes, cuts: list[int]) -> None:
    exchange, reader = captured(body, cuts)
    message = parse_message(exchange.response)
    assert message is not None
    if reader is not None:
        assert reader.body() == message.payload()
    records = [RecordBuilder(new_record_id()).warcinfo("a.warc.gz", exchange.began_at, {"software": "test"})]
    records += RecordBuilder(new_record_id()).exchange(exchange)
    found = verdict(b"".join(record.member for record in records))
    assert [finding for finding in found if finding.severity != "warning"] == []


@given(st.lists(FRAMING, max_size=8).map(b"".join), st.randoms(use_true_random=False))
def test_any_pieces_give_the_same_payload_and_faults(body: bytes, draw: random.Random) -> None:
    whole = Dechunker()
    payload = b"".join(whole.feed(body))
    pieces = Dechunker()
    parts, at = [], 0
    while at < len(body):
        step = draw.choice((1, 2, 7, 5000))
        parts += list(pieces.feed(body[at : at + step]))
        at += step
    assert b"".join(parts) == payload == (dechunk(body)[0] if whole.is_chunked else b"")
    for one in ("is_chunked", "is_whole", "has_ended", "is_broken", "faults", "consumed", "declared"):
        assert getattr(pieces, one) == getattr(whole, one), one


@pytest.mark.parametrize(
    ("body", "payload", "faults"),
    [
        (b"5\r\nhello\r\n0\r\n\r\n", b"hello", set()),
        (b"5;a=b\r\nhello\r\n0\r\nT: 1\r\n\r\n", b"hello", set()),
        (b"\r\n5\r\nhello\r\n0\r\n\r\n", b"hello", {ChunkFault.EMPTY_LINE}),
        (b"5\r\nhello\r\n\r\n0\r\n\r\n", b"hello", {ChunkFault.EMPTY_LINE}),
        (b"5\r\nhello0\r\n\r\n", b"hello", {ChunkFault.NO_LINE_END}),
        (b"5\nhello\r\n0\r\n\r\n", b"hello", {ChunkFault.BARE_LINE_FEED}),
        (b"5\r\nhello\n0\r\n\r\n", b"hello", {ChunkFault.BARE_LINE_FEED}),
        (b"5 \r\nhello\r\n0\r\n\r\n", b"hello", {ChunkFault.WHITE_SPACE}),
        (b"5\r\nhello\r\nnothing\r\n", b"hello", {ChunkFault.NO_SIZE}),
        (b"5\r\nhello\r\n0\r\n\r\nmore", b"hello", {ChunkFault.BEHIND_END}),
        (b"<p>hello</p>\n", b"<p>hello</p>\n", {ChunkFault.NO_SIZE}),
    ],
)
def test_what_departs_from_the_grammar_is_read_and_noted(body: bytes, payload: bytes, faults: set[ChunkFault]) -> None:
    dechunker = Dechunker()
    list(dechunker.feed(body))
    assert (dechunk(body)[0], dechunker.faults) == (payload, faults)


def test_verify_says_how_a_body_departs_from_the_grammar_and_no_more() -> None:
    exchange, reader = captured(b"\r\n5\r\nhello\r\n0\r\n\r\n", [])
    assert reader is not None and reader.body() == b"hello"
    (response, *_) = RecordBuilder(new_record_id()).exchange(exchange)
    (finding,) = verdict(response.member)
    assert (finding.severity, fault_words(finding.fault)) == (
        "warning",
        "an empty line stands before the size of a chunk (RFC 9112, 7.1)",
    )
