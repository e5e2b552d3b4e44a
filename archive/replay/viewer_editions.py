"""Editions of the collection for the viewer: WACZ files whose parts are made when it asks for them.

Its members stand far apart at places that follow from their ids, with nothing between them: what a viewer has read of
the ZIP stays true while files grow and others join them, and in every process, so nothing is kept for it. The index is
in blocks between captures that are drawn by their ids; a block is read from the catalog, whose own index has the order
of the keys, when the viewer asks for it. The first page of a replay therefore costs the same with a thousand captures
and with a million. When files are joined to others, an edition goes on with the files of its generation, and reads
their bytes where they are now. A WACZ that can be taken away whole is an `Edition`.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import closing

import attrs

from archive.catalog import Catalog, WarcFile
from archive.catalog.former_files import FormerFile, former_files, last_generation
from archive.catalog.readers_views import capture_places, withholding_state
from archive.collection import Collection
from archive.replay.index_lines import FormerPlaces, Place, beginning, first_place, lines_between, sampled_places
from archive.replay.storedzip import Held, Masked, Member, Segment, central_header, end_of_directory, local_header
from archive.replay.wacz import PAGES_HEADER, WarcMember

# Each file has a slot of this many bytes, by its id. JavaScript counts to 2^53 without rounding: enough for 524,000
# files.
_SLOT = 1 << 34
_MOST_BYTES = _SLOT - 4096
"""What a file holds beyond this is not shown."""
# Ids begin with 1; the slots ahead of the first file's are the index's.
_SLOTS_AHEAD = 16
_PAGES_AT, _PACKAGE_AT, _INDEX_AT, _BLOCKS_AT = 0, 1 << 20, 2 << 20, _SLOT
_BLOCK_SLOT = 1 << 24
_MOST_BLOCKS = (_SLOTS_AHEAD - 1) * _SLOT // _BLOCK_SLOT - 2
STEP = 1000
"""How many captures a block has on average."""
_BLOCKS = "archive.cdx.gz"
# A reader looks for a ZIP's end in as many bytes as it can have, and finds that many: 22 and a comment (4.3.16).
_LONGEST_END = 1 << 17
_KEPT_BLOCKS, _KEPT_EDITIONS = 64, 4
_PACKAGE = b'{"profile": "data-package", "wacz_version": "1.1.1", "software": "baotinh", "resources": []}'
_ETAG = re.compile(r"([0-9]{1,15})-([0-9]{1,15})-([0-9]{1,15})-[0-9a-f]{16}")


@attrs.frozen
class _Blocks:
    """The member of the index's blocks. They are made one by one, so its checksum is not known; no viewer reads it."""

    size: int
    name: str = f"indexes/{_BLOCKS}"
    crc32: int = 0

    def read(self, start: int, end: int) -> Iterator[bytes]:
        """Nothing: a block is read by its number."""
        return iter(())


class ViewerEdition:
    """The WACZ of the captures up to one id, in the files of one generation. `etag` names that state of the catalog.

    Args:
        last_file: id of the last file. The files up to it make the same directory in every process, whenever they grow.
    """

    def __init__(
        self,
        collection: Collection,
        catalog: Catalog,
        until: int,
        step: int = STEP,
        generation: int = 0,
        last_file: int | None = None,
    ) -> None:
        last_file = _last_ids(catalog)[1] if last_file is None else last_file
        self._collection, self._until, self._generation = collection, until, generation
        places, record_ids = sampled_places(catalog, max(step, until // _MOST_BLOCKS + 1), until)
        first = first_place(catalog, until)
        self._places: list[Place] = places if first is None or first in places[:1] else [first, *places]
        files = [file for file in catalog.warc_files() if file.id <= last_file]
        self._files: dict[int, Member] = {
            file.id: self._of_file(catalog, WarcMember(collection, _shown_part(file)), file.name) for file in files
        }
        for former in former_files(catalog.connection, since=generation):
            if 0 < former.id <= last_file:
                member = WarcMember(collection, _shown_part(_as_file(former)))
                self._files[former.id] = self._of_file(catalog, member, former.file, former.offset)
        state = json.dumps([until, generation, last_file, record_ids, catalog.record_id_of(until), state_of(catalog)])
        self.etag = f"{until}-{generation}-{last_file}-{hashlib.sha256(state.encode()).hexdigest()[:16]}"
        self._blocks = _Blocks(len(self._places) * _BLOCK_SLOT)
        self._small: dict[int, Member] = {
            _PAGES_AT: Held("pages/pages.jsonl", PAGES_HEADER),
            _PACKAGE_AT: Held("datapackage.json", _PACKAGE),
            _INDEX_AT: Held("indexes/archive.idx", self._index()),
        }
        self._tail_at = _place_of(last_file + 1)
        self._tail = self._directory()
        self.size = self._tail_at + len(self._tail)
        self._kept: OrderedDict[int, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def _of_file(self, catalog: Catalog, member: Member, file: str, base: int = 0) -> Member:
        """A member whose bytes are those of a file from `base` on.

        While anything is withheld, only captures are given away, which is all that a viewer reads: the request and the
        metadata of one that is withheld name its address, and the catalog does not know their places.
        """
        if not catalog.withholds:
            return member

        def shown(start: int, end: int) -> list[range]:
            with closing(self._collection.catalog()) as now:
                found = capture_places(now.connection, file, base + start, base + end)
            return [range(place.start - base, place.stop - base) for place in found]

        return Masked(member, shown)

    def _index(self) -> bytes:
        lines = [f'!meta 0 {{"format": "cdxj-gzip-1.0", "filename": "{_BLOCKS}"}}']
        for nth, place in enumerate(self._places):
            part = {"offset": nth * _BLOCK_SLOT, "length": _BLOCK_SLOT, "filename": _BLOCKS}
            lines.append(f"{beginning(place)} {json.dumps(part)}")
        return "".join(line + "\n" for line in lines).encode()

    def _directory(self) -> bytes:
        """The ZIP's directory and end, which stand behind all places."""
        members: list[tuple[int, Member]] = [(_place_of(number), one) for number, one in self._files.items()]
        # of several indexes the viewer takes the last one's kind for that of all
        members += [(_PAGES_AT, self._small[_PAGES_AT]), (_PACKAGE_AT, self._small[_PACKAGE_AT])]
        members += [(_BLOCKS_AT, self._blocks), (_INDEX_AT, self._small[_INDEX_AT])]
        directory = b"".join(central_header(member, place) for place, member in members)
        ahead = bytes(_LONGEST_END)
        return ahead + directory + end_of_directory(len(members), self._tail_at + len(ahead), len(directory))

    def end_of(self, start: int, end: int) -> int:
        """Where the bytes end that stand in one piece from `start` on, at `end` at the latest."""
        at = start
        while at < end and (found := self._segment(at)) is not None:
            at = found.start + found.size
        return min(at, end)

    def read(self, start: int, end: int) -> Iterator[bytes]:
        """The bytes [start, end), as far as there are bytes, piece by piece.

        Raises:
            CollectionInconsistent: a WARC file is gone or shorter than the catalog says.
        """
        while start < end and (found := self._segment(start)) is not None:
            until = min(end, found.start + found.size)
            yield from found.read(start - found.start, until - found.start)
            start = until

    def _segment(self, at: int) -> Segment | None:
        """The piece in which a byte stands; None where none stands there."""
        if at >= self._tail_at:
            return _piece(Held("", self._tail), self._tail_at, at)
        slot = at // _SLOT
        if slot >= _SLOTS_AHEAD:
            return self._of_member(self._files.get(slot - _SLOTS_AHEAD + 1), slot * _SLOT, at)
        if at < _BLOCKS_AT:
            place = max(place for place in self._small if place <= at)
            return self._of_member(self._small[place], place, at)
        header = local_header(self._blocks)
        begins = _BLOCKS_AT + len(header)
        if at < begins:
            return _piece(Held("", header), _BLOCKS_AT, at)
        nth = (at - begins) // _BLOCK_SLOT
        if nth >= len(self._places):
            return None
        return _piece(Held("", self._block(nth)), begins + nth * _BLOCK_SLOT, at)

    @staticmethod
    def _of_member(member: Member | None, place: int, at: int) -> Segment | None:
        if member is None:
            return None
        header = local_header(member)
        return _piece(Held("", header), place, at) or _piece(member, place + len(header), at)

    def _block(self, nth: int) -> bytes:
        """The lines of one block, as one gzip member."""
        with self._lock:
            if nth in self._kept:
                self._kept.move_to_end(nth)
                return self._kept[nth]
        after = self._places[nth + 1] if nth + 1 < len(self._places) else None
        with closing(self._collection.catalog()) as catalog:
            files = FormerPlaces(former_files(catalog.connection, since=self._generation))
            found = lines_between(catalog, self._places[nth], after, self._until, files)
            lines = [line + "\n" for line in found]
        made = gzip.compress("".join(lines).encode(), compresslevel=1, mtime=0)
        with self._lock:
            self._kept[nth] = made
            while len(self._kept) > _KEPT_BLOCKS:
                self._kept.popitem(last=False)
        return made


def state_of(catalog: Catalog) -> str:
    """A name of what is withheld from the readers of a catalog."""
    return withholding_state(catalog.connection) if catalog.withholds else ""


def _piece(member: Member, place: int, at: int) -> Segment | None:
    """The member's content as a piece that begins at a place, if the byte `at` is in it."""
    return Segment(place, member.size, member.read) if place <= at < place + member.size else None


def _shown_part(file: WarcFile) -> WarcFile:
    return file if file.committed <= _MOST_BYTES else attrs.evolve(file, committed=_MOST_BYTES)


def _as_file(former: FormerFile) -> WarcFile:
    """A former file as it was."""
    return WarcFile(former.id, former.name, "", former.run_id, "written", "closed", former.length, former.crc32, None)


def _place_of(file_id: int) -> int:
    return (file_id + _SLOTS_AHEAD - 1) * _SLOT


class ViewerEditions:
    """The current edition for viewers, and a few before it."""

    def __init__(self, collection: Collection) -> None:
        self.collection = collection
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, ViewerEdition] = OrderedDict()
        self._now: tuple[tuple[int, ...], str] | None = None
        self._withheld = ""

    def current(self) -> ViewerEdition:
        """The edition of the catalog as it stands now."""
        with self._lock, closing(self.collection.catalog()) as catalog:
            # a catalog that was made anew is another file, and may give its rows other ids
            state = (self.collection.catalog_path.stat().st_ino, *_last_ids(catalog))
            self._forget_what_is_withheld(catalog)
            if self._now is None or self._now[0] != state or self._now[1] not in self._kept:
                _, until, last_file, generation = state
                made = ViewerEdition(self.collection, catalog, until, generation=generation, last_file=last_file)
                self._now = state, self._keep(made).etag
            return self._kept[self._now[1]]

    def edition(self, etag: str) -> ViewerEdition | None:
        """The edition of that state, made anew where it is not kept; None where the catalog was never in that state."""
        with self._lock:
            with closing(self.collection.catalog()) as catalog:
                self._forget_what_is_withheld(catalog)
            if etag not in self._kept and (found := _ETAG.fullmatch(etag)):
                until, generation, last_file = map(int, found.groups())
                with closing(self.collection.catalog()) as catalog:
                    self._keep(
                        ViewerEdition(
                            self.collection, catalog, until, generation=generation,
                            last_file=min(last_file, _last_ids(catalog)[1]),
                        )
                    )  # fmt: skip
            return self._kept.get(etag)

    def _forget_what_is_withheld(self, catalog: Catalog) -> None:
        """Forget the editions that were made when less was withheld, or more."""
        if (withheld := state_of(catalog)) != self._withheld:
            self._withheld, self._now = withheld, None
            self._kept.clear()

    def _keep(self, edition: ViewerEdition) -> ViewerEdition:
        self._kept[edition.etag] = edition
        while len(self._kept) > _KEPT_EDITIONS:
            self._kept.popitem(last=False)
        return edition


def _last_ids(catalog: Catalog) -> tuple[int, int, int]:
    """The last capture, the last file, and the last generation."""
    row = catalog.connection.execute(
        "SELECT (SELECT coalesce(max(id), 0) FROM captures), (SELECT coalesce(max(id), 0) FROM warc_files)"
    ).fetchone()
    return int(row[0]), int(row[1]), last_generation(catalog.connection)
