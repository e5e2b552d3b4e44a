"""The sample collection, built once, and a client of the site over it."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient
from support.sample import REPLAY, build_sample

from archive.collection import Collection
from archive.web.app import site_app


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    return build_sample(tmp_path_factory.mktemp("sample") / "collection")


@pytest.fixture(scope="session")
def client(sample: Collection) -> TestClient:
    return TestClient(site_app(sample, REPLAY), raise_server_exceptions=False)
