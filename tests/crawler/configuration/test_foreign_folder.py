"""Papers of one's own, jobs and settings of one baotinh.toml, in a folder outside the installation."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.daemons import until
from support.raw_server import RawServer, raw_server
from support.small_paper import DECLARED, article, listing

from archive.collection import Collection
from archive.errors import CollectionMissing

OWN = DECLARED.replace("baolaocai", "baoxomchai").replace("Báo Lào Cai", "Báo Xóm Chài")
PAGES = {"/van-hoa/": listing("/cho-phien-post71.html"), "/cho-phien-post71.html": article("Chợ phiên họp lại")}
WHOLE = """
collection = "held"
declarations = "papers"
loopback = "{place}"
{above}
[newspapers.baoxomchai]
digest = "sha1"
[jobs.daily]
newspaper = "baoxomchai"
every = "1d"
[jobs.other]
newspaper = "baoxomchai"
every = "1d"
digest = "sha256"
recheck = true
enabled = false
"""


@pytest.fixture
def server() -> Iterator[RawServer]:
    """The paper's server."""
    with raw_server(PAGES) as running:
        yield running


@pytest.fixture
def folder(tmp_path: Path, server: RawServer) -> Path:
    """An empty folder below one with settings and a declaration."""
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers/baoxomchai.py").write_text(OWN, "utf-8")
    text = WHOLE.format(place=f"127.0.0.1:{server.port}", above="")
    (tmp_path / "baotinh.toml").write_text(text, "utf-8")
    (tmp_path / "empty").mkdir()
    return tmp_path / "empty"


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "crawler.cli", *words]


def environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BAOTINH_")}
    return kept | {"XDG_CONFIG_HOME": "/nonexistent", "COLUMNS": "160"}


def run(folder: Path, *words: str, code: int = 0) -> str:
    done = subprocess.run(
        command(*words), cwd=folder, env=environment(), capture_output=True, text=True, check=False, timeout=240
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def digests(root: Path, job: str) -> set[str]:
    with Collection.open(root).catalog() as catalog:
        rows = catalog.connection.execute(
            """SELECT DISTINCT substr(payload_digest, 1, instr(payload_digest, ':')) FROM captures c
            JOIN runs r ON r.id = c.run_id WHERE r.job = ? AND payload_digest IS NOT NULL""",
            (job,),
        )
        return {digest for (digest,) in rows}


def test_every_command_knows_the_paper(folder: Path) -> None:
    assert run(folder, "config", "check").endswith("baotinh.toml is valid.\n")
    listed = {one["name"]: one for one in map(json.loads, run(folder, "newspapers", "--json").splitlines())}
    assert listed["baoxomchai"]["own_file"] == str(folder.parent / "papers/baoxomchai.py")
    assert "2 jobs, 1 newspaper" in run(folder, "jobs", "check")
    assert "baoxomchai" in run(folder, "jobs", "list")
    run(folder, "init")
    run(folder, "jobs", "run", "daily", "--quiet")
    run(folder, "jobs", "run", "other", "--quiet")
    root = folder.parent / "held"
    assert digests(root, "daily") == {"sha1:"} and digests(root, "other") == {"sha256:"}
    assert "Chợ phiên họp lại" in run(folder, "search", "cho phien")
    assert "baoxomchai:71" in run(folder, "search", "newspaper:baoxomchai", "--json")
    assert "baoxomchai:71" in run(folder, "show", "baoxomchai:71")
    assert "baoxomchai" in run(folder, "export", "--format", "csv")
    assert "no rule" not in run(folder, "newspapers", "doctor", "baoxomchai")
    run(folder, "explain", "http://baoxomchai.test/cho-phien-post71.html")
    run(folder, "reextract", "--newspaper", "baoxomchai")
    run(folder, "verify")
    assert not list(folder.iterdir())


def test_the_daemons_crawls_go_by_the_same_file(folder: Path) -> None:
    run(folder, "init")
    process = subprocess.Popen(command("jobs", "start"), cwd=folder, env=environment(), stderr=subprocess.PIPE)
    root = folder.parent / "held"

    def is_crawled() -> bool:
        try:
            with Collection.open(root).catalog() as catalog:
                return any(one.finished_at for one in catalog.runs())
        except CollectionMissing:
            return False

    try:
        until(is_crawled, 600)
    finally:
        process.terminate()
        process.wait(180)
        assert process.stderr is not None
        process.stderr.close()
    assert digests(root, "daily") == {"sha1:"}
    assert not list(folder.iterdir())


def test_units_name_the_file(folder: Path) -> None:
    path = folder.parent / "baotinh.toml"
    held = folder.parent / "held"
    cron = run(folder, "jobs", "cron")
    assert f'BAOTINH_CONFIG="{path}"' in cron
    assert f"jobs run daily --quiet --retry --schedule {path} --collection {held}" in cron
    units = run(folder, "jobs", "systemd")
    assert f"Environment=BAOTINH_CONFIG={path}" in units
    assert f"jobs run daily --retry --schedule {path} --collection {held}" in units


def test_a_file_that_is_named_goes_before_the_jobs_of_the_settings(folder: Path) -> None:
    (folder / "schedule.toml").write_text('[jobs.a]\nnewspaper = "baoxomchai"\nevery = "1h"\n', "utf-8")
    assert "keep them in one of the two" in run(folder, "jobs", "list", code=2)
    assert "keep them in one of the two" in run(folder, "config", "check", code=2)
    assert "every 1h" in run(folder, "jobs", "list", "--schedule", "schedule.toml")
    assert "every 1d" in run(folder, "jobs", "list", "--schedule", "../baotinh.toml")


def test_a_folder_of_declarations_that_is_not_there_is_named_with_the_file(folder: Path) -> None:
    (folder.parent / "papers/baoxomchai.py").unlink()
    (folder.parent / "papers").rmdir()
    for words in (("newspapers",), ("config", "check"), ("jobs", "check"), ("crawl", "baocantho")):
        said = run(folder, *words, code=2)
        assert str(folder.parent / "papers") in said and str(folder.parent / "baotinh.toml") in said
