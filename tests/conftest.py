"""A newsroom in its own process, and a crawl of it by the command itself."""

from __future__ import annotations

import functools
import gc
import json
import os
import shutil
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from filelock import FileLock, Timeout
from hypothesis import HealthCheck, settings
from support.crawling import ARTICLES, PRINTED_UNTIL, SEED, Demonstration, baotinh
from support.newsrooms import ForkedProcesses, draw_once

import crawler.newsroom.service
from archive.collection import Collection
from crawler.newsroom import RunningNewsroom, serve_newsroom

# The same examples at every run: what a test finds, it finds for everybody. No example is timed, and no drawing of one.
settings.register_profile(
    "steady", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("steady")


# Syncing files is half of what the tests wait for, and few of them are about it: see tests/durability/conftest.py.
MEMORY, ENOUGH = Path("/dev/shm"), 6 * 1024**3


def _holds_much(folder: Path) -> bool:
    """Whether the tests' files have room there, and commands among them may be run."""
    try:
        held = os.statvfs(folder)
    except OSError:
        return False
    return held.f_bavail * held.f_frsize >= ENOUGH and not held.f_flag & os.ST_NOEXEC and os.access(folder, os.W_OK)


if "TMPDIR" not in os.environ and _holds_much(MEMORY):
    os.environ["BAOTINH_TESTS_DISK"] = tempfile.gettempdir()
    os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)

# Comparing the pictures of a small crawl takes longer than the crawl; what is about that switches it on.
os.environ.setdefault("BAOTINH_COMPARE_PICTURES", "0")

TESTS = Path(__file__).parent
# What takes longest begins first, so that two processes end at about the same time.
LONGEST_FIRST = ("simulation", "docs", "durability", "distribution", "crawler", "replay", "web", "jobs")


# What takes longest of all is marked `long`: `make test` leaves it to `make test-long`.
LONG_FILES = frozenset(
    {
        "archive/batch/test_cluster.py",
        "archive/pictures/test_keeping.py",
        "crawler/configuration/test_foreign_folder.py",
        "crawler/importing/test_other_programs.py",
        "archive/batch/test_spread.py",
        "archive/export/test_large_exports.py",
        "archive/export/test_wacz_peers.py",
        "archive/web/test_serve_processes.py",
        "crawler/browser/test_failing_pages.py",
        "crawler/crawl/test_drawn_pages.py",
        "crawler/crawl/test_unread.py",
        "crawler/extract/test_large_and_broken.py",
        "crawler/extract/test_large_pages.py",
        "crawler/jobs/test_machines.py",
        "crawler/jobs/test_scrapyd.py",
        "crawler/survey/test_drafting.py",
        "durability/test_killed_readers.py",
        "durability/test_kills.py",
        "durability/test_lost_disk.py",
        "durability/test_outages.py",
        "simulation/test_days.py",
        "test_benchmarks.py",
    }
)
LONG_TESTS = ("test_killed_at_any_step",)


# Each process imports all tests, and nothing of that is garbage.
gc.disable()


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Pytest's way of asking for what is no test: where the long ones are left out, their files are not imported."""
    is_left = config.getoption("markexpr") == "not long" and collection_path.suffix == ".py"
    return True if is_left and collection_path.relative_to(TESTS).as_posix() in LONG_FILES else None


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection(session: pytest.Session) -> Generator[None, object, object]:
    """Pytest's way of asking for all tests: one process compiles their modules, the others then load them."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return (yield)
    lock = FileLock(session.config.cache.mkdir("compiling") / "lock")  # type: ignore[union-attr]
    try:
        with lock.acquire(blocking=False):
            return (yield)
    except Timeout:
        with lock:
            pass
    return (yield)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Pytest's way of asking for an order, and for marks."""
    for item in items:
        if _place(item.path) in LONG_FILES or item.name.startswith(LONG_TESTS):
            item.add_marker(pytest.mark.long)
    items.sort(key=lambda item: _turn(item.path))


def pytest_collection_finish() -> None:
    """Pytest's way of saying that all tests are known."""
    gc.freeze()
    gc.enable()


@functools.cache
def _place(path: Path) -> str:
    return path.relative_to(TESTS).as_posix()


@functools.cache
def _turn(path: Path) -> int:
    """A test file's place in the order."""
    parts = path.relative_to(TESTS).parts
    return min((LONGEST_FIRST.index(part) for part in parts if part in LONGEST_FIRST), default=len(LONGEST_FIRST))


@pytest.fixture
def newsroom(tmp_path: Path) -> Iterator[RunningNewsroom]:
    """A newsroom of one's own, to publish, edit and withdraw in."""
    with serve_newsroom(seed=SEED, articles=60, log_path=tmp_path / "transport.jsonl") as running:
        yield running


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of this run of the tests share."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "shared"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session", autouse=True)
def state_is_of_these_tests(shared_folder: Path) -> None:
    """What daemons keep outside of collections does not go into the folder of whoever runs the tests."""
    os.environ["XDG_STATE_HOME"] = str(shared_folder / "state")


@pytest.fixture(scope="session", autouse=True)
def newsrooms_are_forked(shared_folder: Path) -> None:
    """Newsrooms begin at once and share their pictures.

    Those of `baotinh demo`, and of the newsroom's own tests, are begun as a user's is.
    """
    pictures = shared_folder / "pictures"
    pictures.mkdir(exist_ok=True)
    draw_once(pictures)
    crawler.newsroom.service.subprocess = ForkedProcesses(pictures)  # type: ignore[attr-defined]


@pytest.fixture(scope="session")
def demonstration(shared_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Demonstration:
    """One demo crawl for all tests that only read it, made by the worker that needs it first; each has its own copy."""
    made, own = shared_folder / "demonstration", tmp_path_factory.getbasetemp() / "demonstration"
    with FileLock(shared_folder / "demonstration.lock"):
        if not (made / "truth.json").exists():
            _make_demonstration(made)
    return _demonstration_in(Path(shutil.copytree(made, own)))


def _make_demonstration(folder: Path) -> None:
    folder.mkdir()
    done = baotinh(
        "demo", "--once", "--articles", ARTICLES, "--seed", SEED, "--until", PRINTED_UNTIL, "--edits", 0,
        "--log", folder / "transport.jsonl", "--collection", folder / "collection", timeout=900,
        BAOTINH_COMPARE_PICTURES="1",
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    # on a busy machine a crawl leaves pictures to the next one
    compared = baotinh("pictures", "update", "--collection", folder / "collection", timeout=900)
    assert compared.returncode == 0, compared.stdout + compared.stderr
    (folder / "printed.txt").write_text(done.stdout, "utf-8")
    with serve_newsroom(seed=SEED, articles=ARTICLES, until=PRINTED_UNTIL) as running:
        truth = running.truth()
    (folder / "truth.json").write_text(json.dumps(truth), "utf-8")


def _demonstration_in(folder: Path) -> Demonstration:
    lines = [json.loads(line) for line in (folder / "transport.jsonl").read_text("utf-8").splitlines()]
    return Demonstration(
        Collection.open(folder / "collection"),
        json.loads((folder / "truth.json").read_text("utf-8")),
        [line for line in lines if line["host"].endswith(".test") and line["host"] != "newsroom.test"],
        (folder / "printed.txt").read_text("utf-8"),
    )
