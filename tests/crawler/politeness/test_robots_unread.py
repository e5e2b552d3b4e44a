"""A host's rules cannot be looked up in a collection that is gone: what waits for them fails, and the crawl ends."""

from __future__ import annotations

import json
from pathlib import Path

from support.asking import SCRIPT
from support.forking import run_script
from support.hostile_paper import html
from support.raw_server import Line, raw_server
from support.worker_processes import wait_until

from archive.checking.collection import verify
from archive.collection import Collection

OTHER_HOST = SCRIPT.replace(
    "        pass\n",
    "        return [Request(f'http://other.test/{n}', errback=self.failed) for n in range(3)]\n",
).replace(
    "        self.report.trouble",
    "        print('failed', failure.request.url, flush=True)\n        self.report.trouble",
)


def test_a_crawl_ends_whose_collection_is_gone_before_it_knows_the_rules_of_a_host(tmp_path: Path) -> None:
    root, elsewhere = Collection.create(tmp_path / "held").root, tmp_path / "elsewhere"

    def take_away(line: Line) -> None:
        wait_until(lambda: list(root.glob("warc/*.open")))  # the writer has the file open that the page goes into
        root.rename(elsewhere)
        line.sendall(html("<p>front page"))

    with raw_server(
        {"/robots.txt": [b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"], "/": [take_away]}
    ) as server:
        asked = {
            "asks": [{"url": "http://first.test/"}],
            "collection": str(root),
            "loopback": f"127.0.0.1:{server.port}",
            "settings": {},
        }
        done = run_script(OTHER_HOST, json.dumps(asked), {"PATH": "/usr/bin:/bin"}, timeout=240)
    assert done.stdout.count("failed http://other.test/") == 3
    assert not root.exists()  # nothing was made in its place
    elsewhere.rename(root)
    assert verify(Collection.open(root)).findings == []
