"""The text of an article as it is compared: its words, their shingles, its figures and its names.

Words are compared in their exact form (see `archive.search.terms.vietnamese`): NFC, Đ, the place of the tone and the
case make no difference, the tone does. Shingles reach over the ends of paragraphs, since papers join and part these.
"""

from __future__ import annotations

import hashlib
import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, Literal, NamedTuple

import attrs
import numpy as np
from numpy.typing import NDArray

from archive.search.terms.passages import BODY_BLOCKS
from archive.search.terms.vietnamese import composed, joined_form, words

SHINGLE = 4
"""Words of a shingle."""
CONTEXT = 3
"""Words before and behind a slot that say which place of another text it corresponds to."""
_FEWEST_PLAIN = 2
LONGEST = 40_000
"""So many words of a text are compared."""
_MOST_KEPT = 300_000
_HASH = 8
_MULTIPLIERS = tuple(
    np.uint64(one) for one in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93)
)
_SHIFTS = tuple(np.uint64(one) for one in (30, 27, 31))
_MIXERS = tuple(np.uint64(one) for one in (0xBF58476D1CE4E5B9, 0x94D049BB133111EB))
_SENTENCE_ENDS = frozenset(".!?:;…\n\"“”'‘’«»()[]|•–—")
_DATED = frozenset({"ngày", "tháng", "năm"})

SlotKind = Literal["figure", "date", "name"]
Hashes = NDArray[np.uint64]


Place = tuple[str, ...]


class Slot(NamedTuple):
    """A figure, a day or a name, and what says where in a text it stands: the words before it, and those behind it.

    Of other slots among these only the kind is told. A place has two plain words at least, or is left out.
    """

    kind: SlotKind
    value: str
    places: tuple[Place, ...]


class _PieceHashes(dict[str, bytes]):
    """The hashes of the words of every piece of text between two spaces that was looked up, eight bytes each."""

    def __missing__(self, piece: str) -> bytes:
        exact = joined_form(piece, "exact").split()
        found = b"".join(hashlib.blake2b(word.encode(), digest_size=_HASH).digest() for word in exact)
        if len(self) >= _MOST_KEPT:
            self.clear()
        self[piece] = found
        return found


_HASHES = _PieceHashes()


@attrs.frozen(slots=False, eq=False)
class ComparedText:
    """The paragraphs of an article that are compared, composed; and its title, which tells notices apart."""

    paragraphs: tuple[str, ...]
    title: str = ""

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> ComparedText:
        """The lead and the body's text of an article's plain JSON values; captions and titles are left out."""
        lead = values.get("lead") or ""
        blocks = [one["text"] for one in values.get("body") or () if one["type"] in BODY_BLOCKS]
        texts = blocks if not lead or (blocks and blocks[0].strip() == lead.strip()) else [lead, *blocks]
        return cls(tuple(composed(text) for text in _bounded(texts)), composed(values.get("title") or ""))

    @cached_property
    def hashes(self) -> bytes:
        """The hashes of all words in their order, eight bytes each: those of equal texts are equal."""
        joined = b"".join(map(_HASHES.__getitem__, " ".join(self.paragraphs).split()))
        return joined[: LONGEST * _HASH]

    @property
    def count(self) -> int:
        """How many words it has."""
        return len(self.hashes) // _HASH

    @cached_property
    def digest(self) -> int:
        """A hash of all words, of 64 bits."""
        return int.from_bytes(hashlib.blake2b(self.hashes, digest_size=_HASH).digest(), "little")

    @cached_property
    def shingles(self) -> Hashes:
        """The hashes of the distinct shingles, ascending."""
        if self.count < SHINGLE:
            return np.empty(0, np.uint64)
        mixed = _mixed(np.frombuffer(self.hashes, "<u8").astype(np.uint64, copy=False))
        mixed.sort()
        return mixed[np.concatenate(([True], mixed[1:] != mixed[:-1]))]

    @cached_property
    def title_words(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The words of the title, first without what its figures are, then with it."""
        exact = joined_form(self.title, "exact").split()
        return tuple("<figure>" if any(map(str.isdigit, word)) else word for word in exact), tuple(exact)

    @cached_property
    def _reading(self) -> _Reading:
        reading = _Reading()
        for text in self.paragraphs:
            reading.read(text)
        return reading

    @cached_property
    def slots(self) -> list[Slot]:
        """The figures, days and names in their order."""
        return list(_slots(self._reading))

    @cached_property
    def plain_words(self) -> Counter[str]:
        """How often each word occurs that is no figure and no name."""
        return Counter(word for word in self._reading.masked if word[:1] != "<")


def _bounded(texts: Iterable[str]) -> Iterator[str]:
    """The paragraphs up to `LONGEST` pieces between spaces, of which each has a word or so."""
    left = LONGEST
    for text in texts:
        pieces = text.split(maxsplit=left)
        yield text if len(pieces) <= left else " ".join(pieces[:left])
        left -= len(pieces)
        if left <= 0:
            return


def _mixed(hashes: Hashes) -> Hashes:
    """The hashes of the shingles of words with these hashes."""
    end = len(hashes) - SHINGLE + 1
    mixed = hashes[:end] * _MULTIPLIERS[0]
    for nth in range(1, SHINGLE):
        mixed = (mixed ^ (mixed >> _SHIFTS[2])) * _MIXERS[0] + hashes[nth : nth + end] * _MULTIPLIERS[nth]
    mixed = (mixed ^ (mixed >> _SHIFTS[0])) * _MIXERS[0]
    mixed = (mixed ^ (mixed >> _SHIFTS[1])) * _MIXERS[1]
    return mixed ^ (mixed >> _SHIFTS[2])


# how the words of a piece of text between two spaces are told apart; `lead`: the signs before a word
_Kind = Literal["word", "figure", "capital"]
_Piece = tuple[tuple[tuple[str, str, _Kind], ...], str]


class _Pieces(dict[str, _Piece]):
    """The words of every piece that was looked up, and the signs behind the last."""

    def __missing__(self, piece: str) -> _Piece:
        found, end = [], 0
        for word in words(piece):
            exact = joined_form(word.text, "exact").strip()
            found.append((piece[end : word.start], exact, _kind(word.text)))
            end = word.end
        if len(self) >= _MOST_KEPT:
            self.clear()
        read = self[piece] = tuple(found), piece[end:]
        return read


_PIECES = _Pieces()


def _kind(word: str) -> _Kind:
    if any(map(str.isdigit, word)):
        return "figure"
    return "capital" if word[0].isupper() else "word"


def _slots(reading: _Reading) -> Iterator[Slot]:
    beyond = [""] * CONTEXT
    masked = [*beyond, *reading.masked, *beyond]
    plain = list(itertools.accumulate((bool(word) and word[0] != "<" for word in masked), initial=0))
    for nth, kind, value in reading.found:
        here, end = nth + CONTEXT, nth + 2 * CONTEXT + 1
        mark, places = masked[here], []
        if plain[here] - plain[nth] >= _FEWEST_PLAIN:
            places.append((mark, "before", *masked[nth:here]))
        if plain[end] - plain[here + 1] >= _FEWEST_PLAIN:
            places.append((mark, "behind", *masked[here + 1 : end]))
        yield Slot(kind, value, tuple(places))


class _Reading:
    """Reads texts word by word: figures and names whole, 12.500, 24-26, Nguyễn Văn A, and their places."""

    def __init__(self) -> None:
        self.masked: list[str] = []
        """The plain words, and for each figure or name its kind."""
        self.found: list[tuple[int, SlotKind, str]] = []
        self._open: SlotKind | None = None

    def read(self, text: str) -> None:
        """Read a paragraph."""
        self._open = None
        tail = "."  # the first word begins a sentence
        masked = self.masked
        for piece in text.split():
            parts, behind = _PIECES[piece]
            before = tail + " "
            for lead, exact, kind in parts:
                between = before + lead
                if kind == "word" or (kind == "capital" and not _SENTENCE_ENDS.isdisjoint(between)):
                    masked.append(exact)
                    self._open = None
                elif kind == "capital":
                    self._name(exact, between)
                else:
                    self._figure(exact, between)
                before = ""
            tail = behind if parts else tail + behind

    def _name(self, exact: str, between: str) -> None:
        if self._open == "name" and between == " ":
            self._extend("name", exact)
        else:
            self._begin("name", exact)

    def _figure(self, exact: str, between: str) -> None:
        if self._open in {"figure", "date"} and len(between) == 1 and between not in " |":
            self._extend("date" if between == "/" else self._open, exact)
        else:
            is_dated = bool(self.masked) and self.masked[-1] in _DATED
            self._begin("date" if is_dated else "figure", exact)

    def _begin(self, kind: SlotKind, exact: str) -> None:
        self.found.append((len(self.masked), kind, exact))
        self.masked.append("<name>" if kind == "name" else "<figure>")
        self._open = kind

    def _extend(self, kind: SlotKind | None, exact: str) -> None:
        place, former, value = self.found[-1]
        self.found[-1] = (place, kind or former, f"{value} {exact}")
        self._open = kind
