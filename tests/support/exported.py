"""What stands in an export of captures, as other programs read it."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import attrs
from warcio.archiveiterator import ArchiveIterator

from archive.collection import Collection
from archive.export.captures.signing import Signer
from archive.export.captures.wanted import CaptureForm, Taken, WantedCaptures
from archive.export.captures.writing import ROTATE_BYTES, export_captures
from archive.search.filters import Filters
from archive.search.selection import Selection


@attrs.frozen
class ReadRecord:
    """A record: its place, and its type, id and address."""

    offset: int
    length: int
    type: str
    id: str
    url: str | None


def records_of(octets: bytes) -> list[ReadRecord]:
    """All records of a WARC file, by warcio."""
    found, reader = [], ArchiveIterator(io.BytesIO(octets))
    for record in reader:
        head = record.rec_headers
        record.raw_stream.read()
        offset = reader.get_record_offset()
        length = reader.get_record_length()
        id = head.get_header("WARC-Record-ID").strip("<>")
        found.append(ReadRecord(offset, length, record.rec_type, id, head.get_header("WARC-Target-URI")))
    return found


def members_of(collection: Collection) -> dict[str, bytes]:
    """The gzip members of all WARC files of a collection, by record id."""
    found = {}
    with collection.catalog() as catalog:
        names = [file.name for file in catalog.warc_files()]
    for name in names:
        with collection.warc_file(name).open("rb") as stream:
            octets = stream.read()
        found |= {one.id: octets[one.offset : one.offset + one.length] for one in records_of(octets)}
    return found


@attrs.frozen
class OpenedWacz:
    """A WACZ in memory."""

    octets: bytes

    @property
    def zip(self) -> zipfile.ZipFile:
        return zipfile.ZipFile(io.BytesIO(self.octets))

    @property
    def manifest(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.zip.read("datapackage.json"))
        return found

    @property
    def archives(self) -> dict[str, bytes]:
        opened = self.zip
        return {
            name.removeprefix("archive/"): opened.read(name) for name in opened.namelist() if name[:8] == "archive/"
        }

    @property
    def records(self) -> list[ReadRecord]:
        return [record for octets in self.archives.values() for record in records_of(octets)]

    @property
    def index(self) -> list[dict[str, Any]]:
        lines = gzip.decompress(self.zip.read("indexes/index.cdx.gz")).decode().splitlines()
        assert lines == sorted(lines)
        return [json.loads(line.split(" ", 2)[2]) for line in lines]

    @property
    def pages(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.zip.read("pages/pages.jsonl").decode().splitlines()][1:]


def exported(
    collection: Collection,
    query: str = "",
    *,
    form: CaptureForm = "wacz",
    signer: Signer | None = None,
    rotate_bytes: int = ROTATE_BYTES,
    **filters: Any,
) -> tuple[bytes, Taken]:
    """An export in memory, and what it holds."""
    out = io.BytesIO()
    wanted = WantedCaptures(form=form, selection=Selection.of(query, Filters(**filters)))
    taken = export_captures(collection, wanted, out, signer=signer, rotate_bytes=rotate_bytes)
    return out.getvalue(), taken


def saved(folder: Path, octets: bytes, name: str = "export.wacz") -> Path:
    """The export as a file."""
    path = folder / name
    path.write_bytes(octets)
    return path
