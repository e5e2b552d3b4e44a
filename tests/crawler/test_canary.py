"""No crawl where the tap was broken: by an update that bypasses it, loses bytes, or takes a name away."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from raw_server import raw_server

BREAKS = {
    "bypassed": "wire.TappedFactory.buildProtocol = lambda self, address: "
    "wire._LenientHTTP11ClientProtocol(self._quiescentCallback)",
    "bytes lost on the way in": "wire.TappedProtocol.dataReceived = lambda self, octets: "
    "wire._LenientHTTP11ClientProtocol.dataReceived(self, octets)",
    "bytes changed on the way out": "wire.TappedProtocol._written = lambda self, octets: "
    "self._wire is None or self._wire.sent.append(octets.title())",
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
GONE = "import scrapy.core.downloader.handlers.http11 as http11; del http11._LenientHTTP11ClientFactory"


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
        f"{GONE}\ntry:\n    import crawler.wire\nexcept Exception as error:\n    print(type(error).__name__, error)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.startswith("TapBroken pages cannot be captured byte for byte (cannot import name '_Lenient")
    crawled, asked = crawl(tmp_path / "c", "", GONE)
    assert crawled.returncode == 1 and asked == []
    assert "byte for byte" in crawled.stderr and "Traceback" not in crawled.stderr


def test_a_sound_tap_is_no_hindrance(tmp_path: Path) -> None:
    done, asked = crawl(tmp_path / "c", "")
    assert done.returncode == 0, done.stderr
    assert asked == ["/robots.txt", "/a"]
