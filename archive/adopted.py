"""Newspapers that were first crawled by their address, and were given the name of a declaration later.

`jsonl/adopted.json` says which: what was crawled under a host's name belongs to the declared newspaper since. Article
ids keep the host's name.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs

from archive.article import values_of
from archive.durable import part_of, put
from archive.identity import plain_address
from archive.printable import escaped

NOTE = "adopted.json"


@attrs.frozen
class Adopted:
    """The newspaper to which a host's articles belong, and its profile when they came to it."""

    newspaper: str
    profile: Mapping[str, Any]


def adopted_in(jsonl: Path) -> dict[str, Adopted]:
    """What the note in the folder of JSON lines says, by the former names.

    Raises:
        OSError: it cannot be read.
        ValueError: somebody has changed it to something else.
    """
    try:
        said = json.loads((jsonl / NOTE).read_text("utf-8"))
    except FileNotFoundError:
        return {}
    if not isinstance(said, dict):
        raise ValueError(f"{jsonl / NOTE} is no object")
    return {host: Adopted(one["newspaper"], one["profile"]) for host, one in said.items()}


def note_adopted(jsonl: Path, more: Mapping[str, Adopted]) -> None:
    """Add to the note, durably."""
    known = adopted_in(jsonl)
    if all(known.get(host) == one for host, one in more.items()):
        return
    path = jsonl / NOTE
    part = part_of(path)
    said = {host: attrs.asdict(one) for host, one in sorted({**known, **more}.items())}
    part.write_text(json.dumps(said, ensure_ascii=False, indent=1), "utf-8")
    put(part, path)


def line_of(newspaper: str, line: str | bytes) -> str:
    """An article's line of JSON as one of another newspaper; its id stays."""
    values = values_of(line)
    values["newspaper"] = newspaper
    return escaped(json.dumps(values, ensure_ascii=False, separators=(",", ":")))


def mark_adopted(connection: sqlite3.Connection, newspaper: str, hosts: list[str]) -> None:
    """Note in the newspaper's profile which names its articles have besides its own."""
    connection.execute(
        "UPDATE newspapers SET profile = json_set(profile, '$.adopted', json(?)) WHERE name = ?",
        (json.dumps(sorted({*hosts})), newspaper),
    )


def kept_id(connection: sqlite3.Connection, newspaper: str, id: str, url: str) -> str | None:
    """The id under which an article of an adopting newspaper was entered before it had its name; None if it was not."""
    row = connection.execute(
        """SELECT a.article_id FROM addresses a JOIN articles r ON r.id = a.article_id
        WHERE a.newspaper = :newspaper AND r.newspaper = :newspaper
        AND a.url IN (SELECT :url UNION ALL SELECT :plain UNION ALL
            SELECT url FROM identities WHERE newspaper = :newspaper AND identity IN (:id, :plain))
        AND substr(a.article_id, 1, instr(a.article_id, ':') - 1) <> :newspaper LIMIT 1""",
        {"newspaper": newspaper, "id": id, "url": url, "plain": plain_address(url)},
    ).fetchone()
    return row[0] if row else None
