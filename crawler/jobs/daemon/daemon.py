"""The daemon: runs the jobs of a schedule until it is told to end, takes commands, and says that it is alive."""

from __future__ import annotations

import contextlib
import logging
import os
import threading
import time
import urllib.request
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from http.client import HTTPException
from typing import Any

import attrs

from archive import VERSION
from archive.clock import now
from archive.collection import Collection
from archive.daemon.heartbeat import EVERY, Heartbeat, read_heartbeat, write_heartbeat
from archive.daemon.outage import UNWRITABLE, OutageWatch, why_unwritable
from archive.errors import BaotinhError, DaemonRefused
from archive.ingest.recovery import recover_ended
from crawler.jobs.daemon.control import listening
from crawler.jobs.daemon.dispatch import Dispatch
from crawler.jobs.daemon.sd_notify import reloading, sd_notify
from crawler.jobs.daemon.telling import Telling
from crawler.jobs.planning import pause, resume
from crawler.jobs.running import Ended
from crawler.jobs.schedule import ScheduleSource, newspapers_of
from crawler.jobs.unentered import UnenteredRuns

logger = logging.getLogger(__name__)
_TELLING_EVERY = 60.0  # seconds
_CLOCK_SET = 30.0  # seconds: less is what a clock is corrected by


class Daemon:
    """Runs the jobs of a collection until `end` is called."""

    def __init__(self, collection: Collection, source: ScheduleSource) -> None:
        """Read the schedule.

        Raises:
            BadSchedule: it cannot be read, or something in it is wrong.
            OSError: nothing outside the collection can be written either.
        """
        self._collection, self._source = collection, source
        self._schedule = source.read()
        self._beat = _first_beat(source)
        self._dispatch = Dispatch(collection, self._schedule, self._why_out)
        self._telling = Telling(collection, lambda: self._schedule.notifiers)
        self._outage = OutageWatch(collection.root, self._telling.outage_began, self._telling.outage_over)
        self._teller = ThreadPoolExecutor(1, thread_name_prefix="telling")
        self._told: Future[None] | None = None
        self._tells_at = 0.0
        self._wakes, self._ends, self._reloads = threading.Event(), threading.Event(), threading.Event()
        self._changing, self._beating = threading.Lock(), threading.Lock()

    @property
    def heartbeat(self) -> Heartbeat:
        """The last heartbeat."""
        return self._beat

    def _why_out(self) -> str | None:
        outage = self._outage.current
        return outage.reason if outage else None

    @property
    def outage(self) -> bool:
        """Whether the collection cannot be written."""
        return self._outage.current is not None

    def run(self) -> None:
        """Run jobs until `end` is called, then stop the running ones; blocks until they have ended.

        Raises:
            SchedulerRunning: another process runs the jobs of this collection.
        """
        with self._collection.lock_jobs(), listening(self._collection, self._answer):
            former = read_heartbeat(self._collection)
            if former is not None and former.ended_at is None:
                logger.warning("The daemon before this one died after %s", former.beat_at.isoformat())
                self._telling.daemon_died(former)
            self._outage.see(None)
            self._enter_remembered()
            recover_ended(self._collection, *{newspaper for _, newspaper in newspapers_of(self._schedule)})
            self._dispatch.start()
            sd_notify("READY=1", f"STATUS={len(self._schedule.jobs)} jobs")
            try:
                self._watch()
            finally:
                sd_notify("STOPPING=1")
                self._dispatch.end()
                self._teller.shutdown(wait=True, cancel_futures=True)
            self._write_beat(ended_at=now())

    def end(self) -> None:
        """Start no more runs, and stop those that are running. May be called from any thread."""
        self._ends.set()
        self._wakes.set()

    def reload_soon(self) -> None:
        """Read the schedule again. May be called from any thread."""
        self._reloads.set()
        self._wakes.set()

    def reload(self) -> None:
        """Read the schedule again, and plan all jobs by it; where it has a fault the former stays in force.

        Raises:
            BaotinhError, or one of UNWRITABLE: it cannot be read, something in it is wrong, or the catalog cannot be
                written.
        """
        with self._changing:
            sd_notify(reloading())
            try:
                digest, read = self._source.digest(), self._source.read()
                self._dispatch.use(read)
                self._schedule = read
                self._write_beat(schedule_digest=digest, schedule_read_at=now(), schedule_fault=None)
                logger.info("The schedule was read again: %d jobs", len(read.jobs))
            except (BaotinhError, *UNWRITABLE) as error:
                logger.error("The schedule was not read again, the former stays in force: %s", error)
                self._write_beat(schedule_fault=str(error))
                raise
            finally:
                self._tells_at = 0.0
                sd_notify("READY=1")

    def _watch(self) -> None:
        """Beat until `end` is called."""
        ahead = _ahead()
        while not self._ends.is_set():
            self._wakes.clear()
            if abs(_ahead() - ahead) > _CLOCK_SET:
                logger.warning("The clock was set: it is another time than expected by %.0f s", _ahead() - ahead)
                self._plan_anew()
            ahead = _ahead()
            if self._reloads.is_set():
                self._reloads.clear()
                with contextlib.suppress(BaotinhError, *UNWRITABLE):
                    self.reload()
            self._look()
            if self._dispatch.is_alive:
                sd_notify("WATCHDOG=1")
            if time.monotonic() >= self._tells_at and (self._told is None or self._told.done()):
                self._tells_at = time.monotonic() + _TELLING_EVERY
                self._told = self._teller.submit(self._tell)
            self._wakes.wait(EVERY.total_seconds())

    def _plan_anew(self) -> None:
        with contextlib.suppress(*UNWRITABLE):  # what was planned stays
            self._dispatch.plan_anew()

    def _look(self) -> None:
        """Look whether the collection can be written, and beat; enter the runs that were remembered elsewhere.

        A run that went on during an outage may be remembered when that is over: its job would never begin again.
        """
        was_out = self.outage
        error = why_unwritable(self._collection) or self._write_beat()
        if error is None:
            try:
                if self._enter_remembered() or was_out:
                    self._dispatch.plan_anew()
            except UNWRITABLE as still:
                error = still
        if (error is not None) != was_out:
            self._tells_at = 0.0
        if error is not None and not was_out:
            self._dispatch.interrupt()
        self._outage.see(error)

    def _write_beat(self, **changes: Any) -> Exception | None:
        """Beat, with these values changed from now on; why it could not be written, None where it was."""
        with self._beating:  # commands come in threads of their own, and all write the same file
            if self._beat.ended_at is not None:
                return None
            self._beat = attrs.evolve(self._beat, beat_at=now(), is_draining=self._dispatch.is_draining, **changes)
            try:
                write_heartbeat(self._collection, self._beat)
            except OSError as error:
                return error
        return None

    def _enter_remembered(self) -> bool:
        entered = UnenteredRuns(self._collection.root).enter(self._collection)
        for run in entered:
            logger.info("%s of %s, which failed at %s, is entered now", run.job, run.newspaper, run.began_at)
        return bool(entered)

    def _tell(self) -> None:
        try:
            self._telling.send()
            if not self.outage:
                self._telling.tick(self._beat)
            if self._schedule.heartbeat and not self.outage and self._dispatch.is_alive:
                _ping(self._schedule.heartbeat)
        except UNWRITABLE as error:
            logger.warning("Alarms could not be told: %s", error)
            self._wakes.set()  # the next look at the collection finds the same
        except Exception:  # the daemon runs on
            logger.exception("Alarms could not be told")

    def _answer(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        """Do what a command asks for; a BaotinhError is the refusal."""
        command, name = str(request.get("command")), str(request.get("job") or "")
        commands: dict[str, Callable[[str], Mapping[str, Any]]] = {
            "pause": self._pause, "resume": self._resume, "stop": self._stop, "run": self._run_now,
            "reload": self._reload, "drain": self._drain,
        }  # fmt: skip
        if command not in commands:
            raise DaemonRefused(f"{command!r} is no command; there are {', '.join(sorted(commands))}")
        try:
            return commands[command](name)
        except UNWRITABLE as error:
            raise DaemonRefused(str(error)) from error

    def _pause(self, name: str) -> Mapping[str, Any]:
        job = self._dispatch.job(name)
        with self._collection.catalog(writable=True) as catalog, catalog.transaction() as connection:
            pause(connection, job.name, now())
        self._dispatch.plan_anew()
        return {}

    def _resume(self, name: str) -> Mapping[str, Any]:
        if not name:
            self._dispatch.resume()
            return {}
        job = self._dispatch.job(name)
        with self._collection.catalog(writable=True) as catalog, catalog.transaction() as connection:
            resume(connection, job.name)
        self._dispatch.plan_anew()
        return {}

    def _stop(self, name: str) -> Mapping[str, Any]:
        return {"newspapers": self._dispatch.stop(name)}

    def _run_now(self, name: str) -> Mapping[str, Any]:
        ended = self._dispatch.run_now(name)
        left = set(self._dispatch.job(name).newspapers) - {one.run.newspaper for one in ended}
        return {"ended": [_plain(one) for one in ended], "not_run": sorted(left)}

    def _reload(self, _name: str) -> Mapping[str, Any]:
        self.reload()
        return {"jobs": len(self._schedule.jobs)}

    def _drain(self, _name: str) -> Mapping[str, Any]:
        self._dispatch.drain()
        self._wakes.set()
        if not self._dispatch.is_draining:
            raise DaemonRefused("the daemon was told to begin runs again")
        return {}


def _ahead() -> float:
    """By how many seconds the clock is ahead of the time that passes: it changes only where the clock is set."""
    return now().timestamp() - time.monotonic()


def _first_beat(source: ScheduleSource) -> Heartbeat:
    instant = now()
    return Heartbeat(
        pid=os.getpid(), version=VERSION, started_at=instant, beat_at=instant, schedule=str(source.path.absolute()),
        schedule_digest=source.digest(), schedule_read_at=instant,
    )  # fmt: skip


def _plain(ended: Ended) -> dict[str, Any]:
    return {
        "run": ended.name, "outcome": ended.outcome, "failure": ended.run.failure, "exit_code": ended.exit_code,
    }  # fmt: skip


def _ping(url: str) -> None:
    """Ask for an address that a monitor gave, which tells people when it is not asked for any more."""
    request = urllib.request.Request(url, headers={"User-Agent": f"baotinh/{VERSION}"})
    try:
        with urllib.request.urlopen(request, timeout=10):
            pass
    except (OSError, HTTPException) as error:
        logger.warning("The monitor could not be reached: %s", error)
