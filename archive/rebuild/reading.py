"""Reads WARC files and JSON lines for a new catalog, in this process or in a worker; nothing is entered here."""

from __future__ import annotations

import base64
import binascii
import hashlib
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import attrs
import cattrs

from archive.article import Article, CaptureRef, LaterReading, article_of, values_of
from archive.catalog.captures import CaptureRow
from archive.clock import warc_date
from archive.collection import OPEN_SUFFIX
from archive.durable import pieces_of
from archive.errors import ArchiveDamaged, NotAWarc, RecordDamaged
from archive.faults import Damage, Fault
from archive.ingest.foreign.reading import FoundCapture, MembersShared, Trouble, read_captures
from archive.ingest.import_archive import capture_row, is_capture
from archive.readable import Readable
from archive.rebuild.account import LeftOut, Omission
from archive.warc.cdxj import urlkey
from archive.warc.http import HttpMessage, parse_message
from archive.warc.posted import indexed_address
from archive.warc.reader import Record, read_on, read_records
from archive.warc.recordhead import read_warc_fields

# Captures that wait for what the records behind them tell of them
_MOST_WAITING = 1000


@attrs.define
class Exchange:
    """A capture, and what the catalog keeps only for addresses."""

    row: CaptureRow
    kind: str | None = None
    section: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    location: str | None = None
    via: str | None = None
    info_id: str = ""
    """The warcinfo record that the record names, or that stands ahead of it."""


class Measured(NamedTuple):
    """Where the last sound record of a file ends, and SHA-256, CRC-32 and number of the bytes up to there.

    Of a file that is not open: of all its bytes.
    """

    end: int
    sha256: str
    crc32: int
    size: int


def read_file(path: Readable, is_written: bool) -> Iterator[Exchange | LeftOut | Measured]:
    """The captures of a WARC file, in order, what cannot be read of it, and last its size.

    Args:
        is_written: a crawl of this archive wrote it.
    """
    is_open = path.name.endswith(OPEN_SUFFIX)
    if not is_written and not is_open:
        yield from _read_imported(path)
        return
    waiting: dict[str, Exchange] = {}
    end, info_id = 0, ""
    with ThreadPoolExecutor(1) as pool:
        # while the records are read, so that the disk is read once
        measuring = None if is_open else pool.submit(_measure, path)
        for record in _sound_records(path):
            if isinstance(record, LeftOut):
                yield record
                continue
            if len(waiting) >= _MOST_WAITING and is_capture(record):
                yield from waiting.values()
                waiting.clear()
            named = record.record_id if record.type == "warcinfo" else record.header("WARC-Warcinfo-ID")
            info_id = (named or info_id).strip("<>")
            if fault := _take(waiting, record, info_id, is_written=is_written):
                yield LeftOut(path.name, fault, offset=record.offset)
            end = record.offset + record.length
        yield from waiting.values()
        if measuring is None:
            measuring = pool.submit(_measure, path, end)
        yield Measured(end, *measuring.result())


def _read_imported(path: Readable) -> Iterator[Exchange | LeftOut | Measured]:
    """As `read_file`, of a file that another program wrote: as an import reads it."""
    end = 0
    with ThreadPoolExecutor(1) as pool:
        measuring = pool.submit(_measure, path)
        try:
            for one in read_captures(path, path.name):
                if isinstance(one, Trouble):
                    if one.is_lost:
                        yield LeftOut(path.name, one.fault, offset=one.offset)
                    continue
                place = one.row if isinstance(one, FoundCapture) else one
                end = place.offset + place.length
                if isinstance(one, FoundCapture):
                    exchange = Exchange(one.row, info_id=one.warcinfo_id or "")
                    _read_fields(exchange, one.message)
                    yield exchange
        except MembersShared:
            yield LeftOut(path.name, Fault.of(Damage.SEVERAL_RECORDS))
        except OSError as error:
            yield LeftOut(path.name, Fault.of(Damage.UNREADABLE, found=error.strerror or str(error)))
        yield Measured(end, *measuring.result())


def _sound_records(path: Readable) -> Iterator[Record | LeftOut]:
    """The records that can be read, before and after damage, and the damage."""
    records = read_records(path)
    while True:
        try:
            yield from records
            return
        except NotAWarc as error:
            place, fault = 0, error.fault
        except RecordDamaged as error:
            place, fault = error.offset, error.fault
        except OSError as error:
            yield LeftOut(path.name, Fault.of(Damage.UNREADABLE, found=error.strerror or str(error)))
            return
        yield LeftOut(path.name, fault, offset=place)
        records = read_on(path, place)


def _take(waiting: dict[str, Exchange], record: Record, info_id: str, *, is_written: bool) -> Fault | None:
    """Add a capture, or what a record tells of one that waits; why it is no capture, or None."""
    if is_capture(record):
        message = record.http
        try:
            exchange = Exchange(capture_row(record, message), info_id=info_id)
        except ArchiveDamaged as error:
            return error.fault
        if is_written and message is None and record.type != "resource":
            exchange.row.mime = None  # the media type of the record is not that of the answer
        _read_fields(exchange, message)
        waiting.setdefault(record.record_id, exchange)
    elif record.type in ("metadata", "request"):
        about = waiting.get((record.header("WARC-Concurrent-To") or "").strip("<>"))
        if about is not None and record.type == "metadata":
            _describe(about, read_warc_fields(record.block))
        elif about is not None and is_written and record.block.startswith(b"POST "):
            about.row.url = indexed_address(about.row.url, record.block)
            about.row.urlkey = urlkey(about.row.url)
    return None


def _read_fields(exchange: Exchange, message: HttpMessage | None) -> None:
    if message is not None:
        exchange.etag, exchange.last_modified = message.field("ETag"), message.field("Last-Modified")
        if message.status is not None and 300 < message.status < 400:
            exchange.location = message.field("Location")


def _describe(exchange: Exchange, fields: dict[str, str]) -> None:
    exchange.kind = fields.get("baotinh-kind")
    exchange.section = fields.get("baotinh-section")
    exchange.via = fields.get("via")
    if "http-response-head" in fields:  # of an answer whose revisit record has an empty block
        try:
            message = parse_message(base64.b64decode(fields["http-response-head"]))
        except binascii.Error:
            return
        if message is not None:
            exchange.row.status, exchange.row.mime = message.status, message.mime
            _read_fields(exchange, message)


def _measure(path: Readable, end: int | None = None) -> tuple[str, int, int]:
    """SHA-256, CRC-32 and number of a file's bytes, up to `end` where given."""
    sha256, crc32, size = hashlib.sha256(), 0, 0
    for piece in pieces_of(path, end):
        sha256.update(piece)
        crc32 = zlib.crc32(piece, crc32)
        size += len(piece)
    return sha256.hexdigest(), crc32, size


# JSON lines


# Record id, file, offset and length of a record that an article names
Place = tuple[str, str | None, int | None, int | None]


class ReadLine(NamedTuple):
    """An article's line of JSON, its number in its file, and what the catalog needs of it.

    `captured_at`: a WARC-Date. `published_at`: as the line has it. `places`: of its own record first.
    `judged`: what is missing and doubtful, and how sure each field is.
    """

    line: str
    number: int
    id: str
    content_hash: str
    newspaper: str
    url: str
    section: str | None
    published_at: str
    published_precision: str | None
    captured_at: str
    places: tuple[Place, ...]
    judged: tuple[dict[str, Any], dict[str, Any], dict[str, Any]]
    reading: LaterReading | None = None

    @property
    def record_id(self) -> str:
        """The record that the article was read from."""
        return self.places[0][0]


def read_lines(path: Path) -> Iterator[ReadLine | LeftOut]:
    """The lines of a run, in order, and those that are no article; cut ones of an open file are left out."""
    with path.open("rb") as stream:
        for number, octets in enumerate(stream, 1):
            if not octets.endswith(b"\n") and path.name.endswith(OPEN_SUFFIX):
                return  # cut by a crash; recovery writes the lines of such a run anew
            read = _read_line(octets.rstrip(b"\r\n"), number)
            yield LeftOut(path.name, read, line=number) if isinstance(read, Fault) else read


def _read_line(octets: bytes, number: int) -> ReadLine | Fault:
    try:
        line = octets.decode()
        values = values_of(line)
        article = article_of(values)
    except (ValueError, TypeError, KeyError, AttributeError, cattrs.BaseValidationError) as error:
        return Fault.of(Omission.NO_ARTICLE, found=str(error).splitlines()[0])
    own_hash = article.content_hash if article.reading is None else article.reading.content_hash
    if (values.get("id"), values.get("content_hash")) != (article.id, article.content_hash) or (
        own_hash != article.own_hash()
    ):
        return Fault.of(Omission.OTHER_HASH, article=article.id)
    if article.capture is None:
        return Fault.of(Omission.NO_RECORD_NAMED, article=article.id)
    return ReadLine(
        line=line,
        number=number,
        id=article.id,
        content_hash=article.content_hash,
        newspaper=article.newspaper,
        url=article.url,
        section=article.section,
        published_at=values["published_at"],
        published_precision=article.published_precision,
        captured_at=warc_date(article.captured_at),
        places=tuple((one.record_id, one.file, one.offset, one.length) for one in _captures(article)),
        judged=(dict(article.missing), dict(article.doubts), dict(article.confidence)),
        reading=article.reading,
    )


def _captures(article: Article) -> Iterator[CaptureRef]:
    parts = (article.capture, article.dom_capture, *(image.capture for image in article.images))
    yield from (one for one in (*parts, *(page.capture for page in article.further_pages)) if one is not None)
