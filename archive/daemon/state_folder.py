"""Folders of an operator's machine outside of collections, for what has to survive a collection that cannot be
written."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from pathlib import Path


def state_folder(root: Path) -> Path:
    """The folder for what is kept of the collection at `root` outside of it; made where it is missing.

    In the first of these that can be written: systemd's `$STATE_DIRECTORY`, `$XDG_STATE_HOME/baotinh` (by default
    `~/.local/state/baotinh`), and a folder of this user's for temporary files.

    Raises:
        OSError: none of them can be written.
    """
    name = hashlib.sha256(os.path.realpath(root).encode()).hexdigest()[:16]
    failure: OSError | None = None
    for place in _places():
        folder = place / name
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            failure = error
            continue
        if folder.stat().st_uid == os.geteuid() and os.access(folder, os.W_OK):
            return folder
    raise failure or PermissionError(f"no folder for the state of {root}")


def _places() -> list[Path]:
    named = os.environ.get("STATE_DIRECTORY", "").partition(":")[0]
    home = os.environ.get("XDG_STATE_HOME")
    places = [Path(named)] if named else []
    with contextlib.suppress(RuntimeError):  # a user without a home
        places.append((Path(home) if home else Path.home() / ".local" / "state") / "baotinh")
    return [*places, Path(tempfile.gettempdir()) / f"baotinh-{os.geteuid()}"]
