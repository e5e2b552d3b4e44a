"""A catalog of an older version is brought to this one; the older is kept, whatever happens between."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from support.crashing import kill_at_each_step
from support.sessions import article, exchange, nothing, session, write

from archive.catalog import Catalog, migrations
from archive.catalog.discovery_sources import listed
from archive.catalog.frontier import Backfill, backfill_of
from archive.catalog.lifecycle import PageStatus
from archive.catalog.lines import add_functions
from archive.catalog.unread import unread_pages
from archive.catalog.versions import changes_of
from archive.collection import Collection
from archive.errors import CollectionOutdated, CollectionUnwritable, FailureKind

STEP = "ALTER TABLE captures ADD COLUMN noted TEXT;\nUPDATE captures SET noted = 'by the new step';\n"


def older(root: Path) -> Collection:
    """A collection whose catalog stands at the first version."""
    writing = session(root)
    writing.release(article(write(writing, exchange()))).result(60)
    writing.close("finished", nothing)
    path = writing.collection.catalog_path
    with closing(sqlite3.connect(path)) as present, closing(sqlite3.connect(root / "older")) as first:
        add_functions(present)
        for statement in migrations._statements(migrations.STEPS[0]):
            first.execute(statement)
        for (table,) in first.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%STRICT%'"):
            columns = ", ".join(row[1] for row in first.execute(f"PRAGMA table_info({table})"))
            renamed = columns.replace("card", "profile").replace(" line", " unpacked_line(line)")
            for row in present.execute(f"SELECT {renamed} FROM {table}"):
                first.execute(f"INSERT INTO {table} ({columns}) VALUES ({', '.join('?' * len(row))})", row)
        first.execute("PRAGMA user_version = 1")
        first.commit()
    for found in root.glob("catalog.sqlite*"):
        found.unlink()
    (root / "older").rename(path)
    return writing.collection


@pytest.fixture
def a_later_version(monkeypatch: pytest.MonkeyPatch) -> int:
    """The version that a further step would make; that number."""
    monkeypatch.setattr(migrations, "STEPS", (*migrations.STEPS, STEP))
    monkeypatch.setattr(migrations, "VERSION", len(migrations.STEPS))
    return migrations.VERSION


def version(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


def captures(path: Path) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return connection.execute("SELECT record_id, url, offset FROM captures").fetchall()


def test_an_older_catalog_is_kept_and_brought_to_this_version(tmp_path: Path, a_later_version: int) -> None:
    collection = older(tmp_path)
    before = captures(collection.catalog_path)
    for opened in (Collection.open(tmp_path), Collection.create(tmp_path)):
        with opened.catalog() as catalog:
            assert catalog.connection.execute("SELECT noted FROM captures").fetchall() == [("by the new step",)]
            assert catalog.article("baocantho:1").article().title == "Tin"
    assert version(collection.catalog_path) == a_later_version
    (kept,) = tmp_path.glob("catalog.sqlite.*")
    assert (kept.name, version(kept), captures(kept)) == ("catalog.sqlite.v1", 1, before)
    session(tmp_path).close("finished", nothing)


def test_what_is_only_in_the_log_of_the_older_catalog_is_kept_too(tmp_path: Path, a_later_version: int) -> None:
    collection = older(tmp_path)
    with closing(sqlite3.connect(collection.catalog_path, isolation_level=None)) as writing:
        writing.execute("PRAGMA journal_mode = WAL")
        writing.execute("UPDATE captures SET url = 'http://later.test/'")
        Collection.create(tmp_path)
        assert captures(tmp_path / "catalog.sqlite.v1")[0][1] == "http://later.test/"
    assert version(collection.catalog_path) == a_later_version


def test_an_earlier_copy_is_never_written_over(tmp_path: Path, a_later_version: int) -> None:
    collection = older(tmp_path)
    (tmp_path / "catalog.sqlite.v1").write_text("an earlier copy")
    Collection.create(tmp_path)
    assert (tmp_path / "catalog.sqlite.v1").read_text() == "an earlier copy"
    assert captures(tmp_path / "catalog.sqlite.v1-2") == captures(collection.catalog_path)


def test_a_step_that_fails_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    collection = older(tmp_path)
    before = captures(collection.catalog_path)
    monkeypatch.setattr(migrations, "STEPS", (*migrations.STEPS, STEP + "INSERT INTO nowhere VALUES (1);"))
    monkeypatch.setattr(migrations, "VERSION", len(migrations.STEPS))
    with pytest.raises(CollectionUnwritable, match="nowhere"):
        Collection.create(tmp_path)
    assert version(collection.catalog_path) == 1
    assert captures(collection.catalog_path) == captures(tmp_path / "catalog.sqlite.v1") == before


def test_killed_at_any_step_the_older_catalog_is_there(tmp_path: Path) -> None:
    before = captures(older(tmp_path / "source").catalog_path)
    call = (
        f"migrations.STEPS = (*migrations.STEPS, {STEP!r}); migrations.VERSION = len(migrations.STEPS); open_it(root)"
    )
    imports = (
        "from archive.catalog import migrations; from archive.collection import Collection; open_it = Collection.open"
    )
    versions = []
    for root in kill_at_each_step(tmp_path / "source", tmp_path / "work", imports, call):
        assert captures(root / "catalog.sqlite") == before
        versions.append(version(root / "catalog.sqlite"))
        for kept in root.glob("catalog.sqlite.v1"):
            assert captures(kept) == before
        if versions[-1] != 1:
            assert (root / "catalog.sqlite.v1").exists()
    assert versions[-1] == len(migrations.STEPS) + 1 and 1 in versions


def test_what_cannot_be_changed_is_said_to_be_outdated(tmp_path: Path, a_later_version: int) -> None:
    collection = older(tmp_path)
    with pytest.raises(CollectionOutdated, match="older baotinh"):
        collection.catalog()
    if os.geteuid():
        collection.catalog_path.chmod(0o400)
        with pytest.raises(CollectionOutdated, match="copy it"):
            Collection.open(tmp_path)


def test_a_new_catalog_has_no_copy(tmp_path: Path) -> None:
    with Catalog(tmp_path / "catalog.sqlite", writable=True):
        pass
    assert version(tmp_path / "catalog.sqlite") == len(migrations.STEPS)
    assert not list(tmp_path.glob("catalog.sqlite.v*"))


def test_what_an_older_version_did_not_read_and_had_confirmed_is_unread(tmp_path: Path) -> None:
    """Such a page counted as one that gives no article, and each later look was answered by 304."""
    path = tmp_path / "catalog.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        for step in migrations.STEPS[:4]:
            connection.executescript(step)
        connection.executescript(
            """INSERT INTO runs (id, name, newspaper, started_at, source, software, settings)
                VALUES (1, 'r', 'baocantho', '2026', 'network', '', '{}');
            INSERT INTO warc_files VALUES (1, 'f', 'baocantho', 1, 'written', 'closed', 9, 0, null);"""
        )
        for name, reasons in (("lost", '{"page": "the reading process ended with -9"}'), ("list", '{"title": "none"}')):
            url, values = f"http://baocantho.test/{name}.html", ("2026-01-08T12:00:00Z", name)
            connection.execute(
                """INSERT INTO captures (record_id, file_id, offset, length, run_id, type, url, urlkey, captured_at)
                VALUES (?2, 1, 0, 9, 1, 'response', ?3, ?3, ?1)""",
                (*values, url),
            )
            connection.execute("INSERT INTO rejections VALUES (null, 1, ?, ?, ?)", (url, name, reasons))
            connection.execute(
                """INSERT INTO addresses (newspaper, url, kind, first_seen_at, next_due_at, record_id)
                VALUES ('baocantho', ?3, 'article', ?1, ?1, ?2)""",
                (*values, url),
            )
        connection.execute("PRAGMA user_version = 4")
        connection.commit()
    with Catalog(path, writable=True) as catalog:
        [page] = unread_pages(catalog.connection, "baocantho")
        held = dict(catalog.connection.execute("SELECT url, record_id FROM addresses"))
    assert (page.url, page.record_id) == ("http://baocantho.test/lost.html", "lost")
    assert page.reason == "the reading process ended with -9"
    assert held == {"http://baocantho.test/lost.html": None, "http://baocantho.test/list.html": "list"}


def test_the_words_of_the_sixth_version_are_brought_along_and_can_be_read(tmp_path: Path) -> None:
    """Status history, discovery sources, backfills and profiles have these names since; three old ones are views."""
    writing = session(tmp_path)
    capture = write(writing, exchange())
    writing.release(article(capture)).result(60)
    writing.close("finished", nothing)
    path = writing.collection.catalog_path
    with closing(sqlite3.connect(path)) as present, closing(sqlite3.connect(tmp_path / "sixth")) as sixth:
        for step in migrations.STEPS[:6]:
            for statement in migrations._statements(step):
                sixth.execute(statement)
        add_functions(present)
        for table in ("runs", "warc_files", "captures", "articles", "versions"):
            columns = ", ".join(row[1] for row in sixth.execute(f"PRAGMA table_info({table})"))
            unpacked = columns.replace(" line", " unpacked_line(line)")
            for row in present.execute(f"SELECT {unpacked} FROM {table}"):
                sixth.execute(f"INSERT INTO {table} ({columns}) VALUES ({', '.join('?' * len(row))})", row)
        url, at = "http://baocantho.test/a-a1.html", "2026-01-08T12:00:00.000000Z"
        for fate, status in (("gone", 404), ("returned", 200)):
            sixth.execute(
                "INSERT INTO fates (article_id, fate, at, url, status) VALUES ('baocantho:1', ?, ?, ?, ?)",
                (fate, at, url, status),
            )
        sixth.execute("INSERT INTO ways VALUES ('baocantho', ?, 'section', 'Thời sự', ?)", (url, at))
        sixth.execute("INSERT INTO walks VALUES ('baocantho', 'Thời sự', NULL, NULL, '/trang-2', ?, NULL)", (at,))
        sixth.execute("INSERT INTO newspapers VALUES ('baocantho', '{\"title\": \"Báo Cần Thơ\"}')")
        sixth.execute(
            "UPDATE runs SET failure = 'baocantho is already being crawled into /kho; wait until that run ends'"
        )
        sixth.execute("PRAGMA user_version = 6")
        sixth.commit()
    for found in tmp_path.glob("catalog.sqlite*"):
        found.unlink()
    (tmp_path / "sixth").rename(path)
    with writing.collection.catalog(writable=True) as catalog:
        changes = changes_of(catalog.connection, "baocantho:1")
        assert [(one.status, one.http_status) for one in changes] == [
            (PageStatus.GONE, 404), (PageStatus.RESTORED, 200),
        ]  # fmt: skip
        assert catalog.newspapers() == {"baocantho": {"title": "Báo Cần Thơ"}}
        assert [run.failure_kind for run in catalog.runs()] == [FailureKind.LOCKED]
        assert backfill_of(catalog.connection, "baocantho", "Thời sự") == Backfill(
            section="Thời sự", next_url="/trang-2"
        )
        assert list(listed(catalog.connection, "baocantho", "section", "Thời sự", [url])) == [url]
        for old, seen in {"fates": 2, "ways": 1, "walks": 1}.items():
            assert catalog.connection.execute(f"SELECT count(*) FROM {old}").fetchone() == (seen,)
        assert [row[0] for row in catalog.connection.execute("SELECT fate FROM fates")] == ["gone", "returned"]
