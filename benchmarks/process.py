"""A command as a process of its own: its time, CPU time and peak memory, from its start to its end."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.crawls import Measured
from benchmarks.origin import ROOT

_BETWEEN_LOOKS_S = 0.02
_TICKS = os.sysconf("SC_CLK_TCK")


def measured(command: Sequence[str], requests: int) -> Measured:
    """Run a command that does so many things.

    Raises:
        RuntimeError: it fails.
    """
    began, peak = time.perf_counter(), 0
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=ROOT)
    while True:
        # not ru_maxrss, which counts what this process had before the command began in it
        peak = max(peak, most_resident(process.pid))
        pid, status, used = os.wait4(process.pid, os.WNOHANG)
        if pid:
            break
        time.sleep(_BETWEEN_LOOKS_S)
    seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} fails")
    return Measured(requests=requests, seconds=seconds, cpu=used.ru_utime + used.ru_stime, peak=peak)


def most_resident(pid: int) -> int:
    """The most bytes that a process had in memory so far; 0 where the system does not say."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text("ascii", "replace").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:")), 0)


def cpu_of(pid: int) -> float:
    """CPU seconds that a process took so far."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def with_children(pid: int) -> list[int]:
    """A process and those that its first thread began."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii")
    return [pid, *map(int, children.split())]
