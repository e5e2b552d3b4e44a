"""Policies that need no crawl to be seen: when an article is due again, and what a run's mode does to the settings."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from scrapy.settings import Settings

from archive.errors import BadLoopback, BadSetting, ContactMissing
from archive.revisit_policy import YEAR, RevisitPolicy, after_failure, list_due
from crawler.crawl import arguments as modes
from crawler.crawl.arguments import read_ages
from crawler.http.resolver import Loopback
from crawler.runs.run import project_settings

NOON = datetime(2026, 1, 8, 12, tzinfo=UTC)


POLICY = RevisitPolicy()
HOUR = timedelta(hours=1)


def test_an_article_is_looked_at_again_at_growing_ages() -> None:
    looks, at = [], NOON + timedelta(minutes=1)
    for _ in range(8):
        at = POLICY.due_again(NOON, at)
        looks.append(at - NOON)
    assert looks == [*POLICY.ages, POLICY.ages[-1] + YEAR, POLICY.ages[-1] + 2 * YEAR]


def test_one_of_unknown_or_future_age_counts_as_just_published() -> None:
    assert POLICY.due_again(None, NOON) == POLICY.due_again(NOON + YEAR, NOON) == NOON + HOUR


def test_a_page_that_is_not_there_is_looked_for_soon_once_for_servers_err() -> None:
    old = NOON - timedelta(days=100)
    assert POLICY.after_absence(old, NOON, is_first=True) == NOON + HOUR
    assert POLICY.after_absence(old, NOON, is_first=False) == POLICY.due_again(old, NOON) > NOON + 100 * HOUR


def test_lists_come_due_by_how_often_they_change() -> None:
    interval = POLICY.interval(None, True)
    assert interval == HOUR
    for _ in range(20):
        interval = POLICY.interval(interval, True)
    assert interval == POLICY.list_least and list_due(interval, NOON) <= NOON + interval
    for _ in range(20):
        slower = POLICY.interval(interval, False)
        assert interval < slower or interval == POLICY.list_most
        interval = slower
    assert interval == POLICY.list_most
    assert POLICY.interval(interval, False, is_nested=True) > POLICY.list_most


def test_a_list_is_due_before_a_job_of_the_same_span_comes() -> None:
    assert list_due(HOUR, NOON) < NOON + HOUR - timedelta(minutes=5)


def test_failures_are_waited_for_ever_longer_and_not_for_ever() -> None:
    waits = [after_failure(failures, NOON) - NOON for failures in range(10)]
    assert waits[:3] == [HOUR, 4 * HOUR, 16 * HOUR] and waits[-1] == waits[6] < YEAR


@pytest.mark.parametrize("said", ["", "1h 30m", "1h 1h", "soon", "5s 1h"])
def test_ages_that_do_not_grow_are_refused(said: str) -> None:
    with pytest.raises(BadSetting, match="BAOTINH_REVISIT_AGES must be growing spans"):
        read_ages(said)


def configured(**arguments: str) -> Settings:
    settings = project_settings()
    modes.configure(settings, **arguments)
    return settings


def test_a_network_crawl_is_slow_obedient_and_says_whom_to_write_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BAOTINH_CONTACT", raising=False)
    settings = configured(contact="archive@example.org")
    assert settings["USER_AGENT"].startswith("baotinh/") and settings["USER_AGENT"].endswith("(+archive@example.org)")
    assert settings.getbool("ROBOTSTXT_OBEY") and settings.getbool("AUTOTHROTTLE_ENABLED")
    assert settings.getfloat("DOWNLOAD_DELAY") >= 1
    assert not settings.getbool("TELNETCONSOLE_ENABLED") and not settings.getbool("REMOTE_CONTROL_ENABLED")
    with pytest.raises(ContactMissing):
        configured()
    monkeypatch.setenv("BAOTINH_CONTACT", "https://archive.example.org/crawler")
    assert "https://archive.example.org/crawler" in configured()["USER_AGENT"]


def test_on_loopback_and_in_an_archive_nobody_is_waited_for() -> None:
    for settings in (configured(loopback="127.0.0.1:8063"), configured(from_archive="a.warc.gz")):
        assert not settings.getbool("AUTOTHROTTLE_ENABLED") and not settings.getfloat("DOWNLOAD_DELAY")
    assert configured(loopback="127.0.0.1:8063").getbool("ROBOTSTXT_OBEY")


@pytest.mark.parametrize("place", ["foo", "10.0.0.1:80", "127.0.0.1", "127.0.0.1:x", "127.0.0.1:0", "127.0.0.1:70000"])
def test_loopback_is_this_machine(place: str) -> None:
    with pytest.raises(BadLoopback):
        Loopback.from_setting(place)


def test_the_environment_may_change_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAOTINH_QUEUE_BYTES", "1000")
    monkeypatch.setenv("BAOTINH_OUTLINKS", "1")
    monkeypatch.setenv("BAOTINH_DIGEST", "sha1")
    settings = configured(from_archive="a.warc.gz")
    assert settings.getint("BAOTINH_QUEUE_BYTES") == 1000 and settings.getint("BAOTINH_ROTATE_BYTES") == 1_000_000_000
    assert settings.getbool("BAOTINH_OUTLINKS") and settings["BAOTINH_DIGEST"] == "sha1"


@pytest.mark.parametrize(
    ("name", "value"),
    [("BAOTINH_ROTATE_BYTES", "many"), ("BAOTINH_STOP_SECONDS", "-1"), ("BAOTINH_OUTLINKS", "2"),
     ("BAOTINH_DIGEST", "md5"), ("BAOTINH_REVISIT_AGES", "soon")],
)  # fmt: skip
def test_what_the_environment_cannot_mean_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(BadSetting, match=f"{name} must be .*, not '{value}'"):
        configured(from_archive="a.warc.gz")


def test_the_former_name_of_the_ages_is_heeded_with_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAOTINH_LOOKS", "2h 2d")
    with pytest.warns(DeprecationWarning, match="BAOTINH_LOOKS is now BAOTINH_REVISIT_AGES"):
        settings = configured(from_archive="a.warc.gz")
    assert settings["BAOTINH_REVISIT_AGES"] == "2h 2d"
    monkeypatch.setenv("BAOTINH_REVISIT_AGES", "3h 3d")
    with pytest.warns(DeprecationWarning):
        assert configured(from_archive="a.warc.gz")["BAOTINH_REVISIT_AGES"] == "3h 3d"
