"""The answer of the API about the state of the collection, with the values of `baotinh status --json`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from archive.daemon.heartbeat import DaemonState
from archive.errors import FailureKind


class _Whole(BaseModel):
    """Values without any others."""

    model_config = ConfigDict(extra="forbid")


class HeartbeatAnswer(_Whole):
    """What a daemon last said of itself."""

    pid: int
    host: str
    version: str
    started_at: datetime
    beat_at: datetime
    schedule: str = Field(description="the path of its file")
    schedule_digest: str = Field(description="SHA-256 of the file's bytes when it was read")
    schedule_read_at: datetime
    schedule_fault: str | None = Field(description="why it could not be read again; null where it could")
    is_draining: bool = Field(description="whether it begins no more runs")
    ended_at: datetime | None = Field(description="when it ended in order")


class PaperAnswer(_Whole):
    """A newspaper that was crawled: its last run, its last good one, the next, and what is due."""

    name: str
    last_run: str = Field(description="its name")
    last_at: datetime = Field(description="when it began")
    last_outcome: str = Field(description="running while it goes on; interrupted where its process was killed")
    last_failure: str | None
    last_failure_kind: FailureKind | None
    last_good_at: datetime | None = Field(description="when the last that finished began; null where none did")
    next_at: datetime | None = Field(description="null where no daemon plans a run")
    due: int = Field(description="addresses that are due")


class TaskAnswer(_Whole):
    """The last end of a backup or a verification."""

    task: str = Field(description="backup or verify")
    started_at: datetime
    finished_at: datetime
    outcome: str = Field(description="finished or failed")
    detail: dict[str, Any] = Field(description="the figures of the task")


class Acknowledged(_Whole):
    """Since when nobody is reminded of an alarm, and why."""

    at: datetime
    reason: str


class RingingAlarm(_Whole):
    """An alarm that applies and is not muted."""

    id: int | None = Field(description="its number in the history; null where it was not recorded yet")
    kind: str
    newspaper: str | None
    subject: str
    detail: str
    figures: dict[str, Any] | None = Field(description="what was measured; null in alarms of earlier versions")
    raised_at: datetime | None = Field(description="null where it was not recorded yet")
    reminders: int = Field(description="how often it was sent again")
    acknowledged: Acknowledged | None
    muted: None


class StatusAnswer(_Whole):
    """The state of the collection at an instant."""

    at: datetime
    collection: str = Field(description="its folder")
    daemon: DaemonState
    heartbeat: HeartbeatAnswer | None = Field(description="null where no daemon ever ran")
    papers: list[PaperAnswer] = Field(description="by name")
    is_well: bool = Field(description="whether nothing rings")
    alarms: list[RingingAlarm] = Field(description="those that ring, without the muted ones")
    muted: int = Field(description="how many alarms apply and are muted")
    free_bytes: int = Field(description="of the collection's disk")
    days_left: float | None = Field(description="until the disk is full; null where its growth is unknown")
    tasks: list[TaskAnswer] = Field(description="the last backup and the last verification, where there were any")
