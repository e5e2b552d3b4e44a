"""The whole path against the same assembled from parts: Scrapy, scrapy-warcio, trafilatura and a JSON lines feed.

The assembled crawl does less: it is given the addresses, keeps no exact bytes, syncs nothing to the disk, finds no
duplicates and has no search index. It is not asked for pictures, which scrapy-warcio cannot write.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence

from benchmarks import peers
from benchmarks.crawls import Measured, whole_path, whole_paths
from benchmarks.environments import NotInstalled
from benchmarks.origin import serve_origin
from benchmarks.table import Row, Scale, ratio


def assembled(scale: Scale) -> Iterator[Row]:
    """Articles a second and CPU time an article, turn by turn on one origin, pages of 30 KB."""
    count, rounds = {"full": (1000, 5), "quick": (300, 3), "tiny": (20, 1)}[scale]
    paths = whole_paths(count)
    texts = [path for path in paths if not path.endswith(".png")]
    with serve_origin(articles=count) as origin:
        try:
            pairs = [(whole_path(origin, paths), peers.assembled(origin, texts)) for _ in range(rounds)]
        except NotInstalled as error:
            yield Row(what="articles a second, assembled from parts", measured="", ours="", theirs=str(error))
            return
    ours, theirs = (_typical([pair[who] for pair in pairs], count) for who in (0, 1))
    rates = ratio([other.seconds / one.seconds for one, other in pairs])
    yield Row(
        what="articles a second, times those of the assembled", wanted="8", measured=rates, ours=ours, theirs=theirs
    )
    costs = ratio([other.cpu / one.cpu for one, other in pairs])
    yield Row(what="CPU of the assembled, times ours", wanted="6", measured=costs, ours=ours, theirs=theirs)


def _typical(crawls: Sequence[Measured], articles: int) -> str:
    rate = statistics.median(articles / one.seconds for one in crawls)
    return f"{rate:,.0f} articles/s, {1000 * statistics.median(one.cpu for one in crawls) / articles:.2f} ms CPU each"
