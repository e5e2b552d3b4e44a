"""The process that decodes and hashes captured pictures: places of records come in on a socket, hashes go back."""

from __future__ import annotations

import os
import resource
import sys
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path

from archive.collection import Collection
from archive.errors import RecordDamaged
from archive.originals import LARGEST, picture_type
from archive.pictures.decoding import Hashed, Outcome, hash_picture
from archive.processes import leave_modules_out_of_collection
from archive.warc.reader import read_record

MOST_MEMORY = 2 * 1024**3
"""Bytes of addresses: of these the modules take a quarter."""
OUT_OF_MEMORY = 12
"""Exit code, errno's ENOMEM."""


def hash_record(collection: Collection, file: str, offset: int, length: int) -> Hashed | None:
    """Hash the picture of a record; None where it is none of a format that is shown.

    Raises:
        RecordDamaged: the record cannot be read.
        OSError: its file cannot be.
    """
    record = read_record(collection.warc_file(file), offset, length)
    content = record.http.content(LARGEST) if record.http else record.block
    mime = picture_type(content)
    if mime is None:
        return None
    if len(content) >= LARGEST:
        return Hashed(outcome=Outcome.LARGE, mime=mime, octets=len(content))
    return hash_picture(content, mime)


def main() -> None:
    """Hash what comes in on the socket whose descriptor is the first argument; the second is the collection's root."""
    _, least = resource.getrlimit(resource.RLIMIT_AS)
    most = MOST_MEMORY if least == resource.RLIM_INFINITY else min(MOST_MEMORY, least)  # none may raise its own
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    leave_modules_out_of_collection()
    os.nice(2)  # the crawl, the reading of pages and the search index go first
    connection, collection = Connection(int(sys.argv[1])), Collection(Path(sys.argv[2]))
    with suppress(EOFError, ConnectionError):
        connection.send(None)  # it is ready
        while True:
            place = connection.recv()
            try:
                found: Hashed | None = hash_record(collection, *place)
            except (RecordDamaged, OSError):
                found = Hashed(outcome=Outcome.UNREADABLE)
            except MemoryError:
                raise SystemExit(OUT_OF_MEMORY) from None
            connection.send(found)


if __name__ == "__main__":
    main()
