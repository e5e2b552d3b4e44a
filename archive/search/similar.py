"""Articles that are like an article: those with most of the same rare pairs of adjacent syllables."""

from __future__ import annotations

import itertools
from datetime import datetime
from typing import Self

import attrs
import tantivy
from tantivy import Occur, Query

from archive.article import Article
from archive.catalog.versions import versions_with
from archive.collection import Collection
from archive.search.indexing.opened import searching
from archive.search.terms.document import PROSE, keys, phrase, schema
from archive.search.terms.passages import passages
from archive.search.terms.scripts import is_unspaced

_MOST_PAIRS, _LEAST_PAIRS = 24, 6
_MOST_READ = 100_000
"""Entries of the index that are read for the pairs beyond the least number of them."""
_MOST_WORDS_READ = 600
_TITLE_WEIGHT = 2.0
_FIELD = "text_exact"


@attrs.frozen(kw_only=True)
class Similar:
    """An article that is like another one; `picture` is the record id of its first that is held."""

    id: str
    newspaper: str
    language: str
    title: str
    published_at: datetime
    picture: str | None
    score: float

    @classmethod
    def of(cls, article: Article, score: float) -> Self:
        """The article with its score."""
        picture = next((one.capture.record_id for one in article.images if one.capture is not None), None)
        return cls(
            id=article.id, newspaper=article.newspaper, language=article.language, title=article.title,
            published_at=article.published_at,
            picture=picture, score=score,
        )  # fmt: skip


def similar(collection: Collection, article: Article, limit: int = 5) -> tuple[Similar, ...]:
    """The articles most like one, the most alike first; none where nothing is alike.

    A pair of syllables is most often one Vietnamese word; a single syllable says little.

    Raises:
        CollectionInconsistent: the index is damaged; `follow` rebuilds it.
    """
    with searching(collection) as opened:
        if opened.searcher is None or not (pairs := _rarest(opened.searcher, article)):
            return ()
        title = set(itertools.pairwise(keys(article.title, "exact")))
        liked = [
            (Occur.Should, Query.boost_query(phrase(_FIELD, pair), _TITLE_WEIGHT if pair in title else 1.0))
            for pair in pairs
        ]
        itself = Query.term_query(schema(), "id", article.id, "basic")
        query = Query.boolean_query([*liked, (Occur.MustNot, itself)], minimum_number_should_match=min(3, len(liked)))
        found = []
        for score, address in opened.searcher.search(query, limit=limit).hits:
            seq = opened.searcher.doc(address)["seq"][0]
            for version in versions_with(opened.catalog.connection, [seq]):
                found.append(Similar.of(version.article(), float(score)))
        return tuple(found)


def _rarest(searcher: tantivy.Searcher, article: Article) -> list[tuple[str, str]]:
    """The pairs whose rarer syllable is in the fewest articles, but not in this one alone."""
    read = (one.text for one in passages(article) if one.kind in PROSE or one.kind == "tag")
    words = itertools.islice(
        itertools.chain.from_iterable((*keys(text, "exact"), "") for text in read), _MOST_WORDS_READ
    )
    pairs = dict.fromkeys(pair for pair in itertools.pairwise(words) if all(map(_says_something, pair)))
    rarity = {pair: min(int(searcher.doc_freq(_FIELD, word)) for word in pair) for pair in pairs}
    rarest = sorted((pair for pair in pairs if rarity[pair] > 1), key=lambda pair: rarity[pair])[:_MOST_PAIRS]
    # each pair costs as much as there are articles with its rarer syllable, which are more in a larger collection
    totals = itertools.accumulate(rarity[pair] for pair in rarest)
    return [
        pair
        for nth, (pair, total) in enumerate(zip(rarest, totals, strict=True))
        if nth < _LEAST_PAIRS or total <= _MOST_READ
    ]


def _says_something(word: str) -> bool:
    """Whether a word is more than a letter."""
    return len(word) > 1 or is_unspaced(word)
