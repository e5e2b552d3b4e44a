"""The index of changed words, within the folder of the search index: of each change the words removed and added."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import tantivy

from archive.catalog.change_lists import changed_parts
from archive.catalog.changes import SILENT, ArticleChange, changes_between
from archive.catalog.versions import Version, versions_with
from archive.collection import Collection
from archive.search.indexing.touched import touched_passages
from archive.search.terms.document import BETWEEN, open_index, with_passages
from archive.search.terms.vietnamese import composed, joined_forms

FOLDER = "changed"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def changed_schema() -> tantivy.Schema:
    """The index's fields; `id` is the `seq` of the later version, which has one change alone.

    Words are sought in `around`, of which one at least is in `touched`.
    """
    builder = tantivy.SchemaBuilder()
    for name in ("id", "newspaper", "section", "kinds"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field("change", fast=True)
    for name in ("at", "words"):
        builder.add_unsigned_field(name, indexed=True, fast=True)
    return with_passages(builder, ("touched", "around")).build()


def open_changed(folder: Path) -> tantivy.Index:
    """The index of changed words in a folder of the search index, a new one where there is none."""
    (folder / FOLDER).mkdir(exist_ok=True)
    return open_index(folder / FOLDER, changed_schema())


def microseconds(instant: datetime) -> int:
    """An instant as the index holds it."""
    return max((instant - _EPOCH) // timedelta(microseconds=1), 0)


def instant_of(microseconds: int) -> datetime:
    """The instant that the index holds as a number."""
    return _EPOCH + timedelta(microseconds=microseconds)


def changed_documents(root: Path, after: int, until: int) -> Iterator[tuple[str, tantivy.Document]]:
    """The documents of the changes of `after` < id <= `until` that are steps between two versions, with their ids."""
    with Collection(root).catalog() as catalog:
        found = changes_between(catalog.connection, after, until)
        seqs = {seq for one in found for seq in (one.version_seq, one.former_seq) if seq is not None}
        held = {one.seq: one for one in versions_with(catalog.connection, [*seqs])}
        for one in found:
            former, later = held.get(one.former_seq or 0), held.get(one.version_seq or 0)
            if former and later and (document := _document(one, former, later)) is not None:
                yield str(later.seq), document


def _document(one: ArticleChange, former: Version, later: Version) -> tantivy.Document | None:
    """The document of a change; None where no word was removed or added, or a version is damaged."""
    alone, around = touched_passages(changed_parts(former, later))
    if not alone:
        return None
    document = tantivy.Document()
    document.add_text("id", str(later.seq))
    document.add_unsigned("change", one.id)
    document.add_unsigned("at", microseconds(one.at))
    document.add_unsigned("words", one.removed + one.added)
    document.add_text("newspaper", one.newspaper)
    if one.section:
        document.add_text("section", composed(one.section))
    for kind in (*(kind.value for kind in one.kinds), *([SILENT] if one.is_silent else [])):
        document.add_text("kinds", kind)
    for name, passages in (("touched", alone), ("around", around)):
        exact, folded = zip(*map(joined_forms, passages), strict=True)
        document.add_text(f"{name}_exact", BETWEEN.join(exact))
        document.add_text(f"{name}_folded", BETWEEN.join(folded))
    return document
