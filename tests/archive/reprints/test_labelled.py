"""Reprints of every kind are found with their direction, and what is only alike is not."""

from __future__ import annotations

from pathlib import Path

from benchmarks.labelled import found_in, judged
from crawler.newsroom.reprints import KINDS, LabelledSet, labelled_set


def test_reprints_of_all_kinds_are_found_and_notices_and_events_are_not(labelled: LabelledSet, tmp_path: Path) -> None:
    assert {pair.kind for pair in labelled.pairs} == set(KINDS)
    found = judged(found_in(labelled, tmp_path / "c"), labelled)
    assert found.precision >= 0.98, found.examples
    assert found.recall >= 0.98, found.examples
    assert found.direction >= 0.99, found.examples


def test_the_same_seed_gives_the_same_set() -> None:
    assert labelled_set(3, originals=4, days=2) == labelled_set(3, originals=4, days=2)
    assert labelled_set(3, originals=4, days=2) != labelled_set(4, originals=4, days=2)
