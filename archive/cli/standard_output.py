"""Standard output for octets: a terminal is spared what controls it, and a reader that has enough is no error."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from typing import IO, cast

import typer

from archive.cli.search_options import UsageError
from archive.printable import printable


class _Terminal:
    """A terminal to which octets of text are written: characters that control it are replaced."""

    def write(self, octets: bytes) -> int:
        sys.stdout.write(printable(octets.decode("utf-8", "replace").replace("\r\n", "\n")))
        return len(octets)


@contextlib.contextmanager
def standard_output(binary: str = "") -> Iterator[IO[bytes]]:
    """Standard output for octets; `binary` names what comes where it is no text.

    Raises:
        UsageError: it is a terminal, and what comes is no text.
    """
    is_terminal = sys.stdout.isatty()
    if is_terminal and binary:
        raise UsageError(f"{binary} is not written to a terminal: name a file with --output, or redirect the output")
    try:
        yield cast("IO[bytes]", _Terminal()) if is_terminal else sys.stdout.buffer
        sys.stdout.flush()
    except BrokenPipeError:
        # the reader has enough; or Python would fail again when it flushes at the end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(1) from None
