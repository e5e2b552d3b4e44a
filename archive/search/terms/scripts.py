"""Scripts that are written without spaces between words: their text is compared by written syllables or signs.

A cluster is what a reader takes for one letter: an ideograph, a letter of Thai or Lao with its marks, a Khmer consonant
with all that is written below, above and around it. Clusters side by side are found as a phrase is, so that any part of
a text that consists of whole clusters is found; but not across punctuation, where no word goes on.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

# Thai, Lao, Myanmar, Khmer, Tai Le, New Tai Lue, Tai Tham, Cham, Tai Viet; ideographs, kana, Bopomofo. Their digits and
# their punctuation are none of these.
_RANGES = (
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ebe\u0ec0-\u0ecf\u0edc-\u0edf\u1000-\u103f\u1050-\u108f\u109a-\u109d"
    "\u1780-\u17d3\u17d7\u17dc\u17dd\u1950-\u1974\u1980-\u19c9\u1a20-\u1a7c\uaa00-\uaa4d\uaa60-\uaa76\uaa7a-\uaac2"
    "\u3005-\u3007\u3021-\u3029\u3041-\u3096\u3099\u309a\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3105-\u312f\u31a0-\u31bf\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
# Khmer coeng, the virama of Myanmar and the sakot of Tai Tham put the letter behind them below the one before.
_STACKING = "\u17d2\u1039\u1a60"


def _marks() -> str:
    """The marks among the signs, which are written onto a letter."""
    blocks = (range(0x0E00, 0x1100), range(0x1780, 0x1AB0), range(0x3099, 0x309B), range(0xAA00, 0xAAE0))
    return "".join(
        chr(code)
        for block in blocks
        for code in block
        if unicodedata.category(chr(code)) in ("Mn", "Mc") and re.match(f"[{_RANGES}]", chr(code))
    )


_MARKS = _marks()
# a code point that is not assigned is no letter
UNSPACED = rf"(?=[\w{_MARKS}])[{_RANGES}]"
"""A letter or mark of such scripts, for regular expressions."""
UNSPACED_CODES = _RANGES
"""The same for classes of characters, as are the marks alone."""
UNSPACED_MARKS = _MARKS
CLUSTER = f"{UNSPACED}(?:[{_STACKING}]{UNSPACED}|[{_MARKS}])*"
"""One cluster, for regular expressions."""
PAUSE = rf"(?<=[{_RANGES}])(?<=[\w{_MARKS}])[^\w\s\u0300-\u036f{_RANGES}]+"
"""Punctuation behind a cluster, for regular expressions: no phrase reaches over it unless it was typed with it."""
PAUSED = "\u3002"
"""The form in which all such punctuation is compared."""

CLUSTERS_A_WORD = 3
"""Of so many clusters a word consists, more or less."""

_UNSPACED = re.compile(UNSPACED)
_KHMER = re.compile("[\u1780-\u17dd]")
_BELOW = re.compile("\u17d2.")
# Two spellings that look the same: da and ta written below; vowels typed in two parts.
_SAME = (("\u17d2\u178a", "\u17d2\u178f"), ("\u17c1\u17b6", "\u17c4"), ("\u17c1\u17b8", "\u17be"))


def is_unspaced(word: str) -> bool:
    """Whether a word is a cluster of such a script."""
    return _UNSPACED.match(word) is not None


def has_unspaced(text: str) -> bool:
    """Whether a text has letters of such a script."""
    return _UNSPACED.search(text) is not None


def spelled(words: Sequence[str]) -> str:
    """Words as they are written side by side: between two clusters stands no space."""
    found = ""
    for word in words:
        is_parted = found and not (is_unspaced(word) and has_unspaced(found[-1]))
        found += f" {word}" if is_parted else word
    return found


def cluster_form(cluster: str) -> str:
    """A cluster as it is compared: of Khmer ones the signs in one order, and those that look the same as one.

    The order is that of the Unicode Standard (16.4): what is written below, ro the last, shifters, vowels, other signs.
    """
    if not _KHMER.match(cluster):
        return cluster
    base, signs = cluster[0], cluster[1:]
    below = sorted(_BELOW.findall(signs), key="\u17d2\u179a".__eq__)
    around = sorted(_BELOW.sub("", signs), key=_place)
    found = base + "".join((*below, *around))
    for typed, same in _SAME:
        found = found.replace(typed, same)
    return found


def _place(sign: str) -> int:
    if sign in "\u17c9\u17ca":
        return 0
    return 1 if "\u17b4" <= sign <= "\u17c5" else 2
