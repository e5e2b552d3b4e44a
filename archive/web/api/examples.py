"""An example of each operation's answer in the API's description; a test holds them against its schemas."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_name("examples.json")


def add_examples(document: dict[str, Any]) -> None:
    """Put the example of each operation into an OpenAPI document."""
    for path, example in _examples().items():
        document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["example"] = example


@functools.cache
def _examples() -> dict[str, Any]:
    """By path; from answers about a small collection, their lists cut short."""
    found: dict[str, Any] = json.loads(_FILE.read_text("utf-8"))
    return found
