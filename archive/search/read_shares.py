"""The share of each period of which the lists of newspapers and sections were read without a gap."""

from __future__ import annotations

import bisect
import itertools
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

import attrs

from archive.catalog.coverage import covered
from archive.clock import midnight
from archive.coverage import declared_names, joined
from archive.search.filters import Filters
from archive.search.indexing.opened import Searching
from archive.search.indexing.papers import papers_of_province
from archive.search.terms.document import key
from archive.search.terms.vietnamese import has_marks


@attrs.frozen
class _Spans:
    """When each section was read; a newspaper of which nothing is known counts as a section that never was."""

    sections: tuple[Sequence[tuple[datetime, datetime]], ...]

    def shares(self, bounds: Sequence[datetime]) -> list[float]:
        """The share of each period between two bounds, of all sections alike; one pass over the ends of spans."""
        changes: Counter[datetime] = Counter()
        for since, until in itertools.chain.from_iterable(self.sections):
            changes[since] += 1
            changes[until] -= 1
        read, depth = [0.0] * (len(bounds) - 1), 0
        for instant, after in itertools.pairwise(sorted({*changes, *bounds})):
            depth += changes[instant]
            nth = bisect.bisect_right(bounds, instant) - 1
            if depth and 0 <= nth < len(read):
                read[nth] += depth * (after - instant).total_seconds()
        lengths = [(after - instant).total_seconds() for instant, after in itertools.pairwise(bounds)]
        return [one / (length * len(self.sections)) for one, length in zip(read, lengths, strict=True)]


def read_shares(opened: Searching, filters: Filters, firsts: Sequence[date]) -> list[float]:
    """The share, 0 to 1, that was read of each period; `firsts` are their first days and that of the one behind them.

    Newspaper, province and section of the filters say whose lists; all sections count alike.
    """
    spans = _Spans(tuple(_spans(opened, filters)))
    if not spans.sections:
        return [0.0] * (len(firsts) - 1)
    return spans.shares([midnight(first) for first in firsts])


def _spans(opened: Searching, filters: Filters) -> Iterator[Sequence[tuple[datetime, datetime]]]:
    papers = [filters.newspaper] if filters.newspaper else list(opened.profiles)
    if filters.province and filters.province.strip():
        within = papers_of_province(filters.province, opened.profiles)
        papers = [name for name in papers if name in within]
    for paper in papers:
        declared = declared_names(opened.profiles[paper])
        read: defaultdict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
        for span in covered(opened.catalog.connection, paper):
            name = declared.get(span.section.strip("/"), span.section)
            if _is_meant(name, filters.section, declared):
                read[name].append((span.since, span.until))
        # a section may be entered by name and by slug: overlapping spans count once
        yield from (joined(sorted(spans)) for spans in read.values())
        if not read:
            yield ()


def _is_meant(name: str, asked: str | None, declared: Mapping[str, str]) -> bool:
    if not asked or not asked.strip():
        return True
    bare = asked.strip().strip('"')
    wanted = declared.get(bare.strip("/"), bare)
    form = "exact" if has_marks(wanted) else "folded"
    return key(name, form) == key(wanted, form)
