"""A record's block read once more at its place, piece by piece; checks nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from archive.warc.flow import Flow, PlainFlow, ZippedFlow
from archive.warc.heads import Head, HeadReader, find_lines
from archive.warc.members import is_zipped

# Opens the file that a record was read from; who opens it closes it
Opener = Callable[[], BinaryIO]

_LINE_ENDS = 4
# Segments may be tiny, and each of them is gone to
_STEP = 16 * 1024


def opener(path: Path) -> Opener:
    """Opens a file that lies on the disk."""
    return lambda: path.open("rb")


def read_block(stream: BinaryIO, offset: int, record_id: str) -> Iterator[bytes]:
    """The block of the record of that id, which begins at `offset`, or in the gzip member that begins there.

    Raises:
        LookupError: there is no such record.
        MemberDamaged: it cannot be inflated.
        OSError: it cannot be read.
    """
    flow = ZippedFlow(stream) if is_zipped(stream) else PlainFlow(stream)
    flow.step = _STEP
    flow.go_to(offset)
    reader = HeadReader()
    while flow.begin():
        head = _head(flow, reader)
        if head.length is None:
            break
        pieces = flow.pieces(head.length)
        if (head.text(b"warc-record-id") or "").strip("<>") == record_id:
            yield from pieces
            return
        for _ in pieces:
            pass
        flow.ensure(_LINE_ENDS)
        end = flow.buffer[flow.position : flow.position + _LINE_ENDS]
        flow.position += len(end) - len(end.lstrip(b"\r\n"))
    raise LookupError(record_id)


def _head(flow: Flow, reader: HeadReader) -> Head:
    while (found := find_lines(flow.buffer, flow.position)) is None:
        if not flow.fill():
            raise LookupError("a head")
    head = reader.read(found[0], found[2])
    if head is None:
        raise LookupError("a head")
    flow.position = found[1]
    return head
