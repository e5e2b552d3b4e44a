"""Compares a frozen set with a collection: which articles are missing, changed or withdrawn."""

from __future__ import annotations

import enum
from collections.abc import Iterator

import attrs

from archive.catalog.database import Catalog
from archive.catalog.lifecycle import PageStatus
from archive.catalog.versions import last_changes, latest_hashes, versions_named
from archive.catalog.withholdings import withholding_of_article
from archive.collection import Collection
from archive.sets.files import FrozenSet
from archive.zones import utc_text

_BATCH = 500


class SetFault(enum.Enum):
    """How an article differs from the set.

    MISSING: the collection does not hold the article.
    CHANGED: its latest version is another one; the frozen one may still be held.
    WITHDRAWN: its page was gone or withdrawn when it was last fetched.
    WITHHELD: it is held, and not shown to readers.
    """

    MISSING = "missing"
    CHANGED = "changed"
    WITHDRAWN = "withdrawn"
    WITHHELD = "withheld"


@attrs.frozen(kw_only=True)
class SetFinding:
    """One difference.

    Args:
        version: the frozen one.
        latest: of a changed article, its version of today.
        is_held: whether the frozen version is held.
        since: of a withdrawn article, when the answer that says so was captured, in ISO 8601; of one that is withheld,
            since when it is.
    """

    fault: SetFault
    id: str
    version: str
    latest: str | None = None
    is_held: bool = False
    since: str | None = None


def check(collection: Collection, frozen: FrozenSet) -> Iterator[SetFinding]:
    """The differences, in the order of the set's articles; an article that changed and was withdrawn has two."""
    with collection.whole.catalog() as catalog, catalog.snapshot():
        for start in range(0, len(frozen.articles), _BATCH):
            yield from _check(catalog, frozen.articles[start : start + _BATCH])


def _check(catalog: Catalog, articles: tuple[tuple[str, str], ...]) -> Iterator[SetFinding]:
    connection, ids = catalog.connection, [id for id, _ in articles]
    latest, changes = latest_hashes(connection, ids), last_changes(connection, ids)
    held = {(one.article_id, one.content_hash) for one in versions_named(connection, articles)}
    for id, version in articles:
        found, change, is_held = latest.get(id), changes.get(id), (id, version) in held
        if withholding := withholding_of_article(connection, id):
            since = utc_text(withholding.withheld_at)
            yield SetFinding(fault=SetFault.WITHHELD, id=id, version=version, is_held=is_held, since=since)
            continue
        if found is None:
            yield SetFinding(fault=SetFault.MISSING, id=id, version=version)
            continue
        if found != version:
            yield SetFinding(fault=SetFault.CHANGED, id=id, version=version, latest=found, is_held=is_held)
        if change is not None and change.status in (PageStatus.GONE, PageStatus.WITHDRAWN):
            since = utc_text(change.at)
            yield SetFinding(fault=SetFault.WITHDRAWN, id=id, version=version, is_held=is_held, since=since)
