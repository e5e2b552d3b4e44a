"""The query in the address of the page of counts, and addresses with changes."""

from __future__ import annotations

from datetime import date
from typing import cast
from urllib.parse import urlencode

import attrs
from starlette.datastructures import QueryParams

from archive.language.catalogue import N_, gettext
from archive.search.index_query import Filters
from archive.search.timeline import Grain
from archive.search.tree import Scope
from archive.web.queries.parameters import LONGEST_VALUE, REVERSED, parse_choice, parse_day
from archive.web.queries.search import GRAINS, SCOPES, SearchQuery

MOST_TERMS = 6
MEASURES = {
    "per_million": N_("Per million syllables"),
    "per_article": N_("Per article"),
    "occurrences": N_("Occurrences"),
    "found": N_("Articles"),
    "share": N_("Share of the articles"),
}
_WINDOWS = (1, 50)
COUNTS_PATH, COUNTS_CSV, NEAR_PATH, NEAR_CSV = "/counts", "/counts.csv", "/counts/near", "/counts/near.csv"


@attrs.frozen(kw_only=True)
class CountsQuery:
    """Which terms are counted, where, and how the numbers are shown.

    `wrong` has messages about parameters that are not valid.
    """

    terms: tuple[str, ...] = ()
    newspapers: tuple[str, ...] = ()
    by_newspaper: bool = False
    by: Grain = "month"
    measure: str = "per_million"
    section: str = ""
    province: str = ""
    since: date | None = None
    until: date | None = None
    scope: Scope | None = None
    window: int = 5
    pairs: bool = False
    wrong: tuple[str, ...] = ()

    @classmethod
    def read(cls, values: QueryParams) -> CountsQuery:
        """The counts that these query parameters ask for."""
        wrong: list[str] = []
        terms = tuple(dict.fromkeys(filter(None, (one.strip()[:LONGEST_VALUE] for one in values.getlist("term")))))
        if len(terms) > MOST_TERMS:
            wrong.append(gettext("At most %(most)s terms are counted at once.", most=MOST_TERMS))
        papers = (one.strip()[:LONGEST_VALUE] for one in values.getlist("newspaper"))
        since = parse_day(values.get("from", ""), wrong)
        until = parse_day(values.get("to", ""), wrong, is_end=True)
        if since and until and until < since:
            wrong.append(gettext(REVERSED))
        return cls(
            terms=terms[:MOST_TERMS],
            newspapers=tuple(dict.fromkeys(filter(None, papers))),
            by_newspaper=values.get("each", "") == "1",
            by=cast(Grain, parse_choice(values, "by", GRAINS, "month", wrong)),
            measure=parse_choice(values, "show", MEASURES, "per_million", wrong),
            section=values.get("section", "").strip()[:LONGEST_VALUE],
            province=values.get("province", "").strip()[:LONGEST_VALUE],
            since=since,
            until=until,
            scope=cast(Scope, parse_choice(values, "scope", dict.fromkeys(SCOPES, ""), "", wrong)) or None,
            window=_window(values.get("window", "5") or "5", wrong),
            pairs=values.get("pairs", "") == "1",
            wrong=tuple(wrong),
        )

    @classmethod
    def of_search(cls, query: SearchQuery) -> CountsQuery:
        """The counts of a search's words, under its filters as far as counts have them."""
        return cls(
            terms=(query.q,) if query.q else (), newspapers=(query.newspaper,) if query.newspaper else (),
            section=query.section, province=query.province, since=query.since, until=query.until, scope=query.scope,
        )  # fmt: skip

    @property
    def filters(self) -> Filters:
        """The filters under which is counted."""
        return Filters(section=self.section or None, province=self.province or None, since=self.since, until=self.until)

    @property
    def narrowed(self) -> bool:
        """Whether anything narrows what is counted."""
        return bool(self.filters or self.newspapers)

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
            "section": other.section,
            "province": other.province,
            "from": other.since.isoformat() if other.since else "",
            "to": other.until.isoformat() if other.until else "",
            "scope": other.scope or "",
            "window": str(other.window) if other.window != 5 and is_near else "",
            "pairs": "1" if other.pairs and is_near else "",
        }
        values += [(name, value) for name, value in chosen.items() if value]
        return path + (f"?{urlencode(values)}" if values else "")

    def search_of(self, term: str, first: date, last: date) -> SearchQuery:
        """The search for the articles behind one number."""
        return SearchQuery(
            q=term, newspaper=self.newspapers[0] if len(self.newspapers) == 1 else "", section=self.section,
            province=self.province, since=first, until=last, scope=self.scope,
        )  # fmt: skip


def _window(text: str, wrong: list[str]) -> int:
    first, last = _WINDOWS
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
    if not first <= number <= last:
        wrong.append(
            gettext("“%(text)s” is not a number from %(first)s to %(last)s.", text=text[:20], first=first, last=last)
        )
        return 5
    return number
