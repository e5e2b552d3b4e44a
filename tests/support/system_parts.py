"""Programs of the system that tests need: where they must be there, their absence is a failure."""

from __future__ import annotations

import os
import shutil

import pytest

MAY_SKIP = os.environ.get("TEST_PARTS") != "required"


def needs(*programs: str) -> pytest.MarkDecorator:
    """A mark that skips a test where one of these programs is not installed, unless all parts are required."""
    missing = [name for name in programs if not shutil.which(name)]
    return pytest.mark.skipif(bool(missing) and MAY_SKIP, reason=f"not installed: {', '.join(missing)}")
