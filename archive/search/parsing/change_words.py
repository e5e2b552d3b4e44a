"""The kinds of change as a search may name them, in English and in Vietnamese."""

from __future__ import annotations

from archive.catalog.changes import SILENT
from archive.changes.kinds import ChangeKind
from archive.search.terms.vietnamese import folded

ANY = "yes"
"""Any kind."""
_NAMES: dict[str, tuple[str, ...]] = {
    ChangeKind.HEADLINE.value: ("tiêu đề", "tựa", "title"),
    ChangeKind.LEAD.value: ("đoạn dẫn", "sapo"),
    ChangeKind.FIGURES.value: ("con số", "số liệu", "numbers"),
    ChangeKind.NAMES.value: ("tên riêng", "tên"),
    ChangeKind.ADDED.value: ("thêm", "thêm chữ", "text added"),
    ChangeKind.REMOVED.value: ("bỏ chữ", "bỏ", "bớt", "bớt chữ", "text removed"),
    ChangeKind.REWORDED.value: ("đổi chữ",),
    ChangeKind.MOVED.value: ("chuyển chỗ", "chuyển đoạn", "paragraph moved"),
    ChangeKind.CORRECTION.value: ("đính chính", "cải chính", "correction note"),
    ChangeKind.BYLINE.value: ("tác giả", "dòng tác giả", "author"),
    ChangeKind.CAPTION.value: ("chú thích", "chú thích ảnh", "caption changed"),
    ChangeKind.PICTURE_SWAPPED.value: ("thay ảnh", "picture replaced"),
    ChangeKind.PICTURE_ADDED.value: ("thêm ảnh",),
    ChangeKind.PICTURE_REMOVED.value: ("bỏ ảnh", "bớt ảnh"),
    ChangeKind.GONE.value: ("mất", "trang không còn", "page gone"),
    ChangeKind.WITHDRAWN.value: ("gỡ", "bị gỡ"),
    ChangeKind.RESTORED.value: ("trở lại", "trang có lại", "page is back"),
    SILENT: ("lặng", "lặng lẽ"),
    ANY: ("có", "any"),
}
CHANGE_KINDS = tuple(_NAMES)


def _bare(text: str) -> str:
    return " ".join(folded(text).replace("-", " ").replace("_", " ").split())


_KINDS = {_bare(name): kind for kind, names in _NAMES.items() for name in (kind, *names)}


def kind_named(typed: str) -> str | None:
    """The kind of change that was typed, with hyphens or spaces, with marks or without; None where it is none."""
    return _KINDS.get(_bare(typed.strip().strip('"')))
