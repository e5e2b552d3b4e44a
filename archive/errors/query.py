"""Errors of what was searched for."""

from __future__ import annotations

import enum

from archive.errors.base import UsageError


class DayFault(enum.Enum):
    """Why what was typed is no day, month or year."""

    NO_FORM = "no form"
    NO_SUCH_YEAR = "no such year"
    NO_SUCH_MONTH = "no such month"
    NO_SUCH_DAY = "no such day"


class NoSuchDay(UsageError):
    """What was typed is no day, month or year: of `NO_SUCH_DAY` the month is given, with its last day."""

    def __init__(
        self, text: str, fault: DayFault, *, month: int = 0, year: int = 0, first: int = 0, last: int = 0
    ) -> None:
        self.text, self.fault, self.month, self.year, self.first, self.last = text, fault, month, year, first, last
        reasons = {
            DayFault.NO_FORM: "write a day as 31/01/2026 or 2026-01-31, a month as 01/2026, a year as 2026",
            DayFault.NO_SUCH_YEAR: f"the year must be from {first} to {last}",
            DayFault.NO_SUCH_MONTH: f"there is no month {month}",
            DayFault.NO_SUCH_DAY: f"month {month} of {year} has {last} days",
        }
        self.reason = reasons[fault]
        super().__init__(f"{text!r} is no day: {self.reason}")


class QueryFault(enum.Enum):
    """What is wrong with a query. The value says it in English; `{0}` stands for the part of the query."""

    NO_WORD = "it has no word"
    TOO_LONG = "it is longer than {0} characters"
    TOO_MANY_WORDS = "it has more than {0} words"
    TOO_DEEP = "its parentheses or NOTs stand more than {0} deep"
    QUOTE_OPEN = "the quotation mark has no closing one"
    PARENTHESIS_OPEN = "the parenthesis is not closed"
    PARENTHESIS_CLOSED = "the closing parenthesis has no opening one"
    PARENTHESIS_EMPTY = "nothing stands in the parentheses"
    NOTHING_BEFORE = "nothing stands before {0}"
    NOTHING_BEHIND = "nothing stands behind {0}"
    UNKNOWN_FIELD = "there is no field {0} (there are title, caption, author, paper, section, source, date, from, to)"
    UNKNOWN_CHANGE = "there is no such kind of change; the kinds are {}"
    FIELD_IN_FIELD = "a field cannot stand within a field"
    WILDCARD_PLACE = "* may only stand at the end of a word"
    WILDCARD_SHORT = "* needs {0} letters before it"
    PROXIMITY = "~ behind a phrase needs a number from 1 to {0}"
    BAD_DAY = "{0}"
    PERIOD_REVERSED = "the period ends before it begins"


class BadQuery(UsageError):
    """The query cannot be understood: `fault` is what is wrong, `query[start:end]` where, `detail` a number or name.

    `day` has the fault of a day that was typed. `literal` is the query as plain words; None if it has none.
    """

    def __init__(
        self,
        query: str,
        fault: QueryFault,
        *,
        start: int = 0,
        end: int = 0,
        detail: str = "",
        day: NoSuchDay | None = None,
        literal: str | None = None,
    ) -> None:
        self.query, self.fault, self.start, self.end, self.detail = query, fault, start, end, detail
        self.day, self.literal = day, literal
        self.reason = fault.value.format(day.reason if day else detail or repr(self.part))
        at = f", at {self.part!r}" if self.part and self.part != query else ""
        shown = query if len(query) <= 80 else query[:60] + "…"
        offer = f"; its words alone: '{literal}'" if literal and literal != query else ""
        super().__init__(f"the query {shown!r} cannot be read: {self.reason}{at}{offer}")

    @property
    def part(self) -> str:
        """The part of the query that is at fault."""
        return self.query[self.start : self.end]


class UnknownVersion(UsageError):
    """The article has no such version, or no other to compare it with; `held`: how many it has."""

    def __init__(self, id: str, found: str, held: int) -> None:
        self.id, self.found, self.held = id, found, held
        if held < 2 and not found:
            said = f"{id} has one version: there is nothing to compare"
        else:
            said = f"{id} has no version {found[:80]!r}; it has {held}: name them by number from 1 or by content hash"
        super().__init__(said + "; 'baotinh show ID' lists them")
