"""Which candidates for a time can be the article's, by the capture time and by each other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import attrs

from crawler.extract.dates.position import TimePosition
from crawler.extract.vote import Candidate

_AHEAD = timedelta(days=2)
# A clock in a page's head shows the time at which the page was made, which is that of the capture or hours before.
_CLOCK_RUNS = timedelta(hours=26)
_UNSURE = frozenset((TimePosition.BEHIND.value, TimePosition.ABOVE.value, TimePosition.HEAD.value))


def plausible_times(candidates: Sequence[Candidate], captured_at: datetime, language: str) -> list[Candidate]:
    """The plausible candidates; ambiguous ones in the reading that another source confirms.

    Dropped are times after the capture, a time above the headline that is the capture time, and a time behind the
    text that no
    other source gives.
    """
    # a time after the capture is not possible
    past = [one for one in candidates if one.value.at - captured_at < _AHEAD] or list(candidates)
    ordered = [_in_order(one, past, captured_at) for one in past]
    local = [_local(one, ordered) if language == "vi" else one for one in ordered]
    return [one for one in local if not _is_unsure(one) or _is_believed(one, local, captured_at)]


def _in_order(one: Candidate, everyone: Sequence[Candidate], captured_at: datetime) -> Candidate:
    """Day and month exchanged, where only so another source says the same, or the time lies before the capture."""
    other = one.value.other
    if other is None:
        return one
    rest = [its.value for its in everyone if its.source != one.source or its.place != one.place]
    clear = [value for value in rest if value.other is None]
    is_other = any(_same(other, value.at, value.day_only or one.value.day_only) for value in clear)
    is_own = any(_same(one.value.at, value.at, value.day_only or one.value.day_only) for value in (*clear, *rest))
    if (is_other and not is_own) or one.value.at - captured_at >= _AHEAD > other - captured_at:
        return attrs.evolve(one, value=attrs.evolve(one.value, at=other, other=one.value.at))
    return one


def _local(one: Candidate, everyone: Sequence[Candidate]) -> Candidate:
    """A time marked as UTC that the page prints with the same figures: it is a local time."""
    value = one.value
    if (
        one.source not in ("json-ld", "meta", "feed")
        or not value.has_offset
        or value.day_only
        or not _says_utc(value.text)
    ):
        return one
    printed = [its.value for its in everyone if its.source in ("visible", "rule") and not its.value.has_offset]
    figures = value.at - (value.at.utcoffset() or timedelta())
    if any(_same(its.at, figures, by_day=False) for its in printed if not its.day_only):
        return attrs.evolve(one, value=attrs.evolve(value, at=figures, has_offset=False))
    return one


def _says_utc(text: str) -> bool:
    return text.rstrip().endswith(("Z", "+00:00", "+0000", "GMT", "UTC"))


def _same(one: datetime, other: datetime, by_day: bool) -> bool:
    if by_day:
        return one.date() == other.date()
    return one.replace(second=0, microsecond=0) == other.replace(second=0, microsecond=0)


def _is_unsure(one: Candidate) -> bool:
    return one.source == "visible" and one.share in _UNSURE


def _is_believed(one: Candidate, everyone: Sequence[Candidate], captured_at: datetime) -> bool:
    if any(
        _same(one.value.at, its.value.at, its.value.day_only or one.value.day_only)
        for its in everyone
        if its is not one and not (_is_unsure(its) and its.source == one.source)
    ):
        return True
    is_above = one.share == TimePosition.ABOVE.value
    return is_above and captured_at - one.value.at > _CLOCK_RUNS and not one.value.day_only
