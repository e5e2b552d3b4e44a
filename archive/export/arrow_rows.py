"""Makes Arrow record batches of versions: the rows of `RowReader`, of which pyarrow parses the lines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json as pj

from archive.catalog.database import Catalog
from archive.catalog.versions import Version
from archive.export.rows import Histories, RowReader, archive_address, names_half
from archive.export.tables import record_batch
from archive.search.terms.passages import BODY_BLOCKS

_TEXTS = (
    "newspaper", "url", "section", "kicker", "title", "lead", "source", "byline", "published_at",
    "published_precision", "modified_at", "language",
)  # fmt: skip
_LISTS = ("authors", "tags")
_LINE = pa.schema(
    [
        *((name, pa.string()) for name in _TEXTS),
        *((name, pa.list_(pa.string())) for name in _LISTS),
        ("body", pa.list_(pa.struct([("type", pa.string()), ("text", pa.string())]))),
        ("images", pa.list_(pa.struct([(part, pa.string()) for part in ("caption", "credit", "printed")]))),
        ("reading", pa.struct([("extractor", pa.string()), ("read_at", pa.string())])),
        ("capture", pa.struct([("file", pa.string()), ("offset", pa.int64()), ("payload_digest", pa.string())])),
    ]
)
_PARSE = pj.ParseOptions(explicit_schema=_LINE, unexpected_field_behavior="ignore")


class ArrowRowReader:
    """Makes record batches of versions."""

    def __init__(self, catalog: Catalog, schema: pa.Schema, site: str = "") -> None:
        self._schema, self._site = schema, site
        self._reader = RowReader(catalog, site)
        self._newspapers = catalog.newspapers()

    def histories(self, versions: Sequence[Version]) -> Histories:
        """The histories of the articles of some versions."""
        return self._reader.histories(versions)

    def batch(self, versions: Sequence[Version], histories: Histories | None = None) -> pa.RecordBatch:
        """The rows of some versions, in their order; with their histories the catalog is not asked.

        Lines that Arrow refuses, Python reads.
        """
        known = histories or self.histories(versions)
        lines = b"\n".join(version.raw for version in versions)
        if not names_half(lines):
            try:
                return self._batch(versions, known, _parsed(lines))
            except (pa.ArrowInvalid, _OddLine):
                pass
        return record_batch(self._reader.rows(versions, known), self._schema)

    def _batch(self, versions: Sequence[Version], known: Histories, said: pa.Table) -> pa.RecordBatch:
        if said.num_rows != len(versions):
            raise _OddLine
        ids = [version.article_id for version in versions]
        parts = {name: said[name].combine_chunks() for name in said.column_names}
        if any(parts[name].null_count for name in ("newspaper", "published_at", "body", "images", *_LISTS)):
            raise _OddLine
        profiles = [self._newspapers.get(name, {}) for name in parts["newspaper"].to_pylist()]
        capture, stories = parts["capture"], [known.stories.get(id) for id in ids]
        made: dict[str, Any] = {name: parts[name] for name in (*_TEXTS, *_LISTS)}
        made |= {
            "id": ids,
            "version": [version.content_hash for version in versions],
            "archive_address": [self._site + archive_address(one.article_id, one.content_hash) for one in versions],
            "newspaper_title": [
                str(profile.get("title") or name)
                for profile, name in zip(profiles, parts["newspaper"].to_pylist(), strict=True)
            ],
            "province": [profile.get("province") for profile in profiles],
            "published_at": pc.cast(parts["published_at"], pa.timestamp("us", "UTC")),
            "modified_at": pc.cast(parts["modified_at"], pa.timestamp("us", "UTC")),
            "language": pc.if_else(pc.equal(pc.fill_null(parts["language"], ""), ""), "vi", parts["language"]),
            "pictures": pc.list_value_length(parts["images"]),
            "captions": _captions(parts["images"]),
            "captured_at": [version.captured_at for version in versions],
            "record_id": [version.record_id for version in versions],
            "warc_file": pc.struct_field(capture, "file"),
            "warc_offset": pc.struct_field(capture, "offset"),
            "payload_digest": pc.struct_field(capture, "payload_digest"),
            "versions": [known.versions[id] for id in ids],
            "page_status": [known.statuses.get(id) for id in ids],
            "reprint_cluster": [story.cluster if story else None for story in stories],
            "reprint_origin": [story.origin if story else None for story in stories],
            "reprint_relation": [story.relation if story else None for story in stories],
            "extractor": pc.struct_field(parts["reading"], "extractor"),
            "read_at": pc.cast(pc.struct_field(parts["reading"], "read_at"), pa.timestamp("us", "UTC")),
            "text": _text(parts["body"]),
        }
        arrays = [_typed(made[field.name], field.type) for field in self._schema]
        return pa.RecordBatch.from_arrays(arrays, schema=self._schema)


def published_between(rows: pa.RecordBatch) -> list[datetime]:
    """When the articles that were published first and last were published, in UTC; nothing of no rows."""
    found = pc.min_max(rows["published_at"].cast(pa.timestamp("us", "UTC"))).as_py()
    return [found["min"], found["max"]] if rows.num_rows else []


class _OddLine(Exception):
    """A line lacks what all have that this version writes."""


def _parsed(lines: bytes) -> pa.Table:
    # one block: a line must not be longer than a block
    read = pj.ReadOptions(block_size=len(lines) + 1, use_threads=False)
    return pj.read_json(pa.BufferReader(lines), read_options=read, parse_options=_PARSE)


def _typed(values: Any, kind: pa.DataType) -> pa.Array:
    if not isinstance(values, pa.Array):
        return pa.array(values, kind)
    return values if values.type == kind else values.cast(kind)


def _text(body: pa.ListArray) -> pa.Array:
    blocks = body.values
    texts, kinds = pc.struct_field(blocks, "text"), pc.struct_field(blocks, "type")
    if texts.null_count or kinds.null_count:
        raise _OddLine
    is_text = pc.is_in(kinds, value_set=pa.array(sorted(BODY_BLOCKS)))
    return pc.binary_join(_kept(body, texts, is_text), "\n\n")


def _captions(images: pa.ListArray) -> pa.ListArray:
    captions, credit, printed = (
        pc.fill_null(pc.struct_field(images.values, part), "") for part in ("caption", "credit", "printed")
    )
    both = pc.binary_join_element_wise(captions, pc.binary_join_element_wise("(", credit, ")", ""), " ")
    has_credit = pc.not_equal(credit, "")
    words = pc.if_else(has_credit, pc.utf8_trim_whitespace(both), captions)
    words = pc.if_else(pc.not_equal(printed, ""), printed, words)
    return _kept(images, words, pc.not_equal(words, ""))


def _kept(lists: pa.ListArray, values: pa.Array, is_kept: pa.Array) -> pa.ListArray:
    """Lists with the values that are kept, one for each element of `lists`."""
    ends = pc.cumulative_sum(is_kept.cast(pa.int32()))
    before = pa.concat_arrays([pa.array([0], pa.int32()), ends])
    return pa.ListArray.from_arrays(before.take(lists.offsets), values.filter(is_kept))
