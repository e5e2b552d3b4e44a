"""Folders on a disk, wherever those of the other tests are."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def real_disk(request: pytest.FixtureRequest) -> Iterator[Path]:
    """A folder where the system has its temporary files, see tests/conftest.py; it is kept where a test failed."""
    folder = Path(tempfile.mkdtemp(prefix="baotinh-durability-", dir=os.environ.get("BAOTINH_TESTS_DISK")))
    yield folder
    if not request.session.testsfailed:
        shutil.rmtree(folder)


@pytest.fixture
def tmp_path(real_disk: Path, request: pytest.FixtureRequest) -> Path:
    """A folder of the test's own."""
    name = "".join(letter if letter.isalnum() else "_" for letter in request.node.name)
    return Path(tempfile.mkdtemp(prefix=f"{name[:40]}-", dir=real_disk))
