"""An S3 server, and the credentials for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.object_store import CREDENTIALS, ObjectStore, object_store


@pytest.fixture(scope="session")
def server() -> Iterator[ObjectStore]:
    with object_store() as running:
        yield running


@pytest.fixture
def store(server: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> ObjectStore:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    return server
