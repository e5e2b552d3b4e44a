"""The page as it was captured, printed: the commands that the documents show work on all that a crawl writes."""

from __future__ import annotations

import gzip
import itertools
import os
import pty
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Callable
from pathlib import Path

import brotli
import zstandard
from support import forking
from support.raw_server import Answer, raw_server
from support.small_paper import Paper, article, listing

from archive.collection import Collection

CODINGS: dict[str, Callable[[bytes], bytes]] = {
    "identity": bytes,
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstandard.compress,
}


def sent(page: bytes, coding: str, *, is_chunked: bool) -> bytes:
    """An answer with that page, coded and framed."""
    body = CODINGS[coding](page)
    fields = [b"HTTP/1.1 200 OK", b"Content-Type: text/html; charset=utf-8", b"Content-Encoding: " + coding.encode()]
    if is_chunked:
        fields.append(b"Transfer-Encoding: chunked")
        pieces = [body[at : at + 100] for at in range(0, len(body), 100)]
        body = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
    else:
        fields.append(b"Content-Length: %d" % len(body))
    return b"\r\n".join((*fields, b"", body))


def page_of(number: int) -> bytes:
    octets: bytes = article(f"Cầu treo số {number}", more="<p>\x1b[2J\x9b2J</p>")[0]
    return octets.partition(b"\r\n\r\n")[2]


def test_every_page_is_printed_whatever_its_coding(tmp_path: Path) -> None:
    kinds = dict(enumerate(itertools.product(CODINGS, (False, True)), 500))
    answers: dict[str, list[Answer]] = {"/van-hoa/": listing(*(f"/cau-treo-post{number}.html" for number in kinds))}
    for number, (coding, is_chunked) in kinds.items():
        answers[f"/cau-treo-post{number}.html"] = [sent(page_of(number), coding, is_chunked=is_chunked)]
    with raw_server(answers) as server:
        paper = Paper(tmp_path, server.port)
        paper.crawl()
    assert paper.ids() == {str(number) for number in kinds}
    for number, kind in kinds.items():
        done = show(paper.root, number)
        assert (done.returncode, done.stdout) == (0, page_of(number)), (kind, done.stderr)
    with Collection.open(paper.root).catalog() as catalog:
        captures = list(catalog.every_capture())
    for capture in captures:
        path = Collection.open(paper.root).warc_file(capture.file).path
        done = subprocess.run(
            [sys.executable, "-c", "from warcio.cli import main; main()", "extract", str(path), str(capture.offset)],
            capture_output=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 0 and done.stdout.startswith(b"WARC/1.1"), done.stderr

    # on a terminal nothing that would control it
    ours, theirs = pty.openpty()
    subprocess.run(command(paper.root, 500), stdout=theirs, timeout=60, check=True)
    os.close(theirs)
    shown = b""
    while "Cầu treo số 500.</p>".encode() not in shown:
        shown += os.read(ours, 65536)
    os.close(ours)
    assert b"\x1b" not in shown and b"\xc2\x9b" not in shown


def command(root: Path, number: int) -> list[str]:
    return [
        sys.executable, "-m", "crawler.cli", "show", f"baolaocai:{number}", "--page", "--collection", str(root),
    ]  # fmt: skip


def show(root: Path, number: int) -> subprocess.CompletedProcess[bytes]:
    arguments = command(root, number)[3:]
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        process = forking.begin(arguments, {"PATH": "/usr/bin:/bin"}, stdout=output, stderr=errors)
        code = process.wait(60)
        output.seek(0)
        errors.seek(0)
        return subprocess.CompletedProcess(arguments, code, output.read(), errors.read())
