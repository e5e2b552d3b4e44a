"""The query in the address of a coverage chart, and addresses with changes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar, cast
from urllib.parse import urlencode

import attrs

from archive.coverage import Grain
from archive.language.catalogue import N_
from archive.web.queries.parameters import LONGEST_VALUE, parse_choice, parse_period
from archive.web.queries.search import SearchQuery

GRAINS = {"day": N_("Day by day"), "month": N_("Month by month")}
COVERAGE_PATH = "/coverage"
# For a search of more days than these the chart is by month
_MANY_DAYS = 100


@attrs.frozen(kw_only=True)
class CoverageQuery:
    """The query of a coverage chart, from its address. `wrong` has messages about parameters that are not valid."""

    FILTERS: ClassVar[tuple[str, ...]] = ("newspaper", "section", "since", "until")

    newspaper: str = ""
    section: str = ""
    since: date | None = None
    until: date | None = None
    by: Grain = "day"
    unread: Mapping[str, tuple[str, str]] = attrs.field(factory=dict)
    """Days that were typed and cannot be read; see `TypedPeriod`."""
    wrong: tuple[str, ...] = ()

    @classmethod
    def read(cls, values: Mapping[str, str]) -> CoverageQuery:
        """The chart that these query parameters ask for."""
        wrong: list[str] = []
        newspaper, section = (values.get(name, "").strip()[: LONGEST_VALUE + 1] for name in ("newspaper", "section"))
        period = parse_period(values, wrong)
        by = parse_choice(values, "by", GRAINS, "day", wrong)
        return cls(
            newspaper=newspaper, section=section, since=period.since, until=period.until, unread=period.unread,
            by=cast(Grain, by), wrong=tuple(wrong),
        )  # fmt: skip

    @classmethod
    def of_search(cls, query: SearchQuery) -> CoverageQuery:
        """The chart of the papers, sections and days that a search was narrowed to."""
        is_long = bool(query.since and query.until and (query.until - query.since).days > _MANY_DAYS)
        return cls(
            newspaper=query.newspaper,
            section=query.section,
            since=query.since,
            until=query.until,
            by="month" if is_long else "day",
        )

    def address(self, path: str = COVERAGE_PATH, **changes: Any) -> str:
        """The address of this chart with changes; of its table with `path` /coverage.csv or /api/coverage."""
        other = attrs.evolve(self, **changes)
        values = {
            "newspaper": other.newspaper,
            "section": other.section,
            "from": other.since.isoformat() if other.since else "",
            "to": other.until.isoformat() if other.until else "",
            "by": other.by if other.by != "day" else "",
        }
        query = urlencode({name: value for name, value in values.items() if value})
        return path + (f"?{query}" if query else "")
