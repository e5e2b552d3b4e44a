"""The command that joins small WARC files, and its output."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from archive.cli.search_options import CollectionOption

if TYPE_CHECKING:
    from archive.compaction.whole import Compacted

# what one file may have at most in a replay, by far
_MOST_BYTES = 1 << 33


def compact(
    newspaper: Annotated[str | None, typer.Option(help="Only files of this newspaper.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only print what would be joined.")] = False,
    largest: Annotated[
        int, typer.Option(min=1, max=_MOST_BYTES, help="How many bytes a joined file has at most.")
    ] = 1_000_000_000,
    collection: CollectionOption = Path("data"),
) -> None:
    """Join small WARC files of a newspaper to few large ones, byte for byte, also while it is being crawled."""
    from archive.collection import Collection
    from archive.compaction.whole import compact as join_files
    from archive.maintenance import recorded

    held = Collection.open(collection)
    if dry_run:
        done = join_files(held, newspaper, largest=largest, is_dry=True)
    else:
        with recorded(held, "compact") as recording:
            done = join_files(held, newspaper, largest=largest)
            recording.detail = {"newspaper": newspaper, "files": sum(len(one.files) for one in done.joined)}
            recording.outcome = "failed" if done.damaged or done.not_removed else "finished"
    print_compacted(done, collection)
    if done.damaged or done.not_removed:
        raise typer.Exit(1)


def print_compacted(done: Compacted, collection: Path) -> None:
    """Print each joined file, what was left alone and why, and the sums."""
    from rich.text import Text

    from archive.cli.terminal import Console, plural

    console = Console()
    for one in done.joined:
        files, size = plural(len(one.files), "file"), plural(one.size, "byte")
        if one.name is None:
            text = f"{one.newspaper}: {files}, {size}, from {one.files[0]} to {one.files[-1]}"
        else:
            text = f"{one.name}: {files}, {size}"
        console.print(Text(text), soft_wrap=True)
    for names, what in (
        (done.damaged, "not joined: it is damaged, or not as the catalog says: run 'baotinh verify'"),
        (done.in_use, "not joined: a run that goes on has released an article that names it"),
        (done.not_removed, "not removed: its bytes are not those of the file that replaced it: run 'baotinh verify'"),
    ):
        for name in names:
            console.print(Text(name), Text(what, style="red" if names is not done.in_use else "dim"), soft_wrap=True)
    if done.is_cut_short:
        console.print("Ended early: the collection is being checked, copied or made anew. Run it again afterwards.")
    if not done.joined:
        console.print(f"Nothing to join in {collection}.", soft_wrap=True)
        return
    said = "Would join" if done.joined[0].name is None else "Joined"
    before = plural(sum(len(one.files) for one in done.joined), "file")
    size = plural(sum(one.size for one in done.joined), "byte")
    console.print(f"{said} {before} of {collection} to {len(done.joined):,}: {size}.", soft_wrap=True)
