"""A parsed query as a tree: words of fields, days, and how they are joined."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Literal, TypeAlias

import attrs

from archive.search.terms.vietnamese import has_marks

Field = Literal["text", "title", "captions", "author", "newspaper", "section", "source", "language", "changes"]
TEXTS: tuple[Field, ...] = ("text", "title", "captions")
"""The fields that hold text of the article; the others hold names."""


@attrs.frozen
class Words:
    """Adjacent words of a field in both forms; a single word too."""

    field: Field
    typed: str
    exact: tuple[str, ...]
    folded: tuple[str, ...]
    slop: int = 0
    """How many words may stand between each two neighbours, which then may come in either order; 0: side by side."""
    is_open: bool = False
    """The last word may go on."""

    def form(self, scope: Scope) -> tuple[str, ...]:
        """The words as a scope compares them."""
        return self.exact if scope == "typed" else self.folded


@attrs.frozen
class Days:
    """The days of publication, both included; None: without a bound."""

    first: date | None
    last: date | None


@attrs.frozen
class AllOf:
    """Every part matches. A part is repeated where it was typed again, and matches no less then."""

    parts: tuple[Node, ...]

    @property
    def distinct(self) -> tuple[Node, ...]:
        """Each part once."""
        return tuple(dict.fromkeys(self.parts))

    @property
    def adjacent(self) -> tuple[tuple[Words, Words], ...]:
        """Words of a text that were typed side by side: most Vietnamese words are written as two syllables."""
        return tuple(dict.fromkeys(_adjacent(self.parts)))


@attrs.frozen
class AnyOf:
    """A part matches."""

    parts: tuple[Node, ...]


@attrs.frozen
class Not:
    """The part does not match."""

    part: Node


Node: TypeAlias = Words | Days | AllOf | AnyOf | Not
Scope = Literal["typed", "folded"]
"""What a word matches: as typed, or every word that is the same without marks."""


@attrs.frozen
class Parsed:
    """A query; `tree` is None where it is empty and matches everything."""

    tree: Node | None = None

    @property
    def scope(self) -> Scope:
        """The scope that the query asks for by how it is typed: with marks as typed, else without marks."""
        return "typed" if any(has_marks(words.typed) for words in self.wanted if words.field in TEXTS) else "folded"

    @property
    def wanted(self) -> tuple[Words, ...]:
        """The words that are asked for, without those that are excluded, in the order of the query."""
        return tuple(one for one in _nodes(self.tree) if isinstance(one, Words))

    @property
    def adjacent(self) -> tuple[tuple[Words, Words], ...]:
        """Of the words that are asked for, those of a text that were typed side by side."""
        return tuple(pair for one in _nodes(self.tree) if isinstance(one, AllOf) for pair in one.adjacent)

    @property
    def has_words(self) -> bool:
        """Whether words of the text are asked for: only then is one hit better than another."""
        return any(words.field in TEXTS for words in self.wanted)


def _nodes(node: Node | None) -> Iterator[Node]:
    """The nodes of a tree, without those that are excluded."""
    if node is not None and not isinstance(node, Not):
        yield node
    if isinstance(node, (AllOf, AnyOf)):
        for part in node.distinct if isinstance(node, AllOf) else node.parts:
            yield from _nodes(part)


def _adjacent(parts: Sequence[Node]) -> Iterator[tuple[Words, Words]]:
    for one, other in itertools.pairwise(parts):
        if not (isinstance(one, Words) and isinstance(other, Words) and one.field == other.field in TEXTS):
            continue
        if not (one.slop or other.slop or one.is_open or other.is_open):
            yield one, other
