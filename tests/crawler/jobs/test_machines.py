"""Several machines with collections of their own: each newspaper is crawled by one of them, also when one is killed."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import re
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.crawling import baotinh
from support.daemons import daemon, runs, slowly, until, write
from support.lease_server import NEEDS_SERVER, Running, lease_server
from support.raw_server import raw_server

from archive.catalog.runs import Run
from archive.checking.collection import verify
from archive.collection import Collection
from archive.errors import LeasesUnreachable
from crawler.browser.processes import tree_of
from crawler.jobs.schedule_file import read_schedule
from crawler.leases import Lease, Leases, LeaseServer, Renewing
from crawler.newsroom import serve_newsroom

pytestmark = NEEDS_SERVER
ROOT = Path(__file__).parents[3]
PAPERS = ("baocantho", "baolaocai", "baobaclieu")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Running]:
    with lease_server(tmp_path) as running:
        yield running


def leases(server: Running, folder: Path, name: str = "one", seconds: float = 60) -> Leases:
    folder.mkdir(exist_ok=True)
    return Leases.of(LeaseServer(server.address), name, seconds, folder / "holder")


def test_a_newspaper_is_one_machines_with_all_its_hosts(server: Running, tmp_path: Path) -> None:
    one, two = (leases(server, tmp_path / name, name) for name in ("one", "two"))
    assert one.lease(["baoa.vn", "www.baoa.vn"]).take() is None
    assert two.lease(["baoa.vn"]).take() == "one"
    # of what is partly another's nothing is taken
    assert two.lease(["baob.vn", "baoa.vn"]).take() == "one" and one.lease(["baob.vn"]).take() is None
    assert one.lease(["baoa.vn"]).take() is None  # an edition on a host of one's own
    two.lease(["baoa.vn"]).give_back()  # what is not one's own stays
    assert two.lease(["baoa.vn"]).take() == "one"
    one.lease(["baoa.vn"]).give_back()
    assert two.lease(["baoa.vn"]).take() is None
    assert two.lease(["www.baoa.vn"]).take() == "one"


def test_a_lease_expires_unless_it_is_renewed(server: Running, tmp_path: Path) -> None:
    one, two = (leases(server, tmp_path / name, name, seconds=10) for name in ("one", "two"))
    lost: list[str] = []
    lease = one.lease(["baoa.vn"])
    assert lease.take() is None
    renewing = Renewing(lease, lost.append)
    ends = time.monotonic() + 12
    while time.monotonic() < ends:
        assert two.lease(["baoa.vn"]).take() == "one" or lost
    renewing.end()
    until(lambda: two.lease(["baoa.vn"]).take() is None)
    again = Renewing(lease, lost.append)
    until(lambda: lost)
    again.end()
    assert lost == ["two crawls it"]


def test_machines_of_one_name_are_two_and_a_machine_that_begins_anew_is_one(server: Running, tmp_path: Path) -> None:
    assert leases(server, tmp_path / "a").lease(["baoa.vn"]).take() is None
    assert leases(server, tmp_path / "b").lease(["baoa.vn"]).take() == "one"
    assert leases(server, tmp_path / "a").lease(["baoa.vn"]).take() is None


def test_a_server_that_is_gone_is_named_without_its_password(server: Running) -> None:
    gone = LeaseServer("redis://desk:secret@127.0.0.1:1/0")
    with pytest.raises(LeasesUnreachable, match=r"redis://127\.0\.0\.1:1/0") as raised:
        Lease(gone, ("a",), "one x", 60).take()
    assert "secret" not in str(raised.value)
    lost: list[str] = []
    lease = Lease(LeaseServer(server.address), ("a",), "one x", 5)
    assert lease.take() is None and Lease.from_text(lease.as_text()) == lease
    renewing = Renewing(lease, lost.append)
    server.process.kill()
    until(lambda: lost)
    renewing.end()
    assert "does not say which machine" in lost[0]


def test_a_run_ends_when_it_may_no_longer_keep_its_newspaper(server: Running, tmp_path: Path) -> None:
    with raw_server({"/thoi-su/": [slowly]}) as slow:
        more = f'[machines]\nleases = "{server.address}"\nexpire = "15s"\n'
        schedule = write(tmp_path, slow.port, ("south", "baocantho"), more=more)
        os.environ["BAOTINH_STOP_SECONDS"] = "1"
        try:
            with daemon(tmp_path, schedule):
                until(lambda: [path for path, _ in slow.received if path == "/thoi-su/"])
                held = Collection.open(tmp_path / "held")
                Collection.create(tmp_path / "two")
                refused = baotinh(
                    "jobs", "run", "south", "--schedule", _named(schedule, "two"), "--collection", tmp_path / "two"
                )
                assert refused.returncode == 1 and "baocantho is crawled by the machine" in refused.stderr
                place = ("--schedule", schedule, "--collection", tmp_path / "held", "--json")
                (listed,) = map(json.loads, baotinh("jobs", "list", *place).stdout.splitlines())
                assert listed["machine"] == socket.gethostname()
                server.process.kill()
                until(lambda: runs(tmp_path)[0].finished_at)
                (listed,) = map(json.loads, baotinh("jobs", "list", *place).stdout.splitlines())
                assert listed["machine"] is None
        finally:
            del os.environ["BAOTINH_STOP_SECONDS"]
    (run,) = runs(tmp_path)
    assert run.outcome == "stopped" and verify(held).findings == []
    log = (held.logs / (run.log or "")).read_text("utf-8")
    assert "may no longer keep its newspaper" in log


def _named(schedule: Path, name: str) -> Path:
    """The schedule for a machine of this name."""
    own = schedule.with_name(f"{name}.toml")
    own.write_text(schedule.read_text("utf-8").replace("[machines]", f'[machines]\nname = "{name}"'), "utf-8")
    return own


def _finished(*folders: Path) -> set[str]:
    return {run.newspaper for folder in folders for run in runs(folder) if run.outcome == "finished"}


def _articles(root: Path) -> dict[str, list[str]]:
    """The texts of each article, in order of their captures."""
    with Collection.open(root).catalog() as catalog:
        found = sorted(catalog.versions_after(0, limit=10_000), key=lambda one: one.captured_at)
    texts: dict[str, list[str]] = {}
    for one in found:
        texts.setdefault(one.article_id, []).append(str(one.values()["content_hash"]))
    return texts


def _span(run: Run) -> tuple[float, float]:
    return run.started_at.timestamp(), run.finished_at.timestamp() if run.finished_at else 0.0


def test_two_machines_of_which_one_is_killed_hold_together_what_one_holds(server: Running, tmp_path: Path) -> None:
    one, two, alone = (tmp_path / name for name in ("one", "two", "alone"))
    with serve_newsroom(articles=90) as newsroom:
        for folder in (one, two, alone):
            folder.mkdir()
        more = f'at_once = 1\n[machines]\nleases = "{server.address}"\nexpire = "8s"\n'
        schedule = write(tmp_path, newsroom.port, *((paper, paper) for paper in PAPERS), more=more)
        with daemon(one, _named(schedule, "one")) as first, daemon(two, _named(schedule, "two")):
            until(lambda: runs(one) and list((one / "held" / "warc").glob("*")))
            begun = runs(one)[0].newspaper
            for process in tree_of(first.pid):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)
            until(lambda: _finished(one, two) >= {*PAPERS} and begun in _finished(two), 600)
        with daemon(alone, write(alone, newsroom.port, *((paper, paper) for paper in PAPERS))):
            until(lambda: _finished(alone) == {*PAPERS}, 600)
    # a newspaper is never crawled by two at a time: what the killed one crawled began again when its lease had ended
    spans = {paper: [_span(run) for run in [*runs(one), *runs(two)] if run.newspaper == paper] for paper in PAPERS}
    for found in spans.values():
        for (_, ended), (began, _) in itertools.pairwise(sorted(found)):
            assert ended <= began
    merged = baotinh("merge", one / "held", two / "held", "--collection", tmp_path / "all")
    assert merged.returncode == 0, merged.stderr
    assert verify(Collection.open(tmp_path / "all")).findings == []
    assert _articles(tmp_path / "all") == _articles(alone / "held")


def test_the_schedule_of_the_documents_is_one(tmp_path: Path) -> None:
    (text,) = re.findall(r"^```toml\n(.*?)^```$", (ROOT / "docs/scale.md").read_text("utf-8"), re.MULTILINE | re.DOTALL)
    path = tmp_path / "schedule.toml"
    path.write_text(text, "utf-8")
    machines = read_schedule(path, {paper: set() for paper in PAPERS}).machines
    assert machines is not None and machines.expire.total_seconds() == 90
    assert (machines.name, machines.leases) == ("one", "redis://leases.example.org:6379/0")
