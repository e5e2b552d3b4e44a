"""Commands whose processes kill themselves at a chosen step, as `kill -9` does: which step it is, no clock decides."""

from __future__ import annotations

import os
from pathlib import Path

from support.crashing import IS_STEP

STEP = "step on disk"
# Python imports it before anything else
_SITECUSTOMIZE = """
import os, signal, sys
{is_step}
module, event, part, nth = {chosen!r}

def watch(happens, arguments):
    global nth
    is_so = is_step(happens, arguments) if event == "step on disk" else happens == event
    if is_so and part in str(arguments):
        nth -= 1
        if nth == 0:
            os.kill(os.getpid(), signal.SIGKILL)

if module in sys.orig_argv:
    sys.addaudithook(watch)
"""


def killed_at(folder: Path, module: str, event: str, part: str, nth: int = 1) -> dict[str, str]:
    """The environment in which the processes of `python -m module`, and those forked from them, end so.

    Args:
        folder: for the file that makes it so.
        event: one of Python's audit events, such as `open` or `os.remove`; or any `STEP` on disk.
        part: what stands in the event's arguments, such as the name of a file.
        nth: at which such event.
    """
    text = _SITECUSTOMIZE.format(is_step=IS_STEP, chosen=(module, event, part, nth))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sitecustomize.py").write_text(text, "utf-8")
    path = [str(folder), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path)}
