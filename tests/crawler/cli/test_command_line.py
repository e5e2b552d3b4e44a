"""The command answers what was mistyped, says its version, and writes whole lines into a pipe."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support.collection_builder import CARD, CollectionBuilder, make_article
from support.crawling import Demonstration, baotinh
from support.pseudo_terminal import on_terminal

from archive import VERSION
from archive.collection import Collection
from archive.errors.declared import nearest
from archive.ingest.runs import RunDescription, enter_failed

PAPERS = ("baocantho", "baolaocai", "hanoimoi", "nhandan")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("baocanto", ("baocantho",)), ("Báo Cần Thơ", ("baocantho",)), ("Hà Nội Mới", ("hanoimoi",)),
        ("nhan-dan", ("nhandan",)), ("vnexpress", ()), ("", ()), ("\x1b" * 10_000, ()),
    ],
)  # fmt: skip
def test_the_nearest_of_the_known_names(typed: str, meant: tuple[str, ...]) -> None:
    assert nearest(typed, PAPERS) == meant


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (("serch", "chợ"), "'search'"), (("jobs", "histroy"), "'history'"), (("crawl", "baocanto"), "'baocantho'"),
        (("crawl", "baocantho", "--section", "thoisu"), "'thoi-su'"),
        (("crawl", "baocantho", "--limt", "3"), "Possible options: --limit"),
        (("search", "chợ", "--secton=x"), "'--section'"),
    ],
)  # fmt: skip
def test_a_mistyped_word_is_answered_with_what_was_meant(words: tuple[str, ...], meant: str) -> None:
    done = baotinh(*words)
    assert done.returncode == 2 and done.stdout == "" and len(done.stderr.splitlines()) == 1
    assert meant in done.stderr and (
        "Did you mean" in done.stderr or "did you mean" in done.stderr or "options" in done.stderr
    )


def test_a_query_may_begin_with_a_dash(tmp_path: Path) -> None:
    Collection.create(tmp_path / "c")
    for query in (("-nổi",), ('-"chợ nổi"',), ("--", "--chợ")):
        done = baotinh("search", "--collection", tmp_path / "c", *query)
        assert (done.returncode, done.stderr) == (0, "")


def test_the_version() -> None:
    assert baotinh("--version").stdout == f"baotinh {VERSION}\n"


@pytest.mark.parametrize("group", [(), ("jobs",)])
def test_a_bare_group_shows_its_help_and_no_more(group: tuple[str, ...]) -> None:
    done, asked = baotinh(*group), baotinh(*group, "--help")
    assert done.returncode == 2 and done.stderr == asked.stdout and done.stderr.startswith("Usage: ")


def test_the_demonstration_speaks_before_it_loads_what_a_crawl_needs() -> None:
    """The collection's place is refused only after that, and so it ends soon."""
    done = subprocess.run(
        [sys.executable, "-u", "-X", "importtime", "-m", "crawler.cli", "demo", "--once", "--articles", "30",
         "--collection", "/proc/none"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=240,
    )  # fmt: skip
    before, said, behind = done.stdout.partition("Opening a made-up newsroom of three papers, 30 articles")
    assert said and "scrapy.crawler" not in before and "scrapy.crawler" in behind


def test_a_crawl_imports_nothing_that_is_switched_off(tmp_path: Path) -> None:
    """Scrapy imports also what a project sets to None."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "crawler.cli", "crawl", "baocantho", "--section", "thoi-su",
         "--loopback", "127.0.0.1:9", "--collection", str(tmp_path / "collection")],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=240,
    )  # fmt: skip
    imported = {line.rpartition("|")[2].strip() for line in done.stdout.splitlines() if line.startswith("import time:")}
    assert "scrapy.core.downloader.middleware" in imported and "crawler.politeness.redirects" in imported
    assert imported & {"aiohttp", "requests", "tldextract", "scrapy.extensions.telnet"} == set()


def test_what_is_piped_is_not_broken(demonstration: Demonstration) -> None:
    held = ("--collection", demonstration.collection.root)
    narrow = {"COLUMNS": "40"}
    found = baotinh("search", "chợ", *held, **narrow).stdout
    with demonstration.collection.catalog() as catalog:
        article = next(catalog.article(name).article() for name in sorted(catalog.article_ids()) if name in found)
    assert any(line.strip() == article.title for line in found.splitlines())
    shown = baotinh("show", article.id, *held, **narrow).stdout.splitlines()
    assert all(block.text in shown for block in article.body if block.type == "paragraph")
    assert any(article.content_hash in line and "content hash" in line for line in shown)
    rows = [line for line in baotinh("newspapers", **narrow).stdout.splitlines() if line.split()[:1] == ["baocantho"]]
    assert len(rows) == 1 and "baocantho.com.vn" in rows[0]


def test_every_column_of_the_newspapers_fits_a_narrow_terminal() -> None:
    """Of an edition, of a newspaper with a long title, and of one whose host nobody has confirmed."""
    wide = on_terminal(180, 300, "newspapers", "--province", "Bắc Ninh", COLUMNS="180").last
    assert [*filter(None, re.split(r"[\s┃]+", wide[0]))] == [
        "name", "newspaper", "province", "part", "of", "family", "host", "language", "sections", "verified",
    ]  # fmt: skip
    shown = on_terminal(80, 400, "newspapers", COLUMNS="80").last
    assert max(map(len, shown)) <= 80 and "…" not in "".join(shown)
    first = next(nth for nth, line in enumerate(shown) if line.startswith("baocanthokhmer"))
    cells = [[cell.strip() for cell in line.split("│")] for line in shown[first : first + 2]]
    assert cells[0] == ["baocanthokhmer", "Báo Cần Thơ, tiếng Khmer", "a_id", "no"]
    assert cells[1] == ["Cần Thơ", "baocantho.com.vn/khmer/", "baocantho", "km"]


def test_newspapers_as_json_have_all_that_is_declared() -> None:
    known = {one["name"]: one for one in map(json.loads, baotinh("newspapers", "--json").stdout.splitlines())}
    cantho, daklak = known["baocantho"], known["baodaklak"]
    assert cantho["language"] == "vi" and known["baocanthokhmer"]["language"] == "km"
    assert cantho["editions"] == ["baocanthoen", "baocanthokhmer"] and daklak["editions"] == ["baophuyen"]
    assert "baohaugiang" in cantho["merged_newspapers"] and cantho["sections"][0]["path"].startswith("/")
    assert known["baophuyen"]["former_hosts"] == ["baophuyen.vn"]
    former = [pattern for one in known.values() for pattern in one["former_article_patterns"]]
    assert former and all(re.compile(pattern).groupindex for pattern in former)


@pytest.mark.parametrize("words", [("crawl",), ("demo",)])
def test_help_is_wrapped_on_a_terminal_alone(words: tuple[str, ...]) -> None:
    """Piped, each option stands on one line with the whole of its help, whatever the width is said to be."""
    piped = baotinh(*words, "--help", COLUMNS="60").stdout.splitlines()
    entries = [line for line in piped if line.startswith("  ") and not line.startswith("   ")]
    below = [line for line in piped if line.startswith("   ")]
    assert below == [] and any(len(line) > 80 for line in entries)
    shown = on_terminal(60, 200, *words, "--help").last
    assert max(map(len, shown)) <= 60
    assert " ".join(" ".join(piped).split()) == " ".join(" ".join(shown).split())


def test_the_help_of_commands_is_not_cut_in_a_pipe() -> None:
    commands = baotinh("--help", COLUMNS="60").stdout.partition("Commands:")[2].splitlines()
    assert not any(line.endswith("...") for line in commands) and any(len(line) > 80 for line in commands)


def test_a_run_has_its_year_and_zone(tmp_path: Path) -> None:
    held = Collection.create(tmp_path / "c")
    card = RunDescription(newspaper="baocantho", source="network", software="test", settings={}, warcinfo={})
    with held.catalog(writable=True) as catalog:
        for year in (2025, 2026):
            at = datetime(year, 12, 31, 20, 5, tzinfo=UTC)
            enter_failed(held, catalog, card, at, at, "no connection")
    head, *rows = baotinh("jobs", "history", "--collection", held.root).stdout.splitlines()
    assert "started (UTC+7)" in head
    assert "01/01/2027 03:05" in rows[0] and "01/01/2026 03:05" in rows[1]


def test_a_search_groups_and_explains_as_the_site_does(tmp_path: Path) -> None:
    builder = CollectionBuilder(tmp_path / "c", {"baocantho": CARD, "baodonghai": {"title": "Báo Đông Hải"}})
    for number, (paper, month) in enumerate((("baocantho", 2), ("baocantho", 3), ("baodonghai", 3)), 1):
        at = datetime(2026, month, number, 8, tzinfo=UTC)
        builder.publish(make_article(number, newspaper=paper, title=f"Gặt lúa lần {number}", published_at=at))
    builder.close()
    held = ("--collection", tmp_path / "c")
    found = baotinh("search", "lúa", *held).stdout
    groups = {line[:18].strip(): line[18:] for line in found.splitlines() if line[:1].isalpha() and len(line) > 18}
    assert groups["Section"] == "Thời sự 3 (baocantho 2, baodonghai 1)"
    assert groups["Month"] == "02/2026 1 · 03/2026 2"
    assert "Without the filters: 3 articles\n" in baotinh("search", "lúa", "--section", "Thể thao", *held).stdout
    assert "Fewer" not in baotinh("search", "xyzzykhongco", *held).stdout
    assert "Fewer words find more." in baotinh("search", "lúa xyzzykhongco", *held).stdout
    refused = baotinh("search", 'lúa AND ("vụ mùa', *held)
    assert refused.returncode == 2 and "its words alone: 'lúa and vụ mùa'" in refused.stderr
