"""Begins and ends runs: their rows, their reports, and the names of their counts of deferred requests."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Any

import attrs

from archive.catalog import Catalog, Run
from archive.catalog.counts import run_counts
from archive.catalog.host_requests import enter_hosts
from archive.catalog.unread import unread_pages
from archive.clock import timestamp14, warc_date
from archive.collection import Collection
from archive.durable import part_of, put
from archive.errors import FailureKind
from archive.ingest.release import keep_newspaper
from archive.printable import json_text

CRAWLED = ("network", "demonstration")  # sources of runs that sent requests to servers


@attrs.frozen(kw_only=True)
class RunDescription:
    """The description of a run in the catalog and, without the newspapers' profiles, in every warcinfo record."""

    newspaper: str
    source: str  # network, demonstration, or the name of an archive
    software: str
    settings: Mapping[str, Any]
    warcinfo: Mapping[str, str]
    profiles: Mapping[str, Mapping[str, Any]] = attrs.field(factory=dict)  # of newspapers, by name
    job: str | None = None  # of a schedule
    log: str | None = None  # name of its file among the logs, or the path of one elsewhere
    retry_of: str | None = None  # the name of the scheduled run that it makes up for


def begin_run(catalog: Catalog, run: RunDescription, started_at: datetime) -> tuple[int, str]:
    """Enter a run and the newspapers' profiles; the run's id and its unique name."""
    with catalog.transaction() as connection:
        for newspaper, profile in run.profiles.items():
            keep_newspaper(connection, newspaper, profile)
        name = stem = f"{run.newspaper}-{timestamp14(started_at)}"
        serial = 1
        while connection.execute("SELECT 1 FROM runs WHERE name = ?", (name,)).fetchone():
            serial += 1
            name = f"{stem}-{serial}"
        settings = json.dumps(dict(run.settings), ensure_ascii=False)
        run_id = connection.execute(
            """INSERT INTO runs (name, newspaper, started_at, source, software, settings, job, log, retry_of)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)""",
            (
                name,
                run.newspaper,
                warc_date(started_at),
                run.source,
                run.software,
                settings,
                run.job,
                run.log,
                run.retry_of,
            ),
        ).lastrowid
    assert run_id is not None
    return run_id, name


def enter_failed(
    collection: Collection,
    catalog: Catalog,
    run: RunDescription,
    started_at: datetime,
    finished_at: datetime,
    failure: str,
    kind: FailureKind = FailureKind.OTHER,
) -> str:
    """Enter a run that failed before it could enter itself, with its report; its name."""
    report = {"failure": failure, "failure_kind": kind.value}
    return _enter_whole(collection, catalog, run, started_at, finished_at, "failed", report)


def enter_stopped(
    collection: Collection, catalog: Catalog, run: RunDescription, started_at: datetime, finished_at: datetime
) -> str:
    """Enter a run that was stopped before it could enter itself, with its report; its name."""
    return _enter_whole(collection, catalog, run, started_at, finished_at, "stopped", {})


def _enter_whole(
    collection: Collection,
    catalog: Catalog,
    run: RunDescription,
    started_at: datetime,
    finished_at: datetime,
    outcome: str,
    report: Mapping[str, Any],
) -> str:
    run_id, name = begin_run(catalog, run, started_at)
    end_run(collection, catalog, run_id, run, outcome, finished_at, {}, report)
    return name


def who_ran(catalog: Catalog) -> tuple[list[str], list[str]]:
    """Names of the newspapers and of the jobs that have runs."""
    counts = [one for one in run_counts(catalog.connection) if one.count]
    return sorted({one.newspaper for one in counts}), sorted({one.job for one in counts if one.job})


def outcome_of(collection: Collection, run: Run) -> str:
    """The outcome of a run; `running` without an end, and `interrupted` where its process is gone: the next run of the
    newspaper recovers it."""
    if run.outcome or run.finished_at:
        return run.outcome or "finished"
    return "running" if collection.is_locked(run.newspaper) else "interrupted"


def read_report(collection: Collection, name: str) -> dict[str, Any] | None:
    """The report of the run of that name; None where there is none that can be read."""
    try:
        report = json.loads(report_path(collection, name).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return report if isinstance(report, dict) else None


def report_path(collection: Collection, name: str) -> Path:
    """The path of the report of the run of that name."""
    return collection.reports / f"{name}.json"


def pages_path(collection: Collection, name: str) -> Path:
    """The path of the report on the pages of the import of that name, as lines of JSON."""
    return collection.reports / f"{name}.pages.jsonl"


def end_run(
    collection: Collection,
    catalog: Catalog,
    run_id: int,
    run: RunDescription,
    outcome: str,
    finished_at: datetime,
    counts: Mapping[str, int],
    report: Mapping[str, Any],
) -> None:
    """Write a run's report, `reports/<run>.json`, and enter its end, once everything else is committed."""
    name = catalog.connection.execute("SELECT name FROM runs WHERE id = ?", (run_id,)).fetchone()[0]
    whole = {
        "run": name,
        "newspaper": run.newspaper,
        "source": run.source,
        "software": run.software,
        "job": run.job,
        "log": run.log,
        "retry_of": run.retry_of,
        "finished_at": warc_date(finished_at),
        "outcome": outcome,
        "counts": dict(counts),
        **report,
        "rejected": [
            {"url": url, "record_id": record_id, "reasons": reasons}
            for url, record_id, reasons in catalog.rejections(run_id)
        ],
        "unread": [page.as_said() for page in unread_pages(catalog.connection, run.newspaper)],
    }
    path = report_path(collection, name)
    part = part_of(path)
    part.write_text(json_text(whole, indent=1) + "\n", encoding="utf-8")
    put(part, path)
    _enter_end(catalog, run_id, warc_date(finished_at), outcome, counts, report)


def note_failure(catalog: Catalog, run_id: int, failure: str, kind: FailureKind) -> None:
    """Enter why a run failed, before it is recovered: it then ends as `failed` for this reason."""
    with catalog.transaction() as connection:
        connection.execute(
            "UPDATE runs SET failure = ?, failure_kind = ? WHERE id = ? AND finished_at IS NULL",
            (failure, kind.value, run_id),
        )


def end_interrupted(collection: Collection, catalog: Catalog, run_id: int, name: str) -> None:
    """Enter the end of a run that a crash or a failure cut off: as in its report if there is one, because that is
    written last; otherwise with its last capture, as `failed` where the reason is known."""
    path = report_path(collection, name)
    part_of(path).unlink(missing_ok=True)
    try:
        report = json.loads(path.read_text("utf-8"))
        finished_at, outcome, counts = report["finished_at"], report["outcome"], report["counts"]
    except (OSError, ValueError, LookupError, TypeError):
        finished_at = catalog.connection.execute(
            """SELECT coalesce(max(captured_at), (SELECT started_at FROM runs WHERE id = :run)) FROM captures
            WHERE run_id = :run""",
            {"run": run_id},
        ).fetchone()[0]
        failure, kind = catalog.connection.execute(
            "SELECT failure, failure_kind FROM runs WHERE id = ?", (run_id,)
        ).fetchone()
        outcome, counts = "failed" if failure else "interrupted", _counted(catalog, run_id)
        report = {"failure": failure, "failure_kind": kind}
    _enter_end(catalog, run_id, finished_at, outcome, counts, report)


def _counted(catalog: Catalog, run_id: int) -> dict[str, int]:
    """The counts of a run without a report, from the catalog."""
    new, changed, octets = catalog.connection.execute(
        """SELECT count(*) FILTER (WHERE is_first), count(*) FILTER (WHERE NOT is_first),
            (SELECT coalesce(sum(committed), 0) FROM warc_files WHERE run_id = :run)
        FROM (SELECT seq = (SELECT min(seq) FROM versions o WHERE o.article_id = v.article_id) AS is_first
            FROM versions v WHERE v.run_id = :run)""",
        {"run": run_id},
    ).fetchone()
    return {"articles new": new, "articles changed": changed, "WARC bytes": octets}


def _enter_end(
    catalog: Catalog, run_id: int, finished_at: str, outcome: str, counts: Mapping[str, int], report: Mapping[str, Any]
) -> None:
    with catalog.transaction() as connection:
        enter_hosts(connection, run_id, report.get("hosts"))
        connection.execute(
            # captures of an imported archive, and a clock that was set back, are before the run's beginning
            """UPDATE runs SET finished_at = max(?, started_at), outcome = ?, counts = ?, failure = ?, failure_kind = ?
            WHERE id = ?""",
            (
                finished_at,
                outcome,
                json.dumps(dict(counts)),
                report.get("failure"),
                report.get("failure_kind"),
                run_id,
            ),
        )


_PREFIX = "deferred: "
_FORMER_PREFIX = "kept back: "  # in reports until catalog version 8


class Deferral(Enum):
    """A reason to send a request later; its value stands in counts, reports and JSON."""

    QUIET_HOURS = "quiet hours"
    HOST_RESTS = "host rests"
    HOST_DOWN = "host down"
    REQUEST_BUDGET = "budget of requests"
    BYTE_BUDGET = "budget of bytes"

    @property
    def count_name(self) -> str:
        """Its name among a run's counts."""
        return _PREFIX + self.value

    @property
    def former_count_name(self) -> str:
        """Its name among the counts of an older version's run."""
        return _FORMER_PREFIX + self.value


def deferred(counts: Mapping[str, int]) -> dict[Deferral, int]:
    """How many requests of a run were deferred, by reason, in the order of the reasons."""
    return {
        reason: count
        for reason in Deferral
        if (count := counts.get(reason.count_name, 0) or counts.get(reason.former_count_name, 0))
    }
