"""Finds all that is wrong in settings and schedule before anything is crawled by them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from archive.errors import (
    BadSchedule,
    BadSetting,
    ContactMissing,
    FileMissing,
    Problem,
    SettingsWrong,
    TwoSchedules,
)
from archive.errors.declared import did_you_mean
from crawler.configuration.keys import KEYS, NEWSPAPERS
from crawler.configuration.precedence import configuration, go_by, in_force
from crawler.configuration.reading import Configuration, Placed, read_with_problems
from crawler.configuration.texts import CONTACT
from crawler.jobs.schedule import Schedule
from crawler.jobs.schedule_file import read_schedule, schedule_path

if TYPE_CHECKING:
    from crawler.runs.run import KnownNewspapers

Fault: TypeAlias = tuple[Path | str, Problem]
_ENVIRONMENT = "environment"
_LEAST, _MOST = "revisits.list_least", "revisits.list_most"


def refuse_uncrawlable(schedule: Schedule, path: Path) -> None:
    """Refuse a schedule whose crawls of the network could not begin with the settings as they are.

    Raises:
        SettingsWrong: with everything that is wrong.
    """
    faults = [*_of_environment()]
    if not schedule.loopback and (missing := _contact_fault(schedule, path)) and missing not in faults:
        faults.append(missing)
    if faults:
        raise SettingsWrong(faults)


def all_faults(path: Path | None, known: Callable[[], KnownNewspapers]) -> list[Fault]:
    """What is wrong in the file of settings, the environment and the schedule, each with its place.

    `known` gives the declared newspapers.
    """
    faults: list[Fault] = []
    if path is not None:
        found, problems = read_with_problems(path)
        faults += [(path, problem) for problem in problems]
        if found is None:
            return faults
        go_by(path, found)
    faults += _of_environment()
    try:
        newspapers = known()
    except FileMissing as error:
        placed = in_force("declarations")
        mend = "make the folder, or name another"
        fault = Problem(placed.line, f"{error.path} is not there, or no folder that can be read", mend)
        return [*faults, (placed.path or _ENVIRONMENT, fault)]
    file = configuration()
    if file is not None:
        faults += [(file.path, problem) for problem in (*_of_newspapers(file, newspapers), *_of_intervals(file))]
    faults += [fault for fault in _of_schedule(file, newspapers) if fault not in faults]
    return faults


def usual_schedule() -> Path:
    """The schedule that the settings name, as an absolute path, else the relative one where it is looked for."""
    named: Path | None = in_force("schedule").value
    return named.absolute() if named is not None else Path("schedule.toml")


def sections_of(known: KnownNewspapers) -> dict[str, set[str]]:
    """The names and slugs of the newspapers' sections; a newspaper whose file has a fault stays known."""
    sections: dict[str, set[str]] = {name: set() for name in known.refused}
    return sections | {
        name: {key for section in spider.sections for key in (section.name, section.path.strip("/"))}
        for name, spider in known.declared.items()
    }


def _of_environment() -> Iterator[Fault]:
    for key in KEYS:
        try:
            in_force(key)
        except BadSetting as error:
            yield _ENVIRONMENT, _problem_of(error)


def _problem_of(error: BadSetting) -> Problem:
    return Problem(None, f"{error.name} cannot be {error.found!r}", f"it must be {error.expected}")


def _of_newspapers(file: Configuration, known: KnownNewspapers) -> Iterator[Problem]:
    names = {*known.declared, *known.refused}
    for name in file.newspapers:
        if name not in names and "." not in name:  # one that is crawled by its address has its host's name
            line = file.lines.of(NEWSPAPERS, name)
            what = f"{NEWSPAPERS}.{name}: no newspaper is called {name}{did_you_mean(name, names)}"
            yield Problem(line, what, "'baotinh newspapers' lists them")


def _of_intervals(file: Configuration) -> Iterator[Problem]:
    """Where the least interval of lists is above the most, for all or for a newspaper or job."""
    narrow: list[tuple[Placed | None, str | None, str | None]] = [(file.values.get(_LEAST), None, None)]
    narrow += [(table.get("list_least"), name, None) for name, table in file.newspapers.items()]
    narrow += [(table.get("list_least"), None, name) for name, table in file.jobs.items()]
    for placed, newspaper, job in narrow:
        found = [in_force(one, newspaper=newspaper, job=job) for one in (_LEAST, _MOST)]
        least, most = (one.value for one in found)
        if least is not None and most is not None and least > most:
            line = placed.line if placed else next((one.line for one in found if one.line), None)
            yield Problem(line, f"list_least is {least}, list_most {most}", "make list_least the shorter one")


def _of_schedule(file: Configuration | None, known: KnownNewspapers) -> Iterator[Fault]:
    try:
        path = schedule_path(usual_schedule())
        if not path.exists() and in_force("schedule").value is None:
            return  # there is none yet
        schedule = read_schedule(path, sections_of(known))
    except BadSchedule as error:
        yield from ((error.path, problem) for problem in error.problems)
        return
    except TwoSchedules as error:
        yield error.path, Problem(None, f"jobs are also in {error.other}", "keep them in one of the two files")
        return
    is_said = file is not None and "contact" in file.content and "contact" not in file.values
    if not schedule.loopback and not is_said and (missing := _contact_fault(schedule, path)):
        yield missing


def _contact_fault(schedule: Schedule, path: Path) -> Fault | None:
    try:
        address = schedule.contact or in_force("contact").value or ""
    except BadSetting as error:
        return _ENVIRONMENT, _problem_of(error)
    return None if CONTACT.fullmatch(address) else (path, ContactMissing(address).problem)
