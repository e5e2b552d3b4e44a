"""The kinds of change between two versions of an article, and what became of its page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import attrs

from archive.article import Article
from archive.changes.change_kind import ChangeKind as ChangeKind
from archive.changes.comparison import Part, PictureChange, changes
from archive.changes.figures import figures_differ
from archive.changes.names import names_differ
from archive.changes.notes import has_note
from archive.changes.printed import PrintedPart, differing_parts, is_of_site
from archive.changes.printed_text import plain, unlabelled, words_of
from archive.changes.tables import figures_moved
from archive.changes.words import Piece, words

_SHORT = 12
"""Words of a passage within a paragraph that was removed or added alone and still counts as changed words of it."""
_FEWEST_ADDED = 5
"""Words from which such a passage counts as text that was added or removed."""


OF_STATUS = frozenset({ChangeKind.GONE, ChangeKind.WITHDRAWN, ChangeKind.RESTORED})
"""The kinds that the status history says; the others are found by comparing versions."""
_OF_PICTURES = {
    PictureChange.SWAPPED: ChangeKind.PICTURE_SWAPPED,
    PictureChange.ADDED: ChangeKind.PICTURE_ADDED,
    PictureChange.REMOVED: ChangeKind.PICTURE_REMOVED,
}
_OF_FIELDS = {
    "kicker": ChangeKind.HEADLINE, "title": ChangeKind.HEADLINE, "lead": ChangeKind.LEAD,
    "images": ChangeKind.CAPTION,
}  # fmt: skip
_PROSE = frozenset({"kicker", "title", "lead", "", "images"})
"""Fields whose words, numbers and names are looked at."""


@attrs.frozen(kw_only=True)
class Step:
    """What changed from a version to the next one.

    Args:
        removed, added: words, without passages that only moved.
        is_silent: the paper shows no later time of change, and prints no correction note.
    """

    kinds: frozenset[ChangeKind]
    removed: int
    added: int
    is_silent: bool


def step_between(former: Article, later: Article) -> Step:
    """What changed between two versions."""
    return step_of(changes(former, later), former, later)


def step_of(parts: Sequence[Part], former: Article, later: Article) -> Step:
    """The same, of versions that were compared already."""
    printed = frozenset(differing_parts(former, later))
    # in another layout a reading between the two may have shown what they do not
    kinds = _kinds_within(parts, former, later, printed) or _kinds_within(parts, former, later, frozenset(PrintedPart))
    is_noted = any(has_note(part.later) and not has_note(part.former) for part in parts if not part.is_moved)
    if is_noted:
        kinds.add(ChangeKind.CORRECTION)
    said = [part for part in parts if (part.field in _PROSE or part.field == "byline") and not part.is_moved]
    counted = [part for part in said if not _is_line_of_site(part)]
    removed, added = (
        sum(len(words(piece.text)) for part in counted for piece in part.pieces if piece.change == change)
        for change in ("removed", "added")
    )
    is_silent = bool(kinds) and not is_noted and not _is_dated_later(former, later)
    return Step(kinds=frozenset(kinds), removed=removed, added=added, is_silent=is_silent)


def _kinds_within(
    parts: Sequence[Part], former: Article, later: Article, printed: frozenset[PrintedPart]
) -> set[ChangeKind]:
    """The kinds of change of the parts that are printed otherwise."""
    kinds = {kind for part in parts if part.is_changed and _is_printed(part, printed) for kind in _kinds(part)}
    if PrintedPart.BYLINE in printed and _byline(former) != _byline(later):
        kinds.add(ChangeKind.BYLINE)
    return kinds


def _is_printed(part: Part, printed: frozenset[PrintedPart]) -> bool:
    """Whether a part that differs is printed otherwise, and not only missing in the layout of one version, or a line of
    the site, such as a counter."""
    if _is_line_of_site(part):
        return False
    if part.field == "lead":
        return PrintedPart.LEAD in printed
    if part.field == "images":
        return (PrintedPart.CAPTIONS if part.picture in (None, PictureChange.KEPT) else PrintedPart.PICTURES) in printed
    return True


def _is_line_of_site(part: Part) -> bool:
    return part.field == "" and all(is_of_site(words_of(text)) for text in (part.former, part.later) if text)


def _kinds(part: Part) -> Iterator[ChangeKind]:
    if part.picture in _OF_PICTURES:
        yield _OF_PICTURES[part.picture]
        if part.picture is not PictureChange.SWAPPED:
            return  # its caption came or went with it
    if part.field not in _PROSE or not any(piece.change != "same" for piece in part.pieces):
        return
    if part.is_moved:
        yield ChangeKind.MOVED
    elif part.field in _OF_FIELDS:
        if is_reworded(part.pieces):
            yield _OF_FIELDS[part.field]
            yield from _of_words(list(passages(part.pieces)))
    else:
        yield from _of_paragraph(part)


def is_reworded(pieces: Sequence[Piece]) -> bool:
    """Whether more than white space and typographic signs differ."""
    return any(removed.strip() or added.strip() for removed, added, _ in passages(pieces))


def _of_paragraph(part: Part) -> Iterator[ChangeKind]:
    if not part.former or not part.later:
        yield ChangeKind.REMOVED if part.former else ChangeKind.ADDED
        return
    short: list[tuple[str, str, str]] = []
    for removed, added, before in passages(part.pieces):
        many = _FEWEST_ADDED if removed.strip() == "" or added.strip() == "" else _SHORT + 1
        gone, come = len(words(removed)), len(words(added))
        if not removed.strip() and come >= many:
            yield ChangeKind.ADDED
        elif not added.strip() and gone >= many:
            yield ChangeKind.REMOVED
        if max(gone, come) <= _SHORT or (gone and come):
            short.append((removed, added, before))
    has_moved = figures_moved(part.former, part.later)
    if has_moved:
        yield ChangeKind.FIGURES
        short = [one for one in short if not _is_of_figures(one)]
    yield from _of_words(short)
    if any(_is_of_words(one) and not set(_of_words([one])) for one in short):
        yield ChangeKind.REWORDED


def _is_of_words(passage: tuple[str, str, str]) -> bool:
    """Whether a passage is words that were replaced, or a few that came or went; not what counts as added text."""
    removed, added, _ = passage
    if not (removed + added).strip():
        return False
    return bool(removed.strip() and added.strip()) or len(words(removed + added)) < _FEWEST_ADDED


def _is_of_figures(passage: tuple[str, str, str]) -> bool:
    """Whether no word of a passage is without digits."""
    return all(any(map(str.isdigit, word)) for text in passage[:2] for word in words(text))


def passages(pieces: Sequence[Piece]) -> Iterator[tuple[str, str, str]]:
    """What was removed and what was added in each place that changed, and all of the later text before it.

    Without places where other quotes, dashes or marks of no width are printed.
    """
    removed = added = before = ""
    for piece in (*pieces, Piece("same", "")):
        if piece.change == "removed":
            removed += piece.text
        elif piece.change == "added":
            added += piece.text
        else:
            if _said(removed) != _said(added):
                yield removed, added, before
            before += added + piece.text
            removed = added = ""


def _said(text: str) -> list[str]:
    return plain(text).replace("''", '"').split()


def _of_words(found: Sequence[tuple[str, str, str]]) -> Iterator[ChangeKind]:
    if figures_differ(found):
        yield ChangeKind.FIGURES
    if names_differ(found):
        yield ChangeKind.NAMES


def _byline(article: Article) -> tuple[str, ...]:
    """Who wrote the article, as printed; by its fields where the byline could not be read."""
    return unlabelled(words_of(article.byline or " ".join((*article.authors, article.source or ""))))


def _is_dated_later(former: Article, later: Article) -> bool:
    if later.modified_at is None:
        return False
    # a template that begins to print this time prints that of publication where nothing was changed
    return later.modified_at > (former.modified_at or former.published_at)
