"""How a crawl is logged: articles by their ids, without their text and without control characters."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from scrapy import Spider
from scrapy.http import Response
from scrapy.logformatter import LogFormatter, LogFormatterResult
from twisted.python.failure import Failure

from archive.clock import now, timestamp14
from archive.collection import Collection
from archive.errors import OutputUnwritable
from archive.log_files import LOG_BYTES, LogFile
from archive.printable_logs import log_formatter


class TerseFormatter(LogFormatter):
    """Scrapy's own lines, except for items."""

    def scraped(self, item: Any, response: Response | Failure | None, spider: Spider) -> LogFormatterResult:
        """One line with the article's id."""
        return {"level": logging.DEBUG, "msg": "Released %(id)s", "args": {"id": getattr(item, "id", item)}}

    def dropped(
        self, item: Any, exception: BaseException, response: Response | Failure | None, spider: Spider
    ) -> LogFormatterResult:
        """One line with the article's id and the reason."""
        return _unreleased(logging.DEBUG, "Not released %(id)s: %(why)s", item, exception)

    def item_error(
        self, item: Any, exception: BaseException, response: Response | Failure | None, spider: Spider
    ) -> LogFormatterResult:
        """One line with the article's id and the error."""
        return _unreleased(logging.ERROR, "Failed to release %(id)s: %(why)s", item, exception)


def _unreleased(level: int, message: str, item: Any, why: BaseException) -> LogFormatterResult:
    return {"level": level, "msg": message, "args": {"id": getattr(item, "id", item), "why": why}}


_FORMER = 2


def log_to_file(collection: Collection, name: str, *, verbose: bool, most_bytes: int = LOG_BYTES) -> Path:
    """Write the process's log to the collection's logs folder, and with `verbose` to standard error as well.

    At `most_bytes` the file is begun anew, and two former ones are kept beside it.
    """
    logging.raiseExceptions = False  # the crawl itself reports a full disk, once
    path = collection.logs / f"{name}-{timestamp14(now())}.log"
    outputs: list[logging.Handler] = [LogFile(path, most_bytes, _FORMER)]
    if verbose:
        outputs.append(logging.StreamHandler())
    for output in outputs:
        output.setLevel(logging.INFO)  # Scrapy's own loggers would log every request
        output.setFormatter(log_formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(handlers=outputs, force=True)
    logging.getLogger().setLevel(logging.INFO)
    return path


_DAEMON_BYTES, _DAYS = 10_000_000, 30


def log_daemon(path: Path | None) -> None:
    """Log the daemon to standard error, or to a file that is begun anew each day and at 10 MB; 30 former are kept.

    Raises:
        OutputUnwritable: the file cannot be written.
    """
    output: logging.Handler = logging.StreamHandler()
    if path is not None:
        try:
            output = LogFile(path, _DAEMON_BYTES, _DAYS, is_daily=True)
        except OSError as error:
            raise OutputUnwritable(path, error.strerror or str(error)) from error
    output.setFormatter(log_formatter("%(asctime)s %(levelname)s %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[output])
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
