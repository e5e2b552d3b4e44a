"""The mark in a place of WARC files: of which collection they are, and whether they belong to a backup."""

from __future__ import annotations

import json
from pathlib import Path

import attrs
import cattrs

from archive.errors import PlaceTaken
from archive.storage.located import NamedPlace
from archive.storage.places import Place

MARK = "baotinh.json"


@attrs.frozen
class Mark:
    """The id of the first capture of the collection; `is_copy`: a backup's files, which only backups change."""

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
            return cattrs.structure(json.loads(stream.read()), Mark)
    except FileNotFoundError:
        return None
    except (ValueError, LookupError, TypeError, cattrs.BaseValidationError) as error:
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
