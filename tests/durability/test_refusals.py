"""A disk that is full, a file that may not grow, a disk that may no longer be written, one that becomes read-only, a
clock that was set back: one clear line, nothing damaged, and the next crawl goes on."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest
from killing import came_to, check_sound, crawl_command, environment, finish, finish_crawl
from recorded import CARD, exchange
from support.crawling import SEED
from support.disks import disk_in_memory
from support.permissions import obey_permissions
from support.stopped_crawls import begin_to_stop, wait_until_stopped
from support.stopped_crawls import captured as captured_so_many

from archive.checking.collection import verify
from archive.collection import Collection
from archive.errors import ClockSetBack, FailureKind
from archive.ingest.session import Session
from archive.revisit_policy import RevisitPolicy
from crawler.newsroom import RunningNewsroom, serve_newsroom


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own, in memory, of 40 MB."""
    # where it is skipped: what a full disk does is seen in the tests of a file that may not grow
    with disk_in_memory(tmp_path / "disk") as folder:
        yield folder


class JournalledDisk:
    """A disk of its own, an ext4 in a file: such as becomes read-only by itself when it meets an error."""

    def __init__(self, image: Path, folder: Path) -> None:
        self.image, self.folder = image, folder

    def mount(self) -> None:
        options = ["-t", "ext4", "-o", "loop,errors=remount-ro"]
        subprocess.run(["mount", *options, self.image, self.folder], check=True, capture_output=True)

    def unmount(self) -> None:
        subprocess.run(["umount", self.folder], check=True, capture_output=True)

    @property
    def trigger(self) -> Path:
        """Writing there makes ext4 believe that it met an error."""
        device = self.folder.stat().st_dev
        name = Path(f"/sys/dev/block/{os.major(device)}:{os.minor(device)}").resolve().name
        return Path("/sys/fs/ext4") / name / "trigger_fs_error"


@pytest.fixture
def journalled(tmp_path: Path) -> Iterator[JournalledDisk]:
    image, folder = tmp_path / "disk.ext4", tmp_path / "disk"
    folder.mkdir()
    image.touch()
    os.truncate(image, 64 << 20)
    found = JournalledDisk(image, folder)
    try:
        subprocess.run(["mkfs.ext4", "-q", "-F", image], check=True, capture_output=True)
        found.mount()
    except (OSError, subprocess.CalledProcessError) as error:
        # that the disk refuses is seen everywhere, by a folder that may no longer be written
        pytest.skip(f"no disk can be mounted here: {error}")
    if not found.trigger.exists():
        found.unmount()
        pytest.skip("this system's ext4 cannot be made to meet an error")
    yield found
    subprocess.run(["umount", "-l", folder], check=True)


def crawl_until(
    newsroom: RunningNewsroom,
    root: Path,
    disturb: Callable[[], None] | None = None,
    exchanges: int = 0,
    preexec_fn: Callable[[], None] | None = None,
    **more: str,
) -> tuple[int, str]:
    """Crawl, and disturb it when so many exchanges are in the catalog; its exit code and what it said to standard
    error."""
    how: dict[str, Any] = {
        "stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "env": environment(**more), "preexec_fn": preexec_fn,
    }  # fmt: skip
    with begin_to_stop(captured_so_many(exchanges), *crawl_command(newsroom, root), **how) as process:
        if disturb is not None:
            wait_until_stopped(process)
            disturb()
            process.send_signal(signal.SIGCONT)
        said = process.communicate(timeout=240)[1]
    return process.returncode, said


def refused(outcome: tuple[int, str], *, names: Path) -> None:
    code, said = outcome
    assert code == 1, said
    assert len(said.splitlines()) == 1 and said.startswith(f"baotinh: {names} cannot be written ("), said


@pytest.fixture(scope="module")
def undisturbed(real_disk: Path) -> dict[str, str]:
    """What a crawl comes to that nothing disturbs."""
    root = real_disk / "undisturbed" / "collection"
    with serve_newsroom(seed=SEED, articles=60) as running:
        finish_crawl(running, root)
    return came_to(root)


def comes_to_the_same(newsroom: RunningNewsroom, root: Path, undisturbed: dict[str, str]) -> None:
    finish_crawl(newsroom, root)
    assert came_to(root) == undisturbed != {}
    check_sound(root)


def captured(root: Path) -> set[str]:
    """The ids of all captures that were committed."""
    with Collection.open(root).catalog() as catalog:
        return {capture.record_id for file in catalog.warc_files() for capture in catalog.every_capture(file=file.name)}


@pytest.mark.parametrize("room", [0, 50_000])
def test_a_disk_that_fills_up(newsroom: RunningNewsroom, disk: Path, undisturbed: dict[str, str], room: int) -> None:
    root, ballast = disk / "collection", disk / "ballast"

    def fill() -> None:
        with ballast.open("wb", buffering=0) as stream, contextlib.suppress(OSError):
            while stream.write(bytes(1 << 20)):
                pass
        os.truncate(ballast, ballast.stat().st_size - room)

    refused(crawl_until(newsroom, root, fill, 10), names=root)
    with Collection.open(root).catalog() as catalog:
        (run,) = catalog.runs()
    assert run.outcome == "failed" and run.failure_kind is FailureKind.UNWRITABLE
    assert run.failure and ("No space left" in run.failure or "disk is full" in run.failure)
    ballast.unlink()
    assert verify(Collection.open(root)).findings == []
    comes_to_the_same(newsroom, root, undisturbed)


def test_a_folder_that_may_no_longer_be_written(
    newsroom: RunningNewsroom, tmp_path: Path, undisturbed: dict[str, str]
) -> None:
    root = tmp_path / "collection"

    def lose() -> None:
        (root / "warc").chmod(0o555)

    refused(crawl_until(newsroom, root, lose, 20, preexec_fn=obey_permissions), names=root)
    assert verify(Collection.open(root)).findings == []
    (root / "warc").chmod(0o755)
    comes_to_the_same(newsroom, root, undisturbed)


def test_a_disk_that_becomes_read_only(
    newsroom: RunningNewsroom, journalled: JournalledDisk, undisturbed: dict[str, str]
) -> None:
    """As ext4 does when it meets an error: what was committed can still be read, and is there when that is mended."""
    root = journalled.folder / "collection"

    def turn() -> None:
        journalled.trigger.write_text("tried\n")

    finish([*crawl_command(newsroom, root), "--limit", "3"])
    committed = captured(root)
    refused(crawl_until(newsroom, root, turn, 40), names=root)
    with pytest.raises(OSError, match="Read-only"):
        (root / "anything").touch()
    readable = captured(root)  # with a transaction perhaps that the disk did not take before it refused
    assert committed < readable and came_to(root).items() <= undisturbed.items()
    assert verify(Collection.open(root)).findings == []
    assert crawl_until(newsroom, root)[0] == 1  # and again, until it is mended
    journalled.unmount()
    journalled.mount()
    assert committed <= captured(root) <= readable
    assert verify(Collection.open(root)).findings == []
    comes_to_the_same(newsroom, root, undisturbed)


@pytest.mark.parametrize("most", [150_000, 400_000])
def test_a_file_that_may_not_grow(
    newsroom: RunningNewsroom, tmp_path: Path, undisturbed: dict[str, str], most: int
) -> None:
    root = tmp_path / "collection"

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    refused(crawl_until(newsroom, root, preexec_fn=limit, BAOTINH_ROTATE_BYTES="10000000"), names=root)
    assert verify(Collection.open(root)).findings == []
    comes_to_the_same(newsroom, root, undisturbed)


def test_a_clock_set_back_while_a_session_writes(tmp_path: Path) -> None:
    instants = [datetime(2026, 1, 8, 12, 0, tzinfo=UTC)]
    writing = Session(Collection.create(tmp_path), CARD, RevisitPolicy(), clock=lambda: instants[-1])
    for number, back in ((1, 0), (2, 59), (3, 61)):
        instants.append(instants[0] - timedelta(seconds=back))
        sent = attrs.evolve(exchange(number, b"<p>xin"), began_at=instants[0])
        writing.admit(sent.size).result(120)
        promise = writing.write(sent)
        if back < 60:
            kept = promise.result(120)
        else:
            with pytest.raises(ClockSetBack):
                promise.result(120)
    writing.close("finished", lambda: ({}, {}))
    assert isinstance(writing.failure, ClockSetBack)
    instants.append(instants[0])
    Session(Collection.open(tmp_path), CARD, RevisitPolicy(), clock=lambda: instants[-1]).close(
        "finished", lambda: ({}, {})
    )
    assert verify(Collection.open(tmp_path)).findings == []
    with Collection.open(tmp_path).catalog() as catalog:
        assert catalog.count_captures() == 2 and catalog.capture(kept.record_id)


def test_a_collection_from_the_future(newsroom: RunningNewsroom, tmp_path: Path) -> None:
    """No capture is put before others that were made later, unless that is asked for."""
    root, future = tmp_path / "collection", datetime.now(UTC) + timedelta(days=30)
    writing = Session(Collection.create(root), CARD, RevisitPolicy(), clock=lambda: future)
    sent = exchange(1, b"<p>xin")
    writing.admit(sent.size).result(120)
    writing.write(attrs.evolve(sent, began_at=future)).result(120)
    writing.close("finished", lambda: ({}, {}))
    code, said = crawl_until(newsroom, root)
    assert code == 1 and len(said.splitlines()) == 1 and "clock" in said and "Traceback" not in said
    code, said = crawl_until(newsroom, root, BAOTINH_SET_BACK_SECONDS=str(40 * 24 * 3600))
    assert (code, said) == (0, "")
    check_sound(root)
