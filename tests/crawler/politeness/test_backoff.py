"""What keeps a crawl from asking: busy hosts, quiet hours, a day's budget, robots.txt's delay; nothing is lost."""

from __future__ import annotations

import codecs
import json
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support.asking import ask
from support.crawling import at_noon, baotinh
from support.hostile_paper import article, counts_of, crawl, html, section, titles
from support.raw_server import Answer, Line, asked, raw_server
from support.small_paper import Paper, answer, listing
from support.small_paper import article as small_article

from archive.errors import BadSetting
from crawler.politeness.backoff import DailyHours, retry_after_seconds

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "inside", "outside"),
    [
        ("06:00-08:30", ["06:00", "08:29"], ["05:59", "08:30", "20:00"]),
        ("22:00-05:30", ["22:00", "00:00", "05:29"], ["05:30", "12:00"]),
        ("00:00-24:00", ["00:00", "23:59"], []),
    ],
)
def test_daily_hours(said: str, inside: list[str], outside: list[str]) -> None:
    hours = DailyHours.read(said)
    assert hours is not None
    for clock in inside:
        assert hours.hold(datetime.fromisoformat(f"2026-11-24T{clock}:00+07:00")), clock
    for clock in outside:
        assert not hours.hold(datetime.fromisoformat(f"2026-11-24T{clock}:00+07:00")), clock


@pytest.mark.parametrize("said", ["6-8", "06:00-25:00", "24:00-08:00", "06:00-24:30", "night"])
def test_hours_that_are_none(said: str) -> None:
    with pytest.raises(BadSetting, match="BAOTINH_QUIET_HOURS"):
        DailyHours.read(said)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        (b"30", 30), (b" 0 ", 0), (b"Tue, 24 Nov 2026 12:01:00 GMT", 60), (b"Tue, 24 Nov 2026 11:00:00 GMT", 0),
        (None, None), (b"", None), (b"soon", None), (b"-5", None), (b"9" * 40, 1e7), (b"\xff", None),
    ],
)  # fmt: skip
def test_retry_after(said: bytes | None, seconds: float | None) -> None:
    assert retry_after_seconds(said, NOON) == seconds


def test_no_more_is_asked_of_a_host_at_once_than_was_set(tmp_path: Path) -> None:
    under_way: set[str] = set()
    changed = threading.Condition()
    most = 0

    def slow(path: str) -> Answer:
        def send(line: Line) -> None:
            nonlocal most
            with changed:
                under_way.add(path)
                most = max(most, len(under_way))
                changed.notify_all()
                assert changed.wait_for(lambda: most > 1, 120)
            time.sleep(0.05)  # a third would come now
            with changed:
                under_way.remove(path)
            line.sendall(html(path))

        return send

    paths = [f"/{name}" for name in "abcdefgh"]
    with raw_server({path: [slow(path)] for path in paths}) as server:
        asks = [f"http://papers.test{path}" for path in paths]
        report = ask(tmp_path, *asks, loopback=server.port, settings={"CONCURRENT_REQUESTS_PER_DOMAIN": 2})
    assert most == 2 and report["answers"] == {"200": 8, "404": 1}


def test_a_busy_host_is_left_alone_as_a_whole(tmp_path: Path) -> None:
    """One page says 429: nothing more is asked of the host until its time is over, and then everything."""
    at: dict[str, list[float]] = {}

    def note(path: str, answer: bytes) -> Answer:
        def send(line: Line) -> None:
            at.setdefault(path, []).append(time.monotonic())
            line.sendall(answer)

        return send

    busy = html("", "Retry-After: 2", status="429 Slow Down")
    answers: dict[str, list[Answer]] = {f"/{name}": [note(name, html(name))] for name in "bcdefgh"}
    answers["/a"] = [note("a", busy), note("a", html("a"))]
    with raw_server(answers) as server:
        asks = [f"http://papers.test/{name}" for name in "abcdefgh"]
        report = ask(tmp_path, *asks, loopback=server.port, settings={"CONCURRENT_REQUESTS_PER_DOMAIN": 1})
    assert len(at["a"]) == 2 and all(len(at[name]) == 1 for name in "bcdefgh")
    begun = at["a"][0]
    assert all(instant - begun >= 1.9 for name in "bcdefgh" for instant in at[name])
    assert report["troubles"] == [] and report["answers"] == {"200": 8, "404": 1, "429": 1}


def test_a_host_that_wants_a_long_rest_is_left_to_the_next_run(tmp_path: Path) -> None:
    busy = html("", "Retry-After: 9000", status="503 Busy")
    links = [f"/x-a{number}.html" for number in range(40)]
    answers: dict[str, list[Answer]] = {link: [busy, article(link)] for link in links}
    answers |= {"/thoi-su/": [section(*links)], "/robots.txt": [html("", status="404 None")]}
    with raw_server(answers) as server:
        report = crawl(server, tmp_path)
        first = [path for path in asked(server) if path in links]
        assert len(first) < len(links) and counts_of(report)["deferred: host rests"] == len(links) - len(first)
        server.answers |= {link: [article(link)] for link in links}
        crawl(server, tmp_path)
    # the one that answered 503 is due in an hour, those that were kept back at once
    assert len(titles(tmp_path)) == len(links) - len(first)


def test_a_days_budget_is_kept_over_several_runs(tmp_path: Path) -> None:
    links = [f"/x-a{number}.html" for number in range(9)]
    answers: dict[str, list[Answer]] = {link: [article(link)] for link in links}
    answers |= {"/thoi-su/": [section(*links)], "/robots.txt": [html("", status="404 None")]}
    with raw_server(answers) as server:
        place = ("--section", "thoi-su", "--loopback", f"127.0.0.1:{server.port}", "--collection", tmp_path)
        clock = at_noon()
        for _ in range(3):
            done = baotinh("crawl", "baocantho", *place, clock=clock, BAOTINH_DAILY_REQUESTS="6")
            assert done.returncode == 0, done.stderr
        assert len(asked(server)) == 6
        baotinh("crawl", "baocantho", *place, clock=clock, BAOTINH_DAILY_REQUESTS="0")
    assert len(titles(tmp_path)) == 9


def test_nothing_is_asked_in_quiet_hours(tmp_path: Path) -> None:
    with raw_server({"/thoi-su/": [section("/x-a1.html")], "/x-a1.html": [article("Bài")]}) as server:
        place = ("--section", "thoi-su", "--loopback", f"127.0.0.1:{server.port}", "--collection", tmp_path)
        done = baotinh("crawl", "baocantho", *place, BAOTINH_QUIET_HOURS="00:00-24:00")
        assert done.returncode == 0, done.stdout + done.stderr
        assert asked(server) == []
        assert "baocantho: 1 by quiet hours" in done.stdout
        bad = baotinh("crawl", "baocantho", *place, BAOTINH_QUIET_HOURS="at night")
        assert bad.returncode == 2 and "BAOTINH_QUIET_HOURS" in bad.stderr
        crawl(server, tmp_path)
    assert titles(tmp_path) == {"baocantho:1": "Bài"}


def test_robots_is_asked_once_a_day_and_its_delay_is_heeded(tmp_path: Path) -> None:
    robots = html("User-agent: *\nCrawl-delay: 1\nDisallow: /cam/")
    links = ["/x-a1.html", "/x-a2.html", "/cam/x-a3.html"]
    answers: dict[str, list[Answer]] = {link: [article(link)] for link in links}
    answers |= {"/thoi-su/": [section(*links)], "/robots.txt": [robots]}
    with raw_server(answers) as server:
        began = time.monotonic()
        crawl(server, tmp_path)
        assert time.monotonic() - began > 2  # three requests, a second between them
        report = crawl(server, tmp_path)
        assert asked(server).count("/robots.txt") == 1
        assert "/cam/x-a3.html" not in asked(server)
        place = ("--section", "thoi-su", "--loopback", f"127.0.0.1:{server.port}", "--collection", tmp_path)
        baotinh("crawl", "baocantho", *place, BAOTINH_ROBOTS_SECONDS="0")
        assert asked(server).count("/robots.txt") == 2
    assert counts_of(report).get("errors", 0) == 0


def test_a_robots_with_a_bom_is_obeyed_when_it_comes_and_when_it_is_held(tmp_path: Path) -> None:
    robots = codecs.BOM_UTF8 + b"User-agent: *\rDisallow: /kho/\rCrawl-delay: 0.01\r"
    lists = [*listing("/a-post1.html", "/kho/b-post2.html"), *listing("/a-post1.html", "/kho/c-post3.html")]
    pages: dict[str, list[Answer]] = {"/van-hoa/": lists, "/robots.txt": answer(robots)}
    pages |= {"/a-post1.html": small_article("Chợ nổi"), "/kho/b-post2.html": small_article("Sổ kho")}
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port)
        for _ in range(2):
            assert paper.crawl()["forbidden by robots.txt"] == 1
        paths = [path for path, _ in server.received]
    assert paper.ids() == {"1"} and not [path for path in paths if "/kho/" in path] and paths.count("/robots.txt") == 1


def test_a_host_that_is_down_is_not_asked_for_everything_that_is_due(tmp_path: Path) -> None:
    """It accepts connections and closes them: after ten it rests, ever longer, and then the run ends."""
    paths = [f"/tin-so-{number}-post{number}.html" for number in range(60)]
    pages: dict[str, list[Answer]] = {"/van-hoa/": listing(*paths)}
    pages |= {path: small_article(f"Tin số {number}") for number, path in enumerate(paths)}
    with raw_server(pages) as server:
        paper = Paper(tmp_path, server.port)
        paper.crawl()
        server.answers = {path: [lambda line: None] for path in [*pages, "/robots.txt"]}
        asked = len(server.received)
        paper.crawl("--recheck", code=1, BAOTINH_FIRST_REST="1", BAOTINH_LONGEST_REST="2")
        assert len(server.received) - asked < 60
    ((outcome, counts, failure),) = paper.rows("SELECT outcome, counts, failure FROM runs ORDER BY id DESC LIMIT 1")
    assert outcome == "failed" and "gave no answer" in failure
    assert json.loads(counts)["deferred: host down"] > 30
