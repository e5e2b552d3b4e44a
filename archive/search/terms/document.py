"""An article as a document of the search index: its fields, and what of it is searched, counted and filtered by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, get_args

import tantivy
from tantivy import Query

from archive.catalog import Catalog, Version
from archive.catalog.changes import kinds_of_articles, latest_changed_between
from archive.catalog.readings import read_again_between
from archive.catalog.reprint_clusters import story_changes_between, story_places
from archive.catalog.versions import versions_with
from archive.collection import Collection
from archive.search.terms.languages import language_of
from archive.search.terms.passages import Kind, passages_of
from archive.search.terms.vietnamese import both_forms, composed, joined_forms
from archive.zones import VIETNAM

# Searchable texts and the kinds of passages in each; all kinds where none is named.
WITHIN: dict[str, set[str]] = {"text": set(), "title": {"title"}, "captions": {"caption", "credit"}}
# The kinds of passages whose words are counted as the article's length.
PROSE = frozenset({"title", "kicker", "lead", "body", "caption"})
# Searchable names of persons and agencies.
NAMES = ("author", "source")
SECTION_BETWEEN = "\x1f"
"""What stands between newspaper and section in `section_of`, where sections of one name are told apart."""
MOST_APART = 50
"""How many words may stand between two words that are searched near one another."""
# Between two passages stands what is no word, so often that no phrase and no nearness reaches from one into the next.
_PASSAGES, _NOTHING = "passages", "|"
BETWEEN = f" {_NOTHING}" * (MOST_APART + 1)
_FIELDS_OF: dict[Kind, tuple[str, ...]] = {
    kind: tuple(field for field, kinds in WITHIN.items() if not kinds or kind in kinds) for kind in get_args(Kind)
}
EARLIEST = datetime(1700, 1, 1, tzinfo=UTC)  # tantivy counts nanoseconds in 64 bits: 1677 to 2262
LATEST = datetime(2260, 1, 1, tzinfo=UTC)


def schema() -> tantivy.Schema:
    """The index's fields: keys for filters, and each searchable text in its exact and its folded form."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field("seq", stored=True, indexed=True, fast=True)
    builder.add_date_field("published", stored=False, indexed=True, fast=True)
    for name in ("newspaper", "language", "section", "section_of", "author", "source", "changes"):
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    for name in ("section_exact", "section_folded"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in ("day", "month", "pictures", "versions", "syllables", "story"):
        builder.add_unsigned_field(name, indexed=True, fast=True)
    return with_passages(builder, (*NAMES, *WITHIN)).build()


def with_passages(builder: tantivy.SchemaBuilder, names: Iterable[str]) -> tantivy.SchemaBuilder:
    """The builder with a field for each form of these texts; `BETWEEN` stands between two passages of one."""
    for name in names:
        for form in ("exact", "folded"):
            builder.add_text_field(f"{name}_{form}", tokenizer_name=_PASSAGES, index_option="position")
    return builder


def open_index(folder: Path, fields: tantivy.Schema | None = None) -> tantivy.Index:
    """The index in a folder, a new one where there is none; by default with the fields of `schema`.

    Raises:
        ValueError: it is damaged.
    """
    opened = tantivy.Index(fields or schema(), str(folder))
    words = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace())
    opened.register_tokenizer(_PASSAGES, words.filter(tantivy.Filter.custom_stopword([_NOTHING])).build())
    return opened


def document_of(
    version: Version, versions: int, kinds: Iterable[str] = (), story: int | None = None
) -> tantivy.Document:
    """The document of a version of an article.

    Args:
        versions: how many versions of the article the archive holds.
        kinds: those of all changes of the article, as in the catalog.
        story: its place among the articles that print a text with others, as of `story_places`.
    """
    values = version.values()
    document = tantivy.Document()
    document.add_text("id", version.article_id)
    document.add_unsigned("seq", version.seq)
    document.add_text("newspaper", values["newspaper"])
    document.add_text("language", language_of(values))
    published = min(max(datetime.fromisoformat(values["published_at"]).astimezone(UTC), EARLIEST), LATEST)
    local = published.astimezone(VIETNAM)
    document.add_date("published", published)
    day = local.year * 10_000 + local.month * 100 + local.day  # `day_of` reads it
    document.add_unsigned("day", day)
    document.add_unsigned("month", day // 100)
    document.add_unsigned("pictures", len(values.get("images") or ()))
    document.add_unsigned("versions", versions)
    for kind in kinds:
        document.add_text("changes", kind)
    if story is not None:
        document.add_unsigned("story", story)
    _add_section(document, values["newspaper"], values.get("section"))
    _add_texts(document, values)
    return document


def documents_between(root: Path, after: int, until: int) -> Iterator[tuple[str, tantivy.Document]]:
    """Article ids and documents of the versions with `after` < seq <= `until` that are their article's latest."""
    with Collection(root).catalog() as catalog:
        yield from _documents(catalog, catalog.latest_versions(after, until, until - after))


def documents_read_again(root: Path, after: int, until: int) -> Iterator[tuple[str, tantivy.Document]]:
    """Article ids and documents of the latest versions that were read again: readings with `after` < id <= `until`."""
    with Collection(root).catalog() as catalog:
        seqs = read_again_between(catalog.connection, after, until)
        yield from _documents(catalog, versions_with(catalog.connection, seqs))


def documents_changed(known: int, root: Path, after: int, until: int) -> Iterator[tuple[str, tantivy.Document]]:
    """Article ids and documents of the latest versions of articles with a change of `after` < id <= `until` that came
    without them: of the page's status, or between former versions. `known`: `seq` up to which they are indexed."""
    with Collection(root).catalog() as catalog:
        seqs = [seq for seq in latest_changed_between(catalog.connection, after, until) if seq <= known]
        yield from _documents(catalog, versions_with(catalog.connection, seqs))


def documents_of_stories(root: Path, after: int, until: int) -> Iterator[tuple[str, tantivy.Document]]:
    """Article ids and documents of the articles whose cluster changed: changes with `after` < id <= `until`."""
    with Collection(root).catalog() as catalog:
        seqs = story_changes_between(catalog.connection, after, until)
        yield from _documents(catalog, versions_with(catalog.connection, seqs))


def _documents(catalog: Catalog, batch: list[Version]) -> Iterator[tuple[str, tantivy.Document]]:
    ids = [version.article_id for version in batch]
    counts, kinds = catalog.count_versions(ids), kinds_of_articles(catalog.connection, ids)
    stories = story_places(catalog.connection, ids)
    for version in batch:
        id = version.article_id
        yield id, document_of(version, counts[id], kinds.get(id, ()), stories.get(id))


def _add_section(document: tantivy.Document, newspaper: str, name: str | None) -> None:
    if name:
        section = composed(name)
        document.add_text("section", section)
        document.add_text("section_of", f"{newspaper}{SECTION_BETWEEN}{section}")
        exact, folded = joined_forms(section)
        document.add_text("section_exact", exact.lstrip())
        document.add_text("section_folded", folded.lstrip())


def _add_texts(document: tantivy.Document, values: Mapping[str, Any]) -> None:
    """Add the names, the searchable texts in both forms, and the article's length."""
    texts: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for name in dict.fromkeys(map(composed, values.get("authors") or ())):
        document.add_text("author", name)
        texts["author"].append(joined_forms(name))
    if values.get("source"):
        source = composed(values["source"])
        document.add_text("source", source)
        texts["source"].append(joined_forms(source))
    syllables = 0
    for kind, text in passages_of(values):
        both = joined_forms(text)
        for field in _FIELDS_OF[kind]:
            texts[field].append(both)
        if kind in PROSE:
            syllables += both[0].count(" ")
    for field, found in texts.items():
        exact, folded = zip(*found, strict=True)
        document.add_text(f"{field}_exact", BETWEEN.join(exact))
        document.add_text(f"{field}_folded", BETWEEN.join(folded))
    document.add_unsigned("syllables", syllables)


def day_of(number: int) -> date:
    """The day that the index holds as a number: 20260131."""
    return date(number // 10_000, number // 100 % 100, number % 100)


def key(text: str, form: str) -> str:
    """The words of a text in a form ("exact" or "folded"), a space between them: what is compared."""
    return " ".join(keys(text, form))


def keys(text: str, form: str) -> list[str]:
    """The words of a text in a form ("exact" or "folded")."""
    exact, folded = both_forms(composed(text))
    return exact if form == "exact" else folded


def phrase(field: str, sequence: Sequence[str], fields: tantivy.Schema | None = None) -> Query:
    """The query for words that stand side by side in a field, by default of `schema`; for a single word too."""
    if len(sequence) == 1:
        return Query.term_query(fields or schema(), field, sequence[0])
    return Query.phrase_query(fields or schema(), field, list(sequence))
