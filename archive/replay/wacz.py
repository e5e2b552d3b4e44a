"""The collection as one WACZ 1.1.1 file, to be taken away, that is generated as it is read.

An *edition* is the collection as it stood at one state of its catalog. Its index is in compressed blocks that a viewer
fetches one by one; captures newer than these are in a short plain index, so that new ones are there at once.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import json
import os
import pickle
import re
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

import attrs

from archive.catalog import Catalog, WarcFile
from archive.catalog.former_files import former_file
from archive.clock import parse_warc_date, warc_date
from archive.collection import Collection
from archive.errors import CollectionInconsistent
from archive.printable import json_text
from archive.replay.index_lines import lines_entered
from archive.replay.storedzip import CHUNK, Held, Member, StoredZip

BLOCK_LINES = 3000
KEPT_EDITIONS = 8
_ETAG = re.compile("[0-9a-f]{20}")
PAGES_HEADER = b'{"format": "json-pages-1.0", "id": "pages", "title": "Articles"}\n'
"""The first line of a list of pages (WACZ 1.1.1, 5.1.1)."""


@attrs.frozen
class WarcMember:
    """The committed bytes of a WARC file, read in place also while it is being written."""

    collection: Collection
    file: WarcFile

    @property
    def name(self) -> str:
        """Its name within the WACZ."""
        return f"archive/{self.file.name}"

    @property
    def size(self) -> int:
        """Committed bytes."""
        return self.file.committed

    @property
    def crc32(self) -> int:
        """CRC-32 of the committed bytes."""
        return self.file.crc32

    def read(self, start: int, end: int) -> Iterator[bytes]:
        """The bytes [start, end).

        Raises:
            CollectionInconsistent: the file is gone or shorter than the catalog says.
        """
        stream, base = self._open()
        with stream:
            stream.seek(base + start)
            while start < end:
                piece = stream.read(min(CHUNK, end - start))
                if not piece:
                    raise CollectionInconsistent(
                        self.collection.warc, f"{self.file.name} ends at byte {start} before {self.file.committed}"
                    )
                start += len(piece)
                yield piece

    def _open(self) -> tuple[BinaryIO, int]:
        """The file, or the one that holds its bytes now, and where they begin there."""
        try:
            with contextlib.suppress(FileNotFoundError):
                return self.collection.warc_file(self.file.name).open("rb"), 0
            # Since its name was read it was closed and has no '.open' now, or its records were moved
            with self.collection.catalog() as catalog:
                former = former_file(catalog.connection, self.file.name)
            name, base = (former.file, former.offset) if former else (self.file.name, 0)
            return self.collection.warc_file(name).open("rb"), base
        except OSError as error:
            raise CollectionInconsistent(self.collection.warc, f"{self.file.name}: {error.strerror}") from error


class Edition(StoredZip):
    """The WACZ of one state of the catalog. `etag` names the state; equal states have equal bytes."""

    def __init__(self, etag: str, members: list[Member]) -> None:
        super().__init__(members)
        self.etag = etag


@attrs.frozen
class _Blocks:
    """The compressed part of the index: all captures up to id `until`."""

    until: int = 0
    index: bytes = b""
    lines: bytes = b""


@attrs.frozen
class _Pages:
    """The list of pages: all versions up to `seq`."""

    seq: int = 0
    lines: bytes = PAGES_HEADER


@attrs.frozen
class _State:
    """A state of the catalog: the files with committed bytes, the last capture and version, the times of captures."""

    files: tuple[WarcFile, ...]
    last: int
    seq: int
    began: str | None
    ended: str | None


def _first_and_last(catalog: Catalog) -> tuple[str | None, str | None]:
    first, last = catalog.connection.execute("SELECT min(captured_at), max(captured_at) FROM captures").fetchone()
    return first, last


class Editions:
    """The editions of a collection: the current one, and a few before it for viewers that still read them.

    Args:
        shared: a folder in which several processes leave each other the states of which they made editions, so that
            who reads one piece by piece may ask them in turn.
    """

    def __init__(self, collection: Collection, shared: Path | None = None) -> None:
        self.collection = collection
        self._states = _SharedStates(shared / "editions") if shared else None
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, Edition] = OrderedDict()
        self._blocks = _Blocks()
        self._pages = _Pages()

    def edition(self, etag: str) -> Edition | None:
        """The edition of that state, if it is the current one or still kept."""
        with self._lock:
            found = self._kept.get(etag)
        if found is None:
            current = self.current()
            found = current if current.etag == etag else self._of_another_process(etag)
        return found

    def _of_another_process(self, etag: str) -> Edition | None:
        state = self._states.read(etag) if self._states else None
        if state is None:
            return None
        with self._lock, closing(self.collection.catalog()) as catalog:
            # records of files that were joined to others since then have other places in the index
            if not {file.name for file in state.files} <= {file.name for file in catalog.warc_files()}:
                return None
            return self._keep(Edition(etag, self._members(catalog, state)))

    def current(self) -> Edition:
        """The edition of the catalog as it stands now."""
        with self._lock, closing(self.collection.catalog()) as catalog:
            catalog.connection.execute("BEGIN")
            files = [file for file in catalog.warc_files() if file.committed]
            last, seq = catalog.connection.execute(
                "SELECT (SELECT coalesce(max(id), 0) FROM captures), (SELECT coalesce(max(seq), 0) FROM versions)"
            ).fetchone()
            etag = _etag(files, last, seq)
            if etag not in self._kept:
                state = _State(tuple(files), last, seq, *_first_and_last(catalog))
                self._keep(Edition(etag, self._members(catalog, state)))
                if self._states:
                    self._states.write(etag, state)
            return self._kept[etag]

    def _keep(self, edition: Edition) -> Edition:
        self._kept[edition.etag] = edition
        while len(self._kept) > KEPT_EDITIONS:
            self._kept.popitem(last=False)
        return edition

    def _members(self, catalog: Catalog, state: _State) -> list[Member]:
        last, seq = state.last, state.seq
        # from the state alone, so that each process makes the same of it
        blocks_until = last - last % BLOCK_LINES
        if last < self._blocks.until or seq < self._pages.seq:
            self._blocks, self._pages = _Blocks(), _Pages()  # the catalog was replaced by an older one
        if blocks_until != self._blocks.until:
            self._blocks = _compress(catalog, blocks_until)
        if seq > self._pages.seq:
            self._pages = _Pages(seq, self._pages.lines + _pages(catalog, self._pages.seq, seq))
        made = [Held("pages/pages.jsonl", self._pages.lines)]
        recent = b"".join(line.encode() + b"\n" for line in lines_entered(catalog, self._blocks.until, last))
        # Viewers treat all indexes as of the kind of the last one, so the one in blocks comes last
        if recent or not self._blocks.lines:
            made.append(Held("indexes/index.cdx", recent))
        if self._blocks.lines:
            made.append(Held("indexes/archive.cdx.gz", self._blocks.lines))
            made.append(Held("indexes/archive.idx", self._blocks.index))
        warcs: list[Member] = [WarcMember(self.collection, file) for file in state.files]
        return [*warcs, *made, _datapackage(catalog, state, made)]


class _SharedStates:
    """The states of the last editions that any process made."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(exist_ok=True)

    def read(self, etag: str) -> _State | None:
        """The state of that name; None where it is not kept."""
        if not _ETAG.fullmatch(etag):
            return None
        try:
            state: _State = pickle.loads((self._folder / etag).read_bytes())
        except FileNotFoundError:
            return None
        return state

    def write(self, etag: str, state: _State) -> None:
        """Keep a state, in place of the oldest."""
        fresh = self._folder / f"{etag}.{os.getpid()}"
        fresh.write_bytes(pickle.dumps(state))
        fresh.replace(self._folder / etag)
        with contextlib.suppress(FileNotFoundError):  # another process removes it
            kept = sorted(self._folder.iterdir(), key=lambda path: path.stat().st_mtime_ns)
            for path in kept[:-KEPT_EDITIONS]:
                path.unlink()


def _etag(files: list[WarcFile], last: int, seq: int) -> str:
    state = json.dumps([last, seq, [[file.name, file.committed, file.crc32] for file in files]])
    return hashlib.sha256(state.encode()).hexdigest()[:20]


def _compress(catalog: Catalog, until: int) -> _Blocks:
    """The captures up to id `until` in gzip members of `BLOCK_LINES` lines, and the index of these (zipnum)."""
    index = ['!meta 0 {"format": "cdxj-gzip-1.0", "filename": "archive.cdx.gz"}']
    compressed = bytearray()
    block: list[str] = []

    def end_block() -> None:
        member = gzip.compress("".join(block).encode(), compresslevel=6, mtime=0)
        key, timestamp, _ = block[0].split(" ", 2)
        entry = {
            "offset": len(compressed),
            "length": len(member),
            "digest": "sha256:" + hashlib.sha256(member).hexdigest(),
            "filename": "archive.cdx.gz",
        }
        index.append(f"{key} {timestamp} {json.dumps(entry)}")
        compressed.extend(member)
        block.clear()

    for line in lines_entered(catalog, 0, until):
        block.append(line + "\n")
        if len(block) == BLOCK_LINES:
            end_block()
    if block:
        end_block()
    return _Blocks(until, ("\n".join(index) + "\n").encode(), bytes(compressed))


def _pages(catalog: Catalog, after: int, until: int) -> bytes:
    rows = catalog.connection.execute(
        """SELECT v.seq, c.url, v.captured_at, json_extract(unpacked_line(v.line), '$.title') FROM versions v
        JOIN captures c ON c.record_id = v.record_id WHERE v.seq > ? AND v.seq <= ? ORDER BY v.seq""",
        (after, until),
    )
    lines = [
        json_text({"id": f"v{seq}", "url": url, "ts": captured_at, "title": title})
        for seq, url, captured_at, title in rows
    ]
    return "".join(line + "\n" for line in lines).encode()


def _datapackage(catalog: Catalog, state: _State, made: list[Held]) -> Held:
    titles = [str(profile.get("title") or name) for name, profile in catalog.newspapers().items()]
    resources: list[dict[str, object]] = [
        {"name": file.name.rsplit("/", 1)[-1], "path": f"archive/{file.name}", "bytes": file.committed}
        | ({"hash": f"sha256:{file.sha256.removeprefix('sha256:')}"} if file.sha256 and file.state == "closed" else {})
        for file in state.files
    ]
    for member in made:
        digest = "sha256:" + hashlib.sha256(member.content).hexdigest()
        resources.append(
            {"name": member.name.rsplit("/", 1)[-1], "path": member.name, "hash": digest, "bytes": member.size}
        )
    package = {
        "profile": "data-package",
        "wacz_version": "1.1.1",
        "title": ", ".join(titles) or "baotinh",
        "software": "baotinh",
        "created": _wacz_date(state.began),
        "modified": _wacz_date(state.ended),
        "resources": resources,
    }
    return Held("datapackage.json", json.dumps(package, ensure_ascii=False, indent=1).encode())


def _wacz_date(text: str | None) -> str | None:
    return warc_date(parse_warc_date(text)) if text else None
