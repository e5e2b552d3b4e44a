"""Small WARC files joined to large ones: the same records, the same answers, and at each killed step a sound whole."""

from __future__ import annotations

import gzip
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest
from support.crashing import kill_at_each_step
from support.crawling import baotinh
from support.ranged_zip import blocks_of, opened
from support.sessions import NOON, article, exchange, nothing, session, write
from support.several_runs import answers, crawled, records, small_files

from archive.article import Image
from archive.backup.folder import back_up
from archive.catalog import WarcFile
from archive.catalog.former_files import former_files
from archive.checking.collection import verify
from archive.collection import Collection
from archive.compaction.plan import groups
from archive.compaction.whole import Compacted, compact
from archive.errors import CollectionBusy
from archive.merge import merge
from archive.originals import read_capture
from archive.projections.json_lines import RunLines
from archive.rebuild.whole import rebuild
from archive.replay.viewer_editions import ViewerEditions
from archive.replay.wacz import Editions


def names(collection: Collection) -> list[str]:
    return sorted(path.name for path in collection.warc.iterdir())


@pytest.mark.parametrize("seed", range(3))
def test_all_is_the_same_but_for_the_files(tmp_path: Path, seed: int) -> None:
    held = small_files(tmp_path / "a", seed, 6)
    before, said, files = records(held), answers(held), len(names(held))
    done = compact(held)
    assert len(names(held)) == 1 < files == sum(len(one.files) for one in done.joined)
    assert records(held) == before and answers(held) == said
    assert verify(held).findings == []
    assert len(list(held.cdxj.iterdir())) == 1
    assert compact(held) == Compacted()


def test_rebuilt_from_the_joined_file_it_is_the_same(tmp_path: Path) -> None:
    held = small_files(tmp_path / "a", 7, 5)
    compact(held)
    crawled(held.root, 9, [(1, "chín"), (2, "mười")])
    compact(held)  # a joined file with a small one
    assert len(names(held)) == 1
    before, places = answers(held), former(held)
    made = rebuild(held.root)
    assert not made.left_out and not made.changed_lines
    of_crawls = {"addresses": None, "held": None}  # which these runs do not enter, and a rebuild does
    assert answers(held) | of_crawls == before | of_crawls
    assert former(held) <= places and len(former(held)) == len(places) - 1  # but for the first joined file
    assert verify(held).findings == []


def former(collection: Collection) -> set[tuple[Any, ...]]:
    with collection.catalog() as catalog:
        return {(one.name, one.run_id, one.file, one.offset, one.length) for one in former_files(catalog.connection)}


def test_killed_at_any_step_it_is_sound_and_the_next_one_ends_it(tmp_path: Path) -> None:
    source = tmp_path / "source"
    small_files(source / "a", 1, 3)
    before, said = records(Collection.open(source / "a")), answers(Collection.open(source / "a"))
    imports = "from archive.collection import Collection\nfrom archive.compaction.whole import compact"
    roots = kill_at_each_step(source, tmp_path / "work", imports, "compact(Collection.open(root / 'a'))")
    assert len(roots) > 10
    for number, root in enumerate(roots):
        held = Collection.open(root / "a")
        assert [one for one in verify(held).findings if one.severity != "warning"] == []
        if number % 2:  # a catalog made anew of what was left is as good
            assert not rebuild(held.root).left_out
            assert [one for one in verify(held).findings if one.severity != "warning"] == []
        compact(held)
        now = answers(held)
        assert records(held) == before and len(names(held)) == 1
        assert {key: now[key] for key in ("bodies", "cdxj", "lines", "last")} == {
            key: said[key] for key in ("bodies", "cdxj", "lines", "last")
        }
        assert verify(held).findings == []


def test_a_backup_and_a_merge_follow(tmp_path: Path) -> None:
    held = small_files(tmp_path / "a", 2, 4)
    copy, both = Collection(tmp_path / "copy"), Collection(tmp_path / "both")
    back_up(held, copy.root)
    merge(both.root, [held])
    compact(held)
    said = answers(held)
    for hours in (None, 8):  # a second time with a joined file among the former ones, also after a rebuild
        if hours:
            crawled(held.root, hours, [(1, "tám")])
            compact(held)
            rebuild(held.root)
            said = answers(held)
        assert back_up(held, copy.root).wrong == []
        assert merge(both.root, [held]).copied == 1
        for other in (copy, both):
            assert names(other) == names(held) and verify(other).findings == []
            assert answers(other)["bodies"] == said["bodies"]
        assert back_up(held, copy.root).bytes_copied == 0
    source = crawled(tmp_path / "source", 20, [(1, "hai mươi")])
    merge(both.root, [source])
    compact(both)
    assert merge(both.root, [source]).copied == 0 and verify(both).findings == []


def test_readers_that_began_before_go_on(tmp_path: Path) -> None:
    held = small_files(tmp_path / "a", 3, 5)
    editions, downloads = ViewerEditions(held), Editions(held)
    viewer, download = editions.current(), downloads.current()
    first, second = opened(viewer), opened(download)
    before = {name: first.read(name) for name in first.namelist() if name.startswith("archive/")}
    with held.catalog() as catalog:
        captures = list(catalog.every_capture())
    told = [read_capture(held, capture).block for capture in captures]
    compact(held)
    crawled(held.root, 8, [(1, "tám")])
    compact(held)
    assert [read_capture(held, capture).block for capture in captures] == told
    assert {name: first.read(name) for name in before} == {name: second.read(name) for name in before} == before
    # one that another process makes for the same viewer, whose lines name what its directory lists
    again = ViewerEditions(held).edition(viewer.etag)
    assert again is not None and again.etag == viewer.etag
    with opened(again) as archive:
        for line in (line for block in blocks_of(archive) for line in block):
            place = json.loads(line.split(" ", 2)[2])
            assert place["filename"] in {name.removeprefix("archive/") for name in before}
            offset, length = int(place["offset"]), int(place["length"])
            member = archive.read(f"archive/{place['filename']}")[offset : offset + length]
            assert f"WARC-Target-URI: {place['url']}".encode() in gzip.decompress(member)
    now = editions.current()
    assert now.etag != viewer.etag
    with opened(now) as archive:
        assert [name for name in archive.namelist() if name.startswith("archive/BAOTINH")] == [
            f"archive/{name}" for name in names(held)
        ]


def test_what_goes_on_is_left_alone(tmp_path: Path) -> None:
    held = small_files(tmp_path / "a", 4, 3)
    with held.catalog() as catalog:
        picture = next(catalog.every_capture()).reference()
    writing = session(held.root, clock=lambda: NOON + timedelta(hours=9))
    capture = write(writing, exchange("http://baocantho.test/a-a90.html", b"<p>chin"))
    before = names(held)
    made = attrs.evolve(article(capture, "chín"), url="http://baocantho.test/a-a90.html", article_id="90")
    shown = (Image(url="http://baocantho.test/p.png", capture=picture),)
    writing.release(attrs.evolve(made, images=shown)).result(60)
    done = compact(held)
    assert done.in_use and not done.joined and names(held) == before
    writing.close("finished", nothing)
    RunLines(held, writing.run_id, writing.run_name).finish()
    assert len(compact(held).joined) == 1 and len(names(held)) == 1 and verify(held).findings == []


def test_an_article_that_is_released_later_names_the_present_place(tmp_path: Path) -> None:
    held = small_files(tmp_path / "a", 5, 3)
    with held.catalog() as catalog:
        picture = next(catalog.every_capture()).reference()
    compact(held)
    crawled(held.root, 9, [(91, "sau")], picture)
    assert verify(held).findings == []


def test_damaged_and_imported_files_are_left_alone(tmp_path: Path) -> None:
    held = small_files(tmp_path / "a", 6, 5)
    hurt = sorted(held.warc.iterdir())[1]
    octets = bytearray(hurt.read_bytes())
    octets[-20] ^= 1
    hurt.write_bytes(octets)
    with held.catalog(writable=True) as catalog, catalog.transaction() as connection:
        imported = names(held)[-1]
        connection.execute("UPDATE warc_files SET origin = 'imported' WHERE name = ?", (imported,))
    done = compact(held)
    assert done.damaged == [hurt.name] and hurt.read_bytes() == octets
    assert len(names(held)) == 3 and {hurt.name, imported} < set(names(held))


def test_who_needs_every_record_in_its_place_is_not_disturbed(tmp_path: Path) -> None:
    held = small_files(tmp_path / "a", 8, 3)
    with held.keep_places(), held.keep_places(), pytest.raises(CollectionBusy):
        compact(held)
    with held.move_places(), pytest.raises(CollectionBusy):
        rebuild(held.root)
    with held.lock("baocantho"):
        assert len(compact(held).joined) == 1


def test_each_byte_is_written_again_a_few_times_only() -> None:
    largest, files, written = 64_000, [], 0
    for number in range(2_000):
        files.append(WarcFile(number, f"{number:06}", "a", 1, "written", "closed", 300 + number % 7, 0, None))
        if number % 24 == 23:
            while made := groups([file for file in files if file.committed < largest], largest):
                joined = sum(file.committed for file in made[0])
                written += joined
                place = files.index(made[0][0])
                files[place : place + len(made[0])] = [attrs.evolve(made[0][0], committed=joined)]
    total = sum(file.committed for file in files)
    assert max(file.committed for file in files) <= largest
    assert len(files) < 3 * total / largest + 10 and written < 8 * total


def test_by_the_command(tmp_path: Path) -> None:
    held = small_files(tmp_path / "a", 9, 3)
    before = names(held)
    done = baotinh("compact", "--dry-run", "--collection", held.root)
    assert done.returncode == 0 and f"Would join {len(before)} files" in done.stdout and names(held) == before
    done = baotinh("compact", "--newspaper", "baobacninh", "--collection", held.root)
    assert done.returncode == 2 and "baobacninh" in done.stderr and names(held) == before
    done = baotinh("compact", "--collection", held.root)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"Joined {len(before)} files" in done.stdout and names(held)[0] in done.stdout


def test_a_backup_that_is_killed_after_a_compaction_leaves_the_earlier_one(tmp_path: Path) -> None:
    source = tmp_path / "source"
    held = small_files(source / "a", 10, 3)
    back_up(held, source / "copy")
    compact(held)
    said = answers(held)
    imports = "from archive.collection import Collection\nfrom archive.backup.folder import back_up"
    call = "back_up(Collection(root / 'a'), root / 'copy')"
    # it notes the path of the collection, which differs in each folder
    roots = kill_at_each_step(source, tmp_path / "work", imports, call)
    assert len(roots) > 10
    for root in roots:
        copy = Collection.open(root / "copy")
        found = [one for one in verify(copy).findings if one.severity != "warning"]
        assert {str(one.fault.code) for one in found} <= {"unknown_file"}
        assert back_up(Collection(root / "a"), copy.root).wrong == []
        assert verify(copy).findings == [] and names(copy) == names(held)
        assert answers(copy)["bodies"] == said["bodies"]
