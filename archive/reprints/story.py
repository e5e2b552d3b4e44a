"""A text with all that print it, as readers see it: who had it first, and the others in the order of time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

import attrs

from archive.catalog import Catalog, Version
from archive.catalog.reprint_clusters import cluster, clusters_with, latest_versions_of
from archive.catalog.reprints import Direction, LinkKind, ReprintCluster, ReprintLink, Role, links_among

MOST_SHOWN = 300
"""Printings of one text that are shown; the rest are counted."""

Relation = Literal["origin", "same", "edited", "abridged", "expanded", "embedded"]


@attrs.frozen(kw_only=True)
class StoryPrinting:
    """An article that prints a text.

    `relation`: what it is of the article `compared_with`, of whose text it has the share `kept`, and that is
    the share `of_own` of its own text. `former`: one of both was compared in a version that is no longer its latest.
    """

    article_id: str
    version: str
    newspaper: str
    title: str
    language: str
    published_at: datetime
    is_day: bool
    role: Role
    relation: Relation
    compared_with: str | None = None
    compared_version: str | None = None
    kept: float | None = None
    of_own: float | None = None
    direction: Direction | None = None
    former: bool = False
    evidence: dict[str, Any] = attrs.field(factory=dict)

    def values(self) -> dict[str, Any]:
        """As JSON values."""
        said = attrs.asdict(self)
        return {"article": said.pop("article_id"), **said, "published_at": self.published_at.isoformat()}


@attrs.frozen(kw_only=True)
class Story:
    """A cluster as it is shown. `basis`: by what the origin is known."""

    id: str
    origin_id: str
    agency: str | None
    basis: Direction
    printings: tuple[StoryPrinting, ...]
    count: int
    """Of the articles that print the text, without those that embed it; also those that are not shown."""

    def values(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "cluster": self.id, "origin": self.origin_id, "agency": self.agency, "basis": self.basis,
            "count": self.count, "printings": [one.values() for one in self.printings],
        }  # fmt: skip


def stories_of(catalog: Catalog, article_id: str) -> list[Story]:
    """The texts that an article prints, its own first; those that it embeds among others behind.

    Articles that are withheld from the readers of this connection are left out.
    """
    found = []
    for id in clusters_with(catalog.connection, article_id):
        one = cluster(catalog.connection, id)
        if one is not None and len(one.printings) + len(one.embeddings) > 1:
            found.append(story(catalog, one))
    return found


def story(catalog: Catalog, one: ReprintCluster) -> Story:
    """A cluster as it is shown."""
    ids = [*one.printings[:MOST_SHOWN], *one.embeddings[:MOST_SHOWN]]
    versions = latest_versions_of(catalog.connection, ids)
    links: defaultdict[str, list[ReprintLink]] = defaultdict(list)
    for link in links_among(catalog.connection, versions):
        links[link.source_id].append(link)
        links[link.copy_id].append(link)
    roles: dict[str, Role] = dict.fromkeys(one.embeddings, "embedding")
    roles.update(dict.fromkeys(one.printings, "printing"))
    printings = [_printing(versions[id], roles[id], one.origin_id, links[id], versions) for id in ids if id in versions]
    printings.sort(key=lambda printing: printing.relation != "origin")  # a credit may name a later one
    return Story(
        id=one.id, origin_id=one.origin_id, agency=one.agency, basis=one.basis, printings=tuple(printings),
        count=len(one.printings),
    )  # fmt: skip


def _printing(
    version: Version, role: Role, origin: str, links: Sequence[ReprintLink], versions: Mapping[str, Version]
) -> StoryPrinting:
    values, id = version.values(), version.article_id
    shown = StoryPrinting(
        article_id=id,
        version=version.content_hash,
        newspaper=values["newspaper"],
        title=values["title"],
        language=values.get("language") or "vi",
        published_at=datetime.fromisoformat(values["published_at"]),
        is_day=values.get("published_precision") == "day",
        role=role,
        relation="origin",
    )
    link = None if id == origin else _nearest(id, origin, links)
    if link is None:
        return shown if id == origin else attrs.evolve(shown, relation="edited")
    other, is_copy = (link.source_id, True) if link.copy_id == id else (link.copy_id, False)
    shares = (link.kept_of_source, link.kept_of_copy)
    return attrs.evolve(
        shown,
        relation=link.kind if is_copy else _TURNED[link.kind],
        compared_with=other,
        compared_version=versions[other].content_hash,
        kept=shares[0] if is_copy else shares[1],
        of_own=shares[1] if is_copy else shares[0],
        direction=link.direction,
        former={link.source_seq, link.copy_seq} != {version.seq, versions[other].seq},
        evidence=link.evidence,
    )


# what the source is of the copy, where a printing was compared with a later one alone
_TURNED: Mapping[LinkKind, Relation] = {
    "same": "same", "edited": "edited", "abridged": "expanded", "expanded": "abridged", "embedded": "abridged",
}  # fmt: skip


def _nearest(id: str, origin: str, links: Sequence[ReprintLink]) -> ReprintLink | None:
    """Of an article's links the one that says most: to the origin, else to an earlier one with most in common."""
    return max(
        links, key=lambda one: (origin in (one.source_id, one.copy_id), one.copy_id == id, one.kept), default=None
    )
