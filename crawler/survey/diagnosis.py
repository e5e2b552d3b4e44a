"""Finds the rules of a declaration that have stopped matching on a newspaper's captured pages, and since when."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from datetime import date, datetime

import attrs

from archive.errors import NotAnArticle
from crawler.declaration.declared import Declared
from crawler.declaration.layout import Layout, choose, day_of
from crawler.extract.page import Page, open_page
from crawler.extract.results import read_any
from crawler.extract.rules import read_fields
from crawler.extract.text import text_of
from crawler.survey.field_evidence import Evidence, evidence_of
from crawler.survey.page import FetchedPage

NEEDED = ("title", "published_at", "body")
_READ = ("title", "published_at", "body", "kicker", "section", "lead", "byline", "modified_at", "tags")
_SELECTED = ("heading", "quote", "related")
# A rule has stopped if so many misses in a row are less likely than this, by how often it matched before.
_UNLIKELY = 0.01
_FEWEST_MISSES = 3
_LOOKED_AT = 3


@attrs.frozen(kw_only=True)
class Sight:
    """A captured page: its address, and the instant and day of the capture."""

    url: str
    captured_at: datetime
    day: date
    """The day by which layouts are chosen, in the newspaper's time zone."""


@attrs.frozen(kw_only=True)
class StoppedRule:
    """A rule that has stopped matching, or a required one that never matched."""

    layout: int
    """Number of the layout, from 1."""
    field: str
    selector: str
    matched: int
    of: int
    """Pages on which it was tried: up to the last match, and the `unmatched` ones since."""
    last: Sight | None
    """The last page on which it matched; None: it never did."""
    first: Sight
    """The first page since on which it does not match."""
    unmatched: int
    """Pages since then; it matches none of them."""
    instead: Evidence | None = None
    """What the reading without rules finds on one of them."""


@attrs.frozen(eq=False)
class TriedPage:
    """A page with the number of the layout that reads it (None: no layout does), and the matches of each rule."""

    fetched: FetchedPage
    page: Page
    layout: int | None
    matches: dict[tuple[int, str], bool]
    sight: Sight


def try_rules(declared: type[Declared], fetched: FetchedPage) -> TriedPage:
    """Try on a page every rule of the layouts that are valid on the day of its capture."""
    page = open_page(fetched.body, fetched.url, fetched.headers)
    captured_at = fetched.captured_at
    sight = Sight(url=fetched.url, captured_at=captured_at, day=day_of(captured_at, declared.time_zone))
    valid = choose(declared.layouts, captured_at, declared.time_zone)
    matches: dict[tuple[int, str], bool] = {}
    for number, layout in enumerate(declared.layouts, 1):
        if layout in valid:
            matches |= {(number, field): found for field, found in _matches(page, layout, declared.time_zone)}
    try:
        reading = read_any(page, captured_at, declared.rules())
    except NotAnArticle:  # no layout is valid on that day
        return TriedPage(fetched, page, None, matches, sight)
    numbers = (number for number, layout in enumerate(declared.layouts, 1) if layout is reading.layout)
    return TriedPage(fetched, page, next(numbers, None) if reading.is_by_rules else None, matches, sight)


def _matches(page: Page, layout: Layout, time_zone: str) -> Iterator[tuple[str, bool]]:
    """For each rule of a layout whether it finds what can be read."""
    fields = read_fields(page, layout, time_zone)
    for name in _READ:
        css = getattr(layout, name)
        if css is not None:
            # a byline may stand in the body, where it is read with the text
            found = any(map(text_of, page.elements(css))) if name == "byline" else name not in fields.missing
            yield name, found
    for name in _SELECTED:
        if (css := getattr(layout, name)) is not None:
            yield name, bool(page.elements(css))
    for css in layout.drop:
        yield f"drop {css}", bool(page.elements(css))


def stopped_rules(declared: type[Declared], pages: Sequence[TriedPage]) -> list[StoppedRule]:
    """The rules that have stopped matching on these pages, which are in the order of their capture."""
    found = []
    for number, layout in enumerate(declared.layouts, 1):
        for field in dict.fromkeys(rule for one in pages for nth, rule in one.matches if nth == number):
            # pages of another layout say nothing about this one
            tried = [one for one in pages if one.layout in (number, None) and (number, field) in one.matches]
            stopped = _stopped(tried, number, field)
            if stopped is not None:
                selector = getattr(layout, field, None) or field.removeprefix("drop ")
                found.append(attrs.evolve(stopped, selector=selector, instead=_instead(declared, tried, stopped)))
    return found


def _stopped(pages: Sequence[TriedPage], number: int, field: str) -> StoppedRule | None:
    matches = [one.matches[number, field] for one in pages]
    last = max((nth for nth, matched in enumerate(matches) if matched), default=None)
    before, misses = (0, len(matches)) if last is None else (last + 1, len(matches) - last - 1)
    if misses < _FEWEST_MISSES or (last is None and field not in NEEDED):
        return None
    share = sum(matches) / (before + 1)
    if last is not None and (1 - share) ** misses > _UNLIKELY:
        return None
    return StoppedRule(
        layout=number, field=field, selector="", matched=sum(matches), of=len(matches), unmatched=misses,
        last=pages[last].sight if last is not None else None, first=pages[before].sight,
    )  # fmt: skip


def _instead(declared: type[Declared], pages: Sequence[TriedPage], stopped: StoppedRule) -> Evidence | None:
    """What the reading without rules finds on the first pages where the rule does not match."""
    wanted = "authors" if stopped.field == "byline" else stopped.field
    since = (one for one in pages if one.fetched.captured_at >= stopped.first.captured_at)
    without = attrs.evolve(declared.rules(), layouts=())
    for one in itertools.islice(since, _LOOKED_AT):
        reading = read_any(one.page, one.fetched.captured_at, without)
        for said in evidence_of(reading):
            if said.field == wanted and said.chosen is not None:
                return said.chosen
    return None
