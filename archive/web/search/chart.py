"""The timeline of a search as an inline SVG chart: one bar for each day, month or year, with its numbers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Literal

import attrs

from archive.coverage import read_percent
from archive.language.forms import brief
from archive.search.timeline import Point, Timeline, period_end

WIDTH, HEIGHT = 720, 160
_TOP, _BOTTOM = 8, 24
_PLOT = HEIGHT - _TOP - _BOTTOM
# Units of the chart's width
_FEWEST_BETWEEN_LABELS, _OF_A_LETTER = 60, 7
_WIDEST_BAR = 40.0


@attrs.frozen(kw_only=True)
class Bar:
    """A bar of the chart: its place in units of the chart, and its period. `gap` bars stand where nothing is held.

    `step` is the place and the width of its period: what was not crawled is marked without gaps between periods.
    """

    x: float
    y: float
    width: float
    height: float
    point: Point
    label: str
    last: date
    step: tuple[float, float]

    @property
    def coverage(self) -> Literal["never", "partly", "read"]:
        """Whether the period was crawled."""
        return "never" if self.point.read <= 0 else "partly" if self.point.read < 1 else "read"

    @property
    def read(self) -> str:
        """The share of the period that was read, in per cent."""
        return read_percent(self.point.read)

    @property
    def is_gap(self) -> bool:
        """Whether the archive holds nothing of the period."""
        return not self.point.held


@attrs.frozen(kw_only=True)
class Chart:
    """The chart: its bars, the labels below them (place and text), and the value at its top."""

    bars: tuple[Bar, ...]
    labels: tuple[tuple[float, str], ...]
    most: int
    is_share: bool
    timeline: Timeline

    width: int = WIDTH
    height: int = HEIGHT
    base: int = HEIGHT - _BOTTOM


def draw(timeline: Timeline, *, is_share: bool = False) -> Chart:
    """The chart of a timeline, of the articles found or of their share of those held."""
    points = timeline.points
    values = [(point.share or 0.0) if is_share else float(point.found) for point in points]
    most = max(values, default=0.0) or 1.0
    step = WIDTH / max(1, len(points))
    width = min(step * 0.82, _WIDEST_BAR)
    bars = [
        Bar(
            x=round(nth * step + (step - width) / 2, 2),
            # what is found at all can be seen
            y=round(_TOP + _PLOT - (height := max(1.5, _PLOT * value / most) if value else 0.0), 2),
            width=round(max(width, 0.8), 2),
            height=round(height, 2),
            point=point,
            label=brief(point.first, timeline.grain),
            last=period_end(point.first, timeline.grain),
            step=(round(nth * step, 2), round(step, 2)),
        )
        for nth, (point, value) in enumerate(zip(points, values, strict=True))
    ]
    return Chart(
        bars=tuple(bars),
        labels=tuple(_labels(bars, step)),
        most=max((point.found for point in points), default=0),
        is_share=is_share,
        timeline=timeline,
    )


def _labels(bars: list[Bar], step: float) -> Iterator[tuple[float, str]]:
    longest = max((len(bar.label) for bar in bars), default=0)
    every = max(1, round(max(_FEWEST_BETWEEN_LABELS, _OF_A_LETTER * longest) / step + 0.5))
    for nth in range(0, len(bars), every):
        middle = (nth + 0.5) * step
        if 25 <= middle <= WIDTH - 25 or len(bars) == 1:
            yield round(middle, 1), bars[nth].label
