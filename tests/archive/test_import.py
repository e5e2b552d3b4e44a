"""An imported archive is there as a whole or not at all, whenever it is killed, and nobody else's file is touched."""

from __future__ import annotations

import errno
import gzip
import json
import shutil
from pathlib import Path

import attrs
import pytest
from support.crashing import kill_at_each_step
from support.foreign import foreign, page
from support.sessions import CARD, exchange, nothing, session, write

import archive.ingest.import_archive
from archive.checking.collection import verify
from archive.collection import Collection
from archive.errors import ArchiveDamaged
from archive.rebuild.whole import rebuild

BEGIN = 'writing = session(root / "collection"); writing.import_archive(root / "kho.warc.gz"); '
TAKE_IN = BEGIN + 'writing.close("finished", nothing)'
IMPORTS = 'sys.path[:0] = ["tests"]; from support.sessions import nothing, session'
# Put into warc/ by hand, for whatever reason; all but the last bear names that a file of ours might have.
BY_HAND = (
    "kho.warc.gz.open",
    "kho.warc.gz.part",
    "BAOTINH-baocantho-20200101000000-00000.warc.gz.open",
    "BAOTINH-baocantho-20200101000000-00001.warc.gz.part",
    "taking-in-baolaocai.part",
    "importing-baolaocai.part",
    "tay.open",
)


def archived(path: Path, count: int = 3) -> Path:
    return foreign(path, map(page, range(count)))


def imported(root: Path, path: Path) -> None:
    writing = session(root)
    writing.import_archive(path)
    writing.close("finished", nothing)


def outcomes(root: Path) -> list[str | None]:
    with Collection.open(root).catalog() as catalog:
        return [run.outcome for run in catalog.runs()]


def test_killed_at_any_step_it_is_whole_or_not_there_and_the_next_start_removes_what_is_left(tmp_path: Path) -> None:
    source = tmp_path / "source"
    writing = session(source / "collection")
    held = write(writing, exchange())
    writing.close("finished", nothing)
    octets = archived(source / "kho.warc.gz").read_bytes()
    by_hand = {name: name.encode() * 100 for name in BY_HAND}
    for name, kept in by_hand.items():
        (source / "collection" / "warc" / name).write_bytes(kept)
    roots = kill_at_each_step(source, tmp_path / "work", IMPORTS, TAKE_IN)
    assert len(roots) > 8
    seen, left = set(), 0
    for root in roots:
        folder = root / "collection"
        collection = Collection.open(folder)
        assert {finding.severity for finding in verify(collection).findings} <= {"warning"}, root
        left += (collection.warc / "importing-baocantho.part").exists()
        with collection.catalog() as catalog:
            entered = [file for file in catalog.warc_files() if file.origin == "imported"]
        seen.add(len(entered))
        for file in entered:
            assert (collection.warc / file.name).read_bytes() == octets
        session(folder).close("finished", nothing)
        ours = {path.name for path in collection.warc.iterdir()} - set(BY_HAND)
        assert ours == {held.file, *(file.name for file in entered)}, root
        assert not list((folder / "reports").glob("*.part")) and None not in outcomes(folder)
        imported(folder, root / "kho.warc.gz")
        imported(folder, root / "kho.warc.gz")
        with collection.catalog() as catalog:
            assert catalog.count_captures() == 4
            names = {file.name for file in catalog.warc_files()}
        assert {path.name for path in collection.warc.iterdir()} == names | set(BY_HAND) and len(names) == 2
        assert {name: (collection.warc / name).read_bytes() for name in BY_HAND} == by_hand
    assert seen == {0, 1} and left >= 3


def test_what_a_killed_import_of_an_older_version_left_is_removed(tmp_path: Path) -> None:
    session(tmp_path).close("finished", nothing)
    collection = Collection.open(tmp_path)
    part = collection.warc / "taking-in-baocantho.part"
    part.write_bytes(b"half of it")
    (collection.warc / "kho.warc.gz").hardlink_to(part)
    assert [finding.severity for finding in verify(collection).findings] == ["warning", "warning"]
    session(tmp_path).close("finished", nothing)
    assert list(collection.warc.iterdir()) == []


@pytest.mark.parametrize("is_whole", [False, True])
def test_a_rebuild_enters_what_was_whole_and_removes_the_part(tmp_path: Path, is_whole: bool) -> None:
    roots = kill_at_each_step_of_a_take_in(tmp_path)
    named = [root for root in roots if is_whole == (root / "collection" / "warc" / "kho.warc.gz").exists()]
    root = next(
        root for root in reversed(named) if (root / "collection" / "warc" / "importing-baocantho.part").exists()
    )
    assert rebuild(root / "collection").left_out == []
    collection = Collection.open(root / "collection")
    with collection.catalog() as catalog:
        assert {path.name for path in collection.warc.iterdir()} == {file.name for file in catalog.warc_files()}
        assert catalog.count_captures() == 1 + 3 * is_whole
    assert verify(collection).findings == []


def kill_at_each_step_of_a_take_in(folder: Path) -> list[Path]:
    writing = session(folder / "source" / "collection")
    write(writing, exchange())
    writing.close("finished", nothing)
    archived(folder / "source" / "kho.warc.gz")
    return kill_at_each_step(folder / "source", folder / "work", IMPORTS, TAKE_IN)


def test_two_files_of_one_name_are_both_kept(tmp_path: Path) -> None:
    root = tmp_path / "collection"
    for count in (1, 2, 3):
        (tmp_path / str(count)).mkdir()
        imported(root, archived(tmp_path / str(count) / "kho.warc.gz", count))
    collection = Collection.open(root)
    assert sorted(path.name.rpartition("-")[2] for path in collection.warc.iterdir()) == ["kho.warc.gz"] * 3
    assert sorted(path.read_bytes() for path in collection.warc.iterdir()) == sorted(
        path.read_bytes() for path in tmp_path.glob("[123]/*")
    )
    assert verify(collection).findings == []


def test_a_file_is_not_taken_for_one_that_is_held_by_its_ids_alone(tmp_path: Path) -> None:
    """Some writers number their records anew in each file."""
    root, first, second = tmp_path / "collection", page(1), page(2)
    imported(root, foreign(tmp_path / "a.warc.gz", [first]))
    path = foreign(tmp_path / "b.warc.gz", [attrs.evolve(second, record_id=first.record_id), page(3)])
    writing = session(root)
    found = writing.import_archive(path)
    writing.close("finished", nothing)
    assert found.strangers == 1 and len(list(Collection.open(root).warc.iterdir())) == 2
    with Collection.open(root).catalog() as catalog:
        assert found.find(catalog, page(3).url) is not None and found.find(catalog, second.url) is None
    writing = session(root)
    assert (
        writing.import_archive(foreign(tmp_path / "c.warc.gz", [first, page(4)])).strangers == 0
    )  # a copy, and a new one
    writing.close("finished", nothing)


@pytest.mark.parametrize(("name", "is_packed"), [("download", True), ("download.bin", False), ("KHO.WARC.GZ", True)])
def test_a_file_of_any_name_is_known_again_by_a_rebuild(tmp_path: Path, name: str, is_packed: bool) -> None:
    source = archived(tmp_path / name)
    if not is_packed:
        source.write_bytes(gzip.decompress(source.read_bytes()))
    imported(tmp_path / "collection", source)
    collection = Collection.open(tmp_path / "collection")
    assert verify(collection).findings == []
    for path in collection.root.glob("catalog.sqlite*"):
        path.unlink()
    assert rebuild(collection.root).captures == 3


def test_a_file_that_changes_while_it_is_read_is_not_taken_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, root = archived(tmp_path / "kho.warc.gz"), tmp_path / "collection"
    reading = archive.ingest.import_archive.whole_archive

    def change(path: Path) -> object:
        yield from reading(path)
        path.write_bytes(path.read_bytes() * 2)

    monkeypatch.setattr(archive.ingest.import_archive, "whole_archive", change)
    writing = session(root)
    with pytest.raises(ArchiveDamaged, match="changed while it was read"):
        writing.import_archive(path)
    assert list(writing.collection.warc.iterdir()) == []
    writing.close("failed", nothing)
    with writing.collection.catalog() as catalog:
        assert catalog.warc_files() == []


def test_a_disk_that_knows_no_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    imported(tmp_path / "collection", archived(tmp_path / "kho.warc.gz"))
    collection = Collection.open(tmp_path / "collection")
    assert [path.name for path in collection.warc.iterdir()] == ["kho.warc.gz"]
    assert verify(collection).findings == []


def test_a_run_whose_report_is_written_ended_as_the_report_says(tmp_path: Path) -> None:
    """Killed between the report and the catalog's row: both say the same in the end, and so does a rebuild."""
    source = tmp_path / "source"
    Collection.create(source / "collection")
    roots = kill_at_each_step(
        source,
        tmp_path / "work",
        IMPORTS,
        'session(root / "collection").close("stopped", lambda: ({"requests": 7}, {"reason": "shutdown"}))',
    )
    between = 0
    for root in roots:
        folder = root / "collection"
        before = outcomes(folder)
        reports = list((folder / "reports").glob("*.json"))
        between += bool(reports) and before == [None]
        session(folder).close("finished", nothing)
        assert not list((folder / "reports").glob("*.part"))
        with Collection.open(folder).catalog() as catalog:
            runs = {run.name: run for run in catalog.runs()}
        for path in (folder / "reports").iterdir():
            report, run = json.loads(path.read_text("utf-8")), runs[path.stem]
            assert (report["outcome"], report["counts"]) == (run.outcome, run.counts)
        for path in reports:
            assert (runs[path.stem].outcome, runs[path.stem].counts) == ("stopped", {"requests": 7})
    assert between


def test_an_uncommitted_file_is_removed_if_an_interrupted_run_made_it(tmp_path: Path) -> None:
    """Its name holds the newspaper and the instant at which that run began; another's of the newspaper stays."""
    writing = session(tmp_path)
    assert CARD.newspaper == "baocantho"
    name = writing._writer.current.name  # made, and nothing committed
    writing.fail(OSError("as after a crash"))
    writing._writing.finish()
    writing._held.close()
    warc = tmp_path / "warc"
    other = warc / "BAOTINH-baocantho-20200101000000-00000.warc.gz.open"
    shutil.copy(warc / f"{name}.open", other)
    session(tmp_path).close("finished", nothing)
    assert list(warc.iterdir()) == [other]


def test_an_address_is_found_as_other_crawlers_escape_it(tmp_path: Path) -> None:
    linked = "http://papers.test/tin[1]?a[]={x}|1^"
    escaped = "http://papers.test/tin%5B1%5D?a%5B%5D=%7Bx%7D%7C1%5E"
    path = foreign(tmp_path / "kho.warc.gz", [attrs.evolve(page(1), url=escaped)])
    writing = session(tmp_path / "c")
    taken = writing.import_archive(path)
    with writing.collection.catalog() as catalog:
        for url in (linked, escaped):
            found = taken.find(catalog, url)
            assert found is not None and found[0].url == escaped
        assert taken.find(catalog, "http://papers.test/tin[2]") is None
    writing.close("finished", nothing)
