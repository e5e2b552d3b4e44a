"""The result of a check for each record: its place and head, and the findings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from isal import isal_zlib

from archive.faults import Fault
from archive.warc.check.findings import WARC_1_1, Complaint, Finding, Severity, clause
from archive.warc.check.heads import Head, version_of
from archive.warc.httphead import HttpHead


class BlockChecksum:
    """CRC-32 of a block that is read in pieces."""

    def __init__(self) -> None:
        self.value = 0

    def pass_on(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """The pieces unchanged, each added to the checksum."""
        for piece in pieces:
            self.value = isal_zlib.crc32(piece, self.value)
            yield piece


class Checked:
    """A record that was read to its end: where it lies and what its head says.

    `length` is 0 where the record shares its gzip member with others, and so cannot be read by its offset. `is_ended`:
    two CR LF follow its block. `checksum`: of its block (CRC-32).
    """

    __slots__ = ("checksum", "head", "is_ended", "length", "message", "offset")

    def __init__(
        self,
        head: Head,
        offset: int,
        length: int,
        message: HttpHead | None,
        *,
        checksum: int = 0,
        is_ended: bool = True,
    ) -> None:
        self.head, self.offset, self.length, self.message = head, offset, length, message
        self.checksum, self.is_ended = checksum, is_ended

    @property
    def status(self) -> int | None:
        """The status of the HTTP response in it."""
        return self.message.status if self.message else None

    @property
    def type(self) -> str:
        """WARC-Type, in lower case."""
        return self.head.type

    @property
    def record_id(self) -> str:
        """WARC-Record-ID without its angle brackets."""
        return (self.head.text(b"warc-record-id") or "").strip("<>")

    @property
    def url(self) -> str | None:
        """WARC-Target-URI without the angle brackets that some writers put around it."""
        uri = self.head.text(b"warc-target-uri")
        return uri.strip("<>") if uri else None

    def header(self, name: str) -> str | None:
        """The first value of a named field."""
        return self.head.text(name.lower().encode())


class FileFindings:
    """Makes the findings of the file of that name; `has_any`: there were some."""

    def __init__(self, file: str) -> None:
        self.has_any = False
        self._file = file
        self._reported: set[Fault] = set()

    def of(self, head: Head, offset: int, complaints: list[Complaint]) -> list[Finding]:
        """The findings about a record; what one writer does in all records is reported once."""
        version, findings = version_of(head), []
        for complaint in complaints:
            if complaint.is_habit or (complaint.clause == "4" and complaint.severity == "warning"):
                if complaint.fault in self._reported:
                    continue
                self._reported.add(complaint.fault)
            rule = clause(complaint.clause, version)
            findings.append(self.finding(offset, rule, complaint.severity, complaint.fault, head))
        return findings

    def damage(self, offset: int, number: str, fault: Fault, head: Head | None) -> Finding:
        """Damage at a place, against a clause, in the record of that head where it is known."""
        version = version_of(head) if head else WARC_1_1
        return self.finding(offset, clause(number, version), "damage", fault, head)

    def finding(self, offset: int, rule: str, severity: Severity, fault: Fault, head: Head | None = None) -> Finding:
        """Any fault at a place, in the record of that head."""
        self.has_any = True
        record_id = (head.text(b"warc-record-id") or "").strip("<>") or None if head else None
        return Finding(file=self._file, offset=offset, record_id=record_id, rule=rule, severity=severity, fault=fault)
