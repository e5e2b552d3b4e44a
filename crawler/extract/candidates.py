"""What a source says of a field: value, place and raw text, to be voted on; decides nothing."""

from __future__ import annotations

from typing import Any, Literal

import attrs

from crawler.extract.dates.parsing import Instant, read_time
from crawler.extract.page import bare, fold

Source = Literal["rule", "json-ld", "meta", "feed", "visible", "generic"]
Field = Literal["title", "published_at", "modified_at", "authors", "lead", "section", "tags", "body"]


@attrs.frozen(eq=False)
class Candidate:
    """One source's word on one field.

    `value` is a text, an Instant, or a tuple of texts; two candidates agree where their `key` is the same.
    """

    field: Field
    value: Any
    source: Source
    place: str
    raw: str
    share: float = 1.0
    """How much of its source's weight it has: a time above the headline is less surely the article's than one below."""
    key: Any = attrs.field(init=False, repr=False)
    """What agreement is judged by: letters without case and marks; an instant to the minute; names in any order."""

    @key.default
    def _make_key(self) -> Any:
        if isinstance(self.value, Instant):
            return self.value.at.replace(second=0, microsecond=0).timestamp()
        if isinstance(self.value, tuple):
            return frozenset(bare(name) for name in self.value)
        return bare(self.value)


@attrs.frozen(kw_only=True)
class FeedEntry:
    """What a newspaper's feed said of the article, where the address was found through one."""

    title: str | None = None
    published_at: str | None = None
    author: str | None = None


def feed_candidates(entry: FeedEntry | None, time_zone: str) -> list[Candidate]:
    """The feed's word on title and time."""
    if entry is None:
        return []
    found = [Candidate("title", fold(entry.title), "feed", "title", entry.title)] if entry.title else []
    when = read_time(fold(entry.published_at), time_zone) if entry.published_at else None
    if when is not None and entry.published_at:
        found.append(Candidate("published_at", when, "feed", "pubDate", entry.published_at))
    return found
