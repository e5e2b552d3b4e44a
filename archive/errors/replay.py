"""Errors of programs that ask for captures: by the CDX server or by Memento."""

from __future__ import annotations

from archive.errors.base import UsageError


class BadCdxQuery(UsageError):
    """A parameter of the CDX server has a value that it cannot have. `helps` says which it may have."""

    def __init__(self, parameter: str, found: str, helps: str) -> None:
        self.parameter, self.found, self.helps = parameter, found, helps
        shown = found if len(found) <= 80 else found[:60] + "…"
        super().__init__(f"{parameter}={shown}: {helps}")


class BadAcceptDatetime(UsageError):
    """An Accept-Datetime field is no date of RFC 7089 (2.1.1)."""

    def __init__(self, found: str) -> None:
        self.found = found
        shown = found if len(found) <= 80 else found[:60] + "…"
        helps = "write it as Thu, 08 Jan 2026 12:00:00 GMT"
        super().__init__(f"Accept-Datetime: {shown!r} is no such date; {helps}")
