"""Pages of the site and of the replay with eight connections, by wrk: one process of `serve`, two, and bare uvicorn."""

from __future__ import annotations

import http.client
import io
import json
import shutil
import statistics
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import attrs

from archive.collection import Collection
from archive.replay.viewer_editions import ViewerEdition, ViewerEditions
from benchmarks.crawls import workplace
from benchmarks.origin import ROOT
from benchmarks.process import cpu_of, with_children
from benchmarks.scale.curve import built
from benchmarks.scale.looking import pages_of
from benchmarks.serving import Served, free_ports, served, wait_for
from benchmarks.table import Row, Scale, ratio

CONNECTIONS = 8
STATIC = "/static/site.css"
_SCRIPT = Path(__file__).with_name("load.lua")
_TIMEOUT_S = 60
_BLOCK_BYTES = 1 << 24
_LOCAL_HEADER = 30
_PAGES = (
    "search, common word", "search, a title", "article", "coverage of all papers", "coverage of a paper, days",
    "runs and health", "metrics", "replay, first page",
)  # fmt: skip


@attrs.frozen(kw_only=True)
class Asked:
    """What is asked for: a path, a Range field if any, and whether it is the replay's."""

    path: str
    span: str = ""
    is_replay: bool = False


@attrs.frozen(kw_only=True)
class Loaded:
    """What wrk measured.

    Args:
        rate: requests a second.
        half, most: milliseconds within which half of the requests, and 95 of 100, were answered.
        failed: how many were not.
        cpu: milliseconds of the server's processor time for each.
    """

    rate: float
    half: float
    most: float
    failed: int
    cpu: float

    def __str__(self) -> str:
        said = f"{self.rate:,.0f}/s, {self.half:,.0f} and {self.most:,.0f} ms, {self.cpu:.1f} ms CPU each"
        return said + (f", {self.failed} failed" if self.failed else "")


def load(port: int, asked: Asked, seconds: int, pid: int) -> Loaded:
    """Ask for the same with `CONNECTIONS` connections for so many seconds.

    Args:
        pid: the process whose CPU time is measured, with that of its children.

    Raises:
        subprocess.CalledProcessError: wrk failed.
    """
    command = ["wrk", "--threads", "1", "--connections", str(CONNECTIONS), "--duration", f"{seconds}s"]
    command += ["--latency", "--timeout", f"{_TIMEOUT_S}s", "--script", str(_SCRIPT)]
    command += ["--header", f"Range: {asked.span}"] if asked.span else []
    began = sum(map(cpu_of, with_children(pid)))
    done = subprocess.run(
        [*command, f"http://127.0.0.1:{port}{asked.path}"], capture_output=True, text=True, check=True
    )
    cpu = sum(map(cpu_of, with_children(pid))) - began
    found = json.loads(done.stdout.splitlines()[-1])
    requests = max(found["requests"], 1)
    return Loaded(
        rate=found["requests"] * 1e6 / found["microseconds"], half=found["half"] / 1000, most=found["most"] / 1000,
        failed=found["failed"], cpu=cpu * 1000 / requests,
    )  # fmt: skip


def site(scale: Scale) -> Iterator[Row]:
    """A row for each page, and one for a static file."""
    if shutil.which("wrk") is None:
        missing = "not measured: wrk is not installed (apt-get install wrk)"
        yield Row(what="pages of the site under load", measured=missing, ours="", theirs="")
        return
    articles, rounds, seconds = {"full": (10_000, 3, 3), "quick": (1000, 1, 3), "tiny": (60, 1, 1)}[scale]
    with workplace() as folder:
        built(folder / "held", articles)
        yield from site_rows(folder / "held", articles, rounds, seconds)


def site_rows(root: Path, articles: int, rounds: int, seconds: int) -> Iterator[Row]:
    """The same of a collection that is there."""
    with ExitStack() as held:
        one, two = (held.enter_context(served(root, processes)) for processes in (1, 2))
        bare, bare_pid = held.enter_context(_bare())
        for name, asked in _asked_of(root).items():
            size = max(_warm(one, asked), _warm(two, asked))
            nothing = Asked(path=f"/?{size}")
            turns = [
                (
                    load(bare, nothing, seconds, bare_pid),
                    load(_port(one, asked), asked, seconds, one.pid),
                    load(_port(two, asked), asked, seconds, two.pid),
                )
                for _ in range(rounds)
            ]
            yield _row(f"{name}, among {articles:,} articles, {size:,} bytes", turns)


def _row(what: str, turns: Sequence[tuple[Loaded, Loaded, Loaded]]) -> Row:
    bare, one, two = (_typical([turn[nth] for turn in turns]) for nth in range(3))
    several = ratio([pair.rate / max(alone.rate, 0.1) for _, alone, pair in turns])
    return Row(
        what=f"{what}, {CONNECTIONS} connections, of bare uvicorn's rate",
        measured=f"{one.rate / bare.rate:.3f}; two processes {several} times one",
        ours=f"one: {one}; two: {two}",
        theirs=f"bare uvicorn {bare}",
    )


def _typical(turns: Sequence[Loaded]) -> Loaded:
    """The median of each figure, and all failures."""
    median = {name: statistics.median(getattr(one, name) for one in turns) for name in ("rate", "half", "most", "cpu")}
    return Loaded(failed=sum(one.failed for one in turns), **median)


def _port(site: Served, asked: Asked) -> int:
    return site.replay_port if asked.is_replay else site.port


def _warm(site: Served, asked: Asked) -> int:
    """Ask a few times, as many as processes may answer; the bytes of the answer.

    Raises:
        RuntimeError: it is refused.
    """
    for _ in range(2 * CONNECTIONS):
        with closing(http.client.HTTPConnection("127.0.0.1", _port(site, asked), timeout=60)) as connection:
            connection.request("GET", asked.path, headers={"Range": asked.span} if asked.span else {})
            answer = connection.getresponse()
            size = len(answer.read())
            if answer.status not in (200, 206):
                raise RuntimeError(f"{asked.path} is answered with {answer.status}")
    return size


def _asked_of(root: Path) -> Mapping[str, Asked]:
    collection = Collection.open(root)
    known = pages_of(collection)
    pages = {name: Asked(path=known[name][0], is_replay=known[name][1]) for name in _PAGES}
    return {"a static file": Asked(path=STATIC), **pages, **_of_replay(collection)}


def _of_replay(collection: Collection) -> dict[str, Asked]:
    """What the viewer reads for a page: a block of the index, and a record."""
    edition = ViewerEditions(collection).current()
    path = f"/viewer-{edition.etag}.wacz"
    with collection.catalog() as catalog:
        version = catalog.versions_after(catalog.last_seq() // 2, limit=1)[0]
        record = catalog.capture(version.record_id)
    assert record is not None
    with zipfile.ZipFile(_InPlace(edition)) as archive:

        def begins(name: str) -> int:
            return archive.getinfo(name).header_offset + _LOCAL_HEADER + len(name.encode())

        block, place = begins("indexes/archive.cdx.gz"), begins(f"archive/{record.file}") + record.offset
    return {
        "replay, a block of the index": Asked(
            path=path, span=f"bytes={block}-{block + _BLOCK_BYTES - 1}", is_replay=True
        ),
        "replay, a capture": Asked(path=path, span=f"bytes={place}-{place + record.length - 1}", is_replay=True),
    }


class _InPlace(io.RawIOBase):
    """An edition as a file, for Python's reader of ZIPs."""

    def __init__(self, edition: ViewerEdition) -> None:
        self._edition, self._at = edition, 0

    def seekable(self) -> bool:
        """Always true."""
        return True

    def tell(self) -> int:
        """The position, in bytes."""
        return self._at

    def seek(self, offset: int, whence: int = 0) -> int:
        """Set the position."""
        self._at = offset + {0: 0, 1: self._at, 2: self._edition.size}[whence]
        return self._at

    def read(self, size: int = -1) -> bytes:
        """As many bytes, or all that follow."""
        end = self._edition.size if size < 0 else self._at + size
        found = b"".join(self._edition.read(self._at, end))
        self._at += len(found)
        return found


@contextmanager
def _bare() -> Iterator[tuple[int, int]]:
    """An application that does nothing; its port and process."""
    (port,) = free_ports(1)
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.bare", str(port)], cwd=ROOT)
    try:
        wait_for(port, "/", process)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait()
