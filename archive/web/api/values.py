"""The answers of the API: their fields, as its OpenAPI description documents them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, Field

from archive.catalog import Run, Version
from archive.health.evaluation import Standing
from archive.search.query import Hit, Results
from archive.search.timeline import Timeline
from archive.sets.check import SetFinding
from archive.sets.files import FrozenSet, ListedSet
from archive.web.coverage.view import Chart


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
            with_pictures=facets.with_pictures, changed=facets.changed,
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


class ArticleAnswer(BaseModel):
    """An article in one version, and all its versions."""

    article: dict[str, Any] = Field(description="the item as released, in the schema of `baotinh schema`")
    version: VersionAnswer
    versions: list[VersionAnswer] = Field(description="oldest first")


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


class RunAnswer(BaseModel):
    """A crawl."""

    name: str
    newspaper: str
    started_at: datetime
    finished_at: datetime | None
    outcome: str | None = Field(description="null while it runs")
    software: str
    counts: dict[str, int]
    job: str | None

    @classmethod
    def of(cls, run: Run) -> RunAnswer:
        """The run's values."""
        return cls(
            name=run.name, newspaper=run.newspaper, started_at=run.started_at, finished_at=run.finished_at,
            outcome=run.outcome, software=run.software, counts=run.counts, job=run.job,
        )  # fmt: skip


class RunsAnswer(BaseModel):
    """A page of the runs, newest first."""

    runs: list[RunAnswer]
    next: str | None = Field(description="cursor of the next page; null on the last")


class Acknowledgement(BaseModel):
    """Since when nobody is reminded of an alarm, and why."""

    at: datetime
    reason: str


class MuteAnswer(BaseModel):
    """Until when nobody is notified of an alarm, and why."""

    until: datetime
    reason: str


class AlarmAnswer(BaseModel):
    """An alarm that applies now."""

    kind: str
    newspaper: str | None
    subject: str
    detail: str
    raised_at: datetime | None = Field(description="null where it was not recorded yet")
    acknowledged: Acknowledgement | None = Field(default=None, description="null where nobody acknowledged it")
    muted: MuteAnswer | None = Field(default=None, description="null where it is not muted")

    @classmethod
    def of(cls, one: Standing) -> AlarmAnswer:
        """The alarm's values."""
        alarm, record, mute = one.alarm, one.record, one.mute
        acknowledged = record.acknowledged_at if record else None
        return cls(
            kind=alarm.kind,
            newspaper=alarm.newspaper,
            subject=alarm.subject,
            detail=alarm.detail,
            raised_at=one.since,
            acknowledged=Acknowledgement(at=acknowledged, reason=(record and record.acknowledgement) or "")
            if acknowledged
            else None,
            muted=MuteAnswer(until=mute.ends_at, reason=mute.reason) if mute else None,
        )


class HealthAnswer(BaseModel):
    """The alarms that apply now; an empty list where all is well."""

    alarms: list[AlarmAnswer]


class CoveragePoint(BaseModel):
    """A day or month of a section."""

    first: date
    articles: int
    state: str = Field(description="held, empty, partly or never: see the documents on coverage")
    covered: float = Field(description="share of the time that was read without a gap, 0 to 1")


class CoverageRow(BaseModel):
    """A section, or a newspaper where none is named."""

    newspaper: str
    section: str | None
    points: list[CoveragePoint]


class CoverageAnswer(BaseModel):
    """What the archive holds of each section by day or month, and where nothing was published."""

    by: str
    rows: list[CoverageRow]

    @classmethod
    def of(cls, chart: Chart) -> CoverageAnswer:
        """The chart's values."""
        rows = [
            CoverageRow(
                newspaper=row.newspaper,
                section=row.section,
                points=[
                    CoveragePoint(
                        first=column.first, articles=cell.articles, state=cell.state, covered=round(cell.covered, 4)
                    )
                    for column, cell in zip(chart.columns, row.cells, strict=True)
                ],
            )
            for row in chart.rows
        ]
        return cls(by=chart.query.by, rows=rows)


class FrequencyAnswer(BaseModel):
    """A term in one period, and what is held of the period under the same filters."""

    term: str | None
    scope: str | None
    newspaper: str | None = Field(description="null where all newspapers are counted together")
    first: date = Field(description="the first day of the period")
    found: int = Field(description="articles that a search for the term finds")
    occurrences: int
    articles: int = Field(description="articles held")
    syllables: int
    pictures: int
    per_million: float | None = Field(description="occurrences in a million syllables held")
    per_article: float | None
    pictures_per_article: float | None


class CollocateAnswer(BaseModel):
    """A word, or a pair of words, that is more frequent near the term than elsewhere."""

    words: str
    near: int
    elsewhere: int
    expected: float
    log_likelihood: float


class CollocationsAnswer(BaseModel):
    """The words near a term, the strongest first."""

    term: str
    scope: str
    window: int
    articles: int
    occurrences: int
    near: int = Field(description="all words near the term")
    elsewhere: int = Field(description="all words elsewhere")
    collocates: list[CollocateAnswer]


class SetAnswer(BaseModel):
    """A frozen set: the search that found it, and its own hash."""

    name: str
    created_at: str
    software: str
    query: str
    scope: str
    within: str
    filters: dict[str, Any]
    count: int
    hash: str

    @classmethod
    def of(cls, frozen: FrozenSet | ListedSet) -> SetAnswer:
        """The set's values."""
        return cls(**{name: getattr(frozen, name) for name in cls.model_fields})


class SetArticle(BaseModel):
    """An article of a set in the version that was frozen."""

    id: str
    version: str


class SetArticlesAnswer(BaseModel):
    """A page of a set's articles."""

    set: SetAnswer
    articles: list[SetArticle]
    next: str | None = Field(description="cursor of the next page; null on the last")


class SetDifference(BaseModel):
    """An article that differs from the set."""

    fault: str = Field(description="missing, changed or withdrawn")
    id: str
    version: str = Field(description="the frozen one")
    latest: str | None = Field(description="of a changed article, its version of today")
    is_held: bool = Field(description="whether the frozen version is held")
    since: str | None = Field(description="of a withdrawn article, since when")

    @classmethod
    def of(cls, finding: SetFinding) -> SetDifference:
        """The finding's values."""
        return cls(
            fault=finding.fault.value, id=finding.id, version=finding.version, latest=finding.latest,
            is_held=finding.is_held, since=finding.since,
        )  # fmt: skip


class SetDifferencesAnswer(BaseModel):
    """A page of the differences between a set and the archive."""

    differences: list[SetDifference]
    next: str | None = Field(description="cursor of the next page; null on the last")
