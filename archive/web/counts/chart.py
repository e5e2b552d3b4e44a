"""The chart of counts as inline SVG: a line for each term and newspaper, with gaps where nothing is held."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import date

import attrs

from archive.count.frequencies import Frequency
from archive.language.forms import brief, decimal, number, percent
from archive.search.timeline import Grain, period_after, period_end
from archive.web.queries.counts import CountsQuery

WIDTH, HEIGHT = 720, 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 8, 10, 26
_FEWEST_BETWEEN_LABELS = 64  # units of the chart's width
_GRID = 4
_MOST_PERIODS = 4000
MOST_LINES = 8
"""Lines of one chart; the table has all."""
_MOST_SIGNS = 60


@attrs.frozen(kw_only=True)
class Dot:
    """A value of a line: its place, its period, and its value as it is printed."""

    x: float
    y: float
    label: str
    value: str
    first: date
    last: date


@attrs.frozen(kw_only=True)
class Line:
    """A line: its number, which gives its colour and dashes, and runs of neighbouring dots."""

    number: int
    term: str
    newspaper: str | None
    runs: tuple[tuple[Dot, ...], ...]

    @property
    def paths(self) -> Iterator[str]:
        """The points of each run of two dots or more, as SVG writes them."""
        for run in self.runs:
            if len(run) > 1:
                yield " ".join(f"{dot.x},{dot.y}" for dot in run)

    @property
    def dots(self) -> Iterator[Dot]:
        """All dots."""
        for run in self.runs:
            yield from run


@attrs.frozen(kw_only=True)
class Chart:
    """The chart: lines, labels of periods below (place and text), values at the left (place and text)."""

    lines: tuple[Line, ...]
    labels: tuple[tuple[float, str], ...]
    grid: tuple[tuple[float, str], ...]
    left_out: int
    has_signs: bool
    """Whether each value is marked: not where they stand too close."""
    width: int = WIDTH
    height: int = HEIGHT
    left: int = _LEFT
    right: int = WIDTH - _RIGHT
    base: int = HEIGHT - _BOTTOM


def value_of(row: Frequency, measure: str) -> float | None:
    """The number that a measure shows of a row; None where nothing is held."""
    if measure == "share":
        return row.found / row.articles if row.articles else None
    if measure in {"occurrences", "found"}:
        return float(getattr(row, measure)) if row.articles else None
    return row.per_million if measure == "per_million" else row.per_article


def printed(value: float | None, measure: str) -> str:
    """A value as it is printed."""
    if value is None:
        return "–"
    if measure == "share":
        return percent(value)
    if measure in {"occurrences", "found"} or value >= 1000:
        return number(round(value))
    return decimal(value, 3 if measure == "per_article" else 1)


def draw(rows: Sequence[Frequency], query: CountsQuery) -> Chart:
    """The chart of the rows, from the first period of which anything is held to the last."""
    periods = list(_periods(min(row.first for row in rows), max(row.first for row in rows), query.by))
    names = list(dict.fromkeys((row.term or "", row.newspaper) for row in rows))
    values = {(row.term or "", row.newspaper, row.first): value_of(row, query.measure) for row in rows}
    shown = names[:MOST_LINES]
    most = max((values.get((*name, first)) or 0.0 for name in shown for first in periods), default=0.0)
    top = _round_up(max(most, _GRID) if query.measure in {"occurrences", "found"} else most)
    step = (WIDTH - _LEFT - _RIGHT) / max(1, len(periods))
    lines = [
        Line(
            number=nth, term=term, newspaper=newspaper,
            runs=tuple(_runs(periods, [values.get((term, newspaper, first)) for first in periods], step, top, query)),
        )
        for nth, (term, newspaper) in enumerate(shown, 1)
    ]  # fmt: skip
    grid = [(_y(top * part / _GRID, top), _on_grid(top * part / _GRID, query.measure)) for part in range(_GRID + 1)]
    return Chart(
        lines=tuple(lines), labels=tuple(_labels(periods, step, query.by)), grid=tuple(grid),
        left_out=len(names) - len(shown), has_signs=max(sum(1 for _ in line.dots) for line in lines) <= _MOST_SIGNS,
    )  # fmt: skip


def _on_grid(value: float, measure: str) -> str:
    return number(round(value)) if measure != "share" and value == round(value) else printed(value, measure)


def _periods(first: date, last: date, grain: Grain) -> Iterator[date]:
    for _ in range(_MOST_PERIODS):
        yield first
        first = period_after(first, grain)
        if first > last:
            return


def _runs(
    periods: Sequence[date], values: Sequence[float | None], step: float, top: float, query: CountsQuery
) -> Iterator[tuple[Dot, ...]]:
    run: list[Dot] = []
    for nth, (first, value) in enumerate(zip(periods, values, strict=True)):
        if value is None:
            if run:
                yield tuple(run)
            run = []
            continue
        x = round(_LEFT + (nth + 0.5) * step, 2)
        run.append(
            Dot(
                x=x, y=_y(value, top), label=brief(first, query.by), value=printed(value, query.measure),
                first=first, last=period_end(first, query.by),
            )
        )  # fmt: skip
    if run:
        yield tuple(run)


def _y(value: float, top: float) -> float:
    return round(HEIGHT - _BOTTOM - (HEIGHT - _TOP - _BOTTOM) * value / top, 2)


def _round_up(value: float) -> float:
    """The next 2, 4, 8 or 12 times a power of ten: quarters of it are plain numbers."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(power * step for step in (2, 4, 8, 12) if power * step >= value)


def _labels(periods: Sequence[date], step: float, grain: Grain) -> Iterator[tuple[float, str]]:
    every = max(1, math.ceil(_FEWEST_BETWEEN_LABELS / step))
    for nth in range(0, len(periods), every):
        middle = _LEFT + (nth + 0.5) * step
        if middle <= WIDTH - 25 or len(periods) == 1:
            yield round(middle, 1), brief(periods[nth], grain)
