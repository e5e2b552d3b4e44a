"""Collections of given articles, compared one by one or at once."""

from __future__ import annotations

from pathlib import Path

from archive.article import Article
from archive.collection import Collection
from archive.reprints.whole import Compared, rebuild
from archive.workers import Workers
from support.collection_builder import CollectionBuilder


def released(root: Path, articles: list[Article]) -> Collection:
    """A collection of these articles."""
    builder = CollectionBuilder(root, {name: {"title": f"Báo {name}"} for name in {one.newspaper for one in articles}})
    ref = builder.capture("http://paper.test/", b"<p>", file="one.warc.gz")
    builder.catalog.connection.execute("BEGIN")
    for article in articles:
        builder.release(article.captured(ref, [None] * len(article.images)))
    builder.catalog.connection.execute("COMMIT")
    return builder.close()


def compared(collection: Collection, processes: int = 1) -> Compared:
    """What a comparison of all articles finds."""
    with Workers(processes) as workers:
        return rebuild(collection, workers, told=lambda _step, _count: None)
