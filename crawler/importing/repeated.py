"""Recognises an import that has nothing left to do, so that repeating one changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from archive.catalog import Catalog
from archive.catalog.imported_pages import count_others, page_numbered, page_numbers
from archive.collection import Collection
from archive.ingest.foreign.found import Refused, archives
from archive.ingest.foreign.pages import ImportedPage, PageOutcome
from archive.ingest.foreign.taken import held_file, holders
from crawler.importing.choice import PageChoice, is_purged
from crawler.importing.report import ImportReport


def nothing_new(collection: Collection, paths: Sequence[Path], choice: PageChoice) -> ImportReport | None:
    """What is known of archives all of which are held, and all of whose pages were read; None where that is not so.

    Raises:
        FileMissing: there is nothing at one of the paths.
    """
    report = ImportReport(None)
    with collection.catalog() as catalog, ExitStack() as packages:
        for source in archives(paths, packages):
            held = None if isinstance(source, Refused) else held_file(collection, catalog, source)
            if held is None:
                return None
            report.file(held)
        files = holders(report.files)
        report.others = count_others(catalog.connection, files)
        for number in page_numbers(catalog.connection, files):
            page = _known(catalog, number, choice)
            if page is None:
                return None
            report.page(page)
    return report


def _known(catalog: Catalog, number: int, choice: PageChoice) -> ImportedPage | None:
    capture, before = page_numbered(catalog.connection, number)
    whose = choice.whose(capture.url)
    left_out = choice.left_out(capture, whose)
    if is_purged(catalog, capture):
        left_out = PageOutcome.PURGED, None
    if before is None and left_out is None:
        return None
    outcome = PageOutcome(before) if before is not None else left_out[0] if left_out is not None else None
    assert outcome is not None
    return ImportedPage(
        capture=capture, outcome=outcome, newspaper=whose.newspaper, is_declared=whose.declared is not None,
        was_read_before=before is not None,
    )  # fmt: skip
