"""A captured picture's bytes, if they are of a picture format without scripts."""

from __future__ import annotations

import attrs

from archive.catalog import Catalog
from archive.collection import Collection
from archive.originals import read_original

LARGEST = 40 * 1024 * 1024

# First bytes of the supported formats; the Content-Type is ignored. SVG is left out: it can contain scripts.
_BEGINNINGS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (4, b"ftypavif", "image/avif"),
    (4, b"ftypavis", "image/avif"),
)


@attrs.frozen
class Picture:
    """A captured picture, decoded."""

    mime: str
    content: bytes


def picture(collection: Collection, catalog: Catalog, record_id: str) -> Picture | None:
    """The picture of a capture, or None if it is not a picture of a supported format.

    Raises:
        RecordMissing: no such capture, or a revisit whose original is not in the collection.
        RecordDamaged: the record cannot be read.
    """
    record = read_original(collection, catalog, record_id)
    content = record.http.content(LARGEST) if record.http else record.block
    mime = kind(content)
    return Picture(mime, content) if mime and len(content) < LARGEST else None


def kind(content: bytes) -> str | None:
    """The type of a picture, judged by its first bytes."""
    for offset, beginning, mime in _BEGINNINGS:
        if content[offset : offset + len(beginning)] == beginning:
            return mime
    return None
