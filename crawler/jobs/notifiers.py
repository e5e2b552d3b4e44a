"""Notifies people by webhook and e-mail of alarms that were raised or cleared."""

from __future__ import annotations

import logging
import smtplib
import urllib.request
from collections.abc import Callable
from email.message import EmailMessage

import attrs
from filelock import FileLock, Timeout

from archive.collection import Collection
from archive.health.alarm import Alarm
from archive.health.history import AlarmChange, mark_sent, unsent
from archive.printable import json_text, printable

logger = logging.getLogger(__name__)
_SECONDS = 20.0
_LOCK = "notifiers"


@attrs.frozen(kw_only=True)
class Notifiers:
    """The notifiers of a schedule: a webhook that takes JSON by POST, and e-mail by way of an SMTP server."""

    webhook: str | None = None
    email: tuple[str, ...] = ()
    sender: str = "baotinh@localhost"
    smtp: str = "localhost:25"

    @property
    def channels(self) -> tuple[str, ...]:
        """The names of the channels that are configured."""
        return tuple(name for name, where in (("webhook", self.webhook), ("email", self.email)) if where)


def notify(notifiers: Notifiers, collection: Collection) -> None:
    """Send pending notifications once by each channel; a failure is logged, and sent again after the next run."""
    if not notifiers.channels:
        return
    lock = FileLock(collection.locks / _LOCK)
    try:
        lock.acquire(timeout=len(notifiers.channels) * 2 * _SECONDS)
    except Timeout:
        return  # the process that holds the lock sends them, or the next run does
    try:
        for channel in notifiers.channels:
            _send(channel, notifiers, collection)
    finally:
        lock.release()


def _send(channel: str, notifiers: Notifiers, collection: Collection) -> None:
    with collection.catalog() as catalog:
        change = unsent(catalog.connection, channel)
    if not change:
        return
    try:
        _CHANNELS[channel](notifiers, change)
    except (OSError, ValueError) as error:
        logger.error("Alarms could not be sent: %s", error)
        return
    with collection.catalog(writable=True) as catalog, catalog.transaction() as connection:
        mark_sent(connection, channel, change)


def lines(change: AlarmChange) -> list[str]:
    """A line for each alarm, without control characters."""
    raised = [f"{_named(alarm)}: {alarm.detail}" for alarm in change.raised]
    return [printable(line) for line in (*raised, *(f"over: {_named(one.alarm)}" for one in change.cleared))]


def _named(alarm: Alarm) -> str:
    return " ".join(part for part in (alarm.newspaper, alarm.kind, alarm.subject) if part)


def _post(notifiers: Notifiers, change: AlarmChange) -> None:
    content = {
        "text": "\n".join(lines(change)),  # what chat services show
        "raised": [alarm.values() for alarm in change.raised],
        "cleared": [one.alarm.values() for one in change.cleared],
    }
    request = urllib.request.Request(
        str(notifiers.webhook),
        json_text(content).encode(),
        {"Content-Type": "application/json; charset=utf-8", "User-Agent": "baotinh"},
    )
    with urllib.request.urlopen(request, timeout=_SECONDS):
        pass


def _mail(notifiers: Notifiers, change: AlarmChange) -> None:
    message = EmailMessage()
    content = lines(change)
    message["Subject"] = f"baotinh: {content[0]}" if len(content) == 1 else f"baotinh: {len(content)} alarms"
    message["From"], message["To"] = notifiers.sender, ", ".join(notifiers.email)
    message.set_content("\n".join(content) + "\n")
    host, _, port = notifiers.smtp.partition(":")
    with smtplib.SMTP(host, int(port or 25), timeout=_SECONDS) as server:
        server.send_message(message)


_CHANNELS: dict[str, Callable[[Notifiers, AlarmChange], None]] = {"webhook": _post, "email": _mail}
