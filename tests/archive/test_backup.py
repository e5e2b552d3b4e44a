"""A collection copied while it is written: a sound collection of its own, brought up to date by copying what is new."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import attrs
import pytest
from support.crashing import kill_at_each_step
from support.crawling import SEED, Demonstration, baotinh
from support.door import door
from support.sessions import article, exchange, nothing, session, write
from support.worker_processes import wait_until

import archive.backup.folder
from archive.backup.folder import back_up
from archive.checking.collection import verify
from archive.cli.fault_words import fault_words
from archive.collection import Collection
from archive.errors import BackupInside, CollectionBusy, CollectionUnwritable, NewspaperLocked, NoRoom, NotABackup
from archive.ingest.session import Session
from archive.warc.check.verify import Finding
from crawler.newsroom import serve_newsroom


def release(writing: Session, number: int) -> None:
    url = f"http://baocantho.test/a-a{number}.html"
    capture = write(writing, exchange(url, os.urandom(300)))
    writing.release(attrs.evolve(article(capture), url=url, article_id=str(number))).result(60)


def octets(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def released(root: Path) -> int:
    """How many articles a collection holds by now."""
    with Collection.open(root).catalog() as catalog:
        return catalog.count_articles()


def lines(collection: Collection) -> list[str]:
    return [line for path in sorted(collection.jsonl.iterdir()) for line in path.read_text("utf-8").splitlines()]


def damage(collection: Collection) -> list[Finding]:
    """What `verify` finds but for unfinished and missing projections."""
    return [finding for finding in verify(collection).findings if finding.severity == "damage"]


def test_a_collection_that_is_being_crawled_is_copied_again_and_again(tmp_path: Path) -> None:
    """Every copy is sound, holds what was released when it was begun, and can be searched."""
    root, target = tmp_path / "collection", tmp_path / "backup"
    held = during = 0
    with serve_newsroom(seed=SEED, articles=150) as newsroom, door(newsroom.port) as ahead:
        ahead.hold(60)
        place = f"127.0.0.1:{ahead.port}"
        command = [sys.executable, "-m", "crawler.cli", "crawl", "baobaclieu", "--loopback", place]
        with subprocess.Popen([*command, "--collection", str(root)], stdout=subprocess.DEVNULL) as process:
            try:
                wait_until(lambda: ahead.reached.is_set() and released(root) > 0)
                is_over = False
                while not is_over:
                    is_over = process.poll() is not None
                    before = released(root)
                    said = back_up(Collection.open(root), target)
                    copy = Collection.open(target)
                    assert said.wrong == [] and verify(copy).findings == []
                    with copy.catalog() as catalog:
                        versions = catalog.versions_after(0, limit=10_000)
                        assert len(versions) >= max(before, held)
                        assert {file.state for file in catalog.warc_files()} <= {"closed"}
                        assert all(run.finished_at for run in catalog.runs())
                    assert lines(copy) == [version.line for version in versions]
                    assert not list(target.rglob("*.open"))
                    held, during = len(versions), during + (0 < len(versions) < 50)
                    ahead.let_pass()  # the first is made while the crawl waits, the others while it goes on
                assert process.returncode == 0
            finally:
                process.kill()
    assert during > 0
    done = baotinh("backup", target, "--collection", root)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "50 articles" in done.stdout
    copy, collection = Collection.open(target), Collection.open(root)
    for name in ("warc", "jsonl", "reports"):
        assert octets(target / name) == octets(root / name)
    assert baotinh("verify", "--collection", target).returncode == 0
    first = lines(collection)[0]
    title = json.loads(first)["title"]
    found = baotinh("search", f'"{title}"', "--collection", target, "--json")
    assert json.loads(first)["id"] in found.stdout
    assert {path.name for path in copy.cdxj.iterdir()} == {f"{path.name}.cdxj" for path in copy.warc.iterdir()}


def test_what_is_there_is_not_copied_again(tmp_path: Path) -> None:
    target = tmp_path / "backup"
    writing = session(tmp_path / "collection")
    release(writing, 1)
    assert back_up(writing.collection, target).files == 1  # while it is open
    writing.close("finished", nothing)
    writing = session(tmp_path / "collection")
    release(writing, 2)
    said = back_up(writing.collection, target)
    first, second = sorted((target / "warc").iterdir())
    assert (said.files, said.kept, said.bytes_copied) == (2, 1, second.stat().st_size)
    inodes = {path: path.stat().st_ino for path in (first, second)}
    cdxj = {path.name: path.read_bytes() for path in (target / "cdxj").iterdir()}
    release(writing, 3)
    said = back_up(writing.collection, target)
    assert (said.kept, first.stat().st_ino) == (1, inodes[first])
    assert second.stat().st_ino != inodes[second]
    assert (target / "cdxj" / f"{first.name}.cdxj").read_bytes() == cdxj[f"{first.name}.cdxj"]
    assert (target / "cdxj" / f"{second.name}.cdxj").read_bytes().count(b"\n") == 2
    writing.close("finished", nothing)
    assert back_up(writing.collection, target).bytes_copied == 0
    assert lines(Collection.open(target)) and verify(Collection.open(target)).findings == []


def test_the_copy_is_a_collection_that_can_be_crawled_into(tmp_path: Path) -> None:
    writing = session(tmp_path / "collection")
    release(writing, 1)
    back_up(writing.collection, tmp_path / "copy")
    there = session(tmp_path / "copy")
    assert there.recovered == 0
    release(there, 2)
    with pytest.raises(NewspaperLocked):
        back_up(writing.collection, tmp_path / "copy")
    there.close("finished", nothing)
    assert damage(there.collection) == []
    with pytest.raises(NotABackup, match="does not know its file"):  # it has gone its own way
        back_up(writing.collection, tmp_path / "copy")
    writing.close("finished", nothing)


def test_killed_at_any_step_the_source_is_untouched_and_the_next_backup_completes(tmp_path: Path) -> None:
    writing = session(tmp_path / "source" / "collection")
    release(writing, 1)
    back_up(writing.collection, tmp_path / "source" / "backup")
    release(writing, 2)
    writing.close("finished", nothing)
    other = session(tmp_path / "source" / "collection")
    release(other, 3)
    other.close("finished", nothing)
    before = octets(tmp_path / "source" / "collection")
    wanted = [path for path in before if path.startswith(("warc", "jsonl", "reports"))]
    imports = "from archive.backup.folder import back_up; from archive.collection import Collection"
    call = 'back_up(Collection(root / "collection"), root / "backup")'
    for fresh in (False, True):
        if fresh:
            shutil.rmtree(tmp_path / "source" / "backup")
        roots = kill_at_each_step(tmp_path / "source", tmp_path / f"work-{fresh}", imports, call)
        assert len(roots) > 15
        for root in roots:
            now = octets(root / "collection")
            assert {path: now[path] for path in wanted} == {path: before[path] for path in wanted}
            if (root / "backup" / "catalog.sqlite").exists():
                # what had come before the catalog that knows of it; what the earlier one knows is unharmed
                for found in damage(Collection.open(root / "backup")):
                    assert re.search("stand behind|does not know this file", fault_words(found.fault)), found
            collection = Collection(root / "collection")
            assert back_up(collection, root / "backup").wrong == []
            copy = Collection.open(root / "backup")
            assert verify(copy).findings == []
            held = octets(root / "backup")
            assert {path: held[path] for path in wanted} == {path: before[path] for path in wanted}
            assert not list((root / "backup").rglob("*.part"))
            with copy.catalog() as catalog:
                assert catalog.count_articles() == 3


def test_damage_in_the_source_is_told_and_does_not_reach_a_sound_copy(
    demonstration: Demonstration, tmp_path: Path
) -> None:
    collection = Collection.open(shutil.copytree(demonstration.collection.root, tmp_path / "collection"))
    assert back_up(collection, tmp_path / "earlier").wrong == []
    path = sorted(collection.warc.iterdir())[0]
    sound = path.read_bytes()
    path.write_bytes(sound[:1000] + bytes([sound[1000] ^ 1]) + sound[1001:])
    done = baotinh("backup", tmp_path / "backup", "--collection", collection.root)
    assert done.returncode == 1 and f"{path.name} is not as it was written" in done.stdout
    back_up(collection, tmp_path / "earlier")
    assert (tmp_path / "earlier" / "warc" / path.name).read_bytes() == sound
    path.unlink()
    done = baotinh("backup", tmp_path / "backup", "--collection", collection.root)
    assert done.returncode == 0  # the copy that is held is all there is
    done = baotinh("backup", tmp_path / "third", "--collection", collection.root)
    assert done.returncode == 1 and path.name in done.stdout


def test_places_that_are_no_place_for_a_backup(tmp_path: Path) -> None:
    root = tmp_path / "collection"
    writing = session(root)
    release(writing, 1)
    writing.close("finished", nothing)
    other = session(tmp_path / "other")
    release(other, 1)
    other.close("finished", nothing)
    back_up(other.collection, tmp_path / "of another")
    (tmp_path / "file").write_text("a file")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.odt").write_text("years of work")
    (tmp_path / "link").symlink_to(root)
    before = octets(tmp_path)
    for target, refusal, words in (
        (root, BackupInside, "apart"),
        (root / "backup", BackupInside, "apart"),
        (tmp_path, BackupInside, "apart"),
        (tmp_path / "link" / "backup", BackupInside, "apart"),
        (tmp_path / "file", NotABackup, "it is a file"),
        (tmp_path / "full", NotABackup, "thesis.odt"),
        (tmp_path / "other", NotABackup, "no backup.json"),
        (tmp_path / "of another", NotABackup, "another collection"),
    ):
        with pytest.raises(refusal, match=words):
            back_up(writing.collection, target)
        done = baotinh("backup", target, "--collection", root)
        assert done.returncode == 2 and len(done.stderr.splitlines()) == 1, done.stderr
    now = octets(tmp_path)
    assert {path: now[path] for path in before if ".lock" not in path and "catalog" not in path} == {
        path: before[path] for path in before if ".lock" not in path and "catalog" not in path
    }
    with pytest.raises(CollectionUnwritable):
        back_up(writing.collection, Path("/proc/backup"))


def test_a_full_disk_is_said_before_and_while_it_fills(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writing = session(tmp_path / "collection")
    release(writing, 1)
    writing.close("finished", nothing)
    monkeypatch.setattr(archive.backup.folder, "_free", lambda path: 10)
    with pytest.raises(NoRoom, match="10 bytes are free"):
        back_up(writing.collection, tmp_path / "backup")
    monkeypatch.undo()
    if Path("/dev/full").exists():
        # a file that the disk takes no byte of
        (tmp_path / "backup" / "warc").mkdir(exist_ok=True)
        name = next(writing.collection.warc.iterdir()).name
        (tmp_path / "backup" / "warc" / f"{name}.part").symlink_to("/dev/full")
        with pytest.raises(NoRoom):
            back_up(writing.collection, tmp_path / "backup")
        (tmp_path / "backup" / "warc" / f"{name}.part").unlink()
    assert back_up(writing.collection, tmp_path / "backup").wrong == []


def test_two_backups_into_one_directory(tmp_path: Path) -> None:
    writing = session(tmp_path / "collection")
    release(writing, 1)
    back_up(writing.collection, tmp_path / "backup")
    with Collection(tmp_path / "backup").lock_whole(), pytest.raises(CollectionBusy):
        back_up(writing.collection, tmp_path / "backup")
    writing.close("finished", nothing)
