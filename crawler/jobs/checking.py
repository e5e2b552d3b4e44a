"""Finds all that is wrong in settings and schedule before anything is crawled by them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from archive.errors import BadSchedule, BadSetting, BaotinhError, ContactMissing, Problem, SettingsWrong, UsageError
from archive.errors.declared import did_you_mean
from crawler.configuration.keys import KEYS, NEWSPAPERS
from crawler.configuration.precedence import configuration, go_by, in_force
from crawler.configuration.reading import Configuration, Placed, read_with_problems
from crawler.configuration.texts import CONTACT
from crawler.crawl.arguments import contact_address
from crawler.jobs.schedule import Schedule
from crawler.jobs.schedule_file import read_schedule, schedule_path

if TYPE_CHECKING:
    from crawler.runs.run import KnownNewspapers

_LEAST, _MOST = "revisits.list_least", "revisits.list_most"


def refuse_uncrawlable(schedule: Schedule) -> None:
    """Refuse a schedule whose crawls of the network could not begin with the settings as they are.

    Raises:
        SettingsWrong: with everything that is wrong.
    """
    faults = [*_of_environment()]
    if not schedule.loopback and (missing := _contact_fault(schedule)):
        faults.append(missing)
    if faults:
        raise SettingsWrong(list(dict.fromkeys(faults)))


def all_faults(path: Path | None, known: Callable[[], KnownNewspapers]) -> list[str]:
    """What is wrong in the file of settings, the environment and the schedule, each with its place and its mend.

    `known` gives the declared newspapers.
    """
    faults: list[str] = []
    if path is not None:
        found, problems = read_with_problems(path)
        faults += [problem.at(path) for problem in problems]
        if found is None:
            return faults
        go_by(path, found)
    faults += _of_environment()
    try:
        newspapers = known()
    except BaotinhError as error:  # the folder of declarations is not there
        return [*faults, str(error)]
    file = configuration()
    if file is not None:
        faults += _of_newspapers(file, newspapers)
        faults += [problem.at(file.path) for problem in _of_intervals(file)]
    return [*faults, *_of_schedule(file, newspapers, faults)]


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


def _of_environment() -> Iterator[str]:
    for key in KEYS:
        try:
            in_force(key)
        except BadSetting as error:
            yield f"environment: {error}"


def _of_newspapers(file: Configuration, known: KnownNewspapers) -> Iterator[str]:
    names = {*known.declared, *known.refused}
    for name in file.newspapers:
        if name not in names and "." not in name:  # one that is crawled by its address has its host's name
            line = file.lines.of(NEWSPAPERS, name)
            what = f"{NEWSPAPERS}.{name}: no newspaper is called {name}{did_you_mean(name, names)}"
            yield Problem(line, what, "'baotinh newspapers' lists them").at(file.path)


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


def _of_schedule(file: Configuration | None, known: KnownNewspapers, before: list[str]) -> Iterator[str]:
    try:
        path = schedule_path(usual_schedule())
        if not path.exists() and in_force("schedule").value is None:
            return  # there is none yet
        schedule = read_schedule(path, sections_of(known))
    except BadSchedule as error:
        lines = [problem.at(error.path) for problem in error.problems]
        yield from (line for line in lines if line not in before)
        return
    except UsageError as error:
        yield str(error)
        return
    is_said = file is not None and "contact" in file.content and "contact" not in file.values
    if not schedule.loopback and not is_said and (missing := _contact_fault(schedule)):
        yield f"{path}: {missing}" if missing not in before else missing


def _contact_fault(schedule: Schedule) -> str | None:
    try:
        address = contact_address(schedule.contact)
    except ContactMissing as error:
        return f"environment: {error}"
    return None if CONTACT.fullmatch(address) else str(ContactMissing(address))
