"""Reads the pages of a served collection, alone and with others, with the CPU time and memory of the server."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import attrs

from archive.collection import Collection
from benchmarks.process import cpu_of, most_resident
from benchmarks.serving import READERS, Served, read, read_together, served

_ALONE = 12
_TOGETHER, _PAUSE_S = 4, 1.0


@attrs.frozen(kw_only=True)
class Looked:
    """A page's milliseconds: the first time, half of the next, CPU of each, and 95 of 100 for `READERS` readers."""

    page: str
    first: float
    median: float
    cpu: float
    together: float


def pages_of(collection: Collection) -> dict[str, tuple[str, bool]]:
    """The pages that are read, by name: the address, and whether it is the replay's."""
    with collection.catalog() as catalog:
        paper = next(iter(sorted(catalog.newspapers())))
        version = catalog.versions_after(catalog.last_seq() // 2, limit=1)[0]
        article, title = version.article_id, version.values()["title"]
        url = version.values()["url"]
    return {
        "home": ("/", False),
        "search, common word": ("/search?" + urlencode({"q": "năm"}), False),
        "search, a title": ("/search?" + urlencode({"q": f'"{title}"'}), False),
        "search, nothing asked": ("/search", False),
        "coverage of a paper, days": ("/coverage?" + urlencode({"newspaper": paper}), False),
        "coverage of a paper, months": ("/coverage?" + urlencode({"newspaper": paper, "by": "month"}), False),
        "coverage of all papers": ("/coverage", False),
        "runs and health": ("/runs", False),
        "metrics": ("/metrics", False),
        "article": (f"/article/{article}", False),
        "replay, first page": ("/?" + urlencode({"url": url}), True),
    }


def look(root: Path) -> Iterator[Looked | str]:
    """Each page of a collection; behind them the most memory that the server took."""
    collection = Collection.open(root)
    pages = pages_of(collection)
    with served(root) as site:
        for name, (path, is_replay) in pages.items():
            yield _look(site, name, path, site.replay_port if is_replay else site.port)
        yield f"{most_resident(site.pid) / 1e6:.0f}"


def _look(site: Served, name: str, path: str, port: int) -> Looked:
    (first,) = read(port, [path])
    began = cpu_of(site.pid)
    alone = read(port, [path] * _ALONE)
    cpu = (cpu_of(site.pid) - began) * 1000 / _ALONE
    together = read_together(port, [path] * _TOGETHER, READERS, _PAUSE_S)
    return Looked(
        page=name, first=first, median=statistics.median(alone), cpu=cpu,
        together=statistics.quantiles(together, n=20)[-1],
    )  # fmt: skip
