"""The instants in WARC-Date as programs write it, also against the standard."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from archive.clock import parse_warc_date

# A day of the year in the place of the day of the month: 2009-03-65T08:43:19-0800, in all of ClueWeb09
_DAY_OF_YEAR = re.compile(r"(\d{4})-(\d\d)-(\d{2,3})([T ].*)")
_DIGITS = re.compile(r"\d{8}|\d{10}|\d{12}|\d{15,23}")
_LAST_SECOND = re.compile(r"(.*[T ]\d\d:\d\d:)60(.*)")
_MARGIN = timedelta(days=1)


def capture_instant(said: str) -> datetime:
    """The instant in a WARC-Date: as the standard has it, in digits alone (8 to 14, or more with parts of a second),
    with the day of the year, with a leap second, or as HTTP writes dates.

    Raises:
        ValueError: it is none of these, or so early or late that it is another year elsewhere than the calendar has.
    """
    instant = _instant(said.strip().upper())
    try:
        _ = instant - _MARGIN, instant + _MARGIN
    except OverflowError as error:
        raise ValueError(said) from error
    return instant


def _instant(said: str) -> datetime:
    if _DIGITS.fullmatch(said):
        return parse_warc_date(said[:14].ljust(14, "0"))
    said = _LAST_SECOND.sub(r"\g<1>59\2", said)
    try:
        return parse_warc_date(said)
    except ValueError:
        if said.endswith("GMT"):
            return parsedate_to_datetime(said).replace(tzinfo=UTC)
        if found := _DAY_OF_YEAR.fullmatch(said):
            instant = parse_warc_date(f"{found[1]}-01-01{found[4]}") + timedelta(days=int(found[3]) - 1)
            if f"{instant:%Y-%m}" == f"{found[1]}-{found[2]}":
                return instant
        raise
