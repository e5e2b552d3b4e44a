"""Puts articles that print one text into clusters, by their links.

Two articles are in one cluster where most of the longer one is in the other, or where one is an abridgement. A page
that embeds a text among others belongs to the text's cluster as an embedding, and joins no clusters: so a digest does
not make one story of all that it reports.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import attrs

from archive.catalog.reprints import ReprintLink

HALF = 0.5
"""Of the longer text: with so much in common two articles are always in one cluster."""
LEAST_ABRIDGED = 0.2
"""Of the source: with less in it an abridgement is a text that the source embeds."""


@attrs.frozen(kw_only=True)
class Group:
    """The articles of one cluster by their ids: printings, and pages that embed the text."""

    printings: frozenset[str]
    embeddings: frozenset[str]


class _Sets:
    """Disjoint sets of articles (union-find); memory grows with the articles that were joined alone."""

    def __init__(self) -> None:
        self._parents: dict[str, str] = {}

    def root(self, one: str) -> str:
        root = one
        while (parent := self._parents.get(root, root)) != root:
            root = parent
        while (parent := self._parents.get(one, one)) != root:
            self._parents[one] = root
            one = parent
        return root

    def join(self, first: str, second: str) -> None:
        roots = sorted((self.root(first), self.root(second)))
        self._parents.setdefault(roots[0], roots[0])
        self._parents[roots[1]] = roots[0]


def may_join(link: ReprintLink) -> bool:
    """Whether a link can bring two articles into one cluster, whatever other links there are."""
    return link.kept >= HALF or (link.kind == "abridged" and link.kept_of_source >= LEAST_ABRIDGED)


def grouped(links: Iterable[ReprintLink]) -> list[Group]:
    """The clusters of articles with these links: of all, or of all that `may_join` connects."""
    sets = _Sets()
    cut: defaultdict[str, list[str]] = defaultdict(list)
    rest: list[tuple[str, str]] = []
    for link in links:
        if link.kept >= HALF:
            sets.join(link.source_id, link.copy_id)
        elif may_join(link):
            cut[link.source_id].append(link.copy_id)
        else:
            rest.append(_whole_and_part(link))
    embedded: defaultdict[str, set[str]] = defaultdict(set)
    for whole, part in rest:
        embedded[whole].add(sets.root(part))
    # judged by the sets of this moment: what one source joins must not depend on another's turn
    of_source = {
        source: {sets.root(copy) for copy in copies} - {sets.root(source)}
        for source, copies in cut.items()
        if embedded[source] <= {sets.root(source)}
    }
    joined = {source: roots.pop() for source, roots in sorted(of_source.items()) if len(roots) == 1}
    for source, root in joined.items():
        sets.join(source, root)
    # several texts that have nothing in common, or one beside a text that it embeds: it is a digest of them
    rest += [(source, copy) for source, copies in cut.items() for copy in copies]
    return _collected(sets, rest)


def _whole_and_part(link: ReprintLink) -> tuple[str, str]:
    """The article with the longer text, and the one whose text is within it."""
    if link.kept_of_source < link.kept_of_copy:
        return link.source_id, link.copy_id
    return link.copy_id, link.source_id


def _collected(sets: _Sets, rest: Sequence[tuple[str, str]]) -> list[Group]:
    embeddings: defaultdict[str, set[str]] = defaultdict(set)
    printings: defaultdict[str, set[str]] = defaultdict(set)
    for one in sets._parents:
        printings[sets.root(one)].add(one)
    for whole, part in rest:
        root = sets.root(part)
        printings[root].add(part)
        if sets.root(whole) != root:
            embeddings[root].add(whole)
    return [
        Group(printings=frozenset(found), embeddings=frozenset(embeddings[root]))
        for root, found in printings.items()
        if len(found) + len(embeddings[root]) > 1
    ]


def cluster_id(printings: Iterable[str], first_captured_at: Mapping[str, str]) -> str:
    """The id of a cluster: made from its article that was captured first, so that a rebuild gives the same.

    It changes only when an article joins that was captured before all others; then the former id leads to the new one.
    """
    founder = min(printings, key=lambda one: (first_captured_at[one], one))
    return f"r{hashlib.sha256(founder.encode()).hexdigest()[:12]}"
