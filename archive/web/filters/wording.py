"""Names and values of filters in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from archive.changes.kinds import ChangeKind
from archive.language.catalogue import N_, gettext
from archive.language.forms import calendar_day, number
from archive.web.changes.wording import change_name
from archive.web.queries.runs import OUTCOMES
from archive.web.queries.search import PLACES
from archive.web.wording import initial, language_name, paper

_NAMES = {
    "newspaper": N_("Newspaper"),
    "newspapers": N_("Newspaper"),
    "province": N_("Province or city"),
    "section": N_("Section"),
    "author": N_("Author"),
    "source": N_("Agency or source"),
    "language": N_("Language"),
    "kind": N_("Kind of change"),
    "kinds": N_("Kind of change"),
    "since": N_("Published from"),
    "until": N_("To"),
    "words": N_("Words changed, at least"),
    "text": N_("Words removed or added"),
    "within": N_("Search in"),
    "outcome": N_("Outcome"),
    "job": N_("Scheduled job"),
}
_SWITCHES = {
    ("pictures", "1"): N_("Only with pictures"),
    ("pictures", "0"): N_("Only without pictures"),
    ("changed", "1"): N_("Changed after publication"),
    ("once", "1"): N_("Each story once"),
    ("silent", "1"): N_("Only silent changes"),
    ("scope", "typed"): N_("Marks as typed"),
    ("scope", "folded"): N_("Without marks"),
}
_CHOICES: Mapping[str, Mapping[str, str]] = {"within": PLACES, "outcome": OUTCOMES}
OF_NEWSPAPERS = frozenset({"newspaper", "newspapers", "province", "section", "author", "source"})
"""Filters whose values are in the newspapers' language."""
_READ_ON = frozenset({"since", "until", "words"})


def filter_words(
    name: str, value: Any, profiles: Mapping[str, Mapping[str, Any]], names: Mapping[str, str] | None = None
) -> tuple[str, str]:
    """What a filter is called, and its value, to be written behind that; the value is empty where the name says all.

    Args:
        names: what filters of this page are called otherwise, by their attributes' names.
    """
    names = names or {}
    sign = (name, {True: "1", False: "0"}[value] if isinstance(value, bool) else value)
    if sign in _SWITCHES:
        return names.get(name) or gettext(_SWITCHES[sign]), ""
    called = names.get(name) or (gettext(_NAMES[name]) if name in _NAMES else name)
    return called if name in _READ_ON else f"{called}:", _value_words(name, value, profiles)


def _value_words(name: str, value: Any, profiles: Mapping[str, Mapping[str, Any]]) -> str:
    if isinstance(value, date):
        return calendar_day(value)
    if isinstance(value, int):
        return number(value)
    if name in {"newspaper", "newspapers"}:
        return paper(value, profiles)
    if name in {"kind", "kinds"}:
        return initial(change_name(value.value if isinstance(value, ChangeKind) else value))
    if name == "language":
        return initial(language_name(value))
    if name in _CHOICES:
        return gettext(_CHOICES[name].get(value, value))
    return f"“{value}”" if name == "text" else str(value)
