"""`baotinh show`: an article, its citation, its capture, its readings, or what changed between its versions."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from archive.cli.export import SiteOption, origin_of
from archive.cli.search_options import CollectionOption
from archive.printable import escaped, say

if TYPE_CHECKING:
    from archive.catalog import Catalog, Version
    from archive.warc.reader import Record

CitationForm = Literal["chicago", "apa", "vietnamese", "bibtex", "ris", "csl"]


def show(
    id: Annotated[str, typer.Argument(help="An article's id, such as baocantho:194219.")],
    versions: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[VERSION [VERSION]]", help="With --diff: numbers of versions from 1, or content hashes."
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="The article's line of JSON, as it was read last; with --diff its pieces.")
    ] = False,
    readings: Annotated[
        bool, typer.Option("--readings", help="All readings of each version; with --json the line of each.")
    ] = False,
    page: Annotated[
        bool, typer.Option("--page", help="The captured page itself, its chunks and compression undone.")
    ] = False,
    form: Annotated[
        CitationForm | None, typer.Option("--cite", help="A citation of its latest version, in this form.")
    ] = None,
    capture: Annotated[
        bool, typer.Option("--capture", help="The capture that it was read from: its record, PWID and BibTeX entry.")
    ] = False,
    diff: Annotated[
        bool,
        typer.Option("--diff", help="What changed, by word: from the version before to the latest, or as named."),
    ] = False,
    site: SiteOption = "",
    collection: CollectionOption = Path("data"),
) -> None:
    """Show an article with its provenance."""
    from archive.catalog.other_addresses import addresses_of
    from archive.catalog.versions import changes_of
    from archive.cli import article_output
    from archive.cli.changes.output import edits_in_words, print_difference
    from archive.collection import Collection
    from archive.export.citations.capture import CaptureReference
    from archive.originals import read_original

    if versions and not diff:
        raise typer.BadParameter("versions are compared with --diff")
    held = Collection.open(collection).for_readers
    with held.catalog() as catalog:
        version = catalog.article(id)
        if diff:
            print_difference(catalog, id, versions or [], as_json=as_json)
        elif page:
            _print_page(read_original(held, catalog, version.record_id))
        elif capture:
            article_output.print_capture(
                CaptureReference.of(held, catalog, version.record_id, origin_of(site)), as_json
            )
        elif form is not None:
            say(_citation(catalog, version, form))
        elif readings:
            _print_readings(catalog, id, as_json=as_json)
        elif as_json:
            say(escaped(version.line))
        else:
            article_output.print_article(
                version.article(), catalog.versions(id), changes_of(catalog.connection, id),
                addresses_of(catalog.connection, id), edits_in_words(catalog.connection, id),
            )  # fmt: skip


def _print_readings(catalog: Catalog, id: str, *, as_json: bool) -> None:
    from archive.catalog.readings import all_readings
    from archive.cli import article_output

    found = [(version, all_readings(catalog.connection, version)) for version in catalog.versions(id)]
    if as_json:
        for _, readings in found:
            for one in readings:
                say(escaped(one.raw.decode()))
    else:
        article_output.print_readings(found)


def _citation(catalog: Catalog, version: Version, form: CitationForm) -> str:
    from archive.export.citations.files import cite
    from archive.export.rows import RowReader

    (row,) = RowReader(catalog).rows([version])
    return cite(row, form).replace("\r\n", "\n").rstrip("\n")


def _print_page(record: Record) -> None:
    """Print the captured bytes; on a terminal without control characters."""
    content = record.http.content() if record.http else record.block
    if sys.stdout.isatty():
        say(content.decode("utf-8", "replace"))
    else:
        sys.stdout.buffer.write(content)
