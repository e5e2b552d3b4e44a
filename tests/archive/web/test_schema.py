"""Schemathesis sends what the API's description allows, and what it does not: no server error, no answer outside it."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from archive.collection import Collection
from archive.web.app import site_app

PATHS = (
    "/search", "/timeline", "/articles/{id}", "/similar", "/newspapers", "/coverage", "/runs", "/health", "/status",
    "/counts", "/collocations", "/pictures", "/sets", "/sets/{name}", "/sets/{name}/differences", "/export",
    "/captures/{record_id}", "/pictures/{subject}", "/changes", "/articles/{id}/changes", "/reprints",
)  # fmt: skip


@pytest.fixture(scope="module")
def described(sample: Collection) -> schemathesis.BaseSchema:
    return schemathesis.openapi.from_asgi("/api/v1/openapi.json", site_app(sample, "http://127.0.0.1:8001"))


def test_every_path_is_tried(described: schemathesis.BaseSchema) -> None:
    assert set(described) == set(PATHS)


def test_one_thing_has_one_name(described: schemathesis.BaseSchema) -> None:
    parts = described.raw_schema["components"]["schemas"].values()
    names = {name for part in parts for name in part.get("properties", {})}
    # `article_id` is the newspaper's own, in the article itself alone
    assert {"article", "record_id", "mime", "started_at", "finished_at", "until"} <= names
    assert not {"article_id", "record", "media_type", "paper", "began_at", "ends_at", "address"} & names


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize("path", PATHS)
def test_every_answer_is_as_described(described: schemathesis.BaseSchema, path: str, mode: GenerationMode) -> None:
    operation = described[path]["GET"]
    if mode is GenerationMode.NEGATIVE and not operation.query and not operation.path_parameters:
        return  # nothing can be wrong

    @settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(case=operation.as_strategy(generation_mode=mode))
    def tried(case: schemathesis.Case) -> None:
        # the grammar of queries, days and cursors is not in the schema: what is malformed there is answered with 400
        case.call_and_validate(excluded_checks=[positive_data_acceptance])

    tried()
