"""The viewer's files: where they are found, and how they are unpacked from the package that is pinned here.

The viewer, ReplayWeb.page, is a work of its own under AGPL-3.0-or-later. It is not part of baotinh: it is installed
beside it and served unmodified.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import re
import shutil
import tarfile
import tempfile
from pathlib import Path

import attrs

from archive.errors import ViewerMissing, ViewerRefused

VIEWER_FILES = {"ui.js": "text/javascript", "sw.js": "text/javascript"}
_MOST_BYTES = 1 << 26
"""Of a package's files together, unpacked."""


@attrs.frozen
class Package:
    """An npm package: its version, the digest of its archive as in package-lock.json, and which files are needed."""

    name: str
    version: str
    integrity: str
    needed: tuple[str, ...]
    kept: re.Pattern[str]

    def __str__(self) -> str:
        return f"{self.name}@{self.version}"

    def is_in(self, folder: Path) -> bool:
        """Whether its files are below a folder."""
        return all((folder / self.name / name).is_file() for name in self.needed)

    def version_at(self, place: Path) -> str | None:
        """The version whose files are in a folder; None where they are not, or it does not say."""
        try:
            described = json.loads((place / "package.json").read_text("utf-8"))
            return str(described["version"]) if all((place / name).is_file() for name in self.needed) else None
        except (OSError, ValueError, KeyError, TypeError):
            return None


VIEWER = Package(
    "replaywebpage",
    "2.5.3",
    "sha512-nCj2PSON3BxeSJKE8AsYPyULv0XPZKJWfy4l9PyQre9SqwLZ+WKZVs/sfLqPOQ4GrH+0YkjbwOhr8cSTH08gsQ==",
    tuple(VIEWER_FILES),
    re.compile(r"ui\.js|sw\.js|package\.json|README\.md|LICENSE"),
)
CHINESE_FONT = Package(
    "@fontsource-variable/noto-sans-sc",
    "5.3.1",
    "sha512-UB96JJ17HyD5ehEU7Em0hDdh7fvTMB4B4Hzmq5c4QaNwwSLqTrdM2S+coySeBqCkXwh0DxqXT0b0wMrmzorFpQ==",
    ("index.css",),
    re.compile(r"index\.css|files/[a-z0-9-]{1,60}\.woff2|package\.json|LICENSE"),
)
PACKAGES = (VIEWER, CHINESE_FONT)


def has_viewer(viewer: Path) -> bool:
    """Whether the viewer's files are in this folder."""
    return all((viewer / name).is_file() for name in VIEWER_FILES)


def check_viewer(viewer: Path) -> None:
    """Check that the viewer's files are in this folder.

    Raises:
        ViewerMissing: they are not.
    """
    if not has_viewer(viewer):
        raise ViewerMissing(viewer)


def user_folder() -> Path:
    """Where `baotinh viewer install` puts packages: in the user's data folder."""
    home = os.environ.get("XDG_DATA_HOME") or ""
    # a relative path is to be ignored (XDG Base Directory Specification)
    return (Path(home) if home.startswith("/") else Path.home() / ".local" / "share") / "baotinh" / "viewer"


def find_viewer() -> Path:
    """The viewer's folder: $BAOTINH_VIEWER, else the user's, else the one of `make viewer` in the checkout.

    $BAOTINH_VIEWER may name the folder of the viewer, or the one that was given to `viewer install --to`. Where the
    viewer is nowhere, it is the user's, where it can be installed while the service runs.
    """
    if named := os.environ.get("BAOTINH_VIEWER"):
        return Path(named) / VIEWER.name if VIEWER.is_in(Path(named)) else Path(named)
    checkout = Path(__file__).parents[2] / "node_modules"
    folder = next((one for one in (user_folder(), checkout) if VIEWER.is_in(one)), user_folder())
    return folder / VIEWER.name


def unpack(archive: Path, folder: Path) -> Package:
    """Unpack a package that `npm pack` made below a folder, in place of the one that is there; which one it is.

    Raises:
        ViewerRefused: its digest is that of no pinned package, or it is not what npm makes.
    """
    content = archive.read_bytes()
    found = "sha512-" + base64.b64encode(hashlib.sha512(content).digest()).decode()
    package = next((one for one in PACKAGES if one.integrity == found), None)
    if package is None:
        raise ViewerRefused(archive, f"its digest is {found}", [str(one) for one in PACKAGES])
    place = folder / package.name
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place.parent, prefix=f".{place.name}-") as aside:
        made, former = Path(aside, "made"), Path(aside, "former")
        try:
            _write(content, package, made)
        except (tarfile.TarError, OSError, EOFError, ValueError) as error:
            raise ViewerRefused(archive, str(error), [str(package)]) from error
        if place.exists():
            place.rename(former)
        made.rename(place)
        shutil.rmtree(former, ignore_errors=True)
    return package


def _write(content: bytes, package: Package, made: Path) -> None:
    """Write the files that are kept: regular ones, of names that lead nowhere else."""
    room = _MOST_BYTES
    with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as whole:
        for member in whole:
            name = member.name.removeprefix("package/")
            if not member.isreg() or not package.kept.fullmatch(name):
                continue
            room -= member.size
            taken = whole.extractfile(member)
            if room < 0 or taken is None:
                raise ValueError("it is too large")
            (made / name).parent.mkdir(parents=True, exist_ok=True)
            (made / name).write_bytes(taken.read())
    if missing := [name for name in package.needed if not (made / name).is_file()]:
        raise ValueError(f"it holds no {missing[0]}")
