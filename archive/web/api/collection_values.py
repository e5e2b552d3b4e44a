"""The answers of the API about the collection: its runs, alarms and coverage."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel, Field

from archive.catalog import Run
from archive.health.evaluation import Standing
from archive.web.coverage.view import Chart


class RunAnswer(BaseModel):
    """A crawl."""

    name: str
    newspaper: str
    started_at: datetime
    finished_at: datetime | None
    outcome: str | None = Field(description="null while it runs; interrupted where its process was killed")
    software: str
    counts: dict[str, int]
    job: str | None
    retry_of: str | None = Field(default=None, description="the name of the scheduled run that it makes up for")

    @classmethod
    def of(cls, run: Run, outcome: str) -> RunAnswer:
        """The run's values, with its outcome as `outcome_of` says it."""
        return cls(
            name=run.name, newspaper=run.newspaper, started_at=run.started_at, finished_at=run.finished_at,
            outcome=None if outcome == "running" else outcome, software=run.software, counts=run.counts, job=run.job,
            retry_of=run.retry_of,
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
