"""The clock, and instants as the archive writes them.

Simulations set another clock in their process; no setting and no command does.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta

from archive.errors import ClockSetBack
from archive.zones import VIETNAM

Clock = Callable[[], datetime]
# How far the clock may be set back during a crawl: less than the time between two captures of a page.
SET_BACK_SECONDS = 60.0


class SetBackWatch:
    """Detects a clock that was set back, from any thread. `latest`: an instant that has passed, if one is known."""

    def __init__(self, clock: Clock, tolerance: float, latest: datetime | None) -> None:
        self._clock, self._tolerance, self._latest = clock, timedelta(seconds=tolerance), latest

    def check(self) -> None:
        """Compare the clock with the latest instant known.

        Raises:
            ClockSetBack: it is behind by more than the tolerance.
        """
        instant = self._clock()
        if self._latest is not None and instant < self._latest - self._tolerance:
            raise ClockSetBack(instant, self._latest)
        self._latest = max(instant, self._latest) if self._latest else instant


def system_clock() -> datetime:
    """The present instant by this machine's clock, in UTC."""
    return datetime.now(UTC)


_clock: Clock = system_clock


def now() -> datetime:
    """The present instant, in UTC, by this process's clock: the machine's, unless another was set."""
    return _clock().astimezone(UTC)


def set_clock(clock: Clock) -> None:
    """Make `now` read another clock in this process; it returns instants with an offset."""
    global _clock
    _clock = clock


@contextlib.contextmanager
def clock_set(clock: Clock) -> Iterator[None]:
    """Make `now` read another clock within the block."""
    before = _clock
    set_clock(clock)
    try:
        yield
    finally:
        set_clock(before)


def midnight(day: date, days: int = 0) -> datetime:
    """The instant at which a day, or the one so many days later, begins in Vietnam."""
    return datetime.combine(day + timedelta(days=days), time(), VIETNAM).astimezone(UTC)


def warc_date(instant: datetime) -> str:
    """The instant as a WARC-Date with microseconds (ISO 28500, 5.4): 2026-01-08T12:00:00.000000Z."""
    if instant.tzinfo is not UTC:
        instant = instant.astimezone(UTC)
    return instant.isoformat(timespec="microseconds")[:26] + "Z"


def timestamp14(instant: datetime) -> str:
    """The instant as the 14 digits of CDXJ and Memento addresses: 20260108120000."""
    at = instant.astimezone(UTC)  # strftime takes twice as long
    return f"{at.year:04}{at.month:02}{at.day:02}{at.hour:02}{at.minute:02}{at.second:02}"


def parse_warc_date(text: str) -> datetime:
    """The instant of a WARC-Date (W3C profile of ISO 8601: a year up to nine fractional digits, in UTC), or 14 digits.

    The latter is the form of indexes, ARC files and the first drafts of WARC.

    Raises:
        ValueError: the text is no such date.
    """
    if len(text) == 14 and text.isdigit():
        text = f"{text[:8]}T{text[8:]}Z"
    elif len(text) == 4:
        text += "-01-01"
    elif len(text) == 7:
        text += "-01"
    instant = datetime.fromisoformat(text)
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
