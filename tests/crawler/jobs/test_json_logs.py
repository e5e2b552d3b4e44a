"""With --log-format json each line of the logs of crawls and of the daemon is an object, with run, paper and job."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from support.daemons import runs, until, write
from support.raw_server import raw_server
from support.small_paper import Paper, article, listing

PATHS = [f"/a{number}-post{number}.html" for number in range(1, 5)]


def objects(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def pages() -> dict[str, Any]:
    return {"/van-hoa": listing(*PATHS), "/van-hoa/": listing(*PATHS), **{path: article("Chợ") for path in PATHS}}


@pytest.mark.parametrize("how", [("--log-format", "json"), ()])
def test_a_crawl_logs_objects(tmp_path: Path, how: tuple[str, ...]) -> None:
    with raw_server(pages()) as server:
        paper = Paper(tmp_path, server.port)
        paper.crawl(*how, **({} if how else {"BAOTINH_LOG_FORMAT": "json"}))
    ((log, name),) = paper.rows("SELECT log, name FROM runs")
    said = objects(paper.root / "logs" / log)
    assert said and {one["run"] for one in said if "run" in one} == {name}
    assert {one["newspaper"] for one in said if "newspaper" in one} == {"baolaocai"}


def test_a_daemon_logs_objects_to_a_file(tmp_path: Path) -> None:
    log = tmp_path / "daemon.log"
    with raw_server({}) as server:
        place = ["--schedule", str(write(tmp_path, server.port, ("nightly", "baolaocai")))]
        place += ["--collection", str(tmp_path / "held"), "--log-file", str(log), "--log-format", "json"]
        process = subprocess.Popen([sys.executable, "-m", "crawler.cli", "jobs", "start", *place])
        try:
            until(lambda: [run for run in runs(tmp_path) if run.finished_at])
            until(lambda: log.exists() and "baolaocai-" in log.read_text("utf-8"))
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(180)
    said = objects(log)
    assert {"time", "level", "logger", "message"} <= said[0].keys()
    run = runs(tmp_path)[-1]
    assert run.log is not None
    of_run = objects(tmp_path / "held" / "logs" / run.log)
    assert {one.get("job") for one in of_run} == {"nightly"}


def test_a_log_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    schedule = write(tmp_path, 9, ("nightly", "baolaocai"))
    command = ["jobs", "start", "--schedule", schedule, "--collection", tmp_path / "held", "--log-file", tmp_path]
    done = subprocess.run(
        [sys.executable, "-m", "crawler.cli", *map(str, command)], capture_output=True, text=True, timeout=240
    )
    assert done.returncode == 1 and f"{tmp_path} cannot be written" in done.stderr
