"""Verifying by several processes finds the same; a part of a collection is verified without false findings."""

from __future__ import annotations

import json
import os
import re
import shutil
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import attrs
import pytest
from support.crawling import baotinh
from support.sessions import NOON, article, exchange, nothing, session, write
from support.warc_samples import record, uid, zipped
from support.worker_processes import begun, wait_for_workers, with_killed_worker

from archive.checking.collection import verify
from archive.checking.extent import Extent
from archive.checking.files import verify_paths
from archive.checking.verification import Disagreement
from archive.collection import Collection
from archive.projections import cdxj_files
from archive.projections.json_lines import RunLines
from archive.warc.check.findings import Departure

FILES = 7


def build(root: Path) -> Collection:
    """Seven files of seven runs, each with an article; from the second on a revisit of a page in the first."""
    for number in range(1, FILES + 1):
        at = NOON + timedelta(hours=number)
        writing = session(root, clock=lambda at=at: at)  # runs of one second would not be in the order of their names
        lines = RunLines(writing.collection, writing.run_id, writing.run_name)
        url = f"http://baocantho.test/b-a{number + 1}.html"
        write(writing, exchange(began_at=at))  # the same bytes: a revisit but the first time
        held = write(writing, exchange(url, os.urandom(200), began_at=at))
        released = attrs.evolve(article(held), article_id=str(number + 1), url=url, captured_at=at)
        writing.release(released).result(60)
        lines.finish()
        writing.close("finished", nothing)
    collection = Collection.open(root)
    with collection.catalog() as catalog:
        cdxj_files.write_all(collection, catalog)
    return collection


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    return build(tmp_path_factory.mktemp("collection") / "built")


@pytest.fixture
def collection(built: Collection, tmp_path: Path) -> Collection:
    shutil.copytree(built.root, tmp_path / "copy")
    return Collection.open(tmp_path / "copy")


def warcs(collection: Collection) -> list[Path]:
    with collection.catalog() as catalog:
        return [collection.warc_file(file.name).path for file in catalog.warc_files()]


def change(collection: Collection, statement: str) -> None:
    with collection.catalog(writable=True) as catalog:
        catalog.connection.execute("PRAGMA foreign_keys = OFF")
        catalog.connection.execute(statement)


def flip(path: Path, at: int = -60) -> None:
    octets = bytearray(path.read_bytes())
    octets[at] ^= 0xFF
    path.write_bytes(octets)


def harm(collection: Collection) -> None:
    """Damage, breaches and disagreements of every kind that a check of a collection has."""
    first, second, third, fourth, fifth, *_ = warcs(collection)
    flip(second)
    fourth.write_bytes(fourth.read_bytes()[:-30])
    fifth.write_bytes(fifth.read_bytes() + third.read_bytes())  # ids that were given already
    indexes = sorted(collection.cdxj.iterdir())
    indexes[0].write_bytes(b"nonsense\n" + indexes[0].read_bytes().replace(b'"offset": "', b'"offset": "1'))
    indexes[5].unlink()
    lines = sorted(collection.jsonl.iterdir())
    lines[3].write_bytes(lines[3].read_bytes().replace(b"Tin", b"Tim"))
    lines[4].unlink()
    change(collection, "UPDATE captures SET refers_to = 'urn:x:1', url = 'http://a.test/' WHERE id = 5")
    change(
        collection,
        "UPDATE versions SET line = packed_line(replace(unpacked_line(line), 'offset', 'offsets')) WHERE seq = 3",
    )
    change(collection, "DELETE FROM captures WHERE id = 1")
    change(collection, f"UPDATE warc_files SET committed = {fifth.stat().st_size} WHERE name = '{fifth.name}'")
    (collection.warc / "other.warc.gz").write_bytes(b"")
    first.touch()


def test_several_processes_find_the_same_in_the_same_order(collection: Collection) -> None:
    assert verify(collection, processes=3) == verify(collection, processes=1)
    assert not verify(collection, processes=2).findings
    harm(collection)
    alone, together = verify(collection, processes=1), verify(collection, processes=3)
    assert len({finding.fault.code for finding in alone.findings}) > 8
    assert {Departure.SAME_ID_COPY, Departure.REFERS_TO_ABSENT} & {one.fault.code for one in alone.findings}
    assert together == alone
    printed = [baotinh("verify", "--collection", collection.root, "--processes", count) for count in (1, 2)]
    assert printed[0].returncode == printed[1].returncode == 1
    assert printed[0].stdout == printed[1].stdout
    printed = [baotinh("verify", "--collection", collection.root, "--json", "--processes", n) for n in (1, 4)]
    assert printed[0].stdout == printed[1].stdout


def test_several_processes_find_the_same_in_files(collection: Collection, tmp_path: Path) -> None:
    harm(collection)
    segments = [
        record("response", 1, b"HTTP/1.1 200 OK\r\n\r\nab", [("WARC-Segment-Number", "1")]),
        record("continuation", 2, b"cd", [("WARC-Segment-Number", "2"), ("WARC-Segment-Origin-ID", uid(1)),
                                         ("WARC-Segment-Total-Length", "23")]),
    ]  # fmt: skip
    parts = []
    for number, part in enumerate(segments):
        parts.append(tmp_path / f"{number}.warc.gz")
        parts[-1].write_bytes(zipped([part]))
    paths = [*warcs(collection), *parts]
    assert verify_paths(paths, processes=3) == verify_paths(paths, processes=1)


@pytest.fixture
def stalled(collection: Collection) -> Iterator[Collection]:
    """A collection one file of which is a pipe that nobody writes to, so that its check does not end."""
    path = warcs(collection)[3]
    path.unlink()
    os.mkfifo(path)
    yield collection
    path.unlink()


def test_a_worker_that_is_killed_is_an_error_and_no_verdict(collection: Collection, tmp_path: Path) -> None:
    done = with_killed_worker("verify", collection.root, tmp_path / "killing", warcs(collection)[3].name)
    assert (done.returncode, done.stdout) == (1, "")
    assert "was killed by SIGKILL before its work was done" in done.stderr and "ound" not in done.stderr


def test_workers_end_with_the_process_that_asks(stalled: Collection) -> None:
    with begun("verify", stalled.root) as checking:
        workers = wait_for_workers(checking.pid, 2)
        checking.kill()
        checking.communicate(timeout=60)
    os.close(os.open(warcs(stalled)[3], os.O_RDWR))  # whoever waits for the pipe goes on
    deadline = time.monotonic() + 60
    while any(Path(f"/proc/{worker}").exists() for worker in workers) and time.monotonic() < deadline:
        os.close(os.open(warcs(stalled)[3], os.O_RDWR))
        time.sleep(0.01)
    assert not any(Path(f"/proc/{worker}").exists() for worker in workers)


# a part of a collection


@pytest.mark.parametrize("processes", [1, 2])
def test_no_sample_of_a_sound_collection_has_findings(collection: Collection, processes: int) -> None:
    seen = set()
    for seed in range(12 if processes == 1 else 2):
        said = verify(collection, Extent(sample="20", seed=seed), processes=processes)
        assert said.part is not None and not said.findings
        assert (said.files, said.part.files) == (2, (2, FILES))
        assert said.versions == said.part.versions == FILES  # one block
        seen.add(said.captures)
        assert verify(collection, Extent(sample="20", seed=seed), processes=processes) == said
    everything = verify(collection, Extent(sample="100", seed=1))
    assert (everything.files, everything.records) == (FILES, verify(collection).records)
    assert Extent(sample="30", seed=1).drawn("abcdefghij") == Extent(sample="30", seed=1).drawn("jihgfedcba")
    assert len({frozenset(Extent(sample="30", seed=seed).drawn("abcdefghij")) for seed in range(20)}) > 10


def test_a_sample_finds_what_is_wrong_in_it_and_what_no_reading_needs(collection: Collection) -> None:
    names = [path.name for path in warcs(collection)]
    read = {name: next(n for n in range(99) if name in Extent(sample="1", seed=n).drawn(names)) for name in names}
    first, second, third, *_ = warcs(collection)
    flip(first)
    assert verify(collection, Extent(sample="1", seed=read[first.name])).findings
    assert not verify(collection, Extent(sample="1", seed=read[second.name])).findings
    third.unlink()
    second.write_bytes(second.read_bytes() + b"more")
    codes = [one.fault.code for one in verify(collection, Extent(sample="1", seed=read[first.name])).findings]
    assert {Disagreement.UNREADABLE, Disagreement.LONGER} <= set(codes)
    (collection.warc / "other.warc.gz").write_bytes(b"")
    (sorted(collection.cdxj.iterdir())[4]).unlink()
    found = verify(collection, Extent(sample="1", seed=read[second.name])).findings
    assert {Disagreement.UNKNOWN_FILE, Disagreement.NO_CDXJ} <= {one.fault.code for one in found}


def test_a_revisit_is_compared_with_an_original_that_was_not_read(collection: Collection) -> None:
    names = [path.name for path in warcs(collection)]
    seed = next(seed for seed in range(99) if names[2] in Extent(sample="1", seed=seed).drawn(names))
    assert not verify(collection, Extent(sample="1", seed=seed)).findings
    other = "SELECT payload_digest FROM captures WHERE id = 2"
    change(collection, f"UPDATE captures SET payload_digest = ({other}) WHERE id = 1")
    (finding,) = verify(collection, Extent(sample="1", seed=seed)).findings
    assert (finding.file, finding.fault.code) == (names[2], Departure.REVISIT_OF_OTHER)


def test_what_was_written_or_changed_since_an_instant(collection: Collection) -> None:
    time.sleep(0.02)  # file times have the grain of the kernel's clock
    since = datetime.now(UTC)
    time.sleep(0.02)
    nothing_new = verify(collection, Extent(since=since))
    assert not nothing_new.findings and (nothing_new.files, nothing_new.versions) == (0, 0)
    path = warcs(collection)[4]
    stamps = path.stat()
    flip(path)
    os.utime(path, ns=(stamps.st_atime_ns, stamps.st_mtime_ns))  # as a disk fault or a copy leaves it
    said = verify(collection, Extent(since=since))
    assert said.files == 1 and {finding.file for finding in said.findings} == {path.name}
    lines = sorted(collection.jsonl.iterdir())[2]
    lines.write_bytes(b"")
    said = verify(collection, Extent(since=since), processes=2)
    assert {finding.file for finding in said.findings} == {path.name, lines.name}
    (sorted(collection.jsonl.iterdir())[5]).unlink()
    said = verify(collection, Extent(since=since))
    assert said.part is not None and said.part.lines == (1, FILES)  # what is not there cannot be read, and is found
    assert Disagreement.LINES_ABSENT in {finding.fault.code for finding in said.findings}
    writing = session(collection.root)
    writing.close("finished", nothing)
    both = verify(collection, Extent(since=since, sample="50", seed=1))
    assert both.part is not None and both.files > 1 and both.versions == FILES


def test_the_command_says_what_was_checked_and_what_was_not(collection: Collection) -> None:
    shown = baotinh("verify", "--collection", collection.root, "--sample", "20%").stdout
    seed = re.search(r"--seed (\d+)", shown)
    assert seed and "2 of 7 files (" in shown and "Not checked: the other 5 files" in shown
    assert shown.splitlines()[-1].startswith("Sound as far as checked: 2 files")
    again = baotinh("verify", "--collection", collection.root, "--sample", "20%", "--seed", seed[1])
    assert (again.returncode, again.stdout) == (0, shown)
    said = json.loads(
        baotinh("verify", "--collection", collection.root, "--sample", "20%", "--seed", 3, "--json").stdout
    )
    assert (said["sample"], said["seed"], said["since"]) == ("20%", 3, None)
    assert said["checked"]["files"] == {"read": 2, "of": 7}
    since = baotinh("verify", "--collection", collection.root, "--since", "1d").stdout
    assert "7 of 7 files" in since and "changed since" in since
    assert baotinh("verify", "--collection", collection.root, "--since", "2999-01-01").stdout.count("0 of 7") == 3


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("--sample", "1"), "no percentage"),
        (("--sample", "0%"), "no percentage"),
        (("--sample", "101%"), "no percentage"),
        (("--seed", "1"), "--seed is for --sample"),
        (("--since", "yesterday"), "neither a span"),
        (("--processes", "0"), "greater than or equal to 1"),
    ],
)
def test_options_that_cannot_be_read(collection: Collection, options: tuple[str, str], why: str) -> None:
    done = baotinh("verify", "--collection", collection.root, *options)
    assert done.returncode == 2 and why in done.stderr and not done.stdout


def test_a_part_of_a_file_cannot_be_asked_for(collection: Collection) -> None:
    done = baotinh("verify", warcs(collection)[0], "--sample", "1%")
    assert done.returncode == 2 and "are for collections" in done.stderr
