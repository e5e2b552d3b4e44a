"""Which value of a setting is in force: option, environment, job, newspaper, file, default, in this order."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping
from datetime import timedelta
from enum import Enum
from pathlib import Path
from typing import Any

import attrs

from archive.errors import BadSetting
from crawler.configuration.finding import VARIABLE, find
from crawler.configuration.keys import KEYS, Key, key_of
from crawler.configuration.reading import Configuration, Placed, read, read_with_problems


class Source(Enum):
    """Where a value comes from, the strongest first."""

    OPTION, ENVIRONMENT, JOB, NEWSPAPER, FILE, DECLARATION, DEFAULT = (
        "option", "environment", "job", "newspaper", "file", "declaration", "default",
    )  # fmt: skip


@attrs.frozen(kw_only=True)
class InForce:
    """A value and its source: a variable of the environment, or a file and its line."""

    value: Any
    source: Source
    variable: str | None = None
    path: Path | None = None
    line: int | None = None


USUAL_PAUSE = 2.0  # seconds, of a declaration that asks for none of its own
_NOTHING = InForce(value=None, source=Source.DEFAULT)
_read: dict[Path | None, Configuration | None] = {}


def configuration() -> Configuration | None:
    """The file of settings that this process goes by, read once; None where there is none.

    Raises:
        FileMissing: the file that is named is not there.
        BadConfiguration: something in it is wrong.
    """
    path = find()
    if path not in _read:
        _read.clear()
        _read[path] = read(path) if path is not None else None
    return _read[path]


def reread() -> Configuration | None:
    """Read the file again, as a process that goes on for long does when it is told to; errors as `configuration`."""
    before = dict(_read)
    _read.clear()
    try:
        return configuration()
    except Exception:
        _read.update(before)  # what was in force stays in force
        raise


def go_by(path: Path, found: Configuration | None) -> None:
    """Go by what could be read of a file in which something is wrong, to find what else is."""
    _read.clear()
    _read[path] = found


def of_variables() -> dict[str, str]:
    """What the file says of all newspapers and jobs, as text, by the variables that it stands in for."""
    file = configuration()
    values = {key.path: key for key in KEYS if key.variable}
    return {
        key.variable: key.kind.show(file.values[path].value)
        for path, key in values.items()
        if file is not None and path in file.values and key.variable
    }


def unless_declared(found: InForce, declared: float) -> InForce:
    """The pause in force of a newspaper whose declaration asks for one of so many seconds.

    What is set for all newspapers does not shorten it; what is set for this one, or for a job, does.
    """
    if declared == USUAL_PAUSE or found.source in (Source.JOB, Source.NEWSPAPER):
        return found
    span = timedelta(seconds=declared)
    return found if found.value is not None and found.value >= span else InForce(value=span, source=Source.DECLARATION)


def pass_on() -> None:
    """Have the processes that this one starts go by the same file, wherever they run."""
    path = find()
    if path is not None:
        os.environ[VARIABLE] = str(path)


def jobs_file() -> Configuration | None:
    """The file whose jobs a run of a job goes by, where BAOTINH_SCHEDULE names one; of it nothing else counts."""
    named = os.environ.get("BAOTINH_SCHEDULE", "").strip()
    found = read_with_problems(Path(named))[0] if named else None
    return found if found is not None and found.has_jobs else None


def in_force(
    key: Key | str, *, newspaper: str | None = None, job: str | None = None, jobs_of: Configuration | None = None
) -> InForce:
    """The value in force of a setting; `jobs_of` is the file whose jobs count, where it is not the file of settings.

    Options stand above it: who takes one asks only where none was given.

    Raises:
        BadSetting: the environment's value is not allowed.
        FileMissing, BadConfiguration: as `configuration`.
    """
    key = key_of(key) if isinstance(key, str) else key
    return _of_environment(key) or _of_file(key, newspaper, job, jobs_of) or _NOTHING


def _of_environment(key: Key) -> InForce | None:
    if key.formerly and key.formerly in os.environ:
        warnings.warn(f"{key.formerly} is now {key.variable}", DeprecationWarning, stacklevel=4)
    for variable in (key.variable, key.formerly):
        said = os.environ.get(variable, "").strip() if variable else ""
        if not variable or not said:
            continue
        try:
            value = key.kind.read_text(said)
        except (ValueError, TypeError, LookupError, OSError, OverflowError) as error:
            raise BadSetting(variable, said, key.kind.mend) from error
        return InForce(value=value, source=Source.ENVIRONMENT, variable=variable)
    return None


def _of_file(key: Key, newspaper: str | None, job: str | None, jobs_of: Configuration | None) -> InForce | None:
    file = configuration()
    schedule = jobs_of or file
    if job and key.narrow and schedule and (placed := schedule.jobs.get(job, {}).get(key.narrow)):
        return _placed(placed, Source.JOB, schedule)
    if file is None:
        return None
    if newspaper and key.narrow and (placed := _narrow(file.newspapers, newspaper, key.narrow)):
        return _placed(placed, Source.NEWSPAPER, file)
    placed = file.values.get(key.path)
    return _placed(placed, Source.FILE, file) if placed else None


def _narrow(tables: Mapping[str, Mapping[str, Placed]], name: str, key: str) -> Placed | None:
    return tables.get(name, {}).get(key)


def _placed(placed: Placed, source: Source, file: Configuration) -> InForce:
    return InForce(value=placed.value, source=source, path=file.path, line=placed.line)
