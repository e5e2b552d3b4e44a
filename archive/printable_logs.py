"""Logs and tracebacks without characters that control a terminal."""

from __future__ import annotations

import copy
import logging
import sys
import threading
from types import TracebackType

from archive.printable import printable, say


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


def log_printable(handler: logging.Handler) -> None:
    """Let a handler write what its formatter gives without control characters."""
    if not isinstance(handler.formatter, PrintableLines):
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
        say("".join(traceback.format_exception(kind, error, trace)).rstrip(), sys.stderr)
