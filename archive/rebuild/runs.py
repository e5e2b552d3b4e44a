"""Finds the runs of a collection: from the first record of each WARC file, the names of JSON lines, and reports."""

from __future__ import annotations

import ast
import json
import re
import sqlite3
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import attrs

from archive.adopted import adopted_in, mark_adopted
from archive.article import values_of
from archive.catalog.early_steps import KINDS_OF_OLDER_FAILURES
from archive.catalog.host_requests import enter_hosts
from archive.clock import parse_warc_date, timestamp14, warc_date
from archive.collection import OPEN_SUFFIX, Collection
from archive.errors import FailureKind, NotAWarc, RecordError
from archive.ingest.release import keep_newspaper
from archive.readable import Readable
from archive.rebuild.heads import WarcHead, order
from archive.rebuild.known_run import KnownRun as KnownRun
from archive.warc.reader import read_records

_RUN = re.compile(r"(?P<newspaper>.+?)-(?P<stamp>\d{14})(?:-(?P<serial>\d+))?")
_SETTING = re.compile(r"([A-Z][A-Z0-9_]*)=(.*?)(?= [A-Z][A-Z0-9_]*=|$)")
LINES_SUFFIX = ".jsonl"
# The longest time between the start of a run and its first WARC file.
_TO_FIRST_FILE = timedelta(minutes=1)


class KnownRuns:
    """The runs of a collection that is being rebuilt, by name; rows are made by `enter`."""

    def __init__(self, collection: Collection, files: list[WarcHead]) -> None:
        self._collection, self.root = collection, collection.root
        self._adopted = adopted_in(collection.jsonl)
        self._by_name: dict[str, KnownRun] = {}
        self._of_file: dict[str, str] = {}
        self._of_info: dict[str, str] = {}
        self._reports()
        self.lines = self._lines()
        # an imported file may have a name such as the writer gives
        files = [self._of_newspaper(head) for head in files]
        files = [attrs.evolve(head, newspaper=None) if self._was_imported(head) else head for head in files]
        self.files = sorted(files, key=order)
        for head in self.files:
            if head.newspaper is not None:
                for part in head.parts or [head]:
                    self._written(part)
                if head.parts:
                    self._of_file[head.name] = self._of_file[head.parts[0].name]
        self._assign_imported([head for head in self.files if head.newspaper is None])
        # of two captures with one record id the one that was imported first is entered
        places = {file: (run.started_at, nth) for run in self for nth, file in enumerate(run.imported)}
        last = (datetime.max.replace(tzinfo=UTC), 0)
        self.files.sort(
            key=lambda head: (head.newspaper is None, head.newspaper is None and places.get(head.name, last))
        )

    def newspaper(self, name: str) -> str:
        """The newspaper of that name, or the one that adopted what was crawled under a host's name."""
        return self._adopted[name].newspaper if name in self._adopted else name

    def _of_newspaper(self, head: WarcHead) -> WarcHead:
        if head.newspaper is None or not self._adopted:
            return head
        parts = tuple(map(self._of_newspaper, head.parts))
        return attrs.evolve(head, newspaper=self.newspaper(head.newspaper), parts=parts)

    def of_file(self, head: WarcHead) -> KnownRun:
        """The run that wrote or imported a file."""
        return self._by_name[self._of_file[head.name]]

    def of_info(self, info_id: str) -> KnownRun | None:
        """The run that wrote a warcinfo record, and the records that name it."""
        name = self._of_info.get(info_id)
        return self._by_name[name] if name else None

    def named(self, name: str) -> KnownRun:
        """The run of that name."""
        return self._by_name[name]

    def __iter__(self) -> Iterator[KnownRun]:
        """All runs in the order in which they began."""
        return iter(sorted(self._by_name.values(), key=lambda run: (run.started_at, run.name)))

    def enter(self, connection: sqlite3.Connection) -> None:
        """Enter the rows of the runs and of their newspapers."""
        for run in self:
            row = connection.execute(
                """INSERT INTO runs (name, newspaper, started_at, finished_at, outcome, source, software, settings,
                counts, job, log, failure, retry_of, failure_kind) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
                (run.name, run.newspaper, warc_date(run.started_at), *_end(run), *_reported(run)),
            )
            run.id = row.lastrowid or 0
            if "hosts" in run.report:
                enter_hosts(connection, run.id, run.report["hosts"])
            profiles = _profiles(run.said) or _read_profiles(run.report.get("newspapers"))
            for newspaper, profile in profiles.items():
                if newspaper not in self._adopted:
                    keep_newspaper(connection, newspaper, profile)
        self._enter_adopted(connection)
        connection.execute(KINDS_OF_OLDER_FAILURES)

    def _enter_adopted(self, connection: sqlite3.Connection) -> None:
        """Enter the newspapers that adopted others; of the profiles a run's own is the newer."""
        known = {name for (name,) in connection.execute("SELECT name FROM newspapers")}
        for one in self._adopted.values():
            if one.newspaper not in known:
                keep_newspaper(connection, one.newspaper, one.profile)
            hosts = [host for host, other in self._adopted.items() if other.newspaper == one.newspaper]
            mark_adopted(connection, one.newspaper, hosts)

    def _add(self, name: str) -> KnownRun | None:
        if name not in self._by_name:
            match = _RUN.fullmatch(name)
            started = _stamp(match["stamp"]) if match else None
            if match is None or started is None:
                return None
            self._by_name[name] = KnownRun(name, self.newspaper(match["newspaper"]), started)
        return self._by_name[name]

    def _reports(self) -> None:
        for path in sorted(self._collection.reports.glob("*.json")):
            try:
                report = json.loads(path.read_text("utf-8"))
            except (OSError, ValueError):
                continue  # a run can be entered without its report
            if isinstance(report, dict) and (run := self._add(path.stem)):
                run.report = report
                run.source = report.get("source")

    def _lines(self) -> dict[str, Path]:
        """The file of JSON lines of each run; a finished one is preferred to an open one."""
        found: dict[str, Path] = {}
        for suffix in (LINES_SUFFIX, LINES_SUFFIX + OPEN_SUFFIX):
            for path in sorted(self._collection.jsonl.glob(f"*{suffix}")):
                name = path.name.removesuffix(suffix)
                if name not in found and (run := self._add(name)):
                    found[name] = path
                    run.is_unfinished = run.is_unfinished or suffix.endswith(OPEN_SUFFIX)
        return found

    def _was_imported(self, head: WarcHead) -> bool:
        """Whether a run's report names the file as its source, and no run is known that wrote it."""
        is_known = head.said.get("run") in self._by_name or self._nearest(head) is not None
        return (
            head.newspaper is not None
            and not is_known
            and any(head.name in (run.source, *run.imported) for run in self)
        )

    def _written(self, head: WarcHead) -> None:
        run = self._add(head.said.get("run", "")) or self._nearest(head) or self._add(_default_name(head))
        assert run is not None  # the name of a file that was written here has a newspaper and an instant
        run.said = run.said or head.said
        is_demonstration = head.said.get("description", "").startswith("demonstration")
        run.source = run.source or ("demonstration" if is_demonstration else "network")
        run.is_unfinished = run.is_unfinished or head.is_open
        self._of_file[head.name] = run.name
        if head.info_id:
            self._of_info[head.info_id] = run.name

    def _nearest(self, head: WarcHead) -> KnownRun | None:
        """The run that began just before a file that does not name its run."""
        match = _RUN.match(_default_name(head))
        instant = _stamp(match["stamp"]) if match else None
        near = [
            run for run in self
            if instant and run.newspaper == head.newspaper and timedelta() <= instant - run.started_at <= _TO_FIRST_FILE
        ]  # fmt: skip
        return near[-1] if near else None

    def _assign_imported(self, files: list[WarcHead]) -> None:
        """Assign an imported file to the run that first read an article from it, or whose report names it."""
        names = {head.name for head in files}
        citing: dict[str, str] = {}
        for run in self if names else ():
            if run.name in self.lines:
                for file in _files_cited(self.lines[run.name]) & names:
                    citing.setdefault(file, run.name)
        for head in files:
            reading = [run.name for run in self if run.source and head.name.endswith(run.source)]
            reporting = [run.name for run in self if head.name in run.imported]
            name = next(iter([*reporting, *citing.get(head.name, "").split(), *reading]), None) or self._made_up(head)
            run = self._by_name[name]
            run.source = run.source or head.name
            self._of_file[head.name] = name

    def _made_up(self, head: WarcHead) -> str:
        host = _first_host(head.path)
        hosts = {
            known: newspaper
            for run in self._by_name.values()
            for newspaper, profile in _profiles(run.said).items()
            for known in [*profile.get("hosts", ()), *profile.get("former_hosts", ())]
        }
        date = parse_warc_date(head.began_at) if head.began_at != "9999" else datetime.fromtimestamp(0, UTC)
        name = f"{hosts.get(host, host)}-{timestamp14(date)}"
        assert self._add(name) is not None
        return name


def _default_name(head: WarcHead) -> str:
    return head.name.removeprefix("BAOTINH-").removesuffix(".warc.gz").rpartition("-")[0]


def _stamp(digits: str) -> datetime | None:
    try:
        return datetime.strptime(digits, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def _end(run: KnownRun) -> tuple[str | None, str | None, str, str, str, str]:
    """The values of a run's row: end, outcome, source, software, settings and counts."""
    report = run.report
    finished_at, outcome = report.get("finished_at"), report.get("outcome")
    if not finished_at or run.is_unfinished:
        finished_at, outcome = None, None  # recovery enters its end
    settings = {name: _value(value) for name, value in _SETTING.findall(run.said.get("settings", ""))}
    if agent := run.said.get("http-header-user-agent"):
        settings["USER_AGENT"] = agent
    software = report.get("software") or run.said.get("software") or ""
    counts = json.dumps(report.get("counts") or {})
    return finished_at, outcome, run.source or "network", software, json.dumps(settings, ensure_ascii=False), counts


def _reported(run: KnownRun) -> Iterator[str | None]:
    """Job, log, failure, the run it makes up for, and the kind of failure in a run's report."""
    for name in ("job", "log", "failure", "retry_of"):
        said = run.report.get(name)
        yield said if isinstance(said, str) else None
    kind = run.report.get("failure_kind")
    yield kind if kind in set(FailureKind) else None


def _value(text: str) -> object:
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text
    return value if isinstance(value, bool | int | float | str) else text


def _profiles(said: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    try:
        profiles = json.loads(said.get("newspaper-profile") or said.get("newspaper-card") or "{}")  # the former name
    except ValueError:
        return {}
    return _read_profiles(profiles)


def _read_profiles(profiles: object) -> dict[str, dict[str, Any]]:
    if not isinstance(profiles, dict):
        return {}
    return {str(name): profile for name, profile in profiles.items() if isinstance(profile, dict)}


def _files_cited(lines: Path) -> set[str]:
    cited = set()
    with lines.open("rb") as stream:
        for line in stream:
            try:
                cited.add(values_of(line)["capture"]["file"])
            except (ValueError, KeyError, TypeError):
                continue  # entering the lines reports it
    return cited


def _first_host(path: Readable) -> str:
    try:
        urls = (record.url for record in read_records(path) if record.url)
        hosts = (urlsplit(url).hostname for url in urls)
        return next((host for host in hosts if host), "unknown")
    except (RecordError, NotAWarc, ValueError):
        return "unknown"
