"""`python -m benchmarks.scale`: prints what collections of growing size cost, as a table; asserts nothing."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from benchmarks.crawls import WORKSHOP
from benchmarks.scale.curve import measure, table_of
from benchmarks.scale.price import crawled_price

_CRAWLED = 1000


def main() -> None:
    """Build and measure."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument("articles", nargs="*", type=int, help="sizes; 1,000, 10,000 and 100,000 by default")
    parser.add_argument("--files", type=int, help="WARC files of each; one for 50 articles by default")
    parser.add_argument("--keep", type=Path, help="build in this folder, and take what was built there before")
    parser.add_argument("--only", nargs="*", default=(), help="of pages, run, verify")
    chosen = parser.parse_args()
    WORKSHOP.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=WORKSHOP) as folder:
        points = []
        for count in chosen.articles or (1000, 10_000, 100_000):
            root = (chosen.keep or Path(folder)) / str(count)
            points.append(measure(count, root, files=chosen.files, parts=chosen.only))
            print(table_of(points), flush=True)
        if not chosen.only:
            bought = crawled_price(Path(folder) / "crawled", _CRAWLED)
            print(f"a million articles, by a crawl of {_CRAWLED:,} pages of 30 KB without pictures: {bought}")


if __name__ == "__main__":
    main()
