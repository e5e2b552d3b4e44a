"""Reads a schedule, of schedule.toml or baotinh.toml, and reports all faults, each with its line and its correction."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import attrs

from archive.errors import BadSchedule, Problem, TwoSchedules
from archive.errors.declared import did_you_mean
from crawler.configuration.finding import NAME
from crawler.configuration.keys import NARROW, SECTIONS
from crawler.configuration.kinds import Kind
from crawler.configuration.lines import Lines, Unreadable, read_toml
from crawler.configuration.precedence import configuration
from crawler.configuration.reading import Configuration
from crawler.configuration.secrets import refused
from crawler.configuration.texts import JOB_KEYS
from crawler.jobs.notifiers import Notifiers
from crawler.jobs.retrying import Retry
from crawler.jobs.schedule import Job, Machines, Schedule, cron_trigger

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,60}")
_TABLES = ("jobs", "groups", "alarms", "machines")
_OF_SCHEDULE = ("at_once", "compact", "time_zone", "contact", "heartbeat", "loopback")
_WHOLE = {name: SECTIONS[""][name].kind for name in _OF_SCHEDULE}
_NOTIFIERS = {name: key.kind for name, key in SECTIONS["alarms"].items()}
_MACHINES = {name: key.kind for name, key in SECTIONS["machines"].items()}
_OF_CRAWLS = {name: key.kind for name, key in NARROW.items()}
_SECRET = {key.name for section in ("alarms", "machines") for key in SECTIONS[section].values() if key.is_secret}


def schedule_path(named: Path) -> Path:
    """The file that holds the jobs: the one that is named, else schedule.toml if it is there, else baotinh.toml.

    Args:
        named: an absolute path where somebody named the file; relative: where it is looked for.

    Raises:
        TwoSchedules: nobody named one, and jobs are in both.
        BadConfiguration, FileMissing: the file of settings is wrong, or is not there.
    """
    file = configuration()
    if named.is_absolute() or file is None or not file.has_jobs:
        return named
    if named.exists():
        raise TwoSchedules(named, file.path)
    return file.path


def read_schedule(path: Path, known: Mapping[str, Collection[str]]) -> Schedule:
    """Read and check a schedule. What a schedule.toml does not say of the schedule as a whole, baotinh.toml says.

    Args:
        known: the declared newspapers, each with the names and slugs of its sections; of one without any, every
            section is taken.

    Raises:
        BadSchedule: it cannot be read, or something in it is wrong.
        BadConfiguration, FileMissing: the file of settings is wrong, or is not there.
    """
    file = configuration()
    try:
        content, lines = read_toml(path, "write one, or name it with --schedule")
    except Unreadable as error:
        raise BadSchedule(path, [error.problem]) from None
    reading = _Reading(lines, known)
    if path.name == NAME or (file is not None and path.resolve() == file.path.resolve()):
        # its contact is a setting like others, which the environment's goes before: crawls find it themselves
        content = {name: value for name, value in content.items() if name in (*_TABLES, *_OF_SCHEDULE)}
        content.pop("contact", None)
    elif file is not None:
        content = _with_settings(content, file)
    schedule = reading.schedule(content)
    if reading.problems:
        raise BadSchedule(path, sorted(reading.problems, key=lambda problem: problem.line or 0))
    return schedule


def _with_settings(content: Mapping[str, Any], file: Configuration) -> dict[str, Any]:
    names = [name for name in (*_OF_SCHEDULE, "alarms", "machines") if name in file.content and name != "contact"]
    return {name: file.content[name] for name in names} | dict(content)


class _Reading:
    def __init__(self, lines: Lines, known: Mapping[str, Collection[str]]) -> None:
        self._lines, self._known = lines, known
        self.problems: list[Problem] = []

    def schedule(self, content: dict[str, Any]) -> Schedule:
        whole = {name: value for name, value in content.items() if name not in _TABLES}
        read = self._read(whole, _WHOLE, ())
        notifiers = Notifiers(**self._read(self._table(content, "alarms"), _NOTIFIERS, ("alarms",)))
        machines = self._machines(content)
        groups = self._groups(self._table(content, "groups"))
        jobs = content.get("jobs", {})
        if not isinstance(jobs, dict) or not jobs:
            self._problem(("jobs",), "holds no job", "write a table for each job: [jobs.hourly]")
            jobs = {}
        found = {name: job for name, table in jobs.items() if (job := self._job(name, table, groups))}
        return Schedule(jobs=found, notifiers=notifiers, machines=machines, **read)

    def _machines(self, content: dict[str, Any]) -> Machines | None:
        table = self._table(content, "machines")
        read = self._read(table, _MACHINES, ("machines",))
        if "machines" in content and "leases" not in table:
            self._problem(("machines",), "names no server of leases", 'write leases = "redis://host:6379/0"')
        elif "leases" in read and find_spec("redis") is None:
            self._problem(("machines", "leases"), "needs the package redis", "install 'baotinh[machines]'")
        return Machines(**read) if "leases" in read else None

    def _table(self, content: dict[str, Any], name: str) -> dict[str, Any]:
        table = content.get(name, {})
        if isinstance(table, dict):
            return table
        self._problem((name,), "is not a table", f"write [{name}] and its keys below")
        return {}

    def _groups(self, content: dict[str, Any]) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for name, members in content.items():
            try:
                found[name] = JOB_KEYS["group"].read(members)
            except ValueError:
                self._problem(
                    ("groups", name),
                    f"{refused(members, is_secret=False)} is not a list of newspapers",
                    'write ["baocantho"]',
                )
            else:
                self._check_newspapers(found[name], ("groups", name))
        return found

    def _job(self, name: str, table: Any, groups: Mapping[str, tuple[str, ...]]) -> Job | None:
        place = ("jobs", name)
        before = len(self.problems)
        if not _NAME.fullmatch(name):
            self._problem(place, f"{name!r} cannot name a job", "use small letters, digits and hyphens")
        if not isinstance(table, dict):
            self._problem(place, "is not a table", f"write [jobs.{name}] and its keys below")
            return None
        read = self._read(table, {**JOB_KEYS, **_OF_CRAWLS}, place)
        for of_crawl in _OF_CRAWLS:  # the run's own process reads them
            read.pop(of_crawl, None)
        newspapers = self._newspapers(table, read, groups, place)
        if ("every" in table) == ("cron" in table):
            self._problem(place, "must have either every or cron", 'write either every = "1h" or cron = "7 * * * *"')
        if read.get("full") and {"since", "until"} & read.keys():
            self._problem((*place, "full"), "cannot be combined with since or until", "leave out since and until")
        if (since := read.get("since")) and (until := read.get("until")) and since > until:
            self._problem((*place, "since"), f"no day lies between {since} and {until}", "exchange them")
        if len(self.problems) > before:
            return None
        return Job(name=name, newspapers=newspapers, retry=_retry(read), **read)

    def _newspapers(
        self, table: dict[str, Any], read: dict[str, Any], groups: Mapping[str, tuple[str, ...]], place: tuple[str, ...]
    ) -> tuple[str, ...]:
        named, grouped = read.pop("newspaper", ()), read.pop("group", ())
        if not {"newspaper", "group"} & table.keys():
            self._problem(place, "names no newspaper", 'write newspaper = "baocantho", or group = ...')
        self._check_newspapers(named, (*place, "newspaper"))
        for group in grouped:
            if group not in groups:
                self._problem((*place, "group"), f"there is no group {group}", f"use one of {_listed(groups)}")
        newspapers = tuple(dict.fromkeys([*named, *(name for group in grouped for name in groups.get(group, ()))]))
        self._check_sections(newspapers, read.get("sections", ()), (*place, "sections"))
        return newspapers

    def _check_newspapers(self, names: Collection[str], place: tuple[str, ...]) -> None:
        for name in names:
            if name not in self._known:
                self._problem(
                    place,
                    f"no newspaper is called {name}{did_you_mean(name, self._known)}",
                    "'baotinh newspapers' lists them",
                )

    def _check_sections(self, newspapers: Collection[str], sections: Collection[str], place: tuple[str, ...]) -> None:
        for newspaper in newspapers:
            declared = self._known.get(newspaper, ())
            for section in sections:
                if declared and section not in declared:
                    self._problem(
                        place,
                        f"{newspaper} has no section {section}{did_you_mean(section, declared)}",
                        f"use one of {_listed(declared)}",
                    )

    def _read(self, content: dict[str, Any], rules: Mapping[str, Kind], place: tuple[str, ...]) -> dict[str, Any]:
        read = {}
        for key, value in content.items():
            if key not in rules:
                tables = () if place else _TABLES
                is_setting = not place and key in {*SECTIONS, *SECTIONS[""]}
                meant = f" (it belongs in {NAME})" if is_setting else did_you_mean(key, {*rules, *tables})
                self._problem(
                    (*place, key),
                    f"{key} is not a key of this table{meant}",
                    f"use one of {_listed({*rules, *tables})}",
                )
                continue
            try:
                read[key] = rules[key].read(value)
                if key == "cron":
                    cron_trigger(value, "UTC")
            except (ValueError, TypeError, AttributeError, LookupError, OSError, OverflowError):  # it is not valid
                what = refused(value, is_secret=key in _SECRET)
                self._problem((*place, key), f"{key} cannot be {what}", f"write {rules[key].mend}")
        return read

    def _problem(self, place: tuple[str, ...], what: str, mend: str) -> None:
        self.problems.append(Problem(self._lines.of(*place), f"{'.'.join(place)}: {what}", mend))


def _retry(read: dict[str, Any]) -> Retry | None:
    """How a job retries, by its keys `retry` and `retries`, which are taken out of what was read."""
    most, usual = read.pop("retries", None), Retry()
    first: timedelta | None = read.pop("retry", usual.first)
    return None if first is None else attrs.evolve(usual, first=first, most=most or usual.most)


def _listed(names: Collection[str]) -> str:
    return ", ".join(sorted(names)) or "none: there are none yet"
