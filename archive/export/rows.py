"""The rows of an export: one for each article, or for each of its versions."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

import attrs

from archive.article import values_of
from archive.catalog.database import Catalog
from archive.catalog.reprint_clusters import StoryRow, story_rows
from archive.catalog.versions import Version, last_changes
from archive.search.terms.passages import BODY_BLOCKS

TEXT = "text"
"""The column of the full text, which an export may leave out."""
# JSON can name half of a surrogate pair, which no file in UTF-8 can hold
_HALVES = re.compile("[\ud800-\udfff]")
_PLAIN = re.compile(r"[A-Za-z0-9:~._-]*")
_NAMES_HALF = re.compile(rb"\\u[dD][89a-fA-F]")


def _means(meaning: str) -> dict[str, str]:
    return {"meaning": meaning}


@attrs.frozen(kw_only=True)
class Row:
    """One version of an article with its provenance; the fields are the columns, in their order."""

    id: str = attrs.field(metadata=_means("the article: newspaper:number"))
    version: str = attrs.field(metadata=_means("content hash of this version: it changes when the text changes"))
    archive_address: str = attrs.field(
        metadata=_means(
            "page of this version on the archive's site, the same in a rebuilt or copied archive; a path where "
            "the site's origin was not given"
        )
    )
    url: str = attrs.field(metadata=_means("address of the captured page"))
    newspaper: str = attrs.field(metadata=_means("the newspaper's short name, as in `baotinh newspapers`"))
    newspaper_title: str = attrs.field(metadata=_means("the newspaper's name"))
    province: str | None = attrs.field(metadata=_means("the newspaper's province of today"))
    section: str | None = attrs.field(metadata=_means("name of the newspaper's section"))
    kicker: str | None = attrs.field(metadata=_means("the line above the title"))
    title: str = attrs.field(metadata=_means("the headline"))
    lead: str | None = attrs.field(metadata=_means("the sapo"))
    authors: tuple[str, ...] = attrs.field(metadata=_means("names of those who wrote"))
    source: str | None = attrs.field(metadata=_means("agency or newspaper that the article was taken from"))
    byline: str | None = attrs.field(metadata=_means("the byline as printed"))
    published_at: datetime = attrs.field(metadata=_means("when the newspaper says it appeared"))
    published_precision: str | None = attrs.field(metadata=_means("day: no time of day was given; minute: it was"))
    modified_at: datetime | None = attrs.field(metadata=_means("when the newspaper says it was last changed"))
    tags: tuple[str, ...] = attrs.field(metadata=_means("the newspaper's own keywords"))
    language: str = attrs.field(metadata=_means("language of the text, a BCP 47 tag"))
    pictures: int = attrs.field(metadata=_means("how many pictures the article has"))
    captions: tuple[str, ...] = attrs.field(
        metadata=_means("the pictures' captions and credits as printed; of older items the credit in parentheses")
    )
    captured_at: datetime = attrs.field(metadata=_means("when the page was fetched"))
    record_id: str = attrs.field(metadata=_means("WARC-Record-ID of the capture that this version was read from"))
    warc_file: str | None = attrs.field(metadata=_means("WARC file that holds the record"))
    warc_offset: int | None = attrs.field(metadata=_means("byte of the WARC file at which the record begins"))
    payload_digest: str | None = attrs.field(metadata=_means("WARC-Payload-Digest of the captured page"))
    versions: int = attrs.field(metadata=_means("how many versions of the article the archive holds"))
    page_status: str | None = attrs.field(
        metadata=_means("what became of the page later: gone, withdrawn, moved, restored; else empty")
    )
    reprint_cluster: str | None = attrs.field(
        metadata=_means("the text that this article prints with others, the same for all of them; else empty")
    )
    reprint_origin: str | None = attrs.field(metadata=_means("the article that printed that text first"))
    reprint_relation: str | None = attrs.field(
        metadata=_means("what this article is of it: origin, same, edited, abridged, expanded, embedded")
    )
    extractor: str | None = attrs.field(
        metadata=_means("program that read this version again by later rules; empty where it is as first read")
    )
    read_at: datetime | None = attrs.field(metadata=_means("when it was read again; else empty"))
    text: str = attrs.field(metadata=_means("the text, a blank line between blocks; captions are in their own column"))


@functools.cache
def columns(*, with_text: bool = True) -> tuple[attrs.Attribute[Any], ...]:
    """The columns, in their order."""
    return tuple(field for field in attrs.fields(Row) if with_text or field.name != TEXT)


def archive_address(article_id: str, version: str) -> str:
    """The path of a version of an article on the archive's site."""
    if _PLAIN.fullmatch(article_id) and _PLAIN.fullmatch(version):
        return f"/article/{article_id}?version={version}"
    return f"/article/{quote(article_id, safe=':~')}?{urlencode({'version': version}, safe=':')}"


@attrs.frozen
class Histories:
    """Of some articles how many versions each has, what became last of the pages of which anything did, and what
    those are that print a text with others."""

    versions: Mapping[str, int]
    statuses: Mapping[str, str]
    stories: Mapping[str, StoryRow] = attrs.field(factory=dict)


class RowReader:
    """Makes the rows of versions."""

    def __init__(self, catalog: Catalog, site: str = "") -> None:
        """The reader; `site` is the origin of the archive's site, which archive addresses then have."""
        self._catalog, self._site = catalog, site
        self._newspapers = catalog.newspapers()

    def histories(self, versions: Sequence[Version]) -> Histories:
        """The histories of the articles of some versions."""
        return self.histories_of([version.article_id for version in versions])

    def histories_of(self, article_ids: Sequence[str]) -> Histories:
        """The histories of articles."""
        ids = list(dict.fromkeys(article_ids))
        changed = last_changes(self._catalog.connection, ids)
        statuses = {id: change.status.value for id, change in changed.items()}
        return Histories(self._catalog.count_versions(ids), statuses, story_rows(self._catalog.connection, ids))

    def rows(self, versions: Sequence[Version], histories: Histories | None = None) -> list[Row]:
        """The rows of some versions, in their order; with their histories the catalog is not asked."""
        known = histories or self.histories(versions)
        return [self._row(one, known) for one in versions]

    def _row(self, version: Version, known: Histories) -> Row:
        # the plain values: building an `Article` of each line would take ten times as long
        said = _values_of(version.raw)
        name, capture, pictures = str(said["newspaper"]), said.get("capture") or {}, said.get("images") or ()
        profile: Mapping[str, Any] = self._newspapers.get(name, {})
        story = known.stories.get(version.article_id)
        modified, reading = said.get("modified_at"), said.get("reading") or {}
        return Row(
            id=version.article_id,
            version=version.content_hash,
            archive_address=self._site + archive_address(version.article_id, version.content_hash),
            url=said["url"],
            newspaper=name,
            newspaper_title=str(profile.get("title") or name),
            province=profile.get("province"),
            section=said.get("section"),
            kicker=said.get("kicker"),
            title=said["title"],
            lead=said.get("lead"),
            authors=tuple(said.get("authors") or ()),
            source=said.get("source"),
            byline=said.get("byline"),
            published_at=datetime.fromisoformat(said["published_at"]),
            published_precision=said.get("published_precision"),
            modified_at=datetime.fromisoformat(modified) if modified else None,
            tags=tuple(said.get("tags") or ()),
            language=said.get("language") or "vi",
            pictures=len(pictures),
            captions=tuple(captions_of(pictures)),
            captured_at=version.captured_at,
            record_id=version.record_id,
            warc_file=capture.get("file"),
            warc_offset=capture.get("offset"),
            payload_digest=capture.get("payload_digest"),
            versions=known.versions[version.article_id],
            page_status=known.statuses.get(version.article_id),
            reprint_cluster=story.cluster if story else None,
            reprint_origin=story.origin if story else None,
            reprint_relation=story.relation if story else None,
            extractor=reading.get("extractor"),
            read_at=datetime.fromisoformat(reading["read_at"]) if reading else None,
            text="\n\n".join(block["text"] for block in said.get("body") or () if block["type"] in BODY_BLOCKS),
        )


def captions_of(pictures: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    """The captions and credits of an article's pictures as they are printed, without those that have neither."""
    for picture in pictures:
        caption, credit = picture.get("caption") or "", picture.get("credit")
        if printed := picture.get("printed"):
            yield printed
        elif caption or credit:
            yield f"{caption} ({credit})".strip() if credit else caption


def names_half(line: bytes) -> bool:
    """Whether JSON may name half of a surrogate pair."""
    return (b"\\ud" in line or b"\\uD" in line) and _NAMES_HALF.search(line) is not None


def _values_of(line: bytes) -> dict[str, Any]:
    if not names_half(line):
        return values_of(line)  # type: ignore[no-any-return]
    return json.loads(line, object_hook=_whole)  # type: ignore[no-any-return]


def _whole(values: dict[str, Any]) -> dict[str, Any]:
    return {name: _mended(value) for name, value in values.items()}


def _mended(value: Any) -> Any:
    if isinstance(value, str):
        return _HALVES.sub("\ufffd", value)
    return [_mended(one) for one in value] if isinstance(value, list) else value
