"""`baotinh jobs`: list, check, run, start, history, show, systemd, cron.

What a command needs is imported where it runs, so that `baotinh --help` answers at once.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from archive.cli.commands import CollectionOption, LogFormatOption
from archive.printable import json_text, say
from crawler.cli.output import JsonOption as LineOption
from crawler.cli.output import Output, QuietOption, known, output_of
from crawler.cli.system.completion import job_names, newspaper_names

if TYPE_CHECKING:
    from archive.collection import Collection
    from crawler.jobs.running import Ended, Running
    from crawler.jobs.schedule import Schedule
from crawler.cli.run_tables import print_rows, print_run
from crawler.cli.system.units import ScheduleOption, mount_units

jobs = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Crawl on a schedule, and see the results.")
JobArgument = Annotated[str, typer.Argument(metavar="NAME", help="A job of the schedule.", autocompletion=job_names)]
JobOption = Annotated[str | None, typer.Option("--job", help="Only runs of this job.", autocompletion=job_names)]
NewspaperOption = Annotated[
    str | None, typer.Option("--newspaper", help="Only runs of this newspaper.", autocompletion=newspaper_names)
]
JsonOption = Annotated[bool, typer.Option("--json", help="As JSON.")]


@jobs.command("list")
def list_jobs(
    as_json: JsonOption = False,
    schedule: ScheduleOption = Path("schedule.toml"),
    collection: CollectionOption = Path("data"),
) -> None:
    """List jobs: newspapers, when each runs, and how its last run ended."""
    from archive.clock import now
    from archive.durations import format_duration
    from crawler.cli.known_runs import KnownRuns
    from crawler.jobs.machines import machines_of
    from crawler.jobs.planning import due
    from crawler.jobs.schedule import newspapers_of

    planned = _read(schedule)
    known_runs = KnownRuns.of(collection, planned, Path(os.environ["BAOTINH_SCHEDULE"]))
    machines = machines_of(planned) if planned.machines else None
    rows: list[dict[str, Any]] = []
    for job, newspaper in newspapers_of(planned):
        attempts = known_runs.attempts[job.name, newspaper]
        last = attempts[-1] if attempts else None
        is_on = job.enabled and job.name not in known_runs.paused
        following = due(planned, job, attempts, now()) if is_on else None
        rows.append(
            {
                "job": job.name,
                "newspaper": newspaper,
                "when": (f"every {format_duration(job.every)}" if job.every else str(job.cron))
                + (", paused" if job.name in known_runs.paused else ""),
                "next": following.at.isoformat(timespec="seconds") if following else None,
                "last": last.started_at.isoformat(timespec="seconds") if last else None,
                "outcome": known_runs.outcome(last) if last else None,
                **({"machine": machines.get(newspaper)} if machines is not None else {}),
            }
        )
    print_rows(rows, as_json, planned.time_zone)
    if known_runs.other_schedule:
        say(known_runs.other_schedule, sys.stderr)


@jobs.command()
def check(schedule: ScheduleOption = Path("schedule.toml")) -> None:
    """Validate the schedule; every fault with its line and how to correct it."""
    from crawler.jobs.checking import refuse_uncrawlable

    planned = _read(schedule)
    path = os.environ["BAOTINH_SCHEDULE"]
    refuse_uncrawlable(planned, Path(path))
    newspapers = {newspaper for job in planned.jobs.values() for newspaper in job.newspapers}
    print(f"{path} is valid:  {_counted(len(planned.jobs), 'job')}, {_counted(len(newspapers), 'newspaper')}.")


@jobs.command()
def run(
    name: JobArgument,
    quiet: QuietOption = False,
    as_json: LineOption = False,
    log_format: LogFormatOption = None,
    schedule: ScheduleOption = Path("schedule.toml"),
    collection: CollectionOption = Path("data"),
) -> None:
    """Run a job now, its newspapers one after the other. Exit code 1 if one of them fails."""
    from archive.collection import Collection
    from archive.daemon.outage import UNWRITABLE
    from archive.errors import UnknownJob
    from crawler.jobs.daemon.control import has_daemon
    from crawler.jobs.machines import leases_of, take
    from crawler.jobs.planning import forget_unplanned
    from crawler.jobs.running import Running
    from crawler.jobs.unentered import UnenteredRuns

    planned = _read(schedule)
    if name not in planned.jobs:
        raise UnknownJob(name, sorted(planned.jobs))
    job, held, output = planned.jobs[name], Collection.write(collection), output_of(quiet, as_json)
    if has_daemon(held):
        raise typer.Exit(_run_by_daemon(held, name, output))
    UnenteredRuns(held.root).enter(held)
    leases, worst = leases_of(planned, held), False
    for newspaper in job.newspapers:
        lease = take(leases, newspaper) if leases else None
        running = Running(held, job, newspaper, planned, output.options, lease=lease)
        handlers = {number: signal.signal(number, lambda *_: running.end()) for number in _ENDING}  # noqa: B023
        try:
            ended = _run_as_line(running, held) if output is Output.JSON else running.wait(output=sys.stdout.fileno())
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)
        if ended.run.failure:
            say(f"{ended.name}: {ended.run.failure}", sys.stderr)
        with contextlib.suppress(*UNWRITABLE):
            forget_unplanned(held, planned)
        worst |= ended.exit_code != 0 or ended.outcome == "failed"
        if running.ended_by is not None:
            break
    raise typer.Exit(worst)


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
    from crawler.jobs.daemon.daemon import Daemon
    from crawler.jobs.daemon.metrics import serve_metrics
    from crawler.jobs.daemon.telling import tell_outage
    from crawler.jobs.schedule import ScheduleSource
    from crawler.runs.logs import log_daemon

    log_daemon(log_file)
    planned = _crawlable(schedule)
    source = ScheduleSource(Path(os.environ["BAOTINH_SCHEDULE"]), lambda: _crawlable(schedule))
    try:
        held = Collection.write(collection)
    except UNWRITABLE as error:
        tell_outage(Collection(collection.absolute()), planned.notifiers, error)
        raise
    daemon = Daemon(held, source)
    for number in _ENDING:
        signal.signal(number, lambda *_: daemon.end())
    signal.signal(signal.SIGHUP, lambda *_: daemon.reload_soon())
    with serve_metrics(held, daemon, metrics_port):
        daemon.run()


@jobs.command()
def history(
    job: JobOption = None,
    newspaper: NewspaperOption = None,
    limit: Annotated[int, typer.Option(min=1, help="How many runs.")] = 30,
    attempts: Annotated[
        bool, typer.Option("--attempts", help="A row for each retry, not one for a run and all its retries.")
    ] = False,
    as_json: JsonOption = False,
    collection: CollectionOption = Path("data"),
) -> None:
    """The latest runs, newest first; a run and its retries are one."""
    from archive.collection import Collection
    from crawler.cli.known_runs import outcome_of, row_of

    held = Collection.open(collection)
    with held.catalog() as catalog:
        runs = catalog.runs(limit, job=job, newspaper=newspaper, last_attempts=not attempts)
        rows = [row_of([one] if attempts else catalog.attempts(one), outcome_of(held, one)) for one in runs]
    print_rows(rows, as_json, "Asia/Ho_Chi_Minh")


@jobs.command()
def pause(name: JobArgument, collection: CollectionOption = Path("data")) -> None:
    """Begin no more runs of a job, until `baotinh jobs resume`; one that goes on is left alone."""
    _pause(collection, name, is_paused=True)
    print(f"{name} is paused; 'baotinh jobs resume {name}' lets it run again.")


@jobs.command("resume")
def resume(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="A job; without, all after a drain.")] = None,
    collection: CollectionOption = Path("data"),
) -> None:
    """Let a paused job run again; without a name, let the daemon begin runs again after `drain`."""
    from archive.collection import Collection
    from crawler.jobs.daemon.control import ask

    if name is None:
        ask(Collection.write(collection), "resume")
        print("The daemon begins runs again.")
        return
    _pause(collection, name, is_paused=False)
    print(f"{name} runs when it is due.")


def _pause(path: Path, name: str, *, is_paused: bool) -> None:
    """Through the daemon where there is one, which knows the jobs; else in the catalog, for the next one."""
    from archive.clock import now
    from archive.collection import Collection
    from crawler.jobs import planning
    from crawler.jobs.daemon.control import ask, has_daemon

    held = Collection.write(path)
    if has_daemon(held):
        ask(held, "pause" if is_paused else "resume", job=name)
        return
    with held.catalog(writable=True) as catalog, catalog.transaction() as connection:
        if is_paused:
            planning.pause(connection, name, now())
        else:
            planning.resume(connection, name)


@jobs.command()
def stop(name: JobArgument, collection: CollectionOption = Path("data")) -> None:
    """End the runs of a job that go on, in order; what they did not request stays due."""
    from archive.collection import Collection
    from crawler.jobs.daemon.control import ask

    stopped = ask(Collection.write(collection), "stop", job=name)["newspapers"]
    print(f"Ending: {', '.join(stopped)}." if stopped else f"No run of {name} goes on.")


@jobs.command()
def reload(collection: CollectionOption = Path("data")) -> None:
    """Let the daemon read its schedule again, as SIGHUP does; one with a fault is refused, and the former stays."""
    from archive.collection import Collection
    from crawler.jobs.daemon.control import ask

    print(f"The daemon runs {_counted(ask(Collection.write(collection), 'reload')['jobs'], 'job')}.")


@jobs.command()
def drain(collection: CollectionOption = Path("data")) -> None:
    """Let the daemon begin no more runs, and wait until those that go on have ended: before an update."""
    from archive.collection import Collection
    from crawler.jobs.daemon.control import ask

    ask(Collection.write(collection), "drain", waits=True)
    print("No run goes on. Stop the daemon now, or let it begin runs again: 'baotinh jobs resume'.")


@jobs.command()
def show(
    name: Annotated[str, typer.Argument(metavar="RUN", help="A run's name; 'baotinh jobs history' lists them.")],
    as_json: JsonOption = False,
    collection: CollectionOption = Path("data"),
) -> None:
    """Show a run: times, settings, counts, files, outcome, log."""
    import attrs

    from archive.collection import Collection
    from archive.errors import UnknownRun
    from archive.ingest.runs import report_path

    held = Collection.open(collection)
    with held.catalog() as catalog:
        found = catalog.run(name)
        if found is None:
            raise UnknownRun(name)
        files = catalog.warc_files_of(found.id)
    report, log = report_path(held, found.name), held.logs / found.log if found.log else None
    values = attrs.asdict(found, value_serializer=lambda _of, _field, value: _plain(value))
    values.pop("id")
    values |= {
        "warc_files": files,
        "report": str(report) if report.exists() else None,
        "log": str(log) if log and log.exists() else None,
    }
    if as_json:
        say(json_text(values, indent=1))
    else:
        print_run(values)


@jobs.command()
def health(as_json: JsonOption = False, collection: CollectionOption = Path("data")) -> None:
    """Evaluate the alarms: silent sections, failing runs, lost fields, a full disk. Exit code 1 if any is not muted."""

    from archive.cli.alarms import line_of
    from archive.clock import now
    from archive.collection import Collection
    from archive.health.evaluation import stand

    held = Collection.open(collection)
    with held.catalog() as catalog, catalog.snapshot():
        found = stand(held, catalog, now())
    for one in found.alarms:
        say(json_text(one.values()) if as_json else line_of(one, with_number=False))
    if not found.alarms and not as_json:
        print("No alarms.")
    raise typer.Exit(bool(found.unmuted))


def _crawlable(path: Path) -> Schedule:
    """The schedule, of which every crawl could begin with the settings as they are."""
    from crawler.jobs.checking import refuse_uncrawlable

    planned = _read(path)
    refuse_uncrawlable(planned, Path(os.environ["BAOTINH_SCHEDULE"]))
    return planned


def _read(path: Path) -> Schedule:
    from crawler.configuration.precedence import reread
    from crawler.jobs.checking import sections_of
    from crawler.jobs.schedule_file import read_schedule, schedule_path

    reread()
    path = schedule_path(path)
    os.environ["BAOTINH_SCHEDULE"] = str(path.absolute())  # runs read there what their job says of crawls
    return read_schedule(path, sections_of(known()))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


mount_units(jobs, _read)
