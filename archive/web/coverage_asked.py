"""What the address of the coverage chart asks for, and addresses for asking otherwise; looks nothing up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, cast
from urllib.parse import urlencode

import attrs

from archive.coverage import Grain
from archive.web.asked import LONGEST_VALUE, Asked, choice_asked, day_asked

GRAINS = {"day": "Từng ngày", "month": "Từng tháng"}
# Years that both Python's calendar and the search index can hold with all their days
_FIRST_YEAR, _LAST_YEAR = 1700, 2259
PAGE = "/coverage"
# A search for more days than these is held against months
_MANY_DAYS = 100


@attrs.frozen(kw_only=True)
class CoverageAsked:
    """A chart as its address says it. `wrong` holds what could not be read, in words for the reader."""

    newspaper: str = ""
    section: str = ""
    since: date | None = None
    until: date | None = None
    by: Grain = "day"
    wrong: tuple[str, ...] = ()

    @classmethod
    def read(cls, values: Mapping[str, str]) -> CoverageAsked:
        """The chart that these query parameters ask for."""
        wrong: list[str] = []
        newspaper, section = (values.get(name, "").strip()[: LONGEST_VALUE + 1] for name in ("newspaper", "section"))
        since, until = (day_asked(values.get(name, ""), wrong) for name in ("from", "to"))
        if any(day and not _FIRST_YEAR <= day.year <= _LAST_YEAR for day in (since, until)):
            wrong.append(f"Năm phải từ {_FIRST_YEAR} đến {_LAST_YEAR}.")
        elif since and until and until < since:
            wrong.append("“Từ ngày” phải trước “Đến ngày”.")
        by = choice_asked(values, "by", GRAINS, "day", wrong)
        return cls(
            newspaper=newspaper, section=section, since=since, until=until, by=cast(Grain, by), wrong=tuple(wrong)
        )

    @classmethod
    def of_search(cls, asked: Asked) -> CoverageAsked:
        """The chart of the papers, sections and days that a search was narrowed to."""
        is_long = bool(asked.since and asked.until and (asked.until - asked.since).days > _MANY_DAYS)
        return cls(
            newspaper=asked.newspaper,
            section=asked.section,
            since=asked.since,
            until=asked.until,
            by="month" if is_long else "day",
        )

    def address(self, path: str = PAGE, **changes: Any) -> str:
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
