"""HTTP messages in record blocks: chunk framing, codings, odd heads."""

from __future__ import annotations

import gzip
import subprocess
import sys
import zlib
from collections.abc import Callable

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from archive.warc.chunks import dechunk
from archive.warc.http import parse_message, split_interim


def chunked(pieces: list[bytes], extension: bytes = b"", trailer: bytes = b"") -> bytes:
    framed = b"".join(b"%x%s\r\n%s\r\n" % (len(piece), extension, piece) for piece in pieces if piece)
    return framed + b"0\r\n" + trailer + b"\r\n"


@given(
    st.lists(st.binary(max_size=300)), st.sampled_from([b"", b";name=value", b" "]), st.sampled_from([b"", b"X: y\r\n"])
)
def test_chunk_framing_is_undone(pieces: list[bytes], extension: bytes, trailer: bytes) -> None:
    assert dechunk(chunked(pieces, extension, trailer)) == (b"".join(pieces), True)


@given(st.binary(max_size=2000))
def test_any_block_is_read_without_an_exception(block: bytes) -> None:
    message = parse_message(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip, br\r\n\r\n" + block
    )
    assert message is not None
    message.content()
    bare = parse_message(block)
    if bare is not None:
        bare.payload(), bare.content(), bare.status, bare.mime


def test_a_cut_chunked_body_gives_what_arrived() -> None:
    assert dechunk(b"5\r\nhello\r\n5\r\nwo") == (b"hellowo", False)
    assert dechunk(b"not chunked at all") == (b"not chunked at all", False)


@pytest.mark.parametrize(
    ("coding", "code"),
    [
        ("gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate", lambda text: zlib.compress(text)[2:-4]),
        ("br", brotli.compress),
        ("zstd", zstandard.compress),
        ("gzip, gzip", lambda text: gzip.compress(gzip.compress(text))),
        ("identity", bytes),
    ],
)
def test_content_codings_are_undone_and_bounded(coding: str, code: object) -> None:
    text = "Huyện Đông Hải ".encode() * 5000
    coded = code(text)  # type: ignore[operator]
    message = parse_message(b"HTTP/1.1 200 OK\r\ncontent-encoding: %s\r\n\r\n%s" % (coding.encode(), coded))
    assert message is not None
    assert message.content() == text
    assert message.content(limit=1000) == text[:1000]
    assert message.payload() == coded


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "gzip, br"])
def test_a_bomb_needs_no_more_memory_than_its_bound(coding: str) -> None:
    """200 MB of zeros in a few hundred bytes; what is unpacked beyond the bound is never there."""
    packing: dict[str, Callable[[bytes], bytes]] = {
        "gzip": gzip.compress, "deflate": zlib.compress, "zstd": zstandard.compress,
        "br": lambda octets: brotli.compress(octets, quality=3),
    }  # fmt: skip
    body = bytes(200_000_000)
    for one in coding.split(", "):
        body = packing[one](body)
    code = (
        "import resource, sys\nfrom archive.warc.http import parse_message\n"
        f"body, coding = sys.stdin.buffer.read(), {coding!r}\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "message = parse_message(b'HTTP/1.1 200 OK\\r\\nContent-Encoding: %s\\r\\n\\r\\n' % coding.encode() + body)\n"
        "assert message.content(1_000_000) == bytes(1_000_000)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)"
    )
    done = subprocess.run([sys.executable, "-c", code], input=body, capture_output=True, timeout=60, check=True)
    assert int(done.stdout) < 30_000  # KiB


def test_heads_as_servers_write_them() -> None:
    message = parse_message(
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 404\nServer: a\nset-cookie: x\nSet-Cookie: y\n"
        b"no colon here\nFolded: one\n  two\nContent-Type: Text/HTML; charset=utf-8\n\nbody"
    )
    assert message is not None
    assert (message.status, message.mime, message.body) == (404, "text/html", b"body")
    assert message.field("Set-Cookie") == "x, y"
    assert message.field("folded") == "one two"
    assert parse_message(b"") is None


HINT, FINAL = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 103 is a text"


@pytest.mark.parametrize(
    ("interim", "final"),
    [
        (b"", FINAL),
        (HINT, FINAL),
        (b"HTTP/1.1 100 Continue\n\n" + HINT * 2, FINAL),
        (HINT, b"HTTP/1.1 304 Not Modified\r\nETag"),  # cut within its head
        (b"", HINT * 2),  # no final one came
        (b"", HINT + b"HTTP/1.1 2"),
        (b"", HINT + b"what is this"),
        (b"", b"HTTP/1.1 101 Switching Protocols\r\n\r\nother"),
        (HINT, b"HTTP/1.1 101 Switching Protocols\r\n\r\nother"),
        (b"", b""),
    ],
)
def test_interim_answers_are_told_from_the_final_one(interim: bytes, final: bytes) -> None:
    assert split_interim(interim + final) == (interim, final)


@given(st.lists(st.sampled_from([HINT, FINAL, b"HTTP/1.1 1", b"\r\n", b"\r\n\r\n", b"x"])))
def test_no_byte_is_lost_between_interim_answers_and_the_final_one(pieces: list[bytes]) -> None:
    octets = b"".join(pieces)
    interim, final = split_interim(octets)
    assert interim + final == octets
    assert parse_message(final) == parse_message(octets)
