"""pywb over a collection: where it is installed, how it is, and the configuration with which it replays the files.

pywb needs other versions of some libraries than baotinh, so it has an environment of its own.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import attrs

from archive.collection import Collection
from archive.errors import PywbMissing, PywbNotInstalled
from archive.replay.viewer import user_folder
from archive.storage.located import storage_of
from archive.storage.places import Folder
from archive.withholding import RULES, write_rules

LOCK = Path(__file__).parent / "pywb.txt"
"""The versions that are installed, with their digests."""
NAME = "kho"
"""The collection's name in pywb's addresses."""
_LONGEST = 1800
"""Seconds that an installation may take."""


@attrs.frozen
class PywbConfiguration:
    """What pywb is told of a collection, and how many of its WARC files it cannot replay, and why.

    `stored`: files in a store, which pywb does not reach; `unindexed`: those that a crawl still writes.
    """

    collections: Mapping[str, object]
    stored: int
    unindexed: int

    def write(self, folder: Path) -> Path:
        """Write it into a folder, as the file that pywb reads there."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "config.yaml"
        # JSON is YAML
        path.write_text(json.dumps({"collections": self.collections}, indent=1, ensure_ascii=False) + "\n", "utf-8")
        return path


def configuration(collection: Collection, rules: Path) -> PywbConfiguration:
    """The configuration over a collection as it stands: `warc/`, other folders that hold WARC files, and `cdxj/`.

    Args:
        rules: what pywb is not to show; see `rules_of`.
    """
    places = [named.open() for named in storage_of(collection.root).places]
    folders = [collection.warc, *(place.path for place in places if isinstance(place, Folder))]
    held = {
        "archive_paths": [f"{folder.absolute()}/" for folder in folders],
        "index_paths": f"{collection.cdxj.absolute()}/",
        "acl_paths": str(rules.absolute()),
    }
    with collection.catalog() as catalog:
        files = [file for file in catalog.warc_files() if file.committed]
    stored = sum(not any((folder / file.name).exists() for folder in folders) for file in files if file.state != "open")
    return PywbConfiguration({NAME: held}, stored, sum(file.state == "open" for file in files))


def rules_of(collection: Collection, folder: Path) -> Path:
    """The file of what pywb is not to show: the collection's own, which follows what is withheld later; or one in the
    folder, where nothing can be written in the collection."""
    folder.mkdir(parents=True, exist_ok=True)
    with collection.whole.catalog() as catalog:
        for path in (collection.root / RULES, folder / RULES):
            with contextlib.suppress(OSError):
                write_rules(catalog.connection, path)
                return path
    return folder / RULES


def pywb_folder() -> Path:
    """Where `baotinh replay --pywb --install` puts pywb's environment: in the user's data folder."""
    return user_folder().parent / "pywb"


def find_pywb() -> Path:
    """The program: of the user's environment, else of the one of `make pywb` in the checkout.

    Raises:
        PywbMissing: it is in none of them.
    """
    places = [pywb_folder(), Path(__file__).parents[2] / ".pywb"]
    found = next((program for place in places if (program := place / "bin" / "wayback").is_file()), None)
    if found is None:
        raise PywbMissing(places[0])
    return found


def install(folder: Path) -> None:
    """Make an environment in a folder and install pywb there, in the versions and with the digests that are pinned.

    Raises:
        PywbNotInstalled: Python or pip failed; `reason` is what it said.
    """
    steps = (
        [sys.executable, "-m", "venv", "--clear", str(folder)],
        [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--require-hashes",
         "--disable-pip-version-check", "--requirement", str(LOCK)],
    )  # fmt: skip
    for command in steps:
        try:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_LONGEST, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise PywbNotInstalled(folder, str(error)) from error
        if done.returncode:
            said = (done.stderr or done.stdout).decode("utf-8", "replace").strip().splitlines()
            raise PywbNotInstalled(folder, said[-1] if said else f"exit code {done.returncode}")
