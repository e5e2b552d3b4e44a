"""`baotinh prune`: removes what a collection no longer needs, and its output."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from archive.cli.search_options import CollectionOption

if TYPE_CHECKING:
    from archive.pruning import Pruned, Removable

_SPAN = "such as 90d, or forever"


def prune(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only print what would be removed.")] = False,
    keep_logs: Annotated[
        str, typer.Option(metavar="SPAN", envvar="BAOTINH_KEEP_LOGS", help=f"How long logs are kept, {_SPAN}.")
    ] = "180d",
    keep_reports: Annotated[
        str, typer.Option(metavar="SPAN", envvar="BAOTINH_KEEP_REPORTS", help=f"How long reports are kept, {_SPAN}.")
    ] = "forever",
    keep_catalogs: Annotated[
        int, typer.Option(min=0, envvar="BAOTINH_KEEP_CATALOGS", help="How many older copies of the catalog are kept.")
    ] = 2,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
    collection: CollectionOption = Path("data"),
) -> None:
    """Remove old logs and reports, older copies of the catalog, and leftovers; also while it is being crawled."""
    from archive.clock import now
    from archive.collection import Collection
    from archive.maintenance import recorded
    from archive.pruning import Pruned, Retention, removable
    from archive.pruning import prune as remove

    retention = Retention(
        logs=_span("--keep-logs", keep_logs), reports=_span("--keep-reports", keep_reports), catalogs=keep_catalogs
    )
    held = Collection.open(collection)
    with held.catalog() as catalog, catalog.snapshot():
        found = removable(held, catalog, retention, now())
    if dry_run:
        _print(found, Pruned(removed=(), failed=()), as_json=as_json, is_dry=True)
        return
    with recorded(held, "prune") as recording:
        done = remove(held, found)
        recording.detail = {"files": len(done.removed), "bytes": sum(one.size for one in done.removed)}
        recording.outcome = "failed" if done.failed else "finished"
    _print(list(done.removed), done, as_json=as_json, is_dry=False)
    raise typer.Exit(bool(done.failed))


def _span(option: str, text: str) -> timedelta | None:
    from archive.durations import parse_duration

    if text == "forever":
        return None
    try:
        return parse_duration(text, least=86_400)
    except ValueError:
        raise typer.BadParameter(f"{option} cannot be {text!r}: write a span of a day or more, {_SPAN}") from None


def _print(found: list[Removable], done: Pruned, *, as_json: bool, is_dry: bool) -> None:
    from archive.cli.terminal import plural
    from archive.printable import json_text, say

    size = sum(one.size for one in found)
    if as_json:
        failed = [one.values() | {"failure": reason} for one, reason in done.failed]
        which = "removable" if is_dry else "removed"
        say(json_text({which: [one.values() for one in found], "bytes": size, "failed": failed}, indent=1))
        return
    for one in found:
        say(f"{one.path}: {plural(one.size, 'byte')}, {one.why}")
    for one, reason in done.failed:
        say(f"{one.path} could not be removed: {reason}")
    if not found:
        print("Nothing to remove.")
        return
    print(f"{'Would remove' if is_dry else 'Removed'} {plural(len(found), 'file')}: {plural(size, 'byte')}.")
