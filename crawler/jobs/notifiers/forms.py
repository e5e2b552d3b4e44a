"""The forms in which webhooks take a message: baotinh's own JSON, and those of Slack, ntfy and Alertmanager."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from archive.health.history import AlarmRecord
from archive.zones import utc_text
from crawler.jobs.notifiers.message import Message, Notice

# Bounds of the services: longer texts are refused, or become attachments.
_SLACK_TEXT, _SLACK_BLOCKS = 2900, 50
_NTFY_OCTETS = 4000
# How long Alertmanager holds an alarm active that it is not sent again: longer than the pause of the reminders.
_HELD = timedelta(days=8)

Payload = tuple[str, Any]
"""An address, and what is sent there as JSON."""


def payload(form: str, message: Message, address: str, instant: datetime) -> Payload:
    """The payload of a message in a form, and the address that takes it."""
    return _FORMS[form](message, address, instant)


def _values(record: AlarmRecord) -> dict[str, Any]:
    times = {
        "raised_at": utc_text(record.raised_at),
        "cleared_at": utc_text(record.cleared_at) if record.cleared_at else None,
    }
    return record.alarm.values() | times


def _json(message: Message, address: str, _instant: datetime) -> Payload:
    """Its `text` is what most chat services show."""
    by_state = {
        state: [_values(one.record) for one in message.notices if one.state == state]
        for state in ("raised", "reminded", "cleared")
    }
    return address, {"text": message.text, "site": message.link, **by_state}


def _slack(message: Message, address: str, _instant: datetime) -> Payload:
    """An incoming webhook of Slack, or of Mattermost: blocks of mrkdwn, and a text for notifications.

    https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
    """
    texts = [_mrkdwn(one) for one in message.notices[: _SLACK_BLOCKS - 2]]
    left = len(message.notices) - len(texts)
    texts += [f"+ {left}"] if left else []
    texts += [f"<{_escaped(message.link)}>"] if message.link else []
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": text}} for text in texts]
    return address, {"text": _escaped(message.subject), "blocks": blocks}


def _mrkdwn(notice: Notice) -> str:
    return _cut(_escaped("\n".join([f"*{notice.headline.replace('*', '∗')}*", *notice.lines])), _SLACK_TEXT)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


_NTFY_TAGS = {"raised": "rotating_light", "reminded": "bell", "cleared": "white_check_mark"}
_NTFY_PRIORITIES = {"raised": 4, "reminded": 3, "cleared": 2}


def _ntfy(message: Message, address: str, _instant: datetime) -> Payload:
    """ntfy's publishing as JSON: it goes to the server's root and names the topic, the last part of the address.

    https://docs.ntfy.sh/publish/#publish-as-json
    """
    root, _, topic = address.rstrip("/").rpartition("/")
    states = {one.state for one in message.notices}
    said: dict[str, Any] = {
        "topic": topic,
        "title": _cut(message.subject, 200),
        "message": message.text.encode()[:_NTFY_OCTETS].decode("utf-8", "ignore"),
        "priority": max(_NTFY_PRIORITIES[state] for state in states),
        "tags": [tag for state, tag in _NTFY_TAGS.items() if state in states],
    }
    return f"{root}/", said | ({"click": message.link} if message.link else {})


def _alertmanager(message: Message, address: str, instant: datetime) -> Payload:
    """Alertmanager's POST of alerts, API version 2.

    https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml
    """
    if urlsplit(address).path in ("", "/"):
        address = f"{address.rstrip('/')}/api/v2/alerts"
    return address, [_alert(one, message.link, instant) for one in message.notices]


def _alert(notice: Notice, link: str | None, instant: datetime) -> dict[str, Any]:
    record, alarm = notice.record, notice.record.alarm
    labels = {"alertname": f"baotinh_{alarm.kind}", "newspaper": alarm.newspaper, "subject": alarm.subject}
    return {
        "labels": {name: value for name, value in labels.items() if value},
        "annotations": {"summary": notice.headline, "description": "\n".join(notice.lines)},
        "startsAt": record.raised_at.isoformat(),
        "endsAt": (record.cleared_at or instant + _HELD).isoformat(),
        **({"generatorURL": link} if link else {}),
    }


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


_FORMS: dict[str, Callable[[Message, str, datetime], Payload]] = {
    "json": _json, "slack": _slack, "ntfy": _ntfy, "alertmanager": _alertmanager,
}  # fmt: skip
