"""A paper that was crawled by its address first, and declared later: `baotinh newspapers adopt`."""

from __future__ import annotations

import json
import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.crawling import SEED, baotinh
from support.forking import begin

from archive.backup.folder import back_up
from archive.checking.collection import verify
from archive.collection import Collection
from archive.errors import UnknownNewspaper
from archive.rebuild.whole import rebuild
from archive.search.query import search
from crawler.newsroom import RunningNewsroom, serve_newsroom

DECLARED = '''"""Báo Biển Xanh, of which only the addresses are known."""

from crawler.crawl.newspaper import NewspaperSpider
from crawler.declaration.layout import Section


class Declared(NewspaperSpider):
    name = "baobienxanh"
    title = "Báo Biển Xanh"
    province = None
    hosts = ("baobienxanh.vn",)
    family = "unknown"
    article_pattern = r"(?P<id>\\d+)\\.htm$"
    sections = (Section("Văn hóa", "/muc/van-hoa.htm"),)
'''
HOST = "baobienxanh.test"
SECTION = f"http://{HOST}/muc/van-hoa.htm"
# All that the catalog says of newspapers, without numbers of rows.
TABLES = {
    "articles": "id, newspaper, first_captured_at, last_captured_at, section, published_at",
    "versions": "article_id, content_hash, record_id, captured_at, unpacked_line(line)",
    "runs": "name, newspaper, source",
    "warc_files": "name, newspaper, origin, committed",
    "identities": "newspaper, identity, url",
    "held": "newspaper, what, count",
    "published_days": "newspaper, day, section, count",
    "published_months": "newspaper, month, section, count",
    "recent_versions": "newspaper, url, missing, doubts",
    "newspapers": "name, json_extract(profile, '$.adopted'), json_extract(profile, '$.hosts')",
}


@pytest.fixture(scope="module")
def printing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningNewsroom]:
    log = tmp_path_factory.mktemp("printing") / "transport.jsonl"
    with serve_newsroom(seed=SEED, articles=60, undeclared=40, log_path=log) as running:
        yield running


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory, printing: RunningNewsroom) -> Path:
    root = tmp_path_factory.mktemp("crawled") / "c"
    place = ("--loopback", f"127.0.0.1:{printing.port}", "--collection", root)
    for more in (("--limit", "6"), ()):
        done = baotinh("crawl", SECTION, *place, *more)
        assert done.returncode == 0, done.stdout + done.stderr
    return root


@pytest.fixture
def own(tmp_path: Path) -> dict[str, str]:
    """The environment in which the paper is declared."""
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers/baobienxanh.py").write_text(DECLARED, "utf-8")
    (tmp_path / "baotinh.toml").write_text('declarations = "papers"\ncollection = "c"\n', "utf-8")
    return {"BAOTINH_CONFIG": str(tmp_path / "baotinh.toml")}


@pytest.fixture
def root(tmp_path: Path, crawled: Path) -> Path:
    return Path(shutil.copytree(crawled, tmp_path / "c"))


def rows(root: Path, query: str) -> list[tuple[Any, ...]]:
    with Collection.open(root).catalog() as catalog:
        return catalog.connection.execute(query).fetchall()


def said(root: Path) -> dict[str, list[tuple[Any, ...]]]:
    return {table: sorted(rows(root, f"SELECT {columns} FROM {table}"), key=repr) for table, columns in TABLES.items()}


def adopt(own: dict[str, str], *words: str) -> Any:
    return baotinh("newspapers", "adopt", *(words or (HOST, "baobienxanh")), **own)


def lines(root: Path) -> list[dict[str, Any]]:
    paths = sorted((root / "jsonl").glob("*.jsonl"))
    return [json.loads(line) for path in paths for line in path.read_text("utf-8").splitlines()]


def test_all_of_it_belongs_to_the_newspaper_and_ids_stay(
    root: Path, own: dict[str, str], printing: RunningNewsroom
) -> None:
    before = {one["id"]: one for one in lines(root)}
    assert len(before) > 6 and all(id.startswith(f"{HOST}:") for id in before)
    done = adopt(own)
    assert done.returncode == 0, done.stderr
    assert (
        f"{HOST} is now baobienxanh: {len(before)} articles in {len(before)} versions, 2 runs, 2 files." in done.stdout
    )
    assert {one["id"]: one for one in lines(root)} == {
        id: {**one, "newspaper": "baobienxanh"} for id, one in before.items()
    }
    for table in ("articles", "runs", "warc_files", "addresses", "discovery_sources", "held", "run_counts", "due_days"):
        assert {name for (name,) in rows(root, f"SELECT newspaper FROM {table}")} == {"baobienxanh"}
    collection = Collection.open(root)
    assert verify(collection).findings == []
    assert {hit.newspaper for hit in search(collection, "newspaper:baobienxanh").hits} == {"baobienxanh"}
    with pytest.raises(UnknownNewspaper):
        search(collection, f"newspaper:{HOST}")
    ((url,),) = rows(root, "SELECT url FROM addresses WHERE article_id IS NOT NULL LIMIT 1")
    assert search(collection, url).total == 1
    place = ("--loopback", f"127.0.0.1:{printing.port}", "--recheck")
    done = baotinh("crawl", "baobienxanh", *place, "--json", **own)
    assert done.returncode == 0, done.stderr
    counts = json.loads(done.stdout)["counts"]
    assert counts.get("articles new", 0) == 0 and counts.get("articles changed", 0) == 0
    assert {id for (id,) in rows(root, "SELECT id FROM articles")} == set(before)
    assert rows(root, "SELECT json_extract(profile, '$.adopted') FROM newspapers") == [(f'["{HOST}"]',)]
    assert verify(collection).findings == []
    assert rebuild(root).left_out == []  # also of what was crawled since
    assert {id for (id,) in rows(root, "SELECT id FROM articles")} == set(before)


def test_a_rebuild_comes_to_the_same(root: Path, own: dict[str, str], tmp_path: Path) -> None:
    other = Path(shutil.copytree(root, tmp_path / "other"))
    assert adopt(own).returncode == 0
    expected, addresses = said(root), rows(root, "SELECT newspaper, url, kind, article_id FROM addresses WHERE status")
    assert rebuild(root).left_out == []
    assert said(root) == expected
    assert sorted(rows(root, "SELECT newspaper, url, kind, article_id FROM addresses WHERE status")) == sorted(
        addresses
    )
    assert verify(Collection.open(root)).findings == []
    # killed before the lines were written: they still name the host
    shutil.copy(root / "jsonl/adopted.json", other / "jsonl/adopted.json")
    assert rebuild(other).left_out == []
    assert said(other) == expected and verify(Collection.open(other)).findings == []
    assert {one["newspaper"] for one in lines(other)} == {"baobienxanh"}


def test_a_backup_has_the_note_too(root: Path, own: dict[str, str], tmp_path: Path) -> None:
    assert adopt(own).returncode == 0
    back_up(Collection.open(root), tmp_path / "copy")
    (tmp_path / "copy/catalog.sqlite").unlink()
    rebuild(tmp_path / "copy")
    assert {name for (name,) in rows(tmp_path / "copy", "SELECT newspaper FROM articles")} == {"baobienxanh"}


def test_it_may_be_repeated_and_killed(root: Path, own: dict[str, str], tmp_path: Path) -> None:
    expected = Path(shutil.copytree(root, tmp_path / "whole"))
    (tmp_path / "whole.toml").write_text('declarations = "papers"\ncollection = "whole"\n', "utf-8")
    assert adopt({"BAOTINH_CONFIG": str(tmp_path / "whole.toml")}).returncode == 0
    environment = {"PATH": "/usr/bin:/bin", "XDG_CONFIG_HOME": "/nonexistent", **own}
    for pause in (0.1, 0.3, 0.5, 0.7, 0.9, 1.2):
        process = begin(["newspapers", "adopt", HOST, "baobienxanh"], environment)
        time.sleep(pause)
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
        process.wait()
        held = {name for (name,) in rows(root, "SELECT newspaper FROM articles")}
        assert held in ({HOST}, {"baobienxanh"})
        assert len(rows(root, "SELECT id FROM articles")) == len(rows(expected, "SELECT id FROM articles"))
    assert adopt(own).returncode == 0
    assert adopt(own).returncode == 0
    assert said(root) == said(expected) and lines(root) == lines(expected)
    assert verify(Collection.open(root)).findings == []


def test_articles_that_the_newspaper_has_besides_stay(
    root: Path, own: dict[str, str], printing: RunningNewsroom
) -> None:
    before = {id for (id,) in rows(root, "SELECT id FROM articles")}
    others = [
        one["url"] for one in printing.truth()["undeclared"]["articles"] if HOST + ":" + one["article_id"] not in before
    ]
    done = baotinh("capture", *others[:3], "--loopback", f"127.0.0.1:{printing.port}", **own)
    assert done.returncode == 0, done.stderr
    besides = {id for (id,) in rows(root, "SELECT id FROM articles")} - before
    assert besides
    done = adopt(own)
    assert done.returncode == 0, done.stderr
    assert {id for (id,) in rows(root, "SELECT id FROM articles WHERE newspaper = 'baobienxanh'")} == before | besides
    assert verify(Collection.open(root)).findings == []
    expected = said(root)
    assert rebuild(root).left_out == []
    of_pages = ("capture", "addresses")  # a rebuild enters the addresses of single pages as well
    assert {table: [row for row in found if row[:2] != of_pages] for table, found in said(root).items()} == expected


def test_what_cannot_be_is_refused(root: Path, own: dict[str, str], printing: RunningNewsroom) -> None:
    done = adopt(own, "bao.example.org", "baobienxanh")
    assert done.returncode == 2 and "not for bao.example.org" in done.stderr
    done = adopt(own, "baobienxanh.vn", "baobienxanh")
    assert done.returncode == 2 and f"crawled by their addresses were {HOST}" in done.stderr
    assert adopt(own, HOST, "baokhongco").returncode == 2
    with Collection.open(root).lock(HOST):
        assert adopt(own).returncode == 1
    done = baotinh("crawl", "baobienxanh", "--loopback", f"127.0.0.1:{printing.port}", "--limit", "3", **own)
    assert done.returncode == 0, done.stderr
    before = said(root)
    done = adopt(own)
    assert done.returncode == 2 and "were crawled as baobienxanh's as well" in done.stderr
    assert said(root) == before and not (root / "jsonl/adopted.json").exists()
