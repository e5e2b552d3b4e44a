"""Searches former versions for wordings that the latest version of an article does not have."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

import attrs
import tantivy
from tantivy import Occur, Query

from archive.catalog.versions import versions_with
from archive.collection import Collection
from archive.search.indexing.former import FOLDER, has_former
from archive.search.indexing.opened import Searching, index_searcher, searching
from archive.search.parsing.tree import Parsed, Scope
from archive.search.query import Hit, hit_of
from archive.search.selection import Selection, selection_of
from archive.search.snippet import Marks
from archive.search.terms.document import schema

MOST_FORMER = 1000
"""Former versions that one search looks at."""


@attrs.frozen(kw_only=True)
class FormerResults:
    """Articles whose latest version does not match, where a former one does: for each the last that did.

    `is_cut`: more than `MOST_FORMER` former versions match, and not all of them were looked at.
    """

    hits: tuple[Hit, ...] = ()
    total: int = 0
    is_cut: bool = False


def search_former(
    collection: Collection, wanted: Selection | str, *, limit: int = 20, offset: int = 0
) -> FormerResults:
    """Find wordings that articles no longer have, the newest published first; of an empty query none.

    Raises:
        BadQuery, UnknownNewspaper, CollectionInconsistent: as `search`.
    """
    with searching(collection) as opened:
        return former_in(opened, wanted, limit=limit, offset=offset)


def former_in(opened: Searching, wanted: Selection | str, *, limit: int = 20, offset: int = 0) -> FormerResults:
    """The same in an opened index."""
    wanted = selection_of(wanted)
    parsed = wanted.parsed
    if opened.folder is None or opened.searcher is None or not parsed.has_words or not has_former(opened.folder):
        return FormerResults()
    query = wanted.every(opened)
    former = index_searcher(opened.folder / FOLDER)
    found = former.search(query, limit=MOST_FORMER, order_by_field="published", order=tantivy.Order.Desc)
    seqs = [int(seq or 0) for seq in former.fast_field_values("seq", [address for _, address in found.hits])]
    gone = _without_latest(opened, query, seqs)
    hits = tuple(_hits(opened, gone[offset : offset + limit], parsed, wanted.scope))
    is_cut = int(found.count) > len(seqs)  # type: ignore[attr-defined]  # missing from the stubs
    return FormerResults(hits=hits, total=len(gone), is_cut=is_cut)


def _without_latest(opened: Searching, query: Query, seqs: Sequence[int]) -> list[int]:
    """Of former versions the last of each article whose latest version is not found, in the order that is given."""
    connection, searcher = opened.catalog.connection, opened.searcher
    assert searcher is not None
    # readers' rows leave out what is withheld
    rows = connection.execute(
        """SELECT v.seq, v.article_id FROM versions v WHERE v.seq IN (SELECT value FROM json_each(?))
        ORDER BY v.captured_at, v.seq""",
        (json.dumps(seqs),),
    ).fetchall()
    last = {article_id: seq for seq, article_id in rows}
    if not last:
        return []
    among = Query.boolean_query([(Occur.Must, query), (Occur.Must, Query.term_set_query(schema(), "id", list(last)))])
    found = searcher.search(among, limit=len(last))
    held = searcher.fast_field_values("seq", [address for _, address in found.hits])
    rows = connection.execute(
        "SELECT article_id FROM versions WHERE seq IN (SELECT value FROM json_each(?))",
        (json.dumps([int(seq or 0) for seq in held]),),
    ).fetchall()
    matching = {article_id for (article_id,) in rows}
    kept = {seq for article_id, seq in last.items() if article_id not in matching}
    return [seq for seq in seqs if seq in kept]


def _hits(opened: Searching, seqs: Sequence[int], parsed: Parsed, scope: Scope) -> Iterable[Hit]:
    marks = Marks.of(parsed, scope)
    held = {version.seq: version for version in versions_with(opened.catalog.connection, seqs)}
    return (hit_of(held[seq], 0.0, marks) for seq in seqs if seq in held)
