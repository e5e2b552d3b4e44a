"""Reads TOML, and finds the line of each key, which Python's reader does not say."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from archive.errors import Problem

_PART = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*')"""
_PATH = rf"{_PART}(?:\s*\.\s*{_PART})*"
_TABLE = re.compile(rf"\s*\[\s*(?P<path>{_PATH})\s*\]\s*(?:#.*)?")
_KEY = re.compile(rf"\s*(?P<path>{_PATH})\s*=")
_EACH = re.compile(_PART)
_AT_LINE = re.compile(r"\(at line (\d+)")
_LONG = ('"""', "'''")
_QUOTED = re.compile(r"""\"{3}|'{3}|"(?:[^"\\]|\\.)*"|'[^']*'|\#""")


class Unreadable(Exception):
    """The file is no TOML that can be read; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem.what)


class Lines:
    """The line of each key and table of a text of TOML; of a key in an inline table it is that of the table."""

    def __init__(self, text: str) -> None:
        self._at: dict[tuple[str, ...], int] = {}
        table: tuple[str, ...] = ()
        within: str | None = None  # the quotes of a text of several lines
        for number, line in enumerate(text.splitlines(), 1):
            if within is None:
                if found := _TABLE.fullmatch(line):
                    table = _parts(found["path"])
                    self._note(table, number)
                elif found := _KEY.match(line):
                    self._note((*table, *_parts(found["path"])), number)
            within = _after(line, within)

    def _note(self, path: tuple[str, ...], number: int) -> None:
        for length in range(1, len(path) + 1):
            self._at.setdefault(path[:length], number)

    def of(self, *path: str) -> int | None:
        """The line of a key, else of the nearest table around it."""
        while path:
            if path in self._at:
                return self._at[path]
            path = path[:-1]
        return None


def _parts(path: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in _EACH.findall(path))


def _after(line: str, within: str | None) -> str | None:
    """The quotes of the text of several lines that goes on behind a line, which itself begins within `within`."""
    at = 0
    while True:
        if within is not None:
            if (end := line.find(within, at)) < 0:
                return within
            at, within = end + len(within), None
        elif (found := _QUOTED.search(line, at)) is None or found[0] == "#":
            return None
        else:
            at = found.end()
            within = found[0] if found[0] in _LONG else None


def read_toml(path: Path, mend_missing: str) -> tuple[dict[str, Any], Lines]:
    """The content of a file, and the lines of its keys.

    Raises:
        Unreadable: it cannot be read.
    """
    try:
        text = path.read_text("utf-8-sig")  # some editors begin it with a byte order mark
    except FileNotFoundError:
        raise Unreadable(Problem(None, "there is no such file", mend_missing)) from None
    except (OSError, UnicodeDecodeError) as error:
        raise Unreadable(Problem(None, str(error), "save it as readable UTF-8 text")) from error
    try:
        return tomllib.loads(text), Lines(text)
    except tomllib.TOMLDecodeError as error:
        at = _AT_LINE.search(str(error))
        line = int(at[1]) if at else None
        raise Unreadable(Problem(line, f"is not valid TOML: {error}", "see https://toml.io")) from error
