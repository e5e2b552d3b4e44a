"""Crawls against plain Scrapy: capture alone, and the whole path; each crawl is a process of its own.

The two contestants alternate, so that what else the machine does falls on both; each pair gives a ratio, and the
median of them counts. After every crawl what it left on disk is counted: a lost page is an error, not a faster crawl.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attrs

from archive.collection import Collection
from archive.warc.reader import read_records
from benchmarks.origin import ROOT, Origin, serve_origin
from benchmarks.pages import article_path, list_paths, picture_path
from benchmarks.table import Row, Scale, ratio
from crawler.runs import settings as ours

WORKSHOP = ROOT / ".bench"
FETCHING = Path(__file__).with_name("fetching.py")
LONGEST = 1800
# What differs between a capturing crawl and plain Scrapy; all other settings are the same for both.
OWN_SETTINGS = (
    "DOWNLOAD_HANDLERS", "EXTENSIONS", "EXTENSIONS_BASE", "DOWNLOADER_MIDDLEWARES", "DOWNLOADER_MIDDLEWARES_BASE",
    "LOG_FORMATTER",
)  # fmt: skip


@attrs.frozen(kw_only=True)
class Measured:
    """One crawl: requests answered, seconds, CPU seconds of all its threads, peak memory and disk in bytes."""

    requests: int
    seconds: float
    cpu: float
    peak: int = 0
    disk: int = 0

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds

    @property
    def cpu_each(self) -> float:
        """CPU seconds a request."""
        return self.cpu / self.requests


Contestant = Callable[[Origin, Sequence[str]], Measured]


@contextmanager
def workplace() -> Iterator[Path]:
    """A folder on the disk of the checkout, where syncing costs what it costs; gone afterwards."""
    WORKSHOP.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=WORKSHOP))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def folder_bytes(folder: Path) -> int:
    """Bytes of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def without_waiting() -> dict[str, Any]:
    """The crawler's settings for an origin that needs no politeness."""
    declared = {name: value for name, value in vars(ours).items() if name.isupper()}
    return declared | {
        "ROBOTSTXT_OBEY": False,
        "DOWNLOAD_DELAY": 0,
        "AUTOTHROTTLE_ENABLED": False,
        "CONCURRENT_REQUESTS_PER_DOMAIN": ours.CONCURRENT_REQUESTS,
        "SPIDER_MODULES": [],
        "ITEM_PIPELINES": {},
        "LOG_LEVEL": "ERROR",
        "BAOTINH_PRIVATE_ADDRESSES": True,
    }


def plain_settings() -> dict[str, Any]:
    """The same for Scrapy as it comes: its own download handler, no extension of ours."""
    return {name: value for name, value in without_waiting().items() if name not in OWN_SETTINGS}


def measured_by(command: list[str], folder: Path = ROOT, **environment: str) -> dict[str, Any]:
    """What a measuring process printed last; it runs in `folder`.

    Raises:
        RuntimeError: it failed.
    """
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        cwd=folder,
        timeout=LONGEST,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stderr[-3000:]}")
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return said


def fetch(settings: dict[str, Any], urls: Sequence[str], python: str = sys.executable, **environment: str) -> Measured:
    """A crawl of the addresses with an empty callback, by the Scrapy of the environment that `python` belongs to."""
    with workplace() as folder:
        order = folder / "order.json"
        order.write_text(json.dumps({"settings": settings, "urls": list(urls)}), "utf-8")
        return Measured(**measured_by([python, str(FETCHING), str(order)], folder, **environment))


def plain_scrapy(origin: Origin, paths: Sequence[str]) -> Measured:
    """Scrapy as it comes, with an empty callback."""
    return fetch(plain_settings(), [origin.url(path) for path in paths])


def capture_alone(origin: Origin, paths: Sequence[str]) -> Measured:
    """The same with the wire tap and its session: everything but reading the pages."""
    with workplace() as folder:
        settings = without_waiting() | {"BAOTINH_COLLECTION": str(folder / "held")}
        said = fetch(settings, [origin.url(path) for path in paths])
        check_held(Collection.open(folder / "held"), len(paths))
        return attrs.evolve(said, disk=folder_bytes(folder))


def whole_path(origin: Origin, paths: Sequence[str]) -> Measured:
    """`baotinh crawl` itself: it finds the addresses, reads the articles, releases and indexes them."""
    with workplace() as folder:
        return crawl_into(folder / "held", origin, paths)


def crawl_into(root: Path, origin: Origin, paths: Sequence[str]) -> Measured:
    """The same into a collection that stays.

    Raises:
        RuntimeError: a page or an article is missing.
    """
    said = measured_by([sys.executable, "-m", "benchmarks.crawling", str(origin.port), str(root)])
    if said.pop("articles") != origin.articles:
        raise RuntimeError(f"{said} does not count {origin.articles} articles")
    check_held(Collection.open(root), len(paths))
    return Measured(requests=len(paths), disk=folder_bytes(root), **said)


def check_held(collection: Collection, captures: int) -> None:
    """Refuse a crawl that did not keep what it fetched.

    Raises:
        RuntimeError: the WARC files or the catalog hold another number of captures.
    """
    files = [*collection.warc.iterdir()]
    on_disk = sum(record.type == "response" for path in files for record in read_records(path))
    with collection.catalog() as catalog:
        entered = sum(1 for _ in catalog.every_capture())
    if not on_disk == entered == captures:
        raise RuntimeError(f"{captures} answers, {on_disk} response records, {entered} captures in the catalog")


def article_paths(count: int) -> list[str]:
    """The paths of so many articles."""
    return [article_path(nth) for nth in range(count)]


def picture_paths(count: int) -> list[str]:
    """The paths of so many pictures."""
    return [picture_path(nth) for nth in range(count)]


def whole_paths(count: int) -> list[str]:
    """What `baotinh crawl` asks for: the articles, the lists that name them, and what the pages need."""
    assets = "/static/templates/version1/homepage"
    needed = ["/robots.txt", f"{assets}/css/style2023.css?id=1.0", f"{assets}/images/logo.png"]
    return needed + list_paths(count) + article_paths(count)


def compare(
    what: str, wanted: str, contestant: Contestant, paths: Sequence[str], rounds: int, coding: str = "identity"
) -> Row:
    """A contestant against plain Scrapy, turn by turn, on the same addresses of one origin."""
    articles = sum(path.startswith(article_path(0)[:8]) for path in paths)
    with serve_origin(articles=max(articles, 1), coding=coding) as origin:
        unloaded = origin.unloaded(paths)
        pairs = [(_counted(plain_scrapy, origin, paths), _counted(contestant, origin, paths)) for _ in range(rounds)]
    plains, others = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    return Row(
        what=what,
        wanted=wanted,
        measured=ratio([other.rate / plain.rate for plain, other in pairs]),
        ours=typical(others),
        theirs=f"plain Scrapy {typical(plains)}",
        origin=origin_against(unloaded, plains),
    )


def typical(crawls: Sequence[Measured]) -> str:
    """The median rate and the median CPU time of some crawls."""
    rate = statistics.median(one.rate for one in crawls)
    return f"{rate:,.0f}/s, {1000 * statistics.median(one.cpu_each for one in crawls):.2f} ms CPU each"


def origin_against(unloaded: float, plains: Sequence[Measured]) -> str:
    """The origin's own rate, and how many times plain Scrapy's that is; below 3 the figures beside it are void."""
    times = unloaded / statistics.median(one.rate for one in plains)
    return f"{unloaded:,.0f}/s, {times:.1f} times" + ("" if times > 3 else ": TOO SLOW")


def _counted(contestant: Contestant, origin: Origin, paths: Sequence[str]) -> Measured:
    before = origin.sent()
    said = contestant(origin, paths)
    sent = origin.sent() - before
    if not sent == said.requests == len(paths):
        raise RuntimeError(f"{len(paths)} addresses, {sent} answers sent, {said.requests} received")
    return said


def capture(scale: Scale) -> Iterator[Row]:
    """Capture alone, pages of 30 KB."""
    count, rounds = {"full": (3000, 5), "quick": (1000, 3), "tiny": (20, 1)}[scale]
    paths = article_paths(count)
    yield compare("capture alone, 30 KB pages", "0.75 / 0.90", capture_alone, paths, rounds)
    yield compare("capture alone, pages sent gzipped", "", capture_alone, paths, rounds, coding="gzip")


def pictures(scale: Scale) -> Iterator[Row]:
    """Capture alone, pictures of 200 KB."""
    count, rounds = {"full": (1500, 5), "quick": (500, 3), "tiny": (20, 1)}[scale]
    yield compare("capture alone, 200 KB pictures", "0.55 / 0.75", capture_alone, picture_paths(count), rounds)


def whole(scale: Scale) -> Iterator[Row]:
    """The whole path, pages of 30 KB."""
    count, rounds = {"full": (2000, 5), "quick": (500, 3), "tiny": (20, 1)}[scale]
    paths = whole_paths(count)
    yield compare("the whole path, 30 KB pages", "0.60 / 0.75", whole_path, paths, rounds)
    yield compare("the whole path, pages sent gzipped", "", whole_path, paths, rounds, coding="gzip")
