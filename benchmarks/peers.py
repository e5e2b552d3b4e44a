"""Other archivers on the same addresses in the same run, each in an environment of its own; tunes none of them down.

Each is set up as its documents say, compresses, and leaves out what is not archiving: duplicate detection, statistics,
the search for links. What it wrote is read with warcio, and the response records are counted. Nothing of a peer is
copied into this project, and none of them is needed to use it.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import socket
import statistics
import subprocess
import time
import zipfile
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

import attrs
from warcio.archiveiterator import ArchiveIterator

from benchmarks import crawls
from benchmarks.crawls import Measured, folder_bytes, measured_by, plain_scrapy, workplace
from benchmarks.environments import NotInstalled, environment
from benchmarks.origin import Origin, serve_origin
from benchmarks.table import PeerRow, Scale

_FETCHING = "benchmarks.fetching.Fetching"
_TICKS = os.sysconf("SC_CLK_TCK")
_WARCIO_SETTINGS = {
    "warc_spec": "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.0/",
    "max_warc_size": 10_000_000_000,
    "collection": "benchmark",
    "description": "benchmark",
    "operator": "nobody",
    "robots": "ignore",
    "user_agent": "Scrapy",
    "warc_prefix": "BENCH",
    "warc_dest": ".",
}
# It refuses to fetch from this machine unless this switch of its handler, which has no option, is turned.
_WARCPROX = (
    "import warcprox.warcproxy as proxy; proxy.WarcProxyHandler.allow_localhost = True\n"
    "from warcprox.main import main; main()"
)


@attrs.frozen(kw_only=True)
class Archived:
    """A peer's crawl and how many response records it left."""

    measured: Measured
    kept: int


Archiver = Callable[[Origin, Sequence[str]], Archived]


def baotinh(origin: Origin, paths: Sequence[str]) -> Archived:
    """Ours, capture alone: the only part that the others have as well. It counts its records itself."""
    return Archived(measured=crawls.capture_alone(origin, paths), kept=len(paths))


def scrapy_webarchive(origin: Origin, paths: Sequence[str]) -> Archived:
    """Its exporter, which writes a WARC and packs it into a WACZ at the end."""
    own = {"EXTENSIONS": {"scrapy_webarchive.extensions.WaczExporter": 543}, "SW_EXPORT_URI": "./"}
    return _scrapy("scrapy-webarchive", own, origin, paths)


def crau(origin: Origin, paths: Sequence[str]) -> Archived:
    """Its writing of each response that was received."""
    return _scrapy("crau", {"EXTENSIONS": {"benchmarks.adapters.CrauWriting": 0}}, origin, paths)


def scrapy_warcio(origin: Origin, paths: Sequence[str]) -> Archived:
    """The middleware of its documents."""
    own = {"DOWNLOADER_MIDDLEWARES": {"benchmarks.adapters.WarcioWriting": 543}}
    return _scrapy("scrapy-warcio", own, origin, paths)


def assembled(origin: Origin, paths: Sequence[str]) -> Measured:
    """Scrapy with scrapy-warcio's middleware, trafilatura in the callback and a JSON lines feed.

    Raises:
        NotInstalled: its environment cannot be made.
        RuntimeError: it lost an answer or an article.
    """
    own = {
        "DOWNLOADER_MIDDLEWARES": {"benchmarks.adapters.WarcioWriting": 543},
        "FEEDS": {"articles.jsonl": {"format": "jsonlines"}},
    }
    with workplace() as folder:
        found = run_scrapy("assembled", own, origin, paths, folder, "benchmarks.adapters.TrafilaturaReading")
        articles = (folder / "articles.jsonl").read_bytes().count(b"\n")
        kept = _responses(folder)
    if not (kept == found.requests == len(paths) and articles == origin.articles):
        raise RuntimeError(
            f"{found.requests} answers, {kept} records and {articles} articles of {len(paths)} addresses"
        )
    return found


def _scrapy(name: str, own: dict[str, Any], origin: Origin, paths: Sequence[str]) -> Archived:
    with workplace() as folder:
        return _archived(run_scrapy(name, own, origin, paths, folder), folder, paths)


def run_scrapy(
    name: str, own: dict[str, Any], origin: Origin, paths: Sequence[str], folder: Path, spider: str = _FETCHING
) -> Measured:
    """A crawl of the addresses by the Scrapy of the environment `name`, with settings of its own, in a folder."""
    python = environment(name) / "python"
    settings = crawls.plain_settings() | own | {"LOG_ENABLED": False}
    wanted = {"settings": settings, "urls": [origin.url(path) for path in paths], "spider": spider}
    order, said = folder / "order.json", folder / "settings.yml"
    order.write_text(json.dumps(wanted), "utf-8")
    said.write_text(json.dumps(_WARCIO_SETTINGS), "utf-8")  # JSON is YAML
    command = [str(python), str(crawls.FETCHING), str(order)]
    found = Measured(**measured_by(command, folder, SCRAPY_WARCIO_SETTINGS=str(said)))
    order.unlink()
    said.unlink()
    return found


def warcprox(origin: Origin, paths: Sequence[str]) -> Archived:
    """Plain Scrapy through the proxy; the proxy's CPU time counts from when it listens, the time until Scrapy ends."""
    python = environment("warcprox") / "python"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with workplace() as folder:
        command = [str(python), "-c", _WARCPROX, "-b", "127.0.0.1", "-p", str(port), "-d", str(folder), "-z", "-q"]
        command += ["--stats-db-file", "/dev/null", "--dedup-db-file", "/dev/null"]
        proxy = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            _await_listening(proxy, port)
            before = _cpu_of(proxy.pid)
            urls = [origin.url(path) for path in paths]
            found = crawls.fetch(crawls.plain_settings(), urls, http_proxy=f"http://127.0.0.1:{port}", no_proxy="")
        finally:
            proxy.terminate()  # it writes what waits in its queue
            _, _, used = os.wait4(proxy.pid, 0)
            proxy.returncode = 0
        spent = found.cpu + used.ru_utime + used.ru_stime - before
        return _archived(attrs.evolve(found, cpu=spent), folder, paths)


def wget(origin: Origin, paths: Sequence[str]) -> Archived:
    """One connection: it knows no more."""
    program = shutil.which("wget")
    if program is None:
        raise NotInstalled("is not installed")
    with workplace() as folder:
        (folder / "urls").write_text("".join(f"{origin.url(path)}\n" for path in paths), "utf-8")
        command = [program, "-q", "-i", "urls", "-O", "/dev/null", "--warc-file=wget", "--no-warc-keep-log"]
        began = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, env=os.environ | {"no_proxy": "127.0.0.1"})
        _, _, used = os.wait4(process.pid, 0)
        process.returncode = 0
        seconds = time.perf_counter() - began
        (folder / "urls").unlink()
        found = Measured(requests=len(paths), seconds=seconds, cpu=used.ru_utime + used.ru_stime)
        return _archived(found, folder, paths)


def _archived(found: Measured, folder: Path, paths: Sequence[str]) -> Archived:
    if not found.requests:
        raise RuntimeError("got no answer at all")
    # what a peer lost was asked for all the same: its rate is that of the addresses
    return Archived(
        measured=attrs.evolve(found, requests=len(paths), disk=folder_bytes(folder)), kept=_responses(folder)
    )


def _responses(folder: Path) -> int:
    count = 0
    for path in folder.rglob("*"):
        if path.suffix == ".wacz":
            with zipfile.ZipFile(path) as packed:
                names = [name for name in packed.namelist() if ".warc" in name]
                count += sum(_in_stream(io.BytesIO(packed.read(name))) for name in names)
        elif ".warc" in path.name:
            with path.open("rb") as stream:
                count += _in_stream(stream)
    return count


def _in_stream(stream: Any) -> int:
    return sum(record.rec_type == "response" for record in ArchiveIterator(stream))


def _await_listening(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise NotInstalled("does not listen")


def _cpu_of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


PEERS: dict[str, tuple[Archiver, str]] = {
    "baotinh, capture alone": (baotinh, ""),
    "scrapy-webarchive 0.5.3": (scrapy_webarchive, "on Scrapy 2.11"),
    "crau 0.3.3": (crau, "on Scrapy 2.11; its writer alone"),
    "scrapy-warcio 0.0.8": (scrapy_warcio, ""),
    "warcprox 2.13.1 with Scrapy": (warcprox, "two processes"),
    "wget --warc-file": (wget, "in C, one connection"),
}


def loads(count: int) -> tuple[list[str], list[str]]:
    """Pages alone, and page and picture by turns; so many addresses each."""
    half = count // 2
    mixed = zip(crawls.article_paths(half), crawls.picture_paths(half), strict=True)
    return crawls.article_paths(count), [path for pair in mixed for path in pair]


def peers(scale: Scale, chosen: Collection[str] = PEERS.keys()) -> Iterator[PeerRow]:
    """All of them by turns with plain Scrapy, first without pictures and then with as many pictures as pages."""
    count, rounds = {"full": (2000, 3), "quick": (600, 1), "tiny": (20, 1)}[scale]
    pages, pictures = (_measure(paths, rounds, chosen) for paths in loads(count))
    for name in pages:
        note = PEERS[name][1] if name in PEERS else f"origin alone {pages[name][1]}; with pictures {pictures[name][1]}"
        reasons = [found[name][1] for found in (pages, pictures) if name in PEERS and found[name][1]]
        yield PeerRow(
            who=name, pages=pages[name][0], pictures=pictures[name][0], note="; ".join([note, *reasons[:1]]).strip("; ")
        )


def _measure(paths: Sequence[str], rounds: int, chosen: Collection[str]) -> dict[str, tuple[tuple[str, ...], str]]:
    """Per archiver its cells and why it has none; for plain Scrapy also the origin's own rate."""
    found: dict[str, tuple[tuple[str, ...], str]] = {"plain Scrapy": ((), "")}
    plains: list[Measured] = []
    with serve_origin(articles=len(paths)) as origin:
        unloaded = origin.unloaded(paths)
        for name, archiver in [(name, PEERS[name][0]) for name in chosen]:
            pairs = []
            try:
                for _ in range(rounds):
                    plains.append(plain_scrapy(origin, paths))
                    pairs.append((plains[-1].rate, archiver(origin, paths)))
            except (NotInstalled, RuntimeError) as error:
                found[name] = (), str(error).strip().splitlines()[-1]
                continue
            found[name] = _cells(pairs, len(paths)), ""
    cells = _cells([(one.rate, Archived(measured=one, kept=0)) for one in plains], len(paths))
    found["plain Scrapy"] = (*cells[:3], "", ""), crawls.origin_against(unloaded, plains)
    return found


def _cells(pairs: Sequence[tuple[float, Archived]], asked: int) -> tuple[str, ...]:
    found = [one.measured for _, one in pairs]
    return (
        f"{statistics.median(one.measured.rate / plain for plain, one in pairs):.2f}",
        f"{statistics.median(one.rate for one in found):,.0f}",
        f"{1000 * statistics.median(one.cpu_each for one in found):.2f}",
        f"{found[0].disk / 1e6:.1f}",
        f"{pairs[0][1].kept:,} of {asked:,}",
    )
