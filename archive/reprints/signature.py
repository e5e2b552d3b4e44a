"""The signature of a text: a sample of its shingles that is the same in every text that has them.

A shingle is in the sample when its hash is below a bound (a MinHash of the FracMinHash kind): so two samples say which
share of one text is in the other, also where one text is much longer, which a MinHash of fixed length cannot.
"""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import numpy as np

from archive.reprints.text import ComparedText, Hashes

METHOD = 1
"""Incremented when the same text would have another signature: signatures of two methods are never compared."""
ONE_OF = 12
"""The share of the shingles that is in a sample."""
FEWEST, MOST = 8, 500
"""A text has at least so many shingles in its sample if it has as many, and never more than so many."""
_BOUND = np.uint64((1 << 64) // ONE_OF)
_BITS = np.uint64(16)
_BYTES = 6
KEY_BOUND = (1 << 48) // ONE_OF + 1
"""What the keys of most shingles are below: only those of short texts are above."""
_WHOLE = 1 << 47
"""What the keys of whole texts are above: those of shingles are below."""


@attrs.frozen
class Signature:
    """The keys by which other articles with the same text are found: of shingles, ascending, and of the whole."""

    shingles: tuple[int, ...]
    whole: int

    @classmethod
    def of(cls, text: ComparedText) -> Signature:
        """The signature of a text."""
        return cls(tuple((_sample(text.shingles) >> _BITS).tolist()), _WHOLE + (text.digest >> 17))

    @property
    def keys(self) -> tuple[int, ...]:
        """All keys; of a text without words none."""
        return (*self.shingles, self.whole)

    def packed(self) -> bytes:
        """The keys as bytes, six each, little-endian."""
        octets = np.array(self.keys, "<u8").view(np.uint8).reshape(-1, 8)
        return octets[:, :_BYTES].tobytes()

    @classmethod
    def unpacked(cls, kept: bytes) -> Signature:
        """The signature that `packed` made.

        Raises:
            ValueError: the bytes are damaged.
        """
        keys: Sequence[int] = _keys(kept)
        return cls(tuple(keys[:-1]), keys[-1])


def _sample(shingles: Hashes) -> Hashes:
    below = int(np.searchsorted(shingles, _BOUND))
    return shingles[: min(max(below, FEWEST), MOST)]


def _keys(kept: bytes) -> list[int]:
    if not kept or len(kept) % _BYTES:
        raise ValueError("a signature is damaged")
    octets = np.zeros((len(kept) // _BYTES, 8), np.uint8)
    octets[:, :_BYTES] = np.frombuffer(kept, np.uint8).reshape(-1, _BYTES)
    found: list[int] = octets.view("<u8").ravel().tolist()
    return found
