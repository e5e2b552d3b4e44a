"""`baotinh status`: what it says of daemon, newspapers, alarms and maintenance, and that the API says the same."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from support.crawling import baotinh
from support.daemons import daemon, until, write
from support.pseudo_terminal import on_terminal
from support.sample import REPLAY

from archive.catalog.maintenance import Maintenance, Task, enter_maintenance
from archive.clock import now, warc_date
from archive.collection import Collection
from archive.daemon.heartbeat import HANGS_AFTER, Heartbeat, read_heartbeat, write_heartbeat
from archive.health.mutes import Mute, Selector, enter_mute
from archive.ingest.runs import RunDescription, enter_failed
from archive.web.api.status_values import StatusAnswer
from archive.web.app import site_app

HOUR = timedelta(hours=1)
# A crawl as far as its row and its lock: it says when both are there, and then does nothing
CRAWL = """import sys, time
from pathlib import Path
from archive.clock import now
from archive.collection import Collection
from archive.ingest.runs import RunDescription, begin_run
held = Collection.open(Path(sys.argv[1]))
with held.lock("baocantho"), held.catalog(writable=True) as catalog:
    run = RunDescription(newspaper="baocantho", source="network", software="x", settings={}, warcinfo={})
    begin_run(catalog, run, now())
    print("begun", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def held(tmp_path: Path) -> Collection:
    return Collection.create(tmp_path / "held")


def said(collection: Collection) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(baotinh("status", "--json", "--collection", collection.root).stdout)
    return found


def shown(collection: Collection) -> tuple[int, list[str]]:
    done = baotinh("status", "--collection", collection.root)
    assert done.stderr == ""
    return done.returncode, done.stdout.splitlines()


def line(collection: Collection, head: str) -> str:
    (found,) = [one for one in shown(collection)[1] if one.startswith(head)]
    return found


def run_of(newspaper: str) -> RunDescription:
    return RunDescription(newspaper=newspaper, source="network", software="x", settings={}, warcinfo={})


def fail(collection: Collection, newspaper: str, times: int, failure: str = "no connection") -> None:
    with collection.catalog(writable=True) as catalog:
        for hours in range(times, 0, -1):
            at = now() - hours * HOUR
            enter_failed(collection, catalog, run_of(newspaper), at, at + timedelta(minutes=1), failure)


def beat(at: datetime, **more: Any) -> Heartbeat:
    times = {"started_at": at - HOUR, "beat_at": at, "schedule_read_at": at}
    return Heartbeat(pid=1, version="x", schedule="/s.toml", schedule_digest="", **times | more)


def test_an_empty_collection_has_no_daemon_and_nothing_rings(held: Collection) -> None:
    code, lines = shown(held)
    assert code == 0 and lines[-1] == "No alarm rings."
    assert "Daemon       none was started here" in lines
    assert "Last backup  none recorded" in lines and "Last verify  none recorded" in lines
    assert "No newspaper was crawled yet." in lines
    assert (said(held)["daemon"], said(held)["heartbeat"], said(held)["is_well"]) == ("none", None, True)


def test_a_daemon_runs_ends_in_order_or_dies(tmp_path: Path, held: Collection) -> None:
    schedule = write(tmp_path, 1, ("south", "baocantho"))
    with schedule.open("a", encoding="utf-8") as file:
        file.write("enabled = false\n")
    with daemon(tmp_path, schedule) as process:
        until(lambda: said(held)["daemon"] == "running")
        assert shown(held)[0] == 0
        assert line(held, "Daemon").endswith(f"(process {process.pid})") and "alive since" in line(held, "Daemon")
    assert said(held)["daemon"] == "ended"
    assert shown(held)[0] == 0 and line(held, "Daemon").startswith("Daemon       ended ")
    with daemon(tmp_path, schedule) as process:
        until(lambda: said(held)["daemon"] == "running")
        process.send_signal(signal.SIGKILL)
        process.wait(60)
        assert said(held)["daemon"] == "dead"
        code, lines = shown(held)
        assert code == 1 and "Alarms:" in lines
        assert line(held, "Daemon").startswith("Daemon       DEAD: it was killed; its last sign of life was at ")
        assert [one["kind"] for one in said(held)["alarms"]] == ["daemon"]


def test_a_daemon_without_a_heartbeat_hangs(held: Collection) -> None:
    with held.lock_jobs():
        write_heartbeat(held, beat(now() - 2 * HANGS_AFTER))
        assert said(held)["daemon"] == "hanging"
        assert shown(held)[0] == 1 and "HANGS" in line(held, "Daemon")


def test_a_killed_crawl_is_interrupted_at_once(held: Collection) -> None:
    with subprocess.Popen([sys.executable, "-c", CRAWL, str(held.root)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdout.readline() == "begun\n"
        assert said(held)["papers"][0]["last_outcome"] == "running"
        os.kill(process.pid, signal.SIGKILL)
    (paper,) = said(held)["papers"]
    assert (paper["last_outcome"], paper["last_good_at"], paper["next_at"]) == ("interrupted", None, None)
    (row,) = [one.split() for one in shown(held)[1] if one.startswith("baocantho")]
    assert row[-4:] == ["interrupted", "never", "-", "0"]


def test_muted_alarms_are_counted_and_ring_no_more(held: Collection) -> None:
    fail(held, "baocantho", 2)
    assert shown(held)[0] == 1 and said(held)["alarms"][0]["kind"] == "failing"
    mute = Mute(selector=Selector.read("failing"), reason="known", muted_at=now(), ends_at=now() + HOUR)
    with held.catalog(writable=True) as catalog, catalog.transaction() as connection:
        enter_mute(connection, mute)
    code, lines = shown(held)
    assert (code, lines[-1]) == (0, "No alarm rings (1 muted).")
    assert (said(held)["is_well"], said(held)["alarms"], said(held)["muted"]) == (True, [], 1)
    fail(held, "baolaocai", 2)
    with held.catalog(writable=True) as catalog, catalog.transaction() as connection:
        connection.execute("UPDATE mutes SET newspaper = 'baocantho'")
    code, lines = shown(held)
    assert code == 1 and "Alarms (1 muted):" in lines and "baolaocai failing" in lines[-1]


@pytest.mark.parametrize(("task", "head"), [("backup", "Last backup"), ("verify", "Last verify")])
@pytest.mark.parametrize("outcome", ["finished", "failed"])
def test_the_last_backup_and_verification(held: Collection, task: Task, head: str, outcome: Any) -> None:
    at = now().replace(microsecond=0)
    done = Maintenance(task=task, began_at=at, ended_at=at, outcome=outcome, detail={"files": 3})
    with held.catalog(writable=True) as catalog, catalog.transaction() as connection:
        enter_maintenance(connection, done)
    assert line(held, head).endswith(f", {outcome}")
    (found,) = said(held)["tasks"]
    assert (found["task"], found["outcome"], found["detail"]) == (task, outcome, {"files": 3})
    assert datetime.fromisoformat(found["finished_at"]) == at


def test_a_real_backup_is_named(held: Collection, tmp_path: Path) -> None:
    fail(held, "baocantho", 1)
    done = baotinh("backup", tmp_path / "copy", "--collection", held.root)
    assert done.returncode == 0, done.stderr
    assert [(one["task"], one["outcome"]) for one in said(held)["tasks"]] == [("backup", "finished")]


def test_a_plan_that_has_passed_is_late(held: Collection) -> None:
    fail(held, "baocantho", 1)
    with held.catalog(writable=True) as catalog, catalog.transaction() as connection:
        connection.execute("INSERT INTO plans VALUES ('a', 'baocantho', ?, 86400)", (warc_date(now() - HOUR / 2),))
    (row,) = [one.split() for one in shown(held)[1] if one.startswith("baocantho")]
    assert row[-2] == "late"


def test_the_api_has_the_values_of_the_command(held: Collection) -> None:
    fail(held, "baocantho", 2)
    write_heartbeat(held, beat(now(), ended_at=now()))
    site = TestClient(site_app(held, REPLAY))
    whole = site.get("/api/v1/status").json()
    StatusAnswer.model_validate(whole)
    of_command = said(held)
    for moving in ("at", "free_bytes"):
        assert of_command.pop(moving) and whole.pop(moving)
    assert of_command == whole and whole["daemon"] == "ended" and whole["alarms"]


def test_every_line_fits_a_terminal_of_80_columns(held: Collection) -> None:
    long_name = "baovaphatthanhtruyenhinhcantho"
    reason = "User timeout caused connection failure: Getting https://bao.test/robots.txt took longer than 180 seconds."
    fail(held, long_name, 2, reason)
    fail(held, "baolaocai", 2, "địa chỉ không trả lời " * 12)
    seen = on_terminal(80, 60, "status", "--collection", held.root)
    assert seen.code == 1
    lines = [one.rstrip() for one in seen.last]
    begin = lines.index("Alarms:")
    alarms = [one for one in lines[begin + 1 :] if one]
    heads = [one for one in alarms if not one.startswith(" ")]
    assert [one.split()[1:3] for one in heads] == [["baolaocai", "failing:"], [long_name, "failing:"]]
    assert len(alarms) > len(heads) and all(one.startswith("   ") for one in alarms if one not in heads)
    assert reason in " ".join(one.strip() for one in alarms)
    table = lines[lines.index("") + 1 : begin - 1]
    assert table[0].split() == ["Newspaper", "Last", "run", "Last", "good", "Next", "Due"]
    assert all(one.endswith("0") for one in table[1:] if "failed" in one) and sum("failed" in one for one in table) == 2
    assert shown(held)[1][-1].count(long_name) == 1 and reason in shown(held)[1][-1]  # a pipe has whole lines


def test_a_new_collection_is_made_once(tmp_path: Path) -> None:
    root = tmp_path / "held"
    assert baotinh("init", "--collection", root).stdout == f"{root} is a collection now.\n"
    assert baotinh("init", "--collection", root).stdout == f"{root} is a collection already.\n"
    assert read_heartbeat(Collection.open(root)) is None
