"""`baotinh jobs history`, `show` and `health`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from archive.cli.commands import CollectionOption
from archive.printable import json_text, say
from archive.zones import utc_text
from crawler.cli.jobs.application import (
    JobOption,
    JsonOption,
    NewspaperOption,
    jobs,
)
from crawler.cli.jobs.run_tables import print_rows, print_run

if TYPE_CHECKING:
    pass


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
    from archive.ingest.runs import outcome_of
    from crawler.cli.jobs.known_runs import row_of

    held = Collection.open(collection)
    with held.catalog() as catalog:
        runs = catalog.runs(limit, job=job, newspaper=newspaper, last_attempts=not attempts)
        rows = [row_of([one] if attempts else catalog.attempts(one), outcome_of(held, one)) for one in runs]
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


def _plain(value: Any) -> Any:
    return utc_text(value) if isinstance(value, datetime) else value
