"""Large exports: memory and temporary files that do not grow with them, and ends that leave no half file."""

from __future__ import annotations

import os
import random
import resource
import signal
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

import attrs
import pytest
from support.collection_builder import CollectionBuilder, make_article
from support.crawling import NO_CONFIGURATION
from support.exported import OpenedWacz, exported, saved
from support.self_killing import killed_at
from support.verified_files import found

from archive.collection import Collection
from archive.search.indexing.index import follow

MIB = 1 << 20
FILES, EACH = 16, 16  # files of the collection, and captures of 1 MiB in each


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    builder, chance = CollectionBuilder(tmp_path_factory.mktemp("large") / "collection"), random.Random(7)
    for file in range(FILES):
        for number in range(EACH):
            name, octets = f"lon-{file}.warc.gz", chance.randbytes(MIB)
            article = make_article(100 * file + number, title=f"Bài {file}-{number}")
            ref = builder.capture(article.url, b"<p>" + octets, file=name)
            builder.release(attrs.evolve(article, capture=ref, captured_at=builder.instant))
    follow(builder.collection)
    return builder.close()


def export(
    collection: Collection,
    *options: object,
    limit: int | None = None,
    environment: Mapping[str, str] = os.environ,
    **streams: int,
) -> subprocess.Popen[bytes]:
    """The command in a process of its own; no file that it writes may be longer than `limit` bytes."""

    def confine() -> None:
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    command = [sys.executable, "-m", "baotinh", "export", *options, "--format", "wacz", "--collection", collection.root]
    known = {**environment, "XDG_CONFIG_HOME": NO_CONFIGURATION}
    return subprocess.Popen([str(one) for one in command], env=known, preexec_fn=confine, **streams)


def peak(collection: Collection, *options: object, size: int) -> int:
    """The largest memory that a streamed export took, in bytes; `size`: what it must give at least."""
    process = export(collection, *options, limit=4 * MIB, stdout=subprocess.PIPE)
    assert process.stdout is not None
    given = 0
    while piece := process.stdout.read(MIB):
        given += len(piece)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0 and given >= size
    return used.ru_maxrss * 1024


def test_memory_and_temporary_files_stay_small(large: Collection) -> None:
    """No file may grow beyond 4 MiB, while the export is 256 times 1 MiB."""
    few = peak(large, "--newspaper", "baocantho", "--from", "2026-09-01", "--to", "2026-09-01", size=MIB)
    assert peak(large, size=FILES * EACH * MIB) < few + 64 * MIB


def test_a_killed_export_leaves_what_was_there(large: Collection, tmp_path: Path) -> None:
    output, part = tmp_path / "whole.wacz", tmp_path / "whole.wacz.part"
    output.write_bytes(b"before")
    environment = killed_at(tmp_path / "killing", "baotinh", "open", "lon-8.warc.gz")
    assert export(large, "--output", output, environment=environment).wait(240) == -signal.SIGKILL
    assert part.stat().st_size > 8 * MIB and output.read_bytes() == b"before"
    assert export(large, "--output", output).wait(240) == 0
    assert not part.exists()
    assert zipfile.ZipFile(output).testzip() is None


def test_a_disk_without_room_leaves_what_was_there(large: Collection, tmp_path: Path) -> None:
    output = tmp_path / "whole.wacz"
    output.write_bytes(b"before")
    process = export(large, "--output", output, limit=20 * MIB, stderr=subprocess.PIPE)
    said = process.communicate(timeout=240)[1].decode()
    assert process.returncode == 1 and "Traceback" not in said
    assert str(output) in said and "cannot be written" in said
    assert [path.name for path in tmp_path.iterdir()] == ["whole.wacz"]
    assert output.read_bytes() == b"before"


def test_standard_output_without_room_is_an_error(large: Collection) -> None:
    with Path("/dev/full").open("wb") as full:
        process = export(large, stdout=full.fileno(), stderr=subprocess.PIPE)
        said = process.communicate(timeout=240)[1].decode()
    assert process.returncode == 1 and "Traceback" not in said


def test_archives_are_divided(large: Collection, tmp_path: Path) -> None:
    octets, taken = exported(large, rotate_bytes=50 * MIB)
    assert len(OpenedWacz(octets).archives) == 6
    assert taken.captures == FILES * EACH
    rules = {one.rule for one in found(saved(tmp_path, octets)) if one.severity == "damage"}
    assert rules == set()
