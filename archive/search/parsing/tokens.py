"""Cuts a query into tokens: operators, parentheses, names of fields, days, words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import attrs

from archive.errors import BadQuery, NoSuchDay, QueryFault
from archive.search.parsing.days import WRITTEN, read_days
from archive.search.parsing.tree import Days, Field, Words
from archive.search.terms.document import MOST_APART
from archive.search.terms.scripts import CLUSTERS_A_WORD, PAUSED, has_unspaced, is_unspaced
from archive.search.terms.vietnamese import both_forms, composed, folded

LONGEST_QUERY = 1000
MOST_WORDS = 50
FEWEST_BEFORE_WILDCARD = 2

_FIELDS: dict[str, Field] = {
    "text": "text", "toàn bài": "text",
    "title": "title", "tiêu đề": "title", "tựa": "title", "tựa bài": "title",
    "caption": "captions", "captions": "captions", "chú thích": "captions", "chú thích ảnh": "captions",
    "author": "author", "tác giả": "author",
    "paper": "newspaper", "newspaper": "newspaper", "báo": "newspaper",
    "section": "section", "chuyên mục": "section", "mục": "section",
    "language": "language", "lang": "language", "ngôn ngữ": "language",
    "changed": "changes", "sửa": "changes", "thay đổi": "changes",
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
_QUOTES = str.maketrans(dict.fromkeys("“”„«»「」", '"'))
_APART = re.compile(r"~(?P<number>[^\s()\"]*)")
# within a word, before one, or behind another than a phrase's last; one that stands alone is a sign like others
_MISPLACED = re.compile(r"\w\*+[\w\s]|(?<!\S)\*+\w")
_PLAIN = re.compile(r'[^\s"()]+')
_OPERATORS = ("AND", "OR", "NOT")


class Token(NamedTuple):
    """A part of the query: `kind` is an operator, a parenthesis, "field", "days", "words" or "end"."""

    kind: str
    start: int
    end: int
    value: Any = None


def literal(query: str) -> str | None:
    """The query as plain words, which every operator and sign of it has become; None if it has no word or too many."""
    exact, _ = both_forms(composed(query[:LONGEST_QUERY]))
    # in small letters no word is an operator
    return " ".join(exact) if 0 < weight(exact) <= MOST_WORDS else None


def weight(forms: Sequence[str]) -> int:
    """For how many words a query's words count; of scripts without spaces several clusters make one."""
    clusters = sum(map(is_unspaced, forms))
    return len(forms) - forms.count(PAUSED) - clusters + -(-clusters // CLUSTERS_A_WORD)


class Tokens:
    """Cuts a query into tokens."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._marks = text.translate(_QUOTES)
        # one sign of the composed text is one here: names of fields are found in it by place
        self._folded = "".join(_one_folded(sign) for sign in text)

    def __iter__(self) -> Iterator[Token]:
        at = 0
        while at < len(self._text):
            if self._text[at].isspace():
                at += 1
                continue
            token = self._token(at)
            if token.kind:
                yield token
            at = token.end
        yield Token("end", at, at)

    def _token(self, at: int) -> Token:
        sign = self._marks[at]
        if sign in "()":
            return Token(sign, at, at + 1)
        if sign == '"':
            return self._phrase(at)
        if sign == "-" and self._begins(at) and at + 1 < len(self._text) and not self._text[at + 1].isspace():
            return Token("NOT", at, at + 1)
        if self._begins(at) and (found := _NAMED.match(self._folded, at)):
            return self._field(at, found.end(), " ".join(found[0][:-1].split()))
        plain = _PLAIN.match(self._marks, at)
        assert plain is not None
        if plain[0] in _OPERATORS:
            return Token(plain[0], at, plain.end())
        unknown = _UNKNOWN.match(self._text, at) if self._begins(at) else None
        if unknown and not has_unspaced(unknown["name"]):
            raise self._fault(QueryFault.UNKNOWN_FIELD, at, unknown.end("name"))
        return self._words(plain[0], at, plain.end())

    def _begins(self, at: int) -> bool:
        """Whether a word may begin here."""
        return at == 0 or self._marks[at - 1].isspace() or self._marks[at - 1] in '(":-'

    def _phrase(self, at: int) -> Token:
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
        return Token("words", at, end, attrs.evolve(token.value, slop=slop))

    def _words(self, typed: str, start: int, end: int) -> Token:
        exact, folded_words = both_forms(typed)
        if exact and exact[-1] == PAUSED:  # behind the words there may be none in the text
            del exact[-1], folded_words[-1]
        if not exact:
            return Token("", start, end)
        bare = typed.rstrip()
        # of a script without spaces a word is found wherever it begins and ends
        is_open = bare.endswith("*") and bare[-2:-1].isalnum() and not is_unspaced(exact[-1])
        if _MISPLACED.search(bare):
            raise self._fault(QueryFault.WILDCARD_PLACE, start, end)
        if is_open and len(exact[-1]) < FEWEST_BEFORE_WILDCARD:
            raise self._fault(QueryFault.WILDCARD_SHORT, start, end, detail=str(FEWEST_BEFORE_WILDCARD))
        return Token("words", start, end, Words("text", typed, tuple(exact), tuple(folded_words), is_open=is_open))

    def _field(self, start: int, end: int, folded_name: str) -> Token:
        name = _KNOWN[folded_name]
        if name in _FIELDS:
            return Token("field", start, end, _FIELDS[name])
        while end < len(self._text) and self._text[end].isspace():
            end += 1
        if end == len(self._text):
            raise self._fault(QueryFault.NOTHING_BEHIND, start, end)
        first, last, behind = self._days_typed(end)
        return Token("days", start, behind, self._days(self._text[first:last], _DAYS[name], first))

    def _days_typed(self, at: int) -> tuple[int, int, int]:
        """Where the days of a field begin and end, and where the query goes on."""
        if self._marks[at] == '"':
            end = self._marks.find('"', at + 1)
            if end < 0:
                raise self._fault(QueryFault.QUOTE_OPEN, at, len(self._text))
            return at + 1, end, end + 1
        if written := WRITTEN.match(self._folded, at):
            return at, written.end(), written.end()
        plain = _PLAIN.match(self._marks, at)
        end = plain.end() if plain else at + 1
        return at, end, end

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
