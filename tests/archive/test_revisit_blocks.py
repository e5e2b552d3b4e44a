"""What stands in a revisit's block: its own head where the original's body fits it, else nothing."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from support.asking import metadata_of
from support.sessions import exchange, nothing, session, write

from archive.checking.collection import verify
from archive.collection import Collection
from archive.warc.reader import Record, read_record, read_records

WHOLE = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello"
OTHER = b"HTTP/1.1 200 Fine\r\nContent-Type: text/html\r\nContent-Length: 5\r\n\r\nhello"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
FINER = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"


def head_of(answer: bytes) -> bytes:
    return answer.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"


def second(root: Path, first: bytes, then: bytes, *, ruin: bool = False, same_run: bool = False) -> Record:
    """The record that the second answer becomes; `ruin`: the first one's cannot be read by then."""
    writing = session(root)
    held = write(writing, exchange(response=first))
    if not same_run:
        writing.close("finished", nothing)
        if ruin:
            (root / "warc" / str(held.file)).write_bytes(bytes(5000))
        writing = session(root)
    capture = write(writing, exchange("http://baocantho.test/b-a2.html", response=then))
    writing.close("finished", nothing)
    return read_record(root / "warc" / str(capture.file), capture.offset or 0)


def head_beside(revisit: Record) -> bytes:
    return base64.b64decode(metadata_of(list(read_records(revisit.path)), revisit)["http-response-head"])


@pytest.mark.parametrize("same_run", [True, False])
@pytest.mark.parametrize(("first", "then"), [(WHOLE, WHOLE), (WHOLE, OTHER), (CHUNKED, FINER)])
def test_a_head_that_fits_is_the_block(tmp_path: Path, first: bytes, then: bytes, same_run: bool) -> None:
    revisit = second(tmp_path, first, then, same_run=same_run)
    assert (revisit.type, revisit.header("WARC-Truncated")) == ("revisit", "length")
    assert revisit.block == head_of(then)


@pytest.mark.parametrize("same_run", [True, False])
@pytest.mark.parametrize(("first", "then"), [(WHOLE, CHUNKED), (CHUNKED, WHOLE)])
def test_a_head_that_does_not_fit_stands_beside(tmp_path: Path, first: bytes, then: bytes, same_run: bool) -> None:
    revisit = second(tmp_path, first, then, same_run=same_run)
    assert (revisit.type, revisit.block, revisit.header("WARC-Truncated")) == ("revisit", b"", None)
    assert revisit.header("WARC-Payload-Digest") and revisit.header("WARC-Refers-To-Target-URI")
    assert head_beside(revisit) == head_of(then)
    assert verify(Collection.open(tmp_path)).findings == []


def test_an_original_that_cannot_be_read_may_have_any_framing(tmp_path: Path) -> None:
    revisit = second(tmp_path, WHOLE, WHOLE, ruin=True)
    assert (revisit.type, revisit.block, head_beside(revisit)) == ("revisit", b"", head_of(WHOLE))
