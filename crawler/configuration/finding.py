"""Finds baotinh.toml: the one that is named, else the nearest, the user's, the machine's."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from archive.errors import FileMissing

NAME = "baotinh.toml"
VARIABLE = "BAOTINH_CONFIG"
MACHINE = Path("/etc/baotinh") / NAME


def user_folder() -> Path:
    """The folder of the user's configuration of baotinh, by the XDG Base Directory Specification."""
    configuration = os.environ.get("XDG_CONFIG_HOME")
    return (Path(configuration) if configuration else Path.home() / ".config") / "baotinh"


def find() -> Path | None:
    """The file of settings, as an absolute path; None where there is none.

    BAOTINH_CONFIG names it; where that is set and empty, no file is read.

    Raises:
        FileMissing: BAOTINH_CONFIG names no file.
    """
    named = os.environ.get(VARIABLE)
    if named is None:
        return next((path for path in _places() if _is_there(path)), None)
    if not named:
        return None
    path = Path(named).expanduser().absolute()
    if not _is_there(path):
        raise FileMissing(path, f"the file of settings that --config or {VARIABLE} names")
    return path


def _places() -> Iterator[Path]:
    with contextlib.suppress(OSError):  # the working directory was removed
        here = Path.cwd()
        for folder in (here, *here.parents):
            yield folder / NAME
    with contextlib.suppress(RuntimeError):  # there is no home directory
        yield user_folder() / NAME
    yield MACHINE


def _is_there(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a folder of others, which cannot be entered
        return False
