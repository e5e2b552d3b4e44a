"""Which known names a mistyped one is near to."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable

_MOST = 3
_LEAST_ALIKE = 0.7


def nearest(name: str, known: Iterable[str]) -> tuple[str, ...]:
    """The known names that are spelled much like `name`, the nearest first; case, marks and signs do not count."""
    by_letters: dict[str, list[str]] = {}
    for one in known:
        by_letters.setdefault(_letters(one), []).append(one)
    found = difflib.get_close_matches(_letters(name), by_letters, _MOST, _LEAST_ALIKE)
    return tuple(one for letters in found for one in by_letters[letters])[:_MOST]


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """` (did you mean 'x'?)` where there is such a name, else nothing."""
    found = nearest(name, known)
    return f" (did you mean {' or '.join(map(repr, found))}?)" if found else ""


def _letters(name: str) -> str:
    apart = unicodedata.normalize("NFD", name[:200].casefold().replace("đ", "d"))
    return "".join(letter for letter in apart if letter.isalnum())
