"""The query in the address of a search, and addresses with changes."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar, cast
from urllib.parse import urlencode

import attrs

from archive.language.catalogue import N_
from archive.search.filters import Filters
from archive.search.parsing.tree import Field, Scope
from archive.search.query import Order
from archive.search.selection import Selection
from archive.web.queries.parameters import LONGEST_VALUE, parse_choice, parse_page, parse_period

PAGE_SIZE = 20
LAST_PAGE = 500
ORDERS = {"relevance": N_("Best match"), "newest": N_("Newest first"), "oldest": N_("Oldest first")}
PLACES = {"text": N_("The whole article"), "title": N_("Titles"), "captions": N_("Captions")}
GRAINS = {"day": N_("By day"), "month": N_("By month"), "year": N_("By year")}
CHARTS = ("share",)
SCOPES: tuple[Scope, Scope] = ("typed", "folded")
NAMES = ("newspaper", "province", "section", "author", "source", "language", "kind")
_FILTERED = frozenset(NAMES)
_SHOWN = ("order", "grain", "chart", "all_versions")
YES_OR_NO = {"1": True, "0": False}


@functools.lru_cache(maxsize=2048)
def _encoded(parameter: tuple[str, str]) -> str:
    # a page of results has hundreds of addresses, which differ in one parameter
    return urlencode([parameter])


@attrs.frozen(kw_only=True)
class SearchQuery:
    """The query of a search, from its address. `wrong` has messages about parameters that are not valid."""

    FILTERS: ClassVar[tuple[str, ...]] = (*NAMES, "since", "until", "within", "pictures", "changed", "once")

    q: str = ""
    newspaper: str = ""
    province: str = ""
    section: str = ""
    author: str = ""
    source: str = ""
    language: str = ""
    kind: str = ""
    """A kind of change, or "silent"."""
    all_versions: str = ""
    """"1": former versions are searched as well."""
    since: date | None = None
    until: date | None = None
    pictures: str = ""
    """"1": only articles with pictures; "0": only those without."""
    changed: str = ""
    within: Field = "text"
    scope: Scope | None = None
    order: str = ""
    page: int = 1
    grain: str = ""
    """Of the timeline: day, month or year; by default as fine as can be read."""
    chart: str = ""
    """"share": the timeline is drawn as shares."""
    once: str = ""
    """"1": of articles that print one text, or of pictures that are the same, one is shown."""
    unread: Mapping[str, tuple[str, str]] = attrs.field(factory=dict)
    """Days that were typed and cannot be read; see `TypedPeriod`."""
    wrong: tuple[str, ...] = ()

    @classmethod
    def read(cls, values: Mapping[str, str]) -> SearchQuery:
        """The search that these query parameters ask for."""
        wrong: list[str] = []
        texts = {name: values.get(name, "").strip()[: LONGEST_VALUE + 1] for name in ("q", *NAMES)}
        page = parse_page(values, LAST_PAGE, wrong)
        period = parse_period(values, wrong)
        scope = parse_choice(values, "scope", dict.fromkeys(SCOPES, ""), "", wrong)
        # before there were scopes, exact=1 asked for what matches as typed
        if not scope and values.get("exact", "") in {"1", "on", "true"}:
            scope = "typed"
        return cls(
            **texts,
            since=period.since,
            until=period.until,
            unread=period.unread,
            pictures=parse_choice(values, "pictures", dict.fromkeys(YES_OR_NO, ""), "", wrong),
            all_versions="1" if values.get("all_versions", "") in {"1", "on", "true"} else "",
            changed="1" if values.get("changed", "") in {"1", "on", "true"} else "",
            within=cast(Field, parse_choice(values, "within", PLACES, "text", wrong)),
            scope=cast(Scope, scope) or None,
            order=parse_choice(values, "order", ORDERS, "", wrong),
            page=page,
            grain=parse_choice(values, "grain", GRAINS, "", wrong),
            chart=parse_choice(values, "chart", dict.fromkeys(CHARTS, ""), "", wrong),
            once="1" if values.get("once", "") in {"1", "on", "true"} else "",
            wrong=tuple(wrong),
        )

    @property
    def chosen_order(self) -> Order:
        """The order given, or by default the best first for a query with words, else the newest."""
        return cast(Order, self.order or ("relevance" if self.q else "newest"))

    @property
    def filters(self) -> Filters:
        """The filters for `search`."""
        return Filters(
            **{name: getattr(self, name) or None for name in NAMES},
            since=self.since,
            until=self.until,
            pictures=YES_OR_NO.get(self.pictures),
            changed=True if self.changed else None,
            once=True if self.once else None,
        )

    def selection(self, **changes: Any) -> Selection:
        """The articles of the search, with changes.

        Raises:
            BadQuery: the query is malformed.
        """
        return attrs.evolve(Selection.of(self.q, self.filters, scope=self.scope, within=self.within), **changes)

    @functools.cached_property
    def _pieces(self) -> dict[str, str]:
        """Each parameter as an address of the first page writes it, in their order; empty where it has no value."""
        names = ("q", *NAMES, "from", "to", "pictures", "changed", "once", "within", "scope", *_SHOWN)
        values = self.parameters() | {name: getattr(self, name) for name in _SHOWN}
        return {name: _encoded((name, values[name])) if values.get(name) else "" for name in names}

    def parameters(self) -> dict[str, str]:
        """The query's parameters but for page and order: what is found, not how it is shown."""
        values = {
            "q": self.q,
            **{name: getattr(self, name) for name in NAMES},
            "from": self.since.isoformat() if self.since else "",
            "to": self.until.isoformat() if self.until else "",
            "pictures": self.pictures,
            "changed": self.changed,
            "once": self.once,
            "within": self.within if self.within != "text" else "",
            "scope": self.scope or "",
        }
        return {name: value for name, value in values.items() if value}

    def address(self, path: str = "/search", **changes: Any) -> str:
        """The address of this search with changes, on its first page unless `page` is given."""
        if changes.keys() <= _FILTERED:  # nearly all of a page's hundreds of addresses
            pieces = self._pieces | {name: _encoded((name, value)) if value else "" for name, value in changes.items()}
            found = "&".join(filter(None, pieces.values()))
            return f"{path}?{found}" if found else path
        other = attrs.evolve(self, **({"page": 1} | changes))
        values = other.parameters()
        values |= {name: getattr(other, name) for name in _SHOWN if getattr(other, name)}
        if other.page > 1:
            values["page"] = str(other.page)
        return path + ("?" + "&".join(map(_encoded, values.items())) if values else "")

    def without_filters(self) -> str:
        """The address of a search for the words alone."""
        return SearchQuery(q=self.q, scope=self.scope).address()

    def alone(self, term: str, scope: Scope) -> str:
        """The address of a search for one of the words or phrases alone, compared in a scope, without filters."""
        return SearchQuery(q=f'"{term}"', scope=scope).address()
