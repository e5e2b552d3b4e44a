"""Checks that a revisit has the payload digest of its original (ISO 28500, 6.7.2)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import attrs

from archive.faults import Fault
from archive.warc.check.between.noted import Noted, NotedPayload
from archive.warc.check.between.numbers import Numbers
from archive.warc.check.findings import Departure, Finding, clause
from archive.warc.digests import normal_form

# Instead of a digest, where records with one id, or with one address and date, have different ones
_SEVERAL = 0


@attrs.frozen
class _Waiting:
    """A revisit whose original was not read yet, or has another digest."""

    file: str
    offset: int
    record_id: str
    version: str
    payload: NotedPayload


class RevisitedPayloads:
    """Compares the payload digest of each revisit with that of its original, whatever their encodings."""

    def __init__(self) -> None:
        self._digests = Numbers()
        self._waiting: list[_Waiting] = []

    def enter(self, file: str, noted: Noted, payload: NotedPayload) -> None:
        """Add a record."""
        digests = self._digests
        for key in payload.keys:
            if digests.setdefault(key, payload.digest) != payload.digest:
                digests[key] = _SEVERAL
        if payload.targets and digests.get(payload.targets[0]) != payload.digest:
            self._waiting.append(_Waiting(file, noted.offset, noted.record_id, noted.version, payload))

    def findings(self, digest_of: Callable[[str], str | None] | None = None) -> Iterator[Finding]:
        """The findings about revisits whose payload digest is not that of their original, where that is known.

        Args:
            digest_of: given where some files were not read: the payload digest of a record by its id, or None.
        """
        for waiting in self._waiting:
            if self._differs(waiting.payload) if digest_of is None else _differs_from(waiting.payload, digest_of):
                is_of_nothing = waiting.payload.is_of_nothing
                code = Departure.REVISIT_OF_NOTHING if is_of_nothing else Departure.REVISIT_OF_OTHER
                yield Finding(
                    file=waiting.file, offset=waiting.offset, record_id=waiting.record_id,
                    rule=clause("6.7.2", waiting.version), severity="warning" if is_of_nothing else "damage",
                    fault=Fault.of(code),
                )  # fmt: skip

    def _differs(self, payload: NotedPayload) -> bool:
        known = (self._digests.get(target) for target in payload.targets)
        said = next((digest for digest in known if digest is not None), _SEVERAL)
        return said not in (payload.digest, _SEVERAL)


def _differs_from(payload: NotedPayload, digest_of: Callable[[str], str | None]) -> bool:
    """Whether the original that a revisit names by its id has another digest by the same algorithm.

    An address and date do not tell, since files that were not read may hold other records with them.
    """
    assert payload.said is not None
    algorithm, value, original = payload.said
    claim = digest_of(original.decode("utf-8", "replace")) if original else None
    form = normal_form(claim.encode()) if claim else None
    return form is not None and form[0] == algorithm and form[1] != value
