"""Makes the clusters of the catalog from its links: around some articles, or of all."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

from archive.catalog.reprint_clusters import cluster_ids_of, replace_clusters
from archive.catalog.reprints import ReprintCluster, ReprintLink, links_of, signatures_of_articles
from archive.clock import parse_warc_date
from archive.reprints.clusters import Group, cluster_id, grouped, may_join
from archive.reprints.origin import Printing, origin_of

MOST_REACHED = 3000
"""Articles around one whose clusters are made anew; what is beyond waits for the next comparison of all."""


def regroup(connection: sqlite3.Connection, article_ids: Iterable[str]) -> None:
    """Make the clusters around some articles anew, after their links changed; within a transaction."""
    reached, links = _around(connection, article_ids)
    former = sorted(set(cluster_ids_of(connection, reached).values()))
    groups = [one for one in grouped(links) if not one.printings.isdisjoint(reached)]
    replace_clusters(connection, former, made_clusters(connection, groups))


def made_clusters(connection: sqlite3.Connection, groups: Sequence[Group]) -> list[ReprintCluster]:
    """The clusters of these groups, with ids, order and origin."""
    wanted = {article for one in groups for article in one.printings | one.embeddings}
    found = signatures_of_articles(connection, sorted(wanted))
    captured = {id: at for id, (_, at) in found.items()}
    known = {
        id: Printing.unpacked(row.printing, row.version_seq, id, parse_warc_date(at)) for id, (row, at) in found.items()
    }
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
    left = set(article_ids)
    links: dict[tuple[str, str], ReprintLink] = {}
    while left and len(reached) < MOST_REACHED:
        reached |= left
        found = links_of(connection, sorted(left))
        links.update(((one.source_id, one.copy_id), one) for one in found)
        left = {id for one in found if may_join(one) for id in (one.source_id, one.copy_id)} - reached
    # parts of these texts elsewhere, which these pages embed: their clusters have them as embeddings
    beside = {id for one in links.values() if not may_join(one) for id in (one.source_id, one.copy_id)} - reached
    if beside and len(reached) + len(beside) < MOST_REACHED:
        return _with_parts(connection, reached, beside, links)
    return reached, list(links.values())


def _with_parts(
    connection: sqlite3.Connection, reached: set[str], beside: set[str], links: dict[tuple[str, str], ReprintLink]
) -> tuple[set[str], list[ReprintLink]]:
    """Add the articles whose texts these embed, with their own clusters."""
    left = set(beside)
    while left and len(reached) < MOST_REACHED:
        reached |= left
        found = links_of(connection, sorted(left))
        links.update(((one.source_id, one.copy_id), one) for one in found)
        left = {id for one in found if may_join(one) for id in (one.source_id, one.copy_id)} - reached
    return reached, list(links.values())
