"""Telling people of alarms that were raised or are over: a webhook, an e-mail; judges nothing."""

from __future__ import annotations

import json
import logging
import smtplib
import urllib.request
from email.message import EmailMessage

import attrs

from archive.health.alarms import Alarm
from archive.health.keeping import Change

logger = logging.getLogger(__name__)
_SECONDS = 20.0


@attrs.frozen(kw_only=True)
class Bells:
    """Where alarms are told: an address that takes JSON by POST; people, by a mail server of this network."""

    webhook: str | None = None
    email: tuple[str, ...] = ()
    sender: str = "baotinh@localhost"
    smtp: str = "localhost:25"


def tell(bells: Bells, change: Change) -> None:
    """Tell what has changed, once by each way; a way that fails is logged, and the others are taken all the same."""
    if not change.raised and not change.cleared:
        return
    for way, is_wanted in ((_post, bells.webhook is not None), (_mail, bool(bells.email))):
        if is_wanted:
            try:
                way(bells, change)
            except (OSError, ValueError) as error:
                logger.error("Alarms could not be told: %s", error)


def lines(change: Change) -> list[str]:
    """A line for each alarm."""
    raised = [f"{_named(alarm)}: {alarm.detail}" for alarm in change.raised]
    return raised + [f"over: {_named(one.alarm)}" for one in change.cleared]


def _named(alarm: Alarm) -> str:
    return " ".join(part for part in (alarm.newspaper, alarm.kind, alarm.subject) if part)


def _post(bells: Bells, change: Change) -> None:
    said = {
        "text": "\n".join(lines(change)),  # what chat services show
        "raised": [attrs.asdict(alarm) for alarm in change.raised],
        "cleared": [attrs.asdict(one.alarm) for one in change.cleared],
    }
    request = urllib.request.Request(
        str(bells.webhook),
        json.dumps(said, ensure_ascii=False).encode(),
        {"Content-Type": "application/json; charset=utf-8", "User-Agent": "baotinh"},
    )
    with urllib.request.urlopen(request, timeout=_SECONDS):
        pass


def _mail(bells: Bells, change: Change) -> None:
    message = EmailMessage()
    said = lines(change)
    message["Subject"] = f"baotinh: {said[0]}" if len(said) == 1 else f"baotinh: {len(said)} alarms"
    message["From"], message["To"] = bells.sender, ", ".join(bells.email)
    message.set_content("\n".join(said) + "\n")
    host, _, port = bells.smtp.partition(":")
    with smtplib.SMTP(host, int(port or 25), timeout=_SECONDS) as server:
        server.send_message(message)
