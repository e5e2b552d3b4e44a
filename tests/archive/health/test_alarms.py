"""Each alarm rings when a newspaper's runs are not as they were, and is silent when they are."""

from __future__ import annotations

import json
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from support.crawling import baotinh
from support.past_runs import DAY, HOUR, NOW, Past
from support.past_runs import past as past

from archive.article import Article, Block, CaptureRef, to_json
from archive.catalog.versions import enter_version
from archive.clock import warc_date
from archive.errors import NewspaperLocked
from archive.health.alarm import Alarm
from archive.health.disk import forecast
from archive.health.history import active_alarms, alarm_history, record_alarms
from archive.ingest.runs import end_interrupted


def test_nothing_rings_where_all_is_as_it_was(past: Past) -> None:
    past.articles("Thời sự", [DAY * days / 2 for days in range(1, 60)])
    assert past.found() == {}


def test_a_section_is_silent_beyond_its_own_longest_silence(past: Past) -> None:
    past.articles("Thời sự", [4 * DAY + DAY * days for days in range(30)])  # one a day, four days ago the last
    past.articles("Chuyên đề", [4 * DAY + 5 * DAY * times for times in range(8)])  # one every five days
    past.articles("Mới", [4 * DAY + HOUR * hours for hours in range(20)])  # no history yet
    past.articles("Hiếm", [40 * DAY, 41 * DAY])  # too few to tell
    found = past.found()
    assert set(found) == {("silence", "Thời sự")}
    assert "its longest silence was 24 h" in found["silence", "Thời sự"]


def test_silence_is_measured_to_the_last_good_run(past: Past) -> None:
    """Where the crawls themselves failed nobody can say that the section is silent."""
    past.articles("Thời sự", [2 * HOUR + HOUR * 6 * times for times in range(100)])
    assert past.found(NOW + 3 * DAY) == {}


def test_two_failed_runs_ring_and_one_does_not(past: Past) -> None:
    past.run(HOUR / 2, "failed", "no connection")
    assert past.found() == {}
    past.run(HOUR / 4, "failed", "no connection")
    assert "no connection" in past.found()["failing", ""]
    past.run(HOUR / 6)  # nothing was due
    assert "no connection" in past.found()["failing", ""]
    past.run(HOUR / 8, pages=1)
    assert past.found() == {}


def test_a_run_that_met_another_of_its_newspaper_did_not_fail(past: Past) -> None:
    """Unless that one holds the newspaper for more than a day."""
    under_way = past.run(HOUR * 0.9)
    past.write("UPDATE runs SET finished_at = NULL, outcome = NULL WHERE id = ?", under_way)
    for part in (2, 3):
        past.run(HOUR / part, "failed", str(NewspaperLocked("baocantho", past.collection.root)), "locked")
    assert past.found() == {}
    past.write("UPDATE runs SET started_at = ? WHERE id = ?", warc_date(NOW - 3 * DAY), under_way)
    assert "is already being crawled" in past.found()["failing", ""]


def test_runs_without_any_answer_are_told_as_failing_alone(past: Past) -> None:
    past.run(HOUR / 2, "failed", "no connection", errors=9)
    assert past.found() == {}
    past.run(HOUR / 4, "failed", "no connection", errors=9)
    assert {kind for kind, _ in past.found()} == {"failing"}


def test_errors_beyond_what_is_usual(past: Past) -> None:
    past.run(HOUR / 2, pages=20, errors=4)
    assert past.found() == {}
    past.run(HOUR / 4, pages=20, errors=12)
    assert past.found() == {("errors", ""): "38% of the requests of baocantho-50 failed; usually 0% do"}


def test_pages_that_cannot_be_read_any_more(past: Past) -> None:
    for number in range(6):
        run = past.run(HOUR / (number + 2), pages=4, rejected=2)
        past.write(
            "INSERT INTO rejections (run_id, url, reasons) VALUES (?, 'http://a/', ?)",
            run, json.dumps({"title": "no element matches h1.title"}),
        )  # fmt: skip
    past.write("UPDATE runs SET counts = '{}' WHERE started_at < ? AND started_at >= ?",
               warc_date(NOW - HOUR), warc_date(NOW - 20 * HOUR))  # fmt: skip
    assert "title: no element matches h1.title" in past.found()["layout", ""]


def test_pages_that_the_rules_do_not_fit_any_more(past: Past) -> None:
    past.run(HOUR / 2, pages=9, articles_new=9, beside_the_rules=9)
    assert past.found() == {}  # among a day's
    for number in range(4):
        past.run(HOUR / (number + 3), pages=9, articles_new=6, articles_changed=3, beside_the_rules=9)
    detail = past.found()["layout", ""]
    assert detail == "45 of 117 articles within a day were read although the rules did not fit"


def test_a_field_that_articles_bore_before(past: Past) -> None:
    run, file = (
        1,
        past.write(
            """INSERT INTO warc_files (name, newspaper, run_id, origin, state, committed, crc32)
        VALUES ('a', 'baocantho', 1, 'written', 'closed', 0, 0)"""
        ),
    )
    past.articles("Thời sự", [DAY / 2 + HOUR * hours for hours in range(150)])
    with past.collection.catalog(writable=True) as catalog, catalog.transaction() as connection:
        ids = [row[0] for row in connection.execute("SELECT id FROM articles ORDER BY published_at")]
        for number, article in enumerate(ids):
            at = warc_date(NOW - DAY)
            connection.execute(
                """INSERT INTO captures (record_id, file_id, offset, length, run_id, type, url, urlkey, captured_at)
                VALUES (?, ?, ?, 1, ?, 'response', ?, '', ?)""", (str(number), file, number, run, article, at),
            )  # fmt: skip
            missing = {"byline": "no element"} if number >= 125 else {"tags": "none"}
            doubts = {"title": "two disagree"} if number >= 130 else {}
            confidence = {"title": 0.98, "body": 0.74 if number >= 120 else 0.99}
            held = Article(
                newspaper="baocantho", article_id=article.partition(":")[2], url=article, title="Bài", captured_at=NOW,
                body=(Block(type="paragraph", text="a"),), published_at=NOW, capture=CaptureRef(record_id=str(number)),
                missing=missing, doubts=doubts, confidence=confidence,
            )  # fmt: skip
            enter_version(connection, run, held, to_json(held))
    found = past.found()
    assert found.pop(("confidence", "body")) == "confidence 0.74 in the last 30 articles; 0.99 in those before"
    assert set(found) == {("field", "byline"), ("doubt", "title")} and found["field", "byline"].startswith(
        "83% of the last 30 articles lack it"
    )


def test_a_job_that_did_not_run(past: Past) -> None:
    past.write("INSERT INTO plans VALUES ('hourly', 'baocantho', ?, 7200)", warc_date(NOW - HOUR))
    assert past.found() == {}
    assert "was to run at 2026-11-24 11:00 UTC, 3 h ago" in past.found(NOW + 2 * HOUR + HOUR / 60)["late", "hourly"]


def test_when_the_disk_is_full(past: Past) -> None:
    past.write("UPDATE runs SET counts = ?", json.dumps({"WARC bytes": 1_000_000_000}))
    with past.collection.catalog() as catalog:
        days, fastest = forecast(catalog, 240_000_000_000, NOW)
    assert days == pytest.approx(10) and fastest == "baocantho"


def test_alarms_are_remembered_until_they_are_over(past: Past) -> None:
    alarm = Alarm(kind="silence", newspaper="baocantho", subject="Thời sự", detail="a day")
    worse = Alarm(kind="silence", newspaper="baocantho", subject="Thời sự", detail="two days")
    disk = Alarm(kind="disk", newspaper=None, subject="", detail="full")

    def kept(*found: Alarm, after: timedelta) -> tuple[list[Alarm], list[Alarm]]:
        with past.collection.catalog(writable=True) as catalog, catalog.transaction() as connection:
            change = record_alarms(connection, found, NOW + after)
        return list(change.raised), [one.alarm for one in change.cleared]

    assert kept(alarm, after=HOUR) == ([alarm], [])
    assert kept(worse, disk, after=2 * HOUR) == ([disk], [])
    assert kept(worse, after=3 * HOUR) == ([], [disk])
    assert kept(after=4 * HOUR) == ([], [worse])
    assert kept(alarm, after=5 * HOUR) == ([alarm], [])
    with past.collection.catalog() as catalog:
        connection: sqlite3.Connection = catalog.connection
        assert [one.raised_at for one in active_alarms(connection)] == [NOW + 5 * HOUR]
        assert len(alarm_history(connection)) == 3


def test_the_command_tells_and_says_so_by_its_exit_code(past: Past) -> None:
    past.run(HOUR / 2, "failed", "no connection")
    past.run(HOUR / 4, "failed", "no connection")
    said = baotinh("jobs", "health", "--collection", past.collection.root)
    assert said.returncode == 1 and "baocantho failing: the last runs failed: no connection" in said.stdout
    as_json = baotinh("jobs", "health", "--json", "--collection", past.collection.root)
    assert "failing" in [json.loads(line)["kind"] for line in as_json.stdout.splitlines()]


@pytest.mark.parametrize("captured", ["1999-01-01T00:00:00.000000Z", None])
def test_a_run_that_was_killed_ended_no_earlier_than_it_began(past: Past, captured: str | None) -> None:
    """Its last capture is one of an old archive, or from before the clock was set back."""
    number = past.run(HOUR)
    past.write("UPDATE runs SET finished_at = NULL, outcome = NULL WHERE id = ?", number)
    if captured:
        past.write(
            """INSERT INTO warc_files (name, newspaper, run_id, origin, state, committed, crc32)
            VALUES ('a', 'baocantho', ?, 'imported', 'closed', 0, 0)""", number,
        )  # fmt: skip
        past.write(
            """INSERT INTO captures (record_id, file_id, offset, length, run_id, type, url, urlkey, captured_at)
            VALUES ('r', 1, 0, 1, ?, 'response', 'http://a/', '', ?)""", number, captured,
        )  # fmt: skip
    with past.collection.catalog(writable=True) as catalog:
        end_interrupted(past.collection, catalog, number, f"baocantho-{number}")
        (run,) = [one for one in catalog.runs(5) if one.id == number]
    assert (run.outcome, run.finished_at) == ("interrupted", run.started_at)


def test_a_run_that_an_earlier_version_recovered_took_no_negative_time(past: Past) -> None:
    number = past.run(HOUR)
    past.write("UPDATE runs SET finished_at = ? WHERE id = ?", warc_date(NOW - 2 * HOUR), number)
    said = baotinh("jobs", "history", "--json", "--collection", past.collection.root).stdout
    assert (
        next(row for row in map(json.loads, said.splitlines()) if row["run"] == f"baocantho-{number}")["seconds"] == 0
    )


@pytest.mark.parametrize(("rejected", "rings"), [(4, False), (9, False), (17, True)])
def test_a_new_paper_has_an_absolute_bound(tmp_path: Path, rejected: int, rings: bool) -> None:
    past = Past(tmp_path / "new")
    past.run(HOUR, pages=108, articles_new=108 - rejected, rejected=rejected)
    assert (("layout", "") in past.found()) is rings


def test_old_pages_of_a_backfill_ring_beside_a_past_that_was_well(past: Past) -> None:
    for days in range(2, 10):
        past.run(days * DAY, pages=50, articles_new=49, rejected=1)
    past.run(HOUR / 2, pages=108, articles_new=94, rejected=14)
    assert past.found() == {}  # among a day's 180
    past.run(HOUR / 3, pages=108, articles_new=82, rejected=26)
    assert set(past.found()) == {("layout", "")}
