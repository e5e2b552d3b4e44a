"""`baotinh export --format wacz` and `--format warc`: the captures of chosen articles."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from archive.cli.search_options import UsageError
from archive.cli.standard_output import standard_output
from archive.printable import say

if TYPE_CHECKING:
    from archive.collection import Collection
    from archive.export.captures.signing import Signer
    from archive.export.captures.wanted import CaptureForm, Taken
    from archive.search.selection import Selection
    from archive.sets.files import FrozenSet

SignOption = Annotated[bool, typer.Option("--sign", help="Sign a WACZ with your own key, which is made on first use.")]
SigningKeyOption = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Sign it with the key in this file: ECDSA on the curve P-384, in PEM."),
]
_SHOWN = 10


def write_captures(
    collection: Collection,
    form: CaptureForm,
    selection: Selection,
    frozen: FrozenSet | None,
    output: Path | None,
    *,
    with_text: bool,
    sign: bool,
    signing_key: Path | None,
    is_spread: bool,
) -> None:
    """Write the captures to a file, or to standard output; exit with 1 where some are missing.

    Raises:
        UsageError: an option does not go with the format.
    """
    from archive.export.captures.wanted import WantedCaptures
    from archive.export.captures.writing import export_captures
    from archive.export.taking import whole_file

    if is_spread:
        raise UsageError("--processes and --scheduler are for the formats that are made of articles")
    if form == "warc" and (sign or signing_key):
        raise UsageError("a WARC file is not signed: --sign and --signing-key are for --format wacz")
    signer = _signer(signing_key) if sign or signing_key else None
    wanted = WantedCaptures(form=form, selection=selection, frozen=frozen, with_text=with_text)
    if output is None:
        with standard_output(form.upper()) as file:
            taken = export_captures(collection, wanted, file, signer=signer)
    else:
        with whole_file(output) as file:
            taken = export_captures(collection, wanted, file, signer=signer)
    _print(taken, output)
    if taken.missing or taken.left_out:
        raise typer.Exit(1)


def _signer(path: Path | None) -> Signer:
    from archive.export.captures.signing import signer_of, usual_signer

    if path is not None:
        return signer_of(path)
    signer, place, is_new = usual_signer()
    if is_new:
        say(f"Made a key to sign with: {place}. Keep it, and give its public key to who verifies.", sys.stderr)
        say(f"Its public key: {signer.public_key}", sys.stderr)
    return signer


def _print(taken: Taken, output: Path | None) -> None:
    from archive.cli.terminal import plural

    if output is not None:
        say(
            f"Exported {plural(taken.captures, 'capture')} of {plural(taken.articles, 'article')} in "
            f"{plural(taken.records, 'record')} to {output}."
        )
    for one in taken.left_out[:_SHOWN]:
        say(f"Left out {one.record_id} at byte {one.offset} of {one.file}: {one.reason}.", sys.stderr)
    if taken.left_out:
        say(f"{plural(len(taken.left_out), 'record')} left out: see 'baotinh verify'.", sys.stderr)
    if taken.missing:
        say(f"{plural(taken.missing, 'article')} of the set missing: see 'baotinh sets check'.", sys.stderr)
    if taken.behind:
        say(f"{plural(taken.behind, 'version')} not indexed yet; export again when the crawl has ended.", sys.stderr)
