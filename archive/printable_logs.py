"""Logs and tracebacks without characters that control a terminal: lines of text, or of JSON."""

from __future__ import annotations

import copy
import logging
import os
import sys
import threading
from datetime import datetime
from types import TracebackType
from typing import Any

from archive.printable import json_text, printable, say
from archive.settings import setting

_VARIABLE = "BAOTINH_LOG_FORMAT"
# The names of the runs of this process, by newspaper.
_runs: dict[str, str] = {}


class PrintableLines(logging.Formatter):
    """Another formatter's lines without control characters; those behind an entry's first are indented."""

    def __init__(self, inner: logging.Formatter | None) -> None:
        super().__init__()
        self._inner = inner or logging.Formatter()

    def format(self, record: logging.LogRecord) -> str:
        """The entry of a record, its traceback included; the other formatter's colours are kept."""
        clean = copy.copy(record)
        clean.msg, clean.args = printable(record.getMessage()), ()
        if record.exc_info and not record.exc_text:
            clean.exc_text = self._inner.formatException(record.exc_info)
        if clean.exc_text:
            clean.exc_text = printable(clean.exc_text)
        return self._inner.format(clean).replace("\n", "\n    ")


class JsonLines(logging.Formatter):
    """An object of JSON for each entry: time with its offset, level, logger, message; and as far as they are known the
    newspaper, the run and the job, and the traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """The entry of a record, in one line."""
        said: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created).astimezone().isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        said |= _context(record)
        if record.exc_info and not record.exc_text:
            record.exc_text = self.formatException(record.exc_info)
        return json_text(said | ({"traceback": record.exc_text} if record.exc_text else {}))


def _context(record: logging.LogRecord) -> dict[str, str]:
    """What an entry concerns: as it was logged with, or else what this process runs."""
    alone = next(iter(_runs)) if len(_runs) == 1 else None
    newspaper = getattr(record, "newspaper", None) or getattr(getattr(record, "spider", None), "name", None) or alone
    run = getattr(record, "run", None) or _runs.get(str(newspaper))
    job = getattr(record, "job", None) or os.environ.get("BAOTINH_JOB")
    known = {"newspaper": newspaper, "run": run, "job": job}
    return {name: str(value) for name, value in known.items() if value}


def name_run(newspaper: str, run: str) -> None:
    """Let the entries of this process that concern a newspaper bear the name of its run."""
    _runs[newspaper] = run


def is_json() -> bool:
    """Whether this process logs lines of JSON."""
    return setting(_VARIABLE) == "json"


def set_log_format(form: str | None) -> None:
    """Let this process, and those that it starts, log `text` or `json`; None changes nothing."""
    if form is not None:
        os.environ[_VARIABLE] = form
        print_errors_printable()


def log_formatter(text: str) -> logging.Formatter:
    """The formatter of this process's logs; `text`: the format of an entry where it does not log JSON."""
    return JsonLines() if is_json() else PrintableLines(logging.Formatter(text))


def as_entries(text: str, **context: str) -> str:
    """What another process printed, as entries of a log: the text itself, or an object of JSON for each line."""
    if not is_json():
        return f"{text}\n"
    lines = []
    for line in text.splitlines():
        record = logging.makeLogRecord(
            {"name": "stderr", "levelno": 30, "levelname": "WARNING", "msg": line, **context}
        )
        lines.append(JsonLines().format(record) + "\n")
    return "".join(lines)


def log_printable(handler: logging.Handler) -> None:
    """Let a handler write what its formatter gives without control characters."""
    if is_json():
        handler.setFormatter(JsonLines())
    elif not isinstance(handler.formatter, PrintableLines):
        handler.setFormatter(PrintableLines(handler.formatter))


def print_errors_printable() -> None:
    """Let the process print uncaught errors, and the log that no handler writes, without control characters."""
    sys.excepthook = _print_uncaught
    threading.excepthook = lambda error: _print_uncaught(error.exc_type, error.exc_value, error.exc_traceback)
    if logging.lastResort is not None:
        log_printable(logging.lastResort)


def _print_uncaught(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None, /) -> None:
    import traceback

    if not issubclass(kind, SystemExit):  # a thread may end by it
        if is_json():
            said = {"levelno": 50, "levelname": "CRITICAL", "name": "python", "msg": str(error)}
            text = "".join(traceback.format_exception(kind, error, trace)).rstrip()
            say(JsonLines().format(logging.makeLogRecord(said | {"exc_text": text})), sys.stderr)
            return
        say("".join(traceback.format_exception(kind, error, trace)).rstrip(), sys.stderr)
