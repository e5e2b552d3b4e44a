"""A later version of baotinh, made of this one: its catalog has one table more."""

from __future__ import annotations

import shutil
from pathlib import Path

PACKAGES = ("archive", "crawler", "pipelines", "spiders")


def later_version(folder: Path) -> Path:
    """Make it in a folder, for PYTHONPATH; the folder."""
    here = Path(__file__).parents[2]
    for package in PACKAGES:
        shutil.copytree(here / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    schema = folder / "archive" / "catalog" / "schema.py"
    text = schema.read_text("utf-8").rstrip()
    assert text.endswith(")")
    schema.write_text(text[:-1] + '    "CREATE TABLE later (one TEXT) STRICT;",\n)\n', "utf-8")
    return folder
