"""The queries in the addresses of search, coverage chart and list of runs, and addresses with changes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, cast
from urllib.parse import urlencode

import attrs

from archive.coverage import Grain
from archive.web.run_wording import OUTCOMES

PAGE_SIZE = 20
LAST_PAGE = 500
ORDERS = {"relevance": "Phù hợp nhất", "newest": "Mới nhất", "oldest": "Cũ nhất"}
PLACES = {"text": "Toàn bài", "title": "Tựa bài", "captions": "Chú thích ảnh"}
LONGEST_VALUE = 1000


@attrs.frozen(kw_only=True)
class SearchQuery:
    """The query of a search, from its address. `wrong` has messages about parameters that are not valid."""

    q: str = ""
    newspaper: str = ""
    section: str = ""
    author: str = ""
    since: date | None = None
    until: date | None = None
    within: str = "text"
    exact: bool = False
    order: str = ""
    page: int = 1
    wrong: tuple[str, ...] = ()

    @classmethod
    def read(cls, values: Mapping[str, str]) -> SearchQuery:
        """The search that these query parameters ask for."""
        wrong: list[str] = []
        texts = {
            name: values.get(name, "").strip()[: LONGEST_VALUE + 1] for name in ("q", "newspaper", "section", "author")
        }
        page = values.get("page", "1") or "1"
        number = int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 0
        if not 1 <= number <= LAST_PAGE:
            wrong.append(f"Số trang “{page[:20]}” không hợp lệ (từ 1 đến {LAST_PAGE}).")
        since, until = (parse_day(values.get(name, ""), wrong) for name in ("from", "to"))
        if since and until and until < since:
            wrong.append("“Từ ngày” phải trước “Đến ngày”.")
        return cls(
            **texts,
            since=since,
            until=until,
            within=parse_choice(values, "within", PLACES, "text", wrong),
            exact=values.get("exact", "") in {"1", "on", "true"},
            order=parse_choice(values, "order", ORDERS, "", wrong),
            page=min(max(number, 1), LAST_PAGE),
            wrong=tuple(wrong),
        )

    @property
    def chosen_order(self) -> str:
        """The order given, or by default the best first for a query with words, else the newest."""
        return self.order or ("relevance" if self.q else "newest")

    @property
    def narrowed(self) -> bool:
        """Whether any filter is set."""
        return bool(
            self.newspaper or self.section or self.author or self.since or self.until or self.exact
            or self.within != "text"
        )  # fmt: skip

    def arguments(self) -> dict[str, Any]:
        """Keyword arguments for `search`, without the page."""
        return {
            "section": self.section or None,
            "author": self.author or None,
            "newspaper": self.newspaper or None,
            "since": self.since,
            "until": self.until,
            "within": self.within,
            "exact_only": self.exact,
            "order": self.chosen_order,
        }

    def address(self, **changes: Any) -> str:
        """The address of this search with changes, on its first page unless `page` is given."""
        other = attrs.evolve(self, **({"page": 1} | changes))
        values = {
            "q": other.q,
            "newspaper": other.newspaper,
            "section": other.section,
            "author": other.author,
            "from": other.since.isoformat() if other.since else "",
            "to": other.until.isoformat() if other.until else "",
            "within": other.within if other.within != "text" else "",
            "exact": "1" if other.exact else "",
            "order": other.order,
            "page": str(other.page) if other.page > 1 else "",
        }
        query = urlencode({name: value for name, value in values.items() if value})
        return "/search" + (f"?{query}" if query else "")

    def without_filters(self) -> str:
        """The address of a search for the words alone."""
        return SearchQuery(q=self.q).address()


def parse_day(text: str, wrong: list[str]) -> date | None:
    """The day of a parameter; None if it is empty or not valid, with a message in `wrong`."""
    text = text.strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        wrong.append(f"Ngày “{text[:20]}” không hợp lệ; hãy viết dạng năm-tháng-ngày, ví dụ 2026-10-01.")
        return None


def parse_choice(values: Mapping[str, str], name: str, known: Mapping[str, str], default: str, wrong: list[str]) -> str:
    """The value of a parameter; the default if it is empty or not known, with a message in `wrong`."""
    value = values.get(name, "")
    if value and value not in known:
        wrong.append(f"Lựa chọn “{value[:20]}” không có.")
        return default
    return value or default


GRAINS = {"day": "Từng ngày", "month": "Từng tháng"}
# Years within the range of Python's dates and of the search index
_FIRST_YEAR, _LAST_YEAR = 1700, 2259
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
        since, until = (parse_day(values.get(name, ""), wrong) for name in ("from", "to"))
        if any(day and not _FIRST_YEAR <= day.year <= _LAST_YEAR for day in (since, until)):
            wrong.append(f"Năm phải từ {_FIRST_YEAR} đến {_LAST_YEAR}.")
        elif since and until and until < since:
            wrong.append("“Từ ngày” phải trước “Đến ngày”.")
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


RUNS_PER_PAGE = 30
_LAST_PAGE_OF_RUNS = 100_000


@attrs.frozen(kw_only=True)
class RunsQuery:
    """The query of a list of runs, from its address. `wrong` has messages about parameters that are not valid."""

    newspaper: str = ""
    outcome: str = ""
    job: str = ""
    page: int = 1
    wrong: tuple[str, ...] = ()

    @classmethod
    def read(cls, values: Mapping[str, str]) -> RunsQuery:
        """The runs that these query parameters ask for."""
        wrong: list[str] = []
        newspaper, job = (values.get(name, "").strip()[: LONGEST_VALUE + 1] for name in ("newspaper", "job"))
        page = values.get("page", "1") or "1"
        number = int(page) if page.isascii() and page.isdigit() and len(page) < 7 else 0
        if not 1 <= number <= _LAST_PAGE_OF_RUNS:
            wrong.append(f"Số trang “{page[:20]}” không hợp lệ.")
        outcome = parse_choice(values, "outcome", OUTCOMES, "", wrong)
        return cls(
            newspaper=newspaper,
            outcome=outcome,
            job=job,
            page=min(max(number, 1), _LAST_PAGE_OF_RUNS),
            wrong=tuple(wrong),
        )

    @property
    def narrowed(self) -> bool:
        """Whether any filter is set."""
        return bool(self.newspaper or self.outcome or self.job)

    def arguments(self) -> dict[str, str | None]:
        """Keyword arguments for the catalog's `runs` and `count_runs`."""
        return {"newspaper": self.newspaper or None, "outcome": self.outcome or None, "job": self.job or None}

    def address(self, **changes: Any) -> str:
        """The address of these runs with changes, on the first page unless `page` is given."""
        other = attrs.evolve(self, **({"page": 1} | changes))
        values = {
            "newspaper": other.newspaper,
            "outcome": other.outcome,
            "job": other.job,
            "page": str(other.page) if other.page > 1 else "",
        }
        query = urlencode({name: value for name, value in values.items() if value})
        return "/runs" + (f"?{query}" if query else "")
