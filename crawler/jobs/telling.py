"""Telling people of alarms that were raised or are over, until they were told: a webhook, an e-mail; judges nothing."""

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
_LOCK = "telling.lock"


@attrs.frozen(kw_only=True)
class Bells:
    """Where alarms are told: an address that takes JSON by POST; people, by a mail server of this network."""

    webhook: str | None = None
    email: tuple[str, ...] = ()
    sender: str = "baotinh@localhost"
    smtp: str = "localhost:25"

    @property
    def ways(self) -> tuple[str, ...]:
        """The ways that are wanted, by name."""
        return tuple(name for name, where in (("webhook", self.webhook), ("email", self.email)) if where)


def tell(bells: Bells, collection: Collection) -> None:
    """Tell what is yet to be told, once by each way; a way that fails is logged, and taken again at the next look."""
    if not bells.ways:
        return
    lock = FileLock(collection.locks / _LOCK)
    try:
        lock.acquire(timeout=len(bells.ways) * 2 * _SECONDS)
    except Timeout:
        return  # whoever holds it tells it, or the next look does
    try:
        for way in bells.ways:
            _take(way, bells, collection)
    finally:
        lock.release()


def _take(way: str, bells: Bells, collection: Collection) -> None:
    with collection.catalog() as catalog:
        change = unsent(catalog.connection, way)
    if not change:
        return
    try:
        _WAYS[way](bells, change)
    except (OSError, ValueError) as error:
        logger.error("Alarms could not be told: %s", error)
        return
    with collection.catalog(writable=True) as catalog, catalog.transaction() as connection:
        mark_sent(connection, way, change)


def lines(change: AlarmChange) -> list[str]:
    """A line for each alarm, without control characters."""
    raised = [f"{_named(alarm)}: {alarm.detail}" for alarm in change.raised]
    return [printable(line) for line in (*raised, *(f"over: {_named(one.alarm)}" for one in change.cleared))]


def _named(alarm: Alarm) -> str:
    return " ".join(part for part in (alarm.newspaper, alarm.kind, alarm.subject) if part)


def _post(bells: Bells, change: AlarmChange) -> None:
    said = {
        "text": "\n".join(lines(change)),  # what chat services show
        "raised": [alarm.values() for alarm in change.raised],
        "cleared": [one.alarm.values() for one in change.cleared],
    }
    request = urllib.request.Request(
        str(bells.webhook),
        json_text(said).encode(),
        {"Content-Type": "application/json; charset=utf-8", "User-Agent": "baotinh"},
    )
    with urllib.request.urlopen(request, timeout=_SECONDS):
        pass


def _mail(bells: Bells, change: AlarmChange) -> None:
    message = EmailMessage()
    said = lines(change)
    message["Subject"] = f"baotinh: {said[0]}" if len(said) == 1 else f"baotinh: {len(said)} alarms"
    message["From"], message["To"] = bells.sender, ", ".join(bells.email)
    message.set_content("\n".join(said) + "\n")
    host, _, port = bells.smtp.partition(":")
    with smtplib.SMTP(host, int(port or 25), timeout=_SECONDS) as server:
        server.send_message(message)


_WAYS: dict[str, Callable[[Bells, AlarmChange], None]] = {"webhook": _post, "email": _mail}
