"""The languages of articles: their codes, and the names by which a search may ask for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from archive.search.terms.vietnamese import folded

# In Vietnamese, in English, and in themselves
_NAMES = {
    "vi": ("tiếng Việt", "Việt", "Vietnamese"),
    "en": ("tiếng Anh", "Anh", "English"),
    "km": ("tiếng Khmer", "tiếng Khơ-me", "Khmer", "ភាសាខ្មែរ", "ខ្មែរ"),
    "zh": ("tiếng Trung", "tiếng Hoa", "Trung", "Hoa", "Chinese", "中文", "汉语"),
    "fr": ("tiếng Pháp", "Pháp", "French", "français"),
    "ru": ("tiếng Nga", "Nga", "Russian", "русский"),
    "es": ("tiếng Tây Ban Nha", "Tây Ban Nha", "Spanish", "español"),
    "lo": ("tiếng Lào", "Lào", "Lao", "ລາວ"),
    "th": ("tiếng Thái", "Thái Lan", "Thai", "ไทย"),
    "ja": ("tiếng Nhật", "Nhật", "Japanese", "日本語"),
    "ko": ("tiếng Hàn", "Hàn", "Korean", "한국어"),
}
_CODES = {folded(name): code for code, names in _NAMES.items() for name in (code, *names)}


def language_of(values: Mapping[str, Any]) -> str:
    """The language of an article's plain JSON values: the code that its tag begins with; "zh" of "zh-Hans"."""
    return code_of(str(values.get("language") or "vi"))


def code_of(typed: str) -> str:
    """The code of a language that was typed as a tag or as a name; what is neither stays as it is."""
    bare = folded(typed).strip().strip('"')
    return _CODES.get(bare) or bare.replace("_", "-").partition("-")[0]
