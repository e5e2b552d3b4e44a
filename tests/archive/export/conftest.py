"""The small archive, to change and to read."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from support.collection_builder import CollectionBuilder
from support.small_archive import fill

from archive.collection import Collection
from archive.export.captures.signing import Signer
from archive.search.indexing.index import follow


@pytest.fixture(scope="session")
def signer() -> Signer:
    return Signer(ec.generate_private_key(ec.SECP384R1()))


@pytest.fixture
def builder(tmp_path: Path) -> CollectionBuilder:
    return fill(tmp_path / "collection")


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    built = fill(tmp_path_factory.mktemp("export") / "collection")
    follow(built.collection)
    return built.close()
