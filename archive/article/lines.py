"""The JSON form of an article: one line."""

from __future__ import annotations

import functools
import json
import re
from datetime import datetime
from typing import Any

import attrs
import cattrs
import orjson
from cattrs.gen import make_dict_structure_fn

from archive.article.item import Article
from archive.printable import escaped

_BY_ADDRESS = re.compile(r"~[0-9a-f]{16}")


@functools.cache
def _converter() -> cattrs.Converter:
    converter = cattrs.Converter(forbid_extra_keys=True)
    converter.register_unstructure_hook(datetime, datetime.isoformat)
    converter.register_structure_hook(datetime, lambda value, _: datetime.fromisoformat(value))
    derived = {"id", "content_hash"}
    structure = make_dict_structure_fn(Article, converter, _cattrs_forbid_extra_keys=True)

    def structure_article(value: dict[str, Any], cls: type[Article]) -> Article:
        article: Article = structure({key: part for key, part in value.items() if key not in derived}, cls)
        kept = value.get("id")  # of a newspaper that was crawled by its address first: with its host's name
        if not isinstance(kept, str) or ":" not in kept:
            return article
        if article.reading is not None or kept.partition(":")[0] != article.newspaper:
            return article.known_as(kept)
        if article.article_id is None and _BY_ADDRESS.fullmatch(kept.partition(":")[2]):
            return article.known_as(kept)  # by the address under which it was found first
        return article

    converter.register_structure_hook(Article, structure_article)
    converter.register_unstructure_hook(
        Article,
        cattrs.gen.make_dict_unstructure_fn(Article, converter, _cattrs_include_init_false=True),
    )
    return converter


def to_dict(article: Article) -> dict[str, Any]:
    """The article as plain JSON values, in the order of `field_order`."""
    plain: dict[str, Any] = _converter().unstructure(article)
    for name in ("layout", "reading"):
        if plain[name] is None:
            del plain[name]
    for image in plain["images"]:
        if image["exchanged"] is None:
            del image["exchanged"]
    return {name: plain[name] for name in field_order() if name in plain}


def to_json(article: Article) -> str:
    """The article as one line of JSON in UTF-8, without the newline; control characters are escaped."""
    return escaped(json.dumps(to_dict(article), ensure_ascii=False, separators=(",", ":")))


def values_of(line: str | bytes) -> Any:
    """The plain values of a line of JSON; of integers those of 64 bits are exact.

    Raises:
        ValueError: it is none.
    """
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:  # half of a surrogate pair: an old line may have one
        return json.loads(line)


def from_json(line: str | bytes) -> Article:
    """The article that `to_json` wrote, in this version of the schema or an earlier one.

    Fields that an earlier version lacks have their defaults; `schema_version` is that of the line.

    Raises:
        ValueError, cattrs.BaseValidationError: the line is not such an article.
    """
    return article_of(values_of(line))


def article_of(values: Any) -> Article:
    """The article of plain JSON values, as `from_json`."""
    return _converter().structure(values, Article)


@functools.cache
def field_order() -> tuple[str, ...]:
    """Names of the article's fields in the order in which they are written: the id first."""
    names = [field.name for field in attrs.fields(Article)]
    return ("id", *(name for name in names if name != "id"))
