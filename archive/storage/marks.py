"""The mark in a place of WARC files: of which collection they are, and whether they belong to a backup."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import attrs
import cattrs

from archive.durable import PART_SUFFIX
from archive.errors import PlaceFailed, PlaceTaken
from archive.storage.checked import as_place_failed
from archive.storage.located import NamedPlace
from archive.storage.places import Place

MARK = "baotinh.json"
_MOST_BYTES = 1 << 16


@attrs.frozen
class Mark:
    """The id of the first capture of the collection, None while it has none.

    `is_copy`: a backup's files, which only backups change.
    """

    record: str | None
    is_copy: bool = False


def read_mark(named: NamedPlace) -> Mark | None:
    """The mark of a place; None where there is none.

    Raises:
        PlaceTaken: it cannot be read, so that another program may have written it.
        OSError: the place cannot be read.
    """
    try:
        with named.open().open(MARK, None) as stream:
            return cattrs.structure(json.loads(stream.read(_MOST_BYTES)), Mark)
    except FileNotFoundError:
        return None
    except (ValueError, LookupError, TypeError, RecursionError, cattrs.BaseValidationError) as error:
        raise PlaceTaken(named.url, MARK) from error


def write_mark(place: Place, mark: Mark, part: Path) -> None:
    """Mark a place, by way of a file here.

    Raises:
        OSError: the place cannot be written.
    """
    try:
        part.write_text(json.dumps(cattrs.unstructure(mark)) + "\n", encoding="utf-8")
        place.put(part, MARK)
    finally:
        part.unlink(missing_ok=True)


def marked_names(named: NamedPlace) -> list[str]:
    """The names of the files in a place to which files were moved.

    Raises:
        PlaceFailed: it is empty and has no mark, as the folder is into which a disk is mounted.
        OSError: the place cannot be read.
    """
    names = named.open().names()
    if not names:
        raise PlaceFailed(named.url, f"it is empty, without {MARK}: its disk may not be mounted")
    return names


def same_places(place: Place, others: Iterable[NamedPlace], part: Path) -> list[NamedPlace]:
    """The places that are this one by another name: by a link, a second mount, or another address of a store.

    Finds out by way of a file that is written to the place and removed from there.

    Raises:
        PlaceFailed: another place cannot be read.
        OSError: this one cannot be written.
    """
    name, found = f"{secrets.token_hex(8)}{PART_SUFFIX}", []
    try:
        part.write_bytes(b"\n")
        place.put(part, name)
        for other in others:
            with as_place_failed(other.url), suppress(FileNotFoundError):
                other.open().stat(name)
                found.append(other)
    finally:
        part.unlink(missing_ok=True)
        place.remove(name)
    return found
