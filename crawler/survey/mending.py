"""Proposes layouts for pages that a declaration's rules no longer fit, and tries them on the pages."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from archive.article import to_dict
from archive.errors import NotAnArticle
from crawler.declaration.declared import Declared
from crawler.declaration.layout import Layout
from crawler.extract.results import read_article
from crawler.survey.diagnosis import StoppedRule, TriedPage
from crawler.survey.fields import sample_of
from crawler.survey.markup import Found, layout_for, layouts_of

_MOST_SAMPLES = 24
_FEWEST_UNREAD = 3
# The fields for which a selector can be found on the pages.
_DERIVED = ("title", "published_at", "kicker", "section", "lead", "byline", "modified_at", "tags", "related")
# A layout that reads fewer of the pages is not proposed.
_LEAST = 0.6


@attrs.frozen(kw_only=True)
class Mend:
    """Layouts to put in the place of the declared ones, and what came of trying them."""

    layouts: tuple[Layout, ...]
    fits: int
    """Pages that they read by rules, with the title and time of the reading without rules."""
    of: int
    """Pages that the declared rules do not read, or not wholly."""
    same: int
    """Other pages of which they read the same article as the declared layouts."""
    others: int


def mend(declared: type[Declared], stopped: Sequence[StoppedRule], pages: Sequence[TriedPage]) -> Mend | None:
    """Layouts that read these pages, which are in the order of their capture; None: no markup repeats on them."""
    bodies = [rule for rule in stopped if rule.field == "body"]
    if bodies:
        rule = max(bodies, key=lambda one: one.unmatched)
        lost = [one for one in pages if one.layout is None and one.fetched.captured_at >= rule.first.captured_at]
        return _tried(declared, _with_new(declared, bodies, lost), lost, pages)
    if stopped:
        first = min(rule.first.captured_at for rule in stopped)
        numbers = {rule.layout for rule in stopped}
        lost = [one for one in pages if one.layout in numbers and one.fetched.captured_at >= first]
        return _tried(declared, _with_other_selectors(declared, stopped, lost), lost, pages)
    return None


def mend_unread(declared: type[Declared], pages: Sequence[TriedPage]) -> Mend | None:
    """A further layout for pages that no declared one reads, where several have the same other template."""
    lost = [one for one in pages if one.layout is None]
    if not declared.layouts or len(lost) < _FEWEST_UNREAD:
        return None
    return _tried(declared, _with_new(declared, (), lost), lost, pages)


def drafted(pages: Sequence[TriedPage]) -> tuple[Found, ...]:
    """Layouts for a newspaper that declares none; empty where they would read too few of these pages."""
    found = tuple(one for one in layouts_of(page.fetched for page in _spread(pages)) if one.read)
    read, of = sum(one.read for one in found), sum(one.of for one in found)
    return found if found and read >= _LEAST * of else ()


def _with_new(
    declared: type[Declared], stopped: Sequence[StoppedRule], lost: Sequence[TriedPage]
) -> tuple[Layout, ...]:
    """The declared layouts, those that stopped with their last day, behind new ones."""
    new = [found.layout for found in layouts_of(one.fetched for one in _spread(lost)) if found.read]
    since = min((rule.first.day for rule in stopped), default=None)
    ends = {rule.layout: rule.last.day for rule in stopped if rule.last is not None}
    never = {rule.layout for rule in stopped if rule.last is None}
    kept = [
        attrs.evolve(layout, valid_until=ends[number]) if number in ends else layout
        for number, layout in enumerate(declared.layouts, 1)
        if number not in never
    ]
    dated = [attrs.evolve(layout, valid_from=since if ends else None) for layout in new]
    return (*dated, *kept) if new else ()


def _with_other_selectors(
    declared: type[Declared], stopped: Sequence[StoppedRule], lost: Sequence[TriedPage]
) -> tuple[Layout, ...]:
    """The declared layouts; those with rules that stopped end on their last day, and go on with other selectors."""
    layouts: list[Layout] = []
    for number, layout in enumerate(declared.layouts, 1):
        rules = [rule for rule in stopped if rule.layout == number]
        if rules:
            samples = [sample_of(one.fetched) for one in _spread([one for one in lost if one.layout == number])]
            found = layout_for(layout.body, samples)
            fields = {rule.field for rule in rules if rule.field in _DERIVED}
            drops = {rule.selector for rule in rules if rule.field.startswith("drop ")}
            changed = {field: getattr(found, field) for field in fields}
            if "lead" in fields:
                changed["lead_opens_body"] = found.lead_opens_body
            last = max((rule.last.day for rule in rules if rule.last is not None), default=None)
            new = attrs.evolve(
                layout, **changed, drop=tuple(css for css in layout.drop if css not in drops),
                valid_from=min(rule.first.day for rule in rules) if last else layout.valid_from,
            )  # fmt: skip
            layouts += [new, attrs.evolve(layout, valid_until=last)] if last else [new]
        else:
            layouts.append(layout)
    return tuple(layouts)


def _spread(pages: Sequence[TriedPage]) -> list[TriedPage]:
    """So many of the pages as are drafted from, evenly over time."""
    step = max(1, -(-len(pages) // _MOST_SAMPLES))
    return list(pages)[::-step][::-1]


def _tried(
    declared: type[Declared], layouts: tuple[Layout, ...], lost: Sequence[TriedPage], pages: Sequence[TriedPage]
) -> Mend | None:
    if not layouts or layouts == declared.layouts:
        return None
    fits = sum(sample_of(one.fetched).is_read_by(*layouts) for one in lost)
    others = [one for one in pages if one not in lost and one.layout is not None]
    same = sum(_article(declared, one, declared.layouts) == _article(declared, one, layouts) for one in others)
    if fits < max(1, _LEAST * len(lost)):
        return None
    return Mend(layouts=layouts, fits=fits, of=len(lost), same=same, others=len(others))


def _article(declared: type[Declared], one: TriedPage, layouts: Sequence[Layout]) -> dict[str, object] | None:
    try:
        rules = attrs.evolve(declared.rules(), layouts=tuple(layouts))
        values = to_dict(read_article(one.page, one.fetched.captured_at, None, rules))
        values.pop("layout", None)  # what it was read by
        return values
    except NotAnArticle:
        return None
