"""What a copy in a store holds: the manifest, which is written last and names every file with its checksum."""

from __future__ import annotations

import json
import re
from pathlib import Path

import attrs
import cattrs

from archive.errors import NoBackup
from archive.storage.located import NamedPlace
from archive.storage.places import Place

NAME = "backup.json"
FOLDERS = ("warc", "jsonl", "reports", "sets")
_MOST_BYTES = 1 << 30
_MOST_LETTERS = 255
_DOTS = (".", "..")
_CATALOG = re.compile(r"catalog-\d{14}\.sqlite\.zst")


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


def is_file_name(name: str) -> bool:
    """Whether a name that came from elsewhere names a file of a folder, and nothing above or below it."""
    return 0 < len(name.encode(errors="replace")) <= _MOST_LETTERS and not set(name) & {"/", "\0"} and name not in _DOTS


def read_manifest(copy: NamedPlace) -> Manifest | None:
    """The manifest of the copy in a place; None where there is none.

    Raises:
        NoBackup: it is none, of another version, or names what no backup writes.
        OSError: the place cannot be read.
    """
    try:
        with copy.open().open(NAME, None) as stream:
            octets = stream.read(_MOST_BYTES + 1)
        if len(octets) > _MOST_BYTES:
            raise NoBackup(copy.url, f"its {NAME} is too large")
        manifest = cattrs.structure(json.loads(octets), Manifest)
    except FileNotFoundError:
        return None
    except (ValueError, LookupError, TypeError, RecursionError, cattrs.BaseValidationError) as error:
        raise NoBackup(copy.url, f"its {NAME} cannot be read") from error
    if (strange := _strange(manifest)) is not None:
        raise NoBackup(copy.url, f"its {NAME} names {strange!r}")
    return manifest


def _strange(manifest: Manifest) -> str | int | None:
    """The first name or length in a manifest that no backup writes, as whoever may write to a store could."""
    if not _CATALOG.fullmatch(manifest.catalog.name):
        return manifest.catalog.name
    for name in manifest.warc:
        if not (is_file_name(name) and name.lower().endswith((".warc", ".warc.gz"))):
            return name
    for name in manifest.texts:
        folder, _, file = name.partition("/")
        if folder not in FOLDERS[1:] or not (is_file_name(file) and file.endswith((".json", ".jsonl"))):
            return name
    lengths = [manifest.catalog.size, *(size for size, _ in manifest.warc.values())]
    lengths += [number for text in manifest.texts.values() for number in (text.size, text.written_ns)]
    return next((length for length in lengths if not 0 <= length < 1 << 63), None)


def write_manifest(place: Place, manifest: Manifest, part: Path) -> None:
    """Put the manifest in the place of the one before it, by way of a file here."""
    part.write_text(json.dumps(cattrs.unstructure(manifest), ensure_ascii=False) + "\n", encoding="utf-8")
    place.put(part, NAME)
