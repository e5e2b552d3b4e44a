"""Why a field of an article should be looked at: codes with values, as items store them, and their English words.

A stored doubt is a code, and its values as `name=value`, with spaces between: `other_day day=2025-12-01`.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping


class Doubt(enum.StrEnum):
    """The codes; the comment names the values."""

    # confidence: below .80; source: what was chosen; others: sources that say something else, or none
    LOW_CONFIDENCE = "low_confidence"
    # confidence; ground: the reader that differs most; letters that are kept, and by each reader
    BODY_WITHOUT_RULE = "body_without_rule"
    AFTER_CAPTURE = "after_capture"  # captured_at
    OTHER_DAY = "other_day"  # day: that of the address
    PAGES_UNREAD = "pages_unread"  # unread, pages: numbers of further pages
    CONVERTED = "converted"  # encoding
    UNDECLARED_CHARSET = "undeclared_charset"  # encoding
    UNREADABLE_BYTES = "unreadable_bytes"
    OTHER = "other"  # a sentence of an older version

    def of(self, **values: object) -> str:
        """The doubt with its values, as it is stored; a value has no spaces."""
        return " ".join((self.value, *(f"{name}={value}" for name, value in values.items())))


_WORDS = {
    Doubt.LOW_CONFIDENCE: "confidence {confidence}: by {source}, {others}",
    Doubt.BODY_WITHOUT_RULE: (
        "confidence {confidence}: no rule found it, and {ground} (letters: {kept} kept, {trafilatura} by trafilatura, "
        "{json_ld} in JSON-LD, {left_out} left out)"
    ),
    Doubt.AFTER_CAPTURE: "later than the capture of {captured_at}",
    Doubt.OTHER_DAY: "the address says {day}",
    Doubt.PAGES_UNREAD: "{unread} of {pages} further pages could not be read",
    Doubt.CONVERTED: "converted from {encoding}",
    Doubt.UNDECLARED_CHARSET: "read as {encoding}, which the page does not declare",
    Doubt.UNREADABLE_BYTES: "holds bytes that its charset cannot read",
}
_GROUNDS = {
    "paragraphs": "other readers choose other paragraphs",
    "trafilatura": "trafilatura finds another amount of text",
    "json_ld": "JSON-LD gives another amount of text",
    "left_out": "long paragraphs beside the body are left out",
}
# What versions before 2026-11 wrote in words, in items and reports
_OLDER = (
    (
        re.compile(
            r"confidence (?P<confidence>[\d.]+): by (?P<source>\S+), (?:otherwise (?P<others>.+)|not confirmed .+)"
        ),
        Doubt.LOW_CONFIDENCE,
    ),
    (
        re.compile(
            r"confidence (?P<confidence>[\d.]+): no rule found it, and (?P<ground>.+) \(letters: (?P<kept>\d+) kept, "
            r"(?P<trafilatura>\d+) by trafilatura, (?P<json_ld>\d+) in JSON-LD, (?P<left_out>\d+) left out\)"
        ),
        Doubt.BODY_WITHOUT_RULE,
    ),
    (re.compile(r"later than the capture of (?P<captured_at>\S+)"), Doubt.AFTER_CAPTURE),
    (re.compile(r"the address says (?P<day>\S+)"), Doubt.OTHER_DAY),
    (re.compile(r"(?P<unread>\d+) of (?P<pages>\d+) further pages could not be read"), Doubt.PAGES_UNREAD),
    (re.compile(r"converted from (?P<encoding>\S+)"), Doubt.CONVERTED),
    (re.compile(r"read as (?P<encoding>\S+), which the page does not declare"), Doubt.UNDECLARED_CHARSET),
    (re.compile(r"holds bytes that its charset cannot read"), Doubt.UNREADABLE_BYTES),
)
_CODES = {doubt.value: doubt for doubt in Doubt if doubt is not Doubt.OTHER}
_NAMES_OF_GROUNDS = {words: name for name, words in _GROUNDS.items()}


def read_doubt(stored: str) -> tuple[Doubt, Mapping[str, str]]:
    """Code and values of a stored doubt; `OTHER`, with the sentence, is what no version of the program wrote."""
    code, *values = stored.split(" ")
    if (doubt := _CODES.get(code)) is not None and all("=" in value for value in values):
        return doubt, dict(value.split("=", 1) for value in values)
    for pattern, older in _OLDER:
        if found := pattern.fullmatch(stored):
            named = {name: value.replace(", ", ",") for name, value in found.groupdict().items() if value is not None}
            if "ground" in named:
                named["ground"] = _NAMES_OF_GROUNDS.get(named["ground"], named["ground"])
            return older, named
    return Doubt.OTHER, {"sentence": stored}


def doubt_words(stored: str) -> str:
    """A stored doubt in English."""
    doubt, values = read_doubt(stored)
    if doubt is Doubt.OTHER:
        return values["sentence"]
    others = values.get("others")
    said = {
        **values,
        "others": f"otherwise {others.replace(',', ', ')}" if others else "not confirmed by another source",
        "ground": _GROUNDS.get(values.get("ground", ""), values.get("ground", "")),
    }
    try:
        return _WORDS[doubt].format(**said)
    except KeyError:  # an item that somebody changed
        return stored
