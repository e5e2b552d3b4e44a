"""Checks that the records to which others refer are there (ISO 28500, 5.7, 5.11 to 5.13).

Ids are held as hashes, and beyond some tens of thousands in a temporary file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import attrs

from archive.faults import Fault
from archive.warc.check.findings import Departure, Finding, Severity, clause
from archive.warc.check.heads import is_identical_payload, version_of
from archive.warc.check.numbers import Numbers
from archive.warc.check.segments import Segments
from archive.warc.check.verdicts import Checked
from archive.warc.digests import is_of_nothing, normal_form
from archive.warc.reader import Opener

# Instead of a digest, where records with one id, or with one address and date, have different ones
_SEVERAL = 0
# Two copies of a record may have digests in other encodings
_DIGESTS = (b"warc-block-digest", b"warc-payload-digest")


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
        self._segments, self._payloads = Segments(), RevisitedPayloads()

    def see(self, file: str, record: Checked, opened: Opener) -> list[Finding]:
        """Add a record; the findings about it and the records before it.

        Args:
            opened: opens the file again, once all records were read.
        """
        head, findings = record.head, []
        identifier = head.bare(b"warc-record-id")
        if identifier:
            key = hash(identifier)
            said = head.fields.copy()
            for name in _DIGESTS:
                said.pop(name, None)
            same = hash((frozenset(said.items()), record.checksum))
            if (known := self._ids.get(key)) is not None:
                findings.append(self._twice(file, record, is_copy=known == same))
            self._ids[key] = same
            if self._pending:
                self._pending.pop(key, None)
        if head.type in ("response", "resource"):
            place = hash((head.bare(b"warc-target-uri"), _second(head.fields.get(b"warc-date"))))
            self._places[place] = 1
            self._payloads.see(file, record, place, None)
        for target in head.concurrent:
            self._refer(file, record, target, "WARC-Concurrent-To", "5.7")
        if head.type == "revisit":
            self._revisit(file, record)
        elif referred := head.bare(b"warc-refers-to"):
            self._refer(file, record, referred, "WARC-Refers-To", "5.11")
        if b"warc-segment-number" in head.fields:
            findings += self._segments.see(file, record, opened)
        return findings

    def mention(self, record_id: str) -> None:
        """Add a damaged record by its id: references to it have a target."""
        self._ids.setdefault(key := hash(record_id.encode()), 0)
        self._pending.pop(key, None)

    def dangling(
        self, is_known: Callable[[str], bool] = lambda record_id: False, *, is_whole: bool
    ) -> Iterator[Finding]:
        """The findings about references to records that were not read.

        Args:
            is_known: whether a record of that id is known from elsewhere.
            is_whole: no other file can hold the target; otherwise a missing one is a warning only.
        """
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
        yield from self._payloads.findings()
        yield from self._segments.findings(is_whole=is_whole)

    def _refer(
        self, file: str, record: Checked, target: bytes, field: str, number: str, alternative: int | None = None
    ) -> None:
        key = hash(target)
        if key not in self._ids:
            pending = _Pending(
                file, record.offset, record.record_id, field, number, version_of(record.head),
                target.decode("utf-8", "replace"), alternative,
            )  # fmt: skip
            self._pending.setdefault(key, []).append(pending)

    def _revisit(self, file: str, record: Checked) -> None:
        head = record.head
        uri, date = head.bare(b"warc-refers-to-target-uri"), head.fields.get(b"warc-refers-to-date")
        place = hash((uri, _second(date))) if uri and date else None
        self._payloads.see(file, record, None, place)
        if target := head.bare(b"warc-refers-to"):
            self._refer(file, record, target, "WARC-Refers-To", "5.11", place)
        elif place is not None and place not in self._places:
            self._addresses.append(
                _Pending(file, record.offset, record.record_id, "WARC-Refers-To-Target-URI", "5.12",
                         version_of(head), (uri or b"").decode("utf-8", "replace"), place,
                         (date or b"").decode("utf-8", "replace"))
            )  # fmt: skip

    def _twice(self, file: str, record: Checked, *, is_copy: bool) -> Finding:
        return Finding(
            file=file,
            offset=record.offset,
            record_id=record.record_id,
            rule=clause("5.2", version_of(record.head)),
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


def _second(date: bytes | None) -> bytes | None:
    """A date without its fraction: WARC 1.0 and indexes have none."""
    return date.partition(b".")[0].rstrip(b"Zz").upper() if date else None


@attrs.frozen
class _Waiting:
    """A revisit whose original was not read yet, or has another digest."""

    file: str
    offset: int
    record_id: str
    version: str
    algorithm: bytes
    digest: int
    is_of_nothing: bool
    targets: tuple[int, ...]


class RevisitedPayloads:
    """Compares the payload digest of each revisit with that of its original, whatever their encodings."""

    def __init__(self) -> None:
        self._digests = Numbers()
        self._waiting: list[_Waiting] = []

    def see(self, file: str, record: Checked, place: int | None, original: int | None) -> None:
        """Add a record.

        Args:
            place: a hash of its address and date, where a revisit can refer to them.
            original: of a revisit, the same hash of the original that it names.
        """
        head = record.head
        said = head.fields.get(b"warc-payload-digest")
        if said is None or (form := normal_form(said)) is None:
            return
        (algorithm, value), digests = form, self._digests
        digest = hash(value)
        for known_by in (head.bare(b"warc-record-id"), place):
            if known_by is not None:
                key = hash((known_by, algorithm))
                if digests.setdefault(key, digest) != digest:
                    digests[key] = _SEVERAL
        if head.type == "revisit" and is_identical_payload(head):
            named = (head.bare(b"warc-refers-to"), original)
            targets = tuple(hash((target, algorithm)) for target in named if target is not None)
            if targets and self._digests.get(targets[0]) != digest:
                self._waiting.append(
                    _Waiting(
                        file,
                        record.offset,
                        record.record_id,
                        version_of(head),
                        algorithm,
                        digest,
                        is_of_nothing(said),
                        targets,
                    )
                )

    def findings(self) -> Iterator[Finding]:
        """The findings about revisits whose payload digest is not that of their original, where that was read."""
        for waiting in self._waiting:
            known = (self._digests.get(target) for target in waiting.targets)
            said = next((digest for digest in known if digest is not None), _SEVERAL)
            if said not in (waiting.digest, _SEVERAL):
                code = Departure.REVISIT_OF_NOTHING if waiting.is_of_nothing else Departure.REVISIT_OF_OTHER
                yield Finding(
                    file=waiting.file, offset=waiting.offset, record_id=waiting.record_id,
                    rule=clause("6.7.2", waiting.version),
                    severity="warning" if waiting.is_of_nothing else "damage", fault=Fault.of(code),
                )  # fmt: skip
