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
_PICTURES = {
    PictureChange.KEPT: N_("Picture"),
    PictureChange.SWAPPED: N_("Picture, replaced"),
    PictureChange.ADDED: N_("Picture, added"),
    PictureChange.REMOVED: N_("Picture, removed"),
}


def kind_of_change(kind: ChangeKind) -> str:
    """A kind of change."""
    return gettext(KINDS[kind])


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
