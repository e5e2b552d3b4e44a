"""The words that a change removed or added: what is indexed of it, and whether words that are sought are among them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from archive.changes.comparison import Part
from archive.changes.words import Change
from archive.search.parsing.tree import Scope, Words
from archive.search.terms.vietnamese import both_forms, composed, has_marks, words

REACH = 8
"""Words around removed or added ones that are indexed with them: words side by side may reach so far beyond."""
_SIDES: tuple[Change, Change] = ("removed", "added")


def sought_words(text: str) -> Words | None:
    """The words of a text, to be found side by side; None where it has none."""
    exact, folded = both_forms(composed(text))
    return Words("text", text, tuple(exact), tuple(folded)) if exact else None


def scope_of(sought: Words) -> Scope:
    """The scope in which they are sought: as typed where a word has marks, else without marks."""
    return "typed" if has_marks(sought.typed) else "folded"


def touched_passages(parts: Sequence[Part]) -> tuple[list[str], list[str]]:
    """The words removed, and the words added, of each part: alone, and with up to `REACH` words before and behind."""
    alone: list[str] = []
    around: list[str] = []
    for said, differs in _differing(parts):
        found = list(words(said))
        touched = [nth for nth, word in enumerate(found) if 1 in differs[word.start : word.end]]
        for kept, reach in ((alone, 0), (around, REACH)):
            for first, last in _runs(touched, reach):
                end = found[min(last + reach, len(found) - 1)].end
                kept.append(said[found[max(first - reach, 0)].start : end])
    return alone, around


def _runs(touched: Sequence[int], reach: int) -> Iterator[tuple[int, int]]:
    """The first and the last of words that are so close that what stands around them meets."""
    first = last = -1
    for nth in touched:
        if first >= 0 and nth - last > 2 * reach + 1:
            yield first, last
            first = -1
        first, last = nth if first < 0 else first, nth
    if first >= 0:
        yield first, last


def part_with(parts: Sequence[Part], sought: Words) -> Part | None:
    """The first part in which the words stand side by side and one of them was removed or added; None where in none."""
    return next((part for part in parts if any(_holds(*side, sought) for side in _differing([part]))), None)


def _holds(said: str, differs: bytes, sought: Words) -> bool:
    scope = scope_of(sought)
    form, forms = sought.form(scope), both_forms(said)[0 if scope == "typed" else 1]
    found = list(words(said))
    return any(
        1 in differs[one.start : one.end]
        for nth in range(len(forms) - len(form) + 1) if tuple(forms[nth : nth + len(form)]) == form
        for one in found[nth : nth + len(form)]
    )  # fmt: skip


def _differing(parts: Sequence[Part]) -> Iterator[tuple[str, bytes]]:
    """The text of each side of each part that lost or gained words, and 1 for each sign of it that the other lacks."""
    for part in parts:
        for side in _SIDES:
            pieces = [(composed(one.text), one.change == side) for one in part.pieces if one.change in ("same", side)]
            differs = b"".join((b"\x01" if is_other else b"\x00") * len(text) for text, is_other in pieces)
            if 1 in differs and not part.is_moved:
                yield "".join(text for text, _ in pieces), differs
