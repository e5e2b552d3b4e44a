"""`baotinh jobs`: list, check, run, start, history, show, systemd, cron.

What a command needs is imported where it runs, so that `baotinh --help` answers at once.
"""

from __future__ import annotations

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

if TYPE_CHECKING:
    from archive.catalog.runs import Run
    from archive.collection import Collection
    from crawler.jobs.running import Ended, Running
    from crawler.jobs.schedule import Schedule
from crawler.cli.run_tables import print_rows, print_run

jobs = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Crawl on a schedule, and see the results.")
ScheduleOption = Annotated[
    Path, typer.Option("--schedule", envvar="BAOTINH_SCHEDULE", help="The schedule.", show_default=True)
]
JobArgument = Annotated[str, typer.Argument(metavar="NAME", help="A job of the schedule.")]
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
    from crawler.jobs.machines import machines_of
    from crawler.jobs.schedule import newspapers_of, next_run

    planned = _read(schedule)
    latest = _last_runs(collection, planned)
    machines = machines_of(planned) if planned.machines else None
    rows: list[dict[str, Any]] = []
    for job, newspaper in newspapers_of(planned):
        last = latest[job.name, newspaper]
        following = next_run(job, planned.time_zone, last.started_at if last else None, now()) if job.enabled else None
        rows.append(
            {
                "job": job.name,
                "newspaper": newspaper,
                "when": f"every {format_duration(job.every)}" if job.every else job.cron,
                "next": following.isoformat(timespec="seconds") if following else None,
                "last": last.started_at.isoformat(timespec="seconds") if last else None,
                "outcome": last.outcome or "running" if last else None,
                **({"machine": machines.get(newspaper)} if machines is not None else {}),
            }
        )
    print_rows(rows, as_json, planned.time_zone)


@jobs.command()
def check(schedule: ScheduleOption = Path("schedule.toml")) -> None:
    """Validate the schedule; every fault with its line and how to correct it."""
    planned = _read(schedule)
    newspapers = {newspaper for job in planned.jobs.values() for newspaper in job.newspapers}
    print(f"{schedule} is valid:  {_counted(len(planned.jobs), 'job')}, {_counted(len(newspapers), 'newspaper')}.")


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
    from archive.errors import UnknownJob
    from crawler.jobs.machines import leases_of, take
    from crawler.jobs.running import Running

    planned = _read(schedule)
    if name not in planned.jobs:
        raise UnknownJob(name, sorted(planned.jobs))
    job, held, output = planned.jobs[name], Collection.create(collection), output_of(quiet, as_json)
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
            say(f"{ended.run.name}: {ended.run.failure}", sys.stderr)
        worst |= ended.exit_code != 0 or ended.run.outcome == "failed"
        if running.was_ended:
            break
    raise typer.Exit(worst)


def _run_as_line(running: Running, held: Collection) -> Ended:
    """Run to the end and print the run's line of JSON: its process's own, or else one from the catalog."""
    from crawler.cli.summary import as_line

    with tempfile.TemporaryFile() as printed:
        ended = running.wait(output=printed)
        printed.seek(0)
        values = printed.read().decode("utf-8", "replace").strip()
    say(values or as_line(held, ended.run, None))
    return ended


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
    from crawler.jobs.daemon import Daemon, serve_metrics
    from crawler.runs.logs import log_daemon

    log_daemon(log_file)
    held = Collection.create(collection)
    daemon = Daemon(held, _read(schedule))
    for number in _ENDING:
        signal.signal(number, lambda *_: daemon.end())
    with serve_metrics(held, metrics_port):
        daemon.run()


@jobs.command()
def history(
    job: Annotated[str | None, typer.Option("--job", help="Only runs of this job.")] = None,
    newspaper: Annotated[str | None, typer.Option("--newspaper", help="Only runs of this newspaper.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many runs.")] = 30,
    as_json: JsonOption = False,
    collection: CollectionOption = Path("data"),
) -> None:
    """The latest runs, newest first."""
    from archive.collection import Collection

    with Collection.open(collection).catalog() as catalog:
        runs = catalog.runs(limit, job=job, newspaper=newspaper)
    rows = [
        {
            "run": one.name,
            "newspaper": one.newspaper,
            "job": one.job,
            "started": one.started_at.isoformat(timespec="seconds"),
            "seconds": round((one.finished_at - one.started_at).total_seconds()) if one.finished_at else None,
            "outcome": one.outcome or "running",
            "new": one.counts.get("articles new", 0),
            "changed": one.counts.get("articles changed", 0),
            "errors": one.counts.get("errors", 0),
            "failure": one.failure,
            "failure_kind": one.failure_kind,
        }
        for one in runs
    ]
    print_rows(rows, as_json, "Asia/Ho_Chi_Minh")


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


@jobs.command()
def systemd(schedule: ScheduleOption = Path("schedule.toml"), collection: CollectionOption = Path("data")) -> None:
    """Print units of systemd that run the jobs."""
    from crawler.jobs import units

    print(units.systemd(_read(schedule), schedule, collection), end="")


@jobs.command()
def cron(schedule: ScheduleOption = Path("schedule.toml"), collection: CollectionOption = Path("data")) -> None:
    """Print lines of crontab that run the jobs."""
    from crawler.jobs import units

    print(units.crontab(_read(schedule), schedule, collection), end="")


def _read(path: Path) -> Schedule:
    from crawler.jobs.schedule_file import read_schedule

    found = known()
    # a newspaper whose file has a fault stays known: its runs fail, and the other jobs go on
    sections: dict[str, set[str]] = {name: set() for name in found.refused} | {
        name: {key for section in spider.sections for key in (section.name, section.path.strip("/"))}
        for name, spider in found.declared.items()
    }
    return read_schedule(path, sections)


def _last_runs(path: Path, planned: Schedule) -> dict[tuple[str, str], Run | None]:
    """The last run of each job for each of its newspapers, None where there is none."""
    from archive.collection import Collection
    from archive.errors import CollectionMissing
    from crawler.jobs.schedule import newspapers_of

    pairs = [(job.name, newspaper) for job, newspaper in newspapers_of(planned)]
    try:
        with Collection.open(path).catalog() as catalog:
            return {pair: catalog.last_run(*pair) for pair in pairs}
    except CollectionMissing:
        return dict.fromkeys(pairs)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
