"""Places beside a collection that hold WARC files: a folder, or any store that fsspec knows, such as S3."""

from __future__ import annotations

import errno
import io
import os
import textwrap
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import unquote, urlsplit

import attrs

from archive.durable import PART_SUFFIX, make_directory, pieces_of, put_pieces, sync_directory
from archive.errors import PlaceUnusable
from archive.storage.block_cache import BlockCache
from archive.storage.ranged import RangedFile

# A server that accepts and says nothing is told of within 80 seconds: s3fs tries twice what botocore tries twice
_S3_WAITS = {"connect_timeout": 5, "read_timeout": 20, "retries": {"max_attempts": 2, "mode": "standard"}}
_S3_TRIES = 2
_LONGEST_REASON = 200
_S3 = ("s3", "s3a")
_BUFFER = 64 * 1024


class Place(ABC):
    """Holds files by name, without folders below it."""

    @abstractmethod
    def open(self, name: str, cache: BlockCache | None) -> BinaryIO:
        """A file's bytes, as a stream that can seek; a store's through the cache, where one is given.

        Raises:
            FileNotFoundError: it is not there.
            OSError: the place cannot be read.
        """

    @abstractmethod
    def stat(self, name: str, *, is_fresh: bool = True) -> os.stat_result:
        """Its size and the time at which it was written; of files known before where they need not be fresh.

        Raises:
            FileNotFoundError: it is not there.
            OSError: the place cannot be read.
        """

    @abstractmethod
    def sizes(self) -> dict[str, int]:
        """The bytes of its files by their names; none where it does not exist yet.

        Raises:
            OSError: the place cannot be read.
        """

    def names(self) -> list[str]:
        """The names of its files. The errors are those of `sizes`."""
        return list(self.sizes())

    @abstractmethod
    def put(self, path: Path, name: str) -> None:
        """Write a file of this machine there, durably, in the place of another of its name.

        Raises:
            OSError: it cannot be written.
        """

    @abstractmethod
    def remove(self, name: str) -> None:
        """Remove a file; it may be gone already.

        Raises:
            OSError: it cannot be removed.
        """


@attrs.frozen
class Folder(Place):
    """A folder, such as one on another disk."""

    path: Path

    def open(self, name: str, cache: BlockCache | None = None) -> BinaryIO:
        """The file; what a disk holds needs no cache."""
        return (self.path / name).open("rb")

    def stat(self, name: str, *, is_fresh: bool = True) -> os.stat_result:
        """As the system says."""
        return (self.path / name).stat()

    def sizes(self) -> dict[str, int]:
        """The bytes of its files; a part that a killed process left is none."""
        found = {}
        with suppress(FileNotFoundError):
            for path in self.path.iterdir():
                if path.suffix != PART_SUFFIX:
                    with suppress(FileNotFoundError):  # it was moved on just now
                        if path.is_file():
                            found[path.name] = path.stat().st_size
        return found

    def put(self, path: Path, name: str) -> None:
        """Copy a file, unless the same bytes are there already; the folder is made where it is missing."""
        make_directory(self.path)
        put_pieces(pieces_of(path), self.path / name)

    def remove(self, name: str) -> None:
        """Remove a file, durably."""
        (self.path / name).unlink(missing_ok=True)
        sync_directory(self.path)


class Store(Place):
    """A place that fsspec reaches by its address."""

    def __init__(self, url: str, options: Mapping[str, Any]) -> None:
        """Open it, without asking it for anything.

        Raises:
            PlaceUnusable: nothing is installed that reaches it, or its options are wrong.
        """
        self._url = url
        self._files, self._root = _filesystem(url, dict(options))
        self._known: dict[str, os.stat_result] = {}

    def open(self, name: str, cache: BlockCache | None) -> BinaryIO:
        """The file, of which only what is read is fetched."""
        size = self.stat(name, is_fresh=cache is None).st_size

        def grown() -> int:  # the file of a backup is longer in the next one if it was being written
            return size if cache is None else self.stat(name).st_size

        def fetch(start: int, end: int) -> bytes:
            with self._as_system(name):
                return bytes(self._files.cat_file(self._key(name), start=start, end=end))

        return io.BufferedReader(RangedFile(f"{self._url}/{name}", size, fetch, cache, grown), _BUFFER)

    def stat(self, name: str, *, is_fresh: bool = True) -> os.stat_result:
        """As the store says; files do not change once they are there."""
        if is_fresh or name not in self._known:
            with self._as_system(name):
                found = self._files.info(self._key(name))
            if found.get("type") != "file":
                raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), f"{self._url}/{name}")
            self._known[name] = _stat_of(found)
        return self._known[name]

    def sizes(self) -> dict[str, int]:
        """The bytes of its files; the empty object by which consoles show a prefix as a folder is none."""
        try:
            with self._as_system(""):
                self._files.invalidate_cache()
                found = self._files.ls(self._root, detail=True)
        except FileNotFoundError:
            return {}
        sizes = {one["name"].rpartition("/")[2]: int(one["size"]) for one in found if one["type"] == "file"}
        return {name: size for name, size in sizes.items() if name}

    def put(self, path: Path, name: str) -> None:
        """Send a file; S3 shows it once it is there whole."""
        self._known.pop(name, None)
        with self._as_system(name):
            if not self._is_flat:
                self._files.makedirs(self._root, exist_ok=True)
            self._files.put_file(str(path), self._key(name))

    def remove(self, name: str) -> None:
        """Remove a file."""
        self._known.pop(name, None)
        try:
            with self._as_system(name):
                self._files.rm_file(self._key(name))
        except FileNotFoundError:
            pass

    @property
    def _is_flat(self) -> bool:
        """Whether it has no folders that must be made."""
        return bool(set(_protocols(self._files)) & {*_S3, "gs", "gcs", "abfs", "az"})

    def _key(self, name: str) -> str:
        return f"{self._root}/{name}"

    @contextmanager
    def _as_system(self, name: str) -> Iterator[None]:
        """Raise whatever a library raises as an OSError, so that a store fails as a disk does."""
        try:
            yield
        except OSError:
            raise
        except Exception as error:
            reason = textwrap.shorten(f"{type(error).__name__}: {error}", _LONGEST_REASON, placeholder=" …")
            raise OSError(errno.EIO, reason, f"{self._url}/{name}") from error


def is_url(place: str) -> bool:
    """Whether a place is named by an address of a store, not by a path."""
    return "://" in place and not place.startswith("file://")


def path_in(place: str) -> Path:
    """The path of a place that is a folder."""
    return Path(unquote(urlsplit(place).path) if place.startswith("file://") else place).absolute()


def place_of(place: str, options: Mapping[str, str]) -> Place:
    """The place of that address or path.

    Raises:
        PlaceUnusable: nothing is installed that reaches it, or its options are wrong.
    """
    if not is_url(place):
        return Folder(path_in(place))
    return _store(place.rstrip("/"), tuple(sorted(options.items())))


@lru_cache(64)
def _store(url: str, options: tuple[tuple[str, str], ...]) -> Store:
    return Store(url, dict(options))


def _filesystem(url: str, options: dict[str, Any]) -> tuple[Any, str]:
    try:
        import fsspec
    except ImportError as error:
        raise PlaceUnusable(url, "fsspec is not installed") from error
    if url.partition("://")[0] in _S3:
        options = {"config_kwargs": _S3_WAITS, "use_listings_cache": False} | options
    try:
        files, root = fsspec.core.url_to_fs(url, **options)
    except ImportError as error:
        raise PlaceUnusable(url, str(error)) from error
    except (ValueError, TypeError) as error:
        raise PlaceUnusable(url, str(error)) from error
    if url.partition("://")[0] in _S3:
        files.retries = _S3_TRIES
    return files, root.rstrip("/")


def _protocols(files: Any) -> tuple[str, ...]:
    said = files.protocol
    return (said,) if isinstance(said, str) else tuple(said)


def _stat_of(found: Mapping[str, Any]) -> os.stat_result:
    written = found.get("LastModified") or found.get("mtime") or found.get("last_modified") or found.get("created") or 0
    if isinstance(written, datetime):
        written = (written if written.tzinfo else written.replace(tzinfo=UTC)).timestamp()
    seconds = float(written)
    return os.stat_result((0o100444, 0, 0, 1, 0, 0, int(found["size"]), seconds, seconds, seconds))
