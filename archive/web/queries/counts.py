"""The query in the address of the page of counts, and addresses with changes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import ClassVar, cast
from urllib.parse import urlencode

import attrs
from starlette.datastructures import QueryParams

from archive.language.catalogue import N_, gettext
from archive.search.filters import Filters
from archive.search.parsing.tree import Scope
from archive.search.timeline import Grain
from archive.web.queries.parameters import LONGEST_VALUE, parse_choice, parse_period
from archive.web.queries.search import GRAINS, SCOPES, YES_OR_NO, SearchQuery

MOST_TERMS = 6
MEASURES = {
    "per_million": N_("Per million syllables"),
    "per_article": N_("Per article"),
    "occurrences": N_("Occurrences"),
    "found": N_("Articles"),
    "share": N_("Share of the articles"),
}
_WINDOWS = (1, 50)
_NAMES = ("section", "province", "author", "source", "language", "kind")
_KEPT = (*_NAMES, "pictures", "changed", "since", "until", "scope")
COUNTS_PATH, COUNTS_CSV, NEAR_PATH, NEAR_CSV = "/counts", "/counts.csv", "/counts/near", "/counts/near.csv"


@attrs.frozen(kw_only=True)
class CountsQuery:
    """Which terms are counted, where, and how the numbers are shown.

    `wrong` has messages about parameters that are not valid.
    """

    FILTERS: ClassVar[tuple[str, ...]] = ("newspapers", *_NAMES, "since", "until", "pictures", "changed", "scope")

    terms: tuple[str, ...] = ()
    newspapers: tuple[str, ...] = ()
    by_newspaper: bool = False
    by: Grain = "month"
    measure: str = "per_million"
    section: str = ""
    province: str = ""
    author: str = ""
    source: str = ""
    language: str = ""
    kind: str = ""
    """A kind of change, or "silent"."""
    pictures: str = ""
    changed: str = ""
    since: date | None = None
    until: date | None = None
    scope: Scope | None = None
    window: int = 5
    pairs: bool = False
    unread: Mapping[str, tuple[str, str]] = attrs.field(factory=dict)
    """Days that were typed and cannot be read; see `TypedPeriod`."""
    wrong: tuple[str, ...] = ()

    @classmethod
    def read(cls, values: QueryParams) -> CountsQuery:
        """The counts that these query parameters ask for."""
        wrong: list[str] = []
        terms = tuple(dict.fromkeys(filter(None, (one.strip()[:LONGEST_VALUE] for one in values.getlist("term")))))
        if len(terms) > MOST_TERMS:
            wrong.append(gettext("At most %(most)s terms are counted at once.", most=MOST_TERMS))
        papers = (one.strip()[:LONGEST_VALUE] for one in values.getlist("newspaper"))
        period = parse_period(values, wrong)
        return cls(
            terms=terms[:MOST_TERMS],
            newspapers=tuple(dict.fromkeys(filter(None, papers))),
            by_newspaper=values.get("each", "") == "1",
            by=cast(Grain, parse_choice(values, "by", GRAINS, "month", wrong)),
            measure=parse_choice(values, "show", MEASURES, "per_million", wrong),
            **{name: values.get(name, "").strip()[:LONGEST_VALUE] for name in _NAMES},
            pictures=parse_choice(values, "pictures", dict.fromkeys(YES_OR_NO, ""), "", wrong),
            changed="1" if values.get("changed", "") in {"1", "on", "true"} else "",
            since=period.since,
            until=period.until,
            unread=period.unread,
            scope=cast(Scope, parse_choice(values, "scope", dict.fromkeys(SCOPES, ""), "", wrong)) or None,
            window=_window(values.get("window", "5") or "5", wrong),
            pairs=values.get("pairs", "") == "1",
            wrong=tuple(wrong),
        )

    @classmethod
    def of_search(cls, query: SearchQuery) -> CountsQuery:
        """The counts of a search's words under its filters; in the whole article, wherever the search looks."""
        return cls(
            terms=(query.q,) if query.q else (), newspapers=(query.newspaper,) if query.newspaper else (),
            **{name: getattr(query, name) for name in _KEPT},
        )  # fmt: skip

    @property
    def filters(self) -> Filters:
        """The filters under which is counted."""
        return attrs.evolve(self.search_of("", self.since, self.until).filters, newspaper=None)

    def address(self, path: str = COUNTS_PATH, **changes: object) -> str:
        """The address of these counts with changes, of their table as CSV, or of the words near the first term."""
        other = attrs.evolve(self, **changes)  # type: ignore[arg-type]
        values = [("term", one) for one in other.terms]
        values += [("newspaper", one) for one in other.newspapers]
        is_near = path in {NEAR_PATH, NEAR_CSV}
        chosen = {
            "each": "1" if other.by_newspaper and not is_near else "",
            "by": other.by if other.by != "month" and not is_near else "",
            "show": other.measure if other.measure != "per_million" and not is_near else "",
            **{name: getattr(other, name) for name in (*_NAMES, "pictures", "changed")},
            "from": other.since.isoformat() if other.since else "",
            "to": other.until.isoformat() if other.until else "",
            "scope": other.scope or "",
            "window": str(other.window) if other.window != 5 and is_near else "",
            "pairs": "1" if other.pairs and is_near else "",
        }
        values += [(name, value) for name, value in chosen.items() if value]
        return path + (f"?{urlencode(values)}" if values else "")

    def search_of(self, term: str, first: date | None, last: date | None) -> SearchQuery:
        """The search for the articles behind one number."""
        kept = {name: getattr(self, name) for name in _KEPT} | {"since": first, "until": last}
        return SearchQuery(q=term, newspaper=self.newspapers[0] if len(self.newspapers) == 1 else "", **kept)


def _window(text: str, wrong: list[str]) -> int:
    first, last = _WINDOWS
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
    if not first <= number <= last:
        wrong.append(
            gettext("“%(text)s” is not a number from %(first)s to %(last)s.", text=text[:20], first=first, last=last)
        )
        return 5
    return number
