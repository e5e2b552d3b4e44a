"""The committed bytes of a WARC file, wherever it stands, copied for a backup."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path

from archive.catalog import WarcFile
from archive.collection import Collection
from archive.errors import CollectionInconsistent
from archive.replay.wacz import WarcMember
from archive.storage.checked import as_place_failed
from archive.storage.located import storage_of


def copy_committed(source: Collection, file: WarcFile, part: Path) -> int:
    """Copy the committed bytes of a WARC file to a part, without syncing; their CRC-32.

    Raises:
        CollectionInconsistent: it is gone or shorter than the catalog says; then no part is left.
        PlaceFailed: the place to which it was moved cannot be read now.
    """
    crc32 = 0
    try:
        with part.open("wb") as stream:
            for piece in _pieces(source, file):
                crc32 = zlib.crc32(piece, crc32)
                stream.write(piece)
    except CollectionInconsistent:
        part.unlink(missing_ok=True)
        raise
    return crc32


def _pieces(source: Collection, file: WarcFile) -> Iterator[bytes]:
    pieces = WarcMember(source, file).read(0, file.committed)
    places = () if source.warc_file(file.name).path.exists() else storage_of(source.root).places
    if not places:
        yield from pieces
        return
    with as_place_failed(places[0].url):
        try:
            yield from pieces
        except CollectionInconsistent as error:
            if isinstance(error.__cause__, OSError) and not isinstance(error.__cause__, FileNotFoundError):
                raise error.__cause__ from error
            raise
