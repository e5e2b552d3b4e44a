"""Sends what the notifiers have still to send, again after growing pauses where that fails."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from archive.catalog import Catalog
from archive.clock import now
from archive.collection import Collection
from archive.health.alarm import Alarm
from archive.health.evaluation import evaluate
from archive.health.history import AlarmChange, AlarmRecord, Unsent, active_alarms, mark_sent, unsent
from archive.health.mutes import mute_of, mutes_at
from archive.locks import LockHeld, held
from crawler.jobs.notifiers.declared import Notifiers, Undelivered
from crawler.jobs.notifiers.mail import mail
from crawler.jobs.notifiers.message import Message, lines, message_of
from crawler.jobs.notifiers.webhook import post

logger = logging.getLogger(__name__)
_SECONDS = 20.0
_LOCK = "notifiers"
_SHORTEST, _LONGEST = timedelta(minutes=1), timedelta(minutes=30)
# Alertmanager forgets alarms when it starts again, and is sent the active ones again and again.
_REPEATED = timedelta(minutes=5)

_CHANNELS: Mapping[str, Callable[[Notifiers, Message, datetime, float], None]] = {"webhook": post, "email": mail}
# By collection and channel: how often sending failed in turn, and when this process tries again.
_failures: dict[tuple[Path, str], tuple[int, datetime]] = {}
_repeated: dict[Path, datetime] = {}


def tick(collection: Collection, notifiers: Notifiers, instant: datetime, outside: Sequence[Alarm] = ()) -> AlarmChange:
    """Evaluate the alarms, and send what is new, over, due for a reminder, or failed to be sent before.

    To be called every minute, from one thread. Takes up to 20 seconds for each channel that does not answer; one that
    failed is tried again after a minute, then after twice as long each time, up to half an hour.

    Args:
        outside: the alarms that the catalog cannot show (`archive.health.alarm.OUTSIDE`) and that apply now.

    Raises:
        CollectionError, UsageError, sqlite3.Error, OSError: the catalog cannot be written; see `tell`.
    """
    with collection.catalog(writable=True) as catalog:
        change = evaluate(collection, catalog, instant, notifiers.channels, outside)
    for line in lines(change):
        logger.warning("%s", line)
    _deliver(collection, notifiers, instant, waits=True)
    return change


def notify(notifiers: Notifiers, collection: Collection) -> None:
    """Send what is unsent by each channel at once; a failure is logged, and sent again by the next `tick` or run."""
    _deliver(collection, notifiers, now(), waits=False)


def tell(
    notifiers: Notifiers,
    alarms: Sequence[Alarm],
    *,
    cleared: Sequence[Alarm] = (),
    channels: Sequence[str] | None = None,
) -> tuple[str, ...]:
    """Send alarms without a catalog, which may not be writable; the channels that failed, each of which is logged.

    Args:
        channels: only by these: those that failed before.
    """
    instant, failed = now(), []
    what = Unsent(
        raised=tuple(AlarmRecord(alarm=alarm, raised_at=_since(alarm) or instant) for alarm in alarms),
        cleared=tuple(
            AlarmRecord(alarm=alarm, raised_at=_since(alarm) or instant, cleared_at=instant) for alarm in cleared
        ),
    )
    for channel in notifiers.channels if what else ():
        if channels is None or channel in channels:
            try:
                _CHANNELS[channel](notifiers, message_of(what, notifiers, {}), instant, _SECONDS)
            except Undelivered as error:
                logger.error("Alarms could not be sent by %s: %s", channel, error.reason)
                failed.append(channel)
    return tuple(failed)


def _since(alarm: Alarm) -> datetime | None:
    since = getattr(alarm.figures, "since", None)
    return since if isinstance(since, datetime) else None


def _deliver(collection: Collection, notifiers: Notifiers, instant: datetime, *, waits: bool) -> None:
    if not notifiers.channels:
        return
    wait = 0 if waits else len(notifiers.channels) * 2 * _SECONDS
    # the process that holds the lock sends them, or the next call does
    with suppress(LockHeld), held(collection.locks / _LOCK, wait):
        for channel in notifiers.channels:
            _, again_at = _failures.get((collection.root, channel), (0, instant))
            if not waits or not timedelta(0) < again_at - instant <= _LONGEST:
                _send(channel, notifiers, collection, instant)


def _send(channel: str, notifiers: Notifiers, collection: Collection, instant: datetime) -> None:
    with collection.catalog() as catalog:
        what = unsent(catalog.connection, channel, instant)
        shown = what or _repeatedly(channel, notifiers, collection, catalog, instant)
        if not shown:
            return
        titles = {name: str(profile.get("title") or name) for name, profile in catalog.newspapers().items()}
    try:
        _CHANNELS[channel](notifiers, message_of(shown, notifiers, titles), instant, _SECONDS)
    except Undelivered as error:
        logger.error("Alarms could not be sent by %s: %s", channel, error.reason)
        _enter_failure(collection, channel, instant)
        return
    # until it is marked: where that fails, nobody is to get the same every minute
    _enter_failure(collection, channel, instant)
    if what:
        with collection.catalog(writable=True) as catalog, catalog.transaction() as connection:
            mark_sent(connection, channel, what)
    _failures.pop((collection.root, channel), None)


def _enter_failure(collection: Collection, channel: str, instant: datetime) -> None:
    key = (collection.root, channel)
    count = _failures[key][0] + 1 if key in _failures else 1
    _failures[key] = count, instant + min(_SHORTEST * 2 ** (min(count, 10) - 1), _LONGEST)


def _repeatedly(
    channel: str, notifiers: Notifiers, collection: Collection, catalog: Catalog, instant: datetime
) -> Unsent:
    """What a channel that forgets is sent again, now and then: all alarms that are active and not muted."""
    last = _repeated.get(collection.root)
    is_due = last is None or not timedelta(0) <= instant - last < _REPEATED
    if channel != "webhook" or notifiers.webhook_form != "alertmanager" or not is_due:
        return Unsent()
    _repeated[collection.root] = instant
    mutes = mutes_at(catalog.connection, instant)
    active = active_alarms(catalog.connection)
    return Unsent(reminded=tuple(one for one in active if not mute_of(one.alarm, mutes)))
