"""Baotinh as it is installed: what it is made of lies in `lib`, where nothing else's imports can find or lose it.

Import it before anything of it: `import baotinh` puts that folder first on the module path of this process. Then
`baotinh.open(DIR)` opens a collection for a notebook, and `from baotinh import notebook` is the module behind it.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

_LIB = Path(__file__).parent / "lib"
_ROOMS = ("archive", "crawler", "pipelines", "spiders")
_MODULES = {room: room for room in _ROOMS} | {"notebook": "archive.notebook"}


def _find_rooms() -> None:
    """Make the rooms importable. In a checkout and in an egg, which have no `lib`, they are.

    Raises:
        ImportError: this process has loaded another package of one of their names.
    """
    if not _LIB.is_dir():
        return
    for room in _ROOMS:
        loaded = getattr(sys.modules.get(room), "__file__", None) if room in sys.modules else str(_LIB)
        if not str(loaded).startswith(str(_LIB)):
            raise ImportError(f"{loaded or room} is loaded already: import baotinh before it, or in another process")
    if sys.path[:1] != [str(_LIB)]:
        sys.path.insert(0, str(_LIB))


_find_rooms()


def open(directory: Any) -> Any:  # noqa: A001
    """Open the collection in a directory for reading: see `archive.notebook.Archive`."""
    return importlib.import_module("archive.notebook").Archive.open(directory)


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return importlib.import_module("archive").VERSION
    if name in _MODULES:
        return importlib.import_module(_MODULES[name])
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
