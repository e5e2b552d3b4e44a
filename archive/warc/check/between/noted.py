"""What the checks between records need of one record, as values that a worker process can hand on.

Hashes are those of one run of Python, or of several with the same PYTHONHASHSEED.
"""

from __future__ import annotations

from typing import NamedTuple

from archive.warc.check.heads import Head, is_identical_payload, version_of
from archive.warc.check.verdicts import Checked
from archive.warc.digests import is_of_nothing, normal_form

# Two copies of a record may have digests in other encodings
_DIGESTS = (b"warc-block-digest", b"warc-payload-digest")
# Ids of the same file that are remembered: most references lead to the record just before
_MOST_RECENT = 1000


class Reference(NamedTuple):
    """A named field that leads to another record, by id or, in 5.12, by address and date.

    `alternative`: of a revisit, a hash of the address and time of its original.
    """

    key: int
    target: bytes
    field: str
    number: str
    alternative: int | None = None
    date: bytes = b""


class NotedPayload(NamedTuple):
    """A payload digest as a hash, the hashes under which revisits look for it, and of a revisit those of its original.

    `said`: algorithm, value and id of the original that a revisit names.
    """

    digest: int
    keys: tuple[int, ...]
    targets: tuple[int, ...]
    said: tuple[bytes, bytes, bytes | None] | None
    is_of_nothing: bool


class NotedSegment(NamedTuple):
    """A segment: the id of the first one, its number, length, total length where given, and a hash of its address.

    `head`: None for a continuation, of which there may be many.
    """

    origin: str
    number: int
    length: int
    total: int | None
    address: int
    head: Head | None


class Noted(NamedTuple):
    """A record: its place, a hash of its id and one of all else that two copies share, and what it leads to.

    `place`: of a response or resource, a hash of address and date, which revisits name.
    """

    offset: int
    record_id: str
    version: str
    key: int | None
    same: int
    place: int | None
    references: tuple[Reference, ...]
    payload: NotedPayload | None
    segment: NotedSegment | None


class Noter:
    """Notes the records of one file, in order; references to the records just before are followed here already."""

    def __init__(self) -> None:
        self._recent: dict[bytes, None] = {}

    def note(self, record: Checked) -> Noted:
        """What is needed of a record."""
        head = record.head
        fields = head.fields
        identifier, place, payload = head.bare(b"warc-record-id") or None, None, None
        key, same = None, 0
        if identifier is not None:
            key = hash(identifier)
            said = fields.copy()
            for name in _DIGESTS:
                said.pop(name, None)
            same = hash((frozenset(said.items()), record.checksum))
            self._remember(identifier)
        references = [
            Reference(hash(target), target, "WARC-Concurrent-To", "5.7")
            for target in head.concurrent
            if target not in self._recent
        ]
        if head.type in ("response", "resource"):
            place = hash((head.bare(b"warc-target-uri") or b"", _second(fields.get(b"warc-date"))))
            payload = _payload(head, identifier, place, None)
        if head.type == "revisit":
            uri, date = head.bare(b"warc-refers-to-target-uri"), fields.get(b"warc-refers-to-date")
            original = hash((uri, _second(date))) if uri and date else None
            payload = _payload(head, identifier, None, original)
            if target := head.bare(b"warc-refers-to"):
                references.append(Reference(hash(target), target, "WARC-Refers-To", "5.11", original))
            elif original is not None:
                references.append(
                    Reference(original, uri or b"", "WARC-Refers-To-Target-URI", "5.12", original, date or b"")
                )
        elif referred := head.bare(b"warc-refers-to"):
            references.append(Reference(hash(referred), referred, "WARC-Refers-To", "5.11"))
        segment = _segment(record) if b"warc-segment-number" in fields else None
        return Noted(
            record.offset, record.record_id, version_of(head), key, same, place, tuple(references), payload, segment
        )

    def _remember(self, identifier: bytes) -> None:
        self._recent[identifier] = None
        if len(self._recent) > _MOST_RECENT:
            del self._recent[next(iter(self._recent))]


def _second(date: bytes | None) -> bytes:
    """A date without its fraction: WARC 1.0 and indexes have none."""
    return date.partition(b".")[0].rstrip(b"Zz").upper() if date else b""


def _payload(head: Head, identifier: bytes | None, place: int | None, original: int | None) -> NotedPayload | None:
    claim = head.fields.get(b"warc-payload-digest")
    if claim is None or (form := normal_form(claim)) is None:
        return None
    algorithm, value = form
    keys = tuple(hash((known_by, algorithm)) for known_by in (identifier, place) if known_by is not None)
    if head.type != "revisit" or not is_identical_payload(head):
        return NotedPayload(hash(value), keys, (), None, False)
    named = head.bare(b"warc-refers-to")
    targets = tuple(hash((target, algorithm)) for target in (named, original) if target is not None)
    return NotedPayload(hash(value), keys, targets, (algorithm, value, named), is_of_nothing(claim))


def _segment(record: Checked) -> NotedSegment | None:
    head = record.head
    number = head.fields[b"warc-segment-number"]
    origin = head.text(b"warc-segment-origin-id") if head.type == "continuation" else record.record_id
    if not origin or not number.isdigit() or len(number) > 9:
        return None  # the check of the head reports it
    total = head.fields.get(b"warc-segment-total-length", b"")
    return NotedSegment(
        origin=origin.strip("<>"),
        number=int(number),
        length=head.length or 0,
        total=int(total) if total.isdigit() and len(total) <= 18 else None,
        address=hash(head.bare(b"warc-target-uri") or b""),
        head=None if head.type == "continuation" else head,
    )
