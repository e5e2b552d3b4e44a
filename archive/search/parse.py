"""Parses a query: words, phrases, exclusions; every other sign is plain text."""

from __future__ import annotations

import re

import attrs

from archive.errors import BadQuery
from archive.search.index import keys
from archive.search.vietnamese import composed, has_marks

LONGEST_QUERY = 1000
MOST_TERMS = 50

_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"'})
_TERM = re.compile(r'(?P<minus>(?<!\S)-)?(?:"(?P<phrase>[^"]*)"|(?P<plain>[^\s"]+))')


@attrs.frozen
class Term:
    """Adjacent words in both forms; a single word is a term too."""

    exact: tuple[str, ...]
    folded: tuple[str, ...]


@attrs.frozen
class Parsed:
    """A query: terms that must be there, terms that must not, and whether any word was typed with marks."""

    wanted: tuple[Term, ...] = ()
    unwanted: tuple[Term, ...] = ()
    marked: bool = False

    def sequences(self, exact: bool) -> frozenset[tuple[str, ...]]:
        """The wanted terms in one form, for finding them again in a text."""
        return frozenset(term.exact if exact else term.folded for term in self.wanted)


def parse(query: str) -> Parsed:
    """Parse a query; an empty one matches everything.

    Raises:
        BadQuery: it is too long, or not empty but without a word.
    """
    if len(query) > LONGEST_QUERY:
        raise BadQuery(query[:60] + "…", f"it is longer than {LONGEST_QUERY} characters")
    text = composed(query).translate(_QUOTES)
    wanted: dict[Term, None] = {}
    unwanted: dict[Term, None] = {}
    for match in _TERM.finditer(text):
        typed = match["phrase"] if match["phrase"] is not None else match["plain"]
        term = Term(tuple(keys(typed, "exact")), tuple(keys(typed, "folded")))
        if term.exact:
            (unwanted if match["minus"] else wanted)[term] = None
    if text.strip() and not wanted and not unwanted:
        raise BadQuery(query, "it has no word")
    if len(wanted) + len(unwanted) > MOST_TERMS:
        raise BadQuery(query[:60] + "…", f"it has more than {MOST_TERMS} words")
    return Parsed(tuple(wanted), tuple(unwanted), has_marks(text))
