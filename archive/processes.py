"""Starts processes of this package's modules, from a checkout, an installation or an egg."""

from __future__ import annotations

import atexit
import gc
import os
import sys
from pathlib import Path


def module_command(module: str, *arguments: object) -> list[str]:
    """The command that runs a module of this package; its environment must be `same_modules()`."""
    # -P: files in the working directory are not imported as modules
    return [sys.executable, "-P", "-m", module, *map(str, arguments)]


def same_modules() -> dict[str, str]:
    """The environment of this process, with its module path, so that a child process imports the same modules.

    The working directory would not do: an egg is a file.
    """
    return os.environ | {"PYTHONPATH": os.pathsep.join(str(Path(entry).absolute()) for entry in sys.path)}


def leave_modules_out_of_collection() -> None:
    """Exclude all present objects, such as loaded modules, from garbage collection, and make it less frequent.

    Each full collection visits all objects, which took a fifth of the CPU time of a crawl.
    """
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)
    atexit.register(gc.unfreeze)  # at exit the interpreter must free them, or extensions report leaks
