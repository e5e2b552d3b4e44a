"""The writer alone on one core: exchanges of 100 KB of plain text into a session, until all are durable; no network.

Beside it, on the same core and text: two SHA-256 digests and isal's densest compression with nothing around them, and
warcio's own writer, which neither digests with SHA-256 nor syncs nor keeps a catalog.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

from isal import isal_zlib
from warcio.warcwriter import WARCWriter

from archive.collection import Collection
from archive.ingest.runs import RunDescription
from archive.ingest.session import Session
from archive.revisit_policy import RevisitPolicy
from archive.warc.exchange import Exchange
from archive.warc.record import new_record_id
from benchmarks.crawls import check_held, measured_by, workplace
from benchmarks.fetching import spent
from benchmarks.table import Row, Scale
from crawler.newsroom import Newsroom

TEXT_BYTES = 100_000
_TEXTS = 50
_REQUEST = b"GET /bai-%d.html HTTP/1.1\r\nHost: baocantho.test\r\nAccept: text/html\r\nAccept-Encoding: gzip\r\n\r\n"
_HEAD = b"HTTP/1.1 200 OK\r\nServer: origin\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\n\r\n"


def texts(count: int, size: int) -> list[bytes]:
    """Different pages of `size` bytes: the newsroom's paragraphs, shuffled."""
    chance = Random(0)
    pieces = [piece.text for story in Newsroom(articles=600).stories for piece in story.pieces if piece.text]
    pages = []
    for _ in range(count):
        chance.shuffle(pieces)
        lines, room = [], size
        for text in pieces * (1 + size // 100_000):
            if room <= 0:
                break
            line = f'<p style="text-align: justify;">{text}</p>\n'.encode()
            lines.append(line)
            room -= len(line)
        pages.append(b"".join(lines)[:size])
    return pages


def numbered(bodies: list[bytes], nth: int) -> bytes:
    """The nth page: no two are the same, for a payload that was seen before would become a short revisit record."""
    return b"<!-- %09d -->" % nth + bodies[nth % len(bodies)][18:]


def exchanges(bodies: list[bytes], count: int) -> Iterator[Exchange]:
    """So many exchanges that bring the bodies in turn."""
    for nth in range(count):
        body = numbered(bodies, nth)
        yield Exchange(
            record_id=new_record_id(),
            url=f"http://baocantho.test/bai-{nth}.html",
            began_at=datetime.now(UTC),
            request=_REQUEST % nth,
            response=_HEAD % len(body) + body,
            ip_address="127.0.0.1",
        )


def write(folder: Path, bodies: list[bytes], count: int) -> int:
    """Write so many exchanges into a new collection, as a crawl does; the number of WARC records."""
    run = RunDescription(newspaper="writer", source="demonstration", software="", settings={}, warcinfo={}, profiles={})
    session = Session(Collection.create(folder), run, RevisitPolicy())
    promises = []
    for exchange in exchanges(bodies, count):
        session.admit(exchange.size).result()
        promises.append(session.write(exchange))
    for promise in promises:
        promise.result()
    session.close("finished", lambda: ({}, {}))
    return session.counts["WARC records"]


def _limit(folder: Path, bodies: list[bytes], count: int) -> int:
    """Two digests and one compression an exchange, and nothing else."""
    for nth in range(count):
        body = numbered(bodies, nth)
        hashlib.sha256(body).digest()
        hashlib.sha256(body).digest()
        compressor = isal_zlib.compressobj(3, isal_zlib.DEFLATED, 31)
        compressor.compress(body)
        compressor.flush()
    return count


def _warcio(folder: Path, bodies: list[bytes], count: int) -> int:
    """Responses and requests by warcio's writer, compressed by it."""
    with (folder / "peer.warc.gz").open("wb") as out:
        writer = WARCWriter(out, gzip=True, warc_version="1.1")
        for exchange in exchanges(bodies, count):
            for kind, block in (("response", exchange.response), ("request", exchange.request)):
                record = writer.create_warc_record(exchange.url, kind, io.BytesIO(block), len(block))
                writer.write_record(record)
    return 2 * count


CONTESTANTS: dict[str, Callable[[Path, list[bytes], int], int]] = {"ours": write, "limit": _limit, "warcio": _warcio}


def main() -> None:
    """Measure one contestant and print."""
    name, folder, count, core = sys.argv[1:]
    os.sched_setaffinity(0, {int(core)})
    bodies = texts(_TEXTS, TEXT_BYTES)
    began, cpu = time.perf_counter(), spent()
    records = CONTESTANTS[name](Path(folder), bodies, int(count))
    seconds, cpu = time.perf_counter() - began, spent() - cpu
    if name == "ours":
        check_held(Collection.open(Path(folder)), int(count))
    print(json.dumps({"exchanges": int(count), "records": records, "seconds": seconds, "cpu": cpu}))


def _measured(name: str, count: int, core: int) -> dict[str, Any]:
    with workplace() as folder:
        command = [sys.executable, "-m", "benchmarks.writer", name, str(folder), str(count), str(core)]
        return measured_by(command)


def writer(scale: Scale) -> Iterator[Row]:
    """The writer alone, pages of 100 KB of text, one core."""
    count, rounds = {"full": (5000, 5), "quick": (1500, 3), "tiny": (30, 1)}[scale]
    core = max(os.sched_getaffinity(0))
    found = [{name: _measured(name, count, core) for name in CONTESTANTS} for _ in range(rounds)]
    rates = {name: [one[name]["exchanges"] / one[name]["seconds"] for one in found] for name in CONTESTANTS}
    rate, most, peer = (statistics.median(rates[name]) for name in CONTESTANTS)
    cpu = statistics.median(1000 * one["ours"]["cpu"] / count for one in found)
    records = found[0]["ours"]["records"] / count
    yield Row(
        what="the writer alone, 100 KB of text, one core",
        wanted="1,500 / 2,500 records/s",
        measured=f"{rate:,.0f} ({min(rates['ours']):,.0f} to {max(rates['ours']):,.0f})",
        ours=f"{rate:,.0f} exchanges/s, {rate * records:,.0f} records/s with the requests, {cpu:.2f} ms CPU each",
        theirs=f"two SHA-256 digests and isal's level 3 alone {most:,.0f}/s ({rate / most:.2f} of it); "
        f"warcio's writer {peer:,.0f}/s ({rate / peer:.1f} times)",
    )


if __name__ == "__main__":
    main()
