"""Errors of declarations, settings and arguments, with suggestions of the names that may be meant."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

import attrs

from archive.errors.base import UsageError


@attrs.frozen
class Problem:
    """Something wrong in a file: its line where that is known, what it is, and how to correct it."""

    line: int | None
    what: str
    mend: str

    def at(self, place: Path | str) -> str:
        """As a line that names the file or another place."""
        return f"{place}{f':{self.line}' if self.line else ''}: {self.what}; {self.mend}"


_LISTED = 10  # of what there is, in a message


class UnknownNewspaper(UsageError):
    """No declaration has that name; choose one of `known`."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        self.name, self.known = name, tuple(known)
        super().__init__(f"no newspaper is called {name!r}{did_you_mean(name, known)} (see 'baotinh newspapers')")


class UnknownProvince(UsageError):
    """No province has that name, today or before July 2025; choose one of `known`."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        self.name, self.known = name, tuple(known)
        meant = did_you_mean(name, known) or f"; known are {', '.join(self.known)}"
        super().__init__(f"no province is called {name!r}, today or before July 2025{meant}")


class UnknownSection(UsageError):
    """The newspaper declares no such section; choose one of `known`."""

    def __init__(self, newspaper: str, name: str, known: Sequence[str]) -> None:
        self.newspaper, self.name, self.known = newspaper, name, tuple(known)
        meant = did_you_mean(name, known)
        super().__init__(f"{newspaper} has no section {name!r}{meant}; it has {', '.join(known) or 'none declared'}")


class BadDeclaration(UsageError):
    """A newspaper's declaration does not fit the schema; correct the file at that line.

    `line` counts from 1 and is 0 where the file has no place for it; `found` is the value as Python prints it.
    """

    def __init__(self, path: Path, line: int, attribute: str, found: str, mend: str) -> None:
        self.path, self.line, self.attribute, self.found, self.mend = path, line, attribute, found, mend
        super().__init__(f"{path}:{line}: {attribute}: {found}; {mend}")


class ContactMissing(UsageError):
    """A network crawl needs an address where the operator can be reached; set one."""

    def __init__(self, found: str) -> None:
        self.found = found
        what = f"{found!r} is no e-mail or web address" if found else "no contact address is set"
        self.problem = Problem(
            None,
            f"{what}; a crawl of the network must say whom to write to",
            "write an e-mail address or an https:// page as contact in baotinh.toml, or set BAOTINH_CONTACT or "
            "--contact to it",
        )
        super().__init__(f"{self.problem.what}: {self.problem.mend}")


class BadAddress(UsageError):
    """The argument is not a web address."""

    def __init__(self, url: str) -> None:
        self.url = url
        super().__init__(f"{url!r} is no web address; give one that begins with https:// or http://")


class NoHostName(UsageError):
    """The address of a newspaper names its host by a number, or not as the network does; give it by name."""

    def __init__(self, url: str, host: str) -> None:
        self.url, self.host = url, host
        super().__init__(
            f"{url!r} names no host such as baocantho.com.vn, but {host!r}, by which no newspaper is known; give the "
            "address with the newspaper's name (a server of this machine is http://NAME.test/, with --loopback)"
        )


class BadLoopback(UsageError):
    """A loopback crawl was asked for elsewhere than on this machine."""

    def __init__(self, found: str) -> None:
        self.found = found
        super().__init__(f"--loopback must be an address of this machine and a port, 127.0.0.1:8063, not {found!r}")


class BadDay(UsageError):
    """An argument is not a day of the calendar; give it as year-month-day."""

    def __init__(self, name: str, found: str) -> None:
        self.name, self.found = name, found
        super().__init__(f"{name} must be a day such as 2025-07-01, not {found!r}")


class NoDaysBetween(UsageError):
    """The first day is after the last; exchange them."""

    def __init__(self, since: date, until: date) -> None:
        self.since, self.until = since, until
        super().__init__(f"no day lies between since {since} and until {until}; say them the other way round")


class BadSetting(UsageError):
    """The value of an environment variable is not allowed for the setting."""

    def __init__(self, name: str, found: str, expected: str) -> None:
        self.name, self.found, self.expected = name, found, expected
        super().__init__(f"{name} must be {expected}, not {found!r}")


class BadSchedule(UsageError):
    """A schedule holds something wrong; `problems` lists all of it."""

    def __init__(self, path: Path, problems: Sequence[Problem]) -> None:
        self.path, self.problems = path, tuple(problems)
        super().__init__("\n".join(one.at(path) for one in self.problems))


class BadConfiguration(UsageError):
    """A file of settings holds something wrong; `problems` lists all of it."""

    def __init__(self, path: Path, problems: Sequence[Problem]) -> None:
        self.path, self.problems = path, tuple(problems)
        super().__init__("\n".join(one.at(path) for one in self.problems))


class SettingsWrong(UsageError):
    """Settings of several places are wrong; `faults` lists them, each with its place: a file, or `environment`."""

    def __init__(self, faults: Sequence[tuple[Path | str, Problem]]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(problem.at(place) for place, problem in self.faults))


class TwoSchedules(UsageError):
    """Jobs are in two files, and it is not clear which of them are meant."""

    def __init__(self, path: Path, other: Path) -> None:
        self.path, self.other = path, other
        super().__init__(f"jobs are in {path} and in {other}; keep them in one of the two, or name it with --schedule")


class UnknownJob(UsageError):
    """The schedule has no job of that name."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        self.name, self.known = name, tuple(known)
        meant = did_you_mean(name, known)
        super().__init__(f"no job is called {name!r}{meant}; the schedule has {', '.join(known) or 'none'}")


class UnknownRun(UsageError):
    """No run has that name; `baotinh jobs history` lists them."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"no run is called {name!r}; 'baotinh jobs history' lists them")


class UnknownAlarm(UsageError):
    """No alarm that applies now has that number or selector; choose one of `known`."""

    def __init__(self, found: str, known: Sequence[str]) -> None:
        self.found, self.known = found, tuple(known)
        more = f" and {len(known) - _LISTED} more" if len(known) > _LISTED else ""
        there = f"there are {', '.join(known[:_LISTED])}{more}" if known else "there is none"
        super().__init__(f"no alarm that applies now is {found!r}; {there} ('baotinh alarms list')")


class UnknownAlarmKind(UsageError):
    """No kind of alarm has that name; choose one of `known`."""

    def __init__(self, found: str, known: Sequence[str]) -> None:
        self.found, self.known = found, tuple(known)
        super().__init__(
            f"no kind of alarm is called {found!r}{did_you_mean(found, known)}; there are {', '.join(known)}"
        )


class UnknownMute(UsageError):
    """No mute with that selector is in force; choose one of `known`."""

    def __init__(self, found: str, known: Sequence[str]) -> None:
        self.found, self.known = found, tuple(known)
        there = f"muted are {', '.join(known)}" if known else "nothing is muted"
        super().__init__(f"{found!r} is not muted; {there}")


class NothingToWithhold(UsageError):
    """The collection holds no article, address or host of that name; `subject` is what was given."""

    def __init__(self, subject: str) -> None:
        self.subject = subject
        super().__init__(
            f"nothing is held of {subject!r}; give an article's id such as baocantho:194219, the address of a captured "
            "page, or a host"
        )


class NotWithheld(UsageError):
    """Nothing is withheld under that name; choose one of `known`."""

    def __init__(self, subject: str, known: Sequence[str]) -> None:
        self.subject, self.known = subject, tuple(known)
        there = f"withheld are {', '.join(known)}" if known else "nothing is withheld"
        super().__init__(f"{subject!r} is not withheld; {there}")


class PurgeElsewhere(UsageError):
    """A WARC file with records to be removed was moved to another place; `baotinh move --back` brings it back."""

    def __init__(self, name: str, folder: str) -> None:
        self.name, self.folder = name, folder
        super().__init__(f"{name} is not in {folder}; bring it back with 'baotinh move --back', then purge again")


class PurgeTooShort(UsageError):
    """A record is too short for the tombstone that would take its place; nothing was changed."""

    def __init__(self, name: str, offset: int, length: int, least: int) -> None:
        self.name, self.offset, self.length, self.least = name, offset, length, least
        super().__init__(
            f"{name}: the record at {offset} takes {length} bytes, and what stands in its place needs {least}; "
            "withhold it with 'baotinh hide', and write that file anew with another tool"
        )


class UnknownArticle(UsageError):
    """No article has that id; `baotinh search` lists ids."""

    def __init__(self, id: str) -> None:
        self.id = id
        super().__init__(f"no article has the id {id!r}; 'baotinh search' shows ids such as baocantho:194219")


class ArticleWithheld(UnknownArticle):
    """The article is withheld from readers; `reason` is a value of WithholdingReason. `is_removed`: for good."""

    def __init__(self, id: str, reason: str, *, is_removed: bool = False) -> None:
        super().__init__(id)
        self.reason, self.is_removed = reason, is_removed
        self.args = (
            f"{id} is withheld from readers: {reason}; 'baotinh withheld' lists what is, 'baotinh unhide' ends it",
        )


class AddressWithheld(UsageError):
    """The captures of an address are withheld from readers; `reason` and `is_removed` as of an article."""

    def __init__(self, url: str, reason: str, *, is_removed: bool = False) -> None:
        self.url, self.reason, self.is_removed = url, reason, is_removed
        super().__init__(f"{url} is withheld from readers: {reason}; 'baotinh withheld' lists what is")


_MOST = 3
_LEAST_ALIKE = 0.7


def nearest(name: str, known: Iterable[str]) -> tuple[str, ...]:
    """The known names with a similar spelling, the nearest first; case, diacritics and punctuation are ignored."""
    by_letters: dict[str, list[str]] = {}
    for one in known:
        by_letters.setdefault(_letters(one), []).append(one)
    found = difflib.get_close_matches(_letters(name), by_letters, _MOST, _LEAST_ALIKE)
    return tuple(one for letters in found for one in by_letters[letters])[:_MOST]


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """` (did you mean 'x'?)` where there is such a name, else nothing."""
    found = nearest(name, known)
    return f" (did you mean {' or '.join(map(repr, found))}?)" if found else ""


def _letters(name: str) -> str:
    apart = unicodedata.normalize("NFD", name[:200].casefold().replace("đ", "d"))
    return "".join(letter for letter in apart if letter.isalnum())
