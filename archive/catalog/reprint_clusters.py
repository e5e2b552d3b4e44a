"""Clusters of articles that print one text: rows of `reprint_clusters` and `reprint_members`."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from archive.catalog.reprints import Direction, Member, ReprintCluster
from archive.catalog.versions import Version, versions_with

_ONE = "SELECT value FROM json_each(?)"


def cluster_ids_of(connection: sqlite3.Connection, article_ids: Iterable[str]) -> dict[str, str]:
    """By article the id of the cluster of which it is a printing."""
    rows = connection.execute(
        f"SELECT article_id, cluster_id FROM reprint_members WHERE role = 'printing' AND article_id IN ({_ONE})",
        (json.dumps(list(article_ids)),),
    )
    return dict(rows.fetchall())


def cluster(connection: sqlite3.Connection, cluster_id: str) -> ReprintCluster | None:
    """A cluster by its id or a former one, with the articles that this connection may see; None where there is none."""
    alias = connection.execute("SELECT cluster_id FROM reprint_aliases WHERE id = ?", (cluster_id,)).fetchone()
    row = connection.execute(
        "SELECT id, origin_id, agency, basis FROM reprint_clusters WHERE id = ?", (alias[0] if alias else cluster_id,)
    ).fetchone()
    if row is None:
        return None
    members = members_of(connection, row[0])
    printings = tuple(one.article_id for one in members if one.role == "printing")
    if not printings:
        return None
    return ReprintCluster(
        id=row[0],
        origin_id=row[1] if row[1] in printings else printings[0],
        agency=row[2],
        basis=row[3],
        printings=printings,
        embeddings=tuple(one.article_id for one in members if one.role == "embedding"),
    )


def members_of(connection: sqlite3.Connection, cluster_id: str) -> list[Member]:
    """The articles of a cluster, in the order of time."""
    rows = connection.execute(
        "SELECT article_id, role, position FROM reprint_members WHERE cluster_id = ? ORDER BY position", (cluster_id,)
    )
    return [Member(*row) for row in rows]


def clusters_with(connection: sqlite3.Connection, article_id: str) -> list[str]:
    """The ids of the clusters that an article belongs to, that which it prints first."""
    rows = connection.execute(
        "SELECT cluster_id FROM reprint_members WHERE article_id = ? ORDER BY role DESC, cluster_id", (article_id,)
    )
    return [row[0] for row in rows]


def replace_clusters(connection: sqlite3.Connection, former: Sequence[str], clusters: Sequence[ReprintCluster]) -> None:
    """Put clusters in the place of former ones, whose ids go on to lead to that which has their first article.

    Within a transaction.
    """
    known = json.dumps(former)
    before = dict(
        connection.execute(
            f"SELECT cluster_id, article_id FROM reprint_members WHERE cluster_id IN ({_ONE}) AND position = 1",
            (known,),
        )
    )
    changed = {
        row[0]
        for row in connection.execute(f"SELECT article_id FROM reprint_members WHERE cluster_id IN ({_ONE})", (known,))
    }
    for table, column in (("reprint_members", "cluster_id"), ("reprint_clusters", "id")):
        connection.execute(f"DELETE FROM {table} WHERE {column} IN ({_ONE})", (known,))
    insert_clusters(connection, clusters)
    changed.update(article for one in clusters for article in (*one.printings, *one.embeddings))
    note_changed(connection, changed)
    place = {article: one.id for one in clusters for article in one.printings}
    for id in set(former) - {one.id for one in clusters}:
        if leads_to := place.get(before.get(id, "")):
            enter_alias(connection, id, leads_to)


def shape_of(connection: sqlite3.Connection, cluster_id: str) -> tuple[str, str | None, Direction, int]:
    """The origin's id, the agency, the basis, and how many printings a cluster has, without reading its members.

    Raises:
        LookupError: there is none.
    """
    row = connection.execute(
        "SELECT origin_id, agency, basis, printings FROM reprint_clusters WHERE id = ?", (cluster_id,)
    ).fetchone()
    if row is None:
        raise LookupError(cluster_id)
    return row[0], row[1], row[2], row[3]


def has_more_than(connection: sqlite3.Connection, cluster_id: str, count: int) -> bool:
    """Whether a cluster has more articles than that; no more of them are looked at."""
    row = connection.execute(
        "SELECT 1 FROM reprint_members WHERE cluster_id = ? LIMIT 1 OFFSET ?", (cluster_id, count)
    ).fetchone()
    return row is not None


def printing_ids(connection: sqlite3.Connection, cluster_id: str, first: int = 1) -> Iterator[str]:
    """The ids of a cluster's printings in the order of time, from a position on."""
    rows = connection.execute(
        """SELECT article_id FROM reprint_members WHERE cluster_id = ? AND position >= ? AND role = 'printing'
        ORDER BY position""",
        (cluster_id, first),
    )
    return (id for (id,) in rows)


def insert_printing(
    connection: sqlite3.Connection,
    cluster_id: str,
    article_id: str,
    position: int,
    origin: tuple[str, str | None, Direction],
) -> None:
    """Put an article into a cluster as one more printing; within a transaction.

    Args:
        origin: the cluster's origin, agency and basis from now on.
    """
    former, *_ = shape_of(connection, cluster_id)
    moved = set(printing_ids(connection, cluster_id, position))
    connection.execute(
        "UPDATE reprint_members SET position = position + 1 WHERE cluster_id = ? AND position >= ?",
        (cluster_id, position),
    )
    connection.execute("INSERT INTO reprint_members VALUES (?, ?, 'printing', ?)", (article_id, cluster_id, position))
    connection.execute(
        "UPDATE reprint_clusters SET origin_id = ?, agency = ?, basis = ?, printings = printings + 1 WHERE id = ?",
        (*origin, cluster_id),
    )
    note_changed(connection, moved | {article_id, former, origin[0]})


def enter_alias(connection: sqlite3.Connection, former: str, cluster_id: str) -> None:
    """Let a former id lead to a cluster."""
    connection.execute("UPDATE reprint_aliases SET cluster_id = ? WHERE cluster_id = ?", (cluster_id, former))
    connection.execute("INSERT OR REPLACE INTO reprint_aliases VALUES (?, ?)", (former, cluster_id))


def insert_clusters(connection: sqlite3.Connection, clusters: Iterable[ReprintCluster]) -> None:
    """Enter clusters whose rows are not there."""
    for one in clusters:
        connection.execute("DELETE FROM reprint_aliases WHERE id = ?", (one.id,))
        connection.execute(
            "INSERT INTO reprint_clusters VALUES (?, ?, ?, ?, ?)",
            (one.id, one.origin_id, one.agency, one.basis, len(one.printings)),
        )
        rows = [(article, "printing") for article in one.printings]
        rows += [(article, "embedding") for article in one.embeddings]
        connection.executemany(
            "INSERT INTO reprint_members VALUES (?, ?, ?, ?)",
            [(article, one.id, role, nth) for nth, (article, role) in enumerate(rows, 1)],
        )


def note_changed(connection: sqlite3.Connection, article_ids: Iterable[str]) -> None:
    """Note that the clusters of these articles changed, for the search index."""
    connection.executemany(
        "INSERT OR REPLACE INTO reprint_changes (article_id) VALUES (?)", [(one,) for one in sorted(article_ids)]
    )


def story_places(connection: sqlite3.Connection, article_ids: Sequence[str]) -> dict[str, int]:
    """Of each of these articles that prints a text with others its place among all such.

    The first 44 bits are those of the cluster, the others say where in it: 0 the origin, the others in order of time.
    """
    rows = connection.execute(
        f"""SELECT m.article_id, m.cluster_id, iif(c.origin_id = m.article_id, 0, m.position) FROM ({_ONE}) one
        CROSS JOIN reprint_members m ON m.article_id = one.value JOIN reprint_clusters c ON c.id = m.cluster_id
        WHERE m.role = 'printing' AND c.printings > 1""",
        (json.dumps(article_ids),),
    )
    return {article: (int(cluster[1:12], 16) << 16) + min(nth, 0xFFFF) for article, cluster, nth in rows}


class StoryRow(NamedTuple):
    """Of an article that prints a text with others: the cluster, the origin, and what it is of that."""

    cluster: str
    origin: str | None
    """None where it is withheld from the readers of this connection."""
    relation: str


def story_rows(connection: sqlite3.Connection, article_ids: Sequence[str]) -> dict[str, StoryRow]:
    """The stories of those of these articles that print a text with others, or that a longer piece embeds."""
    rows = connection.execute(
        f"""SELECT m.article_id, m.cluster_id, (SELECT id FROM articles WHERE id = c.origin_id),
        iif(c.origin_id = m.article_id, 'origin', coalesce(
            (SELECT kind FROM reprint_links WHERE source_id = c.origin_id AND copy_id = m.article_id),
            (SELECT kind FROM reprint_links WHERE copy_id = m.article_id
             ORDER BY min(kept_of_source, kept_of_copy) DESC LIMIT 1), 'edited'))
        FROM ({_ONE}) one CROSS JOIN reprint_members m ON m.article_id = one.value
        JOIN reprint_clusters c ON c.id = m.cluster_id WHERE m.role = 'printing'
        AND EXISTS (SELECT 1 FROM reprint_members o
            WHERE o.cluster_id = m.cluster_id AND o.article_id <> m.article_id)""",
        (json.dumps(article_ids),),
    )
    return {article: StoryRow(*row) for article, *row in rows}


def last_story_change(connection: sqlite3.Connection) -> int:
    """The id of the last change of a cluster; 0 where there is none."""
    return int(connection.execute("SELECT coalesce(max(id), 0) FROM reprint_changes").fetchone()[0])


def story_changes_between(connection: sqlite3.Connection, after: int, until: int) -> list[int]:
    """`seq` of the latest versions of the articles whose cluster changed last with `after` < id <= `until`."""
    rows = connection.execute(
        """SELECT a.latest FROM reprint_changes c JOIN articles a ON a.id = c.article_id
        WHERE c.id > ? AND c.id <= ? ORDER BY c.id""",
        (after, until),
    )
    return [seq for (seq,) in rows]


def latest_versions_of(connection: sqlite3.Connection, article_ids: Sequence[str]) -> dict[str, Version]:
    """The latest version of each of these articles that is held."""
    rows = connection.execute(f"SELECT latest FROM articles WHERE id IN ({_ONE})", (json.dumps(article_ids),))
    return {one.article_id: one for one in versions_with(connection, [seq for (seq,) in rows])}
