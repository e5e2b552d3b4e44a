"""The API's description with an example of each operation's answer; a test holds the examples against its schemas."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

_FILE = Path(__file__).with_name("examples.json")


def describe_when_asked(app: FastAPI) -> None:
    """Make the OpenAPI document when it is asked for first: it takes longer than all else of the application.

    HEAD, which goes without saying, is not described.
    """

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            routes = [copy.copy(route) for route in app.routes if isinstance(route, APIRoute)]
            for route in routes:
                route.methods = (route.methods or set()) - {"HEAD"}
            app.openapi_schema = get_openapi(
                title=app.title, version=app.version, description=app.description, servers=app.servers, routes=routes
            )
            _add_examples(app.openapi_schema)
        return app.openapi_schema

    app.openapi = described  # type: ignore[method-assign]


def _add_examples(document: dict[str, Any]) -> None:
    """Answers about a small collection, their lists cut short, by path."""
    found: dict[str, Any] = json.loads(_FILE.read_text("utf-8"))
    for path, example in found.items():
        document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["example"] = example
