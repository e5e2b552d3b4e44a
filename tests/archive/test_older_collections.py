"""Collections that earlier versions made are opened, searched, verified, crawled on and rebuilt."""

from __future__ import annotations

import importlib
import json
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import attrs
import pytest
from older.making import first_pages, path, second_pages
from support.crawling import baotinh
from support.raw_server import RawServer, raw_server
from support.small_paper import HOST, article, listing

from archive.catalog.lines import unpacked_line
from archive.collection import Collection
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


def rows(connection: sqlite3.Connection, table: str) -> list[tuple[Any, ...]]:
    found = connection.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall()
    # articles' lines are packed since version 12
    return [tuple(unpacked_line(cell).decode() if isinstance(cell, bytes) else cell for cell in row) for row in found]


def test_its_files_are_brought_along_with_all_that_refers_to_them(older: Opened) -> None:
    """The table of WARC files is made anew, for an origin has another name."""
    catalog_path = older.folder / "collection" / "catalog.sqlite"
    with closing(sqlite3.connect(catalog_path)) as connection:
        file_id = connection.execute(
            """INSERT INTO warc_files (name, newspaper, run_id, origin, state, committed, crc32, sha256)
            SELECT 'kho.warc.gz', newspaper, run_id, 'taken in', 'closed', 9, 0, 'ab' FROM warc_files LIMIT 1"""
        ).lastrowid
        connection.execute(
            """INSERT INTO captures (record_id, file_id, offset, length, run_id, type, url, urlkey, captured_at)
            SELECT 'urn:x:1', ?, 0, 9, run_id, type, url, urlkey, captured_at FROM captures LIMIT 1""",
            (file_id,),
        )
        connection.commit()
        before = {table: rows(connection, table) for table in ("warc_files", "captures", "versions", "runs")}
    with Collection.open(older.folder / "collection").catalog(writable=True) as catalog:
        connection = catalog.connection
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        for table in ("captures", "versions"):
            assert rows(connection, table) == before[table]
        imported = [
            tuple("imported" if value == "taken in" else value for value in row) for row in before["warc_files"]
        ]
        assert rows(connection, "warc_files") == imported and len(imported) >= 2
        assert [file.origin for file in catalog.warc_files() if file.name == "kho.warc.gz"] == ["imported"]
        for wrong in ("UPDATE warc_files SET origin = 'taken in'", "DELETE FROM warc_files"):
            with pytest.raises(sqlite3.IntegrityError):
                connection.execute(wrong)


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
