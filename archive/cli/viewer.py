"""The commands that install the viewer, with which captured pages are replayed, and say where it is."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from archive.printable import say

viewer = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Install the viewer that replays captured pages; say where it is."
)
_LONGEST = 600
"""Seconds that npm may take."""


@viewer.command()
def install(
    to: Annotated[
        Path | None,
        typer.Option("--to", metavar="DIR", help="Another folder than the user's; BAOTINH_VIEWER must then name it."),
    ] = None,
    files: Annotated[
        list[Path] | None,
        typer.Option("--file", metavar="FILE", help="Take what 'npm pack' made elsewhere; may be repeated."),
    ] = None,
) -> None:
    """Install the viewer, and a font for Chinese, with npm or from files; only in the versions that baotinh knows."""
    from archive.replay.viewer import PACKAGES, unpack, user_folder

    folder = to or user_folder()
    with tempfile.TemporaryDirectory(prefix="baotinh-viewer-") as aside:
        for archive in files or [_fetched(str(package), Path(aside)) for package in PACKAGES]:
            if not archive.is_file():
                raise typer.BadParameter(f"{archive} is no file", param_hint="--file")
            package = unpack(archive, folder)
            say(f"{package} is in {folder / package.name}.")


def _fetched(package: str, aside: Path) -> Path:
    """The archive of a package, by npm.

    Raises:
        ViewerNotFetched: npm is not there, or failed.
    """
    from archive.errors import ViewerNotFetched

    npm = shutil.which("npm")
    if npm is None:
        raise ViewerNotFetched(package, "npm is not installed")
    place = Path(tempfile.mkdtemp(dir=aside))
    command = [npm, "pack", "--ignore-scripts", "--loglevel=error", f"--pack-destination={place}", package]
    try:
        done = subprocess.run(
            command, cwd=place, stdin=subprocess.DEVNULL, capture_output=True, timeout=_LONGEST, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ViewerNotFetched(package, str(error)) from error
    made = next(place.glob("*.tgz"), None)
    if done.returncode or made is None:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise ViewerNotFetched(package, said[0] if said else f"npm ended with exit code {done.returncode}")
    return made


@viewer.command()
def status() -> None:
    """Say which viewer 'serve' finds, and where. Exit code 1 where there is none."""
    from archive.replay.viewer import CHINESE_FONT, VIEWER, check_viewer, find_viewer

    found = find_viewer()
    check_viewer(found)
    for package, place in ((VIEWER, found), (CHINESE_FONT, found.parent / CHINESE_FONT.name)):
        version = package.version_at(place)
        state = f"version {version or 'unknown'}, {place}" if place.is_dir() else "not installed"
        known = "" if version == package.version else f"; this version of baotinh knows {package}"
        say(f"{package.name}: {state}{known}")
