"""Alarms reach people: a webhook and a mail server of this machine get what was raised and what is over."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.mail_server import mail_server
from support.raw_server import raw_server

from archive.collection import Collection
from archive.errors import BadSchedule
from archive.health.alarm import Alarm
from archive.health.history import record_alarms
from crawler.jobs.notifiers import Notifiers, notify
from crawler.jobs.schedule_file import read_schedule

SILENT = Alarm(kind="silence", newspaper="baocantho", subject="Thời sự", detail="không có tin từ hôm qua")
FULL = Alarm(kind="disk", newspaper=None, subject="", detail="0.5 GB are free")
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
GOOD = b"HTTP/1.1 204 No Content\r\n\r\n"


def with_both(folder: Path, notifiers: Notifiers) -> Collection:
    """A collection in which one alarm has begun and another is over, both untold."""
    collection = Collection.create(folder / "held")
    with collection.catalog(writable=True) as catalog, catalog.transaction() as connection:
        record_alarms(connection, [FULL], NOON)
        record_alarms(connection, [SILENT], NOON + timedelta(hours=1), notifiers.channels)
    return collection


def test_a_webhook_gets_json(tmp_path: Path) -> None:
    with raw_server({"/hook": [GOOD]}) as server:
        notifiers = Notifiers(webhook=f"http://127.0.0.1:{server.port}/hook")
        collection = with_both(tmp_path, notifiers)
        notify(notifiers, collection)
        notify(notifiers, collection)  # once is enough
    ((_, request),) = server.received
    head, _, body = request.partition(b"\r\n\r\n")
    assert head.startswith(b"POST /hook HTTP/1.1\r\n")
    said = json.loads(body)
    blocks = [block.splitlines() for block in said["text"].split("\n\n")]
    assert [block[0] for block in blocks] == [
        "A section is silent · baocantho · section “Thời sự”",
        "Over: The disk is nearly full",
    ]
    assert blocks[0][1] == "  không có tin từ hôm qua" and "  Raised on Tuesday, 24 November 2026, 20:00." in blocks[0]
    assert said["raised"] == [
        {
            "kind": "silence",
            "newspaper": "baocantho",
            "subject": "Thời sự",
            "detail": "không có tin từ hôm qua",
            "figures": None,
            "raised_at": "2026-11-24T13:00:00Z",
            "cleared_at": None,
        }
    ]
    assert [alarm["kind"] for alarm in said["cleared"]] == ["disk"] and said["reminded"] == []


def test_people_get_a_mail(tmp_path: Path) -> None:
    with mail_server() as server:
        notifiers = Notifiers(
            email=("a@papers.test", "b@papers.test"), sender="c@papers.test", smtp=f"127.0.0.1:{server.port}"
        )
        notify(notifiers, with_both(tmp_path, notifiers))
    (message,) = server.came
    assert (message["From"], message["To"]) == ("c@papers.test", "a@papers.test, b@papers.test")
    assert message["Subject"] == "baotinh: 2 messages about alarms" and message["Auto-Submitted"] == "auto-generated"
    assert message.get_content().splitlines()[:2] == [
        "A section is silent · baocantho · section “Thời sự”",
        "  không có tin từ hôm qua",
    ]


def test_a_channel_that_fails_is_logged_and_tried_again_and_the_other_sends_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    broken = b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"
    with mail_server() as mails, raw_server({"/hook": [broken, GOOD]}) as server:
        notifiers = Notifiers(
            webhook=f"http://127.0.0.1:{server.port}/hook", email=("a@papers.test",), smtp=f"127.0.0.1:{mails.port}"
        )
        collection = with_both(tmp_path, notifiers)
        with caplog.at_level(logging.ERROR):
            notify(notifiers, collection)
        assert len(mails.came) == 1 and "500" in caplog.text
        with collection.catalog(writable=True) as catalog, catalog.transaction() as connection:
            record_alarms(connection, [SILENT, FULL], NOON + timedelta(hours=2), notifiers.channels)  # FULL is back
        notify(notifiers, collection)
        notify(notifiers, collection)
    said = [json.loads(request.partition(b"\r\n\r\n")[2]) for _, request in server.received]
    kinds = [[alarm["kind"] for alarm in said[1][state]] for state in ("raised", "reminded", "cleared")]
    assert kinds == [["silence", "disk"], [], ["disk"]]
    assert len(said) == 2 and len(mails.came) == 2


def test_nobody_is_told_of_nothing(tmp_path: Path) -> None:
    with raw_server({}) as server:
        notifiers = Notifiers(webhook=f"http://127.0.0.1:{server.port}/hook")
        collection = Collection.create(tmp_path / "held")
        collection.catalog(writable=True).close()
        notify(notifiers, collection)
    assert server.received == []


def test_the_schedule_names_the_ways(tmp_path: Path) -> None:
    path = tmp_path / "schedule.toml"
    job = '[jobs.a]\nnewspaper = "baocantho"\nevery = "1h"\n'
    path.write_text(
        job + '[alarms]\nwebhook = "https://a.test/x"\nemail = "a@b.test"\nsmtp = "mail.test:25"\n', "utf-8"
    )
    known = {"baocantho": {"thoi-su"}}
    assert read_schedule(path, known).notifiers == Notifiers(
        webhook="https://a.test/x", email=("a@b.test",), smtp="mail.test:25"
    )
    path.write_text(job + '[alarms]\nwebhook = "a.test"\nsmtp = "mail"\nmobile = "1"\n', "utf-8")
    with pytest.raises(BadSchedule) as caught:
        read_schedule(path, known)
    assert [problem.line for problem in caught.value.problems] == [5, 6, 7]
