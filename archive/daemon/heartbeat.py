"""The heartbeat of the daemon that runs a collection's jobs: a file that it writes every few seconds."""

from __future__ import annotations

import contextlib
import enum
import json
import socket
from datetime import datetime, timedelta
from pathlib import Path

import attrs
import cattrs

from archive.collection import Collection
from archive.durable import part_of
from archive.locks import is_held
from archive.plain_values import plain_converter

EVERY = timedelta(seconds=10)
# Without a beat for so long a daemon that still holds its lock hangs.
HANGS_AFTER = timedelta(minutes=3)
_NAME = "jobs.json"


class DaemonState(enum.StrEnum):
    """What the lock and the last heartbeat say of a collection's daemon."""

    NONE = "none"  # none ever ran
    RUNNING = "running"
    DRAINING = "draining"  # it begins no more runs
    HANGING = "hanging"  # its process is there, and does nothing
    ENDED = "ended"  # in order
    DEAD = "dead"  # it was killed, or its machine went down

    @property
    def is_alive(self) -> bool:
        """Whether it runs jobs, or ends them in order."""
        return self in (DaemonState.RUNNING, DaemonState.DRAINING)


@attrs.frozen(kw_only=True)
class Heartbeat:
    """What a daemon says of itself: its process, the schedule in force, and the last beat.

    Args:
        schedule: the path of the schedule, and `schedule_digest` the SHA-256 of its bytes when it was read.
        schedule_fault: why the schedule could not be read again; None where it could.
        ended_at: when it ended in order.
    """

    pid: int
    host: str = attrs.field(factory=socket.gethostname)
    version: str
    started_at: datetime
    beat_at: datetime
    schedule: str
    schedule_digest: str
    schedule_read_at: datetime
    schedule_fault: str | None = None
    is_draining: bool = False
    ended_at: datetime | None = None


def heartbeat_path(collection: Collection) -> Path:
    """The file of the heartbeat."""
    return collection.locks / _NAME


def write_heartbeat(collection: Collection, beat: Heartbeat) -> None:
    """Write it in one step, without syncing: it says nothing of what was before a crash.

    Raises:
        OSError: it cannot be written.
    """
    path = heartbeat_path(collection)
    part = part_of(path)
    part.write_text(json.dumps(plain_converter().unstructure(beat), indent=1) + "\n", encoding="utf-8")
    part.replace(path)


def read_heartbeat(collection: Collection) -> Heartbeat | None:
    """The last heartbeat; None where no daemon wrote one that can be read."""
    with contextlib.suppress(OSError, ValueError, TypeError, cattrs.BaseValidationError):
        return plain_converter().structure(json.loads(heartbeat_path(collection).read_text("utf-8")), Heartbeat)
    return None


def daemon_state(collection: Collection, beat: Heartbeat | None, instant: datetime) -> DaemonState:
    """The state of the collection's daemon at an instant, by its lock and its last heartbeat."""
    is_there = is_held(collection.jobs_lock)
    if beat is None:
        return DaemonState.RUNNING if is_there else DaemonState.NONE
    if not is_there and beat.host != socket.gethostname():
        is_there = beat.ended_at is None and instant - beat.beat_at < HANGS_AFTER  # no lock reaches another machine
    if not is_there:
        return DaemonState.DEAD if beat.ended_at is None else DaemonState.ENDED
    if instant - beat.beat_at >= HANGS_AFTER:
        return DaemonState.HANGING
    return DaemonState.DRAINING if beat.is_draining else DaemonState.RUNNING
