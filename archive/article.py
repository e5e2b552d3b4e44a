"""The item: one article as one capture showed it, and its JSON form."""

from __future__ import annotations

import copy
import functools
import hashlib
import json
import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, TypeVar

import attrs
import cattrs
import orjson
from cattrs.gen import make_dict_structure_fn

from archive.identity import address_key, may_be_same
from archive.printable import escaped

SCHEMA_VERSION = 2
_BY_ADDRESS = re.compile(r"~[0-9a-f]{16}")

BlockType = Literal["paragraph", "heading", "figure", "quote", "list", "table", "related", "byline"]
Role = Literal["text", "photo", "collected", "source"]
Precision = Literal["day", "minute"]
EmbedType = Literal["video", "audio", "other"]
ReadingCause = Literal["rules", "layout", "address", "beside"]


def _doc(text: str) -> dict[str, str]:
    return {"doc": text}


def _aware(_instance: object, attribute: attrs.Attribute[Any], value: datetime | None) -> None:
    if value is not None and value.utcoffset() is None:
        raise ValueError(f"{attribute.name} needs an offset from UTC, got {value.isoformat()}")


@attrs.frozen(kw_only=True)
class CaptureRef:
    """The place of a capture's record. Until the record is on disk only `record_id` is known."""

    record_id: str = attrs.field(metadata=_doc("WARC-Record-ID of the response or revisit record, urn:uuid:..."))
    file: str | None = attrs.field(default=None, metadata=_doc("name of the WARC file within the collection"))
    offset: int | None = attrs.field(default=None, metadata=_doc("byte at which the record's gzip member starts"))
    length: int | None = attrs.field(default=None, metadata=_doc("bytes of the record's gzip member"))
    payload_digest: str | None = attrs.field(
        default=None, metadata=_doc("digest of the payload (ISO 28500, 5.9), algorithm:value")
    )


@attrs.frozen(kw_only=True)
class Block:
    """One piece of the body, in reading order."""

    type: BlockType = attrs.field(
        metadata=_doc(
            "what the piece is; a figure's text is its caption, a list's or table's has one item or row a line; "
            "the article's own byline is no block but the field `byline`"
        )
    )
    text: str = attrs.field(metadata=_doc("the words, NFC, white space folded"))


@attrs.frozen(kw_only=True)
class Contributor:
    """A person or desk named in the byline, with what it did."""

    name: str = attrs.field(metadata=_doc("as a name: capitals are turned into a name's own"))
    role: Role = attrs.field(
        metadata=_doc(
            "text: wrote; photo: took the pictures; collected: gathered from elsewhere; source: whom it was taken from"
        )
    )


@attrs.frozen(kw_only=True)
class Image:
    """A picture of the article."""

    url: str = attrs.field(metadata=_doc("absolute address of the picture file"))
    caption: str | None = attrs.field(default=None, metadata=_doc("the caption without its credit"))
    credit: str | None = attrs.field(default=None, metadata=_doc("who took it, without the word Ảnh"))
    printed: str | None = attrs.field(
        default=None,
        metadata=_doc(
            "caption and credit as the page prints them beside the picture; null where that is no more than `caption`"
        ),
    )
    position: int | None = attrs.field(
        default=None, metadata=_doc("index in `body` of its figure block; null where it stands outside the body")
    )
    capture: CaptureRef | None = attrs.field(
        default=None, metadata=_doc("the record of the picture itself; null where it could not be captured")
    )
    capture_missing: str | None = attrs.field(
        default=None,
        metadata=_doc("why `capture` is null: missing, error, forbidden, no picture, or HTTP and its status"),
    )
    alt: str | None = attrs.field(default=None, metadata=_doc("the alternative text of the img element"))
    width: int | None = attrs.field(default=None, metadata=_doc("width that the page declares, in CSS pixels"))
    height: int | None = attrs.field(default=None, metadata=_doc("height that the page declares, in CSS pixels"))
    exchanged: str | None = attrs.field(
        default=None,
        metadata=_doc(
            "payload digest by which the picture is told from another that an earlier version shows under the same "
            "address; the line lacks this field where there was none"
        ),
    )


@attrs.frozen(kw_only=True)
class Embed:
    """A video, a recording or something else that the article shows from another address."""

    type: EmbedType = attrs.field(metadata=_doc("what it is, judged by element and address"))
    url: str = attrs.field(metadata=_doc("absolute address of the file or of the page that plays it"))
    position: int | None = attrs.field(
        default=None, metadata=_doc("index in `body` of the block that it stands before; null where outside the body")
    )


@attrs.frozen(kw_only=True)
class FurtherPage:
    """A further page of an article that is printed over several."""

    url: str = attrs.field(metadata=_doc("its address"))
    capture: CaptureRef | None = attrs.field(
        default=None, metadata=_doc("the record it was read from; null where it was not read")
    )
    capture_missing: str | None = attrs.field(
        default=None,
        metadata=_doc(
            "why it was not read; its words are not in `body` then; `unread`: it is archived, and could not be read yet"
        ),
    )


@attrs.frozen(kw_only=True)
class PageLayout:
    """From what template of the newspaper a page was made, and by what rules it was read."""

    template: str = attrs.field(metadata=_doc("fingerprint of the markup around the headline, numbers left out"))
    rules: str | None = attrs.field(
        default=None, metadata=_doc("fingerprint of the layout's rules and the program's version; null without rules")
    )


@attrs.frozen(kw_only=True)
class LaterReading:
    """What read a version again: its capture by other rules, or another capture on which the same was printed."""

    version: str = attrs.field(metadata=_doc("content hash of the version, which stays that of its first reading"))
    content_hash: str = attrs.field(metadata=_doc("what the content hash of this reading alone would be"))
    read_at: datetime = attrs.field(validator=_aware, metadata=_doc("when it was read"))
    extractor: str = attrs.field(metadata=_doc("the program that read it, with its version"))
    rules: str | None = attrs.field(
        default=None, metadata=_doc("sha256 of the newspaper's rules; null where it is read without rules")
    )
    cause: ReadingCause = attrs.field(
        default="rules",
        metadata=_doc(
            "why it differs: rules: other rules; layout: another template of the page; address: another address of the "
            "article; beside: what stands beside the article, such as kicker, times and related articles"
        ),
    )
    record: str | None = attrs.field(
        default=None, metadata=_doc("record that the version was read from; null where it is this reading's own")
    )


@attrs.frozen(kw_only=True)
class Article:
    """One article as one capture showed it. A field that could not be read is null, its reason in `missing`."""

    newspaper: str = attrs.field(metadata=_doc("the declaration's name, such as baocantho"))
    article_id: str | None = attrs.field(
        default=None, metadata=_doc("the paper's own id, taken from the address; what duplicates are judged by")
    )
    url: str = attrs.field(metadata=_doc("the address that was captured"))
    canonical_url: str | None = attrs.field(default=None, metadata=_doc("the address that the page calls its own"))
    section: str | None = attrs.field(default=None, metadata=_doc("name of the newspaper's section"))
    kicker: str | None = attrs.field(default=None, metadata=_doc("the line above the title, as printed"))
    title: str = attrs.field(metadata=_doc("the headline"))
    lead: str | None = attrs.field(default=None, metadata=_doc("the sapo; also first block where it opens the body"))
    body: tuple[Block, ...] = attrs.field(default=(), metadata=_doc("the text and figures in reading order"))
    authors: tuple[str, ...] = attrs.field(default=(), metadata=_doc("names of those who wrote"))
    contributors: tuple[Contributor, ...] = attrs.field(
        default=(), metadata=_doc("everyone whom the byline names, with roles")
    )
    source: str | None = attrs.field(default=None, metadata=_doc("agency or paper it was taken from, such as TTXVN"))
    byline: str | None = attrs.field(default=None, metadata=_doc("the byline as printed"))
    published_at: datetime = attrs.field(
        validator=_aware, metadata=_doc("when the paper says it appeared, with its offset")
    )
    modified_at: datetime | None = attrs.field(
        default=None, validator=_aware, metadata=_doc("when the paper says it was last changed, with its offset")
    )
    captured_at: datetime = attrs.field(
        validator=_aware, metadata=_doc("WARC-Date of the capture: when the fetch began")
    )
    images: tuple[Image, ...] = attrs.field(default=(), metadata=_doc("the pictures in reading order"))
    tags: tuple[str, ...] = attrs.field(default=(), metadata=_doc("the paper's own keywords"))
    language: str = attrs.field(default="vi", metadata=_doc("BCP 47 tag"))
    missing: dict[str, str] = attrs.field(
        factory=dict,
        metadata=_doc(
            "for each field that could not be read, the reason: a code, with a detail behind a space or none"
        ),
    )
    capture: CaptureRef | None = attrs.field(default=None, metadata=_doc("the record it was read from"))
    schema_version: int = attrs.field(default=SCHEMA_VERSION, metadata=_doc("version of this schema"))
    # fields of version 2, with their values for items of version 1
    dateline: str | None = attrs.field(default=None, metadata=_doc("the code or place before the text, such as CTO"))
    published_text: str | None = attrs.field(default=None, metadata=_doc("the time of publication as printed"))
    published_precision: Precision | None = attrs.field(
        default=None, metadata=_doc("day where no clock time was given; `published_at` is then its first moment")
    )
    modified_text: str | None = attrs.field(default=None, metadata=_doc("the time of the last change as printed"))
    embeds: tuple[Embed, ...] = attrs.field(default=(), metadata=_doc("video and audio in reading order"))
    further_pages: tuple[FurtherPage, ...] = attrs.field(
        default=(), metadata=_doc("the pages behind the first of an article that is printed over several")
    )
    text_encoding: str | None = attrs.field(
        default=None, metadata=_doc("what the page's letters were read as, such as utf-8 or tcvn3")
    )
    confidence: dict[str, float] = attrs.field(
        factory=dict,
        metadata=_doc("for each field that was voted on, the share of such votes that were right on truth"),
    )
    doubts: dict[str, str] = attrs.field(
        factory=dict, metadata=_doc("for each field that should be looked at, why: a code and its values")
    )
    dom_capture: CaptureRef | None = attrs.field(
        default=None, metadata=_doc("the record of the page as scripts drew it, which was read in place of `capture`")
    )
    layout: PageLayout | None = attrs.field(
        default=None,
        metadata=_doc("what the page was made and read by; lines of earlier versions of the program lack this field"),
    )
    reading: LaterReading | None = attrs.field(
        default=None,
        metadata=_doc("only in a later reading of a version: what read it; the first reading's line lacks this field"),
    )
    id: str = attrs.field(init=False, metadata=_doc("newspaper:article_id, or newspaper:~hash of the address"))
    content_hash: str = attrs.field(
        init=False,
        metadata=_doc(
            "sha256 of kicker, title, lead, body, byline, time, captions and credits, and of the pictures' paths where "
            "the line has `layout`, with `exchanged` where a picture has it; of a later reading that of its version"
        ),
    )

    def captured(
        self,
        capture: CaptureRef | None,
        pictures: Sequence[CaptureRef | str | None],
        further: Sequence[CaptureRef | str | None] | None = None,
        dom: CaptureRef | None = None,
    ) -> Article:
        """The article with the places of its captures, or the reasons why there are none; its hash stays the same."""
        images = tuple(_placed(image, place) for image, place in zip(self.images, pictures, strict=True))
        placed = copy.copy(self)
        object.__setattr__(placed, "capture", capture)  # a new object may still be changed here
        object.__setattr__(placed, "images", images)
        if dom is not None:
            object.__setattr__(placed, "dom_capture", dom)
        if further is not None:
            pages = tuple(_placed(page, place) for page, place in zip(self.further_pages, further, strict=True))
            object.__setattr__(placed, "further_pages", pages)
        return placed

    def known_as(self, id: str) -> Article:
        """The article under the id that it has had since before its newspaper had its name."""
        other = copy.copy(self)
        object.__setattr__(other, "id", id)  # a new object may still be changed here
        return other

    def read_again(self, version: str, read_at: datetime, extractor: str, rules: str | None) -> Article:
        """The article as a later reading of the version with that content hash."""
        reading = LaterReading(
            version=version, content_hash=self.own_hash(), read_at=read_at, extractor=extractor, rules=rules
        )
        return attrs.evolve(self, reading=reading).known_as(self.id)

    def seen_again(self, version: str, record: str, cause: ReadingCause, extractor: str) -> Article:
        """The article as a reading of the version with that content hash and record, on which the same is printed."""
        said = LaterReading(
            version=version, content_hash=self.own_hash(), read_at=self.captured_at, extractor=extractor, cause=cause,
            record=record,
        )  # fmt: skip
        return attrs.evolve(self, reading=said).known_as(self.id)

    def of_version(self, version: str) -> Article:
        """The article as a version with that content hash, of which it is a repeated capture."""
        other = copy.copy(self)
        object.__setattr__(other, "content_hash", version)  # a new object may still be changed here
        return other

    @property
    def address(self) -> str:
        """The address by which it is known: the one that the page calls its own, where that may be, else its own."""
        named = self.canonical_url
        return named if named is not None and may_be_same(named, self.url) else self.url

    @property
    def former_ids(self) -> tuple[str, ...]:
        """The ids that earlier versions of the program gave to an article without an id of the newspaper's."""
        if self.article_id:
            return ()
        return tuple(dict.fromkeys(_id_by_address(self.newspaper, url) for url in (self.address, self.url)))

    @id.default
    def _make_id(self) -> str:
        if self.article_id:
            return f"{self.newspaper}:{self.article_id}"
        return _id_by_address(self.newspaper, address_key(self.address))

    @content_hash.default
    def _version_hash(self) -> str:
        return self.own_hash() if self.reading is None else self.reading.version

    def own_hash(self) -> str:
        """The hash of what it says itself: its `content_hash`, unless it is a later reading."""
        return self._hash_of(self.layout is not None or any(image.exchanged for image in self.images))

    def text_hash(self) -> str:
        """The hash of its own text alone, without its pictures: as the lines that have no `layout` have it."""
        return self._hash_of(with_pictures=False)

    def _hash_of(self, with_pictures: bool) -> str:
        said: list[Any] = [
            self.kicker, self.title, self.lead, self.byline, self.published_at.isoformat(),
            [[block.type, block.text] for block in self.body],
            [[image.caption, image.credit] for image in self.images],
        ]  # fmt: skip
        if with_pictures:
            said.append([_path_of(image.url) for image in self.images])
            if exchanged := [[nth, image.exchanged] for nth, image in enumerate(self.images) if image.exchanged]:
                said.append(exchanged)
        text = unicodedata.normalize("NFC", json.dumps(said, ensure_ascii=False, separators=(",", ":")))
        return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def _path_of(url: str) -> str:
    """The path of an address; hosts and parameters of one picture may change from look to look."""
    bare = url.partition("#")[0].partition("?")[0]
    return bare.partition("://")[2].partition("/")[2] or bare


def _id_by_address(newspaper: str, address: str) -> str:
    return f"{newspaper}:~{hashlib.sha256(address.encode()).hexdigest()[:16]}"


_Part = TypeVar("_Part", Image, FurtherPage)


def _placed(part: _Part, place: CaptureRef | str | None) -> _Part:
    if isinstance(place, str):
        return attrs.evolve(part, capture=None, capture_missing=place)
    return attrs.evolve(part, capture=place)


@functools.cache
def _converter() -> cattrs.Converter:
    converter = cattrs.Converter(forbid_extra_keys=True)
    converter.register_unstructure_hook(datetime, datetime.isoformat)
    converter.register_structure_hook(datetime, lambda value, _: datetime.fromisoformat(value))
    derived = {"id", "content_hash"}
    structure = make_dict_structure_fn(Article, converter, _cattrs_forbid_extra_keys=True)

    def structure_article(value: dict[str, Any], cls: type[Article]) -> Article:
        article: Article = structure({key: part for key, part in value.items() if key not in derived}, cls)
        kept = value.get("id")  # of a newspaper that was crawled by its address first: with its host's name
        if not isinstance(kept, str) or ":" not in kept:
            return article
        if article.reading is not None or kept.partition(":")[0] != article.newspaper:
            return article.known_as(kept)
        if article.article_id is None and _BY_ADDRESS.fullmatch(kept.partition(":")[2]):
            return article.known_as(kept)  # by the address under which it was found first
        return article

    converter.register_structure_hook(Article, structure_article)
    converter.register_unstructure_hook(
        Article,
        cattrs.gen.make_dict_unstructure_fn(Article, converter, _cattrs_include_init_false=True),
    )
    return converter


def to_dict(article: Article) -> dict[str, Any]:
    """The article as plain JSON values, in the order of `field_order`."""
    plain: dict[str, Any] = _converter().unstructure(article)
    for name in ("layout", "reading"):
        if plain[name] is None:
            del plain[name]
    for image in plain["images"]:
        if image["exchanged"] is None:
            del image["exchanged"]
    return {name: plain[name] for name in field_order() if name in plain}


def to_json(article: Article) -> str:
    """The article as one line of JSON in UTF-8, without the newline; control characters are escaped."""
    return escaped(json.dumps(to_dict(article), ensure_ascii=False, separators=(",", ":")))


def values_of(line: str | bytes) -> Any:
    """The plain values of a line of JSON; of integers those of 64 bits are exact.

    Raises:
        ValueError: it is none.
    """
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:  # half of a surrogate pair: an old line may have one
        return json.loads(line)


def from_json(line: str | bytes) -> Article:
    """The article that `to_json` wrote, in this version of the schema or an earlier one.

    Fields that an earlier version lacks have their defaults; `schema_version` is that of the line.

    Raises:
        ValueError, cattrs.BaseValidationError: the line is not such an article.
    """
    return article_of(values_of(line))


def article_of(values: Any) -> Article:
    """The article of plain JSON values, as `from_json`."""
    return _converter().structure(values, Article)


@functools.cache
def field_order() -> tuple[str, ...]:
    """Names of the article's fields in the order in which they are written: the id first."""
    names = [field.name for field in attrs.fields(Article)]
    return ("id", *(name for name in names if name != "id"))
