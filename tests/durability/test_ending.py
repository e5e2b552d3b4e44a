"""A crawl that is told to end while a server trickles for ever; a file that grows old while nothing comes."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from killing import check_sound, environment
from recorded import CARD, exchange
from support.raw_server import Answer, Line, RawServer, raw_server

from archive.checking.collection import verify
from archive.clock import now, warc_date
from archive.collection import Collection
from archive.ingest.session import Session, WritingRules
from archive.revisit_policy import RevisitPolicy
from archive.warc.reader import read_record, read_records

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\n\r\n"
ROBOTS, LIST, TRICKLING = "/robots.txt", "/thoi-su/", "/mua-xuan-a7.html"


def answer(page: str) -> bytes:
    return HEAD % len(page.encode()) + page.encode()


def crawl_one_section(server: RawServer, root: Path, **more: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "crawler.cli", "crawl", "baocantho", "--section", "thoi-su"]
    place = ["--loopback", f"127.0.0.1:{server.port}", "--collection", str(root)]
    return subprocess.Popen(
        [*command, *place], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment(**more)
    )


def test_what_trickles_for_ever_is_cut_and_asked_for_again(tmp_path: Path) -> None:
    """A page in the first crawl, robots.txt in the second: told to end, both end, and no address counts as failed."""
    trickles, root = threading.Event(), tmp_path / "collection"

    def trickle(line: Line) -> None:
        line.sendall(HEAD % 1_000_000)
        while True:
            try:
                line.sendall(b"<p>")
            except OSError:  # the crawl hung up
                return
            trickles.set()
            time.sleep(0.05)

    missing = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
    answers: dict[str, list[Answer]] = {
        ROBOTS: [missing, trickle, missing],
        LIST: [answer(f'<a href="{TRICKLING}">Mùa xuân</a>')],
        TRICKLING: [trickle, answer("<p>không có gì")],
    }
    with raw_server(answers) as server:
        for path in (TRICKLING, ROBOTS):
            trickles.clear()
            with crawl_one_section(server, root, BAOTINH_STOP_SECONDS="2", BAOTINH_ROBOTS_SECONDS="0") as crawling:
                assert trickles.wait(180)
                crawling.send_signal(signal.SIGTERM)
                said = crawling.communicate(timeout=240)
            assert crawling.returncode == 0, said
            check_sound(root)
            check_cut(Collection.open(root), path, server)
        with crawl_one_section(server, root) as crawling:
            said = crawling.communicate(timeout=240)
        assert crawling.returncode == 0, said
        assert [path for path, _ in server.received].count(TRICKLING) == 2
        check_sound(root)


def check_cut(collection: Collection, path: str, server: RawServer) -> None:
    """The last run archived as much of the answer as had come, and the article's address is due as it was."""
    with collection.catalog() as catalog:
        run = catalog.runs()[0]
        assert run.outcome == "stopped" and run.counts["truncated: time"] == 1 and run.counts["errors"] == 0
        capture = [one for one in catalog.every_capture() if one.url.endswith(path)][-1]
        (address,) = catalog.due("baocantho", "article", warc_date(now()))
        assert address.url.endswith(TRICKLING) and (address.fetched_at, address.failures) == (None, 0)
    record = read_record(collection.warc_file(capture.file).path, capture.offset, capture.length)
    assert record.header("WARC-Truncated") == "time"
    assert record.block.startswith((HEAD % 1_000_000) + b"<p>")
    until = time.monotonic() + 120  # the server's thread learns of the end by its next byte
    while not any(asked == path and octets.startswith(record.block) for asked, octets in list(server.sent)):
        assert time.monotonic() < until, server.sent
        time.sleep(0.01)


def test_an_old_file_is_closed_while_nothing_comes(tmp_path: Path) -> None:
    collection = Collection.create(tmp_path)
    writing = Session(collection, CARD, RevisitPolicy(), rules=WritingRules(rotate_seconds=1))
    for number in (1, 2):
        sent = exchange(number, b"<p>xin %d" % number)
        writing.admit(sent.size).result(120)
        name = writing.write(sent).result(120).file
        assert name is not None
        while not (collection.warc / name).exists():
            time.sleep(0.01)
        assert [record.type for record in read_records(collection.warc / name)] == ["warcinfo", "response", "request"]
        assert not list(collection.warc.glob("*.open"))
    writing.close("finished", lambda: ({}, {}))
    assert len(list(collection.warc.iterdir())) == 2
    assert verify(collection).findings == []
