"""When an address is worth another look; reads no clock and no catalog."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta

import attrs
from scrapy.settings import BaseSettings

from archive.errors import BadSetting
from crawler.durations import duration

LOOKS = "BAOTINH_LOOKS"
MONTH, YEAR = timedelta(days=30), timedelta(days=365)
FAR = 100 * YEAR
# How long the first wait is for a list of which nothing is known yet.
_FIRST_PACE = timedelta(hours=1)
# A sitemap that an index names holds back numbers: where nothing in it changes, it is asked for so seldom.
_LONGEST_NESTED = MONTH
_AFTER_FAILURE = timedelta(hours=1)
# A list is due a little before its pace has passed, so that a job of the same span does not miss it by a second.
_EARLY = 0.9


@attrs.frozen(kw_only=True)
class Looks:
    """The policy of one crawl.

    Args:
        ages: so long after its publication, or its last edit that was seen, an article is looked at again; later
            every year.
        list_least, list_most: between these lies the pace of a section, feed or sitemap.
    """

    ages: tuple[timedelta, ...] = (
        timedelta(hours=1),
        timedelta(hours=6),
        timedelta(days=1),
        timedelta(days=7),
        timedelta(days=30),
        timedelta(days=365),
    )
    list_least: timedelta = timedelta(minutes=10)
    list_most: timedelta = timedelta(hours=6)

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> Looks:
        """The policy that settings make.

        Raises:
            BadSetting: they make none.
        """
        least = timedelta(seconds=settings.getint("BAOTINH_LIST_LEAST"))
        most = timedelta(seconds=settings.getint("BAOTINH_LIST_MOST"))
        if not timedelta(seconds=1) <= least <= most:
            said = f"{settings['BAOTINH_LIST_LEAST']} to {settings['BAOTINH_LIST_MOST']}"
            raise BadSetting("BAOTINH_LIST_LEAST", said, "at least 1, and no more than BAOTINH_LIST_MOST")
        return cls(ages=read_ages(settings[LOOKS]), list_least=least, list_most=most)

    def due_again(self, changed_at: datetime | None, fetched_at: datetime) -> datetime:
        """When an article fetched at `fetched_at` is due; one of unknown age counts as just published."""
        changed = min(changed_at or fetched_at, fetched_at)
        for age in self.ages:
            if changed + age > fetched_at:
                return changed + age
        return fetched_at + YEAR

    def after_absence(self, changed_at: datetime | None, fetched_at: datetime, *, is_first: bool) -> datetime:
        """When a page that is not there is worth another look: soon at first, for servers err."""
        due = self.due_again(changed_at, fetched_at)
        return min(due, fetched_at + self.ages[0]) if is_first else due

    def pace(self, before: timedelta | None, is_changed: bool, *, is_nested: bool = False) -> timedelta:
        """How long after a look a list is due: half as long as before where it named something new, else half as long
        again."""
        most = _LONGEST_NESTED if is_nested else self.list_most
        if before is None:
            return min(max(_FIRST_PACE, self.list_least), most)
        return max(before / 2, self.list_least) if is_changed else min(before * 1.5, most)


def list_due(pace: timedelta, fetched_at: datetime) -> datetime:
    """When a list of that pace is due."""
    return fetched_at + pace * _EARLY


def after_failure(failures: int, instant: datetime) -> datetime:
    """When an address is due that gave no usable answer, and `failures` times none before: ever later."""
    wait: timedelta = _AFTER_FAILURE * 4 ** min(failures, 6)
    return instant + wait


def read_ages(said: str) -> tuple[timedelta, ...]:
    """Read "1h 6h 1d".

    Raises:
        BadSetting: they are no growing spans of a minute or more.
    """
    try:
        ages = tuple(duration(part) for part in said.split())
    except ValueError:
        ages = ()
    if not ages or any(after <= before for before, after in itertools.pairwise(ages)):
        raise BadSetting(LOOKS, said, 'growing spans of time, such as "1h 6h 1d 7d 30d 365d"')
    return ages
