"""How many pages a second the newsroom serves, against how many plain Scrapy fetches from it on one core.

Run by `make bench`. The newsroom, the client and Scrapy are processes of their own. The machine's noise moves absolute
figures, so only the ratio is worth keeping; it must exceed 3 for the newsroom to be a load source.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from urllib.parse import urlsplit

from crawler.newsroom import RunningNewsroom, serve_newsroom

CONNECTIONS = 16
SECONDS = 4.0

# Plain Scrapy: its own handler, no pipelines, an empty callback. It asks the newsroom as a proxy, to keep the hosts.
SPIDER = """
import json, sys, time
import scrapy
from scrapy.crawler import AsyncCrawlerProcess
urls, port, rounds = json.loads(sys.argv[1]), sys.argv[2], int(sys.argv[3])
class Plain(scrapy.Spider):
    name = "plain"
    async def start(self):
        for number in range(rounds):
            for url in urls:
                yield scrapy.Request(url, meta={"proxy": f"http://127.0.0.1:{port}"}, dont_filter=True)
    def parse(self, response):
        pass
process = AsyncCrawlerProcess({"LOG_LEVEL": "ERROR", "CONCURRENT_REQUESTS": 16, "RETRY_ENABLED": False,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 16, "DOWNLOAD_DELAY": 0, "TELNETCONSOLE_ENABLED": False,
    "REMOTE_CONTROL_ENABLED": False})
crawler = process.create_crawler(Plain)
process.crawl(crawler)
began = time.process_time()
process.start()
spent = time.process_time() - began
stats = crawler.stats.get_stats()
print(json.dumps({"pages": stats["response_received_count"], "seconds": stats["elapsed_time_seconds"], "cpu": spent}))
"""


async def _ask(port: int, urls: list[str], until: float) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    count = 0
    while time.monotonic() < until:
        parts = urlsplit(urls[count % len(urls)])
        writer.write(f"GET {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nAccept-Encoding: gzip\r\n\r\n".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        if b"transfer-encoding: chunked" in head:
            while size := int(await reader.readuntil(b"\r\n"), 16):
                await reader.readexactly(size + 2)
            await reader.readexactly(2)
        else:
            length = int(head.split(b"content-length: ")[1].split(b"\r\n")[0])
            await reader.readexactly(length)
        count += 1
    writer.close()
    return count


async def _load(port: int, urls: list[str], seconds: float) -> float:
    until = time.monotonic() + seconds
    counts = await asyncio.gather(*(_ask(port, urls[number:], until) for number in range(CONNECTIONS)))
    return sum(counts) / seconds


def _plain_scrapy(newsroom: RunningNewsroom, urls: list[str], rounds: int) -> dict[str, float]:
    command = [sys.executable, "-c", SPIDER, json.dumps(urls), str(newsroom.port), str(rounds)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    said: dict[str, float] = json.loads(done.stdout)
    return said


def main() -> None:
    """Measure and print."""
    with serve_newsroom(articles=420) as newsroom:
        # no pictures: pages are what a crawler's rate is counted in
        urls = [said["url"] for said in newsroom.truth()["articles"]]
        asyncio.run(_load(newsroom.port, urls, 1.0))  # every page rendered and compressed once
        offered = asyncio.run(_load(newsroom.port, urls, SECONDS))
        scrapy = _plain_scrapy(newsroom, urls, 6)
        rate = scrapy["pages"] / scrapy["seconds"]
        cpu = 1000 * scrapy["cpu"] / scrapy["pages"]
    print(f"newsroom, unloaded: {offered:,.0f} pages/s to a client on one core")
    print(f"plain Scrapy:       {rate:,.0f} pages/s, {cpu:.2f} ms of CPU a page")
    print(f"ratio:              {offered / rate:.1f} (a load source needs more than 3)")


if __name__ == "__main__":
    main()
