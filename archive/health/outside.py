"""Alarms that no row of the catalog shows: a daemon that died, a schedule with a fault, a collection not writable."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from archive.collection import Collection
from archive.daemon.heartbeat import DaemonState, Heartbeat, daemon_state, read_heartbeat
from archive.daemon.outage import why_unwritable
from archive.health.alarm import Alarm, DaemonDead, ScheduleFault, Unwritable


def outside_alarms(collection: Collection, instant: datetime) -> list[Alarm]:
    """All of them at an instant, by what the processes of this machine say."""
    beat = read_heartbeat(collection)
    if beat is None or beat.ended_at is not None:
        return []  # it may be a copy that nobody writes to
    return [*_daemon(collection, beat, instant), *_unwritable(collection)]


def schedule_alarms(beat: Heartbeat) -> list[Alarm]:
    """That the daemon could not read its schedule again, if so."""
    if beat.schedule_fault is None:
        return []
    figures = ScheduleFault(fault=beat.schedule_fault)
    return [Alarm(kind="schedule", newspaper=None, subject="", figures=figures)]


def daemon_alarm(beat: Heartbeat, instant: datetime) -> Alarm:
    """That a daemon died after its last heartbeat."""
    figures = DaemonDead(seen=beat.beat_at, silent=instant - beat.beat_at)
    return Alarm(kind="daemon", newspaper=None, subject="", figures=figures)


def _daemon(collection: Collection, beat: Heartbeat, instant: datetime) -> Iterator[Alarm]:
    state = daemon_state(collection, beat, instant)
    if state in (DaemonState.DEAD, DaemonState.HANGING):
        yield daemon_alarm(beat, instant)
    elif state.is_alive:
        yield from schedule_alarms(beat)


def _unwritable(collection: Collection) -> Iterator[Alarm]:
    error = why_unwritable(collection)
    if error is not None:
        yield Alarm(kind="unwritable", newspaper=None, subject="", figures=Unwritable(reason=str(error)))
