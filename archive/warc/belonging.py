"""The records of a file that belong to captures: their own, those that name them, and those that they name.

Damage is passed over, as by an import: what stands behind it is found as well.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

import attrs

from archive.readable import Readable
from archive.warc.check.heads import Head
from archive.warc.check.verify import verify_file

_CAPTURES = ("response", "revisit", "resource")
_NAMING = (b"warc-refers-to", b"warc-segment-origin-id")


@attrs.frozen
class Place:
    """A record: its type, its id, and its bytes in the file."""

    type: str
    record_id: str
    offset: int
    length: int


def belonging(
    path: Readable,
    record_ids: Collection[str],
    captures: Collection[Place] = (),
    is_meant: Callable[[str], bool] = lambda url: False,
) -> list[Place]:
    """The records of a file that belong to the captures with these ids, in the order of the file.

    Args:
        is_meant: whether all records of an address are meant, also those that an import could not take.
        captures: where they stand in this file as far as is known; one that no check can read belongs as well.

    Raises:
        OSError: it cannot be read.
    """
    unseen = {one.offset: one for one in captures}
    found: dict[int, Place] = {}
    named: set[str] = set()
    others: list[tuple[Place, frozenset[str]]] = []
    for place, names, url in _records(path):
        unseen.pop(place.offset, None)
        if place.record_id in record_ids or (url and is_meant(url)):
            found[place.offset] = place
            named |= names
        elif place.type != "warcinfo":
            others.append((place, names))
    for place, names in others:
        is_named = place.type not in _CAPTURES and place.record_id in named
        if is_named or not names.isdisjoint(record_ids):
            found[place.offset] = place
    return sorted((*unseen.values(), *found.values()), key=lambda place: place.offset)


def _records(path: Readable) -> Iterator[tuple[Place, frozenset[str], str | None]]:
    """The records that have a place of their own, the ids that each names, and its address."""
    for record, _ in verify_file(path):
        if record is not None and record.length:
            place = Place(record.type, record.record_id, record.offset, record.length)
            yield place, _named_by(record.head), record.url


def _named_by(head: Head) -> frozenset[str]:
    values = [*head.concurrent, *(head.fields[name] for name in _NAMING if name in head.fields)]
    return frozenset(value.decode("utf-8", "replace").strip("<> ") for value in values)
