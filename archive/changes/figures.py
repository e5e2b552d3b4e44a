"""Numbers, dates and sums of money that differ between two wordings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from archive.changes.words import words

_NUMERALS = """không một mốt hai ba bốn tư năm lăm nhăm sáu bảy bẩy tám chín mười mươi chục tá trăm nghìn ngàn vạn triệu
    tỷ tỉ rưỡi linh lẻ"""
_OF_AMOUNTS = "đồng đ vnd vnđ usd euro eur yên kg tấn tạ yến km m cm mm ha m2 m3 km2 lít"
_OF_COUNTS = "giờ phút giây ngày tuần tháng quý người tuổi hộ căn vụ ca"
_NUMBER_WORDS, AMOUNTS = frozenset(_NUMERALS.split()), frozenset(_OF_AMOUNTS.split())
_UNITS = AMOUNTS | frozenset(_OF_COUNTS.split())
ROMAN = re.compile(r"[IVX]|[IVXLC]{2,}")
"""A Roman number; one letter that can be an initial as well is none, but for the usual ones."""
_MOST_WORDS = 6
"""Words of a passage in which words for numbers are taken for such: một, năm and ba are others' words too."""


def figures_differ(passages: Sequence[tuple[str, str, str]]) -> bool:
    """Whether the numbers of what was removed are others than those of what was added.

    Args:
        passages: removed, added, and what stands before, of each place of one paragraph.
    """
    removed, added = (Counter(one for passage in passages for one in numerals(passage[side])) for side in (0, 1))
    return removed != added or any(_in_words_differ(*passage) for passage in passages)


def numerals(text: str) -> Iterator[str]:
    """What is written with digits or as a Roman number; 05/9 and 5/9 are the same."""
    for word in words(text):
        if ROMAN.fullmatch(word):
            yield word
        elif any(letter.isdigit() for letter in word):
            separated = word.replace(",", ".").replace("-", "/").casefold()
            yield "/".join(part.lstrip("0") or "0" for part in separated.split("/"))


def _is_beginning(before: str) -> bool:
    """Whether a sentence begins behind a text, or the name of a day of the week goes on."""
    bare = before.rstrip()
    return not bare or bare[-1] in '.!?:“"' or bare.endswith(("thứ", "Thứ"))


def _in_words_differ(removed: str, added: str, before: str) -> bool:
    """Whether two short passages have different words for numbers, or units of what is counted or paid."""
    if (removed.strip()[:1] + added.strip()[:1]).isupper() and not _is_beginning(before):
        return False  # names: anh Năm, chị Ba
    one, other = ([word.casefold() for word in words(text)] for text in (removed, added))
    if not one or not other or max(len(one), len(other)) > _MOST_WORDS:
        return False
    last = before.split()[-1:] or [""]
    is_counted = last[0][-1:].isdigit() or last[0].casefold() in _NUMBER_WORDS
    if is_counted and {*one, *other} <= AMOUNTS | _NUMBER_WORDS:
        return True
    both = [[word for word in side if word in _NUMBER_WORDS] for side in (one, other)]
    return bool(both[0] and both[1]) and both[0] != both[1] and {*one, *other} <= _NUMBER_WORDS | _UNITS
