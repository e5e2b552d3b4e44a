"""WARC files moved to another disk and to S3: every answer stays, and at each killed step a sound whole."""

from __future__ import annotations

import random
import shutil
import signal
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from support import forking
from support.crashing import kill_at_each_step
from support.crawling import baotinh
from support.door import door
from support.object_store import CREDENTIALS, ObjectStore
from support.ranged_zip import opened
from support.several_runs import answers, crawled, small_files

from archive.backup.folder import back_up
from archive.checking.collection import verify
from archive.collection import Collection
from archive.compaction.whole import compact
from archive.errors import BackupInside, CollectionBusy, NoPlace, PlaceFailed, PlaceTaken, PlaceUnusable
from archive.moving import MoveFault, move, move_back
from archive.originals import read_original
from archive.rebuild.whole import rebuild
from archive.replay.viewer_editions import ViewerEditions
from archive.replay.wacz import Editions
from archive.storage.located import NamedPlace, storage_of
from archive.storage.marks import MARK


def local(collection: Collection) -> list[str]:
    return sorted(path.name for path in collection.warc.iterdir())


@pytest.fixture(params=["folder", "s3"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> NamedPlace:
    if request.param == "folder":
        return NamedPlace(str(tmp_path / "disk" / "warc"))
    store: ObjectStore = request.getfixturevalue("store")
    return store.place()


def test_everything_is_answered_from_the_place_as_before(tmp_path: Path, place: NamedPlace) -> None:
    held = small_files(tmp_path / "a", 1, 5)
    before, files = answers(held), local(held)
    moved = move(held, place)
    assert (moved.files, moved.kept, moved.wrong) == (len(files), 0, [])
    assert local(held) == [] and held.stored_names() == set(files)
    assert answers(held) == before
    checked = verify(held)
    assert checked.findings == [] and checked.files == len(files)
    assert move(held).kept == len(files)
    assert rebuild(held.root).left_out == []
    of_crawls = {"addresses": None, "held": None}  # which these runs do not enter, and a rebuild does
    assert answers(held) | of_crawls == before | of_crawls
    assert move_back(held).files == len(files)
    assert local(held) == files and not storage_of(held.root).places
    assert verify(held).findings == []


def test_the_replay_is_byte_for_byte_that_of_before(tmp_path: Path, store: ObjectStore) -> None:
    held = small_files(tmp_path / "a", 15, 3)
    before = read_whole(held)
    move(held, store.place())
    assert read_whole(held) == before


def read_whole(held: Collection) -> tuple[bytes, dict[str, bytes]]:
    """The WACZ that is downloaded, and the WARC files of the one that the viewer reads."""
    edition = Editions(held).current()
    with opened(ViewerEditions(held).current()) as archive:
        files = {name: archive.read(name) for name in archive.namelist() if name.startswith("archive/")}
    return b"".join(edition.read(0, edition.size)), files


def test_what_is_crawled_after_a_move_is_moved_by_the_next(tmp_path: Path, store: ObjectStore) -> None:
    held, place = small_files(tmp_path / "a", 2, 2), store.place()
    first = move(held, place).files
    crawled(held.root, 9, [(1, "chín"), (2, "mười")])
    assert len(local(held)) == 1
    assert compact(held).joined == []  # what was moved is not joined with what is here
    before = answers(held)
    assert move(held).files == 1 and answers(held) == before
    assert store.names(place) == sorted([MARK, *held.stored_names()])
    assert len(held.stored_names()) == first + 1


def test_files_move_on_from_one_place_to_another(tmp_path: Path, store: ObjectStore) -> None:
    held, disk = small_files(tmp_path / "a", 3, 3), NamedPlace(str(tmp_path / "disk"))
    before = answers(held)
    files = move(held, disk).files
    bucket = store.place()
    assert move(held, bucket).files == files
    assert [path.name for path in (tmp_path / "disk").iterdir()] == [MARK]
    assert storage_of(held.root).places == (bucket,)
    assert answers(held) == before


def test_a_copy_of_a_collection_with_moved_files_is_whole(tmp_path: Path, store: ObjectStore) -> None:
    held = small_files(tmp_path / "a", 4, 3)
    move(held, store.place())
    assert back_up(held, tmp_path / "copy").wrong == []
    copy = Collection.open(tmp_path / "copy")
    assert answers(copy) == answers(held) and verify(copy).findings == [] and not storage_of(copy.root).places


def test_only_files_that_were_closed_long_ago(tmp_path: Path) -> None:
    held = small_files(tmp_path / "a", 5, 3)
    place = NamedPlace(str(tmp_path / "disk"))
    files = len(local(held))
    assert move(held, place, closed_for=timedelta(days=1)).young == files
    assert move(held, place, is_dry=True).files == files and len(local(held)) == files


def test_a_file_that_is_not_as_the_catalog_says_stays(tmp_path: Path, place: NamedPlace) -> None:
    held = small_files(tmp_path / "a", 6, 3)
    changed, *rest = local(held)
    with (held.warc / changed).open("r+b") as stream:
        stream.seek(40)
        stream.write(b"\0\0")
    moved = move(held, place)
    assert moved.wrong == [(changed, MoveFault.CHANGED)] and moved.files == len(rest)
    assert local(held) == [changed]


def test_a_file_that_changed_in_the_place_is_found_and_replaced(tmp_path: Path, store: ObjectStore) -> None:
    held, place = small_files(tmp_path / "a", 7, 2), store.place()
    shutil.copytree(held.warc, tmp_path / "kept")
    move(held, place)
    name = min(held.stored_names())
    store.files().pipe_file(f"{place.url}/{name}", b"\x1f\x8b other bytes")
    assert any(one.file == name and one.severity == "damage" for one in verify(held).findings)
    shutil.copy(tmp_path / "kept" / name, held.warc / name)
    assert move(held).files == 1
    assert verify(held).findings == []


def test_a_place_of_another_collection_is_refused(tmp_path: Path, place: NamedPlace) -> None:
    move(small_files(tmp_path / "a", 8, 2), place)
    other = small_files(tmp_path / "b", 9, 2)
    files = local(other)
    with pytest.raises(PlaceTaken):
        move(other, place)
    assert local(other) == files and not storage_of(other.root).places


def test_what_cannot_be_a_place(tmp_path: Path) -> None:
    held = small_files(tmp_path / "a", 10, 1)
    with pytest.raises(NoPlace):
        move(held)
    with pytest.raises(BackupInside):
        move(held, NamedPlace(str(held.root / "elsewhere")))
    with pytest.raises(PlaceUnusable):
        move(held, NamedPlace("unheard-of://bucket/name"))
    with held.lock_moving(), pytest.raises(CollectionBusy):
        move(held, NamedPlace(str(tmp_path / "disk")))


def test_any_store_that_fsspec_knows(tmp_path: Path) -> None:
    held = small_files(tmp_path / "a", 16, 2)
    before, files = answers(held), len(local(held))
    assert move(held, NamedPlace("memory://one/warc")).files == files
    assert answers(held) == before and verify(held).findings == []
    assert move_back(held).files == files and verify(held).findings == []


def test_a_server_that_is_gone_loses_nothing_and_is_named(tmp_path: Path, store: ObjectStore) -> None:
    held = small_files(tmp_path / "a", 11, 2)
    files = local(held)
    gone = NamedPlace("s3://bucket/warc", {"endpoint_url": "http://127.0.0.1:9"})
    with pytest.raises(PlaceFailed, match="s3://bucket/warc failed"):
        move(held, gone)
    assert local(held) == files


def test_records_are_read_by_range_through_a_bounded_cache(tmp_path: Path, store: ObjectStore) -> None:
    big = [(number, random.Random(number).randbytes(400_000).hex()) for number in range(4)]
    held = crawled(tmp_path / "a", 0, big)
    (name,) = local(held)
    size = (held.warc / name).stat().st_size
    move(held, store.place(), cache_bytes=1_000_000)
    with held.catalog() as catalog:
        captures = list(catalog.every_capture())
        read_original(held, catalog, captures[0].record_id)
        kept = sum(path.stat().st_size for path in held.root.glob("cache/*/*"))
        assert 0 < kept < size / 2
        for capture in captures * 2:
            assert read_original(held, catalog, capture.record_id).record_id == capture.record_id
    assert sum(path.stat().st_size for path in held.root.glob("cache/*/*")) < 1_100_000


def test_killed_at_each_step_each_file_is_somewhere_and_the_next_move_ends_it(tmp_path: Path) -> None:
    held = small_files(tmp_path / "a", 12, 2)
    before = answers(held)
    imports = """from archive.collection import Collection
from archive.moving import move
from archive.storage.located import NamedPlace"""
    call = 'move(Collection(root / "held"), NamedPlace(str(root / "disk")))'
    source = tmp_path / "source"
    source.mkdir()
    shutil.copytree(held.root, source / "held")
    roots = kill_at_each_step(source, tmp_path / "work", imports, call)
    assert len(roots) > 10
    for root in roots:
        killed = Collection(root / "held")
        assert answers(killed) == before
        assert verify(killed).findings == [] or all(one.severity == "warning" for one in verify(killed).findings)
        assert move(killed, NamedPlace(str(root / "disk"))).wrong == []
        assert local(killed) == [] and answers(killed) == before and verify(killed).findings == []


def test_readers_see_every_capture_while_files_move(tmp_path: Path, store: ObjectStore) -> None:
    held, place = small_files(tmp_path / "a", 13, 4), store.place()
    before, ends, faults = answers(held)["bodies"], threading.Event(), []

    def read() -> None:
        with held.catalog() as catalog:
            while not ends.is_set():
                for record_id, block in before.items():
                    if read_original(held, catalog, record_id).block != block:
                        faults.append(record_id)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for _ in range(3):
            move(held, place)
            move_back(held)
    finally:
        ends.set()
        reader.join()
    assert faults == []


def test_a_push_that_is_killed_is_made_again(tmp_path: Path, store: ObjectStore) -> None:
    held = crawled(tmp_path / "a", 0, [(n, random.Random(n).randbytes(900_000).hex()) for n in range(6)])
    before, bucket = answers(held), store.place()
    with door(store.port) as ahead:
        place = NamedPlace(bucket.url, {"endpoint_url": f"http://127.0.0.1:{ahead.port}"})
        command = ["move", place.url, "--option", f"endpoint_url={place.options['endpoint_url']}"]
        for nth in (1, 3, 5, 7):
            ahead.hold(nth)
            process = forking.begin(
                [*command, "--collection", str(held.root)], {"PATH": "/usr/bin:/bin", **CREDENTIALS}
            )
            assert ahead.reached.wait(120)
            process.kill()
            assert process.wait(60) == -signal.SIGKILL
            ahead.drop()
            assert answers(held) == before
        assert move(held, place).wrong == []
        assert local(held) == [] and answers(held) == before and verify(held).findings == []


def test_the_command_says_what_it_did(tmp_path: Path, store: ObjectStore) -> None:
    held, place = small_files(tmp_path / "a", 14, 2), store.place()
    there = ("--collection", held.root, "--option", f"endpoint_url={store.endpoint}")
    done = baotinh("move", place.url, *there, **CREDENTIALS)
    assert done.returncode == 0, done.stderr
    assert f"to {place.url}; each was read back and compared." in done.stdout
    assert "there already" in baotinh("move", "--collection", held.root, **CREDENTIALS).stdout
    refused = baotinh("move", place.url, *there, "--option", "secret=x", **CREDENTIALS)
    assert refused.returncode == 2 and "AWS_SECRET_ACCESS_KEY" in refused.stderr
    shown = baotinh("verify", "--collection", held.root, **CREDENTIALS)
    assert shown.returncode == 0, shown.stdout
    assert baotinh("move", "--back", "--collection", held.root, **CREDENTIALS).returncode == 0
    assert len(local(held)) > 1
