"""What machines are told of a crawl: a line of JSON that agrees with the catalog, or nothing but errors."""

from __future__ import annotations

import json
import socket
from collections import Counter
from pathlib import Path
from typing import Any

from support.crawling import baotinh

from archive.catalog.runs import Run
from archive.collection import Collection
from archive.zones import utc_text
from crawler.newsroom import RunningNewsroom


def place(port: int, root: Path) -> tuple[object, ...]:
    return ("--loopback", f"127.0.0.1:{port}", "--collection", root)


def runs(root: Path) -> list[Run]:
    with Collection.open(root).catalog() as catalog:
        return catalog.runs()


def agree(line: dict[str, Any], run: Run, root: Path) -> None:
    """Hold a line against the run's row, its report and its captures."""
    assert {name: line[name] for name in ("newspaper", "job", "source", "outcome", "counts")} == {
        "newspaper": run.newspaper, "job": run.job, "source": run.source, "outcome": run.outcome, "counts": run.counts,
    }  # fmt: skip
    assert run.finished_at is not None
    assert (line["run"], line["started_at"], line["finished_at"]) == (
        run.name, utc_text(run.started_at), utc_text(run.finished_at),
    )  # fmt: skip
    assert abs(line["seconds"] - (run.finished_at - run.started_at).total_seconds()) < 0.001
    assert run.log is not None and line["log"] == str(root / "logs" / run.log) and Path(line["log"]).is_file()
    report = json.loads(Path(line["report"]).read_text("utf-8"))
    assert (line["answers"], line["hosts"]) == (report["answers"], report["hosts"])
    for name in ("troubles", "rejected", "unread"):
        assert line[name] == len(report[name])


def test_json_agrees_with_the_catalog(tmp_path: Path, newsroom: RunningNewsroom) -> None:
    root = tmp_path / "held"
    done = baotinh("crawl", "baocantho", "--json", *place(newsroom.port, root))
    assert done.returncode == 0 and done.stderr == ""
    (text,) = done.stdout.splitlines()
    line, (run,) = json.loads(text), runs(root)
    agree(line, run, root)
    assert line["reason"] == "finished" and line["failure"] is None and line["counts"]["articles new"] > 0
    with Collection.open(root).catalog() as catalog:
        captures = list(catalog.every_capture())
    classes = Counter(f"{(capture.status or 0) // 100}xx" for capture in captures)
    (host,) = line["hosts"].values()
    assert list(line["hosts"]) == ["baocantho.test"] and host["requests"] == len(captures) and host["failed"] == 0
    assert {name: count for name, count in host["answers"].items() if count} == dict(classes)
    assert (
        0
        < host["received_bytes"]
        == sum(
            len(json.loads(text)["response"]) * 3 // 4 - json.loads(text)["response"].count("=")
            for text in (tmp_path / "transport.jsonl").read_text("utf-8").splitlines()
            if json.loads(text)["host"] == "baocantho.test"
        )
    )


def test_what_was_kept_back_is_told_by_its_reason(tmp_path: Path, newsroom: RunningNewsroom) -> None:
    more = place(newsroom.port, tmp_path / "held")
    done = baotinh("crawl", "baocantho", "--section", "thoi-su", "--json", *more, BAOTINH_DAILY_REQUESTS="5")
    line = json.loads(done.stdout)
    assert list(line["deferred"]) == ["budget of requests"] and line["deferred"]["budget of requests"] > 0
    assert line["kept_back"] == line["deferred"]


def test_quiet_is_silent(tmp_path: Path, newsroom: RunningNewsroom) -> None:
    root = tmp_path / "held"
    done = baotinh("crawl", "baocantho", "--section", "thoi-su", "--quiet", *place(newsroom.port, root))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert runs(root)[0].counts["articles new"] > 0
    url = next(said["url"] for said in newsroom.truth()["articles"] if said["newspaper"] == "baolaocai")
    done = baotinh("capture", url, "--quiet", *place(newsroom.port, root))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    done = baotinh("capture", url, "--json", *place(newsroom.port, root))
    agree(json.loads(done.stdout), runs(root)[0], root)


def test_a_failure_is_told_all_the_same(tmp_path: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # nobody listens
        proxy = f"http://127.0.0.1:{closed.getsockname()[1]}"
        down = {"http_proxy": proxy, "https_proxy": proxy, "BAOTINH_CONTACT": "archive@example.org"}
        call = ("crawl", "baolaocai", "--section", "van-hoa", "--collection", tmp_path)
        loud = baotinh(*call, "--json", **down)
        with Collection.open(tmp_path).lock("baolaocai"):
            quiet = baotinh(*call, "--quiet", **down)
    assert loud.returncode == 1 and "no answer from baolaocai" in loud.stderr and len(loud.stderr.splitlines()) == 1
    assert (quiet.returncode, quiet.stdout) == (1, "") and "already being crawled" in quiet.stderr
    line = json.loads(loud.stdout)
    agree(line, runs(tmp_path)[0], tmp_path)
    assert line["outcome"] == "failed" and line["failure"] and line["counts"]["errors"] > 0
    (host,) = line["hosts"].values()
    assert host["failed"] == host["requests"] > 0 and not any(host["answers"].values())


def test_both_together_are_refused(tmp_path: Path) -> None:
    for command in (("crawl", "baocantho"), ("capture", "https://a.test/"), ("jobs", "run", "south")):
        for options in (("--quiet", "--json"), ("--json", "--quiet")):
            done = baotinh(*command, *options, "--collection", tmp_path / "held")
            assert done.returncode == 2 and "give one of them" in done.stderr and len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "held").exists()


def test_a_job_passes_it_on(tmp_path: Path, newsroom: RunningNewsroom) -> None:
    schedule, root = tmp_path / "schedule.toml", tmp_path / "held"
    Collection.create(root)
    job = '[jobs.south]\nnewspaper = ["baocantho", "baolaocai"]\nlimit = 5\nevery = "1d"\n'
    schedule.write_text(f'loopback = "127.0.0.1:{newsroom.port}"\n{job}', "utf-8")
    call = ("jobs", "run", "south", "--schedule", schedule, "--collection", root)
    quiet = baotinh(*call, "--quiet")
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, "", "")
    told = baotinh(*call, "--json")
    lines = [json.loads(line) for line in told.stdout.splitlines()]
    assert told.returncode == 0 and [line["newspaper"] for line in lines] == ["baocantho", "baolaocai"]
    for line, run in zip(lines, reversed(runs(root)[:2]), strict=True):
        agree(line, run, root)
        assert line["job"] == "south"


def test_a_jobs_run_that_could_not_begin_is_a_line_too(tmp_path: Path) -> None:
    schedule = tmp_path / "schedule.toml"
    schedule.write_text('[jobs.south]\nnewspaper = "baocantho"\nevery = "1d"\n', "utf-8")  # no contact
    Collection.create(tmp_path / "held")
    call = ("jobs", "run", "south", "--schedule", schedule, "--collection", tmp_path / "held")
    told = baotinh(*call, "--json")
    line = json.loads(told.stdout)
    assert told.returncode == 1 and (line["job"], line["outcome"]) == ("south", "failed")
    assert "contact" in line["failure"] and line["counts"] == line["hosts"] == {}
    assert json.loads(Path(line["report"]).read_text("utf-8"))["failure"] == line["failure"]
    assert line["failure"] in told.stderr
