"""The filters of a frozen set in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from archive.language.catalogue import N_, gettext
from archive.language.forms import typed_day

_NAMES = {
    "newspaper": N_("Newspaper"),
    "province": N_("Province or city"),
    "section": N_("Section"),
    "author": N_("Author"),
    "source": N_("Agency or source"),
    "language": N_("Language"),
    "kind": N_("Kind of change"),
    "since": N_("Published from"),
    "until": N_("To"),
}
_SIGNS = {
    ("pictures", True): N_("Only with pictures"),
    ("pictures", False): N_("Only without pictures"),
    ("changed", True): N_("Changed after publication"),
}


def filters_said(filters: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What each filter is called and its value; the value is empty where the name says all."""
    said = []
    for name, value in filters.items():
        if isinstance(value, bool):
            if sign := _SIGNS.get((name, value)):
                said.append((gettext(sign), ""))
        else:
            said.append((gettext(_NAMES[name]) if name in _NAMES else name, _shown(name, str(value))))
    return said


def _shown(name: str, value: str) -> str:
    if name not in {"since", "until"}:
        return value
    try:
        return typed_day(date.fromisoformat(value))
    except ValueError:
        return value  # the file of a set can hold any text
