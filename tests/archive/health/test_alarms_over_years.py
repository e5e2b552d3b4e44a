"""Alarms where runs are many and little is asked in each: they begin once, and go on until it is over."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from support.crawling import baotinh
from support.past_runs import DAY, HOUR, NOW, Past
from support.past_runs import past as past
from support.raw_server import raw_server
from support.small_paper import BROKEN, Paper, article, listing

from archive.clock import warc_date

MINUTE = timedelta(minutes=1)


def test_sections_that_all_fail_ring_also_where_they_are_few(past: Past) -> None:
    """Three days of HTTP 500 for the three lists of a small paper: three errors in each run, never five."""
    for hours in range(72, 0, -1):
        past.run(hours * HOUR / 100, errors=3)  # newer than what the fixture wrote
    assert past.found() != {}


def test_an_alarm_for_errors_goes_on_through_a_run_in_which_nothing_was_due(past: Past) -> None:
    past.run(HOUR / 2, pages=10, errors=10)
    assert ("errors", "") in past.found()
    past.run(HOUR / 4)
    assert ("errors", "") in past.found()


def test_what_was_always_so_does_not_ring_where_runs_are_many(tmp_path: Path) -> None:
    past = Past(tmp_path / "held")
    for number in range(700, 0, -1):  # every five minutes
        past.run(number * 5 * MINUTE, pages=5, articles_new=3, rejected=2)
    assert past.found() == {}


@pytest.mark.parametrize("silent", [20, 80, 88, 100])
def test_a_section_that_is_silent_for_months_goes_on_ringing(past: Past, silent: int) -> None:
    past.articles("Thời sự", [silent * DAY + DAY * days / 4 for days in range(200)])
    past.run(MINUTE, pages=3)
    past.write("UPDATE runs SET started_at = ? WHERE id = 1", warc_date(NOW - (silent + 1) * DAY))
    assert ("silence", "Thời sự") in past.found(NOW)


def test_a_section_that_was_silent_long_before_anybody_looked_does_not_ring(past: Past) -> None:
    past.articles("Thời sự", [100 * DAY + DAY * days / 4 for days in range(200)])
    assert past.found(NOW) == {}


def test_a_paper_whose_server_answers_500_to_all_does_not_pass_for_well(tmp_path: Path) -> None:
    with raw_server({"/van-hoa/": [*listing("/a-post1.html"), *BROKEN], "/a-post1.html": article("x")}) as server:
        paper = Paper(tmp_path, server.port)
        paper.crawl()
        for _ in range(3):
            paper.crawl(code=1)
    done = baotinh("jobs", "health", "--collection", paper.root)
    assert done.returncode == 1, done.stdout
