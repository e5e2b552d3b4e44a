"""The alarm for robots.txt: by what it says, not by what a run happened to ask for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from support.crawling import baotinh
from support.raw_server import RawServer, raw_server
from support.small_paper import Paper, answer, article, listing

from archive.clock import now
from archive.collection import Collection
from archive.health import wording as alarm_wording
from archive.health.alarm import Alarm
from archive.health.alarms import examine
from crawler.declaration.layout import Section

EVERY_TIME = {"BAOTINH_ROBOTS_SECONDS": "0"}


class TwoSections:
    """A paper of two sections whose robots.txt is set as one likes."""

    def __init__(self, folder: Path, server: RawServer) -> None:
        self.server = server
        self.paper = Paper(folder, server.port)
        declared = self.paper.declared.read_text("utf-8")
        one = 'Section("Văn hóa", "/van-hoa/"),'
        assert one in declared
        self.paper.declared.write_text(declared.replace(one, f'{one} Section("Xã hội", "/xa-hoi/"),'), "utf-8")

    def says(self, *forbidden: str) -> None:
        """robots.txt forbids these from now on."""
        lines = "".join(f"Disallow: {path}\n" for path in forbidden) or "Disallow:\n"
        self.server.answers["/robots.txt"] = answer(f"User-agent: *\n{lines}", kind="text/plain")

    def alarms(self, later: timedelta = timedelta(0)) -> list[Alarm]:
        """What rings about robots.txt."""
        collection = Collection.open(self.paper.root)
        with collection.catalog() as catalog:
            return [one for one in examine(collection, catalog, now() + later) if one.kind == "robots"]


@pytest.fixture
def two(tmp_path: Path) -> Iterator[TwoSections]:
    numbers = range(1, 7)
    pages: dict[str, list[Any]] = {
        "/van-hoa/": listing(*(f"/a-post{number}.html" for number in numbers[:3])),
        "/xa-hoi/": listing(*(f"/a-post{number}.html" for number in numbers[3:])),
        **{f"/a-post{number}.html": article(f"Chợ lùi {number}") for number in numbers},
    }
    assert Section("Xã hội", "/xa-hoi/")
    with raw_server(pages) as server:
        made = TwoSections(tmp_path, server)
        made.says("/tim-kiem")
        made.paper.crawl(**EVERY_TIME)
        yield made


def test_a_section_that_is_closed_rings_until_it_is_open_again(two: TwoSections) -> None:
    two.says("/tim-kiem", "/xa-hoi/")
    assert two.alarms() == []  # nobody has looked
    two.paper.crawl(**EVERY_TIME)
    (alarm,) = two.alarms()
    assert alarm.detail.endswith("UTC robots.txt forbids 1 list: /xa-hoi/")
    two.paper.crawl("--due", **EVERY_TIME)  # the section is not due: the run meets nothing that is forbidden
    assert two.alarms() == [alarm]
    two.says("/tim-kiem", "/xa-hoi/", "/lien-he")
    two.paper.crawl(**EVERY_TIME)
    assert two.alarms() == [alarm]  # it is as old as it was
    assert two.alarms(timedelta(days=29)) == [alarm] and two.alarms(timedelta(days=31)) == []
    two.says()
    two.paper.crawl(**EVERY_TIME)
    assert two.alarms() == []


def test_one_address_that_was_always_forbidden_hides_nothing(two: TwoSections) -> None:
    """Then all is closed: the run has failed, and says so."""
    two.says("/a-post1.html")
    two.paper.crawl("--recheck", **EVERY_TIME)
    assert two.alarms() == []
    two.says("/")
    port, root = two.server.port, two.paper.root
    command = ("crawl", two.paper.declared, "--loopback", f"127.0.0.1:{port}", "--collection", root)
    done = baotinh(*command, **EVERY_TIME)
    assert done.returncode == 1 and "not one section of baolaocai could be read" in done.stderr
    ((outcome, failure),) = two.paper.rows("SELECT outcome, failure FROM runs ORDER BY id DESC LIMIT 1")
    assert (outcome, failure) == ("failed", "forbidden by robots.txt")
    (alarm,) = two.alarms()
    assert "forbids 2 lists: /van-hoa/, /xa-hoi/; 6 of the last 6 articles" in alarm.detail
    assert alarm_wording.detail(alarm).endswith(
        "robots.txt cấm 2 trang danh sách (/van-hoa/, /xa-hoi/) và 6 trong 6 bài mới nhất."
    )


def test_what_was_never_allowed_is_no_news(tmp_path: Path) -> None:
    with raw_server({"/van-hoa/": listing("/a-post1.html"), "/a-post1.html": article("Chợ lùi")}) as server:
        made = TwoSections(tmp_path, server)
        made.says("/xa-hoi/")
        made.paper.crawl(**EVERY_TIME)
        assert made.alarms() == []
