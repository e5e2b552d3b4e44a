"""Collections that earlier versions made are opened, searched, verified, crawled on and rebuilt."""

from __future__ import annotations

import importlib
import json
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest
from older.making import first_pages, path, second_pages
from support.crawling import baotinh
from support.raw_server import RawServer, raw_server
from support.small_paper import HOST, article, listing

from crawler.runs import settings

OLDER = sorted((Path(__file__).parent / "older").glob("*.tar.xz"))
IDS = {f"baolaocai:{number}" for number in range(1, 9)}


@attrs.frozen
class Opened:
    """A copy of an older collection, with its declaration and its schedule, and the command that is asked about it."""

    folder: Path

    def ask(self, *arguments: object, code: int = 0) -> str:
        """What the command prints about it."""
        done = baotinh(*arguments, "--collection", self.folder / "collection")
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout

    def crawl(self, server: RawServer, *options: object) -> None:
        """Crawl on, by the declaration that was kept with it."""
        self.ask("crawl", self.folder / "paper.py", "--loopback", f"127.0.0.1:{server.port}", *options, code=0)

    def articles(self) -> dict[str, dict[str, Any]]:
        """What the search names, by id."""
        found = [json.loads(line) for line in self.ask("search", "chợ phiên", "--limit", 50, "--json").splitlines()]
        for one in found:
            del one["score"]  # an index made anew weighs otherwise
        return {one["id"]: one for one in found}


@pytest.fixture(params=OLDER, ids=lambda path: path.name.removesuffix(".tar.xz"))
def older(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opened]:
    """A copy of each."""
    with tarfile.open(request.param) as packed:
        packed.extractall(tmp_path, filter="data")
    yield Opened(tmp_path)


def says_what_it_said(older: Opened) -> None:
    assert set(older.articles()) == IDS
    shown = json.loads(older.ask("show", "baolaocai:2", "--json"))
    assert shown["title"] == "Chợ phiên thứ 2" and "sớm hơn một ngày" in json.dumps(shown, ensure_ascii=False)
    assert "410" in older.ask("show", "baolaocai:3") and "dau-trang-post4.html" in older.ask("show", "baolaocai:4")
    older.ask("verify")


def test_there_is_one(request: pytest.FixtureRequest) -> None:
    assert OLDER


def test_it_is_opened_searched_and_verified(older: Opened) -> None:
    says_what_it_said(older)
    runs = [json.loads(line) for line in older.ask("jobs", "history", "--json").splitlines()]
    assert [run["outcome"] for run in runs] == ["failed", "finished", "finished"]
    older.ask("jobs", "health")


def test_its_schedule_is_read(older: Opened) -> None:
    done = baotinh("jobs", "check", "--schedule", older.folder / "schedule.toml")
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_settings_are_found_under_their_former_name() -> None:
    with pytest.warns(DeprecationWarning, match=r"crawler\.runs\.settings"):
        former = importlib.import_module("crawler.settings")
    named = {name: value for name, value in vars(settings).items() if name.isupper()}
    assert {name: value for name, value in vars(former).items() if name.isupper()} == named


def test_it_is_crawled_on(older: Opened) -> None:
    pages = second_pages() | {path(10): article("Chợ phiên thứ 10", "2025-06-20"), path(5): first_pages()[path(5)]}
    pages["/van-hoa/"] = listing(*map(path, (10, 9, 8, 7)), following="/van-hoa/?page=2")
    with raw_server(pages) as server:
        older.crawl(server)
        asked = [target for target, _ in server.received]
        # what is held and not due is not asked for
        assert path(10) in asked and path(7) not in asked
        older.crawl(server, "--recheck")
    assert set(older.articles()) == IDS | {"baolaocai:10"}
    says_the_same = json.loads(older.ask("show", "baolaocai:5", "--json"))
    assert says_the_same["url"] == HOST + path(5)
    older.ask("verify")


def test_it_is_rebuilt(older: Opened) -> None:
    before = older.articles()
    older.ask("rebuild")
    says_what_it_said(older)
    assert older.articles() == before
