"""A catalog that is lost, damaged or wrong is made anew from WARC files and JSON lines, and is the same."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest
from support.crashing import kill_at_each_step
from support.crawling import Demonstration, baotinh
from support.sessions import CARD, CRASHING, NOON, article, exchange, nothing, session, write

from archive.catalog.lines import add_functions
from archive.checking.collection import verify
from archive.collection import Collection
from archive.errors import CollectionBusy, CollectionMissing, CollectionTooNew, FailureKind, NewspaperLocked
from archive.ingest.runs import enter_failed, report_path
from archive.projections import cdxj_files
from archive.rebuild.whole import rebuild
from archive.search.indexing.index import follow
from archive.search.query import search
from archive.warc.reader import read_record
from crawler.newsroom import RunningNewsroom

# What a catalog says, but for the numbers of its rows.
SAYS = {
    "captures": """SELECT record_id, f.name, offset, length, r.name, type, url, urlkey, captured_at, status, mime,
        payload_digest, refers_to FROM captures c JOIN warc_files f ON f.id = file_id JOIN runs r ON r.id = c.run_id""",
    "versions": """SELECT article_id, content_hash, r.name, record_id, captured_at, unpacked_line(line)
        FROM versions JOIN runs r ON r.id = run_id""",
    "articles": """SELECT a.id, newspaper, unpacked_line(v.line), first_captured_at, last_captured_at
        FROM articles a JOIN versions v ON v.seq = latest""",
    "warc_files": """SELECT f.name, f.newspaper, r.name, state, committed, crc32
        FROM warc_files f JOIN runs r ON r.id = run_id""",
    "runs": """SELECT name, newspaper, substr(started_at, 1, 19), finished_at, outcome, source, software, counts
        FROM runs""",
    "newspapers": "SELECT name, profile FROM newspapers",
    "rejections": "SELECT r.name, url, record_id, reasons FROM rejections JOIN runs r ON r.id = run_id",
}


def said(collection: Collection, *tables: str) -> dict[str, list[tuple[Any, ...]]]:
    with closing(sqlite3.connect(collection.catalog_path)) as connection:
        add_functions(connection)
        return {table: sorted(connection.execute(SAYS[table]), key=repr) for table in tables or SAYS}


def addresses(collection: Collection) -> dict[str, tuple[Any, ...]]:
    with closing(sqlite3.connect(collection.catalog_path)) as connection:
        rows = connection.execute("SELECT url, kind, section, status, fetched_at, etag, last_modified FROM addresses")
        return {url: tuple(rest) for url, *rest in rows}


def cdxj(collection: Collection) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in collection.cdxj.iterdir()}


def lose(collection: Collection, *more: str) -> None:
    """What is left of a collection of which only the captures and the articles were kept."""
    for path in collection.root.glob("catalog.sqlite*"):
        path.unlink()
    for name in ("index", "cdxj", *more):
        shutil.rmtree(collection.root / name, ignore_errors=True)


def crawl(newsroom: RunningNewsroom, root: Path, *options: object) -> dict[str, int]:
    place = f"127.0.0.1:{newsroom.port}"
    done = baotinh("crawl", "baolaocai", "--loopback", place, "--collection", root, *options)
    assert done.returncode == 0, done.stdout + done.stderr
    with Collection.open(root).catalog() as catalog:
        return catalog.runs(1)[0].counts


@pytest.fixture
def copy(demonstration: Demonstration, tmp_path: Path) -> Collection:
    """A collection of one's own, as large as the demonstration's."""
    return Collection.open(shutil.copytree(demonstration.collection.root, tmp_path / "copy"))


def written(root: Path, articles: int = 3) -> Collection:
    """A collection of a few articles."""
    writing = session(root)
    for number in range(articles):
        url = f"http://baocantho.test/a-a{number}.html"
        capture = write(writing, exchange(url, os.urandom(200)))
        it = attrs.evolve(article(capture), url=url, article_id=str(number))
        writing.release(it).result(60)
    lines = finished_lines(writing)
    writing.close("finished", nothing)
    assert lines == articles
    return writing.collection


def finished_lines(writing: Any) -> int:
    from archive.projections.json_lines import RunLines

    return RunLines(writing.collection, writing.run_id, writing.run_name).finish()


def test_a_lost_catalog_is_made_anew(copy: Collection, demonstration: Demonstration) -> None:
    follow(copy)
    with copy.catalog() as catalog:
        cdxj_files.write_missing(copy, catalog)
    before, lines, queries = said(copy), cdxj(copy), ["học bổng", "lúa", "đường"]
    hits = [search(copy, query, limit=1000) for query in queries]
    assert any(found.total for found in hits)
    lose(copy)
    done = baotinh("rebuild", "--collection", copy.root)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(before['captures'])} captures, {len(before['articles'])} articles" in done.stdout
    assert said(copy) == before
    assert cdxj(copy) == lines
    assert [{hit.id for hit in search(copy, query, limit=1000).hits} for query in queries] == [
        {hit.id for hit in found.hits} for found in hits
    ]
    assert verify(copy).findings == []


def test_neither_reports_nor_logs_are_needed(copy: Collection) -> None:
    before = said(copy)
    lose(copy, "reports", "logs", "locks")
    assert rebuild(copy.root).left_out == []
    now = said(copy)
    for table in ("captures", "versions", "articles", "warc_files", "newspapers"):
        assert now[table] == before[table], table
    with copy.catalog() as catalog:
        assert {(run.outcome, run.source) for run in catalog.runs()} == {("unknown", "demonstration")}
        assert all(run.finished_at and run.finished_at >= run.started_at for run in catalog.runs())
        assert catalog.is_demonstration()


def test_a_rebuilt_collection_is_crawled_on_as_if_nothing_had_happened(
    newsroom: RunningNewsroom, tmp_path: Path
) -> None:
    root = tmp_path / "collection"
    crawl(newsroom, root)
    urls = [told["url"] for told in newsroom.truth()["articles"] if told["newspaper"] == "baolaocai"]
    newsroom.edit(urls[0])
    newsroom.withdraw(urls[1])
    newsroom.publish(6)
    crawl(newsroom, root)
    counts = crawl(newsroom, root, "--recheck")
    assert counts["articles changed"] == 1 and counts["not modified"] > 15
    collection = Collection.open(root)
    before, known = said(collection), addresses(collection)
    with collection.catalog() as catalog:
        order = [version.line for version in catalog.versions_after(0)]
    lose(collection)
    done = baotinh("rebuild", "--collection", root)
    assert done.returncode == 0, done.stdout + done.stderr
    assert said(collection) == before
    with collection.catalog() as catalog:
        assert [version.line for version in catalog.versions_after(0)] == order
        sections = list(catalog.due("baolaocai", "section", "9999"))
        assert {address.etag for address in sections} == {None}
    now = addresses(collection)
    assert now.keys() == known.keys()
    for url, told in known.items():
        assert now[url][:3] == told[:3], url
        if (
            told[0] == "article"
            and told[2] in (200, 304)
            and any(row[0] and url in row[5] for row in before["versions"])
        ):
            assert now[url] == told
    counts = crawl(newsroom, root, "--recheck")
    assert "articles new" not in counts and "articles changed" not in counts
    assert counts["not modified"] > 15
    fresh = [url for url in newsroom.publish(6) if "baolaocai" in url]
    assert crawl(newsroom, root)["articles new"] == len(fresh) > 0
    assert not [found for found in verify(collection).findings if found.severity != "warning"]


def test_a_wrong_catalog_is_put_right_and_kept(copy: Collection) -> None:
    before = said(copy)
    with copy.catalog(writable=True) as catalog:
        catalog.connection.execute("PRAGMA foreign_keys = OFF")
        catalog.connection.execute("UPDATE captures SET offset = offset + 1, url = url || 'x'")
        catalog.connection.execute("DELETE FROM versions WHERE seq % 2")
        wrong = said(copy)
    done = baotinh("rebuild", "--collection", copy.root)
    assert done.returncode == 0, done.stdout + done.stderr
    assert said(copy) == before
    (kept,) = copy.root.glob("catalog.sqlite.before-rebuild-*")
    assert str(kept) in done.stdout
    with closing(sqlite3.connect(kept)) as connection:
        assert sorted(connection.execute(SAYS["captures"]), key=repr) == wrong["captures"]


def test_a_catalog_that_is_no_database_is_kept_byte_for_byte(copy: Collection) -> None:
    before = said(copy)
    for suffix, octets in (("", b"no database" * 1000), ("-wal", b"and no log" * 1000), ("-shm", b"nothing")):
        (copy.root / f"catalog.sqlite{suffix}").write_bytes(octets)
    refused = baotinh("search", "lúa", "--collection", copy.root)
    assert refused.returncode == 1 and "baotinh rebuild" in refused.stderr
    assert rebuild(copy.root).left_out == []
    assert said(copy) == before
    kept = {path.name[-4:]: path.read_bytes() for path in copy.root.glob("catalog.sqlite.before-rebuild-*")}
    assert len(kept) == 2 and kept["-wal"] == b"and no log" * 1000
    assert b"no database" * 1000 in kept.values()


def test_what_is_damaged_is_told_and_the_rest_is_entered(copy: Collection) -> None:
    before = said(copy)
    with copy.catalog() as catalog:
        first, second, third, *_ = catalog.versions_after(0)
        lost = catalog.capture(first.record_id)
    assert lost is not None
    with copy.warc_file(lost.file).path.open("r+b") as stream:
        stream.seek(lost.offset + lost.length // 2)
        octet = stream.read(1)[0]
        stream.seek(-1, 1)
        stream.write(bytes([octet ^ 0xFF]))
    for path in copy.jsonl.iterdir():
        lines = path.read_text("utf-8").replace(second.line, second.line.replace('"title":"', '"title":"x', 1))
        path.write_text(lines.replace(third.line, third.line[:100]), "utf-8")
    (copy.warc / "notes.warc.gz").write_bytes(b"no WARC file")
    lose(copy)
    done = baotinh("rebuild", "--collection", copy.root)
    assert done.returncode == 1
    told = [line for line in done.stdout.splitlines() if line.startswith("left out")]
    assert len(told) == 5
    assert sum(f"{lost.file}, byte {lost.offset}: gzip: " in line for line in told) == 1
    assert sum(f"{first.record_id} is in no WARC file" in line for line in told) == 1
    assert sum("content_hash is of another text" in line for line in told) == 1
    assert sum("it is no article" in line for line in told) == 1
    assert sum("notes.warc.gz, byte 0: it begins with 'no WARC '" in line for line in told) == 1
    now = said(copy)
    assert {row[0] for row in before["captures"]} - {row[0] for row in now["captures"]} == {lost.record_id}
    gone = {first.line, second.line, third.line}
    assert {row[5] for row in before["versions"]} - {row[5] for row in now["versions"]} == gone
    found = {(finding.file, finding.offset) for finding in verify(copy).findings if finding.severity == "damage"}
    assert found >= {(lost.file, lost.offset), ("notes.warc.gz", None)}
    assert {file for file, _ in found} == {lost.file, "notes.warc.gz"}
    assert sum(path.name.endswith(".before-rebuild") for path in copy.jsonl.iterdir()) >= 1
    with copy.catalog() as catalog:
        again = catalog.addresses("baocantho", [second.article().url]) | catalog.addresses(
            second.article().newspaper, [second.article().url]
        )
        (address,) = again.values()
        assert address.record_id is None and list(catalog.due(address.newspaper, "article", "2000")) == []
        assert address.url in {due.url for due in catalog.due(address.newspaper, "article", "2999")}


def test_the_beginning_of_a_file_may_be_damaged(tmp_path: Path) -> None:
    collection = written(tmp_path)
    before = said(collection, "captures", "versions")
    (path,) = collection.warc.iterdir()
    octets = bytearray(path.read_bytes())
    octets[20] ^= 0xFF
    path.write_bytes(octets)
    lose(collection)
    done = rebuild(tmp_path)
    assert [(left.file, left.offset) for left in done.left_out] == [(path.name, 0)]
    assert said(collection, "captures", "versions") == before


def test_a_file_that_was_repaired_is_cited_where_its_records_are_now(copy: Collection) -> None:
    """A repaired file lacks the damaged record: what stands behind it begins earlier than its articles' lines say."""
    with copy.catalog() as catalog:
        first, *_, last = [v for v in catalog.versions_after(0) if v.article_id.startswith("baolaocai:")]
        lost = catalog.capture(first.record_id)
    assert lost is not None
    path = copy.warc / lost.file
    octets = path.read_bytes()
    path.write_bytes(octets[: lost.offset] + octets[lost.offset + lost.length :])
    done = baotinh("rebuild", "--collection", copy.root)
    assert done.returncode == 1 and "named another place" in done.stdout
    with copy.catalog() as catalog:
        now = catalog.article(last.article_id).article()
        assert now.capture is not None and now.capture.offset is not None
        record = read_record(copy.warc / lost.file, now.capture.offset, now.capture.length)
        assert record.record_id == last.record_id
    assert attrs.evolve(now, capture=None, images=()) == attrs.evolve(last.article(), capture=None, images=())
    assert not [found for found in verify(copy).findings if found.rule in ("catalog", "JSON lines")]
    again = rebuild(copy.root)
    assert (again.moved, again.left_out) == (0, [])


def test_what_a_crash_left_open_is_kept_and_closed(tmp_path: Path) -> None:
    script = CRASHING.format(tests=str(Path(__file__).parents[1]))
    with subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        released = [int(process.stdout.readline()) for _ in range(5)]
        os.kill(process.pid, signal.SIGKILL)
    (torn,) = tmp_path.glob("warc/*.open")
    sound = torn.read_bytes()
    torn.write_bytes(sound + b"\x1f\x8b half a member")
    with next(tmp_path.glob("jsonl/*.open")).open("ab") as stream:
        stream.write(b'{"id":"half a line')
    collection = Collection(tmp_path)
    lose(collection)
    done = baotinh("rebuild", "--collection", tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert not list(tmp_path.rglob("*.open"))
    (path,) = collection.warc.glob("*.warc.gz")
    (tail,) = tmp_path.glob("torn/*.tail")
    assert str(tail) in done.stdout
    assert path.read_bytes() + tail.read_bytes() == sound + b"\x1f\x8b half a member"
    assert verify(collection).findings == []
    with collection.catalog() as catalog:
        versions = catalog.versions_after(0)
        assert {int(version.article().article_id or 0) for version in versions} >= set(released)
        assert [run.outcome for run in catalog.runs()] == ["interrupted"]
    (lines,) = collection.jsonl.iterdir()
    assert lines.read_text("utf-8").splitlines() == [version.line for version in versions]
    session(tmp_path).close("finished", nothing)


@pytest.mark.parametrize("name", ["kho.warc.gz", None])
def test_a_file_that_was_taken_in_is_known_again(
    demonstration: Demonstration, tmp_path: Path, name: str | None
) -> None:
    """Also one that another collection wrote, and that bears such a name as this one gives."""
    written = next(demonstration.collection.warc.glob("BAOTINH-baolaocai-*"))
    source = shutil.copy(written, tmp_path / (name or written.name))
    options = ("--from-archive", source, "--loopback", "127.0.0.1:9", "--collection", tmp_path / "collection")
    assert baotinh("crawl", "baolaocai", *options).returncode == 0
    collection = Collection.open(tmp_path / "collection")
    with collection.catalog() as catalog:
        before = catalog.warc_files()
    told = said(collection)
    lose(collection)
    assert rebuild(collection.root).left_out == []
    now = said(collection)
    with collection.catalog() as catalog:
        assert catalog.warc_files() == before and before[0].origin == "imported"
        assert catalog.due("baolaocai", "article", "9999") == []
    for table in ("captures", "versions", "articles", "rejections"):
        assert now[table] == told[table]
    assert baotinh("crawl", "baolaocai", *options).returncode == 0
    assert [path.name for path in collection.warc.iterdir()] == [source.name]
    assert said(collection, "versions") == {"versions": told["versions"]}


def test_a_file_of_ours_that_was_read_again_stays_ours(copy: Collection) -> None:
    with copy.catalog() as catalog:
        before = {file.name: file.origin for file in catalog.warc_files()}
    source = next(copy.warc.glob("BAOTINH-baolaocai-*"))
    options = ("--from-archive", source, "--loopback", "127.0.0.1:9", "--collection", copy.root)
    assert baotinh("crawl", "baolaocai", *options).returncode == 0
    lose(copy)
    assert rebuild(copy.root).left_out == []
    with copy.catalog() as catalog:
        assert {file.name: file.origin for file in catalog.warc_files()} == before
        assert set(before.values()) == {"written"}


def test_lines_are_read_from_the_run_that_released_them(tmp_path: Path) -> None:
    """A text that comes back to an earlier wording stays three versions; the latest is by capture, not by line."""
    writing = session(tmp_path)
    for minutes, text in ((0, "một"), (2, "hai"), (1, "một"), (3, "một")):
        capture = write(writing, exchange(began_at=NOON.replace(minute=minutes)))
        writing.release(article(capture, text, minutes)).result(60)
    finished_lines(writing)
    writing.close("finished", nothing)
    before = said(writing.collection, "captures", "versions")
    lose(writing.collection)
    done = rebuild(tmp_path)
    assert (done.versions, done.articles) == (3, 1)
    assert said(writing.collection, "captures", "versions") == before
    with writing.collection.catalog() as catalog:
        assert catalog.article("baocantho:1").captured_at == NOON.replace(minute=3)


def test_nothing_is_rebuilt_during_a_crawl_nor_crawled_during_a_rebuild(tmp_path: Path) -> None:
    writing = session(tmp_path)
    with pytest.raises(NewspaperLocked):
        rebuild(tmp_path)
    done = baotinh("rebuild", "--collection", tmp_path)
    assert done.returncode == 1 and "already being crawled" in done.stderr
    writing.close("finished", nothing)
    with writing.collection.lock_whole():
        with pytest.raises(CollectionBusy):
            session(tmp_path)
        with pytest.raises(CollectionBusy):
            rebuild(tmp_path)
    session(tmp_path).close("finished", nothing)


def test_a_catalog_of_a_later_version_is_not_replaced(tmp_path: Path) -> None:
    collection = written(tmp_path)
    with collection.catalog(writable=True) as catalog:
        catalog.connection.execute("PRAGMA user_version = 99")
    with pytest.raises(CollectionTooNew):
        rebuild(tmp_path)
    assert not list(tmp_path.glob("catalog.sqlite.*"))


def test_a_directory_without_captures_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CollectionMissing):
        rebuild(tmp_path)
    done = baotinh("rebuild", "--collection", tmp_path)
    assert done.returncode == 2 and len(done.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_killed_at_any_step_the_catalog_is_the_old_one_or_the_new(tmp_path: Path) -> None:
    collection = written(tmp_path / "source")
    follow(collection)
    tables = SAYS.keys() - {"newspapers"}  # no file holds a card of it
    right = said(collection, *tables)
    with collection.catalog(writable=True) as catalog:
        catalog.connection.execute("UPDATE captures SET url = url || '?wrong'")
    wrong = said(collection, *tables)
    roots = kill_at_each_step(
        collection.root, tmp_path / "work", "from archive.rebuild.whole import rebuild", "rebuild(root)"
    )
    seen = []
    for root in roots:
        held = Collection.open(root)
        now = said(held, *tables)
        assert now in (right, wrong), root
        seen.append(now == right)
        assert [path.name for path in held.warc.iterdir()] == [path.name for path in collection.warc.iterdir()]
        if now == right:
            follow(held)
            assert search(held, "tin").total == 3
            assert any(rows(path) == wrong["captures"] for path in root.glob("catalog.sqlite.before-rebuild-*"))
    assert seen == sorted(seen) and True in seen and False in seen
    middle = roots[len(roots) // 2]
    assert rebuild(middle).left_out == [] and said(Collection.open(middle), *tables) == right


def rows(path: Path) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return sorted(connection.execute(SAYS["captures"]), key=repr)


def test_a_run_of_an_older_version_is_found_by_its_names(tmp_path: Path) -> None:
    """Files whose first record does not name the run: the run of that paper which began just before."""
    collection = written(tmp_path)
    (path,) = collection.warc.iterdir()
    with collection.catalog() as catalog:
        name = catalog.runs()[0].name
    older = collection.warc / f"BAOTINH-{name}-00000.warc.gz"
    lines = next(collection.jsonl.iterdir()).read_text("utf-8").replace(path.name, older.name)
    (collection.jsonl / f"{name}.jsonl").write_text(lines, "utf-8")
    path.rename(older)
    lose(collection, "reports")
    assert rebuild(tmp_path).left_out == []
    with collection.catalog() as catalog:
        assert [run.name for run in catalog.runs()] == [name]
        assert json.loads(catalog.versions_after(0)[0].line)["capture"]["file"] == older.name
    assert verify(collection).findings == []


def test_why_a_run_failed_is_known_from_reports_that_say_it_in_words_alone(tmp_path: Path) -> None:
    collection = written(tmp_path)
    reasons = {FailureKind.LOCKED: str(NewspaperLocked("baocantho", tmp_path)), FailureKind.OTHER: "lạ"}
    with collection.catalog(writable=True) as catalog:
        for number, reason in enumerate(reasons.values()):
            at = NOON + timedelta(hours=1 + number)
            name = enter_failed(collection, catalog, CARD, at, at, reason)
            path = report_path(collection, name)
            report = json.loads(path.read_text("utf-8"))
            del report["failure_kind"]
            path.write_text(json.dumps(report), "utf-8")
    rebuild(tmp_path)
    with collection.catalog() as catalog:
        found = {run.failure_kind: run.failure for run in catalog.runs() if run.failure}
    assert found == reasons
