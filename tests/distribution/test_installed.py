"""baotinh installed from its wheel, in an empty folder, beside other packages named as its rooms are."""

from __future__ import annotations

import itertools
import json
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx2 as httpx
import pytest
from support.crawling import SEED
from support.daemons import until
from support.installation import Installation
from support.served_processes import free_ports, workers_of

from archive import VERSION
from crawler.newsroom import RunningNewsroom, serve_newsroom

SCHEDULE = """
loopback = "127.0.0.1:{port}"
[jobs.hourly]
newspaper = "baobaclieu"
every = "1h"
limit = 3
"""
OPENED = """
import baotinh
from baotinh import notebook
archive = baotinh.open("data")
print(type(archive) is notebook.Archive, archive.articles(with_text=False).num_rows, baotinh.__version__)
"""
ANOTHER_FIRST = "import archive; print(archive.OF); import baotinh"
SETTINGS = "import scrapy.utils.project as project; print(project.get_project_settings()['BOT_NAME'])"


@pytest.fixture(scope="module")
def printing() -> Iterator[RunningNewsroom]:
    with serve_newsroom(seed=SEED, articles=60) as running:
        yield running


@pytest.fixture(scope="module")
def crawled(installation: Installation, printing: RunningNewsroom) -> Path:
    """A collection that the installed command has crawled, of the newspapers that it declares."""
    place = ("--loopback", f"127.0.0.1:{printing.port}")
    line = json.loads(installation.printed("crawl", "baocantho", "--section", "thoi-su", "--json", *place))
    assert (line["outcome"], line["counts"]["errors"]) == ("finished", 0)
    return installation.empty / "data"


def test_the_command_says_its_version(installation: Installation) -> None:
    assert installation.printed("--version") == f"baotinh {VERSION}\n"
    as_module = installation.call(installation.python, "-m", "baotinh", "--version")
    assert as_module.stdout == f"baotinh {VERSION}\n"


def test_what_was_crawled_is_found_and_sound(installation: Installation, crawled: Path) -> None:
    found = [json.loads(line) for line in installation.printed("search", "newspaper:baocantho", "--json").splitlines()]
    assert found and all(hit["id"].startswith("baocantho:") for hit in found)
    installation.printed("verify", "--strict", "--processes", "2")
    assert installation.printed("show", found[0]["id"], "--cite", "bibtex").startswith("@")


def test_a_job_is_run_by_a_process_of_its_own(
    installation: Installation, crawled: Path, printing: RunningNewsroom
) -> None:
    schedule = installation.empty / "schedule.toml"
    schedule.write_text(SCHEDULE.format(port=printing.port), "utf-8")
    installation.printed("jobs", "run", "hourly", "--quiet")
    schedule.unlink()
    run = json.loads(installation.printed("jobs", "history", "--job", "hourly", "--json"))
    assert (run["newspaper"], run["outcome"]) == ("baobaclieu", "finished") and run["new"] > 0


def test_a_daemon_goes_by_one_file_of_settings(installation: Installation, printing: RunningNewsroom) -> None:
    """From nothing but the file: the collection is made, its papers are crawled, and the state is shown."""
    folder = installation.empty / "operated"
    folder.mkdir()
    (folder / "baotinh.toml").write_text('collection = "held"\n' + SCHEDULE.format(port=printing.port), "utf-8")
    by_file = ("--config", str(folder / "baotinh.toml"))
    assert "valid" in installation.printed(*by_file, "config", "check")
    assert str(folder / "held") in installation.printed(*by_file, "init")
    with subprocess.Popen(
        [installation.command, *by_file, "jobs", "start"], cwd=installation.empty, env=installation.variables(),
        stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        try:
            until(lambda: '"finished"' in installation.printed(*by_file, "jobs", "history", "--json"))
            shown = json.loads(installation.printed(*by_file, "status", "--json"))
        finally:
            process.send_signal(signal.SIGTERM)
    assert process.returncode == 0
    assert shown["daemon"] == "running" and [paper["name"] for paper in shown["papers"]] == ["baobaclieu"]


def test_the_site_is_served_by_several_processes(installation: Installation, crawled: Path) -> None:
    ports = free_ports()
    command = [installation.command, "serve", "--port", str(ports[0]), "--replay-port", str(ports[1])]
    with subprocess.Popen(
        [*command, "--processes", "2"], cwd=installation.empty, env=installation.variables(), stdout=subprocess.PIPE,
        text=True,
    ) as process:  # fmt: skip
        try:
            assert process.stdout is not None
            said = list(itertools.takewhile(lambda line: "Ctrl-C" not in line, process.stdout))
            assert [line for line in said if "baotinh viewer install" in line]
            assert len(workers_of(process.pid)) == 2
            for path in ("/", "/search?q=newspaper:baocantho", "/static/site.css", "/runs", "/metrics"):
                assert httpx.get(f"http://127.0.0.1:{ports[0]}{path}", timeout=240).status_code == 200, path
        finally:
            process.send_signal(signal.SIGTERM)
    assert process.returncode == 0


def test_the_collection_opens_in_a_notebook(installation: Installation, crawled: Path) -> None:
    done = installation.call(installation.python, "-c", OPENED)
    same, rows, version = done.stdout.split()
    assert (same, version) == ("True", VERSION) and int(rows) > 5, done.stderr


def test_others_keep_their_names(installation: Installation) -> None:
    """Another's `archive` stays what it is where baotinh is not imported; the two do not mix in one process."""
    done = installation.call(installation.python, "-c", ANOTHER_FIRST)
    assert done.stdout == "somebody else\n"
    assert done.stderr.splitlines()[-1].startswith("ImportError: ") and "import baotinh before it" in done.stderr


def test_scrapy_finds_the_settings(installation: Installation) -> None:
    done = installation.call(installation.python, "-c", SETTINGS, SCRAPY_SETTINGS_MODULE="baotinh.settings")
    assert done.stdout == "baotinh\n", done.stderr
