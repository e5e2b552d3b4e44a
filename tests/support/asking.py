"""Asking for addresses in any manner, with the settings of every crawl and some changed: a process of its own."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

from archive.collection import Collection
from archive.warc.reader import Record, read_records
from support.forking import run_script

SCRIPT = """
import json, sys
from scrapy import Request
from scrapy.crawler import AsyncCrawlerProcess
from crawler.runs.run import project_settings
from crawler.crawl.spider import ArchivingSpider
asked = json.loads(sys.argv[1])
class Asking(ArchivingSpider):
    name = "asking"
    async def start(self):
        for number, ask in enumerate(asked["asks"]):
            yield Request(callback=self.parse, errback=self.failed, dont_filter=True, priority=-number,
                          meta={"handle_httpstatus_list": [204, 304, *range(400, 600)]}, **ask)
    def parse(self, response):
        pass
    def failed(self, failure):
        self.report.trouble("page", failure.request.url, failure.value)
settings = project_settings()
settings.update({"DOWNLOAD_DELAY": 0, "AUTOTHROTTLE_ENABLED": False, "LOG_LEVEL": "ERROR", "RETRY_TIMES": 1})
settings.update(asked["settings"], priority="cmdline")
process = AsyncCrawlerProcess(settings)
process.crawl(Asking, collection=asked["collection"], loopback=asked["loopback"], contact="redaktion@papers.test.vn")
process.start()
"""

# An ask may have further values of a request's meta, under `with_meta`
WITH_META = SCRIPT.replace('meta={"handle', 'meta={**ask.pop("with_meta", {}), "handle')


def ask(
    root: Path,
    *asks: dict[str, Any] | str,
    loopback: int | None = None,
    settings: dict[str, Any] | None = None,
    script: str = SCRIPT,
    **environment: str,
) -> dict[str, Any]:
    """Ask, into a collection; the run's report. Without `loopback`, the port of a server, the network is asked."""
    asked = {
        "asks": [{"url": one} if isinstance(one, str) else one for one in asks],
        "collection": str(root),
        "loopback": f"127.0.0.1:{loopback}" if loopback else None,
        "settings": settings or {},
    }
    done = run_script(script, json.dumps(asked), {"PATH": "/usr/bin:/bin", **environment}, timeout=240)
    assert done.returncode == 0, done.stdout + done.stderr
    reports = sorted((root / "reports").iterdir(), key=lambda path: path.stat().st_mtime_ns)
    assert reports, done.stdout + done.stderr
    report: dict[str, Any] = json.loads(reports[-1].read_text("utf-8"))
    return report


def kept(root: Path) -> list[Record]:
    """All records of a collection, file by file."""
    folder = Collection.open(root).warc
    return [record for path in sorted(folder.iterdir()) for record in read_records(path)]


def exchanges(records: list[Record]) -> list[tuple[str, Record, Record]]:
    """The captures with their requests: the address's path, request, response or revisit."""
    answers = {record.record_id: record for record in records if record.type in ("response", "revisit")}
    return [
        (
            "/" + (record.url or "").split("/", 3)[3],
            record,
            answers[(record.header("WARC-Concurrent-To") or "").strip("<>")],
        )
        for record in records
        if record.type == "request"
    ]


def metadata_of(records: list[Record], capture: Record) -> dict[str, str]:
    """The fields of the metadata record beside a capture."""
    for record in records:
        if record.type == "metadata" and record.header("WARC-Concurrent-To") == f"<{capture.record_id}>":
            lines = record.block.decode().splitlines()
            return dict(line.split(": ", 1) for line in lines)
    raise AssertionError(f"no metadata beside {capture.url}")


def came(records: list[Record], response: Record) -> bytes:
    """What came over the wire: the interim answers that are kept beside a response, and its block."""
    return base64.b64decode(metadata_of(records, response).get("http-interim-responses", "")) + response.block
