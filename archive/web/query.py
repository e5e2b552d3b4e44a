"""The queries in the addresses of search, coverage chart and list of runs, and addresses with changes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, cast
from urllib.parse import urlencode

import attrs

from archive.coverage import Grain
from archive.errors import NoSuchDay
from archive.language.catalogue import N_, gettext
from archive.search.days import read_days
from archive.search.index_query import Filters
from archive.search.query import Order
from archive.search.tree import Field, Scope
from archive.web.run_wording import OUTCOMES
from archive.web.search_wording import why_no_day

PAGE_SIZE = 20
LAST_PAGE = 500
ORDERS = {"relevance": N_("Best match"), "newest": N_("Newest first"), "oldest": N_("Oldest first")}
PLACES = {"text": N_("The whole article"), "title": N_("Titles"), "captions": N_("Captions")}
LONGEST_VALUE = 1000
REVERSED = N_("The first day must not be after the last day.")


SCOPES: tuple[Scope, Scope] = ("typed", "folded")
NAMES = ("newspaper", "province", "section", "author", "source")
_YES_OR_NO = {"1": True, "0": False}


@attrs.frozen(kw_only=True)
class SearchQuery:
    """The query of a search, from its address. `wrong` has messages about parameters that are not valid."""

    q: str = ""
    newspaper: str = ""
    province: str = ""
    section: str = ""
    author: str = ""
    source: str = ""
    since: date | None = None
    until: date | None = None
    pictures: str = ""
    """"1": only articles with pictures; "0": only those without."""
    changed: str = ""
    within: Field = "text"
    scope: Scope | None = None
    order: str = ""
    page: int = 1
    wrong: tuple[str, ...] = ()

    @classmethod
    def read(cls, values: Mapping[str, str]) -> SearchQuery:
        """The search that these query parameters ask for."""
        wrong: list[str] = []
        texts = {name: values.get(name, "").strip()[: LONGEST_VALUE + 1] for name in ("q", *NAMES)}
        page = values.get("page", "1") or "1"
        number = int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 0
        if not 1 <= number <= LAST_PAGE:
            wrong.append(gettext("“%(page)s” is not a page number from 1 to %(last)s.", page=page[:20], last=LAST_PAGE))
        since = parse_day(values.get("from", ""), wrong)
        until = parse_day(values.get("to", ""), wrong, is_end=True)
        if since and until and until < since:
            wrong.append(gettext(REVERSED))
        scope = parse_choice(values, "scope", dict.fromkeys(SCOPES, ""), "", wrong)
        # before there were scopes, exact=1 asked for what matches as typed
        if not scope and values.get("exact", "") in {"1", "on", "true"}:
            scope = "typed"
        return cls(
            **texts,
            since=since,
            until=until,
            pictures=parse_choice(values, "pictures", dict.fromkeys(_YES_OR_NO, ""), "", wrong),
            changed="1" if values.get("changed", "") in {"1", "on", "true"} else "",
            within=cast(Field, parse_choice(values, "within", PLACES, "text", wrong)),
            scope=cast(Scope, scope) or None,
            order=parse_choice(values, "order", ORDERS, "", wrong),
            page=min(max(number, 1), LAST_PAGE),
            wrong=tuple(wrong),
        )

    @property
    def chosen_order(self) -> Order:
        """The order given, or by default the best first for a query with words, else the newest."""
        return cast(Order, self.order or ("relevance" if self.q else "newest"))

    @property
    def narrowed(self) -> bool:
        """Whether any filter is set."""
        return bool(self.filters) or self.within != "text"

    @property
    def filters(self) -> Filters:
        """The filters for `search`."""
        return Filters(
            **{name: getattr(self, name) or None for name in NAMES},
            since=self.since,
            until=self.until,
            pictures=_YES_OR_NO.get(self.pictures),
            changed=True if self.changed else None,
        )

    def address(self, path: str = "/search", **changes: Any) -> str:
        """The address of this search with changes, on its first page unless `page` is given."""
        other = attrs.evolve(self, **({"page": 1} | changes))
        values = {
            "q": other.q,
            **{name: getattr(other, name) for name in NAMES},
            "from": other.since.isoformat() if other.since else "",
            "to": other.until.isoformat() if other.until else "",
            "pictures": other.pictures,
            "changed": other.changed,
            "within": other.within if other.within != "text" else "",
            "scope": other.scope or "",
            "order": other.order,
            "page": str(other.page) if other.page > 1 else "",
        }
        query = urlencode({name: value for name, value in values.items() if value})
        return path + (f"?{query}" if query else "")

    def without_filters(self) -> str:
        """The address of a search for the words alone."""
        return SearchQuery(q=self.q, scope=self.scope).address()


def parse_day(text: str, wrong: list[str], *, is_end: bool = False) -> date | None:
    """The first day of what a parameter names, or the last; None if it is empty or not valid, with a message in
    `wrong`."""
    if not text.strip():
        return None
    try:
        return read_days(text)[1 if is_end else 0]
    except NoSuchDay as error:
        wrong.append(why_no_day(error))
        return None


def parse_choice(values: Mapping[str, str], name: str, known: Mapping[str, str], default: str, wrong: list[str]) -> str:
    """The value of a parameter; the default if it is empty or not known, with a message in `wrong`."""
    value = values.get(name, "")
    if value and value not in known:
        wrong.append(gettext("There is no choice “%(value)s”.", value=value[:20]))
        return default
    return value or default


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
            wrong.append(gettext("“%(page)s” is not a page number.", page=page[:20]))
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
