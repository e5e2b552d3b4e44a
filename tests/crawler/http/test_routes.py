"""The end of an answer is found wherever the network cuts it, and no octets make the reader fail otherwise."""

from __future__ import annotations

import time
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.warc.chunks import Dechunker
from archive.warc.http import ResponseReader, parse_message
from archive.warc.httphead import BadMessage, find_head
from crawler.http.routes import request_octets

ANSWERS: dict[str, tuple[bytes, bytes]] = {
    "declared length": (b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbyte", b"byte"),
    "chunks": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3 ;x\r\nbyt\r\n01\ne\n0\r\nT: 1\r\n\r\n",
        b"byte",
    ),
    "interim answers": (
        b"HTTP/1.1 100 Go\r\n\r\nHTTP/1.1 103 Hints\n\nHTTP/1.1 201 Yes\nContent-Length: 2\n\nok",
        b"ok",
    ),
    "nothing allowed": (b"HTTP/1.1 304 Same\r\nContent-Length: 9\r\n\r\n", b""),
    "lengths that agree": (b"HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\nContent-Length: 2\r\n\r\nok", b"ok"),
    "chunks before a length": (
        b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\nTransfer-Encoding: gzip, chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        b"ok",
    ),
    "small letters": (b"http/1.1 200 ok\r\ncontent-length: 2\r\n\r\nok", b"ok"),
    "no space": (b"HTTP/1.1\t 200OK\r\nContent-Length: 2\r\n\r\nok", b"ok"),
    "odd interim answers": (
        b"http/1.1  100\r\n\r\nHTTP/1.0\t103 Hints\r\n\r\nHTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok",
        b"ok",
    ),
    "odd codings": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked,\r\nTransfer-Encoding: identity\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        b"ok",
    ),
}
REFUSED = {
    "no status line": b"SSH-2.0-OpenSSH\r\n\r\n",
    "no beginning of one": b"SSH-2.0-OpenSSH",
    "a status of four digits": b"HTTP/1.1 2000 OK\r\n\r\n",
    "lengths that differ": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n",
    "a negative length": b"HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\n",
    "no size": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "a size with a sign": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n+2\r\nok\r\n0\r\n\r\n",
    "a chunk longer than it says": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nokay\r\n0\r\n\r\n",
}


def read(pieces: list[bytes], method: bytes = b"GET") -> tuple[ResponseReader, bytearray]:
    received = bytearray()
    reader = ResponseReader(method, received)
    for piece in pieces:
        received += piece
        if reader.end is None:
            reader.advance()
    return reader, received


@given(st.sampled_from(sorted(ANSWERS)), st.data())
def test_any_pieces_give_the_same_answer(name: str, draw: st.DataObject) -> None:
    octets, body = ANSWERS[name]
    cuts = sorted(draw.draw(st.lists(st.integers(0, len(octets)), max_size=8)))
    pieces = [octets[start:end] for start, end in zip([0, *cuts], [*cuts, len(octets)], strict=True)]
    reader, _ = read([*pieces, b"surplus"])
    assert reader.end == len(octets) and reader.body() == body
    assert reader.is_persistent


@pytest.mark.parametrize("name", ANSWERS)
def test_the_archive_reads_the_same(name: str) -> None:
    octets, body = ANSWERS[name]
    message = parse_message(octets)
    reader, _ = read([octets])
    assert message is not None and reader.head is not None
    assert (message.status, message.payload() if body else b"") == (reader.head.status, body)


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_answer_is_refused(name: str) -> None:
    with pytest.raises(BadMessage):
        read([REFUSED[name]])


@given(
    st.lists(st.binary(max_size=60), max_size=6), st.sampled_from([b"", *(octets for octets, _ in ANSWERS.values())])
)
def test_no_octets_raise_anything_else(pieces: list[bytes], before: bytes) -> None:
    try:
        reader, received = read([before[: len(before) // 2], *pieces])
    except BadMessage:
        return
    assert reader.end is None or 0 < reader.end <= len(received)
    reader.close()
    assert len(reader.body()) <= len(received)


def test_only_the_end_of_the_connection_ends_some_answers() -> None:
    reader, _ = read([b"HTTP/1.0 200 OK\r\n\r\nto ", b"the end"])
    assert reader.end is None and reader.ends_with_connection and not reader.is_persistent
    assert reader.close() and reader.body() == b"to the end"
    cut, _ = read([b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort"])
    assert not cut.close() and cut.body() == b"short"


def test_fields_are_read_as_browsers_read_them() -> None:
    reader, _ = read([b"HTTP/1.1 200\r\nno colon\r\nX-A: one\r\n\ttwo\r\n: nameless\r\nx-a:\r\n\r\n"])
    head = reader.head
    assert head is not None and (head.version, head.status) == (b"HTTP/1.1", 200)
    assert head.fields == ((b"X-A", b"one two"), (b"x-a", b""))


def test_a_request_cannot_be_split() -> None:
    sent = request_octets(b"GET", b"/a", b"papers.test", [(b"X-A", b"1\r\nX-B: 2")], b"")
    assert sent == b"GET /a HTTP/1.1\r\nHost: papers.test\r\nX-A: 1 X-B: 2\r\n\r\n"
    for target in (b"/a b", b"/a\r\nX: 1", b"/\xff"):
        with pytest.raises(ValueError, match="request line"):
            request_octets(b"GET", target, b"papers.test", [], b"")


def test_nothing_follows_a_change_of_protocol() -> None:
    reader, received = read([b"HTTP/1.1 101 Switching\r\nUpgrade: h2c\r\n\r\n"])
    assert reader.end == len(received) and not reader.is_persistent and reader.body() == b""


def test_a_chunk_that_broke_off_counts() -> None:
    octets = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n9\r\nbroken"
    reader, _ = read([octets])
    message = parse_message(octets)
    assert message is not None and not reader.close()
    assert reader.body() == message.payload() == b"okbroken"


def test_a_head_of_folded_lines_takes_no_long_time() -> None:
    began = time.thread_time()  # what a busy machine takes does not count
    head = find_head(b"HTTP/1.1 200 OK\r\nX-A: b\n" + b" a\n" * 330_000)
    assert head is not None and time.thread_time() - began < 20 and len(head.fields[0][1]) == 1 + 2 * 330_000


def test_chunks_of_one_byte_take_little_memory() -> None:
    octets = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\na\r\n" * 100_000 + b"0\r\n\r\n"
    tracemalloc.start()
    try:
        reader, _ = read([octets])
        assert tracemalloc.get_traced_memory()[1] < 3 * len(octets)
    finally:
        tracemalloc.stop()
    assert reader.body() == b"a" * 100_000


_ODD = st.sampled_from(
    [
        b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 100 Go\r\n\r\n", b"http/1.0  103\n\n", b"HTTP/1.1 200\n", b"\r\n", b"\n",
        b"Transfer-Encoding: chunked\r\n", b"transfer-encoding:\tgzip ,\r\n\tChunked\r\n", b"no colon\r\n",
        b"Transfer-Encoding: identity\r\n", b"Content-Length: 2\r\n", b" folded\r\n", b"2\r\nok\r\n", b"2 ; a=b\nok\n",
        b"0\r\n\r\n", b"0;x\r\nT: 1\r\n\r\n", b"ok", b"HTTP/1.1 204 No\r\n", b": 1\r\n", b"X: \xff\r\n",
    ]
)  # fmt: skip


@given(st.lists(_ODD, min_size=1, max_size=9))
def test_the_archive_reads_odd_answers_the_same(pieces: list[bytes]) -> None:
    try:
        reader, received = read([b"HTTP/1.1 200 OK\r\n", *pieces])
    except BadMessage:
        return
    reader.close()
    if reader.end is None or reader.head is None:
        return
    message = parse_message(bytes(received[: reader.end]))
    assert message is not None and message.status == reader.head.status
    assert message.payload() == reader.body()
    found = find_head(bytes(received[: reader.end]))
    assert found is not None and found.status == reader.head.status
    body = bytes(received[found.body_start : reader.end])
    assert (b"".join(Dechunker().feed(body)) if body and found.is_chunked else body) == reader.body()
