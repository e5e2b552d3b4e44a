"""One crawl of a list of addresses with an empty callback, measured from inside; needs Scrapy and nothing of baotinh.

`python fetching.py ORDER`, in any environment that has Scrapy: ORDER is JSON with `settings`, `urls`, a list of
strings, and perhaps `spider`, the dotted name of a class that does more. What it prints is JSON too: requests answered,
seconds from the start of the reactor to its end (everything written and closed), CPU seconds of all threads meanwhile,
peak memory in bytes.
"""

from __future__ import annotations

import json
import logging
import resource
import sys
import time
from pathlib import Path

import scrapy
from scrapy.crawler import CrawlerProcess
from scrapy.utils.misc import load_object


class Fetching(scrapy.Spider):
    """Asks for every address once and reads none."""

    name = "fetching"
    urls: list[str] = []  # noqa: RUF012 - set by main

    async def start(self):  # type: ignore[no-untyped-def]
        """Scrapy since 2.13."""
        for url in self.urls:
            yield scrapy.Request(url)

    def start_requests(self):  # type: ignore[no-untyped-def]
        """Scrapy before 2.13."""
        for url in self.urls:
            yield scrapy.Request(url)

    def parse(self, response):  # type: ignore[no-untyped-def]
        """Nothing: fetching alone is measured."""


def spent() -> float:
    """CPU seconds of this process and of the children it has waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(part.ru_utime + part.ru_stime for part in used)


def peak() -> int:
    """The most memory this process had since it was loaded, and the largest of its ended children, in bytes."""
    lines = Path("/proc/self/status").read_text("utf-8").splitlines()
    # not ru_maxrss, which counts what the parent had before it started this program
    own = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))
    return (own + resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) * 1024


def main() -> None:
    """Crawl and print."""
    order = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    spider = load_object(order["spider"]) if "spider" in order else Fetching
    spider.urls = order["urls"]
    process = CrawlerProcess(order["settings"])
    logging.getLogger().setLevel(logging.ERROR)  # no record is made only to be thrown away
    crawler = process.create_crawler(spider)
    process.crawl(crawler)
    began, cpu = time.perf_counter(), spent()
    process.start()
    seconds, cpu = time.perf_counter() - began, spent() - cpu
    answered = crawler.stats.get_value("response_received_count", 0)
    print(json.dumps({"requests": answered, "seconds": seconds, "cpu": cpu, "peak": peak()}))


if __name__ == "__main__":
    main()
