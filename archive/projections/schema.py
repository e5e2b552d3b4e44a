"""The JSON Schema of the JSON lines, generated from the article."""

from __future__ import annotations

import functools
import types
import typing
from datetime import datetime
from typing import Any

import attrs
import jsonschema_rs

from archive.article import SCHEMA_VERSION, Article, Image, LaterReading, field_order, to_dict
from archive.errors import NotAnArticle
from archive.reasons import Reason

_PLAIN: dict[Any, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    datetime: {
        "type": "string",
        "format": "date-time",
        "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?[+-]\d\d:\d\d$",
    },
}
# Required fields: these may be neither null nor empty.
REQUIRED = ("newspaper", "url", "title", "body", "published_at")


# Fields that lines of this schema version have had only since it was some time in use.
_LATER: dict[type, frozenset[str]] = {
    Article: frozenset(("dom_capture", "layout", "reading")),
    LaterReading: frozenset(("cause", "record")),
    Image: frozenset(("printed", "exchanged")),
}


@functools.cache
def article_schema() -> dict[str, Any]:
    """The schema of one line (JSON Schema 2020-12)."""
    described = _object(Article)
    properties = described["properties"]
    for name in REQUIRED:
        kind = "minItems" if properties[name]["type"] == "array" else "minLength"
        properties[name] |= {kind: 1}
    # an older article that a rebuild writes anew keeps its version
    properties["schema_version"] |= {"minimum": 1, "maximum": SCHEMA_VERSION}
    described["properties"] = {name: properties[name] for name in field_order()}
    described["required"] = [name for name in field_order() if name not in _LATER[Article]]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "baotinh article",
        **described,
    }


def validate(article: Article) -> None:
    """Check that the article has the required fields and its line fits the schema.

    Raises:
        NotAnArticle: it does not; with the reason per field.
    """
    missing = {name: article.missing.get(name, Reason.EMPTY.value) for name in REQUIRED if not getattr(article, name)}
    for error in _validator().iter_errors(to_dict(article)):
        name = str(next(iter(error.instance_path), "article"))
        missing.setdefault(name, Reason.INVALID.of(error.message))
    if missing:
        raise NotAnArticle(article.url, missing)


@functools.cache
def _validator() -> Any:
    return jsonschema_rs.validator_for(article_schema(), validate_formats=True)


def _object(cls: type[attrs.AttrsInstance]) -> dict[str, Any]:
    hints = typing.get_type_hints(cls)
    properties = {
        field.name: _type(hints[field.name]) | {"description": field.metadata["doc"]} for field in attrs.fields(cls)
    }
    return {
        "type": "object",
        "description": (cls.__doc__ or "").strip().splitlines()[0],
        "properties": properties,
        "required": [name for name in properties if name not in _LATER.get(cls, ())],
        "additionalProperties": False,
    }


def _type(hint: Any) -> dict[str, Any]:
    if hint in _PLAIN:
        return dict(_PLAIN[hint])
    if attrs.has(hint):
        return _object(hint)
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Literal:
        return {"type": "string", "enum": list(arguments)}
    if origin is tuple:
        return {"type": "array", "items": _type(arguments[0])}
    if origin is dict:
        return {"type": "object", "additionalProperties": _type(arguments[1])}
    if origin in (typing.Union, types.UnionType):
        inner = _type(next(part for part in arguments if part is not type(None)))
        if "properties" in inner:
            return {"anyOf": [inner, {"type": "null"}]}
        if "enum" in inner:
            inner = inner | {"enum": [*inner["enum"], None]}
        return inner | {"type": [inner["type"], "null"]}
    raise TypeError(f"no JSON Schema is known for {hint}")
