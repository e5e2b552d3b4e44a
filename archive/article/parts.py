"""The parts of an article: captures, blocks of the body, contributors, pictures, embeds, further pages, readings."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import attrs

BlockType = Literal["paragraph", "heading", "figure", "quote", "list", "table", "related", "byline"]
Role = Literal["text", "photo", "collected", "source"]
Precision = Literal["day", "minute"]
EmbedType = Literal["video", "audio", "other"]
ReadingCause = Literal["rules", "layout", "address", "beside"]


def doc(text: str) -> dict[str, str]:
    """The metadata of a field: what it is."""
    return {"doc": text}


def aware(_instance: object, attribute: attrs.Attribute[Any], value: datetime | None) -> None:
    """Check that an instant has an offset from UTC.

    Raises:
        ValueError: it has none.
    """
    if value is not None and value.utcoffset() is None:
        raise ValueError(f"{attribute.name} needs an offset from UTC, got {value.isoformat()}")


@attrs.frozen(kw_only=True)
class CaptureRef:
    """The place of a capture's record. Until the record is on disk only `record_id` is known."""

    record_id: str = attrs.field(metadata=doc("WARC-Record-ID of the response or revisit record, urn:uuid:..."))
    file: str | None = attrs.field(default=None, metadata=doc("name of the WARC file within the collection"))
    offset: int | None = attrs.field(default=None, metadata=doc("byte at which the record's gzip member starts"))
    length: int | None = attrs.field(default=None, metadata=doc("bytes of the record's gzip member"))
    payload_digest: str | None = attrs.field(
        default=None, metadata=doc("digest of the payload (ISO 28500, 5.9), algorithm:value")
    )


@attrs.frozen(kw_only=True)
class Block:
    """One piece of the body, in reading order."""

    type: BlockType = attrs.field(
        metadata=doc(
            "what the piece is; a figure's text is its caption, a list's or table's has one item or row a line; "
            "the article's own byline is no block but the field `byline`"
        )
    )
    text: str = attrs.field(metadata=doc("the words, NFC, white space folded"))


@attrs.frozen(kw_only=True)
class Contributor:
    """A person or desk named in the byline, with what it did."""

    name: str = attrs.field(metadata=doc("as a name: capitals are turned into a name's own"))
    role: Role = attrs.field(
        metadata=doc(
            "text: wrote; photo: took the pictures; collected: gathered from elsewhere; source: whom it was taken from"
        )
    )


@attrs.frozen(kw_only=True)
class Image:
    """A picture of the article."""

    url: str = attrs.field(metadata=doc("absolute address of the picture file"))
    caption: str | None = attrs.field(default=None, metadata=doc("the caption without its credit"))
    credit: str | None = attrs.field(default=None, metadata=doc("who took it, without the word Ảnh"))
    printed: str | None = attrs.field(
        default=None,
        metadata=doc(
            "caption and credit as the page prints them beside the picture; null where that is no more than `caption`"
        ),
    )
    position: int | None = attrs.field(
        default=None, metadata=doc("index in `body` of its figure block; null where it stands outside the body")
    )
    capture: CaptureRef | None = attrs.field(
        default=None, metadata=doc("the record of the picture itself; null where it could not be captured")
    )
    capture_missing: str | None = attrs.field(
        default=None,
        metadata=doc("why `capture` is null: missing, error, forbidden, no picture, or HTTP and its status"),
    )
    alt: str | None = attrs.field(default=None, metadata=doc("the alternative text of the img element"))
    width: int | None = attrs.field(default=None, metadata=doc("width that the page declares, in CSS pixels"))
    height: int | None = attrs.field(default=None, metadata=doc("height that the page declares, in CSS pixels"))
    exchanged: str | None = attrs.field(
        default=None,
        metadata=doc(
            "payload digest by which the picture is told from another that an earlier version shows under the same "
            "address; the line lacks this field where there was none"
        ),
    )


@attrs.frozen(kw_only=True)
class Embed:
    """A video, a recording or something else that the article shows from another address."""

    type: EmbedType = attrs.field(metadata=doc("what it is, judged by element and address"))
    url: str = attrs.field(metadata=doc("absolute address of the file or of the page that plays it"))
    position: int | None = attrs.field(
        default=None, metadata=doc("index in `body` of the block that it stands before; null where outside the body")
    )


@attrs.frozen(kw_only=True)
class FurtherPage:
    """A further page of an article that is printed over several."""

    url: str = attrs.field(metadata=doc("its address"))
    capture: CaptureRef | None = attrs.field(
        default=None, metadata=doc("the record it was read from; null where it was not read")
    )
    capture_missing: str | None = attrs.field(
        default=None,
        metadata=doc(
            "why it was not read; its words are not in `body` then; `unread`: it is archived, and could not be read yet"
        ),
    )


@attrs.frozen(kw_only=True)
class PageLayout:
    """From what template of the newspaper a page was made, and by what rules it was read."""

    template: str = attrs.field(metadata=doc("fingerprint of the markup around the headline, numbers left out"))
    rules: str | None = attrs.field(
        default=None, metadata=doc("fingerprint of the layout's rules and the program's version; null without rules")
    )


@attrs.frozen(kw_only=True)
class LaterReading:
    """What read a version again: its capture by other rules, or another capture on which the same was printed."""

    version: str = attrs.field(metadata=doc("content hash of the version, which stays that of its first reading"))
    content_hash: str = attrs.field(metadata=doc("what the content hash of this reading alone would be"))
    read_at: datetime = attrs.field(validator=aware, metadata=doc("when it was read"))
    extractor: str = attrs.field(metadata=doc("the program that read it, with its version"))
    rules: str | None = attrs.field(
        default=None, metadata=doc("sha256 of the newspaper's rules; null where it is read without rules")
    )
    cause: ReadingCause = attrs.field(
        default="rules",
        metadata=doc(
            "why it differs: rules: other rules; layout: another template of the page; address: another address of the "
            "article; beside: what stands beside the article, such as kicker, times and related articles"
        ),
    )
    record: str | None = attrs.field(
        default=None, metadata=doc("record that the version was read from; null where it is this reading's own")
    )
