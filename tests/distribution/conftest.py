"""One wheel and one installation for all tests of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from filelock import FileLock
from support.installation import Installation, copy_sources, install, make_wheel


@pytest.fixture(scope="session")
def built(shared_folder: Path) -> Path:
    """The folder with wheel and source archive, made by the worker that needs it first."""
    sources = shared_folder / "sources"
    with FileLock(shared_folder / "sources.lock"):
        if not (sources / "dist").is_dir():
            sources.mkdir()
            make_wheel(copy_sources(sources))
    return sources / "dist"


@pytest.fixture(scope="session")
def wheel(built: Path) -> Path:
    """The wheel."""
    (found,) = built.glob("*.whl")
    return found


@pytest.fixture(scope="session")
def installation(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """The wheel in an environment of its own."""
    return install(wheel, tmp_path_factory.mktemp("installation"))
