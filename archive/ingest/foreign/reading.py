"""Reads the captures of a WARC file of any program: those whose records are sound, and what is wrong with the others.

The same reading serves an import and a rebuild, so that both enter the same rows.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import attrs

from archive.catalog.captures import CaptureRow, RowValues
from archive.clock import warc_date
from archive.errors import RecordError
from archive.faults import Damage, Fault
from archive.readable import Readable
from archive.urls import can_be_split
from archive.warc.cdxj import urlkey
from archive.warc.check.findings import HEADER, Departure, Finding
from archive.warc.check.verdicts import Checked
from archive.warc.check.verify import verify_file, verify_part, verify_stream
from archive.warc.dates import capture_instant
from archive.warc.http import HttpMessage
from archive.warc.httphead import HttpHead
from archive.warc.members import GZIP_MAGIC, RECORD_END
from archive.warc.reader import not_a_warc, read_record
from archive.warc.recordhead import read_warc_fields
from archive.warc.repair.salvage import is_proven_by_digest

CAPTURES = ("response", "revisit", "resource")
_LONGEST_ADDRESS = 64 * 1024
_WITHOUT_HOST = re.compile(r"https?:(?!//[^/?#:\s])", re.IGNORECASE)
_LONGEST_LAST = 64 * 1024 * 1024


@attrs.frozen
class Trouble:
    """A place of a foreign file, and what is wrong there; `is_lost`: nothing of it was imported.

    A record whose digest is wrong although its gzip member is sound is imported: so its writer wrote it.
    """

    offset: int
    fault: Fault
    record_id: str | None
    is_lost: bool = True


@attrs.frozen
class FoundCapture:
    """A capture that can be read: its row, and the HTTP message in it."""

    row: CaptureRow
    message: HttpMessage | None
    warcinfo_id: str | None


@attrs.frozen
class OtherRecord:
    """A sound record that is no capture."""

    offset: int
    length: int


class MembersShared(Exception):
    """Records share gzip members, so that they have no place of their own: a copy of the file can be imported."""


def read_captures(path: Readable, name: str) -> Iterator[FoundCapture | OtherRecord | Trouble]:
    """The sound records of a file in order, and what is wrong with the others.

    Raises:
        MembersShared: the file is not compressed record by record.
        OSError: it cannot be read.
    """
    with path.open("rb") as stream:
        first = stream.read(8)
    is_zipped = first.startswith(GZIP_MAGIC)
    is_other = not is_zipped and not first.lstrip(b"\r\n").upper().startswith(b"WARC/")
    for record, findings in verify_file(path, name=name, only_damage=True):
        if record is None:
            damage = _damage(findings)
            if (last := last_record(path, damage)) is not None:
                yield _found(last)
                continue
            for one in damage:
                fault = not_a_warc(first) if is_other and not one.offset else one.fault
                yield Trouble(one.offset or 0, fault, one.record_id)
            continue
        yield from _of_record(record, findings, is_zipped=is_zipped)


@attrs.frozen
class PartRead:
    """The bytes that the records of a part of a file take; `end` is None where only the whole file can be read: records
    share gzip members, or a place is damaged."""

    start: int
    end: int | None


Row = RowValues | OtherRecord | Trouble


def rows_of(path: Readable, name: str) -> Iterator[Row]:
    """As `read_captures`, with the values of the rows alone."""
    return map(_row, read_captures(path, name))


def rows_of_part(path: Path, name: str, places: range) -> Iterator[Row | PartRead]:
    """As `rows_of`, of the records that begin in a part of a compressed file, and last the bytes that they take.

    Nothing where no record begins in the part. Where the parts of a file follow each other without a gap, their rows
    are those of the file.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as stream:
        verdicts = verify_part(stream, name, places)
        start = end = next(verdicts, None)
        if not isinstance(start, int):
            return
        for one in verdicts:
            if isinstance(one, int):
                end = one
            elif one[0] is not None and one[0].length:
                yield from map(_row, _of_record(one[0], one[1], is_zipped=True))
            elif one[0] is not None or _damage(one[1]):  # what is told of damage depends on where the reading began
                end = None
                break
    yield PartRead(start, end if isinstance(end, int) else None)


def _row(found: FoundCapture | OtherRecord | Trouble) -> Row:
    return found.row.values() if isinstance(found, FoundCapture) else found


def _damage(findings: list[Finding]) -> list[Finding]:
    return [one for one in findings if one.severity == "damage" and one.rule != HEADER]


def _of_record(
    record: Checked, findings: list[Finding], *, is_zipped: bool
) -> Iterator[FoundCapture | OtherRecord | Trouble]:
    if not record.length:
        raise MembersShared
    damage = _damage(findings) if findings else []
    is_lost = bool(damage) and not is_kept(record, findings, is_zipped=is_zipped)
    yield from (Trouble(record.offset, one.fault, record.record_id, is_lost) for one in damage[:1])
    if not is_lost:
        yield _found(record)


def last_record(path: Readable, damage: list[Finding]) -> Checked | None:
    """The record at the end of an uncompressed file that was cut behind its block, where that is whole; else None."""
    if [one.fault.code for one in damage] != [Damage.LINE_ENDS_CUT]:
        return None
    offset, there = damage[0].offset or 0, damage[0].fault["found"]
    with path.open("rb") as stream:
        if stream.read(len(GZIP_MAGIC)) == GZIP_MAGIC:
            return None
        stream.seek(offset)
        octets = stream.read(_LONGEST_LAST)
    ends = RECORD_END[there if isinstance(there, int) else 0 :]
    verdicts = list(verify_stream(io.BytesIO(octets + ends), path.name, only_damage=True))
    if len(verdicts) != 1 or verdicts[0][0] is None or any(one.severity == "damage" for one in verdicts[0][1]):
        return None
    found = verdicts[0][0]
    found.offset, found.length = offset, len(octets)
    return found


def is_kept(record: Checked, findings: list[Finding], *, is_zipped: bool) -> bool:
    """Whether a record with a wrong digest is as its writer wrote it: a checksum or another digest says so."""
    wrong = {one.fault.code for one in findings if one.severity == "damage"}
    return wrong == {Departure.WRONG_DIGEST} and (is_zipped or is_proven_by_digest(record, findings))


def _found(record: Checked) -> FoundCapture | OtherRecord | Trouble:
    url = record.url
    if record.type not in CAPTURES or not url or len(url) > _LONGEST_ADDRESS:
        return OtherRecord(record.offset, record.length)
    text = record.head.text
    said = text(b"warc-date") or ""
    try:
        captured_at = warc_date(capture_instant(said))
    except (ValueError, OverflowError):
        return Trouble(record.offset, Fault.of(Damage.NO_DATE, found=said[:100]), record.record_id)
    if not can_be_split(url) or _WITHOUT_HOST.match(url):
        return Trouble(record.offset, Fault.of(Damage.NO_ADDRESS, found=url[:100]), record.record_id)
    record_id = record.record_id
    if not record_id:
        return Trouble(record.offset, Fault.of(Departure.MISSING, field="WARC-Record-ID"), None)
    message = _message(record.message)
    row = CaptureRow(
        record_id=record_id,
        offset=record.offset,
        length=record.length,
        type=record.type,
        url=url,
        urlkey=urlkey(url),
        captured_at=captured_at,
        status=message.status if message else None,
        mime=message.mime if message else text(b"content-type"),
        payload_digest=text(b"warc-payload-digest"),
        refers_to=(text(b"warc-refers-to") or "").strip("<>") or None,
    )
    return FoundCapture(row, message, (text(b"warc-warcinfo-id") or "").strip("<>") or None)


def _message(head: HttpHead | None) -> HttpMessage | None:
    return HttpMessage(head, b"") if head is not None else None


def software_of(path: Readable) -> str | None:
    """The program that wrote a file, as its first record says; None where that does not say it."""
    try:
        first = read_record(path, 0)
    except (RecordError, OSError):
        return None
    return read_warc_fields(first.block).get("software", "")[:200] or None if first.type == "warcinfo" else None
