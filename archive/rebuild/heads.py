"""The WARC files of a collection that is rebuilt: their first records, and the former files within joined ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import attrs

from archive.clock import parse_warc_date, warc_date
from archive.collection import OPEN_SUFFIX, Collection
from archive.durable import is_within
from archive.errors import NotAWarc, RecordDamaged, RecordError
from archive.readable import Readable
from archive.warc.reader import Record, read_on, read_record, read_records
from archive.warc.recordhead import read_warc_fields
from archive.warc.writer import is_joined, newspaper_of


@attrs.frozen
class WarcHead:
    """A WARC file on disk, or a former one within a joined file, with the fields of its first record."""

    path: Readable
    name: str
    newspaper: str | None  # None where the file was imported, or has another name than the writer gives
    began_at: str
    said: Mapping[str, str]
    info_id: str = ""  # of its warcinfo record
    place: range = range(0)  # of a former file: where it is
    parts: tuple[WarcHead, ...] = ()  # of a joined file: the files that it was made of

    @property
    def is_open(self) -> bool:
        """Whether a crash left it unfinished."""
        return self.path.name.endswith(OPEN_SUFFIX)


def heads(collection: Collection) -> list[WarcHead]:
    """The WARC files of a collection by time, as far as it is known; imported ones last.

    Raises:
        OSError: the folder cannot be read.
        PlaceFailed: a place to which files were moved cannot be read.
    """
    local = [path for path in collection.warc.iterdir() if path.is_file() and _is_warc(path)]
    moved = collection.stored_names() - {path.name for path in local}
    files: list[Readable] = [*local, *(collection.warc_file(name, is_fresh=True) for name in moved)]
    return sorted(map(_head, files), key=order)


def order(head: WarcHead) -> tuple[bool, str, str]:
    """The key by which files are entered."""
    return head.newspaper is None, head.began_at, head.name


def _is_warc(path: Path) -> bool:
    return path.name.removesuffix(OPEN_SUFFIX).lower().endswith((".warc", ".warc.gz"))


def _head(path: Readable) -> WarcHead:
    name = path.name.removesuffix(OPEN_SUFFIX)
    try:
        head = _head_of(path, name, read_record(path, 0))
    except RecordError:  # reading the whole file reports it
        head = WarcHead(path, name, newspaper_of(name), "9999", {})
    return attrs.evolve(head, parts=_parts(path)) if is_joined(name) else head


def _head_of(path: Readable, name: str, record: Record) -> WarcHead:
    began_at, said, info_id = "9999", {}, ""
    try:
        began_at = warc_date(parse_warc_date((record.header("WARC-Date") or "").upper()))
        if record.type == "warcinfo":
            said, info_id = read_warc_fields(record.block), record.record_id
    except (RecordError, ValueError, OverflowError):
        pass
    return WarcHead(path, name, newspaper_of(name), began_at, said, info_id)


def _parts(path: Readable) -> tuple[WarcHead, ...]:
    """The former files of a joined one, each from its warcinfo record to the next."""
    found = [
        (record.offset, _head_of(path, name, record))
        for record in _sound_records(path)
        if record.type == "warcinfo" and (name := record.header("WARC-Filename")) and newspaper_of(name)
    ]
    ends = [*(offset for offset, _ in found[1:]), path.stat().st_size]
    return tuple(attrs.evolve(head, place=range(offset, end)) for (offset, head), end in zip(found, ends, strict=True))


def _sound_records(path: Readable) -> Iterator[Record]:
    records = read_records(path)
    while True:
        try:
            yield from records
            return
        except (NotAWarc, OSError):
            return
        except RecordDamaged as error:
            records = read_on(path, error.offset)


def without_former(files: list[WarcHead]) -> tuple[list[WarcHead], list[tuple[WarcHead, WarcHead, range]]]:
    """Leave out files whose bytes a joined one has: a compaction was killed, or a merged collection has both.

    Returns:
        The other files; and those that were left out, each with the joined file and its place there.
    """
    holders: dict[str, list[tuple[WarcHead, int]]] = {}
    for holder in files:
        for part in holder.parts:
            holders.setdefault(part.info_id, []).append((holder, part.place.start))
    kept, former = [], []
    for head in files:
        places = holders.get(head.info_id, []) if head.info_id else []
        found = next((place for holder, start in places if (place := _within(head, holder, start))), None)
        if found is None:
            kept.append(head)
        else:
            former.append((head, *found))
    return kept, former


def _within(head: WarcHead, holder: WarcHead, start: int) -> tuple[WarcHead, range] | None:
    size = head.path.stat().st_size
    if head.path == holder.path or head.is_open or start + size > holder.path.stat().st_size:
        return None
    place = range(start, start + size)
    return (holder, place) if is_within(head.path, holder.path, place) else None
