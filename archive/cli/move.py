"""The command that moves WARC files to another disk or store, and its output."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from archive.cli.search_options import CollectionOption

if TYPE_CHECKING:
    from archive.moving import Moved
    from archive.storage.located import NamedPlace

_SECRET = re.compile(r"secret|token|password|key\b|credential", re.IGNORECASE)
_UNITS = {"MB": 10**6, "GB": 10**9, "TB": 10**12}
_SIZE = re.compile(r"(\d{1,6}) ?(MB|GB|TB)")

OptionsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--option",
        metavar="NAME=VALUE",
        help="What fsspec is told of a store: endpoint_url=…; may be repeated.",
    ),
]
CacheOption = Annotated[
    str | None, typer.Option(metavar="SIZE", help="How much of what a store holds is kept here; at first 1GB.")
]


def move(
    place: Annotated[
        str | None,
        typer.Argument(help="A folder on another disk, or an address: s3://bucket/name; by default that of before."),
    ] = None,
    options: OptionsOption = None,
    cache: CacheOption = None,
    older: Annotated[
        str | None, typer.Option(metavar="SPAN", help="Only files that were closed longer ago, such as 30d.")
    ] = None,
    back: Annotated[bool, typer.Option("--back", help="Move all files back into the collection.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only print what would be moved.")] = False,
    collection: CollectionOption = Path("data"),
) -> None:
    """Move WARC files to another disk or to S3, also while the collection is crawled and read."""
    from archive.collection import Collection
    from archive.moving import move as move_files
    from archive.moving import move_back

    opened = Collection.open(collection)
    if back:
        if place is not None or options or cache or older:
            raise typer.BadParameter("takes no place and no other options but --dry-run", param_hint="--back")
        moved = move_back(opened, is_dry=dry_run)
    else:
        moved = move_files(
            opened, named_place(place, options) if place is not None else None,
            cache_bytes=cache_size(cache), closed_for=_span(older), is_dry=dry_run,
        )  # fmt: skip
    print_moved(moved)
    if moved.wrong:
        raise typer.Exit(1)


def named_place(place: str, options: list[str] | None) -> NamedPlace:
    """A place as it was written, a folder by its whole path, with its options."""
    from archive.storage.located import NamedPlace
    from archive.storage.places import is_url, path_in

    _refuse_place(place)
    said = {}
    for one in options or ():
        name, equals, value = one.partition("=")
        if not name or not equals:
            raise typer.BadParameter(f"{one!r} is not NAME=VALUE", param_hint="--option")
        if _SECRET.search(name):
            raise typer.BadParameter(
                f"{name} would be kept in the collection; give secrets by environment variables, "
                "such as AWS_SECRET_ACCESS_KEY, or in the files of the store's own tools",
                param_hint="--option",
            )
        said[name] = value
    if said and not is_url(place):
        raise typer.BadParameter("options are for stores, and this is a folder", param_hint="--option")
    return NamedPlace(place.rstrip("/") if is_url(place) else str(path_in(place)), said)


def _refuse_place(place: str) -> None:
    if not place.strip():
        raise typer.BadParameter("it is empty", param_hint="PLACE")
    kind, _, rest = place.rpartition("://")
    if kind and not rest.strip("/"):
        raise typer.BadParameter(f"{place} names no bucket and no folder", param_hint="PLACE")
    if "memory" in kind:
        raise typer.BadParameter(f"{place} is gone when the command ends", param_hint="PLACE")
    if kind and ":" in rest.partition("/")[0].rpartition("@")[0]:
        raise typer.BadParameter(
            "the password in it would be kept in the collection; give it by environment variables, "
            "or in the files of the store's own tools",
            param_hint="PLACE",
        )


def cache_size(text: str | None) -> int | None:
    """Bytes of a size such as 20GB."""
    if text is None:
        return None
    found = _SIZE.fullmatch(text.strip())
    if found is None:
        raise typer.BadParameter(f"{text!r} is no size such as 500MB, 20GB or 1TB", param_hint="--cache")
    return int(found[1]) * _UNITS[found[2]]


def _span(text: str | None) -> timedelta:
    from archive.durations import parse_duration

    if text is None:
        return timedelta(0)
    try:
        return parse_duration(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is no span such as 90m, 12h or 30d", param_hint="--older") from error


_FAULTS = {
    "missing": "is nowhere",
    "changed": "is not as the catalog says",
    "differs": "came back with other bytes than were written",
}


def print_moved(moved: Moved) -> None:
    """Print what could not be moved, and why, then the sums."""
    from rich.text import Text

    from archive.cli.terminal import Console, plural

    console = Console()
    for name, fault in moved.wrong:
        text = f"{name} {_FAULTS[fault.value]}: run 'baotinh verify'"
        console.print(Text("not moved", style="red"), Text(text), soft_wrap=True)
    said = "Would move" if moved.is_dry else "Moved"
    files = f"{plural(moved.files, 'file')}, {plural(moved.size, 'byte')}," if moved.files else "nothing"
    checked = "" if moved.is_dry or not moved.files else "; each was read back and compared"
    console.print(f"{said} {files} to {moved.place}{checked}.", soft_wrap=True)
    for count, what in (
        (moved.kept, "there already"),
        (moved.young, "closed too lately"),
        (moved.open, "still being written"),
    ):
        if count:
            console.print(f"{plural(count, 'file')} {what}.")
