"""The query in the address of a coverage chart, and addresses with changes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, cast
from urllib.parse import urlencode

import attrs

from archive.coverage import Grain
from archive.language.catalogue import N_, gettext
from archive.web.queries.parameters import LONGEST_VALUE, REVERSED, parse_choice, parse_day
from archive.web.queries.search import SearchQuery

GRAINS = {"day": N_("Day by day"), "month": N_("Month by month")}
COVERAGE_PATH = "/coverage"
# For a search of more days than these the chart is by month
_MANY_DAYS = 100


@attrs.frozen(kw_only=True)
class CoverageQuery:
    """The query of a coverage chart, from its address. `wrong` has messages about parameters that are not valid."""

    newspaper: str = ""
    section: str = ""
    since: date | None = None
    until: date | None = None
    by: Grain = "day"
    wrong: tuple[str, ...] = ()

    @classmethod
    def read(cls, values: Mapping[str, str]) -> CoverageQuery:
        """The chart that these query parameters ask for."""
        wrong: list[str] = []
        newspaper, section = (values.get(name, "").strip()[: LONGEST_VALUE + 1] for name in ("newspaper", "section"))
        since = parse_day(values.get("from", ""), wrong)
        until = parse_day(values.get("to", ""), wrong, is_end=True)
        if since and until and until < since:
            wrong.append(gettext(REVERSED))
        by = parse_choice(values, "by", GRAINS, "day", wrong)
        return cls(
            newspaper=newspaper, section=section, since=since, until=until, by=cast(Grain, by), wrong=tuple(wrong)
        )

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
