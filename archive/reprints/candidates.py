"""Finds the articles that may print the same text as one: those that share keys of its signature."""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from archive.catalog.reprints import StoredSignature, postings, signatures_with
from archive.reprints.signature import Signature

MOST, MOST_OF_DIGEST = 24, 72
"""Articles that a text is compared with: of one that more of them print, it is linked to so many; a digest of several
texts to so many of each, and to so many in all."""
_LEAST_KEYS = 2
_LEAST_SHARE = 0.22
_DAYS_OF_FORMULA = 5
"""A shingle that articles of so many days have belongs to a formula rather than to a story."""
_MOSTLY_FORMULA = 0.6
_LEAST_BESIDE_FORMULA = 0.2
_FEWEST_BESIDE_FORMULA = 6


def candidates(connection: sqlite3.Connection, version_seq: int, signature: Signature) -> list[StoredSignature]:
    """The signatures of articles that a text may have in common with a version, the likeliest first.

    Only versions that were released before it are looked at: each pair is found once.
    """
    rows = postings(connection, signature.keys, version_seq)
    shared = Counter(seq for _, seq in rows)
    whole = {seq for key, seq in rows if key == signature.whole}
    likely = [seq for seq, count in shared.items() if count >= _LEAST_KEYS or seq in whole]
    if not likely:
        return []
    known = signatures_with(connection, likely)
    enough = [
        seq for seq in likely
        if seq in whole or shared[seq] >= _LEAST_SHARE * min(len(signature.shingles), _size(known, seq))
    ]  # fmt: skip
    if not enough:
        return []
    formula = _formula(connection, rows, known)
    if formula:
        beside = _shared_beside(rows, formula)
        enough = [
            seq for seq in enough
            if seq in whole or _is_more(shared[seq], beside[seq], min(len(signature.shingles), _size(known, seq)))
        ]  # fmt: skip
    enough.sort(key=lambda seq: (seq not in whole, -shared[seq], seq))
    return [known[seq] for seq in _chosen(rows, enough) if seq in known]


def _chosen(rows: Iterable[tuple[int, int]], likely: Sequence[int]) -> list[int]:
    """The first of these versions, but of those that share the same parts of a text no more than `MOST`."""
    if len(likely) <= MOST:
        return list(likely)
    keys: dict[int, list[int]] = {seq: [] for seq in likely}
    for key, seq in rows:
        if seq in keys:
            keys[seq].append(key)
    chosen: list[int] = []
    times: Counter[int] = Counter()
    for seq in likely:
        if 2 * sum(times[key] < MOST for key in keys[seq]) > len(keys[seq]):
            chosen.append(seq)
            times.update(keys[seq])
            if len(chosen) == MOST_OF_DIGEST:
                break
    return chosen


def _size(known: Mapping[int, StoredSignature], seq: int) -> int:
    """How many shingles a signature has."""
    return max(1, len(known[seq].keys) // 6 - 1) if seq in known else 1 << 30


def _formula(
    connection: sqlite3.Connection, rows: Sequence[tuple[int, int]], known: Mapping[int, StoredSignature]
) -> set[int]:
    """The keys that articles of many days have."""
    versions: defaultdict[int, list[int]] = defaultdict(list)
    for key, seq in rows:
        versions[key].append(seq)
    frequent = {key: seqs for key, seqs in versions.items() if len(seqs) >= _DAYS_OF_FORMULA}
    unknown = {seq for seqs in frequent.values() for seq in seqs} - known.keys()
    days = {seq: one.day for seq, one in {**known, **signatures_with(connection, unknown)}.items()}
    return {
        key for key, seqs in frequent.items() if len({days.get(seq, 0) for seq in seqs}) >= _DAYS_OF_FORMULA
    }  # fmt: skip


def _shared_beside(rows: Iterable[tuple[int, int]], formula: set[int]) -> Counter[int]:
    return Counter(seq for key, seq in rows if key not in formula)


def _is_more(shared: int, beside: int, size: int) -> bool:
    """Whether two texts have more in common than a formula, of which many articles consist."""
    of_formula = shared - beside
    if of_formula < _MOSTLY_FORMULA * shared:
        return True
    left = size - of_formula
    return left < _FEWEST_BESIDE_FORMULA or beside >= _LEAST_BESIDE_FORMULA * left
