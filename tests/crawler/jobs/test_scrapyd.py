"""The project as an egg in a real scrapyd: deployed, listed, scheduled and cancelled by the document's own lines."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit
from zipfile import ZipFile

import pytest
from support.crawling import baotinh
from support.daemons import slowly, until
from support.raw_server import raw_server
from support.scrapyd_place import PYTHON, ROOT, Scrapyd, built_egg, call, needs_scrapyd, running_scrapyd

from archive.checking.collection import verify
from archive.collection import Collection
from archive.search.indexing.index import follow
from crawler.newsroom import serve_newsroom
from crawler.runs.run import newspapers

pytestmark = needs_scrapyd


def documented() -> dict[str, str]:
    """The lines of the document that ask scrapyd, by the page that each asks for."""
    text = (ROOT / "docs" / "schedule.md").read_text("utf-8")
    lines = re.findall(r"^curl .*", text, re.MULTILINE)
    return {re.findall(r"/(\w+)\.json", line)[0]: line for line in lines}


LINES = documented()


@pytest.fixture(scope="module")
def egg(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built_egg(tmp_path_factory.mktemp("egg"))


@pytest.fixture(scope="module")
def scrapyd(egg: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scrapyd]:
    """A scrapyd to which the egg was deployed."""
    folder = tmp_path_factory.mktemp("scrapyd")
    (folder / "dist").mkdir()
    (folder / "dist" / "baotinh.egg").write_bytes(egg.read_bytes())
    with running_scrapyd(folder, until, BAOTINH_STOP_SECONDS="1") as running:
        answer = json.loads(ask(running, "addversion"))
        assert answer["status"] == "ok" and answer["spiders"] == len(newspapers()), answer
        yield running


def ask(scrapyd: Scrapyd, page: str, **changed: str) -> str:
    """Call the document's line, with the address of this scrapyd and some values changed or added."""
    line = LINES[page].replace("http://127.0.0.1:6800", scrapyd.address)
    for name, value in changed.items():
        line, count = re.subn(rf"\b{name}=\S+", f"{name}={value}", line)
        line += "" if count else f" -d {name}={value}"
    return call(line, scrapyd.folder)


def scheduled(scrapyd: Scrapyd, root: Path, port: int) -> str:
    answer = json.loads(ask(scrapyd, "schedule", collection=str(root), loopback=f"127.0.0.1:{port}"))
    assert answer["status"] == "ok", answer
    job: str = answer["jobid"]
    return job


def test_the_egg_holds_the_project_and_nothing_else(egg: Path) -> None:
    with ZipFile(egg) as whole:
        names = {name for name in whole.namelist() if not name.endswith((".pyc", "/"))}
        entries = whole.read("EGG-INFO/entry_points.txt").decode()
    assert "[scrapy]\nsettings = baotinh.settings" in entries
    rooms = ("archive", "crawler", "pipelines", "spiders")
    sources = {str(path.relative_to(ROOT)) for room in rooms for path in (ROOT / room).rglob("*.py")}
    own = {f"baotinh/{path.name}" for path in (ROOT / "distribution" / "baotinh").glob("*.py")}
    assert {name for name in names if name.endswith(".py")} == sources | own
    assert {"archive/web/templates/article.html", "archive/web/static/site.css"} <= names
    assert {name.partition("/")[0] for name in names} == {*rooms, "baotinh", "EGG-INFO"}


def test_all_newspapers_are_listed(scrapyd: Scrapyd) -> None:
    assert json.loads(ask(scrapyd, "listspiders"))["spiders"] == sorted(newspapers())
    assert scrapyd.asked("listversions.json", project="baotinh")["versions"] == ["0_1_0"]


def test_a_scheduled_crawl_is_a_run_like_any_other(scrapyd: Scrapyd, tmp_path: Path) -> None:
    root = tmp_path / "collection"
    with serve_newsroom(articles=60) as newsroom:
        job = scheduled(scrapyd, root, newsroom.port)
        until(lambda: scrapyd.state(job) == "finished")
    collection = Collection.open(root)
    with collection.catalog() as catalog:
        (run,) = catalog.runs()
        articles = [version.article() for version in catalog.versions_after(0)]
        asked = {urlsplit(capture.url).path for capture in catalog.every_capture()}
    assert (run.newspaper, run.job, run.outcome, run.failure) == ("baocantho", job, "finished", None)
    assert run.counts["articles new"] == len(articles) > 5 and run.counts["errors"] == 0
    assert "/thoi-su/" in asked and "/kinh-te/" not in asked
    assert run.software.startswith("baotinh/") and verify(collection).findings == []
    # the log is scrapyd's, and the run knows where it lies
    shown = json.loads(baotinh("jobs", "show", run.name, "--json", "--collection", root).stdout)
    assert Path(shown["log"]) == scrapyd.folder / "logs" / "baotinh" / "baocantho" / f"{job}.log"
    assert "Spider closed (finished)" in Path(shown["log"]).read_text("utf-8")
    assert Path(shown["report"]).is_file() and len(shown["warc_files"]) == 1
    found = baotinh("search", articles[0].title, "--collection", root, "--json").stdout
    assert articles[0].id in {json.loads(line)["id"] for line in found.splitlines()}
    assert job in {one["id"] for one in json.loads(ask(scrapyd, "listjobs"))["finished"]}


def test_a_crawl_that_is_cancelled_ends_in_order(scrapyd: Scrapyd, tmp_path: Path) -> None:
    root = tmp_path / "collection"
    with raw_server({"/thoi-su/": [slowly]}) as slow:
        job = scheduled(scrapyd, root, slow.port)
        until(lambda: [path for path, _ in slow.received if path == "/thoi-su/"])
        assert json.loads(ask(scrapyd, "cancel", job=job))["prevstate"] == "running"
        until(lambda: scrapyd.state(job) == "finished")
    with Collection.open(root).catalog() as catalog:
        (run,) = catalog.runs()
    assert (run.job, run.outcome) == (job, "stopped")


def test_the_process_that_follows_with_the_index_runs_from_the_egg(scrapyd: Scrapyd, egg: Path, tmp_path: Path) -> None:
    """It is begun by crawls that last, and a crawl would get along without it: so it is begun here."""
    root = tmp_path / "collection"
    with serve_newsroom(articles=60) as newsroom:
        place = ("--loopback", f"127.0.0.1:{newsroom.port}", "--collection", root)
        assert baotinh("crawl", "baocantho", "--section", "thoi-su", *place).returncode == 0
    script = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from pathlib import Path\n"
        "import archive.followers as followers\n"
        "assert followers.__file__.startswith(sys.argv[1]), followers.__file__\n"
        "process = followers.Follower('archive.reprints.follower', Path(sys.argv[2]))\n"
        "process.request_update(); process.close()\n"
    )
    collection = Collection.open(root)
    shutil.rmtree(collection.index)
    done = subprocess.run(
        [PYTHON, "-I", "-c", script, egg, root], cwd=tmp_path, capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stderr
    assert collection.index.is_dir() and follow(collection) == 0  # nothing was left to be indexed
