"""The words of text, in the two forms in which they are compared. Vietnamese compounds are not segmented.

A word's *exact* form keeps its marks but not its case, its Unicode form or its place of the tone: hòa, hoà, HÒA and
their decomposed spellings are one word. Its *folded* form has no marks at all: hoa, hòa and hoá are one word. Digits of
all scripts are the same. In scripts without spaces between words (see `scripts`) each cluster is a word, in both forms,
and so is punctuation behind one.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple

from archive.printable import without_ignorable
from archive.search.terms.scripts import (
    CLUSTER,
    PAUSE,
    PAUSED,
    UNSPACED_CODES,
    UNSPACED_MARKS,
    cluster_form,
    has_unspaced,
    is_unspaced,
)

TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")  # grave, acute, tilde, hook above, dot below
SHAPES = frozenset("\u0302\u0306\u031b")  # circumflex, breve, horn
VOWELS = frozenset("aeiouy")
TONE_ON_SECOND = frozenset({"oa", "oe", "uy"})

# No run of letters that long is a word; longer ones are compared by their beginning only.
LONGEST = 80
_MOST_KEPT = 100_000
# Of Thai, Lao, Myanmar and Khmer, and those that are as wide as an ideograph
_DIGITS = {chr(zero + value): str(value) for zero in (0xE50, 0xED0, 0x1040, 0x17E0, 0xFF10) for value in range(10)}

_WORD = re.compile(rf"(?:[^\W_{UNSPACED_CODES}]|[\u0300-\u036f])+|{CLUSTER}|{PAUSE}")
_PAUSE = re.compile(r"[^\w\u0300-\u036f]")
_WORD_OR_UNDERSCORE = re.compile(rf"[\w\u0300-\u036f{UNSPACED_MARKS}]+")


class Word(NamedTuple):
    """A word, and its place in the text."""

    text: str
    start: int
    end: int


class _Letter(NamedTuple):
    base: str
    marks: str
    tone: str


def composed(text: str) -> str:
    """The text in NFC, without signs that show nothing, and with Đ for the Ð (U+00D0) that old input methods typed."""
    composed = unicodedata.normalize("NFC", without_ignorable(text))
    return composed.replace("\u00d0", "Đ").replace("\u00f0", "đ")


def words(text: str) -> Iterator[Word]:
    """The words of a composed text in order: runs of letters, digits and marks, cut at `LONGEST`; clusters and the
    punctuation behind them are words as well."""
    for match in _WORD.finditer(text):
        yield Word(match.group()[:LONGEST], match.start(), match.end())


def exact(text: str) -> str:
    """The text in lower case, composed, every tone on the letter of the traditional spelling rule."""
    return _WORD.sub(lambda match: _exact_word(match.group()), composed(text))


def folded(text: str) -> str:
    """The text in lower case without any marks, đ as d."""
    return _WORD.sub(lambda match: _folded_word(match.group()), composed(text))


def both_forms(text: str) -> tuple[list[str], list[str]]:
    """The exact and the folded forms of the words of a composed text; none of them is empty."""
    # one class of letters is matched several times faster than two; only the underscore and clusters tell them apart
    found = (_WORD if "_" in text else _WORD_OR_UNDERSCORE).findall(text)
    try:
        return list(map(_EXACT.__getitem__, found)), list(map(_FOLDED.__getitem__, found))
    except _Unspaced:
        words = _WORD.findall(text)
        return [_form(_EXACT, word) for word in words], [_form(_FOLDED, word) for word in words]


def joined_forms(text: str) -> tuple[str, str]:
    """Both forms of a composed text as one string each, a space before every word: " chợ nổi", " cho noi"."""
    # most pieces between spaces were met before, with their commas and quotation marks
    pieces = text.split()
    return "".join(map(_JOINED_EXACT.__getitem__, pieces)), "".join(map(_JOINED_FOLDED.__getitem__, pieces))


def joined_form(text: str, form: Literal["exact", "folded"]) -> str:
    """One of the `joined_forms`."""
    return "".join(map((_JOINED_EXACT if form == "exact" else _JOINED_FOLDED).__getitem__, text.split()))


def has_marks(text: str) -> bool:
    """Whether a letter of the text bears a mark: a tone, a shape or the bar of đ."""
    return exact(text) != folded(text)


@functools.lru_cache(maxsize=65536)
def _exact_word(word: str) -> str:
    lowered = unicodedata.normalize("NFC", word.lower())
    if lowered.isascii():
        return lowered
    if is_unspaced(lowered):
        return cluster_form(lowered)
    if _PAUSE.match(lowered):
        return word
    lowered = "".join(_DIGITS.get(letter, letter) for letter in lowered)
    letters = _letters(lowered)
    start = 0
    while start < len(letters):
        end = start
        while end < len(letters) and letters[end].base in VOWELS:
            end += 1
        if end > start:
            _place_tone(letters, start, end)
        start = end + 1
    return unicodedata.normalize("NFC", "".join(letter.base + letter.marks + letter.tone for letter in letters))


@functools.lru_cache(maxsize=65536)
def _folded_word(word: str) -> str:
    if is_unspaced(word) or _PAUSE.match(word):
        return _exact_word(word)
    decomposed = unicodedata.normalize("NFD", _exact_word(word))
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return unicodedata.normalize("NFC", bare.replace("đ", "d"))


class _Unspaced(Exception):
    """A run of letters has clusters: it is no word."""


class _Forms(dict[str, str]):
    """One form of every word that was looked up: a look-up in a dictionary costs no call in Python."""

    def __init__(self, form: Callable[[str], str]) -> None:
        self._form = form

    def __missing__(self, word: str) -> str:
        if has_unspaced(word):
            raise _Unspaced(word)
        if len(self) >= _MOST_KEPT:
            self.clear()
        # a word of marks alone has no folded form: it is compared unchanged
        cut = word[:LONGEST]
        found = self[word] = self._form(cut) or cut
        return found


_EXACT, _FOLDED = _Forms(_exact_word), _Forms(_folded_word)


def _form(forms: _Forms, word: str) -> str:
    """One form of a word, or that of a cluster or of punctuation behind one, which is the same in both."""
    if is_unspaced(word):
        return _exact_word(word[:LONGEST])
    return PAUSED if _PAUSE.match(word) else forms[word]


class _Joined(dict[str, str]):
    """The words of every piece of text that was looked up, in one form, a space before each."""

    def __init__(self, forms: _Forms) -> None:
        self._forms = forms

    def __missing__(self, piece: str) -> str:
        found = "".join(f" {_form(self._forms, word)}" for word in _WORD.findall(piece))
        if len(piece) <= LONGEST:
            if len(self) >= _MOST_KEPT:
                self.clear()
            self[piece] = found
        return found


_JOINED_EXACT, _JOINED_FOLDED = _Joined(_EXACT), _Joined(_FOLDED)


def _letters(word: str) -> list[_Letter]:
    letters: list[_Letter] = []
    for character in unicodedata.normalize("NFD", word):
        if not letters or not unicodedata.combining(character):
            letters.append(_Letter(character, "", ""))
        elif character not in TONES or letters[-1].base not in VOWELS or TONES.intersection(letters[-1].marks):
            letters[-1] = letters[-1]._replace(marks=letters[-1].marks + character)
        elif letters[-1].tone:
            # two tones make no Vietnamese letter: they stay on it, in their order
            letters[-1] = letters[-1]._replace(marks=letters[-1].marks + letters[-1].tone + character, tone="")
        else:
            letters[-1] = letters[-1]._replace(tone=character)
    return letters


def _place_tone(letters: list[_Letter], start: int, end: int) -> None:
    """Move the tone of the vowels letters[start:end] to its own letter, where they bear exactly one."""
    toned = [place for place in range(start, end) if letters[place].tone]
    if len(toned) != 1:
        return
    tone = letters[toned[0]].tone
    place = _tone_place(letters, start, end)
    letters[toned[0]] = letters[toned[0]]._replace(tone="")
    letters[place] = letters[place]._replace(tone=tone)


def _tone_place(letters: list[_Letter], start: int, end: int) -> int:
    shaped = [place for place in range(start, end) if SHAPES.intersection(letters[place].marks)]
    if shaped:
        return shaped[-1]
    onset = letters[start - 1].base if start else ""
    # The u of qu and the i of gi belong to the consonant: quý, giá
    if end - start > 1 and (onset, letters[start].base) in {("q", "u"), ("g", "i")}:
        start += 1
    if end - start == 1:
        return start
    if end - start > 2:
        return start + 1
    closed = end < len(letters) and letters[end].base.isalpha()
    pair = letters[start].base + letters[start + 1].base
    return start + 1 if closed or pair in TONE_ON_SECOND else start
