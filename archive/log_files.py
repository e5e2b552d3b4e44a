"""Log files of bounded size, which a program such as logrotate may also move away."""

from __future__ import annotations

import contextlib
import logging
import os
import time
from logging.handlers import RotatingFileHandler
from pathlib import Path

LOG_BYTES = 50_000_000


class LogFile(RotatingFileHandler):
    """A log that is begun anew at a size, and each day where that is wanted: the former ones are NAME.1, NAME.2, ...

    Where another program moved or removed the file, it is opened anew, as logging.handlers.WatchedFileHandler does; as
    long as that fails, as on a disk that is no longer mounted, entries go on into the former one. Logging never raises.
    """

    def __init__(self, path: Path, most_bytes: int, former: int, *, is_daily: bool = False) -> None:
        self._is_daily, self._day = is_daily, _day(path)
        super().__init__(path, maxBytes=most_bytes, backupCount=former, encoding="utf-8")

    def emit(self, record: logging.LogRecord) -> None:
        """Write an entry."""
        with contextlib.suppress(OSError):
            self._open_anew_if_moved()
        super().emit(record)

    def shouldRollover(self, record: logging.LogRecord) -> bool:  # noqa: N802 - the library's name
        """Whether an entry begins a new file."""
        return self._is_next_day() or bool(super().shouldRollover(record))

    def doRollover(self) -> None:  # noqa: N802 - the library's name
        """Begin a new file."""
        super().doRollover()
        self._day = _today()

    def _is_next_day(self) -> bool:
        return self._is_daily and self._day is not None and self._day != _today()

    def _open_anew_if_moved(self) -> None:
        if self.stream is None:
            return
        mine = os.fstat(self.stream.fileno())
        try:
            there = Path(self.baseFilename).stat()
        except FileNotFoundError:
            there = None
        if there is None or (there.st_dev, there.st_ino) != (mine.st_dev, mine.st_ino):
            former, self.stream = self.stream, self._open()
            former.close()
            self._day = _today()


def _today() -> str:
    return time.strftime("%Y-%m-%d")


def _day(path: Path) -> str:
    """The day on which a file was last written; today where there is none."""
    try:
        return time.strftime("%Y-%m-%d", time.localtime(path.stat().st_mtime))
    except OSError:
        return _today()
