"""Logs are lines of text or of JSON, stay within their bounds, and may be moved away while they are written."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from archive import printable_logs
from archive.log_files import LogFile
from archive.printable_logs import JsonLines, as_entries, log_formatter, name_run


@pytest.fixture
def logger() -> Iterator[logging.Logger]:
    made = logging.Logger("papers")
    yield made
    for handler in made.handlers:
        handler.close()


def log_to(logger: logging.Logger, handler: logging.Handler) -> None:
    handler.setFormatter(JsonLines())
    logger.addHandler(handler)


def lines(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text("utf-8").split("\n")[:-1]]


def test_an_entry_is_one_object_whatever_it_says(tmp_path: Path, logger: logging.Logger) -> None:
    log_to(logger, LogFile(tmp_path / "log", 10**6, 2))
    hostile = "a\nb\r\x1b[31m\x00\u2028\u202e\x85\ud800 Lào Cai"
    logger.warning("said: %s", hostile, extra={"newspaper": "baolaocai", "run": "baolaocai-1", "job": "hourly"})
    try:
        raise ValueError("\x1b]0;title\x07")
    except ValueError:
        logger.exception("it failed")
    octets = (tmp_path / "log").read_bytes()
    assert not any(octets.count(bytes([control])) for control in range(32) if control != 10)
    first, second = lines(tmp_path / "log")
    assert first["message"] == f"said: {hostile}" and "Lào Cai".encode() in octets
    assert (first["newspaper"], first["run"], first["job"]) == ("baolaocai", "baolaocai-1", "hourly")
    assert (first["level"], first["logger"]) == ("WARNING", "papers")
    assert datetime.fromisoformat(first["time"]).utcoffset() is not None
    assert second["traceback"].startswith("Traceback") and "ValueError" in second["traceback"]


def test_a_process_of_one_run_names_it_in_each_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printable_logs, "_runs", {})
    monkeypatch.setenv("BAOTINH_LOG_FORMAT", "json")
    monkeypatch.setenv("BAOTINH_JOB", "nightly")
    name_run("baocantho", "baocantho-1")
    (said,) = map(json.loads, as_entries("a word").splitlines())
    assert (said["newspaper"], said["run"], said["job"]) == ("baocantho", "baocantho-1", "nightly")
    name_run("baolaocai", "baolaocai-1")
    (said,) = map(json.loads, as_entries("a word").splitlines())
    assert "newspaper" not in said and "run" not in said


def test_text_stays_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BAOTINH_LOG_FORMAT", raising=False)
    record = logging.makeLogRecord({"levelname": "INFO", "msg": "a\nb\x1b"})
    assert log_formatter("%(levelname)s %(message)s").format(record) == "INFO a\n    b\ufffd"
    assert as_entries("a\nb") == "a\nb\n"


def test_a_file_is_begun_anew_at_its_size(tmp_path: Path, logger: logging.Logger) -> None:
    log_to(logger, LogFile(tmp_path / "log", 1000, 2))
    for number in range(100):
        logger.warning("entry %s", number)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["log", "log.1", "log.2"] and all(path.stat().st_size <= 1000 for path in tmp_path.iterdir())
    assert lines(tmp_path / "log")[-1]["message"] == "entry 99"


def test_a_file_is_begun_anew_each_day(tmp_path: Path, logger: logging.Logger, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "log").write_text('{"message": "of yesterday"}\n', "utf-8")
    noon = datetime(2026, 1, 7, 12).timestamp()
    os.utime(tmp_path / "log", (noon, noon))
    monkeypatch.setattr("archive.log_files._today", lambda: "2026-01-08")
    log_to(logger, LogFile(tmp_path / "log", 10**6, 2, is_daily=True))
    logger.warning("of today")
    logger.warning("of today")
    assert [one["message"] for one in lines(tmp_path / "log")] == ["of today", "of today"]
    assert [one["message"] for one in lines(tmp_path / "log.1")] == ["of yesterday"]


@pytest.mark.parametrize("is_moved", [True, False])
def test_a_file_that_was_moved_away_is_made_again(tmp_path: Path, logger: logging.Logger, is_moved: bool) -> None:
    log_to(logger, LogFile(tmp_path / "log", 10**6, 2))
    logger.warning("one")
    if is_moved:
        (tmp_path / "log").rename(tmp_path / "log-20260101")
    else:
        (tmp_path / "log").unlink()
    logger.warning("two")
    assert [one["message"] for one in lines(tmp_path / "log")] == ["two"]


def test_entries_go_on_into_the_former_file_while_its_folder_is_away(tmp_path: Path, logger: logging.Logger) -> None:
    folder, elsewhere = tmp_path / "logs", tmp_path / "elsewhere"
    folder.mkdir()
    log_to(logger, LogFile(folder / "log", 10**6, 2))
    logger.warning("one")
    folder.rename(elsewhere)
    for entry in ("two", "three"):
        logger.warning(entry)
    assert not folder.exists()
    assert [one["message"] for one in lines(elsewhere / "log")] == ["one", "two", "three"]
    folder.mkdir()
    logger.warning("four")
    assert [one["message"] for one in lines(folder / "log")] == ["four"]
