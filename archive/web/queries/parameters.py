"""Single values of an address: days, choices, page numbers, and what is said of those that are not valid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import attrs

from archive.errors import DayFault, NoSuchDay
from archive.language.catalogue import N_, gettext
from archive.search.parsing.days import read_days

LONGEST_VALUE = 1000
_LONGEST_DAY = 60
NO_INDEX = N_("The search index is being rebuilt; try again in a few minutes.")
REVERSED = N_("The first day must not be after the last day.")
_DAYS = {
    DayFault.NO_FORM: N_(
        "The day “%(text)s” cannot be read; write a day as 31/01/2026, a month as 01/2026, a year as 2026."
    ),
    DayFault.NO_SUCH_YEAR: N_("The archive cannot hold the year “%(text)s”; years are from %(first)s to %(last)s."),
    DayFault.NO_SUCH_MONTH: N_("“%(text)s”: there is no month %(month)s."),
    DayFault.NO_SUCH_DAY: N_("“%(text)s”: month %(month)s of %(year)s has only %(last)s days."),
}


@attrs.frozen
class TypedPeriod:
    """The days that `from` and `to` name.

    `unread` has, by the parameter's name, what was typed and cannot be read as a day, and what is wrong with it.
    """

    since: date | None = None
    until: date | None = None
    unread: Mapping[str, tuple[str, str]] = attrs.field(factory=dict)


def parse_period(values: Mapping[str, str], wrong: list[str]) -> TypedPeriod:
    """The days from the first of what `from` names to the last of what `to` names; faults give messages in `wrong`."""
    days: list[date | None] = []
    unread: dict[str, tuple[str, str]] = {}
    for nth, name in enumerate(("from", "to")):
        text, day = values.get(name, "").strip(), None
        if text:
            try:
                day = read_days(text)[nth]
            except NoSuchDay as error:
                unread[name] = text[:_LONGEST_DAY], why_no_day(error)
        days.append(day)
    since, until = days
    wrong += dict.fromkeys(reason for _, reason in unread.values())
    if since and until and until < since:
        wrong.append(gettext(REVERSED))
    return TypedPeriod(since, until, unread)


def parse_choice(values: Mapping[str, str], name: str, known: Mapping[str, str], default: str, wrong: list[str]) -> str:
    """The value of a parameter; the default if it is empty or not known, with a message in `wrong`."""
    value = values.get(name, "")
    if value and value not in known:
        wrong.append(gettext("There is no choice “%(value)s”.", value=value[:20]))
        return default
    return value or default


def parse_page(values: Mapping[str, str], last: int, wrong: list[str]) -> int:
    """The number of a page, from 1 to `last`; 1 or `last` if it is not valid, with a message in `wrong`."""
    page = values.get("page", "1") or "1"
    number = int(page) if page.isascii() and page.isdigit() and len(page) <= len(str(last)) else 0
    if not 1 <= number <= last:
        wrong.append(gettext("“%(page)s” is not a page number from 1 to %(last)s.", page=page[:20], last=last))
    return min(max(number, 1), last)


def why_no_day(error: NoSuchDay) -> str:
    """What is wrong with a day, and how days are written."""
    return gettext(
        _DAYS[error.fault], text=error.text[:20], month=error.month, year=error.year, first=error.first, last=error.last
    )


def no_newspaper(name: str, known: Sequence[str]) -> str:
    """That the archive has no newspaper of that name, and which it has."""
    return gettext(
        "The archive has no newspaper “%(name)s”; choose one of: %(known)s.",
        name=name[:60],
        known=", ".join(known),
    )
