"""The answers of the API about articles, and refusals: their fields, as its OpenAPI description documents them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import attrs
from pydantic import BaseModel, Field

from archive.catalog import Version
from archive.catalog.other_addresses import ArticleAddress
from archive.catalog.readings import NumberedReading
from archive.search.query import Hit, Results
from archive.search.timeline import Timeline


class Problem(BaseModel):
    """Why a request was refused."""

    code: str = Field(description="what is wrong, as a code", examples=["quote_open"])
    message: str = Field(description="what is wrong, in English")
    part: str | None = Field(default=None, description="the part of the query at fault")
    literal: str | None = Field(default=None, description="the query as plain words, where it has any")


class Piece(BaseModel):
    """A stretch of a text."""

    text: str
    is_hit: bool = Field(description="whether it is what was searched for")


def pieces_of(found: Iterable[tuple[str, bool]]) -> list[Piece]:
    """A text with what was found in it."""
    return [Piece(text=text, is_hit=is_hit) for text, is_hit in found]


class FoundArticle(BaseModel):
    """An article that a search found."""

    id: str = Field(examples=["baocantho:194306"])
    version: str = Field(description="the content hash of the version that was found")
    newspaper: str
    section: str | None
    language: str = Field(description="BCP 47 tag")
    title: list[Piece]
    snippet: list[Piece]
    lead: str | None
    authors: list[str]
    source: str | None = Field(description="the agency or newspaper it was taken from")
    published_at: datetime
    url: str
    score: float = Field(description="0 where the order is not by relevance")
    picture: str | None = Field(description="record id of the picture: the one whose caption was found, else the first")

    @classmethod
    def of(cls, hit: Hit) -> FoundArticle:
        """The hit's values."""
        return cls(
            id=hit.id, version=hit.version, newspaper=hit.newspaper, section=hit.section, lead=hit.lead,
            language=hit.language,
            title=pieces_of(hit.title_pieces), snippet=pieces_of(hit.snippet),
            authors=list(hit.authors), source=hit.source, published_at=hit.published_at, url=hit.url, score=hit.score,
            picture=hit.picture.record_id if hit.picture else None,
        )  # fmt: skip


class Count(BaseModel):
    """How many articles of a search have a value."""

    value: str
    count: int
    newspapers: list[Count] = Field(
        default=[], description="of a section that several newspapers have: each newspaper's articles"
    )


class FacetCounts(BaseModel):
    """How many articles of a search each value has, the largest first; months and years in the order of time."""

    newspapers: list[Count]
    provinces: list[Count] = Field(description="provinces of today")
    provinces_before: list[Count] = Field(description="provinces before July 2025; a newspaper may count for several")
    sections: list[Count]
    authors: list[Count]
    sources: list[Count]
    languages: list[Count] = Field(description="by code: vi, en, km")
    months: list[Count] = Field(description="as 2026-01")
    years: list[Count]
    with_pictures: int
    changed: int = Field(description="articles of which the archive holds several versions")
    kinds: list[Count] = Field(description="kinds of change, silent among them; an article may count for several")
    reprinted: int = Field(description="articles that print a text with others")

    @classmethod
    def of(cls, results: Results) -> FacetCounts:
        """The counts of a search."""
        facets = results.facets
        return cls(
            newspapers=_counts(facets.newspapers), provinces=_counts(facets.provinces),
            provinces_before=_counts(facets.provinces_before),
            sections=[
                Count(value=one.name, count=one.count, newspapers=_counts(one.newspapers)) for one in facets.sections
            ],
            authors=_counts(facets.authors), sources=_counts(facets.sources),
            languages=_counts(facets.languages),
            months=_counts({f"{month // 100}-{month % 100:02}": count for month, count in facets.months.items()}),
            years=_counts({str(year): count for year, count in facets.years.items()}),
            with_pictures=facets.with_pictures, changed=facets.changed, kinds=_counts(facets.kinds),
            reprinted=facets.reprinted,
        )  # fmt: skip


def _counts(counts: dict[str, int]) -> list[Count]:
    return [Count(value=value, count=count) for value, count in counts.items()]


class SearchAnswer(BaseModel):
    """A page of the articles that a search found. All counts but `typed` and `folded` are of `scope`."""

    scope: str = Field(description="typed: words as typed; folded: without marks")
    total: int
    typed: int = Field(description="articles that match as typed")
    folded: int = Field(description="articles that match without marks")
    articles: list[FoundArticle]
    facets: FacetCounts
    former: list[FoundArticle] | None = Field(
        description="with all_versions: former versions that match where the article's latest does not; else null"
    )
    next: str | None = Field(description="cursor of the next page; null on the last")
    behind: int = Field(description="versions that are not indexed yet")


class TimelinePoint(BaseModel):
    """A day, month or year."""

    first: date
    found: int = Field(description="articles found")
    held: int = Field(description="articles that the archive holds under the same filters")
    share: float | None = Field(description="found of held; null where none is held")
    read: float = Field(
        description="share of the period of which the lists of these newspapers and sections were read without a gap"
    )


class TimelineAnswer(BaseModel):
    """Articles by the time of their publication, from the first to the last that was found."""

    grain: str = Field(description="day, month or year")
    points: list[TimelinePoint]

    @classmethod
    def of(cls, timeline: Timeline) -> TimelineAnswer:
        """The timeline's values."""
        points = [
            TimelinePoint(first=one.first, found=one.found, held=one.held, share=one.share, read=one.read)
            for one in timeline.points
        ]
        return cls(grain=timeline.grain, points=points)


class VersionAnswer(BaseModel):
    """A version of an article."""

    version: str = Field(description="its content hash")
    captured_at: datetime
    record_id: str

    @classmethod
    def of(cls, version: Version) -> VersionAnswer:
        """The version's values."""
        return cls(version=version.content_hash, captured_at=version.captured_at, record_id=version.record_id)


class ReadingAnswer(BaseModel):
    """A reading of a version: the first one, or a later one, by other rules or of another capture."""

    number: int = Field(description="from 1")
    read_at: datetime = Field(description="of the first: when the run began that released it")
    extractor: str = Field(description="the program that read it, with its version", examples=["baotinh/0.1.0"])
    rules: str | None = Field(description="sha256 of the newspaper's rules; null where it is not known")
    content_hash: str = Field(description="the hash of its own text")
    cause: str | None = Field(
        description="why it differs: rules, layout, address, beside (the article's text); null of the first"
    )
    record_id: str | None = Field(description="of the capture that was read, where that is not the version's")

    @classmethod
    def of(cls, reading: NumberedReading) -> ReadingAnswer:
        """The reading's values."""
        return cls(
            number=reading.number, read_at=reading.read_at, extractor=reading.extractor, rules=reading.rules,
            content_hash=reading.content_hash, cause=reading.cause, record_id=reading.record_id,
        )  # fmt: skip


class AddressAnswer(BaseModel):
    """An address of an article."""

    url: str
    first_seen_at: datetime
    fetched_at: datetime | None = Field(description="when it was fetched last; null: never, another stands for it")
    gone_at: datetime | None = Field(description="since when nothing is there")
    moved_to: str | None = Field(description="where it redirects to")

    @classmethod
    def of(cls, address: ArticleAddress) -> AddressAnswer:
        """The address's values."""
        return cls(**attrs.asdict(address))


class ArticleAnswer(BaseModel):
    """An article in one version, and all its versions."""

    article: dict[str, Any] = Field(description="the item, in the schema of `baotinh schema`")
    version: VersionAnswer
    versions: list[VersionAnswer] = Field(description="oldest first")
    reading: int = Field(description="which reading of the version `article` is")
    readings: list[ReadingAnswer] = Field(description="of this version, oldest first")
    addresses: list[AddressAnswer] = Field(description="all of the article's, the one that was seen first first")


class SimilarArticle(BaseModel):
    """An article that is like another one; the most alike comes first."""

    id: str
    newspaper: str
    language: str = Field(description="BCP 47 tag")
    title: str
    published_at: datetime
    picture: str | None = Field(description="record id of its first picture that is held")
    score: float


class NewspaperAnswer(BaseModel):
    """A newspaper of the archive."""

    name: str
    title: str | None
    province: str | None = Field(description="of today")
    provinces_before: list[str] = Field(description="before July 2025")
    hosts: list[str]
