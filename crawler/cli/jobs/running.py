"""`baotinh jobs run` and `start`."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from archive.cli.commands import CollectionOption, LogFormatOption
from archive.printable import say
from crawler.cli.jobs.application import (
    JobArgument,
    ScheduleOption,
    crawlable,
    jobs,
    read_planned,
)
from crawler.cli.output import JsonOption as LineOption
from crawler.cli.output import Output, QuietOption, output_of

if TYPE_CHECKING:
    from archive.collection import Collection
    from crawler.jobs.running import Ended, Running
    from crawler.jobs.schedule import Job, Schedule


@jobs.command()
def run(
    name: JobArgument,
    quiet: QuietOption = False,
    as_json: LineOption = False,
    retry: Annotated[
        bool, typer.Option("--retry", help="Retry what fails as a daemon would, and wait for that.")
    ] = False,
    log_format: LogFormatOption = None,
    schedule: ScheduleOption = Path("schedule.toml"),
    collection: CollectionOption = Path("data"),
) -> None:
    """Run a job now, its newspapers one after the other. Exit code 1 if one of them fails."""
    from archive.collection import Collection
    from archive.daemon.outage import UNWRITABLE
    from archive.errors import UnknownJob
    from archive.signals import answered
    from crawler.jobs.daemon.control import has_daemon
    from crawler.jobs.daemon.telling import tell_outage
    from crawler.jobs.job_run import JobRun
    from crawler.jobs.unentered import UnenteredRuns

    planned = read_planned(schedule)
    if name not in planned.jobs:
        raise UnknownJob(name, sorted(planned.jobs))
    job, output = planned.jobs[name], output_of(quiet, as_json)
    try:
        held = Collection.write(collection)
    except UNWRITABLE as error:
        _put_off(job, collection, planned, error)
        raise
    if has_daemon(held):
        raise typer.Exit(_run_by_daemon(held, name, output))
    tell_outage(held, planned.notifiers, None)
    UnenteredRuns(held.root).enter(held)
    job_run = JobRun(
        held, job, planned, output.options,
        wait=lambda running: _show(running, held, output),
        deferred=lambda newspaper, at: _say_deferred(newspaper, at, planned.time_zone, output),
    )  # fmt: skip
    with answered(dict.fromkeys(_ENDING, job_run.end)):
        is_well = job_run.run(retries=retry)
    raise typer.Exit(not is_well)


def _show(running: Running, held: Collection, output: Output) -> Ended:
    """Run to the end, and show what came of it."""
    ended = _run_as_line(running, held) if output is Output.JSON else running.wait(output=sys.stdout.fileno())
    if ended.run.failure:
        say(f"{ended.name}: {ended.run.failure}", sys.stderr)
    return ended


def _say_deferred(newspaper: str, at: datetime, time_zone: str, output: Output) -> None:
    from zoneinfo import ZoneInfo

    from archive.cli.local_times import zoned

    if output is not Output.NOBODY:
        say(f"{newspaper} is retried at {zoned(at, ZoneInfo(time_zone), '%H:%M')}", sys.stderr)


def _put_off(job: Job, path: Path, planned: Schedule, error: Exception) -> None:
    """Tell that the collection cannot be written, once, and remember the runs that could not begin."""
    from archive.collection import Collection
    from crawler.jobs.daemon.telling import tell_outage
    from crawler.jobs.running import put_off

    missing = Collection(path.absolute())
    tell_outage(missing, planned.notifiers, error)
    for newspaper in job.newspapers:
        put_off(missing, job, newspaper, planned, str(error), None)


def _run_as_line(running: Running, held: Collection) -> Ended:
    """Run to the end and print the run's line of JSON: its process's own, or else one from the catalog."""
    from archive.catalog.runs import Run
    from crawler.cli.summary import as_line

    with tempfile.TemporaryFile() as printed:
        ended = running.wait(output=printed)
        printed.seek(0)
        values = printed.read().decode("utf-8", "replace").strip()
    if values:
        say(values)
    elif isinstance(ended.run, Run):
        say(as_line(held, ended.run, None))
    return ended


def _run_by_daemon(held: Collection, name: str, output: Output) -> bool:
    """Let the daemon of the collection run a job, wait for the end, and print what came of it; whether one failed."""
    from crawler.cli.summary import as_line
    from crawler.jobs.daemon.control import ask

    answer = ask(held, "run", waits=True, job=name)
    ended = answer["ended"]
    with held.catalog() as catalog:
        rows = {one["run"]: catalog.run(one["run"]) for one in ended}
    for one in ended:
        row = rows[one["run"]]
        if output is Output.JSON and row is not None:
            say(as_line(held, row, None))
        elif output is Output.PEOPLE:
            say(f"{one['run']}: {one['outcome']}")
        if one["failure"]:
            say(f"{one['run']}: {one['failure']}", sys.stderr)
    for newspaper in answer["not_run"]:
        say(f"{newspaper} was not run: the daemon ends or begins no more runs, or see its log", sys.stderr)
    failed = any(one["exit_code"] != 0 or one["outcome"] == "failed" for one in ended)
    return failed or bool(answer["not_run"])


_ENDING = (signal.SIGTERM, signal.SIGINT)


@jobs.command()
def start(
    schedule: ScheduleOption = Path("schedule.toml"),
    collection: CollectionOption = Path("data"),
    metrics_port: Annotated[
        int | None, typer.Option("--metrics-port", min=0, max=65535, help="Serve /metrics on this port of 127.0.0.1.")
    ] = None,
    log_file: Annotated[
        Path | None, typer.Option("--log-file", help="Log to this file, a new one each day and at 10 MB.")
    ] = None,
    log_format: LogFormatOption = None,
) -> None:
    """Run the jobs when they are due, until SIGTERM or Ctrl-C."""
    from archive.collection import Collection
    from archive.daemon.outage import UNWRITABLE
    from archive.signals import answered
    from crawler.jobs.daemon.daemon import Daemon
    from crawler.jobs.daemon.metrics import serve_metrics
    from crawler.jobs.daemon.telling import tell_outage
    from crawler.jobs.schedule import ScheduleSource
    from crawler.runs.logs import log_daemon

    hung_up: list[int] = []
    signal.signal(signal.SIGHUP, lambda number, _: hung_up.append(number))  # which would end a daemon that only begins
    log_daemon(log_file)
    planned = crawlable(schedule)
    source = ScheduleSource(Path(os.environ["BAOTINH_SCHEDULE"]), lambda: crawlable(schedule))
    try:
        held = Collection.write(collection)
    except UNWRITABLE as error:
        tell_outage(Collection(collection.absolute()), planned.notifiers, error)
        raise
    daemon = Daemon(held, source)
    with answered({**dict.fromkeys(_ENDING, daemon.end), signal.SIGHUP: daemon.reload_soon}):
        if hung_up:
            daemon.reload_soon()
        with serve_metrics(held, daemon, metrics_port):
            daemon.run()
