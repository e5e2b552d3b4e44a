"""Makes the findings of one file: the record's id, the clause by the version that it names; finds nothing itself."""

from __future__ import annotations

from archive.warc.check.findings import WARC_1_1, Finding, Severity, clause
from archive.warc.check.heads import Head
from archive.warc.check.judge import version_of
from archive.warc.check.rules import Complaint


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
            if complaint.clause == "4" and complaint.severity == "warning":
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
