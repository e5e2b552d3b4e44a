"""The client keeps what client libraries put right, in both directions; no crawl where Scrapy has no place for it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.crawling import baotinh
from support.raw_server import raw_server

from archive.collection import Collection
from archive.warc.reader import read_records

# Letter case, order, doubles, folding, a line without a colon, chunk extensions, trailers, what follows the end.
ODD = {
    "head and chunks": b"HTTP/1.1 200  Very  well\r\nx-Odd: 1\r\nX-ODD:2\r\nno colon here\r\nX-Folded: a\r\n\tb\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n3;x=y\r\nbyt\r\n1\r\ne\r\n0\r\nX-Trailer: t\r\n\r\n",
    "doubled fields": b"HTTP/1.1 200 OK\r\ncontent-LENGTH: 4\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n\r\nbyte",
    "bare line feeds": b"HTTP/1.1 200 OK\nContent-Length: 4\nX-Odd:   \t 1  \n\nbyte",
    "until the end": b"HTTP/1.0 200\r\nServer:\r\n\r\nbyte",
}
SCRIPT = """
import sys
import scrapy.core.downloader.handlers.base as base
del base.BaseDownloadHandler
sys.argv = ["baotinh", "capture", "http://papers.test/a", "--loopback", sys.argv[1], "--collection", sys.argv[2]]
from crawler.cli import main
main()
"""


@pytest.mark.parametrize("answer", ODD.values(), ids=ODD.keys())
def test_odd_answers_and_their_requests_are_kept_to_the_byte(tmp_path: Path, answer: bytes) -> None:
    with raw_server({"/a": [answer]}) as server:
        done = baotinh("capture", "http://papers.test/a", "--loopback", f"127.0.0.1:{server.port}",
                       "--collection", tmp_path)  # fmt: skip
    assert "Traceback" not in done.stderr
    (asked,) = [octets for path, octets in server.received if path == "/a"]
    (file,) = Collection.open(tmp_path).warc.iterdir()
    records = [record for record in read_records(file) if record.header("WARC-Target-URI") == "http://papers.test/a"]
    kept = {record.type: record.block for record in records}
    assert kept["response"] == answer and kept["request"] == asked


def test_a_name_that_is_gone_is_told(tmp_path: Path) -> None:
    with raw_server({"/a": [ODD["doubled fields"]]}) as server:
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT, f"127.0.0.1:{server.port}", str(tmp_path / "c")],
            capture_output=True, text=True, timeout=240, check=False, env={"PATH": os.environ["PATH"]},
        )  # fmt: skip
    assert done.returncode == 1 and server.received == []
    assert "byte for byte" in done.stderr and "Traceback" not in done.stderr
