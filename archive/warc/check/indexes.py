"""Reads CDXJ indexes, and compares them with the records that they list."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress

import attrs

from archive.clock import timestamp14
from archive.faults import Fault
from archive.warc.check.findings import Departure, Finding, Severity
from archive.warc.check.verdicts import Checked
from archive.warc.dates import capture_instant

RULE = "CDXJ"
CAPTURES = frozenset(("response", "revisit", "resource"))
_LINE = re.compile(rb"(\S+) (\d{4,17}) (\{.*\})")
_NUMBER = re.compile(r"[0-9]{1,18}")
_LONGEST_LINE = 1024 * 1024


@attrs.frozen
class IndexLine:
    """A line of an index; values that the line lacks are None."""

    index: str
    line: int
    timestamp: str
    file: str
    offset: int
    length: int | None
    url: str | None
    status: int | None
    digest: str | None
    # of a request other than GET: its address holds more than that of the record
    has_body: bool


class CdxjIndex:
    """The lines of indexes by file and offset; a line is dropped once it was compared."""

    def __init__(self) -> None:
        self._entries: dict[str, dict[int, list[IndexLine]]] = {}
        self._sources: dict[str, str] = {}

    @property
    def files(self) -> list[str]:
        """The WARC files that lines name."""
        return list(self._sources)

    def take(self, name: str, lines: Iterable[bytes]) -> Iterator[Finding]:
        """Read an index; the findings about its lines."""
        before, is_sorted = b"", True
        number = 0
        for number, line in enumerate(lines, 1):
            text = line.rstrip(b"\r\n")
            if not text or text.startswith((b"!meta", b" CDX")):
                continue
            entry = _read(name, number, text)
            if isinstance(entry, Fault):
                yield _finding(name, None, None, "breach", entry)
                continue
            if is_sorted and text < before:
                is_sorted = False
                yield _finding(name, None, None, "warning", Fault.of(Departure.INDEX_UNSORTED, line=number))
            before = text
            self._sources.setdefault(entry.file, name)
            self._entries.setdefault(entry.file, {}).setdefault(entry.offset, []).append(entry)

    def compare(self, file: str, record: Checked, *, demand: str | None = None) -> Iterator[Finding]:
        """The findings about lines that do not agree with this record.

        Args:
            demand: name of the index that shall list every capture of the file, or None.
        """
        entries = self._entries.get(file, {}).pop(record.offset, ())
        for entry in entries:
            for what, said, found in _differences(entry, record):
                differs = Fault.of(
                    Departure.INDEX_DIFFERS,
                    line=entry.line, field=what, found=said, expected=found, offset=record.offset, file=file,
                )  # fmt: skip
                yield _finding(entry.index, record.offset, record.record_id, "damage", differs)
        if not entries and demand and _is_capture(record):
            lacks = Fault.of(Departure.INDEX_LACKS, url=record.url, offset=record.offset, file=file)
            yield _finding(demand, record.offset, record.record_id, "damage", lacks)

    def left(self, file: str) -> Iterator[Finding]:
        """The findings about lines at whose offset no record begins, once all records of the file were compared."""
        for entries in self._entries.pop(file, {}).values():
            for entry in entries:
                wrong = Fault.of(Departure.INDEX_NO_RECORD, line=entry.line, offset=entry.offset, file=file)
                yield _finding(entry.index, entry.offset, None, "damage", wrong)

    def unread(self) -> Iterator[Finding]:
        """The findings about files that lines name and that were not read."""
        for file in self._entries:
            yield _finding(self._sources[file], None, None, "warning", Fault.of(Departure.INDEX_FILE_ABSENT, file=file))


def _is_capture(record: Checked) -> bool:
    return record.type in CAPTURES and (record.url or "").lower().startswith("http")


def _read(index: str, number: int, line: bytes) -> IndexLine | Fault:
    match = _LINE.fullmatch(line) if len(line) <= _LONGEST_LINE else None
    if match is None:
        return Fault.of(Departure.INDEX_LINE, line=number)
    try:
        said = json.loads(match[3])
        name = said.get("filename")
        if not isinstance(name, str) or not name:
            return Fault.of(Departure.INDEX_NO_FILENAME, line=number)
        offset, length = str(said.get("offset")), str(said.get("length", 0))
        for field, value in (("offset", offset), ("length", length)):
            if not _NUMBER.fullmatch(value):
                return Fault.of(Departure.INDEX_NUMBER, line=number, field=field, found=value[:30])
        return IndexLine(
            index=index,
            line=number,
            timestamp=match[2].decode(),
            file=name.rpartition("/")[2],
            offset=int(offset),
            length=int(length) if "length" in said else None,
            url=said.get("url") if isinstance(said.get("url"), str) else None,
            status=int(said["status"]) if re.fullmatch(r"\d{3}", str(said.get("status", ""))) else None,
            digest=said.get("digest") if isinstance(said.get("digest"), str) else None,
            has_body="requestBody" in said or b"__wb_" in match[1],
        )
    except (ValueError, RecursionError) as error:
        return Fault.of(Departure.INDEX_JSON, line=number, found=str(error))


def _differences(entry: IndexLine, record: Checked) -> Iterator[tuple[str, str | int | None, str | int | None]]:
    if entry.length is not None and record.length and entry.length not in (record.length, record.length - 4):
        yield "length", entry.length, record.length
    if entry.url is not None and not entry.has_body and entry.url != record.url:
        yield "url", entry.url, record.url
    if entry.status is not None and record.status is not None and entry.status != record.status:
        yield "status", entry.status, record.status
    said = record.header("WARC-Date") or ""
    instant = re.sub(r"\D", "", said)
    count = min(len(instant), len(entry.timestamp))
    if instant[:count] != entry.timestamp[:count] and _timestamp(said) != entry.timestamp[:14]:
        yield "timestamp", entry.timestamp, instant[:14]
    found = record.header("WARC-Payload-Digest")
    if entry.digest and found and not _same_digest(entry.digest, found):
        yield "digest", entry.digest, found


def _timestamp(said: str) -> str | None:
    """The second of a WARC-Date in an unusual form, in digits; None where it is none."""
    with suppress(ValueError, OverflowError):
        return timestamp14(capture_instant(said))
    return None


def _same_digest(one: str, other: str) -> bool:
    """Whether two digests may be equal: some tools leave out the label, and other algorithms cannot be compared."""
    label, _, value = one.rpartition(":")
    other_label, _, other_value = other.rpartition(":")
    if label and other_label and _plain(label) != _plain(other_label):
        return True
    if len(value.rstrip("=")) != len(other_value.rstrip("=")):
        return True
    return value.rstrip("=").casefold() == other_value.rstrip("=").casefold()


def _plain(label: str) -> str:
    return label.lower().replace("-", "")


def _finding(index: str, offset: int | None, record_id: str | None, severity: Severity, fault: Fault) -> Finding:
    return Finding(file=index, offset=offset, record_id=record_id or None, rule=RULE, severity=severity, fault=fault)
