"""Places that are one by two names, that belong to a backup, or whose disk is not there: nothing is lost by a move."""

from __future__ import annotations

import errno
import random
import resource
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import attrs
import pytest
from support.crawling import baotinh
from support.object_store import ObjectStore
from support.several_runs import answers, crawled, small_files

from archive.backup.folder import back_up
from archive.backup.store import back_up_to_store
from archive.checking.collection import verify
from archive.collection import Collection
from archive.errors import BackupInside, CollectionError, PlaceFailed, PlacesUnreadable, PlaceTaken
from archive.moving import _told, move, move_back
from archive.rebuild.whole import rebuild
from archive.storage.located import NamedPlace, storage_of


def test_a_place_named_anew_by_a_link_loses_nothing(tmp_path: Path) -> None:
    held, disk = small_files(tmp_path / "a", 1, 3), tmp_path / "disk"
    before = answers(held)
    move(held, NamedPlace(str(disk)))
    (tmp_path / "link").symlink_to(disk)
    assert move(held, NamedPlace(str(tmp_path / "link"))).wrong == []
    assert [place.url for place in storage_of(held.root).places] == [str(tmp_path / "link")]
    assert answers(held) == before and verify(held).findings == []


def test_a_prefix_named_anew_by_another_address_loses_nothing(tmp_path: Path, store: ObjectStore) -> None:
    held, place = small_files(tmp_path / "a", 2, 3), store.place()
    before = answers(held)
    move(held, place)
    other = attrs.evolve(place, url=place.url.replace("s3://", "s3a://"))
    assert move(held, other).wrong == []
    assert answers(held) == before and verify(held).findings == []


def test_the_own_folder_by_an_address_is_refused(tmp_path: Path) -> None:
    held = small_files(tmp_path / "a", 3, 2)
    before, names = answers(held), sorted(path.name for path in held.warc.iterdir())
    with pytest.raises((BackupInside, PlaceTaken)):
        move(held, NamedPlace(f"local://{held.warc}"))
    assert answers(held) == before and not storage_of(held.root).places
    assert names == sorted(path.name for path in held.warc.iterdir())


def test_a_folder_that_became_a_link_to_the_own_is_not_emptied(tmp_path: Path) -> None:
    held, disk = small_files(tmp_path / "a", 4, 2), tmp_path / "disk"
    before = answers(held)
    move(held, NamedPlace(str(disk)))
    for path in disk.iterdir():
        shutil.move(path, held.warc / path.name)
    disk.rmdir()
    disk.symlink_to(held.warc)
    move_back(held)
    assert answers(held) == before and not storage_of(held.root).places


def test_the_folder_of_a_backup_is_no_place(tmp_path: Path) -> None:
    held = small_files(tmp_path / "a", 5, 2)
    back_up(held, tmp_path / "copy")
    with pytest.raises(PlaceTaken):
        move(held, NamedPlace(str(tmp_path / "copy" / "warc")))
    assert verify(Collection.open(tmp_path / "copy")).findings == []
    assert not storage_of(held.root).places


def test_a_backup_is_not_made_over_the_moved_files(tmp_path: Path, store: ObjectStore) -> None:
    held, place = small_files(tmp_path / "a", 6, 2), store.place()
    move(held, place)
    with pytest.raises(PlaceTaken):
        back_up_to_store(held, attrs.evolve(place, url=place.url.removesuffix("/warc")))
    assert verify(held).findings == []


def test_a_disk_that_is_not_mounted_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    held, disk = small_files(tmp_path / "a", 7, 3), tmp_path / "disk"
    move(held, NamedPlace(str(disk)))
    crawled(held.root, 9, [(1, "chín")])
    before = answers(held)
    disk.rename(tmp_path / "unplugged")
    disk.mkdir()
    for call in (move, move_back, verify, lambda held: rebuild(held.root)):
        with pytest.raises(PlaceFailed, match="may not be mounted"):
            call(held)
    with pytest.raises(PlaceFailed, match="may not be mounted"):
        move(held, NamedPlace(str(tmp_path / "bigger")))
    assert list(disk.iterdir()) == [] and len(list(held.warc.iterdir())) == 1
    disk.rmdir()
    (tmp_path / "unplugged").rename(disk)
    assert answers(held) == before and verify(held).findings == []
    assert move(held, NamedPlace(str(tmp_path / "bigger"))).wrong == []
    assert answers(held) == before and list(disk.glob("*.gz")) == []


def test_a_collection_that_holds_nothing_yet_can_name_its_place(tmp_path: Path) -> None:
    held, place = Collection.create(tmp_path / "a"), NamedPlace(str(tmp_path / "disk"))
    assert move(held, place).files == 0
    assert move(held).files == 0
    crawled(held.root, 1, [(1, "một")])
    assert move(held).files == 1 and verify(held).findings == []
    with pytest.raises(PlaceTaken):
        move(small_files(tmp_path / "b", 8, 1), place)


@contextmanager
def small_disk(size: int) -> Iterator[None]:
    """As if no file could be longer."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def test_a_disk_that_is_full_keeps_no_half_file(tmp_path: Path, store: ObjectStore) -> None:
    big = [(number, random.Random(number).randbytes(200_000).hex()) for number in range(3)]
    held, disk = crawled(tmp_path / "a", 0, big), tmp_path / "disk"
    before = answers(held)
    with small_disk(300_000), pytest.raises(PlaceFailed):
        move(held, NamedPlace(str(disk)))
    assert [path.name for path in disk.iterdir()] == ["baotinh.json"] and answers(held) == before
    for place in (NamedPlace(str(disk)), store.place()):
        assert move(held, place).wrong == []
        with small_disk(300_000), pytest.raises(CollectionError):
            move_back(held)
        assert list(held.warc.iterdir()) == [] and answers(held) == before
        move_back(held)


def test_a_disk_that_cannot_be_written_is_not_called_full(tmp_path: Path) -> None:
    held = Collection.create(tmp_path / "a")
    with pytest.raises(PlaceFailed, match="Read-only"), _told(NamedPlace(str(tmp_path)), held):
        raise OSError(errno.EROFS, "Read-only file system", "x")


@pytest.mark.parametrize("said", ["[" * 100_000, '{"places": 7}', "\0"])
def test_places_that_cannot_be_read_are_named(tmp_path: Path, said: str) -> None:
    held = small_files(tmp_path / "a", 9, 1)
    (held.root / "storage.json").write_text(said)
    with pytest.raises(PlacesUnreadable):
        verify(held)
    (held.root / "storage.json").unlink()
    (held.root / "storage.json").mkdir()
    with pytest.raises(PlacesUnreadable):
        move(held)


@pytest.mark.parametrize("place", ["s3://", "memory://one/warc", "ftp://reader:hunter2@ftp.test/warc", ""])
def test_addresses_that_name_no_lasting_place_are_refused(tmp_path: Path, place: str) -> None:
    small_files(tmp_path / "a", 10, 1)
    done = baotinh("move", place, "--collection", tmp_path / "a")
    assert done.returncode == 2 and "hunter2" not in done.stdout + done.stderr
    assert not (tmp_path / "a" / "storage.json").exists()


def test_no_backup_is_made_while_a_place_does_not_answer(tmp_path: Path, store: ObjectStore) -> None:
    held, copy = small_files(tmp_path / "a", 11, 2), store.place("copy")
    before = answers(held)
    back_up(held, tmp_path / "copy")
    back_up_to_store(held, copy)
    move(held, store.place())
    settings = held.root / "storage.json"
    settings.write_text(settings.read_text().replace(store.endpoint, "http://127.0.0.1:9"))
    for target in (tmp_path / "copy", tmp_path / "new"):
        with pytest.raises(PlaceFailed, match="/warc failed"):
            back_up(held, target)
    with pytest.raises(PlaceFailed, match="/warc failed"):
        back_up_to_store(held, copy)
    with pytest.raises(PlaceFailed, match=r"s3://.*/warc failed"):
        move_back(held)
    assert not (tmp_path / "new").exists() and answers(Collection.open(tmp_path / "copy")) == before
