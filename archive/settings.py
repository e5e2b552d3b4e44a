"""What an operator has set for this process: in the environment, else in the file that the command has read."""

from __future__ import annotations

import os
from collections.abc import Mapping

_of_file: dict[str, str] = {}


def setting(variable: str) -> str:
    """The value of an environment variable; where it is not set, what the file says instead; else nothing."""
    return os.environ.get(variable) or _of_file.get(variable, "")


def compares_pictures() -> bool:
    """Whether pictures are compared without being asked for: `limits.compare_pictures`."""
    return setting("BAOTINH_COMPARE_PICTURES").strip().lower() not in ("0", "false")


def go_by(values: Mapping[str, str]) -> None:
    """Have `setting` go by these values of a file, by the environment variables in whose place they stand."""
    _of_file.clear()
    _of_file.update(values)
