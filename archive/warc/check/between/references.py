"""Checks that the records to which others refer are there (ISO 28500, 5.7, 5.11 to 5.13).

Ids are held as hashes, and beyond some tens of thousands in a temporary file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import attrs

from archive.faults import Fault
from archive.warc.check.between.noted import Noted, Noter, Reference
from archive.warc.check.between.numbers import Numbers
from archive.warc.check.between.payloads import RevisitedPayloads
from archive.warc.check.between.segments import Segments
from archive.warc.check.findings import Departure, Finding, Severity, clause
from archive.warc.check.verdicts import Checked
from archive.warc.reader import Opener


@attrs.frozen
class _Pending:
    """A reference to a record that was not read yet."""

    file: str
    offset: int
    record_id: str
    field: str
    number: str
    version: str
    target: str
    # of a revisit: a hash of the address and time of its original
    alternative: int | None = None
    # of an address that a revisit names: its date
    date: str = ""


class References:
    """Follows the references between the records of files that are read one after the other."""

    def __init__(self) -> None:
        self._ids, self._places = Numbers(), Numbers()
        self._pending: dict[int, list[_Pending]] = {}
        self._addresses: list[_Pending] = []
        self._segments, self._payloads, self._noter = Segments(), RevisitedPayloads(), Noter()

    def see(self, file: str, record: Checked, opened: Opener) -> list[Finding]:
        """Add a record; the findings about it and the records before it.

        Args:
            opened: opens the file again, once all records were read.
        """
        return self.enter(file, self._noter.note(record), opened)

    def enter(self, file: str, noted: Noted, opened: Opener) -> list[Finding]:
        """As `see`, for a record that was noted by another `Noter`, of this file or of all files before it."""
        findings = []
        if noted.key is not None:
            if (known := self._ids.get(noted.key)) is not None:
                findings.append(_twice(file, noted, is_copy=known == noted.same))
            self._ids[noted.key] = noted.same
            if self._pending:
                self._pending.pop(noted.key, None)
        if noted.place is not None:
            self._places[noted.place] = 1
        if noted.payload is not None:
            self._payloads.enter(file, noted, noted.payload)
        for reference in noted.references:
            self._refer(file, noted, reference)
        if noted.segment is not None:
            findings += self._segments.enter(file, noted, noted.segment, opened)
        return findings

    def mention(self, key: int) -> None:
        """Add a damaged record by the hash of its id, see `key_of`: references to it have a target."""
        self._ids.setdefault(key, 0)
        self._pending.pop(key, None)

    def dangling(
        self,
        is_known: Callable[[str], bool] = lambda record_id: False,
        *,
        is_whole: bool,
        digest_of: Callable[[str], str | None] | None = None,
    ) -> Iterator[Finding]:
        """The findings about references to records that were not read.

        Args:
            is_known: whether a record of that id is known from elsewhere.
            is_whole: no other file can hold the target; otherwise a missing one is a warning only.
            digest_of: given where some files were not read: the payload digest of a record by its id, or None. What
                may stand in a file that was not read is no finding then.
        """
        is_part = digest_of is not None
        if not is_part:
            yield from self._absent(is_known, is_whole=is_whole)
        yield from self._payloads.findings(digest_of)
        yield from self._segments.findings(is_whole=is_whole, is_part=is_part)

    def _absent(self, is_known: Callable[[str], bool], *, is_whole: bool) -> Iterator[Finding]:
        for waiting in self._pending.values():
            for pending in waiting:
                if is_known(pending.target):
                    continue
                found = pending.alternative is not None and pending.alternative in self._places
                severity: Severity = "warning"
                if is_whole and not found:
                    severity = "damage" if pending.number == "5.11" else "breach"
                code = Departure.REFERS_TO_ABSENT_ID if found else Departure.REFERS_TO_ABSENT
                yield _of(pending, severity, Fault.of(code, field=pending.field, found=pending.target))
        for pending in self._addresses:
            if pending.alternative is not None and pending.alternative not in self._places:
                absent = Fault.of(
                    Departure.REFERS_TO_ABSENT_ADDRESS, field=pending.field, found=pending.target, date=pending.date
                )
                yield _of(pending, "damage" if is_whole else "warning", absent)

    def _refer(self, file: str, noted: Noted, reference: Reference) -> None:
        is_address = reference.number == "5.12"
        if reference.key in (self._places if is_address else self._ids):
            return
        pending = _Pending(
            file, noted.offset, noted.record_id, reference.field, reference.number, noted.version,
            reference.target.decode("utf-8", "replace"), reference.alternative,
            reference.date.decode("utf-8", "replace"),
        )  # fmt: skip
        if is_address:
            self._addresses.append(pending)
        else:
            self._pending.setdefault(reference.key, []).append(pending)


def key_of(record_id: str) -> int:
    """The hash by which a record is known that cannot be read, but for its id."""
    return hash(record_id.encode())


def _twice(file: str, noted: Noted, *, is_copy: bool) -> Finding:
    return Finding(
        file=file,
        offset=noted.offset,
        record_id=noted.record_id,
        rule=clause("5.2", noted.version),
        severity="warning" if is_copy else "breach",
        fault=Fault.of(Departure.SAME_ID_COPY if is_copy else Departure.SAME_ID_OTHER),
    )


def _of(pending: _Pending, severity: Severity, fault: Fault) -> Finding:
    return Finding(
        file=pending.file,
        offset=pending.offset,
        record_id=pending.record_id,
        rule=clause(pending.number) if pending.number == "5.12" else clause(pending.number, pending.version),
        severity=severity,
        fault=fault,
    )
