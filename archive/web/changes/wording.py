"""Kinds of change in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable

from archive.catalog.changes import SILENT
from archive.changes.comparison import PictureChange
from archive.changes.kinds import ChangeKind
from archive.language.catalogue import N_, gettext

KINDS = {
    ChangeKind.HEADLINE: N_("headline"),
    ChangeKind.LEAD: N_("lead"),
    ChangeKind.FIGURES: N_("figures"),
    ChangeKind.NAMES: N_("names"),
    ChangeKind.ADDED: N_("text added"),
    ChangeKind.REMOVED: N_("text removed"),
    ChangeKind.REWORDED: N_("reworded"),
    ChangeKind.MOVED: N_("paragraph moved"),
    ChangeKind.CORRECTION: N_("correction note"),
    ChangeKind.BYLINE: N_("byline"),
    ChangeKind.CAPTION: N_("caption changed"),
    ChangeKind.PICTURE_SWAPPED: N_("picture replaced"),
    ChangeKind.PICTURE_ADDED: N_("picture added"),
    ChangeKind.PICTURE_REMOVED: N_("picture removed"),
    ChangeKind.GONE: N_("page gone"),
    ChangeKind.WITHDRAWN: N_("withdrawn"),
    ChangeKind.RESTORED: N_("page is back"),
}
_MEANINGS = {
    ChangeKind.HEADLINE: N_("The title changed, or the line above it."),
    ChangeKind.LEAD: N_("The lead below the title changed."),
    ChangeKind.FIGURES: N_("Numbers, dates or sums of money changed: 3 became 13."),
    ChangeKind.NAMES: N_("A name of a person, place or body changed, came or went; names are told by their capitals."),
    ChangeKind.ADDED: N_("A paragraph came, or at least five words side by side."),
    ChangeKind.REMOVED: N_("A paragraph went, or at least five words side by side."),
    ChangeKind.REWORDED: N_("Other words of the text changed."),
    ChangeKind.MOVED: N_("A paragraph stands elsewhere, word for word."),
    ChangeKind.CORRECTION: N_("A note came that says that the article was corrected."),
    ChangeKind.BYLINE: N_("Who wrote it changed."),
    ChangeKind.CAPTION: N_("A picture’s caption or credit changed."),
    ChangeKind.PICTURE_SWAPPED: N_("Another picture stands in the place of one."),
    ChangeKind.PICTURE_ADDED: N_("A picture came."),
    ChangeKind.PICTURE_REMOVED: N_("A picture went."),
    ChangeKind.GONE: N_("The article’s page was not found once."),
    ChangeKind.WITHDRAWN: N_("The article’s page says that it was removed, or was not found twice."),
    ChangeKind.RESTORED: N_("The article’s page can be read again."),
}
_PICTURES = {
    PictureChange.KEPT: N_("Picture"),
    PictureChange.SWAPPED: N_("Picture, replaced"),
    PictureChange.ADDED: N_("Picture, added"),
    PictureChange.REMOVED: N_("Picture, removed"),
}


def kind_of_change(kind: ChangeKind) -> str:
    """A kind of change."""
    return gettext(KINDS[kind])


def meaning_of_change(kind: ChangeKind) -> str:
    """What a kind of change is, in a sentence."""
    return gettext(_MEANINGS[kind])


def change_name(kind: str) -> str:
    """A kind of change by its value, or that a change was silent."""
    known = {one.value: one for one in ChangeKind}
    return kind_of_change(known[kind]) if kind in known else gettext("silent") if kind == SILENT else kind


def picture_change(change: PictureChange) -> str:
    """What became of a picture."""
    return gettext(_PICTURES[change])


def kinds_in_words(kinds: Iterable[ChangeKind]) -> str:
    """Kinds of change as a list."""
    return ", ".join(map(kind_of_change, kinds))
