"""The collection of revisits, crawled once for all who replay it."""

from __future__ import annotations

import pytest
from support.revisits import Visited, visit_all


@pytest.fixture(scope="session")
def visited(tmp_path_factory: pytest.TempPathFactory) -> Visited:
    return visit_all(tmp_path_factory.mktemp("revisits") / "collection")
