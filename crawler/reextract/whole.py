"""Reads the archived pages of a collection again, part by part, in as many processes as are worth it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from archive.batch.catalogs import closing_catalogs
from archive.batch.pool import open_pool
from archive.catalog import WarcFile
from archive.catalog.readings import last_rejection
from archive.collection import Collection
from archive.workers import worth_starting
from crawler.declaration.layout import Rules
from crawler.reextract.comparing import Compared, Difference, Scope, compare_part

# Bytes of WARC files that are worth the start of a worker process
_WORTH_A_PROCESS = 2 * 1024 * 1024
# Bytes of a file that one call reads: a file may be as large as all others
_PART = 1024 * 1024


def reextract(
    collection: Collection,
    rules: Callable[[], Mapping[str, Rules]],
    *,
    newspapers: frozenset[str] = frozenset(),
    since: datetime | None = None,
    processes: int | None = None,
    scheduler: str | None = None,
    read_at: datetime | None = None,
) -> Iterator[Difference | Compared]:
    """Read all archived pages of articles by today's rules: what differs, and how many are the same.

    Nothing is changed. What a crawl adds meanwhile is left out.

    Args:
        rules: gives those of the declared newspapers, by name; called once, while the worker processes start.
        newspapers: only these; all by default.
        since: only pages captured since then.
        processes: how many read; by default as many as are worth it and as there are cores. The result is the same.
        scheduler: the address of a Dask scheduler whose workers read instead.
        read_at: differences come with the lines that are to be entered, as of readings at this instant.

    Raises:
        WorkerLost: one of the processes was killed.
        DaskMissing, SchedulerUnreachable, WorkerUnfit, ClusterLost: the scheduler's workers cannot do it.
    """
    with collection.keep_places():
        with collection.catalog() as catalog, catalog.snapshot():
            files = catalog.warc_files()
            until = catalog.last_seq(), last_rejection(catalog.connection)
        scope = Scope(newspapers=newspapers, since=since, until=until, read_at=read_at)
        number = processes or worth_starting(sum(one.committed for one in files), _WORTH_A_PROCESS)
        with open_pool(collection.root, number, scheduler) as workers, closing_catalogs():
            workers.prepare(compare_part)
            calls = _calls(collection, files, rules(), scope)
            for results in workers.each(compare_part, calls):
                yield from results


def _calls(
    collection: Collection, files: Sequence[WarcFile], rules: Mapping[str, Rules], scope: Scope
) -> Iterator[tuple[Path, str, range, Mapping[str, Rules], Scope]]:
    for file in files:
        # its own newspaper's alone where that is declared: the rules of all would go with every call
        own = rules.get(file.newspaper)
        for start in range(0, file.committed, _PART):
            part = range(start, start + _PART)
            yield collection.root, file.name, part, {file.newspaper: own} if own else rules, scope
