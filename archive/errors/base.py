"""The root of the errors, and what a command makes of them."""

from __future__ import annotations


class BaotinhError(Exception):
    """The root. `str(error)` is one line that says what is wrong and what to do; `exit_code` is for a command."""

    exit_code = 1


class UsageError(BaotinhError):
    """The command or the call was wrong; calling again unchanged will fail again."""

    exit_code = 2
