"""Whether a revisit and the record it stands for say the same payload digest (ISO 28500, 6.7.2); computes no digest.

Digests are kept as hashes, about 200 bytes of a capture.
"""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from archive.warc.check.checked import Checked
from archive.warc.check.findings import Finding, clause
from archive.warc.check.judge import is_identical_payload, version_of
from archive.warc.digests import is_of_nothing, normal_form

# of records that one id, or one address and date, leads to, and that say different things
_SEVERAL = 0


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
        algorithm, digest = form[0], hash(form[1])
        self._note(hash((head.bare(b"warc-record-id"), algorithm)), digest)
        if place is not None:
            self._note(hash((place, algorithm)), digest)
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

    def _note(self, key: int, digest: int) -> None:
        if self._digests.setdefault(key, digest) != digest:
            self._digests[key] = _SEVERAL
