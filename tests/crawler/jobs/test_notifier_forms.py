"""A webhook gets what Slack, ntfy and Alertmanager take, with a token that stands in no log."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from support.raw_server import RawServer, raw_server

from archive.catalog import Catalog
from archive.collection import Collection
from archive.health.alarm import Alarm, Failing, Silence
from archive.health.history import record_alarms
from crawler.jobs.notifiers import Notifiers, notify, tick

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SILENT = Alarm(
    kind="silence", newspaper="baocantho", subject="Thời sự <1>",
    figures=Silence(since=NOON - DAY, silent=DAY, longest=HOUR),
)  # fmt: skip
FAILING = Alarm(kind="failing", newspaper="baolaocai", subject="", figures=Failing(failure="x", last_good=None))
GOOD = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
TOKEN = "mot-ma-rat-mat"


def with_both(folder: Path, notifiers: Notifiers) -> Collection:
    """A collection of a newspaper with a title, in which one alarm is new and another is over."""
    collection = Collection.create(folder / "held")
    with collection.catalog(writable=True) as catalog, catalog.transaction() as connection:
        connection.execute(
            "INSERT INTO newspapers (name, profile) VALUES ('baocantho', ?)", ('{"title": "Báo Cần Thơ"}',)
        )
        record_alarms(connection, [FAILING], NOON - HOUR)
        record_alarms(connection, [SILENT], NOON, notifiers.channels)
    return collection


def bodies(server: RawServer) -> list[tuple[str, Any]]:
    """The paths and JSON values that came, in turn."""
    return [(path, json.loads(request.partition(b"\r\n\r\n")[2])) for path, request in server.received]


def sent(tmp_path: Path, form: str, path: str, to: str) -> Any:
    """What the webhook at an address gets at a path."""
    with raw_server({to: [GOOD]}) as server:
        notifiers = Notifiers(
            webhook=f"http://127.0.0.1:{server.port}{path}",
            webhook_form=form,
            site="https://kho.test",  # type: ignore[arg-type]
        )
        notify(notifiers, with_both(tmp_path, notifiers))
    ((where, said),) = bodies(server)
    assert where == to
    return said


def test_slack_gets_blocks(tmp_path: Path) -> None:
    said = sent(tmp_path, "slack", "/services/T0/B0/secret", "/services/T0/B0/secret")
    assert said["text"] == "baotinh: 2 messages about alarms"
    texts = [block["text"]["text"] for block in said["blocks"]]
    assert all(block["type"] == "section" and block["text"]["type"] == "mrkdwn" for block in said["blocks"])
    assert texts[0].startswith("*A section is silent · Báo Cần Thơ · section “Thời sự &lt;1&gt;” (baocantho)*\n")
    assert texts[1].startswith("*Over: Runs fail one after another · baolaocai*\n")
    assert texts[2] == "<https://kho.test/runs>"


def test_ntfy_is_published_to_as_json(tmp_path: Path) -> None:
    said = sent(tmp_path, "ntfy", "/toa-soan", "/")
    assert (said["topic"], said["priority"], said["click"]) == ("toa-soan", 4, "https://kho.test/runs")
    assert said["tags"] == ["rotating_light", "white_check_mark"]
    assert said["title"] == "baotinh: 2 messages about alarms" and "Báo Cần Thơ" in said["message"]


def test_alertmanager_gets_alerts_that_begin_and_end(tmp_path: Path) -> None:
    said = sent(tmp_path, "alertmanager", "", "/api/v2/alerts")
    new, over = said
    assert new["labels"] == {"alertname": "baotinh_silence", "newspaper": "baocantho", "subject": "Thời sự <1>"}
    assert new["startsAt"] == "2026-11-24T12:00:00+00:00" and new["endsAt"] > new["startsAt"]
    assert new["annotations"]["summary"].startswith("A section is silent · Báo Cần Thơ")
    assert new["generatorURL"] == "https://kho.test/runs"
    assert over["labels"] == {"alertname": "baotinh_failing", "newspaper": "baolaocai"}
    assert (over["startsAt"], over["endsAt"]) == ("2026-11-24T11:00:00+00:00", "2026-11-24T12:00:00+00:00")


def test_alertmanager_is_sent_active_alarms_every_few_minutes(tmp_path: Path, a_late_job: Callable[..., None]) -> None:
    with raw_server({"/api/v2/alerts": [GOOD]}) as server:
        notifiers = Notifiers(webhook=f"http://127.0.0.1:{server.port}", webhook_form="alertmanager")
        collection = Collection.create(tmp_path / "held")
        with collection.catalog(writable=True) as catalog:
            a_late_job(catalog, NOON - DAY)
        for minutes in range(12):
            tick(collection, notifiers, NOON + minutes * timedelta(minutes=1))
    assert 3 <= len(server.received) <= 4


@pytest.fixture
def a_late_job() -> Callable[[Catalog, datetime], None]:
    def plan(catalog: Catalog, due: datetime) -> None:
        with catalog.transaction() as connection:
            connection.execute(
                "INSERT INTO plans (job, newspaper, due_at, patience) VALUES ('hourly', 'baocantho', ?, 3600)",
                (due.isoformat().replace("+00:00", "Z"),),
            )

    return plan


def test_a_token_is_sent_and_logged_nowhere(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    token, address = tmp_path / "token", tmp_path / "address"
    token.write_text(f"{TOKEN}\n", "utf-8")
    refused = f"HTTP/1.1 403 no {TOKEN}\r\nContent-Length: 0\r\n\r\n".encode()
    with raw_server({"/hook/mat-khau": [refused, GOOD]}) as server:
        address.write_text(f"http://127.0.0.1:{server.port}/hook/mat-khau\n", "utf-8")
        notifiers = Notifiers(webhook_file=str(address), webhook_token_file=str(token))
        collection = with_both(tmp_path, notifiers)
        with caplog.at_level(logging.DEBUG):
            notify(notifiers, collection)
            notify(notifiers, collection)
    assert len(server.received) == 2
    assert all(f"\r\nAuthorization: Bearer {TOKEN}\r\n".encode() in request for _, request in server.received)
    assert "403" in caplog.text and TOKEN not in caplog.text and "mat-khau" not in caplog.text + repr(notifiers)


def test_a_token_is_taken_to_no_other_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAOTINH_WEBHOOK_TOKEN", TOKEN)
    with raw_server({"/": [GOOD]}) as other:
        away = f"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{other.port}/\r\nContent-Length: 0\r\n\r\n".encode()
        with raw_server({"/hook": [away]}) as server:
            notifiers = Notifiers(webhook=f"http://127.0.0.1:{server.port}/hook")
            notify(notifiers, with_both(tmp_path, notifiers))
    assert len(server.received) == 1 and other.received == []


@pytest.mark.parametrize("content", ["", "chat.test/hook", "https://"])
def test_an_address_that_is_none_is_refused_without_showing_it(
    tmp_path: Path, content: str, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "address"
    path.write_text(content, "utf-8")
    notifiers = Notifiers(webhook_file=str(path))
    notify(notifiers, with_both(tmp_path, notifiers))
    assert "could not be sent by webhook" in caplog.text and "chat.test" not in caplog.text


def test_a_notification_that_failed_is_sent_again_within_minutes(
    tmp_path: Path, a_late_job: Callable[..., None]
) -> None:
    broken = b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"
    with raw_server({"/hook": [broken, broken, broken, GOOD]}) as server:
        notifiers = Notifiers(webhook=f"http://127.0.0.1:{server.port}/hook")
        collection = Collection.create(tmp_path / "held")
        with collection.catalog(writable=True) as catalog:
            a_late_job(catalog, NOON - DAY)
        came = []
        for minutes in range(20):
            tick(collection, notifiers, NOON + minutes * timedelta(minutes=1))
            came.append(len(server.received))
    assert [came.index(count) for count in (1, 2, 3, 4)] == [0, 1, 3, 7] and came[-1] == 4
