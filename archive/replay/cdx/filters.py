"""Filters of the CDX server, in pywb's forms: [!][=|~]FIELD:VALUE.

A regular expression is RE2's, which takes time in proportion to the text, whatever the expression.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import attrs

from archive.errors import BadCdxQuery
from archive.replay.cdx.fields import FIELDS, Row, field_named, line_of

_LONGEST = 1000

Comparison = Literal["contains", "is", "matches"]


@attrs.frozen
class Filter:
    """A condition of a field, or of the whole line where `field` is None."""

    field: str | None
    comparison: Comparison
    value: str
    is_inverted: bool = False

    def lets_through(self, rows: Sequence[Row]) -> list[bool]:
        """Which of the rows fulfil the condition; a field that a row lacks is an empty text."""
        texts = [row.get(self.field, "") if self.field else line_of(row, "cdxj", None).rstrip("\n") for row in rows]
        if self.comparison == "matches":
            found = _matches(self.value, texts)
        elif self.comparison == "is":
            found = [text == self.value for text in texts]
        else:
            found = [self.value in text for text in texts]
        return [one != self.is_inverted for one in found]


def read_filter(text: str) -> Filter:
    """The filter that was written so.

    Raises:
        BadCdxQuery: it names no field, is too long, or its regular expression is none of RE2.
    """
    if len(text) > _LONGEST:
        raise BadCdxQuery("filter", text, f"it is longer than {_LONGEST} characters")
    rest = text.removeprefix("!")
    comparison: Comparison = {"=": "is", "~": "matches"}.get(rest[:1], "contains")  # type: ignore[assignment]
    if comparison != "contains":
        rest = rest[1:]
    name, colon, value = rest.partition(":")
    field = field_named(name) if colon else None
    if colon and field is None:
        raise BadCdxQuery("filter", text, f"there is no field {name}; known are {', '.join(FIELDS)}")
    found = Filter(field, comparison, value if colon else rest, text.startswith("!"))
    if comparison == "matches":
        try:
            found.lets_through([dict.fromkeys(FIELDS, "")])
        except ValueError as error:
            raise BadCdxQuery("filter", text, f"RE2 does not know this expression: {error}") from error
    return found


def _matches(expression: str, texts: list[str]) -> list[bool]:
    """Whether each text begins with a match.

    Raises:
        ValueError: it is no expression of RE2.
    """
    # where nobody filters by expressions, a server does without the memory that this takes
    import pyarrow
    import pyarrow.compute

    texts = [text.encode("utf-8", "replace").decode() for text in texts]
    array = pyarrow.array(texts, pyarrow.large_string())
    found: list[bool] = pyarrow.compute.match_substring_regex(array, f"^(?:{expression})").to_pylist()
    return found
