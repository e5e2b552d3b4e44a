"""What a worker process hands on of a check: findings, records for the checks between them, and counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import attrs

from archive.checking.verification import Disagreement, Verification
from archive.warc.check.between.noted import Noted
from archive.warc.check.between.references import References, key_of
from archive.warc.check.findings import Finding
from archive.warc.check.walk import Verdict
from archive.warc.reader import Opener

# Bytes of archives that are worth the start of a worker process
WORTH_A_PROCESS = 4 * 1024 * 1024


class Counted(NamedTuple):
    """How many captures and versions were checked, and records that were not noted."""

    records: int = 0
    captures: int = 0
    versions: int = 0

    def add_to(self, said: Verification) -> None:
        """Add them to a result."""
        said.records += self.records
        said.captures += self.captures
        said.versions += self.versions


class Step(NamedTuple):
    """One step of the check of a WARC file: the findings before and behind those about references.

    `mentioned`: hashes of the ids of records that cannot be read.
    """

    before: list[Finding]
    noted: Noted | None = None
    behind: list[Finding] = []  # noqa: RUF012 - of a tuple, and never changed
    mentioned: tuple[int, ...] = ()


Part = Step | Counted


def mentioned_in(verdict: Verdict) -> tuple[int, ...]:
    """The ids, as hashes, of a record that cannot be read."""
    return tuple(key_of(finding.record_id or "") for finding in verdict[1])


@attrs.frozen
class Following:
    """Follows the references between the records of files that were checked elsewhere, and counts for a result."""

    said: Verification
    references: References

    def findings(self, file: str, parts: Iterable[Part], opened: Opener) -> Iterator[Finding]:
        """All findings about one file, in the order of its records."""
        for part in parts:
            if isinstance(part, Counted):
                part.add_to(self.said)
                continue
            before, noted, behind, mentioned = part
            yield from before
            for key in mentioned:
                self.references.mention(key)
            if noted is not None:
                self.said.records += 1
                yield from self.references.enter(file, noted, opened)
            yield from behind


# That a file is not as it was when it was imported
_CHANGED = frozenset((Disagreement.CHECKSUM, Disagreement.SHORTER, Disagreement.LONGER, Disagreement.UNREADABLE))
_OF_COLLECTION = frozenset(("catalog", "CDXJ", "file"))


def as_imported(findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings about an imported file: faults that it had when it was imported are no damage of the collection.

    Args:
        findings: that the file has changed, where it has, comes first.
    """
    is_changed = False
    for one in findings:
        is_changed = is_changed or one.fault.code in _CHANGED
        if is_changed or one.rule in _OF_COLLECTION:
            yield one
        else:
            yield attrs.evolve(one, severity="warning", was_imported=True)
