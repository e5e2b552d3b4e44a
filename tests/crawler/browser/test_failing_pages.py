"""A page that breaks the browser costs one page: it is given a reason, the others are read, and no process is left."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support import drawn_paper
from support.browsing import NEEDS_CHROMIUM
from support.raw_server import Line, asked, raw_server
from support.small_paper import answer

from crawler.browser.processes import tree_of

pytestmark = NEEDS_CHROMIUM
ROOT = Path(__file__).parents[3]
BROKEN = 1


class Crawling:
    """A crawl by the command, in a process of its own that may be killed."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.process = folder, None  # type: Path, subprocess.Popen[str] | None

    def __call__(self, port: int, *options: str, **environment: str) -> str:
        paper = drawn_paper.declare(self.folder)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "crawler.cli", "crawl", paper,
             "--loopback", f"127.0.0.1:{port}", "--collection", self.folder / "c", *options],
            cwd=ROOT, env={"PATH": "/usr/bin:/bin", "HOME": str(self.folder), **environment},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        return self.process.communicate(timeout=240)[0]

    def browsers(self, kind: str | None) -> list[int]:
        """The processes of its Chromium of a kind, such as renderer; None: the browser itself."""
        assert self.process is not None
        found = []
        for one in tree_of(self.process.pid):
            try:
                command = Path(f"/proc/{one}/cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
            is_kind = f"--type={kind}" in command if kind else "--remote-debugging-pipe" in command
            if "chromium" in command and is_kind and (kind or "--type=" not in command):
                found.append(one)
        return found

    def processes(self) -> list[int]:
        """All that descend from it, and all that bear its environment."""
        found = tree_of(self.process.pid) if self.process is not None else []
        for place in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if f"HOME={self.folder}\0".encode() in (place / "environ").read_bytes():
                    found.append(int(place.name))
        return found

    @property
    def articles(self) -> set[str]:
        files = (self.folder / "c" / "jsonl").glob("*")
        urls = [json.loads(line)["url"] for path in files for line in path.read_text("utf-8").splitlines()]
        return {url.removeprefix(drawn_paper.HOST) for url in urls}

    @property
    def troubles(self) -> dict[str, str]:
        newest = max((self.folder / "c" / "reports").iterdir(), key=lambda path: path.stat().st_mtime_ns)
        said = json.loads(newest.read_text("utf-8"))["troubles"]
        return {one["url"].removeprefix(drawn_paper.HOST): one["reason"] for one in said}


@pytest.fixture
def crawling(tmp_path: Path) -> Crawling:
    return Crawling(tmp_path)


def gone(processes: list[int]) -> bool:
    """Wait until processes have ended."""
    for process in processes:
        try:
            handle = os.pidfd_open(process)
        except ProcessLookupError:
            continue
        ended = select.select([handle], [], [], 60)[0]
        os.close(handle)
        if not ended:
            return False
    return True


OTHERS = {drawn_paper.path_of(number) for number in range(3) if number != BROKEN}
SCRIPTS = {
    "a loop": ("for (;;) ;", "browser_late 12", {"BAOTINH_BROWSER_SECONDS": "12"}),
    "dialogs": ("for (;;) alert('Mời bạn đặt báo');", "browser_late 12", {"BAOTINH_BROWSER_SECONDS": "12"}),
    "memory": (
        "const held = []; for (;;) held.push(new Uint8Array(1 << 24).fill(held.length));",
        "browser_memory 900", {"BAOTINH_BROWSER_MEMORY": str(900 << 20)},
    ),
    "objects": (
        "const held = []; for (;;) held.push(new Array(100).fill(held.length));",
        "browser_crashed", {"BAOTINH_BROWSER_SECONDS": "120"},
    ),
    "letters": (
        "document.body.append('chữ '.repeat(5 << 20))",
        f"browser_too_long {16 << 20}", {"BAOTINH_BROWSER_SECONDS": "120"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", SCRIPTS)
def test_a_hostile_script_costs_its_own_page(crawling: Crawling, what: str) -> None:
    script, reason, environment = SCRIPTS[what]
    served = drawn_paper.pages(3)
    served[drawn_paper.path_of(BROKEN)] = answer(
        drawn_paper.SHELL.replace("</body>", f"<script>{script}</script></body>")
    )
    with raw_server(served) as server:
        said = crawling(server.port, **environment)
    assert crawling.articles == OTHERS, said
    assert crawling.troubles == {drawn_paper.path_of(BROKEN): reason}


def test_a_page_that_leads_away_or_never_rests_is_read_as_it_is(crawling: Crawling) -> None:
    served = drawn_paper.pages(2)
    for number, script in enumerate(("location = '/doi-song'", "setInterval(() => document.body.append('.'), 20)")):
        served[drawn_paper.path_of(number)] = answer(
            drawn_paper.SHELL.replace("</body>", f"<script>setTimeout(() => {{ {script} }}, 400)</script></body>")
        )
    with raw_server(served) as server:
        said = crawling(server.port)
    assert crawling.articles == {drawn_paper.path_of(0), drawn_paper.path_of(1)} and not crawling.troubles, said


KILLED: dict[str, tuple[str | None, set[str]]] = {
    "the renderer": ("renderer", {"browser_crashed"}),
    "the browser": (None, {"browser_ended", "browser_crashed"}),
}


@pytest.mark.parametrize("what", KILLED)
def test_a_killed_browser_costs_one_page_and_begins_anew(crawling: Crawling, what: str) -> None:
    kind, reasons = KILLED[what]
    killed: list[int] = []

    def kill(line: Line) -> None:
        killed.extend(crawling.browsers(kind))
        for one in killed:
            os.kill(one, signal.SIGKILL)
        assert gone(killed)

    served = drawn_paper.pages(3)
    served[f"/api/tin/{1000 + BROKEN}"].insert(0, kill)
    with raw_server(served) as server:
        said = crawling(server.port, BAOTINH_BROWSER_PAGES="1")
        assert killed, said
        assert crawling.articles == OTHERS, said
        assert set(crawling.troubles) == {drawn_paper.path_of(BROKEN)}
        assert set(crawling.troubles.values()) <= reasons
        crawling(server.port, "--recheck")
        assert crawling.articles == OTHERS | {drawn_paper.path_of(BROKEN)}


@pytest.mark.parametrize("script", ["", "for (;;) ;"])
def test_no_browser_outlives_a_crawl_that_is_killed(crawling: Crawling, script: str) -> None:
    left: list[int] = []

    def kill(line: Line) -> None:
        assert crawling.process is not None
        left.extend({*crawling.processes()} - {crawling.process.pid})
        os.kill(crawling.process.pid, signal.SIGKILL)

    served: dict[str, list[Any | Callable[[Line], None]]] = drawn_paper.pages(1)
    served["/api/tin/1000"] = [kill]
    served["/app.js"] = answer(
        drawn_paper.SCRIPT + f"if (found) setTimeout(() => {{ {script} }}, 10)", kind="text/javascript"
    )
    with raw_server(served) as server:
        crawling(server.port)
    assert len(left) > 7 and gone(left)


def test_an_article_whose_data_failed_is_asked_for_again(crawling: Crawling) -> None:
    served = drawn_paper.pages(3)
    api = f"/api/tin/{1000 + BROKEN}"
    whole, served[api] = served[api], answer("", status="500 Internal Server Error")
    with raw_server(served) as server:
        said = crawling(server.port)
        assert crawling.articles == OTHERS, said
        assert crawling.troubles == {drawn_paper.path_of(BROKEN): f"browser_lacked {drawn_paper.HOST}{api}"}
        server.answers[api] = whole
        crawling(server.port, "--recheck")
    assert crawling.articles == OTHERS | {drawn_paper.path_of(BROKEN)}


def test_two_pages_at_once_ask_for_a_script_once(crawling: Crawling) -> None:
    served = drawn_paper.pages(4)
    for number in range(4):  # unlike the list, all of them need it
        page = drawn_paper.SHELL.replace("</body>", '<script src="/them.js"></script></body>')
        served[drawn_paper.path_of(number)] = answer(page)
    served["/them.js"] = answer("let them = 1;", kind="text/javascript")
    with raw_server(served) as server:
        said = crawling(server.port)
        assert len(crawling.articles) == 4, said
        assert asked(server).count("/them.js") == 1
