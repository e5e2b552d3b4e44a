"""The sample collection, built once, a client of the site over it, and the site served."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from support.sample import REPLAY, build_sample
from support.serving import running

from archive.collection import Collection
from archive.web.app import site_app
from archive.web.serve import Serving


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    return build_sample(tmp_path_factory.mktemp("sample") / "collection")


@pytest.fixture(scope="session")
def client(sample: Collection) -> TestClient:
    return TestClient(site_app(sample, REPLAY), raise_server_exceptions=False)


@pytest.fixture(scope="module")
def serving(sample: Collection) -> Iterator[Serving]:
    from support.browsing import VIEWER

    with running(sample, VIEWER) as found:
        yield found
