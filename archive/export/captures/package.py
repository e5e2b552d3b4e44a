"""A WACZ 1.1.1 that is written from front to back: archives, index, pages, and the manifest with all their digests."""

from __future__ import annotations

import hashlib
import json
import struct
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import IO

from archive.catalog.chosen import ChosenCaptures, IndexRow
from archive.clock import now, parse_warc_date
from archive.export.captures.description import SOFTWARE, Description
from archive.export.captures.signing import Signer
from archive.export.captures.zipnum import NAME, write_zipnum
from archive.warc import cdxj

VERSION = "1.1.1"
_IDX = "index.idx"
_AT_ONCE = 256 * 1024
# Lists of pages are a tenth larger than at the usual level, at a third of the time
_LEVEL = 2
_PERMISSIONS = 0o644 << 16
# An extended timestamp without times (Info-ZIP, 0x5455). A size that is not known beforehand needs an extra field ahead
# of the file; of an entry without one in the directory ReplayWeb.page assumes that there is none there either
_EXTRA = struct.pack("<HHB", 0x5455, 1, 0)
_PAGES = {"format": "json-pages-1.0", "id": "pages", "title": "Articles"}


class _Entry:
    """A file within the ZIP that is being written, with its size and SHA-256."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream, self._sha256 = stream, hashlib.sha256()
        self._waiting: list[bytes] = []
        self._waiting_bytes = self.size = 0

    def write(self, octets: bytes) -> int:
        self._waiting.append(octets)
        self._waiting_bytes += len(octets)
        self.size += len(octets)
        if self._waiting_bytes >= _AT_ONCE:
            self._pass_on()
        return len(octets)

    def _pass_on(self) -> None:
        octets = b"".join(self._waiting)
        self._waiting, self._waiting_bytes = [], 0
        self._stream.write(octets)
        self._sha256.update(octets)

    @property
    def hash(self) -> str:
        return "sha256:" + self._sha256.hexdigest()

    def close(self) -> None:
        self._pass_on()
        self._stream.close()


class Archive(_Entry):
    """A WARC file within the ZIP."""


class Package:
    """Writes a WACZ to a file that need not be able to seek; what is written is not kept. A context manager."""

    def __init__(self, file: IO[bytes], description: Description, signer: Signer | None) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_STORED, allowZip64=True, compresslevel=_LEVEL)
        self._description, self._signer = description, signer
        self._resources: list[dict[str, object]] = []
        self._archive: tuple[str, Archive] | None = None
        self.archives = 0

    def __enter__(self) -> Package:
        return self

    def __exit__(self, *_exception: object) -> None:
        """After an error leave what was written as it is."""
        if self._archive is not None:
            with suppress(OSError, ValueError):
                self._archive[1].close()
        self._zip.fp = None  # or the library would try to end the file when it is collected

    def begin_archive(self) -> Archive:
        """End the WARC file that is being written, and begin another, with its warcinfo record."""
        self._end_archive()
        self.archives += 1
        name = archive_name(self.archives - 1)
        archive = Archive(self._open(f"archive/{name}"))
        archive.write(self._description.warcinfo(name))
        self._archive = (f"archive/{name}", archive)
        return archive

    def _end_archive(self) -> None:
        if self._archive is not None:
            path, archive = self._archive
            archive.close()
            self._list(path, archive)
            self._archive = None

    def write_index(self, chosen: ChosenCaptures) -> None:
        """Write the index of what was copied, in compressed blocks."""
        self._end_archive()
        with self._written(f"indexes/{NAME}") as index:
            blocks = write_zipnum(map(_line, chosen.index()), index.write)
        with self._written(f"indexes/{_IDX}") as index:
            index.write(blocks)

    def write_pages(self, lines: Iterable[str], *, with_text: bool) -> None:
        """Write the list of pages."""
        head = _PAGES | ({"hasText": True} if with_text else {})
        with self._written("pages/pages.jsonl", is_compressed=True) as pages:
            pages.write(json.dumps(head).encode() + b"\n")
            for line in lines:
                pages.write(line.encode() + b"\n")

    def close(self) -> None:
        """Write the manifest and its digest, signed where a signer was given, and the directory of the ZIP."""
        one = self._description
        # of a signed file the time of signing; of others what follows from the collection, so that the bytes do too
        created = _second(now() if self._signer else one.last)
        manifest = {
            "profile": "data-package",
            "wacz_version": VERSION,
            "title": one.title,
            "description": one.description,
            "software": SOFTWARE,
            "created": created,
            "modified": created,
            "resources": self._resources,
        }
        octets = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
        self._zip.writestr(_entry("datapackage.json", is_compressed=True), octets)
        digest: dict[str, object] = {
            "path": "datapackage.json",
            "hash": (hash_ := "sha256:" + hashlib.sha256(octets).hexdigest()),
        }
        if self._signer is not None:
            digest["signedData"] = self._signer.sign(hash_, created, SOFTWARE)
        said = json.dumps(digest, ensure_ascii=False, indent=1).encode()
        self._zip.writestr(_entry("datapackage-digest.json", is_compressed=True), said)
        self._zip.close()

    @contextmanager
    def _written(self, path: str, *, is_compressed: bool = False) -> Iterator[_Entry]:
        entry = _Entry(self._open(path, is_compressed=is_compressed))
        try:
            yield entry
        finally:
            entry.close()
        self._list(path, entry)

    def _open(self, path: str, *, is_compressed: bool = False) -> IO[bytes]:
        entry = _entry(path, is_compressed=is_compressed)
        entry.extra = _EXTRA
        return self._zip.open(entry, "w", force_zip64=True)

    def _list(self, path: str, entry: _Entry) -> None:
        name = path.rpartition("/")[2]
        self._resources.append({"name": name, "path": path, "hash": entry.hash, "bytes": entry.size})


def archive_name(number: int) -> str:
    """The name of a WARC file within a WACZ, by its number from 0."""
    return f"subset-{number:05}.warc.gz"


def _entry(path: str, *, is_compressed: bool = False) -> zipfile.ZipInfo:
    # the time of a ZIP's entry is left at its beginning, so that equal exports have equal bytes
    entry = zipfile.ZipInfo(path)
    entry.compress_type = zipfile.ZIP_DEFLATED if is_compressed else zipfile.ZIP_STORED
    entry.external_attr = _PERMISSIONS
    return entry


def _line(row: IndexRow) -> str:
    is_revisit = row.type == "revisit"
    return cdxj.line(
        row.urlkey,
        parse_warc_date(row.captured_at),
        url=row.url,
        file=archive_name(row.file),
        offset=row.offset,
        length=row.length,
        status=row.status,
        mime=cdxj.REVISIT if is_revisit else row.mime,
        digest=row.payload_digest,
        is_precise=True,
    )


def _second(instant: datetime) -> str:
    # other programs read this form alone
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
