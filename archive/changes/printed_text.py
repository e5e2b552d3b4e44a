"""Texts as they are compared: by words and signs, without what typography, keyboards and markup make of them."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable
from typing import TypeAlias

Words: TypeAlias = tuple[str, ...]
"""Words and signs of a text, in order."""

_SIGNS = str.maketrans(
    {
        **dict.fromkeys("“”„‟«»″＂", '"'), **dict.fromkeys("‘’‚‛′＇`´", "'"), **dict.fromkeys("‐‑‒–—―−﹣－", "-"),
        **dict.fromkeys("•●▪■◦‣·", "•"), "…": "...",
        **dict.fromkeys("\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u2060\ufe0e\ufe0f\ufeff"),
        **dict.fromkeys(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A)))),
    }
)  # fmt: skip
_WORD = re.compile(r"\w+|[^\w\s]")
_BULLETS = frozenset("-•+*►▶→")
# "-5 độ" is no item of a list
_SIGNED = re.compile(r"\s*[-+]\d")
# "(CTO) - ", "BBL – ", "TTXVN: " ahead of a text
_DATELINE = re.compile(r"\W{0,2}[A-ZĐ]{2,8}(?:\.VN)?\)?\s{0,3}[-:]\s")
# Words that say what somebody did, beside a name
_LABELS = frozenset(["bài", "tin", "ảnh", "và", "theo", "nguồn", "clip", "video", "pv", "by", "photo"])
# Each of their words alone may be a name
_LABELS_OF_TWO = frozenset(
    [("tác", "giả"), ("thực", "hiện"), ("tổng", "hợp"), ("minh", "họa"), ("minh", "hoạ"), ("đồ", "họa"), ("đồ", "hoạ")]
)


def plain(text: str) -> str:
    """A text in composed letters, with typewriter's quotes and dashes."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", text.translate(_SIGNS))


def words_of(text: str | None) -> Words:
    """The words and signs of a text; of none, none."""
    if not text:
        return ()
    said = plain(text)
    found = tuple(_WORD.findall(said.replace("''", '"')))
    if _SIGNED.match(said):
        return found
    start = 0
    while start < len(found) and found[start] in _BULLETS:
        start += 1
    return found[start:]


def without_dateline(text: str, dateline: str | None) -> str:
    """A text without the place or code of a desk ahead of it."""
    said = plain(text)
    if dateline:
        known = plain(dateline)
        bare = said.lstrip(" (")
        if bare.startswith(known):
            return bare[len(known) :].lstrip(" )-:,")
    found = _DATELINE.match(said)
    return said[found.end() :] if found else said


def are_alike(one: Words, other: Words) -> bool:
    """Whether two texts are the same, but for capitals where one of them is in capitals throughout."""
    if one == other:
        return True
    if len(one) != len(other):
        return False
    first, second = " ".join(one), " ".join(other)
    return (first.isupper() or second.isupper()) and first.upper() == second.upper()


def names_in(text: str | None) -> frozenset[str]:
    """The words of a byline or credit without what says what the named did: "Bài, ảnh: LÊ AN" has "lê", "an"."""
    return names_among(words_of(text))


def names_among(words: Words) -> frozenset[str]:
    """As `names_in`, of words."""
    return frozenset(unlabelled(words))


def unlabelled(words: Words) -> Words:
    """Words in small letters, in order, without signs and without what says what the named did."""
    lower = tuple(word for word in map(str.casefold, words) if word[0].isalnum())
    pairs = [pair in _LABELS_OF_TWO for pair in itertools.pairwise(lower)]
    is_label = [one or other for one, other in zip([*pairs, False], [False, *pairs], strict=True)]
    return tuple(word for nth, word in enumerate(lower) if not is_label[nth] and word not in _LABELS)


def joined(pieces: Iterable[Words]) -> Words:
    """The words of pieces in a row."""
    return tuple(itertools.chain.from_iterable(pieces))
