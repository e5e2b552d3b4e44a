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

from archive.collection import Collection
from archive.durable import make_directory, part_of, put
from archive.errors import BadSetName, CollectionUnwritable, SetDamage, SetDamaged, SetExists, UnknownSet

FORMAT = "baotinh set 1"
SUFFIX = ".json"
_ARTICLES = ' "articles": ['
# a query has at most 1,000 characters, and so have the filters' values in an address
_LONGEST_HEAD, _LONGEST_SAID = 65_536, 100
_NAME = re.compile(r"[^\W_][\w.-]{0,59}")


@attrs.frozen(kw_only=True)
class SetHead:
    """The fields of a set without its articles and its hash."""

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

    @property
    def is_sound(self) -> bool:
        """Whether the values are of their kinds: a file may come from anywhere."""
        texts = (self.format, self.name, self.query, self.scope, self.within, self.created_at, self.software)
        return (
            all(isinstance(text, str) for text in texts)
            and isinstance(self.filters, dict)
            and isinstance(self.count, int)
            and _is_time(self.created_at)
        )


def _is_time(text: str) -> bool:
    with contextlib.suppress(ValueError):
        return bool(datetime.fromisoformat(text))
    return False


@attrs.frozen(kw_only=True)
class ListedSet(SetHead):
    """What a list shows of a set: `hash` as its file says, not compared with the articles."""

    hash: str


@attrs.frozen(kw_only=True)
class FrozenSet(SetHead):
    """A set of versions of articles, and the search that found them."""

    articles: tuple[tuple[str, str], ...]
    """Id and content hash of each article, sorted."""

    @property
    def hash(self) -> str:
        """The set's own hash: over all of its other fields."""
        return "sha256:" + hashlib.sha256(_canonical(attrs.asdict(self)).encode()).hexdigest()


def _canonical(values: dict[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


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
    yield _ARTICLES
    for nth, article in enumerate(articles):
        yield (",\n  " if nth else "\n  ") + json.dumps(article, ensure_ascii=False)
    yield "\n ]\n}\n"


def names(collection: Collection) -> list[str]:
    """The names of the collection's sets, sorted."""
    if not collection.sets.is_dir():
        return []
    return sorted(path.name.removesuffix(SUFFIX) for path in collection.sets.glob(f"*{SUFFIX}"))


def listed(collection: Collection) -> Iterator[tuple[str, ListedSet | SetDamaged]]:
    """The collection's sets by name, in its order, or what is wrong with one; the articles of none are read."""
    for name in names(collection):
        try:
            yield name, read_head(path_of(collection, name))
        except SetDamaged as error:
            yield name, error


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
    except OSError as error:
        raise SetDamaged(path, SetDamage.UNREADABLE, error.strerror or str(error)) from error
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise SetDamaged(path, SetDamage.FIELDS) from error
    if found != said:
        raise SetDamaged(path, SetDamage.HASH, str(said)[:_LONGEST_SAID])
    if not frozen.is_sound or frozen.count != len(articles):
        raise SetDamaged(path, SetDamage.FIELDS)
    if frozen.format != FORMAT:
        raise SetDamaged(path, SetDamage.FORMAT, frozen.format[:_LONGEST_SAID])
    return frozen


def read_head(path: Path) -> ListedSet:
    """The set of a file without its articles, which are read only if the file is not laid out as `save` does it.

    Raises:
        SetDamaged: as `read`, as far as it was read.
    """
    with contextlib.suppress(OSError, ValueError, TypeError, RecursionError), path.open("rb") as file:
        head, articles, _ = file.read(_LONGEST_HEAD).partition(_ARTICLES.encode())
        if articles:
            found = ListedSet(**json.loads(head.rstrip().removesuffix(b",") + b"}"))
            if found.is_sound and isinstance(found.hash, str) and found.format == FORMAT:
                return found
    frozen = read(path)
    head_fields = {field.name: getattr(frozen, field.name) for field in attrs.fields(SetHead)}
    return ListedSet(**head_fields, hash=frozen.hash)
