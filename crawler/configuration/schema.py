"""The JSON Schema of baotinh.toml (draft 2020-12), made from the table of keys."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from crawler.configuration.keys import GROUPS, JOBS, NARROW, NEWSPAPERS, SECTIONS, Key
from crawler.configuration.texts import JOB_KEYS

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def configuration_schema() -> dict[str, Any]:
    """The schema, as values of JSON; it says of texts and numbers all that a pattern and bounds can say."""
    tables = {section: _table(keys) for section, keys in SECTIONS.items() if section}
    narrow = _described(NARROW)
    jobs = {name: dict(kind.schema) for name, kind in JOB_KEYS.items()}
    job = {
        "type": "object",
        "properties": jobs | narrow,
        "additionalProperties": False,
        "anyOf": [{"required": ["newspaper"]}, {"required": ["group"]}],
        "oneOf": [{"required": ["every"]}, {"required": ["cron"]}],
    }
    tables["machines"]["required"] = ["leases"]
    names = dict(JOB_KEYS["group"].schema)
    return {
        "$schema": DIALECT,
        "title": "baotinh.toml",
        "description": "The settings of baotinh.",
        "type": "object",
        "properties": {
            **_described(SECTIONS[""]),
            **tables,
            NEWSPAPERS: _each(_table(NARROW)),
            GROUPS: _each(names),
            JOBS: {**_each(job), "propertyNames": {"pattern": "^[a-z0-9][a-z0-9-]{0,60}$"}},
        },
        "additionalProperties": False,
    }


def _each(one: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": dict(one)}


def _table(keys: Mapping[str, Key]) -> dict[str, Any]:
    return {"type": "object", "properties": _described(keys), "additionalProperties": False}


def _described(keys: Mapping[str, Key]) -> dict[str, Any]:
    return {name: {**key.kind.schema, "description": _plain(key.meaning)} for name, key in keys.items()}


def _plain(meaning: str) -> str:
    """A meaning without the marks and links of the documents."""
    return re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", meaning).replace("`", "")
