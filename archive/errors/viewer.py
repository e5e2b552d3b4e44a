"""Errors of the viewer that replays captured pages: it is not part of baotinh, and is installed beside it."""

from __future__ import annotations

from pathlib import Path

from archive.errors.base import BaotinhError


class ViewerMissing(BaotinhError):
    """The viewer's files are not installed at `path`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        helps = "run 'baotinh viewer install', or in a checkout 'make viewer'"
        super().__init__(f"the viewer is not installed in {path}; {helps}")


class ViewerNotFetched(BaotinhError):
    """npm did not fetch a package of the viewer; nothing was installed. `reason` is what it said."""

    def __init__(self, package: str, reason: str) -> None:
        self.package, self.reason = package, reason
        helps = f"fetch it elsewhere with 'npm pack {package}' and give the file: baotinh viewer install --file FILE"
        super().__init__(f"{package} could not be fetched ({reason}); {helps}")


class ViewerRefused(BaotinhError):
    """A file is not a package of the viewer as this version of baotinh knows it; nothing was installed.

    `expected` are the packages that are known.
    """

    def __init__(self, path: Path, reason: str, expected: list[str]) -> None:
        self.path, self.reason, self.expected = path, reason, expected
        helps = f"give what 'npm pack' makes of {' or '.join(expected)}"
        super().__init__(f"{path.name} is not what this version of baotinh serves ({reason}); {helps}")
