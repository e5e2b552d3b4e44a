"""Freezes a search: the set of its articles."""

from __future__ import annotations

from typing import Any

import attrs

from archive import VERSION
from archive.clock import Clock, now, warc_date
from archive.collection import Collection
from archive.export.selected import selected
from archive.search.selection import Selection
from archive.sets.files import FORMAT, FrozenSet, checked_name


def freeze(collection: Collection, name: str, selection: Selection, *, clock: Clock = now) -> FrozenSet:
    """The set of the latest versions of the selected articles; nothing is written.

    Raises:
        BadSetName: the name cannot be a file's name.
        UnknownNewspaper, CollectionInconsistent: as `selected`.
    """
    name = checked_name(name)
    with collection.catalog() as catalog, catalog.snapshot():
        articles = sorted(
            (version.article_id, version.content_hash)
            for batch in selected(collection, catalog, selection)
            for version in batch
        )
    return FrozenSet(
        format=FORMAT,
        name=name,
        query=selection.query.encode("utf-8", "replace").decode(),
        scope=selection.scope,
        within=selection.within,
        filters=plain_filters(selection),
        created_at=warc_date(clock()),
        software=f"baotinh {VERSION}",
        count=len(articles),
        articles=tuple(articles),
    )


def plain_filters(selection: Selection) -> dict[str, Any]:
    """The filters that are set, as JSON values."""
    values = attrs.asdict(selection.filters)
    return {
        name: value if isinstance(value, bool) else str(value).encode("utf-8", "replace").decode()
        for name, value in values.items()
        if value is not None
    }
