"""Parses a query: words, phrases, AND, OR, NOT, parentheses, fields, wildcards, proximity and periods.

    query   = any
    any     = all *("OR" all)
    all     = part *(["AND"] part)
    part    = ["NOT" / "-"] (field ":" value / "(" any ")" / phrase ["~" number] / word ["*"])
    value   = phrase / word / "(" any ")", or days for the fields of days

AND, OR and NOT are operators in capitals only. Every sign that is none of these is plain text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any, Literal, NamedTuple, TypeAlias

import attrs

from archive.errors import BadQuery, NoSuchDay, QueryFault
from archive.search.days import read_days
from archive.search.index import MOST_APART
from archive.search.vietnamese import both_forms, composed, folded, has_marks

LONGEST_QUERY = 1000
MOST_WORDS = 50
MOST_DEEP = 20
FEWEST_BEFORE_WILDCARD = 2

Field = Literal["text", "title", "captions", "author", "newspaper", "section", "source"]
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
    """Every part matches."""

    parts: tuple[Node, ...]


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
        return tuple(_wanted(self.tree))

    @property
    def has_words(self) -> bool:
        """Whether words of the text are asked for: only then is one hit better than another."""
        return any(words.field in TEXTS for words in self.wanted)


def _wanted(node: Node | None) -> Iterator[Words]:
    if isinstance(node, Words):
        yield node
    elif isinstance(node, (AllOf, AnyOf)):
        for part in node.parts:
            yield from _wanted(part)


_FIELDS: dict[str, Field] = {
    "text": "text", "toàn bài": "text",
    "title": "title", "tiêu đề": "title", "tựa": "title", "tựa bài": "title",
    "caption": "captions", "captions": "captions", "chú thích": "captions", "chú thích ảnh": "captions",
    "author": "author", "tác giả": "author",
    "paper": "newspaper", "newspaper": "newspaper", "báo": "newspaper",
    "section": "section", "chuyên mục": "section", "mục": "section",
    "source": "source", "agency": "source", "nguồn": "source", "nguồn tin": "source",
}  # fmt: skip
_DAYS = {
    "date": "both", "day": "both", "ngày": "both", "ngày đăng": "both",
    "from": "first", "từ ngày": "first",
    "to": "last", "đến ngày": "last", "until": "last",
}  # fmt: skip
FIELD_NAMES = (*_FIELDS, *_DAYS)
"""The names of fields that a query may have before a colon, in English and Vietnamese."""
# typed without marks they are known as well: "tac gia:"
_KNOWN = {folded(name): name for name in sorted(FIELD_NAMES, key=lambda name: folded(name) != name)}
_NAMED = re.compile(
    "(?:"
    + "|".join(re.escape(name).replace(r"\ ", r"\s+") for name in sorted(_KNOWN, key=len, reverse=True))
    + r")\s*:"
)
# letters, a colon and more: an address ("http://") or a time ("12:30") is none
_UNKNOWN = re.compile(r"(?P<name>[^\W\d_]+):(?=[^\s/:])")
_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"'})
_APART = re.compile(r"~(?P<number>[^\s()\"]*)")
# within a word, before one, or behind another than a phrase's last; one that stands alone is a sign like others
_MISPLACED = re.compile(r"\w\*+[\w\s]|(?<!\S)\*+\w")
_PLAIN = re.compile(r'[^\s"()]+')
_OPERATORS = ("AND", "OR", "NOT")


class _Token(NamedTuple):
    """A part of the query: `kind` is an operator, a parenthesis, "field", "days", "words" or "end"."""

    kind: str
    start: int
    end: int
    value: Any = None


def parse(query: str) -> Parsed:
    """Parse a query; an empty one matches everything.

    Raises:
        BadQuery: it is malformed, too long, or not empty but without a word.
    """
    if len(query) > LONGEST_QUERY:
        raise BadQuery(query, QueryFault.TOO_LONG, detail=str(LONGEST_QUERY))
    text = composed(query)
    if not text.strip():
        return Parsed()
    tokens = list(_Reading(text).tokens())
    count = sum(len(token.value.exact) for token in tokens if token.kind == "words")
    if count > MOST_WORDS:
        raise BadQuery(text, QueryFault.TOO_MANY_WORDS, detail=str(MOST_WORDS))
    if not any(token.kind in ("words", "days", "field") for token in tokens):
        raise BadQuery(text, QueryFault.NO_WORD)
    return Parsed(_Building(text, tokens).build())


def literal(query: str) -> str | None:
    """The query as plain words, which every operator and sign of it has become; None if it has no word or too many."""
    exact, _ = both_forms(composed(query[:LONGEST_QUERY]))
    # in small letters no word is an operator
    return " ".join(exact) if 0 < len(exact) <= MOST_WORDS else None


class _Reading:
    """Cuts a query into tokens."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._marks = text.translate(_QUOTES)
        # one sign of the composed text is one here: names of fields are found in it by place
        self._folded = "".join(_one_folded(sign) for sign in text)

    def tokens(self) -> Iterator[_Token]:
        at = 0
        while at < len(self._text):
            if self._text[at].isspace():
                at += 1
                continue
            token = self._token(at)
            if token.kind:
                yield token
            at = token.end
        yield _Token("end", at, at)

    def _token(self, at: int) -> _Token:
        sign = self._marks[at]
        if sign in "()":
            return _Token(sign, at, at + 1)
        if sign == '"':
            return self._phrase(at)
        if sign == "-" and self._begins(at) and at + 1 < len(self._text) and not self._text[at + 1].isspace():
            return _Token("NOT", at, at + 1)
        if self._begins(at) and (found := _NAMED.match(self._folded, at)):
            return self._field(at, found.end(), " ".join(found[0][:-1].split()))
        plain = _PLAIN.match(self._marks, at)
        assert plain is not None
        if plain[0] in _OPERATORS:
            return _Token(plain[0], at, plain.end())
        if self._begins(at) and (unknown := _UNKNOWN.match(self._text, at)):
            raise self._fault(QueryFault.UNKNOWN_FIELD, at, unknown.end("name"))
        return self._words(plain[0], at, plain.end())

    def _begins(self, at: int) -> bool:
        """Whether a word may begin here."""
        return at == 0 or self._marks[at - 1].isspace() or self._marks[at - 1] in '(":-'

    def _phrase(self, at: int) -> _Token:
        end = self._marks.find('"', at + 1)
        if end < 0:
            raise self._fault(QueryFault.QUOTE_OPEN, at, len(self._text))
        typed = self._text[at + 1 : end]
        token = self._words(typed, at + 1, end)
        end, slop = end + 1, 0
        if apart := _APART.match(self._marks, end):
            number = apart["number"]
            if not (number.isascii() and number.isdigit() and 1 <= int(number[:4]) <= MOST_APART):
                raise self._fault(QueryFault.PROXIMITY, at, apart.end(), detail=str(MOST_APART))
            end, slop = apart.end(), int(number)
        if not token.kind:
            return token._replace(end=end)
        return _Token("words", at, end, attrs.evolve(token.value, slop=slop))

    def _words(self, typed: str, start: int, end: int) -> _Token:
        exact, folded_words = both_forms(typed)
        if not exact:
            return _Token("", start, end)
        bare = typed.rstrip()
        is_open = bare.endswith("*") and bare[-2:-1].isalnum()
        if _MISPLACED.search(bare):
            raise self._fault(QueryFault.WILDCARD_PLACE, start, end)
        if is_open and len(exact[-1]) < FEWEST_BEFORE_WILDCARD:
            raise self._fault(QueryFault.WILDCARD_SHORT, start, end, detail=str(FEWEST_BEFORE_WILDCARD))
        return _Token("words", start, end, Words("text", typed, tuple(exact), tuple(folded_words), is_open=is_open))

    def _field(self, start: int, end: int, folded_name: str) -> _Token:
        name = _KNOWN[folded_name]
        if name in _FIELDS:
            return _Token("field", start, end, _FIELDS[name])
        while end < len(self._text) and self._text[end].isspace():
            end += 1
        typed = _PLAIN.match(self._marks, end)
        if typed is None:
            raise self._fault(QueryFault.NOTHING_BEHIND, start, end)
        return _Token("days", start, typed.end(), self._days(typed[0], _DAYS[name], end))

    def _days(self, typed: str, bound: str, at: int) -> Days:
        first_typed, dots, last_typed = typed.partition("..")
        try:
            first = read_days(first_typed)[0] if first_typed else None
            last = (read_days(last_typed) if dots else read_days(first_typed))[1] if last_typed or not dots else None
        except NoSuchDay as error:
            raise self._fault(QueryFault.BAD_DAY, at, at + len(typed), day=error) from error
        if first and last and last < first:
            raise self._fault(QueryFault.PERIOD_REVERSED, at, at + len(typed))
        return Days(first if bound != "last" else None, last if bound != "first" else None)

    def _fault(
        self, fault: QueryFault, start: int, end: int, *, detail: str = "", day: NoSuchDay | None = None
    ) -> BadQuery:
        text = self._text
        return BadQuery(text, fault, start=start, end=end, detail=detail, day=day, literal=literal(text))


def _one_folded(sign: str) -> str:
    """The sign in lower case and without marks where that is one sign, else itself: places stay."""
    bare = folded(sign)
    return bare if len(bare) == 1 else sign


class _Building:
    """Builds the tree of a query from its tokens."""

    def __init__(self, text: str, tokens: list[_Token]) -> None:
        self._text, self._tokens = text, tokens
        self._at = self._deep = 0

    def build(self) -> Node:
        tree = self._any("text")
        if self._next.kind == ")":
            raise self._fault(QueryFault.PARENTHESIS_CLOSED, self._next)
        return tree

    @property
    def _next(self) -> _Token:
        return self._tokens[self._at]

    def _any(self, field: Field) -> Node:
        parts = [self._all(field)]
        while self._next.kind == "OR":
            self._at += 1
            parts.append(self._all(field, after=self._tokens[self._at - 1]))
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def _all(self, field: Field, after: _Token | None = None) -> Node:
        parts: list[Node] = []
        while self._next.kind not in ("end", ")", "OR"):
            if self._next.kind == "AND":
                if not parts:
                    raise self._fault(QueryFault.NOTHING_BEFORE, self._next)
                after = self._next
                self._at += 1
            parts.append(self._part(field, after))
            after = None
        if after is not None:
            raise self._fault(QueryFault.NOTHING_BEHIND, after)
        if not parts:
            kind = QueryFault.NOTHING_BEFORE if self._next.kind == "OR" else QueryFault.PARENTHESIS_EMPTY
            raise self._fault(kind, self._next)
        distinct = tuple(dict.fromkeys(parts))
        return distinct[0] if len(distinct) == 1 else AllOf(distinct)

    def _part(self, field: Field, after: _Token | None) -> Node:
        token = self._next
        if token.kind in ("end", ")", "OR", "AND"):
            raise self._fault(QueryFault.NOTHING_BEHIND, after or self._tokens[self._at - 1])
        self._at += 1
        if token.kind == "NOT":
            self._deepen(token)
            part = self._part(field, token)
            self._deep -= 1
            return Not(part)
        if token.kind == "(":
            return self._group(field, token)
        if token.kind == "words":
            words: Words = attrs.evolve(token.value, field=field)
            return words
        if field != "text":
            raise self._fault(QueryFault.FIELD_IN_FIELD, token)
        if token.kind == "days":
            days: Days = token.value
            return days
        return self._value(token)

    def _value(self, named: _Token) -> Node:
        token = self._next
        if token.kind not in ("words", "("):
            raise self._fault(QueryFault.NOTHING_BEHIND, named)
        return self._part(named.value, named)

    def _group(self, field: Field, opening: _Token) -> Node:
        self._deepen(opening)
        tree = self._any(field)
        if self._next.kind != ")":
            raise self._fault(QueryFault.PARENTHESIS_OPEN, opening)
        self._at += 1
        self._deep -= 1
        return tree

    def _deepen(self, token: _Token) -> None:
        self._deep += 1
        if self._deep > MOST_DEEP:
            raise self._fault(QueryFault.TOO_DEEP, token, detail=str(MOST_DEEP))

    def _fault(self, fault: QueryFault, token: _Token, *, detail: str = "") -> BadQuery:
        text = self._text
        return BadQuery(text, fault, start=token.start, end=token.end, detail=detail, literal=literal(text))
