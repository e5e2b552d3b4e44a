"""No crawl where the tap was broken: by an update that bypasses it, loses bytes, or takes a name away."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from raw_server import raw_server

BREAKS = {
    "bytes changed on the way out": "import asyncio; made = asyncio.selector_events._SelectorSocketTransport; "
    "usual = made.write; made.write = lambda self, octets: usual(self, bytes(octets).replace(b'GET', b'get'))",
    "bytes lost on the way in": "usual = wire.Connection.buffer_updated; "
    "wire.Connection.buffer_updated = lambda self, nbytes: usual(self, nbytes - 1)",
    "bytes changed on the way in": "usual = wire.Connection.buffer_updated; "
    "wire.Connection.buffer_updated = lambda self, nbytes: (self._scratch.__setitem__(18, 88), usual(self, nbytes))",
    "another handler in its place": "from crawler import capture; from scrapy.core.downloader.handlers.http11 import "
    "HTTP11DownloadHandler; made = capture.CaptureDownloadHandler; "
    "made._fetch = lambda self, request, wires, look: HTTP11DownloadHandler(self.crawler).download_request(request)",
    "bodies changed by the framework": "from scrapy.http import Response; usual = Response.__init__; "
    "Response.__init__ = lambda self, *args, body=b'', **more: usual(self, *args, body=body.upper(), **more)",
}
SCRIPT = """
import sys
sys.argv = ["baotinh", "capture", "http://papers.test/a", "--loopback", sys.argv[1], "--collection", sys.argv[2]]
{gone}
if {change!r}:
    from crawler import wire
    {change}
from crawler.cli import main
main()
"""
GONE = "import scrapy.core.downloader.handlers.base as base; del base.BaseDownloadHandler"


def crawl(root: Path, change: str, gone: str = "") -> tuple[subprocess.CompletedProcess[str], list[str]]:
    with raw_server({"/a": [b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"]}) as server:
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT.format(change=change, gone=gone), f"127.0.0.1:{server.port}", str(root)],
            capture_output=True, text=True, timeout=60, check=False, env={"PATH": os.environ["PATH"]},
        )  # fmt: skip
    return done, [path for path, _ in server.received]


@pytest.mark.parametrize("change", BREAKS.values(), ids=BREAKS.keys())
def test_a_tap_that_changes_bytes_is_not_crawled_with(tmp_path: Path, change: str) -> None:
    done, asked = crawl(tmp_path / "c", change)
    assert done.returncode == 1 and asked == []
    (line,) = done.stderr.splitlines()
    assert "byte for byte" in line and "nothing was crawled" in line and "requirements.lock" in line
    assert not list((tmp_path / "c" / "warc").iterdir())


def test_a_name_that_is_gone_is_told(tmp_path: Path) -> None:
    script = (
        f"{GONE}\ntry:\n    import crawler.capture\nexcept Exception as error:\n    print(type(error).__name__, error)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.startswith("TapBroken pages cannot be captured byte for byte (cannot import name 'BaseDown")
    crawled, asked = crawl(tmp_path / "c", "", GONE)
    assert crawled.returncode == 1 and asked == []
    assert "byte for byte" in crawled.stderr and "Traceback" not in crawled.stderr


def test_a_sound_tap_is_no_hindrance(tmp_path: Path) -> None:
    done, asked = crawl(tmp_path / "c", "")
    assert done.returncode == 0, done.stderr
    assert asked == ["/robots.txt", "/a"]
