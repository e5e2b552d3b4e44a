"""A searcher of the index that leaves out what is withheld from readers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import tantivy

from archive.search.terms.document import schema


class ReadersSearcher:
    """A searcher whose searches and counts leave out some documents; all else is the searcher's own."""

    def __init__(self, searcher: tantivy.Searcher, seqs: Sequence[int]) -> None:
        """Args: seqs: `seq` of the documents that are left out."""
        self._searcher = searcher
        self._excluded = (tantivy.Occur.MustNot, tantivy.Query.term_set_query(schema(), "seq", list(seqs)))
        self.num_docs = int(self._counted(tantivy.Query.all_query()))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._searcher, name)

    def search(self, query: tantivy.Query, *arguments: Any, **named: Any) -> tantivy.SearchResult:
        """Search among the others."""
        return self._searcher.search(self._narrowed(query), *arguments, **named)

    def aggregate(self, query: tantivy.Query, asked: dict[str, Any]) -> dict[str, Any]:
        """Count among the others."""
        counted: dict[str, Any] = self._searcher.aggregate(self._narrowed(query), asked)
        return counted

    def _narrowed(self, query: tantivy.Query) -> tantivy.Query:
        return tantivy.Query.boolean_query([(tantivy.Occur.Must, query), self._excluded])

    def _counted(self, query: tantivy.Query) -> float:
        return float(self.aggregate(query, {"all": {"value_count": {"field": "seq"}}})["all"]["value"])
