"""Compares all articles of a collection at once, on all cores: signatures, postings, links, clusters.

Memory does not grow with the articles, but for the links: the keys of all signatures are sorted in parts, on disk, and
texts are read when they are compared. Each step enters what it made in transactions of bounded size, so that crawls go
on meanwhile; after a crash the next comparison begins anew.
"""

from __future__ import annotations

import json
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import attrs
import numpy as np

from archive.batch.catalogs import catalog_of
from archive.catalog import Catalog
from archive.catalog.readings import last_reading
from archive.catalog.reprint_clusters import enter_alias, insert_clusters, note_changed
from archive.catalog.reprints import (
    MOST_POSTINGS,
    Progress,
    ReprintCluster,
    ReprintLink,
    StoredSignature,
    delete_signatures,
    enter_progress,
    every_link,
    insert_links,
    insert_postings,
    insert_signatures,
    progress,
    signatures_between,
)
from archive.clock import parse_warc_date
from archive.collection import Collection
from archive.reprints.candidates import candidates
from archive.reprints.clusters import grouped
from archive.reprints.comparison import compare
from archive.reprints.grouping import made_clusters
from archive.reprints.placing import reprints_lock
from archive.reprints.relation import link_of
from archive.reprints.signature import KEY_BOUND, METHOD, Signature
from archive.reprints.texts import Texts
from archive.workers import WorkerPool

_SPAN = 500
"""Versions of a call to a worker."""
_A_TRANSACTION = 20_000
_KEYS_A_PART = 1_000_000
_KEYS_AN_ARTICLE = 40
_GROUPS_AT_ONCE = 500

_Row = TypeVar("_Row")


@attrs.frozen(kw_only=True)
class ReprintCounts:
    """What a comparison of all articles found."""

    articles: int
    links: int
    clusters: int
    printings: int
    """Articles in clusters, without those that only embed a text."""


def rebuild(
    collection: Collection, workers: WorkerPool, *, wait: float = 0, told: Callable[[str, int], None]
) -> ReprintCounts:
    """Compare all articles anew.

    Args:
        workers: processes that read and compare.
        wait: seconds to wait for another process that compares.
        told: is called with the name of each step and how much it is about.

    Raises:
        ReprintsBusy: another process was still comparing.
        WorkerLost: a worker process was killed; the next comparison begins anew.
    """
    whole = collection.whole
    with reprints_lock(whole, wait), whole.catalog(writable=True) as catalog:
        catalog.connection.execute("PRAGMA synchronous = NORMAL")
        reached = Progress(METHOD, catalog.last_seq(), last_reading(catalog.connection))
        with catalog.transaction() as connection:
            enter_progress(connection, progress(connection)._replace(method=0))
            delete_signatures(connection)
        told("signatures", reached.seq)
        articles = _enter_signatures(whole, catalog, workers, reached.seq)
        told("comparing", articles)
        _enter_links(whole, catalog, workers, reached.seq)
        told("clusters", articles)
        clusters, printings = _enter_clusters(catalog, reached)
        links = int(catalog.connection.execute("SELECT count(*) FROM reprint_links").fetchone()[0])
        return ReprintCounts(articles=articles, links=links, clusters=clusters, printings=printings)


def signatures_of_span(root: Path, after: int, until: int) -> Iterator[StoredSignature]:
    """The signatures of the versions with `after` < seq <= `until` that are their article's latest."""
    catalog = catalog_of(root)
    texts = Texts(catalog)
    versions = catalog.latest_versions(after, until, until - after)
    captured = _first_captures(catalog.connection, [one.article_id for one in versions])
    for version in versions:
        found = texts.of(version, parse_warc_date(captured[version.article_id]))
        if found is not None:
            yield found.stored(found.signature())


def links_of_span(root: Path, after: int, until: int) -> Iterator[ReprintLink]:
    """The links of the versions with `after` < seq <= `until` to those that were released before them."""
    catalog = catalog_of(root)
    texts = Texts(catalog)
    for stored in signatures_between(catalog.connection, after, until):
        signature = Signature.unpacked(stored.keys)
        for other in candidates(catalog.connection, stored.version_seq, signature):
            first, second = texts.with_seq(stored.version_seq), texts.with_seq(other.version_seq)
            if first is not None and second is not None:
                shared = compare(first.text, second.text)
                if shared.is_reprint:
                    yield link_of(first.printing, second.printing, shared)


def _first_captures(connection: sqlite3.Connection, article_ids: list[str]) -> dict[str, str]:
    rows = connection.execute(
        "SELECT id, first_captured_at FROM articles WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(article_ids),),
    )
    return dict(rows.fetchall())


def _enter_signatures(collection: Collection, catalog: Catalog, workers: WorkerPool, until: int) -> int:
    parts = max(1, until * _KEYS_AN_ARTICLE // _KEYS_A_PART)
    count = 0
    with tempfile.TemporaryDirectory(prefix="baotinh-reprints-") as folder:
        paths = [Path(folder) / str(nth) for nth in range(2 * parts)]
        rows = _called(workers, signatures_of_span, collection.root, until)
        for batch in _batches(rows, _A_TRANSACTION):
            count += len(batch)
            with catalog.transaction() as connection:
                insert_signatures(connection, batch)
            _append(paths, batch)
        for path in paths:
            if path.exists():
                with catalog.transaction() as connection:
                    insert_postings(connection, _sorted_postings(path))
    return count


def _append(paths: list[Path], batch: list[StoredSignature]) -> None:
    """Append keys and versions to the parts of the keys' range that they belong to."""
    keys: list[int] = []
    seqs: list[int] = []
    for one in batch:
        found = Signature.unpacked(one.keys).keys
        keys += found
        seqs += [one.version_seq] * len(found)
    pairs = np.empty((len(keys), 2), np.uint64)
    pairs[:, 0], pairs[:, 1] = keys, seqs
    # the keys of shingles are spread evenly below their bound, those of whole texts above
    half = np.uint64(len(paths) // 2)
    of_whole = half + (pairs[:, 0] * half >> np.uint64(48))
    part = np.where(pairs[:, 0] < KEY_BOUND, pairs[:, 0] * half // np.uint64(KEY_BOUND), of_whole)
    for nth, path in enumerate(paths):
        chosen = pairs[part == nth]
        if len(chosen):
            with path.open("ab") as file:
                file.write(chosen.tobytes())


def _sorted_postings(path: Path) -> Iterable[tuple[int, int]]:
    """The pairs of a part in order; of each key the first `MOST_POSTINGS` versions."""
    pairs = np.fromfile(path, np.uint64).reshape(-1, 2)
    pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
    keys = pairs[:, 0]
    starts = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]])
    nth = np.arange(len(keys)) - np.repeat(starts, np.diff(np.r_[starts, len(keys)]))
    kept = pairs[nth < MOST_POSTINGS]
    return zip(kept[:, 0].tolist(), kept[:, 1].tolist(), strict=True)


def _enter_links(collection: Collection, catalog: Catalog, workers: WorkerPool, until: int) -> None:
    """Enter the links in place of the former, but for those to versions that are no longer the latest."""
    with catalog.transaction() as connection:
        connection.execute(
            """DELETE FROM reprint_links WHERE source_seq IN (SELECT latest FROM articles)
            AND copy_seq IN (SELECT latest FROM articles)"""
        )
    rows = _called(workers, links_of_span, collection.root, until)
    for batch in _batches(rows, _A_TRANSACTION):
        with catalog.transaction() as connection:
            insert_links(connection, batch)


def _enter_clusters(catalog: Catalog, reached: Progress) -> tuple[int, int]:
    """Enter all clusters in place of the former; how many, and how many printings they have."""
    groups = grouped(every_link(catalog.connection))
    clusters = printings = 0
    with catalog.transaction() as connection:
        former = _founders(connection)
        changed = {row[0] for row in connection.execute("SELECT article_id FROM reprint_members")}
        connection.execute("DELETE FROM reprint_members")
        connection.execute("DELETE FROM reprint_clusters")
        for start in range(0, len(groups), _GROUPS_AT_ONCE):
            made = made_clusters(connection, groups[start : start + _GROUPS_AT_ONCE])
            insert_clusters(connection, made)
            clusters += len(made)
            printings += sum(len(one.printings) for one in made)
            changed.update(id for one in made for id in (*one.printings, *one.embeddings))
            _enter_aliases(connection, former, made)
        note_changed(connection, changed)
        enter_progress(connection, reached)
    return clusters, printings


def _founders(connection: sqlite3.Connection) -> dict[str, str]:
    """By article the former cluster of which it was the first member."""
    return dict(connection.execute("SELECT article_id, cluster_id FROM reprint_members WHERE position = 1").fetchall())


def _enter_aliases(connection: sqlite3.Connection, former: dict[str, str], made: Iterable[ReprintCluster]) -> None:
    for one in made:
        for article in one.printings:
            if (id := former.get(article)) and id != one.id:
                enter_alias(connection, id, one.id)


def _called(workers: WorkerPool, function: Callable[..., Iterable[_Row]], root: Path, until: int) -> Iterator[_Row]:
    calls: Iterable[tuple[Any, ...]] = (
        (root, start, min(start + _SPAN, until)) for start in range(0, until, _SPAN)
    )  # fmt: skip
    for results in workers.each(function, calls):
        yield from results


def _batches(rows: Iterator[_Row], size: int) -> Iterator[list[_Row]]:
    while batch := list(islice(rows, size)):
        yield batch
