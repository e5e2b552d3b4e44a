"""Crawls whose reading process is killed at random instants lose no article."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from killing import KILLS, came_to, check_sound, crawl_command, environment, finish_crawl
from support.children import children
from support.crawling import SEED

from archive.clock import now
from archive.collection import Collection
from archive.health.alarms import examine
from crawler.newsroom import serve_newsroom

_MOST_CRAWLS = 20
KILLS_A_CRAWL = 10


def is_reader(pid: int) -> bool:
    """Whether a process reads pages; a crawl also has one that indexes."""
    return b"crawler.reading.worker" in Path(f"/proc/{pid}/cmdline").read_bytes()


def test_a_reading_process_that_is_killed_at_random_instants_costs_no_article(tmp_path: Path) -> None:
    """Many are killed as soon as they are begun, which is while a page is tried anew: such pages stay unread."""
    dice = random.Random(20261128)
    with serve_newsroom(seed=SEED, articles=150) as newsroom:
        finish_crawl(newsroom, tmp_path / "undisturbed")
        expected = came_to(tmp_path / "undisturbed")
        assert len(expected) >= 10
        kills = left_unread = read_again = 0
        crawl = 0
        # killed early, a crawl leaves only lists unread, which the next one asks for anew
        while kills < max(KILLS, 2 * KILLS_A_CRAWL) or (not read_again and crawl < _MOST_CRAWLS):
            root = tmp_path / f"killed-{crawl}"
            crawl += 1
            command = [sys.executable, "-m", "crawler.cli", *crawl_command(newsroom, root)]
            crawling = subprocess.Popen(
                command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment()
            )
            killed: set[int] = set()
            while crawling.poll() is None and len(killed) < KILLS_A_CRAWL:
                time.sleep(dice.choice([0, 0.02, 0.8]) * dice.random())
                try:
                    for child in {one for one in children(crawling.pid) if is_reader(one)} - killed:
                        os.kill(child, signal.SIGKILL)
                        killed.add(child)
                except (FileNotFoundError, ProcessLookupError):
                    continue  # it has just ended
            crawling.wait()
            kills += len(killed)
            with Collection.open(root).catalog() as catalog:
                run = catalog.runs(1)[0]
                # the last may have been killed when everything was read
                assert len(killed) - 1 <= run.counts.get("reading processes lost", 0) <= len(killed)
                left_unread += run.counts.get("unread", 0)
            finish_crawl(newsroom, root)
            assert came_to(root) == expected, f"crawl {crawl}"
            check_sound(root)
            collection = Collection.open(root)
            with collection.catalog() as catalog:
                read_again += catalog.runs(1)[0].counts.get("read again", 0)
                assert catalog.connection.execute("SELECT * FROM unread").fetchall() == []
                assert [alarm for alarm in examine(collection, catalog, now()) if alarm.kind == "unread"] == []
    assert left_unread and read_again
