"""The settings of one crawl, as its arguments and the operator's settings change them, and its revisit policy."""

from __future__ import annotations

import os
import warnings
from datetime import timedelta
from pathlib import Path
from typing import Any

from scrapy.settings import BaseSettings

from archive.durations import parse_duration
from archive.errors import BadSetting, ContactMissing
from archive.revisit_policy import RevisitPolicy
from crawler.configuration.keys import Key, of_crawls
from crawler.configuration.precedence import InForce, Source, in_force, jobs_file, unless_declared
from crawler.configuration.texts import AGES, CONTACT
from crawler.http.resolver import Loopback

# The arguments of a spider that change the settings.
ARGUMENTS = ("collection", "from_archive", "loopback", "contact")
REVISIT_AGES, _FORMERLY = "BAOTINH_REVISIT_AGES", "BAOTINH_LOOKS"
_PAUSE = "DOWNLOAD_DELAY"
_REREADING = "crawler.http.archive_handler.RereadingDownloadHandler"


def default_collection() -> Path:
    """The collection in the settings, else ./data."""
    return in_force("collection").value or Path("data")


def configure(
    settings: BaseSettings,
    *,
    collection: str | None = None,
    from_archive: str | None = None,
    loopback: str | None = None,
    contact: str | None = None,
    newspaper: str | None = None,
) -> None:
    """Bring a spider's arguments, and what the operator set, into the crawler's settings, before they are frozen.

    Args:
        newspaper: the newspaper that is crawled, for the settings of it alone.

    Raises:
        ContactMissing: the network would be crawled without a contact address.
        BadLoopback: `loopback` is no address of this machine.
        BadSetting: a value in the environment is invalid.
        BadConfiguration, FileMissing: the file of settings is wrong, or is not there.
    """
    read_settings(settings, newspaper)
    settings.set("BAOTINH_COLLECTION", str(collection or default_collection()), priority="spider")
    if from_archive:
        _read_archive(settings, from_archive)
        return
    if loopback:
        _stay_on_loopback(settings, loopback)
        return
    address = contact or _contact_of_settings() or settings.get("BAOTINH_CONTACT") or ""
    if not CONTACT.fullmatch(address):
        raise ContactMissing(address)
    settings.set("BAOTINH_CONTACT", address, priority="spider")
    settings.set("USER_AGENT", f"{settings['USER_AGENT']} (+{address})", priority="spider")


def is_on(value: str | bool) -> bool:
    """Whether an argument such as `-a due=1` is true."""
    return bool(value) and str(value) not in ("0", "False")


def _contact_of_settings() -> str:
    try:
        return in_force("contact").value or ""
    except BadSetting as error:
        raise ContactMissing(error.found) from error


def read_settings(settings: BaseSettings, newspaper: str | None = None) -> None:
    """Bring what the operator set, in the environment and in baotinh.toml, into the crawler's settings.

    Raises:
        BadSetting: a value of the environment is invalid.
        BadConfiguration, FileMissing: the file of settings is wrong, or is not there.
    """
    job = os.environ.get("BAOTINH_JOB")
    schedule = jobs_file() if job else None
    for key in of_crawls():
        found = in_force(key, newspaper=newspaper, job=job, jobs_of=schedule)
        if key.setting == _PAUSE:
            found = unless_declared(found, settings.getfloat(_PAUSE))
        if found.source not in (Source.DEFAULT, Source.DECLARATION):
            _set(settings, key, found)
    if settings.get(_FORMERLY):
        _heed_former_ages(settings)
    revisit_policy(settings)


def _set(settings: BaseSettings, key: Key, found: InForce) -> None:
    assert key.setting is not None
    value: Any = found.value
    if isinstance(value, timedelta):
        seconds = value.total_seconds()
        value = int(seconds) if seconds == int(seconds) else seconds
    if key.setting == _PAUSE:
        settings.set("AUTOTHROTTLE_START_DELAY", value, priority="spider")
        longest = max(value, settings.getfloat("AUTOTHROTTLE_MAX_DELAY"))
        settings.set("AUTOTHROTTLE_MAX_DELAY", longest, priority="spider")
    settings.set(key.setting, value, priority="spider")


def _heed_former_ages(settings: BaseSettings) -> None:
    """Settings of Scrapy's may have the former name."""
    warnings.warn(f"{_FORMERLY} is now {REVISIT_AGES}", DeprecationWarning, stacklevel=2)
    settings.set(REVISIT_AGES, settings[_FORMERLY], priority="spider")


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
        return tuple(parse_duration(part) for part in AGES.read(text).split())
    except ValueError:
        raise BadSetting(REVISIT_AGES, text, 'growing spans of time, such as "1h 6h 1d 7d 30d 365d"') from None


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
