"""What is wrong with a query, in the reader's language."""

from __future__ import annotations

from archive.errors import BadQuery, QueryFault
from archive.language.catalogue import N_, gettext
from archive.web.queries.parameters import why_no_day

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
        "There is no field %(detail)s. The fields are title, caption, author, paper, section, source, "
        "language, changed, date."
    ),
    QueryFault.UNKNOWN_CHANGE: N_("There is no such kind of change. The kinds are %(detail)s."),
    QueryFault.FIELD_IN_FIELD: N_("The field %(detail)s cannot stand inside another field."),
    QueryFault.WILDCARD_PLACE: N_("The sign * may only stand at the end of a word: %(detail)s."),
    QueryFault.WILDCARD_SHORT: N_("At least %(detail)s letters must stand before the sign *."),
    QueryFault.PROXIMITY: N_("The sign ~ needs a number from 1 to %(detail)s behind it."),
    QueryFault.PERIOD_REVERSED: N_("The period ends before it begins."),
}


def why_no_query(error: BadQuery) -> str:
    """What is wrong with a query, in one sentence."""
    if error.day is not None:
        return why_no_day(error.day)
    return gettext(_QUERIES[error.fault], detail=error.detail or f"“{error.part[:60]}”")
