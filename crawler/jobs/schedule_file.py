"""Reads schedule.toml, and reports all faults in it, each with its line and how to correct it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import attrs

from archive.durations import parse_duration
from archive.errors import BadSchedule, Problem
from archive.errors.declared import did_you_mean
from archive.language.catalogue import LANGUAGES
from crawler.crawl.arguments import CONTACT
from crawler.jobs.notifiers import Notifiers
from crawler.jobs.notifiers.declared import FORMS, SECURITIES
from crawler.jobs.retrying import Retry
from crawler.jobs.schedule import Job, Machines, Schedule, cron_trigger

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,60}")

_TABLE = re.compile(r"\s*\[\s*(?P<path>[^\]]+?)\s*\]\s*(?:#.*)?")

_KEY = re.compile(r"""\s*(?P<key>[A-Za-z0-9_-]+|"[^"]*"|'[^']*')\s*[=.]""")

_PLACE = re.compile(r"[A-Za-z0-9.-]+:\d{1,5}")

_ADDRESS = re.compile(r"[^\s@,]+@[^\s@,]+")

_MACHINE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,60}")

_SHORTEST_LEASE = 3

_AT_LINE = re.compile(r"\(at line (\d+)")


def read_schedule(path: Path, known: Mapping[str, Collection[str]]) -> Schedule:
    """Read and check a schedule.

    Args:
        known: the declared newspapers, each with the names and slugs of its sections; of one without any, every
            section is taken.

    Raises:
        BadSchedule: it cannot be read, or something in it is wrong.
    """
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        problem = Problem(None, "there is no such file", "write one, or name it with --schedule")
        raise BadSchedule(path, [problem]) from None
    except (OSError, UnicodeDecodeError) as error:
        raise BadSchedule(path, [Problem(None, str(error), "save it as readable UTF-8 text")]) from error
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = _AT_LINE.search(str(error))
        line = int(at[1]) if at else None
        raise BadSchedule(path, [Problem(line, f"is not valid TOML: {error}", "see https://toml.io")]) from error
    reading = _Reading(_Lines(text), known)
    schedule = reading.schedule(content)
    if reading.problems:
        raise BadSchedule(path, sorted(reading.problems, key=lambda problem: problem.line or 0))
    return schedule


class _Lines:
    """The line of each key, for tables that are written with a [header]."""

    def __init__(self, text: str) -> None:
        self._at: dict[tuple[str, ...], int] = {}
        table: tuple[str, ...] = ()
        for number, line in enumerate(text.splitlines(), 1):
            if found := _TABLE.fullmatch(line):
                table = tuple(part.strip().strip("\"'") for part in found["path"].split("."))
                self._at.setdefault(table, number)
            elif found := _KEY.match(line):
                self._at.setdefault((*table, found["key"].strip("\"'")), number)

    def of(self, *path: str) -> int | None:
        """The line of a key, else of the nearest table around it."""
        while path:
            if path in self._at:
                return self._at[path]
            path = path[:-1]
        return None


# How the value of a key is read, and what it must be.
_Rule = tuple[Callable[[Any], Any], str]


def _checked(test: Callable[[Any], bool]) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        if not test(value):
            raise ValueError
        return value

    return read


def _names(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list) or not value or not all(isinstance(name, str) and name for name in value):
        raise ValueError
    return tuple(dict.fromkeys(value))


def _between(least: int, most: int) -> Callable[[Any], Any]:
    return _checked(lambda value: type(value) is int and least <= value <= most)


def _day(value: Any) -> date:
    """A day as a TOML date or as text."""
    if isinstance(value, str):
        return date.fromisoformat(value)
    if isinstance(value, datetime) or not isinstance(value, date):
        raise ValueError
    return value


def _addresses(value: Any) -> tuple[str, ...]:
    found = _names(value)
    if not all(_ADDRESS.fullmatch(one) for one in found):
        raise ValueError
    return found


_IS_TEXT = _checked(lambda value: isinstance(value, str))

_IS_SWITCH = _checked(lambda value: isinstance(value, bool))

_TABLES = ("jobs", "groups", "alarms", "machines")

_WHOLE: dict[str, _Rule] = {
    "at_once": (_between(1, 64), "a whole number from 1 to 64"),
    "compact": (
        lambda value: None if value == "off" else parse_duration(value, least=3600),
        'a duration of an hour or more, such as "1d", or "off"',
    ),
    "time_zone": (lambda value: ZoneInfo(value).key, 'the name of a time zone, such as "Asia/Ho_Chi_Minh"'),
    "contact": (
        _checked(lambda value: CONTACT.fullmatch(value) is not None),
        'an e-mail or web address: "desk@example.org"',
    ),
    "heartbeat": (
        _checked(lambda value: urlsplit(value).scheme in ("http", "https")),
        'an address that a monitor gave: "https://hc.example.org/ping/..."',
    ),
    "loopback": (_IS_TEXT, 'host and port of the demonstration on this machine, such as "127.0.0.1:8063"'),
}

_NOTIFIERS: dict[str, _Rule] = {
    "webhook": (_checked(lambda value: urlsplit(value).scheme in ("http", "https")), "an address, https://..."),
    "email": (_addresses, 'an address, or a list of them: ["desk@example.org"]'),
    "sender": (
        _checked(lambda value: _ADDRESS.fullmatch(value) is not None),
        'the address that mails come from, such as "baotinh@example.org"',
    ),
    "smtp": (
        _checked(lambda value: _PLACE.fullmatch(value) is not None),
        'host and port of a mail server: "localhost:25"',
    ),
    "webhook_file": (_IS_TEXT, "the path of a file that holds the webhook's address"),
    "webhook_form": (_checked(lambda value: value in FORMS), f"one of {', '.join(FORMS)}"),
    "webhook_token_file": (_IS_TEXT, "the path of a file that holds the webhook's bearer token"),
    "smtp_security": (_checked(lambda value: value in SECURITIES), f"one of {', '.join(SECURITIES)}"),
    "smtp_user": (_IS_TEXT, 'the name for the login, such as "desk@example.org"'),
    "smtp_password_file": (_IS_TEXT, "the path of a file that holds the password"),
    "language": (_checked(lambda value: value in LANGUAGES), '"vi" or "en"'),
    "site": (
        _checked(lambda value: urlsplit(value).scheme in ("http", "https")),
        'the address of the site: "https://archive.example.org"',
    ),
}

_MACHINES: dict[str, _Rule] = {
    "leases": (
        _checked(lambda value: urlsplit(value).scheme in ("redis", "rediss", "unix")),
        'the address of a Redis or Valkey server: "redis://leases.example.org:6379/0"',
    ),
    "name": (_checked(lambda value: _MACHINE.fullmatch(value) is not None), 'what others call this machine: "one"'),
    "expire": (lambda value: parse_duration(value, least=_SHORTEST_LEASE), 'a duration from "3s" on, such as "90s"'),
}

_JOB: dict[str, _Rule] = {
    "newspaper": (_names, 'the name of a newspaper, or a list of names: ["baocantho", "baolaocai"]'),
    "group": (_names, "the name of a group of the table [groups]"),
    "sections": (_names, 'a list of sections, by name or slug: ["thoi-su"]'),
    "every": (parse_duration, 'a duration of a minute or more, such as "30m", "1h" or "1d"'),
    "cron": (
        lambda value: cron_trigger(value, "UTC") and value,
        'five fields of crontab(5), such as "7 * * * *", with not both a day and a weekday',
    ),
    "jitter": (lambda value: parse_duration(value, least=0), 'a duration, such as "5m"'),
    "limit": (_between(1, 10_000_000), "how many articles at most, a whole number from 1"),
    "longest": (parse_duration, 'a duration after which a run is stopped, such as "6h"'),
    "retry": (
        lambda value: None if value == "off" else Retry(first=parse_duration(value, least=1)),
        'the pause before the first retry, such as "5m", or "off"',
    ),
    "retries": (_between(1, 20), "how many retries at most, a whole number from 1 to 20"),
    "recheck": (_IS_SWITCH, "true or false"),
    "full": (_IS_SWITCH, "true or false"),
    "since": (_day, "a day: 2025-07-01"),
    "until": (_day, "a day: 2025-07-01"),
    "enabled": (_IS_SWITCH, "true or false"),
}


class _Reading:
    def __init__(self, lines: _Lines, known: Mapping[str, Collection[str]]) -> None:
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
        found = {}
        for name, members in content.items():
            try:
                found[name] = _names(members)
            except ValueError:
                self._problem(("groups", name), f"{members!r} is not a list of newspapers", 'write ["baocantho"]')
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
        read = self._read(table, _JOB, place)
        newspapers = self._newspapers(table, read, groups, place)
        if ("every" in table) == ("cron" in table):
            self._problem(place, "must have either every or cron", 'write either every = "1h" or cron = "7 * * * *"')
        if read.get("full") and {"since", "until"} & read.keys():
            self._problem((*place, "full"), "cannot be combined with since or until", "leave out since and until")
        if (since := read.get("since")) and (until := read.get("until")) and since > until:
            self._problem((*place, "since"), f"no day lies between {since} and {until}", "exchange them")
        if len(self.problems) > before:
            return None
        retry, most = read.pop("retry", Retry()), read.pop("retries", None)
        read["retry"] = attrs.evolve(retry, most=most) if retry and most else retry
        return Job(name=name, newspapers=newspapers, **read)

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

    def _read(self, content: dict[str, Any], rules: dict[str, _Rule], place: tuple[str, ...]) -> dict[str, Any]:
        read = {}
        for key, value in content.items():
            if key not in rules:
                tables = () if place else _TABLES
                self._problem(
                    (*place, key), f"{key} is not a key of this table", f"use one of {_listed({*rules, *tables})}"
                )
                continue
            reader, mend = rules[key]
            try:
                read[key] = reader(value)
            except (ValueError, TypeError, AttributeError, KeyError, OSError):  # whatever the value is, it is not valid
                self._problem((*place, key), f"{key} cannot be {_shortened(value)}", f"write {mend}")
        return read

    def _problem(self, place: tuple[str, ...], what: str, mend: str) -> None:
        self.problems.append(Problem(self._lines.of(*place), f"{'.'.join(place)}: {what}", mend))


def _listed(names: Collection[str]) -> str:
    return ", ".join(sorted(names)) or "none: there are none yet"


def _shortened(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
