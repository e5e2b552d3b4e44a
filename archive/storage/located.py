"""A WARC file of a collection, wherever it stands, and the settings that name the places."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO, Literal, TypeVar

import attrs
import cattrs

from archive.durable import OPEN_SUFFIX, part_of, put
from archive.errors import PlacesUnreadable
from archive.storage.block_cache import BlockCache
from archive.storage.places import Place, place_of

SETTINGS = "storage.json"
CACHE_BYTES = 1_000_000_000
_Result = TypeVar("_Result")


@attrs.frozen
class NamedPlace:
    """A place by its path or address, and what fsspec is told beside the address, such as `endpoint_url`.

    `is_copy`: it belongs to a backup, and is only read.
    """

    url: str
    options: dict[str, str] = attrs.field(factory=dict)
    is_copy: bool = False

    def open(self) -> Place:
        """The place itself."""
        return place_of(self.url, self.options)


@attrs.frozen
class Storage:
    """The places of a collection's WARC files beside `warc/`, the present one first; those behind it are being left.

    `cache_bytes`: how many bytes of what was read from stores are kept in `cache/`.
    """

    places: tuple[NamedPlace, ...] = ()
    cache_bytes: int = CACHE_BYTES


def storage_of(root: Path) -> Storage:
    """The places of the collection at `root`; none by default.

    Raises:
        PlacesUnreadable: the file that names them was damaged or cannot be read.
    """
    path = root / SETTINGS
    try:
        return cattrs.structure(json.loads(path.read_bytes()), Storage)
    except FileNotFoundError:
        return Storage()
    except OSError as error:
        raise PlacesUnreadable(path, error.strerror or str(error)) from error
    except (ValueError, RecursionError, cattrs.BaseValidationError) as error:
        raise PlacesUnreadable(path, str(error)) from error


def save_storage(root: Path, storage: Storage) -> None:
    """Name the places of a collection, durably."""
    path = root / SETTINGS
    if not storage.places:
        path.unlink(missing_ok=True)
        return
    part = part_of(path)
    part.write_text(json.dumps(cattrs.unstructure(storage), indent=1) + "\n", encoding="utf-8")
    put(part, path)


@attrs.frozen
class LocatedFile:
    """A WARC file, looked for each time it is opened: in `warc/`, also while it is written, then in other places.

    So it may be closed or moved at any time. `is_fresh`: nothing is read from the cache.
    """

    root: Path
    name: str
    is_fresh: bool = False

    def __str__(self) -> str:
        return str(self.root / "warc" / self.name)

    @property
    def path(self) -> Path:
        """Where it is in `warc/`, with '.open' while it is written; also where it was moved."""
        path = self.root / "warc" / self.name
        return path if path.exists() else path.with_name(path.name + OPEN_SUFFIX)

    def open(self, mode: Literal["rb"] = "rb", /) -> BinaryIO:
        """Its bytes.

        Raises:
            FileNotFoundError: it is nowhere.
            OSError: the disk or the store cannot be read.
            PlaceUnusable: nothing is installed that reaches the store.
        """
        return self._found(lambda path: path.open("rb"), lambda place, cache: place.open(self.name, cache))

    def stat(self) -> os.stat_result:
        """Its size and times; the errors are those of `open`."""
        return self._found(Path.stat, lambda place, cache: place.stat(self.name, is_fresh=cache is None))

    def exists(self) -> bool:
        """Whether it is anywhere; the other errors are those of `open`."""
        try:
            self.stat()
        except FileNotFoundError:
            return False
        return True

    def _found(
        self, on_disk: Callable[[Path], _Result], in_place: Callable[[Place, BlockCache | None], _Result]
    ) -> _Result:
        path = self.root / "warc" / self.name
        for _ in range(2):  # between two looks it may be closed or moved
            for name in (path, path.with_name(path.name + OPEN_SUFFIX)):
                with suppress(FileNotFoundError):
                    return on_disk(name)
            storage = storage_of(self.root)
            cache = None if self.is_fresh else _cache(self.root / "cache", storage.cache_bytes)
            for named in storage.places:
                with suppress(FileNotFoundError):
                    return in_place(named.open(), cache)
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))


@lru_cache(64)
def _cache(folder: Path, most_bytes: int) -> BlockCache:
    return BlockCache(folder, most_bytes)
