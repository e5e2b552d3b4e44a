"""Reasons are stored as codes, those of older versions are brought along, and each has words in both languages."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from archive.catalog import migrations
from archive.errors import FailureKind
from archive.reasons import Reason, coded_reason, read_reason, reason_words
from archive.web import wording


@pytest.mark.parametrize(
    ("older", "coded"),
    [
        ("no element matches .tac-gia a", "no_element .tac-gia a"),
        ("h1.tit holds no text", "empty_element h1.tit"),
        (".ten holds no byline", "empty_element .ten"),
        (".noi-dung is empty", "empty_element .noi-dung"),
        ("'hôm qua' is no time", "no_time hôm qua"),
        ("only the day is given: '08/01/2026'", "day_only 08/01/2026"),
        ("only the day is given", "day_only"),
        ("'Báo Thử' names no author", "no_author Báo Thử"),
        ("the layout declares none", "not_declared"),
        ("HTTP 404", "HTTP 404"),
        ("HTTP 503; the answer is archived", "HTTP 503"),
        ("forbidden by robots.txt", "forbidden"),
        ("the answer broke off", "broken_off"),
        ("leads to khac.test", "elsewhere khac.test"),
        ("more than 40 list pages; the rest is for the next run", "too_many_pages 40"),
        ("disk is full", "other disk is full"),
    ],
)
def test_a_reason_in_words_becomes_a_code_once(older: str, coded: str) -> None:
    assert coded_reason(older) == coded == coded_reason(coded)


@pytest.mark.parametrize("reason", Reason)
def test_each_code_has_words_in_both_languages_and_is_read_back(reason: Reason) -> None:
    stored = reason.of("x {} '1")
    assert read_reason(stored) == (reason, "x {} '1") and read_reason(reason.value) == (reason, "")
    for words in (reason_words(stored), wording.why(stored)):
        assert words and (words != stored or reason is Reason.HTTP)
    assert wording.why(reason.value) != reason_words(reason.value) or reason in (Reason.OTHER, Reason.INVALID)


@pytest.mark.parametrize("kind", FailureKind)
def test_each_kind_of_failure_has_words(kind: FailureKind) -> None:
    assert wording.why_failed(kind) != kind.value


def test_a_migration_stores_the_reasons_of_rejections_as_codes(tmp_path: Path) -> None:
    path = tmp_path / "catalog.sqlite"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for step in migrations.STEPS[:7]:
            connection.executescript(step)
        connection.execute("PRAGMA user_version = 7")
        connection.execute("PRAGMA foreign_keys = OFF")
        reasons = json.dumps({"title": "no element matches h1.tit", "body": ".bài is empty"}, ensure_ascii=False)
        connection.execute("INSERT INTO rejections VALUES (1, 1, 'http://bao.test/a', NULL, ?)", (reasons,))
        connection.execute("BEGIN IMMEDIATE")
        migrations.migrate(connection, path)
        connection.execute("COMMIT")
        (stored,) = connection.execute("SELECT reasons FROM rejections").fetchone()
    assert json.loads(stored) == {"title": "no_element h1.tit", "body": "empty_element .bài"}


def test_each_code_is_in_the_documents() -> None:
    listed = (Path(__file__).parents[2] / "docs" / "fields.md").read_text("utf-8")
    assert [reason for reason in Reason if f"| `{reason.value}` |" not in listed] == []
