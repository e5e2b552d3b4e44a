"""The revisit policy that a crawl's settings make."""

from __future__ import annotations

import itertools
from datetime import timedelta

from scrapy.settings import BaseSettings

from archive.errors import BadSetting
from archive.revisit_policy import RevisitPolicy
from crawler.durations import duration

LOOKS = "BAOTINH_LOOKS"


def revisit_policy(settings: BaseSettings) -> RevisitPolicy:
    """The policy that settings make.

    Raises:
        BadSetting: they make none.
    """
    least = timedelta(seconds=settings.getint("BAOTINH_LIST_LEAST"))
    most = timedelta(seconds=settings.getint("BAOTINH_LIST_MOST"))
    if not timedelta(seconds=1) <= least <= most:
        said = f"{settings['BAOTINH_LIST_LEAST']} to {settings['BAOTINH_LIST_MOST']}"
        raise BadSetting("BAOTINH_LIST_LEAST", said, "at least 1, and no more than BAOTINH_LIST_MOST")
    return RevisitPolicy(ages=read_ages(settings[LOOKS]), list_least=least, list_most=most)


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
