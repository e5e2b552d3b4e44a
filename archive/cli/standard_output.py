"""Standard output for octets: a terminal is spared what controls it, and a reader that has enough is no error."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

import typer

from archive.cli.search_options import UsageError
from archive.errors import OutputUnwritable
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
        OutputUnwritable: the system refuses to write it.
    """
    is_terminal = sys.stdout.isatty()
    if is_terminal and binary:
        raise UsageError(f"{binary} is not written to a terminal: name a file with --output, or redirect the output")
    try:
        yield cast("IO[bytes]", _Terminal()) if is_terminal else sys.stdout.buffer
        sys.stdout.flush()
    except BrokenPipeError:
        _forget_rest()  # the reader has enough
        raise typer.Exit(1) from None
    except OSError as error:
        _forget_rest()
        raise OutputUnwritable(Path("standard output"), error.strerror or str(error)) from error


def _forget_rest() -> None:
    """Or Python would fail again when it flushes at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
