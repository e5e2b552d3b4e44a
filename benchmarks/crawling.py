"""One crawl of the origin by the command's own means, measured from inside; changes no setting.

`python -m benchmarks.crawling PORT COLLECTION` prints what `fetching.py` prints, and how many articles were released.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from archive.collection import Collection
from benchmarks.fetching import peak, spent
from benchmarks.pages import SECTIONS
from crawler.runs.run import Crawl, newspaper, run


def main() -> None:
    """Crawl and print."""
    port, folder = sys.argv[1:]
    arguments = {"section": list(SECTIONS), "loopback": f"127.0.0.1:{port}"}
    collection = Collection.create(Path(folder))
    began, cpu = time.perf_counter(), spent()
    spider = newspaper("baocantho")
    spider.feeds = ()  # the origin has none
    (outcome,) = run([Crawl(spider=spider, arguments=arguments)], collection)
    seconds, cpu = time.perf_counter() - began, spent() - cpu
    if outcome.failure is not None or outcome.counts["errors"] or outcome.rejected:
        raise SystemExit(f"{outcome.failure} {outcome.counts} {outcome.troubles[:3]} {outcome.rejected[:3]}")
    articles = outcome.counts.get("articles new", 0)
    print(json.dumps({"articles": articles, "seconds": seconds, "cpu": cpu, "peak": peak()}))


if __name__ == "__main__":
    main()
