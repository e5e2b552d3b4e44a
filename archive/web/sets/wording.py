"""The filters of a frozen set in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from archive.web.filters.wording import OF_NEWSPAPERS, filter_words


def filters_said(filters: Mapping[str, Any], profiles: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, str, bool]]:
    """Each filter's name, its value in words, and whether that is in the newspapers' language."""
    return [
        (*filter_words(name, _read(name, value), profiles), name in OF_NEWSPAPERS) for name, value in filters.items()
    ]


def _read(name: str, value: Any) -> date | bool | str:
    # the file of a set can hold any text
    if isinstance(value, bool):
        return value
    try:
        return date.fromisoformat(value) if name in {"since", "until"} else str(value)
    except (TypeError, ValueError):
        return str(value)
