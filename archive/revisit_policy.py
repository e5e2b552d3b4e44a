"""The revisit policy: when an address is due again, from its age, its answer and how often it changed."""

from __future__ import annotations

from datetime import datetime, timedelta

import attrs

MONTH, YEAR = timedelta(days=30), timedelta(days=365)
FAR = 100 * YEAR
# The revisit interval of a new list.
_FIRST_INTERVAL = timedelta(hours=1)
# The longest interval of a sitemap that an index names: most of them list old articles and do not change.
_LONGEST_NESTED = MONTH
_AFTER_FAILURE = timedelta(hours=1)
# A list is due a little before its interval ends, so that a job of the same interval does not miss it by a second.
_EARLY = 0.9


@attrs.frozen(kw_only=True)
class RevisitPolicy:
    """When articles and lists are fetched again.

    Args:
        ages: the times after publication, or after the last known edit, at which an article is due; then every year.
        list_least, list_most: the bounds of the revisit interval of a section, feed or sitemap.
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

    def due_again(self, changed_at: datetime | None, fetched_at: datetime) -> datetime:
        """When an article fetched at `fetched_at` is due; one of unknown age counts as just published."""
        changed = min(changed_at or fetched_at, fetched_at)
        for age in self.ages:
            if changed + age > fetched_at:
                return changed + age
        return fetched_at + YEAR

    def after_absence(self, changed_at: datetime | None, fetched_at: datetime, *, is_first: bool) -> datetime:
        """When a missing page is due again: soon at first, because the answer may be an error of the server."""
        due = self.due_again(changed_at, fetched_at)
        return min(due, fetched_at + self.ages[0]) if is_first else due

    def interval(self, before: timedelta | None, is_changed: bool, *, is_nested: bool = False) -> timedelta:
        """The next revisit interval of a list: half the last one if it named something new, otherwise 1.5 times it.

        Args:
            before: its last interval; None where it had none.
            is_nested: it is a sitemap that a sitemap index names.
        """
        most = _LONGEST_NESTED if is_nested else self.list_most
        if before is None:
            return min(max(_FIRST_INTERVAL, self.list_least), most)
        return max(before / 2, self.list_least) if is_changed else min(before * 1.5, most)


DEFAULT_POLICY = RevisitPolicy()


def list_due(interval: timedelta, fetched_at: datetime) -> datetime:
    """When a list of that revisit interval is due."""
    return fetched_at + interval * _EARLY


def after_failure(failures: int, instant: datetime) -> datetime:
    """When an address is due after a failed request and `failures` earlier ones; the wait grows with each."""
    wait: timedelta = _AFTER_FAILURE * 4 ** min(failures, 6)
    return instant + wait
