"""The settings of one crawl, as its arguments and the environment change them, and its revisit policy."""

from __future__ import annotations

import itertools
import os
import re
import warnings
from datetime import timedelta
from pathlib import Path

from scrapy.settings import BaseSettings

from archive.durations import parse_duration
from archive.errors import BadSetting, ContactMissing
from archive.revisit_policy import RevisitPolicy
from archive.warc.record import ALGORITHMS
from crawler.http.resolver import Loopback
from crawler.politeness.backoff import DailyHours

CONTACT = re.compile(r"[^\s@<>()]+@[^\s@<>()]+\.[^\s@<>()]+|https?://[^\s<>()]+")
# The arguments of a spider that change the settings.
ARGUMENTS = ("collection", "from_archive", "loopback", "contact")
# Settings that the environment may change: whole numbers, switches (0 or 1), and the digests' algorithm.
BOUNDS = (
    "BAOTINH_QUEUE_BYTES", "BAOTINH_ROTATE_BYTES", "BAOTINH_ROTATE_SECONDS", "BAOTINH_LIST_PAGES",
    "BAOTINH_STOP_SECONDS", "BAOTINH_SET_BACK_SECONDS", "BAOTINH_HEAD_BYTES", "BAOTINH_READING_SECONDS",
    "BAOTINH_DAILY_REQUESTS", "BAOTINH_DAILY_BYTES", "BAOTINH_FIRST_REST", "BAOTINH_LONGEST_REST",
    "BAOTINH_ROBOTS_SECONDS", "BAOTINH_LIST_LEAST", "BAOTINH_LIST_MOST", "BAOTINH_BROWSER_SECONDS",
    "BAOTINH_BROWSER_REQUESTS", "BAOTINH_BROWSER_BYTES", "BAOTINH_BROWSER_MEMORY", "BAOTINH_BROWSER_PAGES",
    "BAOTINH_BROWSER_RESTART", "BAOTINH_BROWSER_LOADS",
)  # fmt: skip
DIGEST, QUIET_HOURS = "BAOTINH_DIGEST", "BAOTINH_QUIET_HOURS"
REVISIT_AGES, _FORMERLY = "BAOTINH_REVISIT_AGES", "BAOTINH_LOOKS"
SWITCHES = ("BAOTINH_OUTLINKS", "BAOTINH_PRIVATE_ADDRESSES", "BAOTINH_SCREENSHOTS")
BROWSER = "BAOTINH_BROWSER"
_REREADING = "crawler.http.archive_handler.RereadingDownloadHandler"


def default_collection() -> Path:
    """$BAOTINH_COLLECTION, or ./data."""
    return Path(os.environ.get("BAOTINH_COLLECTION") or "data")


def configure(
    settings: BaseSettings,
    *,
    collection: str | None = None,
    from_archive: str | None = None,
    loopback: str | None = None,
    contact: str | None = None,
) -> None:
    """Bring a spider's arguments into the crawler's settings, before they are frozen.

    Raises:
        ContactMissing: the network would be crawled without a contact address.
        BadLoopback: `loopback` is no address of this machine.
        BadSetting: a value in the environment is invalid.
    """
    read_environment(settings)
    settings.set("BAOTINH_COLLECTION", str(collection or default_collection()), priority="spider")
    if from_archive:
        _read_archive(settings, from_archive)
        return
    if loopback:
        _stay_on_loopback(settings, loopback)
        return
    address = contact or os.environ.get("BAOTINH_CONTACT") or settings.get("BAOTINH_CONTACT") or ""
    if not CONTACT.fullmatch(address):
        raise ContactMissing(address)
    settings.set("BAOTINH_CONTACT", address, priority="spider")
    settings.set("USER_AGENT", f"{settings['USER_AGENT']} (+{address})", priority="spider")


def is_on(value: str | bool) -> bool:
    """Whether an argument such as `-a due=1` is true."""
    return bool(value) and str(value) not in ("0", "False")


def read_environment(settings: BaseSettings) -> None:
    """Bring the settings in the environment into the crawler's settings.

    Raises:
        BadSetting: a value is invalid.
    """
    for name in (*BOUNDS, *SWITCHES):
        if name in os.environ:
            text = os.environ[name].strip()
            if not text.isdecimal() or (name in SWITCHES and text not in ("0", "1")):
                raise BadSetting(name, text, "0 or 1" if name in SWITCHES else "a whole number")
            settings.set(name, int(text), priority="spider")
    settings.set(BROWSER, os.environ.get(BROWSER, settings[BROWSER]), priority="spider")
    settings.set(REVISIT_AGES, _revisit_ages(settings), priority="spider")
    revisit_policy(settings)
    hours = os.environ.get(QUIET_HOURS, settings[QUIET_HOURS])
    DailyHours.read(hours)
    settings.set(QUIET_HOURS, hours, priority="spider")
    digest = os.environ.get(DIGEST, settings[DIGEST])
    if digest not in ALGORITHMS:
        raise BadSetting(DIGEST, digest, " or ".join(ALGORITHMS))
    settings.set(DIGEST, digest, priority="spider")


def _revisit_ages(settings: BaseSettings) -> str:
    former = os.environ.get(_FORMERLY) or settings.get(_FORMERLY)
    if former is not None:
        warnings.warn(f"{_FORMERLY} is now {REVISIT_AGES}", DeprecationWarning, stacklevel=2)
    text: str = os.environ.get(REVISIT_AGES) or former or settings[REVISIT_AGES]
    return text


def revisit_policy(settings: BaseSettings) -> RevisitPolicy:
    """The revisit policy that the settings describe.

    Raises:
        BadSetting: a value is invalid.
    """
    least = timedelta(seconds=settings.getint("BAOTINH_LIST_LEAST"))
    most = timedelta(seconds=settings.getint("BAOTINH_LIST_MOST"))
    if not timedelta(seconds=1) <= least <= most:
        text = f"{settings['BAOTINH_LIST_LEAST']} to {settings['BAOTINH_LIST_MOST']}"
        raise BadSetting("BAOTINH_LIST_LEAST", text, "at least 1, and no more than BAOTINH_LIST_MOST")
    return RevisitPolicy(ages=read_ages(settings[REVISIT_AGES]), list_least=least, list_most=most)


def read_ages(text: str) -> tuple[timedelta, ...]:
    """Read "1h 6h 1d".

    Raises:
        BadSetting: they are not spans of a minute or more, each longer than the one before.
    """
    try:
        ages = tuple(parse_duration(part) for part in text.split())
    except ValueError:
        ages = ()
    if not ages or any(after <= before for before, after in itertools.pairwise(ages)):
        raise BadSetting(REVISIT_AGES, text, 'growing spans of time, such as "1h 6h 1d 7d 30d 365d"')
    return ages


def _read_archive(settings: BaseSettings, archive: str) -> None:
    settings.set("BAOTINH_FROM_ARCHIVE", archive, priority="spider")
    settings.set("DOWNLOAD_HANDLERS", {"http": _REREADING, "https": _REREADING}, priority="spider")
    settings.set("ROBOTSTXT_OBEY", False, priority="spider")  # no server receives a request
    settings.set("RETRY_ENABLED", False, priority="spider")
    _do_not_wait(settings)


def _stay_on_loopback(settings: BaseSettings, loopback: str) -> None:
    Loopback.from_setting(loopback)
    settings.set("BAOTINH_LOOPBACK", loopback, priority="spider")
    settings.set("USER_AGENT", f"{settings['USER_AGENT']} (demonstration)", priority="spider")
    settings.set("HTTPPROXY_ENABLED", False, priority="spider")
    _do_not_wait(settings)


def _do_not_wait(settings: BaseSettings) -> None:
    settings.set("DOWNLOAD_DELAY", 0, priority="spider")
    settings.set("AUTOTHROTTLE_ENABLED", False, priority="spider")
    settings.set("CONCURRENT_REQUESTS_PER_DOMAIN", 16, priority="spider")
