"""The live view of a crawl, as a person sees it on a real pseudo terminal; where there is none, nothing of it."""

from __future__ import annotations

import io
import json
import re
import signal
import threading
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from support.crawling import baotinh
from support.forking import Forked
from support.hostile_paper import article, html, section
from support.pseudo_terminal import ROOT, Seen, on_terminal
from support.raw_server import Answer, Line, raw_server

from archive.catalog.counts import count_due
from archive.catalog.runs import Run
from archive.clock import now, warc_date
from archive.collection import Collection
from crawler.cli.live import Glance, octets, view
from crawler.http.traffic import HostTraffic
from crawler.newsroom import RunningNewsroom

HOST = re.compile(r"^  (?P<host>[\w-]+\.test) +(?P<figures>[\d,]+ .*)$")


def crawl(root: Path, port: int, columns: int, rows: int, *more: str, **named: Any) -> Seen:
    call = ("crawl", "baocantho", "--section", "thoi-su", "--loopback", f"127.0.0.1:{port}", "--collection", root)
    return on_terminal(columns, rows, *call, *more, **named)


def host_rows(state: list[str]) -> dict[str, str]:
    return {found["host"]: found["figures"] for line in state if (found := HOST.match(line))}


def figure(state: list[str], name: str) -> int:
    """The figure behind a name, of those that stand above the hosts."""
    (found,) = [one for line in state if line.startswith("  ") and (one := re.search(rf"\b{name} +([\d,]+)", line))]
    return int(found[1].replace(",", ""))


def run_of(root: Path) -> Run:
    with Collection.open(root).catalog() as catalog:
        (run,) = catalog.runs()
    return run


@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (120, 40), (60, 30)])
def test_a_crawl_is_seen_while_it_runs(tmp_path: Path, newsroom: RunningNewsroom, columns: int, rows: int) -> None:
    seen = crawl(tmp_path / "held", newsroom.port, columns, rows, "--limit", "5")  # what it leaves is due
    assert seen.code == 0
    counts, last = run_of(tmp_path / "held").counts, seen.last
    shown = {"pages": "pages", "new": "articles new", "pictures": "pictures", "unreadable": "rejected"}
    assert {name: figure(last, name) for name in shown} == {name: counts[count] for name, count in shown.items()}
    with Collection.open(tmp_path / "held").catalog() as catalog:
        assert figure(last, "due") == count_due(catalog.connection, "baocantho", warc_date(now())) > 0
    log = [json.loads(line) for line in (tmp_path / "transport.jsonl").read_text("utf-8").splitlines()]
    sent = [exchange for exchange in log if exchange["host"] == "baocantho.test"]
    row = host_rows(last)["baocantho.test"].split()
    assert (int(row[0]), int(row[1])) == (len(sent), sum(exchange["status"] == 200 for exchange in sent))
    # the view is drawn over, not anew below: the newspaper stands there once
    stands = [sum("Báo Cần Thơ" in line for line in state) for state in seen.states]
    assert stands[-1] == 1 and set(stands) <= {0, 1}  # none amid a frame that came in two pieces
    # what is told at the end stands below it, and the cursor is back
    head = next(number for number, line in enumerate(last) if "finished · " in line)
    assert any(line.startswith("Report: ") for line in last[head:]) and seen.octets.rindex(b"\x1b[?25h") > 0


def test_what_is_under_way_is_seen(tmp_path: Path) -> None:
    """A page does not come before the screen has shown that it is awaited, with the rate of the pages before it."""
    is_seen = threading.Event()

    def when_it_was_seen(line: Line) -> None:
        assert is_seen.wait(600)
        line.sendall(article("Bài tốt"))

    def watch(state: list[str], _process: object) -> None:
        row = host_rows(state).get("baocantho.test", "").split()
        if row[-1:] == ["1"] and re.search(r"\d pages/s · \d+:\d\d:\d\d$", "\n".join(state), re.MULTILINE):
            is_seen.set()

    answers: dict[str, list[Answer]] = {"/thoi-su/": [section("/x-a1.html")], "/x-a1.html": [when_it_was_seen]}
    with raw_server(answers) as server:
        seen = crawl(tmp_path, server.port, 80, 24, watch=watch)
    assert is_seen.is_set() and figure(seen.last, "new") == 1
    assert host_rows(seen.last)["baocantho.test"].split()[-1] == "0"


def test_a_host_that_rests_is_seen_to(tmp_path: Path) -> None:
    busy = html("", "Retry-After: 2", status="503 Service Unavailable")
    is_seen, refused = threading.Event(), list[Line]()

    def until_it_is_seen(line: Line) -> None:
        if is_seen.is_set():
            line.sendall(section("/x-a1.html"))
        else:
            refused.append(line)
            line.sendall(busy)

    def watch(state: list[str], _process: object) -> None:
        if re.search(r"baocantho\.test .* waits \d+ s$", "\n".join(state), re.M):
            is_seen.set()

    with raw_server({"/thoi-su/": [until_it_is_seen], "/x-a1.html": [article("Bài tốt")]}) as server:
        seen = crawl(tmp_path, server.port, 80, 24, watch=watch)
    assert is_seen.is_set() and run_of(tmp_path).counts["articles new"] == 1
    last = host_rows(seen.last)["baocantho.test"].split()
    # the answers of the class 5xx: one, where the view was drawn meanwhile; nothing under way
    assert int(last[4]) == len(refused) and last[-1] == "0"


@pytest.mark.parametrize(("times", "code"), [(1, 0), (2, 130)])
def test_ctrl_c_leaves_the_terminal_as_it_was(tmp_path: Path, times: int, code: int) -> None:
    """Once, and the crawl ends in order; twice, and it ends at once: in both cases the cursor is back."""
    pressed, has_ended = [], threading.Event()

    def never(_line: Line) -> None:
        has_ended.wait(600)

    def was_heard() -> bool:
        return any("Received SIGINT" in path.read_text("utf-8") for path in tmp_path.glob("logs/*"))

    def watch(state: list[str], process: Forked) -> None:
        if len(pressed) < times and host_rows(state).get("baocantho.test", "").endswith(" 1"):
            if pressed and not was_heard():
                return  # two that come at once are one
            pressed.append(state)
            process.send_signal(signal.SIGINT)

    # a crawl that is told once has time for the second; without a second it has none
    seconds = {"BAOTINH_STOP_SECONDS": "600" if times > 1 else "0"}
    with raw_server({"/thoi-su/": [never]}) as server:
        seen = crawl(tmp_path, server.port, 80, 24, watch=watch, **seconds)
        has_ended.set()
    assert (len(pressed), seen.code) == (times, code)
    assert seen.octets.rindex(b"\x1b[?25h") > seen.octets.rindex(b"\x1b[?25l")
    assert not [line for line in seen.last if "Traceback" in line], seen.last


def test_the_log_goes_above_the_view(tmp_path: Path, newsroom: RunningNewsroom) -> None:
    seen = crawl(tmp_path, newsroom.port, 100, 30, "--verbose")
    head = next(number for number, line in enumerate(seen.last) if "finished · " in line)
    assert any("Spider opened" in line for line in seen.last[:head])
    assert sum("pages/s" in line for line in seen.last) == 0


def test_three_papers_at_once_fit_a_small_terminal() -> None:
    hosts = {f"h{number}.test": HostTraffic(requests=number, received=number) for number in range(1, 31)}
    papers = [glance(title, hosts) for title in ("Báo Cần Thơ", "Báo Lào Cai", "Báo Bạc Liêu")]
    for height in (60, 24, 20, 12, 4):
        lines = shown(papers, 80, height)
        assert len(lines) < height and max(map(len, lines)) <= 80
        assert [paper.title for paper in papers if any(paper.title in line for line in lines)] == [
            "Báo Cần Thơ", "Báo Lào Cai", "Báo Bạc Liêu",
        ]  # fmt: skip
    lines = shown(papers[:1], 80, 12)
    assert list(host_rows(lines)) == ["h28.test", "h29.test", "h30.test"]
    assert re.search(r"and 27 more hosts +378 ", lines[-1])


def glance(title: str, hosts: dict[str, HostTraffic]) -> Glance:
    return Glance(
        title=title, seconds=4000, pages_a_second=0.5, ended=None, due=None, waiting=12,
        counts={"deferred: quiet hours": 2, "deferred: host rests": 3, "errors": 1}, hosts=hosts, rests={},
    )  # fmt: skip


def shown(glances: list[Glance], width: int, height: int) -> list[str]:
    console = Console(file=io.StringIO(), width=width)
    with console.capture() as captured:
        console.print(view(glances, width, height))
    return [line.rstrip() for line in captured.get().splitlines()]


def test_figures_of_all_sizes() -> None:
    lines = shown([glance("Báo Cần Thơ", {})], 80, 24)
    assert lines[0].endswith("0.5 pages/s · 1:06:40") and len(lines[0]) == 80
    assert re.search(r"due +- +waiting +12", lines[2]) and re.search(r"errors +1 +deferred +5 ", lines[3])
    said = [octets(count) for count in (0, 999, 1000, 999_949, 999_950, 14_200_000, 3 * 10**15)]
    assert said == ["0 B", "999 B", "1.0 kB", "999.9 kB", "1.0 MB", "14.2 MB", "3000.0 TB"]


def test_a_pipe_gets_the_summary_and_no_control_sequence(tmp_path: Path, newsroom: RunningNewsroom) -> None:
    place = ("--loopback", f"127.0.0.1:{newsroom.port}", "--collection", tmp_path / "held")
    done = baotinh("crawl", "baocantho", "--section", "thoi-su", *place, TERM="xterm-256color")
    assert done.returncode == 0 and done.stdout.startswith("Crawled") and done.stderr == ""
    assert "\x1b" not in done.stdout and "\r" not in done.stdout and "pages/s" not in done.stdout


def test_a_terminal_that_knows_no_sequences_gets_none(tmp_path: Path, newsroom: RunningNewsroom) -> None:
    place = ("--loopback", f"127.0.0.1:{newsroom.port}", "--collection", tmp_path / "held")
    seen = on_terminal(80, 24, "crawl", "baocantho", "--section", "thoi-su", *place, TERM="dumb")
    assert seen.code == 0 and b"\x1b" not in seen.octets and any(line == "Crawled" for line in seen.last)


def test_the_picture_in_the_documents_is_what_is_drawn() -> None:
    counts = {"pages": 80, "articles new": 58, "pictures": 75, "rejected": 1, "WARC bytes": 3_300_000}
    laocai = HostTraffic(requests=187, answers={2: 162, 3: 6, 4: 1, 5: 2}, received=3_200_000, under_way=16)
    baclieu = HostTraffic(requests=181, answers={2: 159, 3: 4, 4: 1, 5: 1}, received=3_200_000, under_way=16)
    now = {"seconds": 5.3, "ended": None}
    papers = [
        Glance(
            title="Báo Lào Cai", pages_a_second=13.9, due=56, waiting=6, counts=counts,
            hosts={"baolaocai.test": laocai}, rests={}, **now,
        ),
        Glance(
            title="Báo Bạc Liêu", pages_a_second=13.4, due=118, waiting=64,
            counts=counts | {"pages": 77, "rejected": 0}, hosts={"baobaclieu.test": baclieu},
            rests={"baobaclieu.test": 9.2}, **now,
        ),
    ]  # fmt: skip
    drawn = "\n".join(shown(papers, 80, 30))
    assert drawn in (ROOT / "docs" / "crawl-a-paper.md").read_text("utf-8"), drawn
