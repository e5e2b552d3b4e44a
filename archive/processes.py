"""How a process of our own code is begun beside this one, wherever this was loaded from."""

from __future__ import annotations

import atexit
import gc
import os
import sys
from pathlib import Path


def module_command(module: str, *arguments: object) -> list[str]:
    """What runs one of our modules; to be begun with `same_modules()` as its environment."""
    # -P: what lies in the directory that somebody happens to be in is no module of ours
    return [sys.executable, "-P", "-m", module, *map(str, arguments)]


def same_modules() -> dict[str, str]:
    """This process's environment, in which another finds the same modules: in a checkout, installed, or in an egg.

    An egg is a file, which no process can have for its working directory.
    """
    return os.environ | {"PYTHONPATH": os.pathsep.join(str(Path(entry).absolute()) for entry in sys.path)}


def leave_modules_out_of_collection() -> None:
    """Leave all objects there are now, such as loaded modules, out of garbage collection, which comes less often too.

    Each collection of the oldest objects goes through all of them: a fifth of a crawl's CPU time without this.
    """
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)
    atexit.register(gc.unfreeze)  # the interpreter's end collects them, and extensions complain of what is left
