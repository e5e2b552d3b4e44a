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
from archive.printable_logs import PrintableLines


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


def log_to_file(collection: Collection, name: str, *, verbose: bool) -> Path:
    """Write the process's log to the collection's logs folder, and with `verbose` to standard error as well."""
    logging.raiseExceptions = False  # the crawl itself reports a full disk, once
    path = collection.logs / f"{name}-{timestamp14(now())}.log"
    outputs: list[logging.Handler] = [logging.FileHandler(path, encoding="utf-8")]
    if verbose:
        outputs.append(logging.StreamHandler())
    for output in outputs:
        output.setLevel(logging.INFO)  # Scrapy's own loggers would log every request
        output.setFormatter(PrintableLines(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s")))
    logging.basicConfig(handlers=outputs, force=True)
    logging.getLogger().setLevel(logging.INFO)
    return path
