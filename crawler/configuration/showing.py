"""Every setting in force, with its value and its source, for `baotinh config show`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from crawler.configuration.finding import VARIABLE
from crawler.configuration.keys import KEYS, Key
from crawler.configuration.precedence import InForce, Source, configuration, in_force, unless_declared
from crawler.configuration.reading import Configuration
from crawler.configuration.secrets import shown


@attrs.frozen(kw_only=True)
class Shown:
    """A setting in force: its key's path, its value as text without secrets, and where it comes from."""

    setting: str
    value: str
    source: Source
    variable: str | None = None
    file: str | None = None
    line: int | None = None

    @property
    def place(self) -> str:
        """Where it comes from, for people."""
        if self.file:
            narrow = f" ({self.source.value})" if self.source in (Source.JOB, Source.NEWSPAPER) else ""
            return f"{self.file}{f':{self.line}' if self.line else ''}{narrow}"
        return self.variable or self.source.value

    def values(self) -> dict[str, Any]:
        """For JSON."""
        return {**attrs.asdict(self), "source": self.source.value}


def settings_in_force(
    newspaper: str | None = None,
    job: str | None = None,
    *,
    declared_pause: float | None = None,
    jobs_of: Configuration | None = None,
    options: Mapping[str, str] | None = None,
) -> Iterator[Shown]:
    """All settings in the order of the table; with a newspaper or a job only those that it may change.

    Args:
        options: what options of the command say, by the paths of the keys.

    Raises:
        BadSetting, BadConfiguration, FileMissing: as `in_force`.
    """
    given = options or {}
    if (file := configuration()) is not None:
        source = Source.OPTION if "config" in given else Source.ENVIRONMENT if "named" in given else Source.FILE
        variable = VARIABLE if source is Source.ENVIRONMENT else None
        yield Shown(setting="config", value=str(file.path), source=source, variable=variable)
    for key in KEYS:
        if key.narrow is None and (newspaper or job):
            continue
        if key.path in given:
            yield Shown(setting=key.path, value=given[key.path], source=Source.OPTION)
            continue
        found = in_force(key, newspaper=newspaper, job=job, jobs_of=jobs_of)
        if declared_pause is not None and key.setting == "DOWNLOAD_DELAY":
            found = unless_declared(found, declared_pause)
        yield _shown(key, found)


def _shown(key: Key, found: InForce) -> Shown:
    value = key.usual() if found.source is Source.DEFAULT else key.kind.show(found.value)
    return Shown(
        setting=key.path,
        value=shown(value, is_secret=key.is_secret) if value else "",
        source=found.source,
        variable=found.variable,
        file=str(found.path) if found.path else None,
        line=found.line,
    )
