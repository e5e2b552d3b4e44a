"""What a million articles cost in bytes on disk and in CPU hours, from collections that were measured."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import attrs

from benchmarks.crawls import crawl_into, whole_paths
from benchmarks.origin import serve_origin

PARTS = ("catalog", "jsonl", "index", "warc", "cdxj")
_MILLION = 1_000_000


@attrs.frozen(kw_only=True)
class Price:
    """Of a million articles: gigabytes of each part, and CPU hours; None where these were not measured."""

    disk: Mapping[str, float]
    cpu_hours: float | None

    @property
    def total(self) -> float:
        """Gigabytes of all parts."""
        return sum(self.disk.values())

    def __str__(self) -> str:
        parts = ", ".join(f"{part} {size:,.1f}" for part, size in self.disk.items())
        hours = "not measured" if self.cpu_hours is None else f"{self.cpu_hours:,.2f}"
        return f"{self.total:,.1f} GB ({parts}); CPU hours {hours}"


def price_of(root: Path, articles: int, cpu: float | None) -> Price:
    """The price by a collection of so many articles that took so many CPU seconds."""
    times = _MILLION / articles
    return Price(
        disk={part: size * times / 1000 for part, size in sizes(root).items()},
        cpu_hours=None if cpu is None else cpu * times / 3600,
    )


def crawled_price(root: Path, articles: int) -> Price:
    """The price by a crawl of so many pages of 30 KB without pictures into `root`, from requests to index."""
    with serve_origin(articles=articles) as origin:
        found = crawl_into(root, origin, whole_paths(articles))
    return price_of(root, articles, found.cpu)


def sizes(root: Path) -> Mapping[str, float]:
    """Megabytes of each part of a collection on disk."""
    return {
        "catalog": _size(root / "catalog.sqlite"),
        **{name: sum(map(_size, (root / name).rglob("*"))) for name in PARTS[1:]},
    }


def _size(path: Path) -> float:
    return path.stat().st_size / 1e6 if path.is_file() else 0.0
