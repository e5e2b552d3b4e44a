"""The command under a real pseudo terminal, its output rendered by an emulator of one: what a person would see."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import termios
from collections.abc import Callable
from pathlib import Path

import attrs
import pyte

from support import forking
from support.forking import Forked

ROOT = Path(__file__).parents[2]
Watch = Callable[[list[str], Forked], None]


@attrs.frozen
class Seen:
    """What was on the screen: every state of it, in order, as lines without trailing blanks; the last one last."""

    code: int
    states: list[list[str]]
    octets: bytes

    @property
    def last(self) -> list[str]:
        return self.states[-1]


def on_terminal(
    columns: int,
    rows: int,
    *arguments: object,
    watch: Watch = lambda state, process: None,
    **environment: str,
) -> Seen:
    """Run the command on a terminal of that size; after each piece that it wrote the state is kept, and watched."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    # a long history, so that nothing that scrolled away is lost
    screen = pyte.HistoryScreen(columns, rows, history=10_000)
    stream = pyte.ByteStream(screen)
    known = {"PATH": "/usr/bin:/bin", "TERM": "xterm-256color", **environment}
    process = forking.begin([*map(str, arguments)], known, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    states: list[list[str]] = []
    octets = bytearray()
    while piece := _read(ours):
        octets += piece
        stream.feed(piece)
        states.append(_lines(screen))
        watch(states[-1], process)
    os.close(ours)
    return Seen(process.wait(180), states, bytes(octets))


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 1 << 16)
    except OSError:  # so the system says that nobody has it open any more
        return b""


def _lines(screen: pyte.HistoryScreen) -> list[str]:
    gone = ["".join(row[column].data for column in range(screen.columns)) for row in screen.history.top]
    return [line.rstrip() for line in [*gone, *screen.display]]
