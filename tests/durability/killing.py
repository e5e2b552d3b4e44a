"""Crawls of the newsroom in a process that a test may kill, and what a collection then comes to."""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
from collections import Counter
from pathlib import Path

from support import forking
from support.children import children, wait_for_the_end_of
from support.forking import Forked

from archive.checking.collection import verify
from archive.collection import Collection
from archive.projections.cdxj_files import path_of
from crawler.newsroom import RunningNewsroom

SECTIONS = ("thoi-su", "kinh-te", "xa-hoi-phap-luat")
KILLS = int(os.environ.get("BAOTINH_KILLS", "10"))
# Small enough for several files a crawl.
ROTATE_BYTES = 200_000
STOPPING = """
import os, signal, sys, threading
from archive.ingest.session import Session
from crawler.cli import main
left, seconds = int(sys.argv[1]), float(sys.argv[2])
write = Session.write
def write_and_stop(*given, **named):
    global left
    left -= 1
    if left == 0:
        timer = threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGSTOP))
        timer.daemon = True
        timer.start()
    return write(*given, **named)
Session.write = write_and_stop
sys.argv[1:] = sys.argv[3:]
main()
"""


def crawl_command(newsroom: RunningNewsroom, root: Path) -> list[str]:
    """The arguments of the command that crawls three sections of Báo Cần Thơ."""
    chosen = [part for section in SECTIONS for part in ("--section", section)]
    place = ["--loopback", f"127.0.0.1:{newsroom.port}", "--collection", str(root)]
    return ["crawl", "baocantho", *place, *chosen]


def environment(**more: str) -> dict[str, str]:
    """What such a crawl finds in its environment."""
    return {"PATH": "/usr/bin:/bin", "COLUMNS": "160", "BAOTINH_ROTATE_BYTES": str(ROTATE_BYTES), **more}


def read_command(archived: Path, root: Path) -> list[str]:
    """The arguments of the command that takes in a WARC file and reads Báo Lào Cai's articles out of it."""
    place = ["--loopback", "127.0.0.1:9", "--collection", str(root)]
    return ["crawl", "baolaocai", "--from-archive", str(archived), *place]


def begin(command: list[str]) -> Forked:
    """Begin a crawl, in a process of its own."""
    return forking.begin(command, environment())


def begin_to_stop(command: list[str], exchanges: int, seconds: float) -> Forked:
    """Begin a crawl that stops itself so long after it captured so many exchanges, wherever it is then."""
    words = [str(exchanges), str(seconds), *command]
    return forking.begin_script(STOPPING, words, environment(), subprocess.DEVNULL)


def wait_until_stopped(process: Forked) -> bool:
    """Wait until it has stopped itself; False where it ended before."""
    while process.poll() is None:
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            if Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T":
                return True
        time.sleep(0.001)
    return False


def finish(command: list[str]) -> None:
    """Crawl to the end."""
    done = forking.run(command, environment(), timeout=400)
    assert done.returncode == 0, done.stdout + done.stderr


def finish_crawl(newsroom: RunningNewsroom, root: Path) -> None:
    """Crawl three sections to the end."""
    finish(crawl_command(newsroom, root))


def lines_in(log: Path) -> int:
    """How many exchanges the newsroom has logged."""
    return log.read_bytes().count(b"\n") if log.exists() else 0


def came_to(root: Path) -> dict[str, str]:
    """The articles of a collection: the hash of what each says, by id."""
    with Collection.open(root).catalog() as catalog:
        return {id: catalog.article(id).content_hash for id in catalog.article_ids()}


def check_sound(root: Path) -> None:
    """Nothing is damaged, nothing half done, and every projection says what the catalog says."""
    collection = Collection.open(root)
    assert verify(collection).findings == []
    folders = (collection.warc, collection.jsonl, collection.cdxj, collection.reports)
    left = [path for folder in folders for path in folder.iterdir() if path.suffix in (".open", ".part")]
    assert left == []
    with collection.catalog() as catalog:
        released = [version.line for version in catalog.versions_after(0, limit=1_000_000)]
        files = catalog.warc_files()
        assert all(run.finished_at for run in catalog.runs(limit=1_000_000))
    written = [line for path in collection.jsonl.iterdir() for line in path.read_text("utf-8").splitlines()]
    assert Counter(written) == Counter(released) and set(Counter(written).values()) <= {1}
    assert {file.state for file in files} == {"closed"}
    assert {path.name for path in collection.warc.iterdir()} == {file.name for file in files}
    assert {path.name for path in collection.cdxj.iterdir()} == {path_of(collection, file.name).name for file in files}


def kill(process: Forked) -> int:
    """End a crawl with SIGKILL; the processes that it had begun must end by themselves: how many there were."""
    begun: list[int] = []
    with contextlib.suppress(OSError):  # it has just ended
        begun = children(process.pid)
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    process.wait()
    for child in begun:
        wait_for_the_end_of(child)
    return len(begun)
