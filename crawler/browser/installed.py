"""Whether the browser can be used here: the package Playwright and the system's Chromium."""

from __future__ import annotations

import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

from archive.errors import BrowserMissing

_SECONDS = 10
# The first draws the same pages for half of the processor's time: it has no window, tabs or profile to keep.
_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def chromium_path(setting: str) -> Path | None:
    """The system's Chromium: the file or command that the setting names, else the one in PATH; None: there is none."""
    found = (shutil.which(name) for name in ([setting] if setting else _NAMES))
    return next((Path(path) for path in found if path is not None), None)


def require_browser(newspaper: str, setting: str) -> Path:
    """The path of Chromium, for a newspaper whose pages scripts draw.

    Raises:
        BrowserMissing: Playwright or Chromium is not installed.
    """
    if find_spec("playwright") is None:
        raise BrowserMissing(newspaper, "the package Playwright", "install 'baotinh[browser]'")
    path = chromium_path(setting)
    if path is None:
        wanted = f"Chromium ({setting})" if setting else "Chromium"
        mend = "install the system's package chromium, or set BAOTINH_BROWSER to the path of one"
        raise BrowserMissing(newspaper, wanted, mend)
    return path


def browser_version(path: Path) -> str | None:
    """What the browser calls itself, such as "Chromium 142.0.7444.59"; None where it does not say."""
    try:
        said = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=_SECONDS, check=True).stdout
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    return " ".join(said.split()) or None
