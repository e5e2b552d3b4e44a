"""Frozen sets: the articles of a search at one time, by id and content hash, in a file that proves itself.

The file is `sets/NAME.json` of the collection: one JSON object with the fields of `FrozenSet`, and `hash`. This is
"sha256:" and the SHA-256, in hexadecimal digits, of the object without `hash` in its canonical form (RFC 8785: keys
sorted, no white space, UTF-8). `articles` is a list of [id, content hash], sorted.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import unicodedata
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import attrs

from archive import VERSION
from archive.clock import Clock, now, warc_date
from archive.collection import Collection
from archive.durable import make_directory, part_of, put
from archive.errors import BadSetName, CollectionUnwritable, SetDamaged, SetExists, UnknownSet
from archive.export.matching import Selection
from archive.export.selected import selected

FORMAT = "baotinh set 1"
SUFFIX = ".json"
_NAME = re.compile(r"[^\W_][\w.-]{0,59}")


@attrs.frozen(kw_only=True)
class FrozenSet:
    """A set of versions of articles, and the search that found them."""

    format: str
    name: str
    query: str
    scope: str
    within: str
    filters: dict[str, Any]
    """The filters that were set, by their names in `Filters`; days as YYYY-MM-DD."""
    created_at: str
    """A time in UTC."""
    software: str
    count: int
    articles: tuple[tuple[str, str], ...]
    """Id and content hash of each article, sorted."""

    @property
    def is_sound(self) -> bool:
        """Whether the values are of their kinds: a file may come from anywhere."""
        texts = (self.format, self.name, self.query, self.scope, self.within, self.created_at, self.software)
        return (
            all(isinstance(text, str) for text in texts)
            and isinstance(self.filters, dict)
            and self.count == len(self.articles)
        )

    @property
    def hash(self) -> str:
        """The set's own hash: over all of its other fields."""
        return "sha256:" + hashlib.sha256(_canonical(attrs.asdict(self)).encode()).hexdigest()


def _canonical(values: dict[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def freeze(collection: Collection, name: str, selection: Selection, *, clock: Clock = now) -> FrozenSet:
    """The set of the latest versions of the selected articles; nothing is written.

    Raises:
        BadSetName: the name cannot be a file's name.
        UnknownNewspaper, CollectionInconsistent: as `selected`.
    """
    name = checked_name(name)
    with collection.catalog() as catalog, catalog.snapshot():
        articles = sorted(
            (version.article_id, version.content_hash)
            for batch in selected(collection, catalog, selection)
            for version in batch
        )
    return FrozenSet(
        format=FORMAT,
        name=name,
        query=selection.query.encode("utf-8", "replace").decode(),
        scope=selection.scope,
        within=selection.within,
        filters=plain_filters(selection),
        created_at=warc_date(clock()),
        software=f"baotinh {VERSION}",
        count=len(articles),
        articles=tuple(articles),
    )


def plain_filters(selection: Selection) -> dict[str, Any]:
    """The filters that are set, as JSON values."""
    values = attrs.asdict(selection.filters)
    return {
        name: value if isinstance(value, bool) else str(value).encode("utf-8", "replace").decode()
        for name, value in values.items()
        if value is not None
    }


def checked_name(name: str) -> str:
    """The name as it is stored.

    Raises:
        BadSetName: it cannot be a file's name.
    """
    composed = unicodedata.normalize("NFC", name)
    if not _NAME.fullmatch(composed):
        raise BadSetName(name)
    return composed


def path_of(collection: Collection, name: str) -> Path:
    """The file of a set."""
    return collection.sets / f"{name}{SUFFIX}"


def save(collection: Collection, frozen: FrozenSet) -> Path:
    """Write a new set durably; its file.

    Raises:
        SetExists: there is a set of that name.
        CollectionUnwritable: the file cannot be written.
    """
    path = path_of(collection, frozen.name)
    try:
        make_directory(collection.sets)
        part = part_of(path.with_name(f"{path.name}.{os.getpid()}"))
        try:
            with part.open("w", encoding="utf-8") as file:
                file.writelines(pieces(frozen))
            if path.exists():
                raise SetExists(frozen.name, path)
            put(part, path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise CollectionUnwritable(path, error.strerror or str(error)) from error
    return path


def pieces(frozen: FrozenSet) -> Iterator[str]:
    """The file's text: a field a line, an article a line."""
    values = attrs.asdict(frozen) | {"hash": frozen.hash}
    articles = values.pop("articles")
    yield "{\n"
    for name, value in values.items():
        yield f" {json.dumps(name)}: {json.dumps(value, ensure_ascii=False)},\n"
    yield ' "articles": ['
    for nth, article in enumerate(articles):
        yield (",\n  " if nth else "\n  ") + json.dumps(article, ensure_ascii=False)
    yield "\n ]\n}\n"


def names(collection: Collection) -> list[str]:
    """The names of the collection's sets, sorted."""
    if not collection.sets.is_dir():
        return []
    return sorted(path.name.removesuffix(SUFFIX) for path in collection.sets.glob(f"*{SUFFIX}"))


def find(collection: Collection, name: str) -> FrozenSet:
    """A set by its name in the collection, or by the path of a file.

    Raises:
        UnknownSet: there is neither.
        SetDamaged: its file cannot be read, or is not as it was frozen.
    """
    try:
        return stored(collection, name)
    except UnknownSet:
        with contextlib.suppress(OSError, ValueError):
            if Path(name).is_file():
                return read(Path(name))
        raise


def stored(collection: Collection, name: str) -> FrozenSet:
    """A set of the collection by its name.

    Raises:
        UnknownSet: there is none.
        SetDamaged: its file cannot be read, or is not as it was frozen.
    """
    composed = unicodedata.normalize("NFC", name)
    if _NAME.fullmatch(composed) and path_of(collection, composed).is_file():
        return read(path_of(collection, composed))
    raise UnknownSet(name, names(collection))


def read(path: Path) -> FrozenSet:
    """The set of a file.

    Raises:
        SetDamaged: it cannot be read, or is not as it was frozen.
    """
    try:
        values = json.loads(path.read_text("utf-8"))
        said = values.pop("hash")
        articles = tuple((str(id), str(version)) for id, version in values.pop("articles"))
        frozen = FrozenSet(articles=articles, **values)
        found = frozen.hash
        datetime.fromisoformat(frozen.created_at)
    except OSError as error:
        raise SetDamaged(path, error.strerror or str(error)) from error
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise SetDamaged(path, "it has not the fields of a set") from error
    if found != said:
        raise SetDamaged(path, "its hash is not that of its content")
    if not frozen.is_sound:
        raise SetDamaged(path, "its fields are not those of a set")
    if frozen.format != FORMAT:
        raise SetDamaged(path, f"its format is {frozen.format!r}, not {FORMAT!r}")
    return frozen
