"""What records say of one another (ISO 28500, 5.7, 5.11 to 5.13): who is missing; keeps no record in memory.

Ids are kept as hashes, about 200 bytes a record, and as much again of a capture.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import attrs

from archive.warc.check.findings import Finding, Severity, clause
from archive.warc.check.heads import is_identical_payload, version_of
from archive.warc.check.segments import Segments
from archive.warc.check.verdicts import Checked
from archive.warc.digests import is_of_nothing, normal_form
from archive.warc.reader import Opener

# of records that one id, or one address and date, leads to, and that say different things
_SEVERAL = 0
# what differs in these alone may be the same record, its digests in another encoding
_WRITTEN_IN_MANY_WAYS = (b"warc-block-digest", b"warc-payload-digest")


@attrs.frozen
class _Pending:
    """A reference whose other end was not seen yet."""

    file: str
    offset: int
    record_id: str
    field: str
    number: str
    version: str
    target: str
    # of a revisit: address and time of the record it stands for
    alternative: int | None = None


class References:
    """Follows the references between the records of files that are read one after the other."""

    def __init__(self) -> None:
        self._ids: dict[int, int] = {}
        self._places: set[int] = set()
        self._pending: dict[int, list[_Pending]] = {}
        self._addresses: list[_Pending] = []
        self._segments, self._payloads = Segments(), RevisitedPayloads()

    def see(self, file: str, record: Checked, opened: Opener) -> list[Finding]:
        """Take note of a record; what is wrong with it in the light of those before it.

        Args:
            opened: opens the file once more, when all was seen.
        """
        head, findings = record.head, []
        identifier = head.bare(b"warc-record-id")
        if identifier:
            key = hash(identifier)
            said = head.fields.copy()
            for name in _WRITTEN_IN_MANY_WAYS:
                said.pop(name, None)
            same = hash((frozenset(said.items()), record.checksum))
            if key in self._ids:
                findings.append(self._twice(file, record, is_copy=self._ids[key] == same))
            self._ids[key] = same
            if self._pending:
                self._pending.pop(key, None)
        if head.type in ("response", "resource"):
            place = hash((head.bare(b"warc-target-uri"), _second(head.fields.get(b"warc-date"))))
            self._places.add(place)
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
        """Take note of a record that is there and damaged: what refers to it does not dangle."""
        self._ids.setdefault(key := hash(record_id.encode()), 0)
        self._pending.pop(key, None)

    def dangling(
        self, is_known: Callable[[str], bool] = lambda record_id: False, *, is_whole: bool
    ) -> Iterator[Finding]:
        """References whose other end was not among the records seen.

        Args:
            is_known: whether a record of that id is known from elsewhere.
            is_whole: all records there are were seen; else the other end may lie in a file that was not given, and
                its absence is worth a warning only.
        """
        for waiting in self._pending.values():
            for pending in waiting:
                if is_known(pending.target):
                    continue
                found = pending.alternative is not None and pending.alternative in self._places
                severity: Severity = "warning"
                if is_whole and not found:
                    severity = "damage" if pending.number == "5.11" else "breach"
                text = f"{pending.field} names {pending.target}, a record that is not here"
                if found:
                    text += "; one of the address and date that it names is"
                yield _of(pending, severity, text)
        for pending in self._addresses:
            if pending.alternative not in self._places:
                text = f"{pending.field} names {pending.target}, of which no record is here"
                yield _of(pending, "damage" if is_whole else "warning", text)
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
            text = f"{(uri or b'').decode('utf-8', 'replace')} of {(date or b'').decode('utf-8', 'replace')}"
            self._addresses.append(
                _Pending(file, record.offset, record.record_id, "WARC-Refers-To-Target-URI", "5.12",
                         version_of(head), text, place)
            )  # fmt: skip

    def _twice(self, file: str, record: Checked, *, is_copy: bool) -> Finding:
        return Finding(
            file=file,
            offset=record.offset,
            record_id=record.record_id,
            rule=clause("5.2", version_of(record.head)),
            severity="warning" if is_copy else "breach",
            message="a record with the same WARC-Record-ID stands elsewhere too"
            + (", the same to the last byte" if is_copy else ", and it is another one"),
        )


def _of(pending: _Pending, severity: Severity, message: str) -> Finding:
    return Finding(
        file=pending.file,
        offset=pending.offset,
        record_id=pending.record_id,
        rule=clause(pending.number) if pending.number == "5.12" else clause(pending.number, pending.version),
        severity=severity,
        message=message,
    )


def _second(date: bytes | None) -> bytes | None:
    """A date without its fraction: WARC 1.0 has none, and indexes neither."""
    return date.partition(b".")[0].rstrip(b"Zz").upper() if date else None


@attrs.frozen
class _Waiting:
    """A revisit whose original was not seen yet, or says another digest."""

    file: str
    offset: int
    record_id: str
    version: str
    algorithm: bytes
    digest: int
    is_of_nothing: bool
    targets: tuple[int, ...]


class RevisitedPayloads:
    """Compares digests of the same algorithm, in whatever encoding, in files that are read one after the other."""

    def __init__(self) -> None:
        self._digests: dict[int, int] = {}
        self._waiting: list[_Waiting] = []

    def see(self, file: str, record: Checked, place: int | None, original: int | None) -> None:
        """Take note of a record.

        Args:
            place: what its address and date are known by, where a revisit can mean it.
            original: the same of the record that it stands for, where it says so.
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
        """The revisits whose payload is not that of the record they refer to, as far as that is here."""
        for waiting in self._waiting:
            said = next((self._digests[target] for target in waiting.targets if target in self._digests), _SEVERAL)
            if said not in (waiting.digest, _SEVERAL):
                text = "its WARC-Payload-Digest is not that of the record that it refers to: its payload is not there"
                if waiting.is_of_nothing:
                    text = "its WARC-Payload-Digest is that of nothing: the writer counted the body that it left out"
                yield Finding(
                    file=waiting.file, offset=waiting.offset, record_id=waiting.record_id,
                    rule=clause("6.7.2", waiting.version),
                    severity="warning" if waiting.is_of_nothing else "damage", message=text,
                )  # fmt: skip
