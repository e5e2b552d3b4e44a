"""The output of `baotinh changes` and `baotinh show --diff`: coloured on a terminal, marked as by wdiff elsewhere."""

from __future__ import annotations

import itertools
import re
import sqlite3
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from rich.padding import Padding
from rich.text import Text

from archive.article import Image
from archive.catalog import Catalog, Version
from archive.catalog.change_lists import TitledChange
from archive.catalog.changes import ArticleChange, changes_of_article
from archive.changes.comparison import Part, PictureChange, changes
from archive.changes.kinds import ChangeKind, Step, step_of
from archive.changes.words import Piece
from archive.cli.local_times import local, zone_line
from archive.cli.terminal import Console, plural
from archive.errors import UnknownVersion
from archive.export.spreadsheet import MARK, csv_lines
from archive.printable import json_text, say

COLUMNS = (
    "at", "newspaper", "section", "article", "title", "former_title", "kinds", "removed", "added", "silent", "former",
    "version", "url",
)  # fmt: skip

_STYLES = {"removed": "red strike", "added": "green underline", "same": ""}
_MARKS = {"removed": ("[-", "-]"), "added": ("{+", "+}"), "same": ("", "")}
_PICTURES = {
    PictureChange.SWAPPED: "another picture stands in its place",
    PictureChange.ADDED: "the picture was added",
    PictureChange.REMOVED: "the picture was removed",
}
_HASH = re.compile(r"(?:sha256:)?[0-9a-f]{6,64}")


def print_changes(found: Iterable[TitledChange], *, as_json: bool, as_csv: bool) -> None:
    """Print changes as they come."""
    if as_csv:
        say(MARK + csv_lines([COLUMNS], end="\n").rstrip("\n"))
    console, is_empty = Console(), True
    for one in found:
        if is_empty and not as_json and not as_csv:
            console.print(zone_line(), style="dim")
        is_empty = False
        if as_json:
            say(json_text(one.values()))
        elif as_csv:
            said = one.values() | {"kinds": " ".join(kind.value for kind in one.change.kinds)}
            say(csv_lines([[said[name] for name in COLUMNS]], end="\n").rstrip("\n"))
        else:
            _print_change(console, one)
    if is_empty and not as_json and not as_csv:
        say("No such change.", sys.stderr)


def _print_change(console: Console, one: TitledChange) -> None:
    change = one.change
    console.print(Text(one.title, style="bold cyan"))
    about = f"{local(change.at)} · {_in_words(change.kinds, change)}"
    console.print(Padding.indent(Text(f"{change.article_id}  {about}", style="dim"), 2))
    if one.excerpt:
        console.print(Padding.indent(_shown(console, one.excerpt), 2))


def edits_in_words(connection: sqlite3.Connection, article_id: str) -> dict[int, str]:
    """What changed to each version of an article, by its `seq`."""
    return {
        one.version_seq: _in_words(one.kinds, one)
        for one in changes_of_article(connection, article_id)
        if one.version_seq and one.kinds
    }


def _in_words(kinds: Iterable[ChangeKind], change: ArticleChange | Step) -> str:
    """Kinds, how many words changed, and whether it was told."""
    named = ", ".join(kind.value.replace("-", " ") for kind in kinds) or "nothing that is printed"
    removed, added = plural(change.removed, "word"), plural(change.added, "word")
    counted = ", ".join(
        said for count, said in ((change.removed, f"{removed} removed"), (change.added, f"{added} added")) if count
    )
    return " · ".join(filter(None, (named, counted, "silent" if change.is_silent else "")))


def _shown(console: Console, pieces: Sequence[Piece]) -> Text:
    """Pieces of a text: in colours, or marked as by wdiff where there are none."""
    is_coloured = console.is_terminal and not console.no_color and console.color_system is not None
    text, former = Text(), ""
    for piece in pieces:
        before, behind = ("", "") if is_coloured else _MARKS[piece.change]
        if is_coloured and (former, piece.change) == ("removed", "added"):
            text.append(" ")
        text.append(f"{before}{piece.text}{behind}", _STYLES[piece.change] if is_coloured else "")
        former = piece.change
    return text


def print_difference(catalog: Catalog, id: str, named: Sequence[str], *, as_json: bool) -> None:
    """Print what changed from a version of an article to another.

    Args:
        named: their numbers, or content hashes; of one alone what changed to it, of none what changed last.

    Raises:
        UnknownVersion: the article has no such version, or no other.
    """
    versions = catalog.versions(id)
    if len(named) > 2 or (len(versions) < 2 and not named):
        raise UnknownVersion(id, " ".join(named), len(versions))
    places = [_place(id, versions, one) for one in named] or [len(versions) - 1]
    if len(places) == 1:
        places.insert(0, places[0] - 1)
    if places[0] < 0:
        raise UnknownVersion(id, "before the first one", len(versions))
    former, later = (versions[place] for place in places)
    articles = former.article(), later.article()
    parts = changes(*articles)
    step = step_of(parts, *articles)
    kinds = [kind for kind in ChangeKind if kind in step.kinds]
    if as_json:
        told = {"kinds": [kind.value for kind in kinds], "silent": step.is_silent}
        told |= {"removed": step.removed, "added": step.added}
        say(json_text({"former": former.content_hash, "version": later.content_hash, **told, **_values(parts)}))
        return
    console = Console()
    for word, place, version in (("from", places[0], former), ("to", places[1], later)):
        at = f"{word:<5}version {place + 1}, captured {version.captured_at.isoformat()}"
        console.print(Text(at, style="dim"), soft_wrap=True)
    console.print(Text(_in_words(kinds, step), style="bold"))
    for line in _lines(console, parts):
        console.print(line)


def _values(parts: Sequence[Part]) -> dict[str, Any]:
    """The parts that changed, as JSON values."""
    return {
        "parts": [
            {
                "field": part.field or "body", "moved": part.is_moved,
                "picture": part.picture.value if part.picture else None,
                "former_picture": part.images[0].url if part.images[0] else None,
                "picture_url": part.images[1].url if part.images[1] else None,
                "pieces": [piece._asdict() for piece in part.pieces],
            }
            for part in parts if part.is_changed
        ]
    }  # fmt: skip


def _lines(console: Console, parts: Sequence[Part]) -> Iterator[Text]:
    """The parts that changed, and how many stand unchanged between them."""
    for is_changed, run in itertools.groupby(parts, key=lambda part: part.is_changed):
        if not is_changed:
            yield Text(f"\n  … {plural(len(list(run)), 'part')} unchanged …", style="dim")
            continue
        for part in run:
            name = {"": "", "images": "caption"}.get(part.field, part.field)
            notes = [name, "moved" if part.is_moved else "", _PICTURES.get(part.picture) if part.picture else ""]
            yield Text(f"\n{', '.join(filter(None, notes))}:" if any(notes) else "", style="dim")
            if part.pieces:
                yield _shown(console, part.pieces)
            if part.picture in _PICTURES:
                yield from _addresses(part.images)


def _addresses(images: Iterable[Image | None]) -> Iterator[Text]:
    """Where the former picture and the later one are: two may have one address."""
    for word, image in zip(("before", "after"), images, strict=True):
        if image is not None:
            record = f"  {image.capture.record_id}" if image.capture else ""
            yield Text(f"{word + ':':<8}{image.url}{record}", style="dim")


def _place(id: str, versions: Sequence[Version], named: str) -> int:
    """Which version is named: by its number from 1, or by the beginning of its content hash."""
    if named.isascii() and named.isdigit() and len(named) < 6 and 1 <= int(named) <= len(versions):
        return int(named) - 1
    digits = named.removeprefix("sha256:")
    if _HASH.fullmatch(named):
        found = [nth for nth, one in enumerate(versions) if one.content_hash.removeprefix("sha256:").startswith(digits)]
        if len(found) == 1:
            return found[0]
    raise UnknownVersion(id, named, len(versions))
