"""`baotinh purge`: removes what may no longer be held."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from archive.cli.commands import CollectionOption
from archive.cli.hide import ReasonClass, SubjectArgument

if TYPE_CHECKING:
    from archive.purging import Purged


def purge(
    subject: SubjectArgument,
    reason: Annotated[ReasonClass, typer.Option(help="Why, as readers are told and the tombstones say.")],
    note: Annotated[str, typer.Option(help="Your own words, for operators: which court, a file number.")] = "",
    yes: Annotated[
        bool, typer.Option("--yes", help="Remove it; without this, only say what would be removed.")
    ] = False,
    collection: CollectionOption = Path("data"),
) -> None:
    """Remove the records of an article, an address or a host from the WARC files for good, and withhold it."""
    from archive.collection import Collection
    from archive.printable import say
    from archive.purging import plan
    from archive.purging import purge as remove
    from archive.reasons import WithholdingReason
    from archive.withholding import withhold
    from crawler.cli.rebuild import compare, configured_policy

    held = Collection.write(collection)
    withholding = withhold(
        held, subject, WithholdingReason(reason), note, is_held=lambda one: plan(held, one).records > 0
    )
    if not yes:
        _print(plan(held, withholding), is_done=False)
        say(f"Nothing was removed; {subject} is withheld now. Add --yes to remove it, which cannot be undone.")
        return
    removed = remove(held, withholding, configured_policy())
    compare(collection, None)
    _print(removed, is_done=True)
    say("Copies elsewhere are not touched: backups, exports, other machines' collections.")


def _print(purged: Purged, *, is_done: bool) -> None:
    from archive.cli.terminal import plural
    from archive.printable import say

    files, lines = plural(len(purged.files), "file"), plural(purged.lines, "line")
    what = f"{plural(purged.records, 'record')} ({purged.octets:,} bytes) in {files}, {lines} of articles"
    say(f"{'Removed' if is_done else 'To be removed'}: {what}.")
    for name in purged.files:
        say(f"  {name}")
    if purged.pictures_kept:
        say(f"{plural(purged.pictures_kept, 'picture')} stay: other articles show them as well.")
    for url in purged.elsewhere:
        say(f"The same bytes stay at {url}.")
    for name in purged.copies:
        say(f"  {name} was removed: it held a copy.")
