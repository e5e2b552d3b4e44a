"""The most memory that the whole path takes over many pages against few; pages are 30 KB."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.crawls import whole_path, whole_paths
from benchmarks.origin import serve_origin
from benchmarks.table import Row, Scale


def memory(scale: Scale) -> Iterator[Row]:
    """Peak memory of `baotinh crawl`, ten times the pages against the pages."""
    few, many = {"full": (5000, 50_000), "quick": (300, 3000), "tiny": (10, 30)}[scale]
    found = {}
    for count in (few, many):
        with serve_origin(articles=count) as origin:
            found[count] = whole_path(origin, whole_paths(count))
    small, large = found[few], found[many]
    yield Row(
        what=f"peak memory over {many:,} pages against {few:,}",
        wanted="at most 1.2 / flat",
        measured=f"{large.peak / small.peak:.2f} times",
        ours=f"{large.peak / 1e6:.0f} MB; {large.rate:,.0f}/s, {1000 * large.cpu_each:.2f} ms CPU each",
        theirs=f"{small.peak / 1e6:.0f} MB; {small.rate:,.0f}/s, {1000 * small.cpu_each:.2f} ms CPU each",
    )
