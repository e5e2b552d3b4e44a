"""The one HTTP parser is held to the bytes of the wire: in any pieces, with the faults of each, there and back."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.warc.chunks import ChunkFault
from archive.warc.http import ResponseReader, parse_message
from archive.warc.httphead import BadMessage, HeadFault, HttpHead, find_head, serialise_head

NAMES = st.from_regex(r"[!#$%&'*+.0-9A-Z^_`a-z|~-]{1,20}", fullmatch=True).map(str.encode)
VALUES = st.from_regex(r"([!-~\x80-\xff]([ \t!-~\x80-\xff]{0,30}[!-~\x80-\xff])?)?", fullmatch=True).map(
    lambda text: text.encode("latin-1")
)
START_LINES = st.sampled_from(
    [b"HTTP/1.1 200 OK", b"HTTP/1.0 404 ", b"HTTP/1.1 304 Not Modified", b"GET /thoi-su HTTP/1.1", b"HEAD * HTTP/1.0"]
)
# line by line what servers send, and what they should not
LINES = st.sampled_from(
    [
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 200\r\n", b"http/1.1 200 OK\n", b"HTTP/1.1 103 Hints\r\n\r\n", b"\r\n", b"\n",
        b"Content-Length: 2\r\n", b"Content-Length: 3\r\n", b"Content-Length: 2, 2\r\n", b"Content-Length: -1\r\n",
        b"Transfer-Encoding: chunked\r\n", b"Server: ch\xe1\xbb\xa3 n\xe1\xbb\x95i\r\n", b" folded\r\n", b"bare\n",
        b"no colon\r\n", b": nameless\r\n", b"spaced : 1\r\n", b"X-A: \x00\r\n", b"X-A: 1\rX-B: 2\r\n", b"2\r\nok\r\n",
        b"2\nok\r\n", b"0\r\n\r\n", b"ok", b"<p>",
    ]
)  # fmt: skip
CUTS = st.lists(st.integers(0, 400), max_size=8)


def read(octets: bytes, cuts: list[int]) -> ResponseReader:
    received = bytearray()
    reader = ResponseReader(b"GET", received)
    bounds = [0, *sorted(cut % (len(octets) + 1) for cut in cuts), len(octets)]
    for start, end in itertools.pairwise(bounds):
        received += octets[start:end]
        if reader.end is None:
            reader.advance()
    return reader


def outcome(octets: bytes, cuts: list[int]) -> object:
    """All that a reader says of a response, or that it refuses it."""
    try:
        reader = read(octets, cuts)
    except BadMessage:
        return "refused"
    reader.close()
    return reader.head, reader.end, reader.length, reader.is_persistent, reader.body()[: reader.end], reader.faults


@given(st.lists(LINES, min_size=1, max_size=10).map(b"".join), CUTS)
def test_pieces_make_no_difference(octets: bytes, cuts: list[int]) -> None:
    assert outcome(octets, cuts) == outcome(octets, [])


@given(st.lists(LINES, min_size=1, max_size=10).map(b"".join), CUTS)
def test_a_response_has_the_faults_of_its_head_and_its_chunks(octets: bytes, cuts: list[int]) -> None:
    try:
        reader = read(octets, cuts)
    except BadMessage:
        return
    if reader.head is None:
        assert reader.faults == frozenset()
        return
    of_head = {fault for fault in reader.faults if isinstance(fault, HeadFault)}
    assert of_head == reader.head.faults()
    if reader.faults - of_head:
        assert reader.head.is_chunked and ChunkFault.BEHIND_END not in reader.faults


@given(START_LINES, st.lists(st.tuples(NAMES, VALUES), max_size=8), st.binary(max_size=40))
def test_serialised_fields_are_the_bytes_of_the_wire(
    start_line: bytes, fields: list[tuple[bytes, bytes]], body: bytes
) -> None:
    octets = serialise_head(start_line, fields)
    head = find_head(octets + body)
    assert head is not None and head.octets == octets and head.body_start == len(octets)
    assert (head.start_line, head.fields) == (start_line, tuple(fields))
    assert serialise_head(head.start_line, head.fields) == octets
    framing = {HeadFault.LENGTH, HeadFault.LENGTH_AND_CODING}
    assert head.faults() <= framing  # a name or value can be that of the framing by chance


@given(st.lists(LINES, max_size=10).map(b"".join), st.binary(max_size=20))
def test_head_and_body_are_the_block_to_the_byte(octets: bytes, rest: bytes) -> None:
    block = octets + rest
    message = parse_message(block)
    if message is None:
        return
    whole = message.head.octets + message.body
    assert block.endswith(whole)
    before = block[: len(block) - len(whole)]
    assert not before.strip(b"\r\n") or find_head(before) is not None  # interim responses, and nothing else


@given(st.lists(LINES, min_size=1, max_size=10).map(b"".join), CUTS)
def test_connection_and_record_are_read_alike(octets: bytes, cuts: list[int]) -> None:
    try:
        reader = read(octets, cuts)
    except BadMessage:
        return
    if not reader.close():
        return
    message = parse_message(octets[: reader.end])
    assert message is not None and reader.head is not None
    assert (message.head, message.status, message.payload()) == (reader.head, reader.head.status, reader.body())


@pytest.mark.parametrize(
    ("octets", "faults"),
    [
        (b"HTTP/1.1 200 OK\r\nA: 1\r\n\r\n", set()),
        (b"HTTP/1.1 200 \r\n\r\n", set()),
        (b"\r\nHTTP/1.1 200 OK\r\n\r\n", {HeadFault.LINE_ENDS_BEFORE}),
        (b"HTTP/1.1 200\r\n\r\n", {HeadFault.START_LINE}),
        (b"http/1.1 200 OK\r\n\r\n", {HeadFault.START_LINE}),
        (b"HTTP/1.1  200 OK\r\n\r\n", {HeadFault.START_LINE}),
        (b"HTTP/1.1 200 OK\r\nA: 1\n\r\n", {HeadFault.BARE_LINE_FEED}),
        (b"HTTP/1.1 200 OK\r\nA: 1\r\n\n", {HeadFault.BARE_LINE_FEED}),
        (b"HTTP/1.1 200 OK\r\nA\r\n\r\n", {HeadFault.NO_COLON}),
        (b"HTTP/1.1 200 OK\r\nA : 1\r\n\r\n", {HeadFault.NAME}),
        (b"HTTP/1.1 200 OK\r\n: 1\r\n\r\n", {HeadFault.NAME}),
        (b"HTTP/1.1 200 OK\r\nA: 1\r\n 2\r\n\r\n", {HeadFault.FOLDED}),
        (b"HTTP/1.1 200 OK\r\nA: \0\r\n\r\n", {HeadFault.CONTROL}),
        (b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", {HeadFault.LENGTH}),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", {HeadFault.LENGTH}),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
            {HeadFault.LENGTH_AND_CODING},
        ),
        (b"HTTP/1.1 200 OK\r\nA: 1\r\n", {HeadFault.CUT}),
    ],
)
def test_each_departure_from_the_grammar_has_a_name(octets: bytes, faults: set[HeadFault]) -> None:
    head = find_head(octets)
    assert head is not None and head.faults() == faults
    assert {fault for fault, _ in head._departures()} == faults


def test_faults_of_chunks_are_noted() -> None:
    octets = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\nok\r\n0\r\n\r\n"
    assert read(octets, []).faults == {ChunkFault.BARE_LINE_FEED}


@given(st.lists(LINES, min_size=1, max_size=10).map(b"".join))
def test_a_head_has_the_faults_that_its_lines_have(octets: bytes) -> None:
    """One match decides whether there is any fault; that is held to the look at each line."""
    if (head := find_head(octets)) is not None:
        assert head.faults() == {fault for fault, _ in head._departures()}


@given(st.lists(LINES, min_size=1, max_size=10).map(b"".join))
def test_one_field_is_found_as_all_fields_are(octets: bytes) -> None:
    one, all_of_them = find_head(octets), find_head(octets)
    if one is None or all_of_them is None:
        return
    names = {name.lower() for name, _ in all_of_them.fields}  # from now on it has read them
    for name in (b"content-length", b"transfer-encoding", b"x-a", *names):
        assert one.values(name) == all_of_them.values(name)


def test_a_name_that_stands_a_thousand_times_in_one_line_is_looked_for_once() -> None:
    line = b"content-length " * 20_000
    head = HttpHead(b"HTTP/1.1 200 OK\r\n" + line + b"\r\nA: " + line + b"\r\n" + line + b": 2\r\n\r\n", 0)
    assert head.values(b"content-length") == []


def test_fields_are_read_when_something_asks_for_them() -> None:
    head = HttpHead(b"HTTP/1.1 200 OK\r\nA: 1\r\na: 2, 3\r\n\r\n", 0)
    assert head.values(b"b") == [] and head.values(b"a") == [b"1", b"2, 3"]
    assert head.tokens(b"a") == [b"1", b"2", b"3"]
