"""What a copy in a store holds: the manifest, which is written last and names every file with its checksum."""

from __future__ import annotations

import json
from pathlib import Path

import attrs
import cattrs

from archive.errors import NoBackup
from archive.storage.located import NamedPlace
from archive.storage.places import Place

NAME = "backup.json"
FOLDERS = ("warc", "jsonl", "reports", "sets")


@attrs.frozen
class StoredText:
    """A text: bytes, the time of the copied file in nanoseconds (0 where there was none), and SHA-256."""

    size: int
    written_ns: int
    sha256: str


@attrs.frozen
class StoredCatalog:
    """The compressed catalog: its name in the store, and bytes and SHA-256 of the database."""

    name: str
    size: int
    sha256: str


@attrs.frozen
class Manifest:
    """The files of a copy.

    `record`: id of the first capture, by which a copy is known as that of a collection. `warc`: bytes and CRC-32.
    `texts`: by folder and name, as `jsonl/NAME`.
    """

    collection: str
    record: str | None
    finished_at: str
    catalog: StoredCatalog
    warc: dict[str, tuple[int, int]]
    texts: dict[str, StoredText]


def folder_of(copy: NamedPlace, folder: str) -> NamedPlace:
    """The place of a folder of a copy."""
    return attrs.evolve(copy, url=f"{copy.url.rstrip('/')}/{folder}")


def read_manifest(copy: NamedPlace) -> Manifest | None:
    """The manifest of the copy in a place; None where there is none.

    Raises:
        NoBackup: it is none, or of another version.
        OSError: the place cannot be read.
    """
    try:
        with copy.open().open(NAME, None) as stream:
            return cattrs.structure(json.loads(stream.read()), Manifest)
    except FileNotFoundError:
        return None
    except (ValueError, LookupError, TypeError, cattrs.BaseValidationError) as error:
        raise NoBackup(copy.url, f"its {NAME} cannot be read") from error


def write_manifest(place: Place, manifest: Manifest, part: Path) -> None:
    """Put the manifest in the place of the one before it, by way of a file here."""
    part.write_text(json.dumps(cattrs.unstructure(manifest), ensure_ascii=False) + "\n", encoding="utf-8")
    place.put(part, NAME)
