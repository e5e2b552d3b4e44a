"""When an address is due again: policy alone, pure; the addresses themselves are kept in the catalog."""

from __future__ import annotations

from datetime import datetime, timedelta

# An article is looked at again when it is this old, counted from its publication; later every year.
LOOKS_AGAIN = (
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(days=1),
    timedelta(days=7),
    timedelta(days=30),
    timedelta(days=365),
)
YEAR = timedelta(days=365)
AFTER_FAILURE = timedelta(hours=1)


def due_again(published_at: datetime | None, fetched_at: datetime) -> datetime:
    """When an article fetched at `fetched_at` is worth another look; one of unknown age counts as just published."""
    published = min(published_at or fetched_at, fetched_at)
    for age in LOOKS_AGAIN:
        if published + age > fetched_at:
            return published + age
    return fetched_at + YEAR


def list_due_again(is_first_page: bool, fetched_at: datetime) -> datetime:
    """When a list page is due: the first of a section at every run, the others when the first shows something new."""
    return fetched_at if is_first_page else fetched_at + 100 * YEAR
