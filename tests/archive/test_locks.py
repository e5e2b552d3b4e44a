"""Locks: held by one, waited for, freed by the end of a process, and never a folder made for them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from archive.locks import LockHeld, held, held_alone, is_held


def test_one_at_a_time(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with held(lock):
        assert is_held(lock)
        with pytest.raises(LockHeld) as refused, held(lock, 0):
            pass
        assert refused.value.lock == lock
    assert not is_held(lock)


def test_waiting_for_another_that_ends(tmp_path: Path) -> None:
    lock, order = tmp_path / "lock", []

    def wait() -> None:
        with held(lock, 60):
            order.append("the other")

    with held(lock):
        waiting = threading.Thread(target=wait)
        waiting.start()
        time.sleep(0.1)
        order.append("the first")
    waiting.join()
    assert order == ["the first", "the other"]


def test_a_killed_process_holds_none(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    script = (
        "import sys, time; from pathlib import Path; from archive.locks import held\n"
        "with held(Path(sys.argv[1])): print('held', flush=True); time.sleep(600)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, lock], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
    )
    assert process.stdout is not None and process.stdout.readline() == b"held\n"
    with pytest.raises(LockHeld), held(lock, 0):
        pass
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    with held(lock, 0):
        pass


def test_no_folder_is_made_in_place_of_a_disk_that_is_gone(tmp_path: Path) -> None:
    lock = tmp_path / "held" / "locks" / "index.lock"
    with pytest.raises(FileNotFoundError), held(lock, 0):
        pass
    with pytest.raises(FileNotFoundError), held_alone(lock, 0, ValueError()):
        pass
    assert list(tmp_path.iterdir()) == []


def test_what_the_block_raises_is_not_taken_for_a_lock_that_is_held(tmp_path: Path) -> None:
    with pytest.raises(LockHeld), held_alone(tmp_path / "lock", 0, ValueError()):
        raise LockHeld(tmp_path / "another")
