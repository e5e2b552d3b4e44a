"""What is wrong with a query or a day that was typed, in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence

from archive.errors import BadQuery, DayFault, NoSuchDay, QueryFault
from archive.language.catalogue import N_, gettext

_DAYS = {
    DayFault.NO_FORM: N_(
        "The day “%(text)s” cannot be read; write a day as 31/01/2026, a month as 01/2026, a year as 2026."
    ),
    DayFault.NO_SUCH_YEAR: N_("The archive cannot hold the year “%(text)s”; years are from %(first)s to %(last)s."),
    DayFault.NO_SUCH_MONTH: N_("“%(text)s”: there is no month %(month)s."),
    DayFault.NO_SUCH_DAY: N_("“%(text)s”: month %(month)s of %(year)s has only %(last)s days."),
}
_QUERIES = {
    QueryFault.NO_WORD: N_("The query has no words."),
    QueryFault.TOO_LONG: N_("The query is longer than %(detail)s characters."),
    QueryFault.TOO_MANY_WORDS: N_("The query has more than %(detail)s words."),
    QueryFault.TOO_DEEP: N_("Parentheses or NOT are nested more than %(detail)s deep."),
    QueryFault.QUOTE_OPEN: N_("The quotation mark at %(detail)s is not closed."),
    QueryFault.PARENTHESIS_OPEN: N_("A parenthesis is not closed."),
    QueryFault.PARENTHESIS_CLOSED: N_("There is a closing parenthesis too many."),
    QueryFault.PARENTHESIS_EMPTY: N_("The parentheses hold no word."),
    QueryFault.NOTHING_BEFORE: N_("There is no word before %(detail)s."),
    QueryFault.NOTHING_BEHIND: N_("There is no word after %(detail)s."),
    QueryFault.UNKNOWN_FIELD: N_(
        "There is no field %(detail)s. The fields are title, caption, author, paper, section, source, date."
    ),
    QueryFault.FIELD_IN_FIELD: N_("The field %(detail)s cannot stand inside another field."),
    QueryFault.WILDCARD_PLACE: N_("The sign * may only stand at the end of a word: %(detail)s."),
    QueryFault.WILDCARD_SHORT: N_("At least %(detail)s letters must stand before the sign *."),
    QueryFault.PROXIMITY: N_("The sign ~ needs a number from 1 to %(detail)s behind it."),
    QueryFault.PERIOD_REVERSED: N_("The period ends before it begins."),
}


def why_no_day(error: NoSuchDay) -> str:
    """What is wrong with a day, and how days are written."""
    return gettext(
        _DAYS[error.fault], text=error.text[:20], month=error.month, year=error.year, first=error.first, last=error.last
    )


def why_no_query(error: BadQuery) -> str:
    """What is wrong with a query, in one sentence."""
    if error.day is not None:
        return why_no_day(error.day)
    return gettext(_QUERIES[error.fault], detail=error.detail or f"“{error.part[:60]}”")


def no_newspaper(name: str, known: Sequence[str]) -> str:
    """That the archive has no newspaper of that name, and which it has."""
    return gettext(
        "The archive has no newspaper “%(name)s”; choose one of: %(known)s.",
        name=name[:60],
        known=", ".join(known),
    )
