"""Makes the clusters of the catalog from its links: around some articles, or of all; and adds to them."""

from __future__ import annotations

import bisect
import sqlite3
from collections.abc import Iterable, Mapping, Sequence

from archive.catalog.reprint_clusters import (
    cluster_ids_of,
    clusters_with,
    has_more_than,
    insert_printing,
    printing_ids,
    replace_clusters,
    shape_of,
)
from archive.catalog.reprints import ReprintCluster, ReprintLink, StoredSignature, links_of, signatures_of_articles
from archive.clock import parse_warc_date
from archive.reprints.clusters import HALF, Group, cluster_id, grouped, may_join
from archive.reprints.origin import Printing, origin_of, origin_with

MOST_REACHED = 1000
"""Articles around one whose clusters are made anew; what is beyond waits for the next comparison of all."""


def join(connection: sqlite3.Connection, printing: Printing, links: Sequence[ReprintLink]) -> bool:
    """Put a new article into the one cluster to which all its links lead, whatever its size; within a transaction.

    Returns:
        Whether that was possible; else the clusters around it are to be made anew.
    """
    ends = {id for one in links for id in (one.source_id, one.copy_id)} - {printing.article_id}
    clusters = cluster_ids_of(connection, ends)
    if len(clusters) < len(ends) or len(set(clusters.values())) != 1 or any(one.kept < HALF for one in links):
        return False
    if clusters_with(connection, printing.article_id):
        return False
    try:
        return _joined(connection, printing, clusters.popitem()[1])
    except LookupError:
        return False


def _joined(connection: sqlite3.Connection, printing: Printing, into: str) -> bool:
    """Put it into this cluster.

    Raises:
        LookupError: an article of the cluster has no signature, or the cluster is not whole.
    """
    origin_id, agency, basis, count = shape_of(connection, into)
    if count < 2 or (count <= MOST_REACHED and _is_founder(connection, printing, into)):
        return False
    position = 1 + bisect.bisect(
        range(1, count + 1),
        printing.order,
        key=lambda nth: _printing(connection, next(printing_ids(connection, into, nth), "")).order,
    )
    found = origin_with(_printing(connection, origin_id), agency, basis, printing, position)
    if found is not None:
        insert_printing(connection, into, printing.article_id, position, (origin_id, *found))
        return True
    known = _printings(connection, [*printing_ids(connection, into), printing.article_id])
    first, agency, basis = origin_of(list(known.values()))
    insert_printing(connection, into, printing.article_id, position, (first.article_id, agency, basis))
    return True


def _is_founder(connection: sqlite3.Connection, printing: Printing, into: str) -> bool:
    """Whether a cluster would have another id with this article."""
    for id in printing_ids(connection, into):  # which mostly is the first
        if cluster_id([id], {id: ""}) == into:
            return (printing.first_captured_at, printing.article_id) < (_printing(connection, id).first_captured_at, id)
    raise LookupError(into)


def _printing(connection: sqlite3.Connection, article_id: str) -> Printing:
    return _printings(connection, [article_id])[article_id]


def _printings(connection: sqlite3.Connection, article_ids: Iterable[str]) -> dict[str, Printing]:
    """What is known of each of these articles as a printing; of one without a signature nothing."""
    return _unpacked(signatures_of_articles(connection, article_ids))


def _unpacked(found: Mapping[str, tuple[StoredSignature, str]]) -> dict[str, Printing]:
    return {
        id: Printing.unpacked(row.printing, row.version_seq, id, parse_warc_date(at)) for id, (row, at) in found.items()
    }


def regroup(connection: sqlite3.Connection, article_ids: Iterable[str]) -> None:
    """Make the clusters around some articles anew, after their links changed; within a transaction.

    A cluster of more than `MOST_REACHED` articles stays as it is until all articles are compared.
    """
    article_ids = list(article_ids)
    concerned = set(cluster_ids_of(connection, article_ids).values())
    if any(has_more_than(connection, one, MOST_REACHED) for one in concerned):
        return
    reached, links = _around(connection, article_ids)
    former = sorted(set(cluster_ids_of(connection, reached).values()))
    groups = [one for one in grouped(links) if not one.printings.isdisjoint(reached)]
    replace_clusters(connection, former, made_clusters(connection, groups))


def made_clusters(connection: sqlite3.Connection, groups: Sequence[Group]) -> list[ReprintCluster]:
    """The clusters of these groups, with ids, order and origin."""
    wanted = {article for one in groups for article in one.printings | one.embeddings}
    found = signatures_of_articles(connection, sorted(wanted))
    captured = {id: at for id, (_, at) in found.items()}
    known = _unpacked(found)
    made = []
    for group in groups:
        printings = sorted((known[id] for id in group.printings if id in known), key=lambda one: one.order)
        embeddings = sorted((known[id] for id in group.embeddings if id in known), key=lambda one: one.order)
        if not printings or len(printings) + len(embeddings) < 2:
            continue
        origin, agency, basis = origin_of(printings)
        made.append(
            ReprintCluster(
                id=cluster_id((one.article_id for one in printings), captured), origin_id=origin.article_id,
                agency=agency, basis=basis, printings=tuple(one.article_id for one in printings),
                embeddings=tuple(one.article_id for one in embeddings),
            )
        )  # fmt: skip
    return made


def _around(connection: sqlite3.Connection, article_ids: Iterable[str]) -> tuple[set[str], list[ReprintLink]]:
    """The articles that joining links lead to from some, and all links of these."""
    reached: set[str] = set()
    links: dict[tuple[str, str], ReprintLink] = {}
    _reach(connection, set(article_ids), reached, links)
    # parts of these texts elsewhere, which these pages embed: their clusters have them as embeddings
    beside = {id for one in links.values() if not may_join(one) for id in (one.source_id, one.copy_id)} - reached
    if len(reached) + len(beside) < MOST_REACHED:
        _reach(connection, beside, reached, links)
    return reached, list(links.values())


def _reach(
    connection: sqlite3.Connection, left: set[str], reached: set[str], links: dict[tuple[str, str], ReprintLink]
) -> None:
    """Add articles to those that are reached, with all to which joining links lead from them, and the links of all."""
    while left and len(reached) < MOST_REACHED:
        reached |= left
        found = links_of(connection, sorted(left))
        links.update(((one.source_id, one.copy_id), one) for one in found)
        left = {id for one in found if may_join(one) for id in (one.source_id, one.copy_id)} - reached
