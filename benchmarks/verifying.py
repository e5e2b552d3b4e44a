"""`baotinh verify FILE` against `fastwarc check -p FILE`, each as a user calls it, on files that neither of them wrote.

warcio writes the files, with SHA-1 digests of blocks and payloads. The responses are not chunked, because fastwarc
digests chunk framing as payload and would find fault with right files.
"""

from __future__ import annotations

import io
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from warcio.warcwriter import WARCWriter

from benchmarks.crawls import Measured, workplace
from benchmarks.environments import NotInstalled, environment
from benchmarks.origin import ROOT
from benchmarks.table import Row, Scale, ratio
from benchmarks.writer import texts

_HEAD = b"HTTP/1.1 200 OK\r\nServer: origin\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n"


def write_file(path: Path, records: int, block_bytes: int) -> None:
    """A WARC file of so many responses, each with a block of that size."""
    room = block_bytes - len(_HEAD % block_bytes)
    bodies = texts(100, room)
    with path.open("wb") as out:
        writer = WARCWriter(out, gzip=True, warc_version="1.1")
        for nth in range(records):
            block = _HEAD % room + bodies[nth % len(bodies)]
            url = f"http://baocantho.test/bai-{nth}.html"
            writer.write_record(writer.create_warc_record(url, "response", io.BytesIO(block), len(block)))


def check(command: Sequence[str], path: Path, records: int) -> Measured:
    """One program over one file; all its processes count.

    Raises:
        RuntimeError: it found fault with a right file.
    """
    began = time.perf_counter()
    with subprocess.Popen(
        [*command, str(path)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=ROOT, text=True
    ) as process:
        assert process.stdout is not None
        said = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} found fault: {said[-1000:]}")
    return Measured(requests=records, seconds=time.perf_counter() - began, cpu=used.ru_utime + used.ru_stime)


def verify(scale: Scale, peer: Sequence[str] = ()) -> Iterator[Row]:
    """Large records, then small ones.

    Args:
        peer: the program to stand beside ours; fastwarc by default.
    """
    ours = [sys.executable, "-m", "crawler.cli", "verify"]
    times, rounds = {"full": (6, 5), "quick": (1, 3), "tiny": (0.01, 1)}[scale]
    try:
        theirs = peer or [str(environment("fastwarc") / "fastwarc"), "check", "-p", "-q"]
    except NotInstalled as error:
        yield Row(what="verify", measured="not measured", ours="", theirs=f"fastwarc {error}")
        return
    with workplace() as folder:
        write_file(folder / "one.warc.gz", 1, 500)
        for block_bytes, records, wanted in ((15_000, 3000, "0.6 / 0.9"), (500, 30_000, "0.25 / 0.5")):
            path, records = folder / f"{block_bytes}.warc.gz", int(records * times)
            write_file(path, records, block_bytes)
            pairs = [(check(theirs, path, records), check(ours, path, records)) for _ in range(rounds)]
            start = [check(command, folder / "one.warc.gz", 1).seconds for command in (theirs, ours)]
            yield _row(f"verify, records of {block_bytes:,} bytes", wanted, pairs, start)


def _row(what: str, wanted: str, rounds: list[tuple[Measured, Measured]], start: list[float]) -> Row:
    net = statistics.median((peer.seconds - start[0]) / (mine.seconds - start[1]) for peer, mine in rounds)
    cells = []
    for nth, name in enumerate(("fastwarc check -p ", "")):
        rate = statistics.median(one[nth].rate for one in rounds)
        cpu = statistics.median(1000 * one[nth].cpu_each for one in rounds)
        cells.append(f"{name}{rate:,.0f} records/s, {cpu:.3f} ms CPU each, starts in {start[nth]:.2f} s")
    return Row(
        what=what,
        wanted=wanted,
        measured=f"{ratio([mine.rate / peer.rate for peer, mine in rounds])}; without starting {net:.2f}",
        ours=cells[1],
        theirs=cells[0],
    )
