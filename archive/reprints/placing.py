"""Places articles among those that print the same text, as they are released; follows the catalog with a cursor."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence

from archive.catalog import Catalog, Version
from archive.catalog.readings import last_reading, read_again_between
from archive.catalog.reprint_clusters import note_changed
from archive.catalog.reprints import (
    MOST_POSTINGS,
    Progress,
    ReprintLink,
    delete_links,
    delete_signature,
    enter_progress,
    insert_links,
    insert_postings,
    insert_signatures,
    links_of,
    postings,
    progress,
    signatures_of,
)
from archive.catalog.versions import versions_with
from archive.collection import Collection
from archive.errors import ReprintsBusy
from archive.locks import held_alone
from archive.reprints.candidates import candidates
from archive.reprints.comparison import compare
from archive.reprints.grouping import join, regroup
from archive.reprints.relation import link_of
from archive.reprints.signature import METHOD, Signature
from archive.reprints.texts import Compared, Texts

_A_TRANSACTION = 16
"""Versions that are placed in one transaction: a crawl waits so long at most before it enters what it read."""
_LAST = 1 << 62


class Placer:
    """Places versions of articles; each within a transaction of the catalog."""

    def __init__(self, catalog: Catalog) -> None:
        self._connection = catalog.connection
        self._texts = Texts(catalog)

    def place(self, version: Version) -> list[ReprintLink]:
        """Enter a signature and links of an article's latest version, in place of those of the version before it.

        A link of the version before stays where the new one has none to the same article: the text was reprinted before
        it was edited. The version that was compared stands in the link.
        """
        former = signatures_of(self._connection, version.article_id)
        for one in former:
            with contextlib.suppress(ValueError):
                delete_signature(self._connection, one.version_seq, Signature.unpacked(one.keys).keys)
        compared = self._texts.of(version)
        if compared is None:
            return []
        signature = compared.signature()
        links = self._links(compared, signature)
        self._enter(compared, signature)
        changed = self._replace(version, links)
        if changed and not (not former and join(self._connection, compared.printing, links)):
            regroup(self._connection, [version.article_id, *changed])
        return links

    def _links(self, compared: Compared, signature: Signature) -> list[ReprintLink]:
        found = []
        for one in candidates(self._connection, _LAST, signature):
            other = self._texts.with_seq(one.version_seq)
            if other is not None and one.method == METHOD:
                shared = compare(compared.text, other.text)
                if shared.is_reprint:
                    found.append(link_of(compared.printing, other.printing, shared))
        self._texts.keep(compared.printing.seq, compared)
        return found

    def _enter(self, compared: Compared, signature: Signature) -> None:
        held: dict[int, int] = {}
        for key, _ in postings(self._connection, signature.keys, _LAST):
            held[key] = held.get(key, 0) + 1
        insert_signatures(self._connection, [compared.stored(signature)])
        seq = compared.printing.seq
        insert_postings(
            self._connection, [(key, seq) for key in sorted(signature.keys) if held.get(key, 0) < MOST_POSTINGS]
        )

    def _replace(self, version: Version, links: Sequence[ReprintLink]) -> set[str]:
        """Enter the links of a version; the articles at their other ends, and at those of links that are gone."""
        known = links_of(self._connection, [version.article_id])
        pairs = {frozenset((one.source_id, one.copy_id)) for one in links}
        gone = [
            one
            for one in known
            if frozenset((one.source_id, one.copy_id)) in pairs or version.seq in (one.source_seq, one.copy_seq)
        ]
        delete_links(self._connection, gone)
        insert_links(self._connection, links)
        return {id for one in (*gone, *links) for id in (one.source_id, one.copy_id)} - {version.article_id}


def follow(collection: Collection, *, wait: float = 0) -> int:
    """Place what was released and read again since the last time; how many versions were placed.

    Safe to call at any time and to repeat. A collection that was never compared, or by another method, is not compared
    as a whole here: see `archive.reprints.whole`.

    Args:
        wait: seconds to wait for another process that compares.

    Raises:
        ReprintsBusy: another process was still comparing.
    """
    collection = collection.whole  # what is withheld is left out by queries, as that may end any day
    with reprints_lock(collection, wait), collection.catalog(writable=True) as catalog:
        reached = progress(catalog.connection)
        if reached.method != METHOD:
            if catalog.last_seq() > FEW:
                return 0
            reached = begin_anew(catalog)
        return _follow(catalog, reached)


def is_compared(collection: Collection) -> bool:
    """Whether the articles were compared by the present method."""
    with collection.catalog() as catalog:
        return progress(catalog.connection).method == METHOD or not catalog.last_seq()


FEW = 2000
"""So many versions are placed one by one where nothing was compared yet; more are compared at once."""


@contextlib.contextmanager
def reprints_lock(collection: Collection, wait: float) -> Iterator[None]:
    """Hold the lock of what compares.

    Raises:
        ReprintsBusy: another process holds it.
    """
    with held_alone(collection.locks / "reprints", wait, ReprintsBusy(collection.root)):
        yield


def begin_anew(catalog: Catalog) -> Progress:
    """Remove all signatures and links, so that all is placed anew."""
    with catalog.transaction() as connection:
        note_changed(connection, {id for (id,) in connection.execute("SELECT article_id FROM reprint_members")})
        for table in ("reprint_postings", "reprint_signatures", "reprint_links", "reprint_clusters", "reprint_members"):
            connection.execute(f"DELETE FROM {table}")
        enter_progress(connection, Progress(METHOD))
    return Progress(METHOD)


def _follow(catalog: Catalog, reached: Progress) -> int:
    # a power cut may take the last transactions, each whole with its cursor: they are made again
    catalog.connection.execute("PRAGMA synchronous = NORMAL")
    placer, count = Placer(catalog), 0
    target, reading = catalog.last_seq(), last_reading(catalog.connection)
    while reached.seq < target:
        with catalog.transaction() as connection:
            versions = catalog.latest_versions(reached.seq, target, _A_TRANSACTION)
            reached = reached._replace(seq=versions[-1].seq if len(versions) == _A_TRANSACTION else target)
            for version in versions:
                placer.place(version)
            enter_progress(connection, reached)
        count += len(versions)
    if reached.reading < reading:
        again = read_again_between(catalog.connection, reached.reading, reading)
        for start in range(0, len(again), _A_TRANSACTION):
            with catalog.transaction() as connection:
                for version in versions_with(connection, again[start : start + _A_TRANSACTION]):
                    placer.place(version)
        with catalog.transaction() as connection:
            enter_progress(connection, reached._replace(reading=reading))
        count += len(again)
    return count
