"""The item: one article as one capture showed it."""

from __future__ import annotations

import copy
import hashlib
import json
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar

import attrs

from archive.article.parts import (
    Block,
    CaptureRef,
    Contributor,
    Embed,
    FurtherPage,
    Image,
    LaterReading,
    PageLayout,
    Precision,
    ReadingCause,
    aware,
    doc,
)
from archive.identity import address_key, may_be_same

SCHEMA_VERSION = 2


@attrs.frozen(kw_only=True)
class Article:
    """One article as one capture showed it. A field that could not be read is null, its reason in `missing`."""

    newspaper: str = attrs.field(metadata=doc("the declaration's name, such as baocantho"))
    article_id: str | None = attrs.field(
        default=None, metadata=doc("the paper's own id, taken from the address; what duplicates are judged by")
    )
    url: str = attrs.field(metadata=doc("the address that was captured"))
    canonical_url: str | None = attrs.field(default=None, metadata=doc("the address that the page calls its own"))
    section: str | None = attrs.field(default=None, metadata=doc("name of the newspaper's section"))
    kicker: str | None = attrs.field(default=None, metadata=doc("the line above the title, as printed"))
    title: str = attrs.field(metadata=doc("the headline"))
    lead: str | None = attrs.field(default=None, metadata=doc("the sapo; also first block where it opens the body"))
    body: tuple[Block, ...] = attrs.field(default=(), metadata=doc("the text and figures in reading order"))
    authors: tuple[str, ...] = attrs.field(default=(), metadata=doc("names of those who wrote"))
    contributors: tuple[Contributor, ...] = attrs.field(
        default=(), metadata=doc("everyone whom the byline names, with roles")
    )
    source: str | None = attrs.field(default=None, metadata=doc("agency or paper it was taken from, such as TTXVN"))
    byline: str | None = attrs.field(default=None, metadata=doc("the byline as printed"))
    published_at: datetime = attrs.field(
        validator=aware, metadata=doc("when the paper says it appeared, with its offset")
    )
    modified_at: datetime | None = attrs.field(
        default=None, validator=aware, metadata=doc("when the paper says it was last changed, with its offset")
    )
    captured_at: datetime = attrs.field(validator=aware, metadata=doc("WARC-Date of the capture: when the fetch began"))
    images: tuple[Image, ...] = attrs.field(default=(), metadata=doc("the pictures in reading order"))
    tags: tuple[str, ...] = attrs.field(default=(), metadata=doc("the paper's own keywords"))
    language: str = attrs.field(default="vi", metadata=doc("BCP 47 tag"))
    missing: dict[str, str] = attrs.field(
        factory=dict,
        metadata=doc("for each field that could not be read, the reason: a code, with a detail behind a space or none"),
    )
    capture: CaptureRef | None = attrs.field(default=None, metadata=doc("the record it was read from"))
    schema_version: int = attrs.field(default=SCHEMA_VERSION, metadata=doc("version of this schema"))
    # fields of version 2, with their values for items of version 1
    dateline: str | None = attrs.field(default=None, metadata=doc("the code or place before the text, such as CTO"))
    published_text: str | None = attrs.field(default=None, metadata=doc("the time of publication as printed"))
    published_precision: Precision | None = attrs.field(
        default=None, metadata=doc("day where no clock time was given; `published_at` is then its first moment")
    )
    modified_text: str | None = attrs.field(default=None, metadata=doc("the time of the last change as printed"))
    embeds: tuple[Embed, ...] = attrs.field(default=(), metadata=doc("video and audio in reading order"))
    further_pages: tuple[FurtherPage, ...] = attrs.field(
        default=(), metadata=doc("the pages behind the first of an article that is printed over several")
    )
    text_encoding: str | None = attrs.field(
        default=None, metadata=doc("what the page's letters were read as, such as utf-8 or tcvn3")
    )
    confidence: dict[str, float] = attrs.field(
        factory=dict,
        metadata=doc("for each field that was voted on, the share of such votes that were right on truth"),
    )
    doubts: dict[str, str] = attrs.field(
        factory=dict, metadata=doc("for each field that should be looked at, why: a code and its values")
    )
    dom_capture: CaptureRef | None = attrs.field(
        default=None, metadata=doc("the record of the page as scripts drew it, which was read in place of `capture`")
    )
    layout: PageLayout | None = attrs.field(
        default=None,
        metadata=doc("what the page was made and read by; lines of earlier versions of the program lack this field"),
    )
    reading: LaterReading | None = attrs.field(
        default=None,
        metadata=doc("only in a later reading of a version: what read it; the first reading's line lacks this field"),
    )
    id: str = attrs.field(init=False, metadata=doc("newspaper:article_id, or newspaper:~hash of the address"))
    content_hash: str = attrs.field(
        init=False,
        metadata=doc(
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

    def told_apart(self) -> Article:
        """The article under an id by the address that was captured, whatever words and page say that it is."""
        other = attrs.evolve(self, article_id=None)
        return other.known_as(_id_by_address(self.newspaper, address_key(self.url)))

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
