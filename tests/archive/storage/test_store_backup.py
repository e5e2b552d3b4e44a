"""Copies of a collection in S3, and collections made of them, whole and with their WARC files left there."""

from __future__ import annotations

import json
import shutil
import signal
from pathlib import Path

import pytest
from support import forking
from support.crawling import baotinh
from support.door import door
from support.object_store import CREDENTIALS, ObjectStore
from support.sessions import NOON, exchange, session, write
from support.several_runs import answers, crawled, small_files

from archive.backup.folder import BackedUp, CopyFault
from archive.backup.restore import restore
from archive.backup.store import back_up_to_store
from archive.checking.collection import verify
from archive.collection import Collection
from archive.compaction.whole import compact
from archive.errors import NoBackup, NoPlace, NotABackup, PlaceFailed, PlaceTaken
from archive.moving import move, move_back
from archive.search.indexing.index import follow
from archive.storage.located import NamedPlace


def restored(copy: NamedPlace, target: Path, **options: bool) -> Collection:
    assert restore(copy, target, **options).wrong == []
    return Collection.open(target)


def test_what_is_restored_is_what_was_backed_up(tmp_path: Path, store: ObjectStore) -> None:
    held, copy = small_files(tmp_path / "a", 1, 4), store.place("copy")
    files = len(list(held.warc.iterdir()))
    done = back_up_to_store(held, copy)
    assert (done.files, done.kept, done.wrong) == (files, 0, [])
    back = restored(copy, tmp_path / "b")
    assert answers(back) == answers(held) and verify(back).findings == []
    for folder in ("warc", "jsonl", "reports", "cdxj"):
        names = {path.name: path.read_bytes() for path in (held.root / folder).iterdir()}
        assert {path.name: path.read_bytes() for path in (back.root / folder).iterdir()} == names


def test_a_second_backup_copies_what_is_new(tmp_path: Path, store: ObjectStore) -> None:
    held, copy = small_files(tmp_path / "a", 2, 3), store.place("copy")
    first = back_up_to_store(held, copy)
    again = back_up_to_store(held, copy)
    assert (again.kept, again.bytes_copied) == (first.files, 0)
    crawled(held.root, 9, [(1, "chín"), (2, "mười")])
    later = back_up_to_store(held, copy)
    assert later.kept == first.files and later.files == first.files + 1 and later.bytes_copied > 0
    assert len([path for path in store.files().ls(copy.url) if "catalog-" in path]) == 1
    assert answers(restored(copy, tmp_path / "b")) == answers(held)


def test_a_run_that_goes_on_is_copied_as_far_as_it_is_committed(tmp_path: Path, store: ObjectStore) -> None:
    writing, copy = session(tmp_path / "a", clock=lambda: NOON), store.place("copy")
    write(writing, exchange("http://baocantho.test/a-a1.html", b"<p>1", began_at=NOON))
    assert back_up_to_store(writing.collection, copy).files == 1
    first = restored(copy, tmp_path / "b")
    write(writing, exchange("http://baocantho.test/a-a2.html", b"<p>2", began_at=NOON))
    assert back_up_to_store(writing.collection, copy).kept == 0
    assert len(answers(restored(copy, tmp_path / "c"))["bodies"]) == 2
    assert len(answers(restored(copy, first.root))["bodies"]) == 2 and verify(first).findings == []
    writing.close("finished", lambda: ({}, {}))


def test_a_replica_reads_on_in_a_file_that_has_grown(tmp_path: Path, store: ObjectStore) -> None:
    writing, copy = session(tmp_path / "a", clock=lambda: NOON), store.place("copy")
    for number in range(3):
        write(writing, exchange(f"http://baocantho.test/a-a{number}.html", b"<p>" * 900 * number, began_at=NOON))
        there = ("--option", f"endpoint_url={store.endpoint}")  # in processes of their own, unlike the reading
        done = baotinh("backup", copy.url, *there, "--collection", writing.collection.root, **CREDENTIALS)
        assert done.returncode == 0, done.stderr
        assert baotinh("restore", copy.url, tmp_path / "b", "--link", *there, **CREDENTIALS).returncode == 0
        assert len(answers(Collection.open(tmp_path / "b"))["bodies"]) == number + 1
    writing.close("finished", lambda: ({}, {}))


def test_a_linked_copy_reads_from_the_store_and_changes_nothing_there(tmp_path: Path, store: ObjectStore) -> None:
    held, copy = small_files(tmp_path / "a", 3, 4), store.place("copy")
    back_up_to_store(held, copy)
    before = {path: store.files().checksum(path) for path in store.files().find(copy.url)}
    replica = restored(copy, tmp_path / "b", is_linked=True)
    assert list(replica.warc.iterdir()) == []
    assert answers(replica) == answers(held) and verify(replica).findings == []
    with pytest.raises(NoPlace):
        move(replica)
    with pytest.raises(PlaceTaken, match="a backup"):
        move(replica, NamedPlace(f"{copy.url}/warc", copy.options))
    move_back(replica)
    assert len(list(replica.warc.iterdir())) == len(list(held.warc.iterdir()))
    assert {path: store.files().checksum(path) for path in store.files().find(copy.url)} == before


def test_a_replica_follows_with_its_search_index(tmp_path: Path, store: ObjectStore) -> None:
    held, copy = small_files(tmp_path / "a", 4, 3), store.place("copy")
    back_up_to_store(held, copy)
    replica = restored(copy, tmp_path / "b", is_linked=True)
    follow(replica)
    crawled(held.root, 9, [(1, "chín"), (77, "bảy mươi bảy")])
    compact(held)
    back_up_to_store(held, copy)
    restored(copy, tmp_path / "b", is_linked=True)
    assert follow(replica) == 2  # only what is new is indexed
    assert answers(replica) == answers(held) and verify(replica).findings == []
    left = set(store.names(NamedPlace(f"{copy.url}/warc")))
    assert left == {path.name for path in held.warc.iterdir()} | {"baotinh.json"}


def test_what_the_store_changed_is_named(tmp_path: Path, store: ObjectStore) -> None:
    held, copy = small_files(tmp_path / "a", 5, 2), store.place("copy")
    back_up_to_store(held, copy)
    name = min(path.name for path in held.warc.iterdir())
    store.files().pipe_file(f"{copy.url}/warc/{name}", b"other bytes")
    assert restore(copy, tmp_path / "b").wrong == [name]
    (catalog,) = [path for path in store.files().ls(copy.url, detail=False) if "catalog-" in path]
    store.files().pipe_file(catalog, b"other bytes")
    with pytest.raises(PlaceFailed, match="catalog-"):
        restore(copy, tmp_path / "c")


def test_a_file_that_changed_here_does_not_replace_the_sound_copy(tmp_path: Path, store: ObjectStore) -> None:
    held, copy = small_files(tmp_path / "a", 6, 2), store.place("copy")
    back_up_to_store(held, copy)
    sound = answers(held)
    path = min(held.warc.iterdir())
    with held.catalog(writable=True) as catalog:  # as if the disk had given other bytes from then on
        catalog.connection.execute("UPDATE warc_files SET crc32 = crc32 + 1 WHERE name = ?", (path.name,))
    assert back_up_to_store(held, copy).wrong == [(path.name, CopyFault.CHANGED)]
    path.unlink()
    assert back_up_to_store(held, copy).wrong == [(path.name, CopyFault.SHORTER)]
    assert answers(restored(copy, tmp_path / "b"))["bodies"] == sound["bodies"]


def test_what_is_no_backup_or_that_of_another(tmp_path: Path, store: ObjectStore) -> None:
    held, copy = small_files(tmp_path / "a", 7, 1), store.place("copy")
    with pytest.raises(NoBackup):
        restore(copy, tmp_path / "b")
    back_up_to_store(held, copy)
    with pytest.raises(PlaceTaken):
        back_up_to_store(small_files(tmp_path / "other", 8, 1), copy)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("dear reader")
    with pytest.raises(NotABackup):
        restore(copy, tmp_path / "full")
    store.files().pipe_file(f"{copy.url}/backup.json", json.dumps({"record": 1}).encode())
    with pytest.raises(NoBackup):
        restore(copy, tmp_path / "b")


def test_what_was_lost_in_the_store_is_put_there_again(tmp_path: Path, store: ObjectStore) -> None:
    held, copy = small_files(tmp_path / "a", 11, 2), store.place("copy")
    back_up_to_store(held, copy)
    for path in store.files().find(copy.url):
        if not path.endswith(("backup.json", "baotinh.json", ".warc.gz")):
            store.files().rm_file(path)
    store.files().pipe_file(f"{copy.url}/warc/{min(path.name for path in held.warc.iterdir())}", b"half")
    assert back_up_to_store(held, copy).wrong == []
    back = restored(copy, tmp_path / "b")
    assert answers(back) == answers(held) and verify(back).findings == []


def test_a_collection_that_is_behind_does_not_replace_the_backup(tmp_path: Path, store: ObjectStore) -> None:
    held, copy = small_files(tmp_path / "a", 12, 2), store.place("copy")
    back_up_to_store(held, copy)
    behind = restored(copy, tmp_path / "b")
    crawled(held.root, 9, [(1, "chín"), (2, "mười")])
    back_up_to_store(held, copy)
    with pytest.raises(PlaceTaken, match="is not in this one"):
        back_up_to_store(behind, copy)
    assert answers(restored(copy, tmp_path / "c")) == answers(held)
    compact(held)
    assert back_up_to_store(held, copy).wrong == []
    crawled(held.root, 10, [(3, "mười một")])
    compact(held)
    assert back_up_to_store(held, copy).wrong == []
    assert answers(restored(copy, tmp_path / "d")) == answers(held)


def test_killed_at_any_time_the_backup_before_is_whole(tmp_path: Path, store: ObjectStore) -> None:
    held, copy = small_files(tmp_path / "a", 9, 3), store.place("copy")
    back_up_to_store(held, copy)
    former = answers(held)
    crawled(held.root, 9, [(number, "chín " * 9000) for number in range(9)])
    with door(store.port) as ahead:
        there = f"endpoint_url=http://127.0.0.1:{ahead.port}"
        arguments = ["backup", copy.url, "--option", there, "--collection", str(held.root)]
        for nth in (1, 4, 8, 12, 16):
            ahead.hold(nth)
            process = forking.begin(arguments, {"PATH": "/usr/bin:/bin", **CREDENTIALS})
            assert ahead.reached.wait(120)
            process.kill()
            assert process.wait(60) == -signal.SIGKILL
            ahead.drop()
            back = answers(restored(copy, tmp_path / f"b{nth}"))
            assert back in (former, answers(held))
    assert isinstance(back_up_to_store(held, copy), BackedUp)
    assert answers(restored(copy, tmp_path / "c")) == answers(held)


def test_the_commands_say_what_they_did(tmp_path: Path, store: ObjectStore) -> None:
    held, copy = small_files(tmp_path / "a", 10, 2), store.place("copy")
    there = ("--option", f"endpoint_url={store.endpoint}")
    done = baotinh("backup", copy.url, *there, "--collection", held.root, **CREDENTIALS)
    assert done.returncode == 0 and f"Backed up to {copy.url}:" in done.stdout, done.stderr
    done = baotinh("restore", copy.url, tmp_path / "b", "--link", *there, **CREDENTIALS)
    assert done.returncode == 0 and "stay in the store" in done.stdout, done.stderr
    assert baotinh("search", "một OR hai OR ba", "--collection", tmp_path / "b", **CREDENTIALS).returncode == 0
    shutil.rmtree(tmp_path / "b")
    refused = baotinh("restore", str(tmp_path / "a"), tmp_path / "b", **CREDENTIALS)
    assert refused.returncode == 2 and "is a collection" in refused.stderr
