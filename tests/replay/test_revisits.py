"""Revisits replay in pywb: at the address and time of each, what its original holds."""

from __future__ import annotations

import base64
import json
import os
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx2 as httpx
import pytest
from asking import kept, metadata_of

from archive.collection import Collection
from archive.verification import verify
from tests.replay.revisits import PAPER, Visited

PYWB = Path(__file__).parents[2] / ".pywb" / "bin" / "wayback"

# Where a browser is required, as in continuous integration, the absence of any replayer is a failure
MAY_SKIP = os.environ.get("BAOTINH_BROWSER") != "required"
needs_pywb = pytest.mark.skipif(not PYWB.is_file() and MAY_SKIP, reason="pywb is not installed: run 'make pywb'")


@pytest.fixture(scope="module")
def pywb(visited: Visited, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of pywb over the collection's WARC and CDXJ files as they lie there."""
    folder = tmp_path_factory.mktemp("pywb")
    _configure(folder, visited.collection)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [PYWB, "--bind", "127.0.0.1", "--port", str(port), "--directory", folder],
            stdout=log, stderr=subprocess.STDOUT, cwd=folder,
        )  # fmt: skip
        try:
            _wait_for(port, process, folder / "log")
            yield f"http://127.0.0.1:{port}/kho"
        finally:
            process.terminate()
            process.wait(20)


def _configure(folder: Path, collection: Collection) -> None:
    kept = {"archive_paths": f"{collection.warc}/", "index_paths": f"{collection.cdxj}/"}
    # JSON is YAML
    (folder / "config.yaml").write_text(json.dumps({"collections": {"kho": kept}}), "utf-8")


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        with socket.socket() as asking:
            if asking.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError(log.read_text("utf-8"))


def test_the_collection_holds_every_kind_of_revisit(visited: Visited) -> None:
    found = {(visit.url, visit.status): visit.refers_elsewhere for visit in visited.visits if visit.is_revisit}
    assert found == {
        ("http://papers.test/page.html", 200): False,
        ("http://papers.test/packed.html", 200): False,
        ("http://papers.test/plain.html", 200): False,
        ("http://papers.test/hinted.html", 200): False,
        ("http://other.test/elsewhere.html", 200): True,
        ("http://other.test/album.html", 200): True,
        ("http://other.test/picture.png", 200): True,
        (f"{PAPER}/thoi-su/", 200): True,
        (f"{PAPER}/thoi-su/", 304): True,
        (f"{PAPER}/cau-moi-a1.html", 304): False,
    }
    assert verify(visited.collection).findings == []


def test_a_head_that_does_not_fit_the_originals_body_stands_beside_the_record(visited: Visited) -> None:
    """pywb would give out the chunks of the original as they are, were a head without chunks in the block."""
    records = kept(visited.collection.root)
    revisits = [record for record in records if (record.header("WARC-Profile") or "").endswith("payload-digest")]
    with_head = {revisit.url for revisit in revisits if revisit.header("WARC-Truncated") == "length"}
    assert with_head == {revisit.url for revisit in revisits if revisit.block}
    assert "http://papers.test/page.html" in with_head and "http://papers.test/packed.html" not in with_head
    for revisit in revisits:
        beside = metadata_of(records, revisit).get("http-response-head")
        head = revisit.block if beside is None else base64.b64decode(beside)
        assert re.fullmatch(rb"HTTP/1.1 200 OK\r\n.*\r\n\r\n", head, re.DOTALL)


@needs_pywb
def test_pywb_gives_the_originals_payload(visited: Visited, pywb: str) -> None:
    shown = {}
    for visit in visited.visits:
        answer = httpx.get(f"{pywb}/{visit.timestamp}id_/{visit.url}", timeout=30)
        instant = answer.headers.get("memento-datetime")
        shown[visit.url, visit.timestamp] = (
            answer.status_code,
            instant and parsedate_to_datetime(instant).astimezone(UTC),
            answer.content,
        )
    assert shown == {
        (visit.url, visit.timestamp): (200, visit.captured_at.astimezone(UTC).replace(microsecond=0), visit.content)
        for visit in visited.visits
    }
    assert all(visit.content for visit in visited.visits)
