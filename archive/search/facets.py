"""Counts the articles of a search by newspaper, province, section, author, agency, month, pictures and changes."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import attrs
import tantivy

from archive.search.indexing.opened import IndexState
from archive.search.indexing.papers import Profiles, province_of, provinces_before
from archive.search.terms.document import SECTION_BETWEEN

MOST_NAMES = 100
_MOST_SECTIONS = 1000
_MOST_MONTHS = 7000  # of the years that the index can hold


@attrs.frozen(kw_only=True)
class SectionCount:
    """The articles in sections of one name, and by newspaper where several have one."""

    name: str
    count: int
    newspapers: dict[str, int] = attrs.field(factory=dict)


@attrs.frozen(kw_only=True)
class Facets:
    """How many articles of a search each value has, the largest first; months in the order of time.

    A newspaper counts for its province of today, and for every province that this consisted of before July 2025.
    """

    newspapers: dict[str, int] = attrs.field(factory=dict)
    provinces: dict[str, int] = attrs.field(factory=dict)
    provinces_before: dict[str, int] = attrs.field(factory=dict)
    sections: tuple[SectionCount, ...] = ()
    authors: dict[str, int] = attrs.field(factory=dict)
    languages: dict[str, int] = attrs.field(factory=dict)
    """By code."""
    sources: dict[str, int] = attrs.field(factory=dict)
    months: dict[int, int] = attrs.field(factory=dict)
    """By year and month as one number: 202601."""
    with_pictures: int = 0
    changed: int = 0
    """Articles of which the archive holds several versions."""
    kinds: dict[str, int] = attrs.field(factory=dict)
    """By kind of change, "silent" among them; an article that was changed in several ways counts for each."""
    reprinted: int = 0
    """Articles that print a text with others."""

    @property
    def years(self) -> dict[int, int]:
        """By year."""
        counted: Counter[int] = Counter()
        for month, count in self.months.items():
            counted[month // 100] += count
        return dict(counted)


def count_facets(searcher: tantivy.Searcher, query: tantivy.Query, profiles: Profiles) -> Facets:
    """Count what a query finds."""
    terms = {
        "newspaper": len(profiles) + 100, "section_of": _MOST_SECTIONS,
        "author": MOST_NAMES, "source": MOST_NAMES, "language": MOST_NAMES, "changes": MOST_NAMES,
    }  # fmt: skip
    asked: dict[str, Any] = {name: {"terms": {"field": name, "size": size}} for name, size in terms.items()}
    asked["month"] = {"terms": {"field": "month", "size": _MOST_MONTHS}}
    for name, least in (("pictures", 1.0), ("versions", 2.0), ("story", 1.0)):
        asked[name] = {"range": {"field": name, "ranges": [{"from": least}]}}
    counted = searcher.aggregate(query, asked)
    by = {name: _terms(counted[name]) for name in (*terms, "month")}
    return Facets(
        newspapers=by["newspaper"],
        provinces=_summed(by["newspaper"], profiles, province_of),
        provinces_before=_summed(by["newspaper"], profiles, provinces_before),
        sections=_sections(by["section_of"]),
        authors=by["author"],
        languages=by["language"],
        sources=by["source"],
        months={int(float(month)): by["month"][month] for month in sorted(by["month"], key=float)},
        with_pictures=_at_least(counted["pictures"]),
        changed=_at_least(counted["versions"]),
        kinds=by["changes"],
        reprinted=_at_least(counted["story"]),
    )


_MOST_KEPT = 16
_kept: dict[Path, tuple[IndexState, Profiles, Facets]] = {}


def count_everything(searcher: tantivy.Searcher, profiles: Profiles, state: IndexState | None) -> Facets:
    """Count all articles, once for each state of the index."""
    if state is None:
        return count_facets(searcher, tantivy.Query.all_query(), profiles)
    if (kept := _kept.get(state.folder)) and kept[:2] == (state, profiles):
        return kept[2]
    counted = count_facets(searcher, tantivy.Query.all_query(), profiles)
    if len(_kept) >= _MOST_KEPT:
        _kept.clear()
    _kept[state.folder] = (state, profiles, counted)
    return counted


def _terms(counted: Any) -> dict[str, int]:
    return {str(bucket["key"]): int(bucket["doc_count"]) for bucket in counted["buckets"]}


def _at_least(counted: Any) -> int:
    return sum(int(bucket["doc_count"]) for bucket in counted["buckets"] if bucket.get("from"))


def _summed(newspapers: dict[str, int], profiles: Profiles, provinces: Any) -> dict[str, int]:
    counted: Counter[str] = Counter()
    for newspaper, count in newspapers.items():
        for province in provinces(profiles.get(newspaper, {})):
            counted[province] += count
    return dict(counted.most_common())


def _sections(counted: dict[str, int]) -> tuple[SectionCount, ...]:
    of_name: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for both, count in counted.items():
        newspaper, _, name = both.partition(SECTION_BETWEEN)
        of_name[name][newspaper] = count
    found = [
        SectionCount(name=name, count=sum(places.values()), newspapers=places if len(places) > 1 else {})
        for name, places in of_name.items()
    ]
    return tuple(sorted(found, key=lambda one: (-one.count, one.name)))
