"""Whether two captures of one address show the same picture, however each was compressed, sized or cropped."""

from __future__ import annotations

import io
import sqlite3
from typing import Self

import numpy as np
from PIL import Image

from archive.catalog import Capture, Catalog
from archive.catalog.pictures import are_same
from archive.collection import Collection
from archive.originals import original_of
from archive.pictures.decoding import Hashed, Outcome
from archive.pictures.hashers import Hashers
from archive.pictures.matching import lie_upon_each_other

_TELLING = (Outcome.HASHED, Outcome.PLAIN, Outcome.SMALL)
# Of icons, banners and plain pictures
_FORM, _FLAT, _SHADE, _SIMILAR = 1.05, 4.0, 8.0, 0.93


class Exchanges:
    """Compares captures, in a process of its own, which is begun when the first two are compared. A context manager."""

    def __init__(self, collection: Collection) -> None:
        self._collection, self._hashers = collection, Hashers(collection.root, 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process."""
        self._hashers.close()

    def is_other(self, former: str, later: str) -> bool:
        """Whether two captures show different pictures; also False where that cannot be said.

        Args:
            former, later: their records' ids.

        Raises:
            WorkerLost: the process could not be begun.
        """
        with self._collection.catalog() as catalog:
            captures = [self._holder(catalog, record_id) for record_id in (former, later)]
            places = [(one.file, one.offset, one.length) for one in captures if one is not None]
            digests = [one.payload_digest for one in captures if one is not None]
            if len(places) < len(captures) or digests[0] == digests[1] or _are_known(catalog.connection, digests):
                return False
        ones = list(self._hashers.each(places))
        return all(one is not None and one.outcome in _TELLING for one in ones) and not _is_same(*ones)  # type: ignore[arg-type]

    def _holder(self, catalog: Catalog, record_id: str) -> Capture | None:
        found = catalog.capture(record_id)
        return original_of(self._collection, catalog, found) if found is not None else None


def _are_known(connection: sqlite3.Connection, digests: list[str | None]) -> bool:
    """Whether both were compared already, and found to be the same."""
    one, other = digests
    return one is not None and other is not None and are_same(connection, one, other)


def _is_same(former: Hashed, later: Hashed) -> bool:
    if former.likeness is not None and later.likeness is not None:
        return lie_upon_each_other(later.likeness, former.likeness)
    one, other = (each.likeness.thumbnail if each.likeness else each.thumbnail for each in (former, later))
    return one is None or other is None or _is_nearly(one, other)


def _is_nearly(former: bytes, later: bytes) -> bool:
    """Whether two thumbnails of pictures with little in them are nearly the same, dot by dot."""
    with Image.open(io.BytesIO(former)) as one, Image.open(io.BytesIO(later)) as other:
        forms = one.width / one.height, other.width / other.height
        if max(forms) > _FORM * min(forms):
            return False
        first, second = (np.asarray(each.convert("L").resize(one.size), np.float64) for each in (one, other))
    if min(first.std(), second.std()) < _FLAT:
        return bool(abs(first - second).mean() < _SHADE)
    return bool(np.corrcoef(first.ravel(), second.ravel())[0, 1] >= _SIMILAR)
