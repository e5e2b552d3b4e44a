"""Names, which Vietnamese writes with capitals, that differ between two wordings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from archive.changes.figures import AMOUNTS, ROMAN
from archive.changes.words import composed, units, words

_ENDS = frozenset(".!?:…“\"'(-–—*•")
"""Signs behind which any word has a capital."""
_BEFORE_WEEKDAYS = "thứ"


def names_differ(passages: Sequence[tuple[str, str, str]]) -> bool:
    """Whether the words of names of what was removed are others than those of what was added.

    Args:
        passages: removed, added, and what stands before, of each place of one paragraph.
    """
    removed: Counter[str] = Counter()
    added: Counter[str] = Counter()
    for gone, come, before in passages:
        if _is_in_capitals(gone) or _is_in_capitals(come):
            continue
        # a name that goes without anything in its place counts; a whole sentence that comes or goes is added text
        removed.update(_names(gone, before))
        added.update(_names(come, before))
    return removed != added


def _names(text: str, before: str) -> Iterator[str]:
    """The words with a capital that do not have it because a sentence begins; in small letters."""
    behind = [word for _, word in units(composed(before))[-3:-1]]
    found = [word for _, word in units(composed(text))[:-1]]
    earlier, former = (["", ".", *behind])[-2:]
    for nth, word in enumerate(found):
        following = found[nth + 1] if nth + 1 < len(found) else ""
        # behind an initial the same name goes on: N.T.L.
        is_first = (former in _ENDS and not _is_initial(earlier)) or former.casefold() == _BEFORE_WEEKDAYS
        is_name = not is_first or following[:1].isupper() or (word.isupper() and len(word) > 1)
        if word[:1].isupper() and is_name and not ROMAN.fullmatch(word) and word.casefold() not in AMOUNTS:
            yield word.casefold()
        earlier, former = former, word


def _is_initial(word: str) -> bool:
    return len(word) == 1 and word.isupper()


def _is_in_capitals(text: str) -> bool:
    """Whether all words are written in capitals, as in a headline: no capital says anything then."""
    letters = [word for word in words(text) if word[:1].isalpha() and len(word) > 1]
    return len(letters) > 3 and all(word.isupper() for word in letters)
