"""Errors of the programs that replay captured pages: they are not part of baotinh, and are installed beside it."""

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


class PywbMissing(BaotinhError):
    """pywb is not installed at `path`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        helps = "run 'baotinh replay --pywb --install', or in a checkout 'make pywb'"
        super().__init__(f"pywb is not installed in {path}; {helps}")


class PywbNotInstalled(BaotinhError):
    """pywb's environment could not be made at `path`; `reason` is what Python or pip said."""

    def __init__(self, path: Path, reason: str) -> None:
        self.path, self.reason = path, reason
        helps = "see that Python has the modules venv and pip, and that packages can be fetched; then run it again"
        super().__init__(f"pywb could not be installed in {path} ({reason}); {helps}")


class PywbEnded(BaotinhError):
    """pywb ended by itself with `code`; `log` is the end of what it wrote."""

    def __init__(self, code: int, log: str) -> None:
        self.code, self.log = code, log
        lines = [line.strip() for line in log.splitlines() if line.strip()]
        said = f": {lines[-1]}" if lines else ""
        helps = "install it anew with 'baotinh replay --pywb --install'"
        super().__init__(f"pywb ended with exit code {code}{said}; {helps}")
