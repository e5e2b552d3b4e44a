"""`baotinh rebuild` and `baotinh merge`, which make the catalog anew from WARC files and JSON lines.

What a command needs is imported where it runs, so that `baotinh --help` answers at once.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from archive.cli.commands import CollectionOption, ProcessesOption

if TYPE_CHECKING:
    from scrapy.settings import Settings

    from archive.revisit_policy import RevisitPolicy


def rebuild(processes: ProcessesOption = None, collection: CollectionOption = Path("data")) -> None:
    """Rebuild catalog, CDXJ files and index from WARC files and JSON lines."""
    from archive.cli.terminal import print_rebuilt
    from archive.rebuild.whole import rebuild as make_anew

    result = make_anew(collection, configured_policy(), processes=processes)
    compare(collection, processes)
    print_rebuilt(result)
    if result.left_out:
        raise typer.Exit(1)


def merge(
    sources: Annotated[
        list[Path], typer.Argument(metavar="SOURCE...", help="Collections that were crawled elsewhere.")
    ],
    collection: CollectionOption = Path("data"),
) -> None:
    """Bring other collections into this one, which may be new."""
    from archive.cli.terminal import print_merged
    from archive.collection import Collection
    from archive.merge import merge as bring_together

    result = bring_together(collection, [Collection.open(source) for source in sources], configured_policy())
    compare(collection, None)
    print_merged(result, collection)
    if result.rebuilt.left_out:
        raise typer.Exit(1)


def compare(path: Path, processes: int | None) -> None:
    """Compare articles and pictures, and have the index follow, after the catalog was made anew."""
    from archive.cli.search_options import searchable
    from archive.collection import Collection
    from archive.pictures.keeping import keep_followed
    from archive.reprints.keeping import keep_compared

    collection = Collection.open(path)
    keep_compared(collection, processes=processes)
    searchable(collection)
    if compares_pictures():
        keep_followed(collection, processes=processes)


def configured_policy() -> RevisitPolicy:
    """The revisit policy of the settings in force."""
    from crawler.crawl.arguments import revisit_policy

    return revisit_policy(_settings())


def compares_pictures() -> bool:
    """Whether pictures are compared, by the settings in force."""
    return _settings().getbool("BAOTINH_COMPARE_PICTURES")


def _settings() -> Settings:
    from crawler.crawl.arguments import read_settings
    from crawler.runs.run import project_settings

    settings = project_settings()
    read_settings(settings)
    return settings
