"""The viewer's files, which are installed beside this package."""

from __future__ import annotations

from pathlib import Path

from archive.errors import ViewerMissing

VIEWER_FILES = {"ui.js": "text/javascript", "sw.js": "text/javascript"}


def check_viewer(viewer: Path) -> None:
    """Check that the viewer's files are in this folder.

    Raises:
        ViewerMissing: they are not.
    """
    if not all((viewer / name).is_file() for name in VIEWER_FILES):
        raise ViewerMissing(viewer)
