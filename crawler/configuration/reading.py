"""Reads baotinh.toml by the table of keys, and says all that is wrong in it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import attrs

from archive.errors import BadConfiguration, BadSchedule, Problem
from archive.errors.declared import did_you_mean
from crawler.configuration.keys import GROUPS, JOBS, NARROW, NEWSPAPERS, SECTIONS, Key
from crawler.configuration.lines import Lines, Unreadable, read_toml
from crawler.configuration.secrets import refused

_TABLES = (JOBS, GROUPS, NEWSPAPERS)


@attrs.frozen
class Placed:
    """A value, and the line where it stands."""

    value: Any
    line: int | None


@attrs.frozen(kw_only=True)
class Configuration:
    """What a file says: values by the paths of keys, and by the keys of each newspaper's and job's table."""

    path: Path
    values: Mapping[str, Placed]
    newspapers: Mapping[str, Mapping[str, Placed]]
    jobs: Mapping[str, Mapping[str, Placed]]
    content: Mapping[str, Any]
    lines: Lines

    @property
    def has_jobs(self) -> bool:
        """Whether the schedule's jobs are in it."""
        return bool(self.content.get(JOBS))


def read(path: Path) -> Configuration:
    """Read a file of settings; the schedule's own tables are left to `crawler.jobs.schedule_file`.

    Raises:
        BadConfiguration: with every fault in it.
    """
    found, problems = read_with_problems(path)
    if problems or found is None:
        raise BadConfiguration(path, problems)
    return found


def read_jobs(path: Path) -> Configuration:
    """Read a schedule's file for what its jobs say of crawls.

    Raises:
        BadSchedule: it cannot be read.
    """
    found, problems = read_with_problems(path)
    if found is None:
        raise BadSchedule(path, problems)
    return found


def read_with_problems(path: Path) -> tuple[Configuration | None, list[Problem]]:
    """What can be read of a file, and what is wrong in it, by line."""
    try:
        content, lines = read_toml(path, "write one, or name another")
    except Unreadable as error:
        return None, [error.problem]
    reading = _Reading(path, lines)
    values = reading.sections(content)
    found = Configuration(
        path=path,
        values=values,
        newspapers=reading.narrow(content, NEWSPAPERS),
        jobs=reading.narrow(content, JOBS),
        content=content,
        lines=lines,
    )
    return found, sorted(reading.problems, key=lambda problem: problem.line or 0)


class _Reading:
    def __init__(self, path: Path, lines: Lines) -> None:
        self._folder, self._lines = path.absolute().parent, lines
        self.problems: list[Problem] = []

    def sections(self, content: Mapping[str, Any]) -> dict[str, Placed]:
        """The values of all sections, by the paths of their keys."""
        above = {name: value for name, value in content.items() if name not in (*SECTIONS, *_TABLES)}
        found = self._values(above, (), SECTIONS[""], (*SECTIONS, *_TABLES))
        for section in SECTIONS:
            if section and section in content and (table := self._table(content[section], section)):
                found |= self._values(table, (section,), SECTIONS[section])
        return found

    def narrow(self, content: Mapping[str, Any], name: str) -> dict[str, dict[str, Placed]]:
        """What the tables of newspapers or jobs say of crawls; other keys of jobs are the schedule's."""
        found: dict[str, dict[str, Placed]] = {}
        for one, table in self._table(content.get(name, {}), name).items():
            if not isinstance(table, dict):
                if name == NEWSPAPERS:
                    self._table(table, name, one)
                continue
            said = table if name == NEWSPAPERS else {key: value for key, value in table.items() if key in NARROW}
            read = self._values(said, (name, one), NARROW)
            found[one] = {path.rpartition(".")[2]: placed for path, placed in read.items()}
        return found

    def _table(self, value: Any, *place: str) -> dict[str, Any]:
        if isinstance(value, dict):
            return value
        path = ".".join(place)
        self._problem(place, f"{path}: is not a table", f"write [{path}] and its keys below")
        return {}

    def _values(
        self, said: Mapping[str, Any], place: tuple[str, ...], keys: Mapping[str, Key], others: Collection[str] = ()
    ) -> dict[str, Placed]:
        found = {}
        for name, value in said.items():
            path = ".".join((*place, name))
            if name not in keys:
                self._unknown(name, (*place, name), {*keys, *others} - {""})
                continue
            key = keys[name]
            try:
                read = key.kind.read(value)
            except (ValueError, TypeError, AttributeError, LookupError, OSError, OverflowError):
                what = refused(value, is_secret=key.is_secret)
                self._problem((*place, name), f"{path}: {name} cannot be {what}", f"write {key.kind.mend}")
                continue
            if key.kind.is_path:
                read = self._folder / read.expanduser()
            found[path] = Placed(read, self._lines.of(*place, name))
        return found

    def _unknown(self, name: str, place: tuple[str, ...], known: Collection[str]) -> None:
        path = ".".join(place)
        meant = did_you_mean(name, known)
        elsewhere = "" if meant else _elsewhere(name, place)
        what = f"{path}: {name} is not a key of this table{meant}{elsewhere}"
        self._problem(place, what, f"use one of {', '.join(sorted(known))}")

    def _problem(self, place: tuple[str, ...], what: str, mend: str) -> None:
        self.problems.append(Problem(self._lines.of(*place), what, mend))


def _elsewhere(name: str, place: tuple[str, ...]) -> str:
    """Where a key of another section belongs."""
    sections = [section for section, keys in SECTIONS.items() if name in keys and section != ".".join(place[:-1])]
    places = [f"[{section}]" if section else "the beginning, above all tables" for section in sections]
    return f" (it belongs in {' or '.join(places)})" if places else ""
