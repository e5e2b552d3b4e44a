"""WARC files that another program made, for whoever takes them in."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from archive.warc.exchange import Exchange
from archive.warc.record import RecordBuilder, new_record_id

NOON = datetime(2026, 1, 8, 12, 0, tzinfo=UTC)


def page(number: int, size: int = 20) -> Exchange:
    """A page of so many bytes, the same every time."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % size
    return Exchange(
        record_id=new_record_id(),
        url=f"http://papers.test/{number}.html",
        began_at=NOON,
        request=b"GET / HTTP/1.1\r\nHost: papers.test\r\n\r\n",
        response=head + random.Random(number).randbytes(size),
    )


def foreign(path: Path, pages: Iterable[Exchange]) -> Path:
    """A file that holds these pages."""
    builder = RecordBuilder(new_record_id())
    records = [builder.warcinfo(path.name, NOON, {"software": "another"})]
    for one in pages:
        records += builder.exchange(one)
    path.write_bytes(b"".join(record.member for record in records))
    return path
