"""What was promised is there after a power cut at any instant: calls to the system recorded, the disk lost by a model.

Every state is that after a sync or a change of names: with nothing of what was not synced, and with some of it.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest
from lost_disk import STRACE, Call, Disk, calls
from recorded import session

from archive.backup.folder import back_up
from archive.checking.collection import verify
from archive.collection import Collection
from archive.warc.digests import digest
from archive.warc.reader import read_record

Recording = tuple[Path, list[Call]]


def record(folder: Path, story: str) -> Recording:
    """A story of the recorded script: the collection's root, and what was called."""
    why_not = None
    if not shutil.which("strace"):
        why_not = "strace is not installed"
    elif subprocess.run(["strace", "true"], capture_output=True, check=False).returncode:
        why_not = "strace may not look at processes here"
    if why_not:
        if os.environ.get("TEST_PARTS") == "required":
            pytest.fail(why_not)
        pytest.skip(why_not)
    script, tests = Path(__file__).with_name("recorded.py"), Path(__file__).parents[2]
    subprocess.run(
        [*STRACE, "-o", folder / "trace", sys.executable, script, folder / "collection", story],
        stdout=(folder / "said").open("wb"),
        timeout=600,
        check=True,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(tests)},
    )
    return folder / "collection", list(calls(folder / "trace"))


@pytest.fixture(scope="module")
def three_runs(real_disk: Path) -> Recording:
    folder = real_disk / "runs"
    folder.mkdir()
    return record(folder.resolve(), "three_runs")


@pytest.fixture(scope="module")
def whole_files(real_disk: Path) -> Recording:
    folder = real_disk / "files"
    folder.mkdir()
    return record(folder.resolve(), "whole_files")


@pytest.fixture
def scratch() -> Iterator[Path]:
    """A folder for disks that are left, in memory where that can be: hundreds are laid out."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as folder:
        yield Path(folder)


class PromiseBroken(Exception):
    """Something that was promised is not in what is left."""


@attrs.define
class Promises:
    """What the script said that it keeps, and how often the disk was lost meanwhile."""

    losses: int = 0
    kept: list[dict[str, Any]] = attrs.field(factory=list)

    def hear(self, call: Call) -> bool:
        """Take what was said, if the call says something."""
        if call.name == "write" and call.descriptor[0] == 1:
            self.kept.append(json.loads(call.strings[0]))
            return True
        return False

    def check(self, root: Path) -> None:
        """Begin and end a run in what is left, and look for all of it, in the collection and in its backup."""
        session(root).close("finished", lambda: ({}, {}))
        collection = Collection.open(root)
        assert verify(collection).findings == []
        folders = (collection.warc, collection.jsonl, collection.reports)
        left = [path for folder in folders for path in folder.iterdir() if path.suffix in (".open", ".part")]
        assert left == []
        look_for(self.kept, collection)
        backups = [number for number, promise in enumerate(self.kept) if "backup" in promise]
        if backups:
            copy = Collection.open(root.with_name(self.kept[backups[-1]]["backup"]))
            look_for(self.kept[: backups[-1]], copy)
            back_up(collection, copy.root)  # the one that was cut short, or another
            assert verify(copy).findings == []
            look_for(self.kept, copy)


def look_for(promises: list[dict[str, Any]], collection: Collection) -> None:
    """Each promise is kept by the collection."""
    with collection.catalog() as catalog:
        outcomes = {run.name: run.outcome for run in catalog.runs()}
        articles = catalog.article_ids()
        for promise in promises:
            if "article" in promise:
                assert promise["article"] in articles
            elif "run" in promise:
                assert outcomes[promise["run"]] == "finished"
                assert json.loads((collection.reports / f"{promise['run']}.json").read_text("utf-8"))
            elif "record_id" in promise:
                capture = catalog.capture(promise["record_id"])
                assert capture is not None and capture.payload_digest == promise["digest"]
                record = read_record(collection.warc_file(capture.file).path, capture.offset, capture.length)
                assert (record.record_id, record.url) == (promise["record_id"], promise["url"])
                assert record.header("WARC-Payload-Digest") == promise["digest"]
                if record.type == "response":
                    assert digest(record.block.partition(b"\r\n\r\n")[2]) == promise["digest"]


def lose_at_every_instant(root: Path, called: list[Call], scratch: Path, dice: random.Random | None) -> Promises:
    """Lose the disk after every sync, every change of names and every word said, and at some instants between."""
    disk, promises, sample = Disk(root), Promises(), random.Random(7)
    for number, call in enumerate(called):
        said = promises.hear(call)
        if not said and not disk.do(call) and (not disk.above.now or sample.random() > 0.05):
            continue
        if dice is None and not said and call.name not in ("fsync", "fdatasync"):
            continue  # nothing more is on the disk for sure than before
        left = scratch / f"lost-{number}"
        disk.leave(left, dice)
        try:
            promises.check(left / root.name)
        except Exception as error:
            raise PromiseBroken(f"the disk lost after call {number}: {call.name}({call.arguments[:200]})") from error
        shutil.rmtree(left)
        promises.losses += 1
    return promises


@pytest.mark.parametrize("seed", [None, 1])
def test_nothing_promised_is_lost_with_the_disk(three_runs: Recording, scratch: Path, seed: int | None) -> None:
    """With nothing of what was not synced, and with some of it, chosen by dice."""
    root, called = three_runs
    promises = lose_at_every_instant(root, called, scratch, random.Random(seed) if seed is not None else None)
    assert len(promises.kept) == 22 + 15 + 2 and promises.losses > 120


@pytest.mark.parametrize("seed", [None, 1])
def test_what_is_taken_in_backed_up_and_rebuilt_is_not_lost(
    whole_files: Recording, scratch: Path, seed: int | None
) -> None:
    """And at no instant is anything half there that the next start does not bring in order."""
    root, called = whole_files
    promises = lose_at_every_instant(root, called, scratch, random.Random(seed) if seed is not None else None)
    assert len(promises.kept) == 3 + 2 + 3 + 3 + 2 + 3 + 2 and promises.losses > 100


def of_a_file(call: Call) -> bool:
    return call.name == "fsync" and call.descriptor[1] is not None and call.descriptor[1].suffix == ".open"


def of_a_folder(call: Call) -> bool:
    return call.name == "fsync" and call.descriptor[1] is not None and call.descriptor[1].name == "warc"


def of_the_catalog(call: Call) -> bool:
    return call.name == "fdatasync"


@pytest.mark.parametrize("left_out", [of_a_file, of_a_folder, of_the_catalog])
def test_a_sync_that_is_left_out_is_noticed(
    three_runs: Recording, scratch: Path, left_out: Callable[[Call], bool]
) -> None:
    root, called = three_runs
    with pytest.raises(PromiseBroken):
        lose_at_every_instant(root, [call for call in called if not left_out(call)], scratch, None)


def is_of_the_part(call: Call) -> bool:
    path = call.descriptor[1] if call.name == "fsync" else None
    return path is not None and path.name.startswith("importing-")


@pytest.mark.parametrize("left_out", [is_of_the_part, of_a_folder])
def test_a_sync_that_a_take_in_leaves_out_is_noticed(
    whole_files: Recording, scratch: Path, left_out: Callable[[Call], bool]
) -> None:
    root, called = whole_files
    steps = [number for number, call in enumerate(called) if any(b"importing-" in text for text in call.strings)]
    first, last = steps[0], steps[-1]  # it is opened, and removed
    less = [call for call in called[first:last] if not left_out(call)]
    assert len(less) < last - first
    with pytest.raises(PromiseBroken):
        lose_at_every_instant(root, [*called[:first], *less, *called[last:]], scratch, None)
