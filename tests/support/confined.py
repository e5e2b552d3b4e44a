"""Runs a command as a unit of systemd confines it, as far as goes without systemd: system calls and privileges.

    python confined.py UNIT COMMAND...

The calls are those of the unit's SystemCallFilter=, the groups in it as the installed systemd knows them. Where the
administrator runs the tests, the command is run as nobody, who may still read the files of the tests' environment.
"""

from __future__ import annotations

import ctypes
import os
import re
import subprocess
import sys
from pathlib import Path

NOBODY = 65534
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | 1  # EPERM, as the units' SystemCallErrorNumber=
_AS_NOBODY = (
    "setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--inh-caps=-all,+dac_read_search",
    "--ambient-caps=-all,+dac_read_search", "--bounding-set=-all,+dac_read_search",
)  # fmt: skip


def command(unit: Path, *arguments: object) -> list[str]:
    """The command line that runs another one confined."""
    as_whom = _AS_NOBODY if os.geteuid() == 0 else ("setpriv",)
    return [*as_whom, "--no-new-privs", sys.executable, __file__, str(unit), *map(str, arguments)]


def _calls(name: str) -> set[str]:
    """The system calls of a group, or one by its name."""
    if not name.startswith("@"):
        return {name}
    listed = subprocess.run(["systemd-analyze", "syscall-filter", name], capture_output=True, text=True, check=True)
    members = [line.strip() for line in listed.stdout.splitlines()[1:]]
    return {call for member in members if member and not member.startswith("#") for call in _calls(member)}


def _allowed(unit: str) -> set[str]:
    allowed = _calls("@default")
    for without, words in re.findall(r"^SystemCallFilter=(~?)(.+)$", unit, re.MULTILINE):
        named = {call for word in words.split() for call in _calls(word)}
        allowed = allowed - named if without else allowed | named
    return allowed | _calls("@default")


def _confine(allowed: set[str]) -> None:
    library = ctypes.CDLL("libseccomp.so.2")
    library.seccomp_init.restype = ctypes.c_void_p
    filtered = ctypes.c_void_p(library.seccomp_init(_REFUSE))
    for name in sorted(allowed):
        number = library.seccomp_syscall_resolve_name(name.encode())
        if number >= 0:
            assert library.seccomp_rule_add_array(filtered, _ALLOW, number, 0, None) == 0, name
    assert library.seccomp_load(filtered) == 0


if __name__ == "__main__":
    _confine(_allowed(Path(sys.argv[1]).read_text("utf-8")))
    os.execvp(sys.argv[2], sys.argv[2:])
