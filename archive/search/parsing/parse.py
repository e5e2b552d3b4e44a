"""Parses a query: words, phrases, AND, OR, NOT, parentheses, fields, wildcards, proximity and periods.

    query   = any
    any     = all *("OR" all)
    all     = part *(["AND"] part)
    part    = ["NOT" / "-"] (field ":" value / "(" any ")" / phrase ["~" number] / word ["*"])
    value   = phrase / word / "(" any ")", or days for the fields of days

AND, OR and NOT are operators in capitals only. Every sign that is none of these is plain text.
"""

from __future__ import annotations

import attrs

from archive.errors import BadQuery, QueryFault
from archive.search.parsing.change_words import CHANGE_KINDS, kind_named
from archive.search.parsing.tokens import LONGEST_QUERY, MOST_WORDS, Token, Tokens, literal, weight
from archive.search.parsing.tree import AllOf, AnyOf, Days, Field, Node, Not, Parsed, Words
from archive.search.terms.vietnamese import composed

MOST_DEEP = 20


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
    tokens = list(Tokens(text))
    count = sum(weight(token.value.exact) for token in tokens if token.kind == "words")
    if count > MOST_WORDS:
        raise BadQuery(text, QueryFault.TOO_MANY_WORDS, detail=str(MOST_WORDS))
    if not any(token.kind in ("words", "days", "field") for token in tokens):
        raise BadQuery(text, QueryFault.NO_WORD)
    return Parsed(_Building(text, tokens).build())


class _Building:
    """Builds the tree of a query from its tokens."""

    def __init__(self, text: str, tokens: list[Token]) -> None:
        self._text, self._tokens = text, tokens
        self._at = self._deep = 0

    def build(self) -> Node:
        tree = self._any("text")
        if self._next.kind == ")":
            raise self._fault(QueryFault.PARENTHESIS_CLOSED, self._next)
        return tree

    @property
    def _next(self) -> Token:
        return self._tokens[self._at]

    def _any(self, field: Field) -> Node:
        parts = [self._all(field)]
        while self._next.kind == "OR":
            self._at += 1
            parts.append(self._all(field, after=self._tokens[self._at - 1]))
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def _all(self, field: Field, after: Token | None = None) -> Node:
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
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def _part(self, field: Field, after: Token | None) -> Node:
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
            if field == "changes" and kind_named(words.typed) is None:
                raise self._fault(QueryFault.UNKNOWN_CHANGE, token, detail=", ".join(CHANGE_KINDS))
            return words
        if field != "text":
            raise self._fault(QueryFault.FIELD_IN_FIELD, token)
        if token.kind == "days":
            days: Days = token.value
            return days
        return self._value(token)

    def _value(self, named: Token) -> Node:
        token = self._next
        if token.kind not in ("words", "("):
            raise self._fault(QueryFault.NOTHING_BEHIND, named)
        return self._part(named.value, named)

    def _group(self, field: Field, opening: Token) -> Node:
        self._deepen(opening)
        tree = self._any(field)
        if self._next.kind != ")":
            raise self._fault(QueryFault.PARENTHESIS_OPEN, opening)
        self._at += 1
        self._deep -= 1
        return tree

    def _deepen(self, token: Token) -> None:
        self._deep += 1
        if self._deep > MOST_DEEP:
            raise self._fault(QueryFault.TOO_DEEP, token, detail=str(MOST_DEEP))

    def _fault(self, fault: QueryFault, token: Token, *, detail: str = "") -> BadQuery:
        text = self._text
        return BadQuery(text, fault, start=token.start, end=token.end, detail=detail, literal=literal(text))
