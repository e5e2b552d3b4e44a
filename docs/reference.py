"""The reference pages that are made from the code: every command, every field of an article, every error."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import typer

from archive.errors import BaotinhError
from archive.projections.schema import article_schema
from crawler.cli.commands import app
from crawler.configuration.keys import KEYS
from crawler.runs import settings


def pages() -> dict[str, str]:
    """The pages by file name, as Markdown."""
    return {
        "commands.md": _page("Every command and option", _commands(typer.main.get_command(app), "baotinh")),
        "fields.md": _page("Every field of an article", _fields()),
        "settings.md": _page("Every setting and its value", _settings()),
        "errors.md": _page("Every error", _errors(BaotinhError, 0)),
    }


def _page(title: str, lines: Iterator[str]) -> str:
    return "\n".join([f"# {title}", "", "*Made from the code.*", "", *lines, ""])


def _cell(text: object) -> str:
    return " ".join(str(text or "").split()).replace("|", r"\|").replace("<", r"\<")


def _table(head: str, rows: list[tuple[object, ...]]) -> Iterator[str]:
    yield f"| {head} |"
    yield "|" + "---|" * (head.count("|") + 1)
    for row in rows:
        yield f"| {' | '.join(map(_cell, row))} |"
    yield ""


def _commands(command: Any, name: str) -> Iterator[str]:
    if hasattr(command, "commands"):
        for part, below in command.commands.items():
            yield from _commands(below, f"{name} {part}")
        return
    yield f"## {name}\n\n{inspect.cleandoc(command.help or '')}\n"
    options = [
        (
            ", ".join(f"`{word}`" for word in [*one.opts, *one.secondary_opts])
            if one.param_type_name == "option"
            else f"`{one.name.upper()}`",
            one.help,
            "" if one.default in (None, False, "") or callable(one.default) else f"`{one.default}`",
            f"`{one.envvar}`" if one.envvar else "",
        )
        for one in command.params
        if "--help" not in one.opts
    ]
    yield from _table("option or argument | meaning | default | environment", options)


def _fields() -> Iterator[str]:
    schema = article_schema()
    for name, part in {"Article": schema, **schema.get("$defs", {})}.items():
        yield f"## {name}\n"
        rows = [(f"`{field}`", _type(said), said.get("description")) for field, said in part["properties"].items()]
        yield from _table("field | type | meaning", rows)


def _type(said: dict[str, Any]) -> str:
    if "$ref" in said:
        return str(said["$ref"]).rpartition("/")[2]
    if "anyOf" in said:
        return " or ".join(map(_type, said["anyOf"]))
    if "enum" in said:
        return "one of " + ", ".join(f"`{value}`" for value in said["enum"])
    if "items" in said:
        return f"list of {_type(said['items'])}"
    kind = said.get("type", "any")
    return " or ".join(kind) if isinstance(kind, list) else str(kind)


def _settings() -> Iterator[str]:
    # links of meanings begin at docs/
    keys = [(f"`{key.path}`", key.usual(), key.variable, key.meaning.replace("](", "](../")) for key in KEYS]
    yield from _table("key of baotinh.toml | default | variable | meaning", keys)
    values = [(f"`{name}`", f"`{value!r}`") for name, value in vars(settings).items() if name.isupper()]
    yield from _table("setting | value", values)


def _errors(error: type[BaotinhError], depth: int) -> Iterator[str]:
    said = " ".join(inspect.getdoc(error).split()) if error.__dict__.get("__doc__") else ""
    yield f"{'  ' * depth}- `{error.__name__}` (exit code {error.exit_code}): {_cell(said)}"
    for below in error.__subclasses__():
        yield from _errors(below, depth + 1)
