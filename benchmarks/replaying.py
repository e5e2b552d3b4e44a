"""Captured bytes, TimeMaps and index from `baotinh serve`, one process, where the index has a million captures.

The records are real, pages of 100 KB; the index has so many more rows, of other addresses and times, that lead to them.
"""

from __future__ import annotations

import random
import statistics
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from archive.catalog.captures import CaptureRow, insert_captures
from archive.clock import timestamp14, warc_date
from archive.collection import Collection
from archive.warc.cdxj import urlkey
from archive.warc.exchange import Exchange
from archive.warc.record import RecordBuilder, new_record_id
from benchmarks.crawls import workplace
from benchmarks.pages import Pages, article_path
from benchmarks.serving import read, served
from benchmarks.table import Row, Scale

_PAGE_BYTES = 100_000
_BEGAN = datetime(2026, 1, 8, 12, 0, tzinfo=UTC)
_NAME = "BAOTINH-papers-20260108120000-00000.warc.gz"
_WANTED_MS = 20.0
_FIRST_NUMBER = 1_000_000
_BETWEEN = timedelta(minutes=7)


def replay(scale: Scale) -> Iterator[Row]:
    """A row for captured bytes, one for the TimeMap, one for the CDX server."""
    captures, pages, asked = {"full": (1_000_000, 2000, 2000), "quick": (50_000, 500, 300), "tiny": (300, 20, 10)}[
        scale
    ]
    with workplace() as folder:
        addresses = _build(folder / "held", captures, pages)
        chosen = random.Random(1).choices(addresses, k=asked)
        with served(folder / "held") as site:
            port = site.replay_port
            read(port, [f"/web/{stamp}id_/{url}" for url, stamp in chosen[:5]])
            static = _tail(read(port, ["/static/page.css"] * asked))
            stored = read(port, [f"/web/{stamp}id_/{url}" for url, stamp in chosen])
            listed = read(port, [f"/web/timemap/link/{url}" for url, _ in chosen])
            found = read(port, [f"/cdx?url={url}&closest={stamp}&limit=1" for url, stamp in chosen])
    among = f"{captures:,} captures"
    yield _row(
        f"a capture of {_PAGE_BYTES // 1000} KB, inflated, among {among}", stored, static, f"{_WANTED_MS:.0f} ms"
    )
    yield _row(f"a TimeMap, among {among}", listed, static)
    yield _row(f"the nearest capture by CDX, among {among}", found, static)


def _row(what: str, took: list[float], static: float, wanted: str = "") -> Row:
    return Row(
        what=f"{what}, p95",
        wanted=wanted,
        measured=f"{_tail(took):.1f} ms",
        ours=f"median {statistics.median(took):.1f} ms",
        theirs=f"a static file {static:.1f} ms",
    )


def _tail(took: list[float]) -> float:
    """The 95th percentile."""
    return sorted(took)[len(took) * 95 // 100]


def _build(root: Path, captures: int, pages: int) -> list[tuple[str, str]]:
    """Write a collection with so many pages and captures; address and timestamp of each page."""
    collection = Collection.create(root)
    origin = Pages(articles=pages, page_bytes=_PAGE_BYTES, picture_bytes=100)
    builder = RecordBuilder(new_record_id())
    rows = []
    with (collection.warc / _NAME).open("xb") as stream:
        stream.write(builder.warcinfo(_NAME, _BEGAN, {"software": "baotinh"}).member)
        for nth in range(pages):
            at = _BEGAN + nth * _BETWEEN
            body = origin.article(_FIRST_NUMBER + nth) or b""
            head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\n\r\n".encode()
            exchange = Exchange(
                record_id=new_record_id(), url=f"http://papers.test{article_path(nth)}", began_at=at,
                request=b"GET / HTTP/1.1\r\nHost: papers.test\r\n\r\n", response=head + body,
            )  # fmt: skip
            record = builder.exchange(exchange)[0]
            rows.append(_entry(record.record_id, exchange.url, at, stream.tell(), len(record.member)))
            stream.write(record.member)
        size = stream.tell()
    _enter(collection, rows, captures, size)
    return [(row.url, timestamp14(_BEGAN + nth * _BETWEEN)) for nth, row in enumerate(rows)]


def _entry(record_id: str, url: str, at: datetime, offset: int, length: int) -> CaptureRow:
    return CaptureRow(
        record_id=record_id, offset=offset, length=length, type="response", url=url, urlkey=urlkey(url),
        captured_at=warc_date(at), status=200, mime="text/html", payload_digest=f"sha256:{record_id}", refers_to=None,
    )  # fmt: skip


def _enter(collection: Collection, rows: list[CaptureRow], captures: int, size: int) -> None:
    """Enter the pages, and rows of other addresses among theirs."""
    with collection.catalog(writable=True) as catalog, catalog.transaction() as connection:
        run = connection.execute(
            """INSERT INTO runs (name, newspaper, started_at, source, software, settings)
            VALUES ('made', 'papers', ?, 'demonstration', 'baotinh', '{}')""",
            (warc_date(_BEGAN),),
        ).lastrowid
        file = connection.execute(
            """INSERT INTO warc_files (name, newspaper, run_id, origin, state, committed, crc32)
            VALUES (?, 'papers', ?, 'written', 'closed', ?, 0)""",
            (_NAME, run, size),
        ).lastrowid
        assert run is not None and file is not None
        insert_captures(connection, file, run, rows)
        # as chance has it: the blocks of the viewer's index begin at captures that are drawn by their ids
        drawn = random.Random(2).choices(rows, k=captures - len(rows))
        made = (
            _entry(f"urn:made:{nth}", f"{one.url}?m={nth}", _BEGAN + timedelta(seconds=nth), one.offset, one.length)
            for nth, one in enumerate(drawn)
        )
        insert_captures(connection, file, run, made)
