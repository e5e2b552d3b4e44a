"""The commands that copy a collection and put it back, and their output."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from archive.cli.move import CacheOption, OptionsOption, cache_size, named_place
from archive.cli.search_options import CollectionOption

if TYPE_CHECKING:
    from archive.backup.folder import BackedUp
    from archive.backup.restore import Restored


def backup(
    place: Annotated[
        str,
        typer.Argument(help="A new or empty directory or s3://bucket/name, or an earlier backup of this collection."),
    ],
    options: OptionsOption = None,
    collection: CollectionOption = Path("data"),
) -> None:
    """Copy the collection to another directory or to S3, also while it is being crawled."""
    from archive.backup.folder import back_up
    from archive.backup.store import back_up_to_store
    from archive.collection import Collection
    from archive.maintenance import recorded
    from archive.storage.places import is_url, path_in

    named, held = named_place(place, options), Collection.open(collection)
    with recorded(held, "backup") as recording:
        result = back_up_to_store(held, named) if is_url(place) else back_up(held, path_in(place))
        recording.detail = {"place": place, "files": result.files, "bytes": result.bytes_copied}
        recording.outcome = "failed" if result.wrong else "finished"
    print_backed_up(result, place)
    if result.wrong:
        raise typer.Exit(1)


def restore(
    place: Annotated[str, typer.Argument(help="The address of a backup: s3://bucket/name.")],
    directory: Annotated[
        Path, typer.Argument(metavar="DIR", help="A new or empty directory, or an earlier restored copy.")
    ],
    link: Annotated[bool, typer.Option("--link", help="Leave the WARC files in the store, to be read there.")] = False,
    options: OptionsOption = None,
    cache: CacheOption = None,
) -> None:
    """Make a collection of a backup in S3, or bring one up to date that was made so."""
    from archive.backup.restore import restore as put_back
    from archive.storage.located import CACHE_BYTES
    from archive.storage.places import is_url

    if not is_url(place):
        raise typer.BadParameter("a backup in a directory is a collection: use it, or copy it with 'baotinh backup'")
    size = cache_size(cache)
    result = put_back(
        named_place(place, options), directory, is_linked=link, cache_bytes=CACHE_BYTES if size is None else size
    )
    print_restored(result, directory)
    if result.wrong:
        raise typer.Exit(1)


_COPY_FAULTS = {
    "shorter": "is missing, or shorter than the catalog says",
    "changed": "is not as it was written",
}


def print_backed_up(result: BackedUp, place: str) -> None:
    """Print what could not be copied correctly, then what was copied."""
    from rich.text import Text

    from archive.cli.terminal import Console, plural

    console = Console()
    for name, fault in result.wrong:
        text = f"{name} {_COPY_FAULTS[fault.value]}: run 'baotinh verify'"
        console.print(Text("not copied", style="red"), Text(text), soft_wrap=True)
    held = f", {result.kept:,} of them there already" if result.kept else ""
    copied = plural(result.bytes_copied, "byte") if result.bytes_copied else "nothing"
    console.print(
        f"Backed up to {place}: {plural(result.captures, 'capture')} and {plural(result.articles, 'article')} "
        f"in {plural(result.files, 'file')}{held}; {copied} copied.",
        soft_wrap=True,
    )


def print_restored(result: Restored, directory: Path) -> None:
    """Print what was not as the backup says, then what was fetched."""
    from rich.text import Text

    from archive.cli.terminal import Console, plural

    console = Console()
    for name in result.wrong:
        text = Text(f"{name} is not as it was written: look for it in another backup")
        console.print(Text("not restored", style="red"), text, soft_wrap=True)
    held = plural(result.captures, "capture"), plural(result.articles, "article")
    if result.linked:
        files = f"{plural(result.linked, 'WARC file')} stay in the store"
    else:
        kept = f", {result.kept:,} there already" if result.kept else ""
        files = f"{plural(result.files, 'WARC file')} fetched ({plural(result.size, 'byte')}){kept}"
    console.print(
        f"Restored to {directory} the backup of {result.finished_at}: {held[0]} and {held[1]}; {files}.", soft_wrap=True
    )
