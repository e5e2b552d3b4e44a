"""What a check gives of each record: its place and head, and the findings about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from isal import isal_zlib

from archive.warc.check.findings import WARC_1_1, Finding, Severity, clause
from archive.warc.check.heads import Head, version_of
from archive.warc.check.rules import Complaint
from archive.warc.httphead import HttpHead


class BlockChecksum:
    """CRC-32 of a block that comes in pieces."""

    def __init__(self) -> None:
        self.value = 0

    def pass_on(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """The pieces as they come."""
        for piece in pieces:
            self.value = isal_zlib.crc32(piece, self.value)
            yield piece


class Checked:
    """A record that was read to its end: where it lies and what its head says.

    `length` is 0 where the record has no place of its own: it shares a gzip member with others. `is_ended`: two CR LF
    stand behind its block. `checksum`: of its block (CRC-32).
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
        """WARC-Target-URI without the angle brackets that some put around it."""
        uri = self.head.text(b"warc-target-uri")
        return uri.strip("<>") if uri else None

    def header(self, name: str) -> str | None:
        """The first value of a named field."""
        return self.head.text(name.lower().encode())


class FileFindings:
    """Findings of the file of that name; `has_any` tells whether there were any."""

    def __init__(self, file: str) -> None:
        self.has_any = False
        self._file = file
        self._said: set[str] = set()

    def of(self, head: Head, offset: int, complaints: list[Complaint]) -> list[Finding]:
        """What there is to say of a record; what one writer does in all of them is said once."""
        version, findings = version_of(head), []
        for complaint in complaints:
            if complaint.is_habit or (complaint.clause == "4" and complaint.severity == "warning"):
                if complaint.message in self._said:
                    continue
                self._said.add(complaint.message)
            rule = clause(complaint.clause, version)
            findings.append(self.finding(offset, rule, complaint.severity, complaint.message, head))
        return findings

    def damage(self, offset: int, rule: str, message: str, head: Head | None) -> Finding:
        """Damage at a place, in the record of that head, where it is known; a rule in digits is a clause."""
        version = version_of(head) if head else WARC_1_1
        return self.finding(offset, clause(rule, version) if rule[0].isdigit() else rule, "damage", message, head)

    def finding(self, offset: int, rule: str, severity: Severity, message: str, head: Head | None = None) -> Finding:
        """Anything at a place, in the record of that head."""
        self.has_any = True
        record_id = (head.text(b"warc-record-id") or "").strip("<>") or None if head else None
        return Finding(
            file=self._file, offset=offset, record_id=record_id, rule=rule, severity=severity, message=message
        )
