"""CDXJ indexes read and compared with the records they point to; makes none."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

import attrs

from archive.warc.check.findings import Finding, Severity
from archive.warc.check.verify import Checked

RULE = "CDXJ"
CAPTURES = frozenset(("response", "revisit", "resource"))
_LINE = re.compile(rb"(\S+) (\d{4,17}) (\{.*\})")
_LONGEST_LINE = 1024 * 1024


@attrs.frozen
class Entry:
    """A line of an index; numbers are None where the line does not say them."""

    index: str
    line: int
    timestamp: str
    file: str
    offset: int
    length: int | None
    url: str | None
    status: int | None
    digest: str | None
    # of a request that is no GET: its address has more in it than the record's
    has_body: bool


class Index:
    """The lines of indexes by the file and the offset that they point to; what was compared is forgotten."""

    def __init__(self) -> None:
        self._entries: dict[str, dict[int, list[Entry]]] = {}
        self._sources: dict[str, str] = {}

    @property
    def files(self) -> list[str]:
        """The WARC files that lines point to."""
        return list(self._sources)

    def take(self, name: str, lines: Iterable[bytes]) -> Iterator[Finding]:
        """Read an index; what is wrong with its lines."""
        before, is_sorted = b"", True
        number = 0
        for number, line in enumerate(lines, 1):
            text = line.rstrip(b"\r\n")
            if not text or text.startswith((b"!meta", b" CDX")):
                continue
            entry = _read(name, number, text)
            if isinstance(entry, str):
                yield _finding(name, None, None, "breach", f"line {number}: {entry}")
                continue
            if is_sorted and text < before:
                is_sorted = False
                yield _finding(name, None, None, "warning", f"line {number}: the lines are not sorted from here on")
            before = text
            self._sources.setdefault(entry.file, name)
            self._entries.setdefault(entry.file, {}).setdefault(entry.offset, []).append(entry)

    def compare(self, file: str, record: Checked, *, demand: str | None = None) -> Iterator[Finding]:
        """What the index says otherwise of this record than it says itself.

        Args:
            demand: name of the index that shall list every capture of the file, or None.
        """
        entries = self._entries.get(file, {}).pop(record.offset, ())
        for entry in entries:
            for what, said, found in _differences(entry, record):
                text = f"line {entry.line}: {what} is {said}, in the record at byte {record.offset} of {file} {found}"
                yield _finding(entry.index, record.offset, record.record_id, "damage", text)
        if not entries and demand and _is_capture(record):
            text = f"the capture of {record.url} at byte {record.offset} of {file} is missing"
            yield _finding(demand, record.offset, record.record_id, "damage", text)

    def left(self, file: str) -> Iterator[Finding]:
        """Lines that point to where no record begins, once all records of the file were compared."""
        for entries in self._entries.pop(file, {}).values():
            for entry in entries:
                text = f"line {entry.line}: no record of {file} begins at byte {entry.offset}"
                yield _finding(entry.index, entry.offset, None, "damage", text)

    def unread(self) -> Iterator[Finding]:
        """Files that lines point to and that were not read."""
        for file in self._entries:
            text = f"{file} is not here: its lines cannot be checked"
            yield _finding(self._sources[file], None, None, "warning", text)


def _is_capture(record: Checked) -> bool:
    return record.type in CAPTURES and (record.url or "").lower().startswith("http")


def _read(index: str, number: int, line: bytes) -> Entry | str:
    match = _LINE.fullmatch(line) if len(line) <= _LONGEST_LINE else None
    if match is None:
        return "not a key, a time and a JSON object"
    try:
        said = json.loads(match[3])
        name = said.get("filename")
        if not isinstance(name, str) or not name:
            return "no filename"
        return Entry(
            index=index,
            line=number,
            timestamp=match[2].decode(),
            file=name.rpartition("/")[2],
            offset=_number(said.get("offset"), "offset"),
            length=_number(said["length"], "length") if "length" in said else None,
            url=said.get("url") if isinstance(said.get("url"), str) else None,
            status=int(said["status"]) if re.fullmatch(r"\d{3}", str(said.get("status", ""))) else None,
            digest=said.get("digest") if isinstance(said.get("digest"), str) else None,
            has_body="requestBody" in said or b"__wb_" in match[1],
        )
    except (ValueError, RecursionError) as error:
        return f"its JSON cannot be read: {error}"


def _number(said: object, name: str) -> int:
    text = str(said)
    if not re.fullmatch(r"[0-9]{1,18}", text):
        raise ValueError(f"{name} is {text[:30]!r}")
    return int(text)


def _differences(entry: Entry, record: Checked) -> Iterator[tuple[str, object, object]]:
    if entry.length is not None and record.length and entry.length not in (record.length, record.length - 4):
        yield "length", entry.length, record.length
    if entry.url is not None and not entry.has_body and entry.url != record.url:
        yield "url", entry.url, record.url
    if entry.status is not None and record.status is not None and entry.status != record.status:
        yield "status", entry.status, record.status
    instant = re.sub(r"\D", "", record.header("WARC-Date") or "")
    count = min(len(instant), len(entry.timestamp))
    if instant[:count] != entry.timestamp[:count]:
        yield "timestamp", entry.timestamp, instant[:14]
    found = record.header("WARC-Payload-Digest")
    if entry.digest and found and not _same_digest(entry.digest, found):
        yield "digest", entry.digest, found


def _same_digest(one: str, other: str) -> bool:
    """Whether two digests may be the same: labels are left out by some, and other algorithms cannot be compared."""
    label, _, value = one.rpartition(":")
    other_label, _, other_value = other.rpartition(":")
    if label and other_label and _plain(label) != _plain(other_label):
        return True
    if len(value.rstrip("=")) != len(other_value.rstrip("=")):
        return True
    return value.rstrip("=").casefold() == other_value.rstrip("=").casefold()


def _plain(label: str) -> str:
    return label.lower().replace("-", "")


def _finding(index: str, offset: int | None, record_id: str | None, severity: Severity, message: str) -> Finding:
    return Finding(
        file=index, offset=offset, record_id=record_id or None, rule=RULE, severity=severity, message=message
    )
