"""Doubts are stored as codes with values; those of older items are read as well, and each has words."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.doubts import Doubt, doubt_words, read_doubt
from archive.web import wording

# a sentence of an older version, and what this one stores for it
OLDER = [
    (
        "confidence 0.65: by json-ld, otherwise meta, visible",
        Doubt.LOW_CONFIDENCE.of(confidence="0.65", source="json-ld", others="meta,visible"),
    ),
    (
        "confidence 0.70: by meta, not confirmed by another source",
        Doubt.LOW_CONFIDENCE.of(confidence="0.70", source="meta"),
    ),
    (
        "confidence 0.60: no rule found it, and JSON-LD gives another amount of text "
        "(letters: 900 kept, 1000 by trafilatura, 3000 in JSON-LD, 100 left out)",
        Doubt.BODY_WITHOUT_RULE.of(
            confidence="0.60", ground="json_ld", kept=900, trafilatura=1000, json_ld=3000, left_out=100
        ),
    ),
    (
        "later than the capture of 2026-01-08T12:00:00+00:00",
        Doubt.AFTER_CAPTURE.of(captured_at="2026-01-08T12:00:00+00:00"),
    ),
    ("the address says 2025-12-01", Doubt.OTHER_DAY.of(day="2025-12-01")),
    ("1 of 2 further pages could not be read", Doubt.PAGES_UNREAD.of(unread=1, pages=2)),
    ("converted from tcvn3", Doubt.CONVERTED.of(encoding="tcvn3")),
    ("read as windows-1258, which the page does not declare", Doubt.UNDECLARED_CHARSET.of(encoding="windows-1258")),
    ("holds bytes that its charset cannot read", Doubt.UNREADABLE_BYTES.of()),
]


@pytest.mark.parametrize(("older", "stored"), OLDER)
def test_a_doubt_of_an_older_item_is_read_as_one_of_today(older: str, stored: str) -> None:
    doubt, values = read_doubt(stored)
    assert (doubt, dict(values)) == (read_doubt(older)[0], dict(read_doubt(older)[1]))
    assert doubt_words(stored) == doubt_words(older) == older
    in_vietnamese = wording.why_doubtful(stored)
    assert in_vietnamese == wording.why_doubtful(older) not in (stored, older)
    assert all(value in in_vietnamese for name, value in values.items() if name not in ("ground", "others"))


def test_each_code_is_stored_by_some_version() -> None:
    assert {read_doubt(stored)[0] for _, stored in OLDER} == set(Doubt) - {Doubt.OTHER}


@pytest.mark.parametrize(
    "stored", ["two disagree", "converted", "low_confidence source=x", "low_confidence of what", "", "{x}"]
)
def test_what_no_version_wrote_stays_as_it_is(stored: str) -> None:
    assert doubt_words(stored) == wording.why_doubtful(stored) == stored


def test_each_code_is_in_the_documents() -> None:
    listed = (Path(__file__).parents[2] / "docs" / "fields.md").read_text("utf-8")
    assert [doubt for doubt in Doubt if f"| `{doubt.value}` |" not in listed] == []
