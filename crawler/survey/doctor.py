"""Examines a newspaper's captured pages: which rules have stopped matching, since when, and what would mend them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

import attrs

from crawler.declaration.declared import Declared
from crawler.survey.diagnosis import Sight, StoppedRule, TriedPage, stopped_rules, try_rules
from crawler.survey.markup import Found
from crawler.survey.mending import Mend, drafted, mend, mend_unread
from crawler.survey.page import FetchedPage

_ROUNDS = 2
_BETWEEN = 8
_ENOUGH_FOR_A_DRAFT = 8


class CapturedPages(Protocol):
    """A newspaper's captured article pages, oldest first; each is read from its record when it is asked for."""

    def __len__(self) -> int: ...

    def page(self, number: int) -> FetchedPage | None:
        """The page; None where its record cannot be read."""
        ...


@attrs.frozen(kw_only=True)
class Diagnosis:
    """What was found out about a newspaper's rules."""

    newspaper: str
    captured: int
    """Its article pages in the collection."""
    tried: int
    """Pages that were looked at."""
    first: Sight | None
    last: Sight | None
    stopped: tuple[StoppedRule, ...] = ()
    unread: int = 0
    """Pages that no declared layout reads."""
    mend: Mend | None = None
    found: tuple[Found, ...] = ()
    """Layouts that fit, for a newspaper that declares none."""

    @property
    def is_ill(self) -> bool:
        """Whether rules have stopped matching, or a template is read by none."""
        return bool(self.stopped) or self.mend is not None


def diagnose(declared: type[Declared], pages: CapturedPages, most: int) -> Diagnosis:
    """Try the rules on at most so many pages: the newest, others evenly over time, and more around a change."""
    tried: dict[int, TriedPage] = {}
    _try(declared, pages, sample(len(pages), most), tried)
    stopped: list[StoppedRule] = []
    for rounds_left in range(_ROUNDS, -1, -1):
        in_order = [tried[number] for number in sorted(tried)]
        stopped = stopped_rules(declared, in_order)
        if rounds_left:
            _try(declared, pages, set(_around(stopped, tried)), tried)
    in_order = [tried[number] for number in sorted(tried)]
    return Diagnosis(
        newspaper=declared.name, captured=len(pages), tried=len(in_order),
        first=in_order[0].sight if in_order else None, last=in_order[-1].sight if in_order else None,
        stopped=tuple(stopped), unread=sum(one.layout is None for one in in_order),
        mend=mend(declared, stopped, in_order) if stopped else mend_unread(declared, in_order),
        found=drafted(in_order) if not declared.layouts and len(in_order) >= _ENOUGH_FOR_A_DRAFT else (),
    )  # fmt: skip


def sample(total: int, most: int) -> set[int]:
    """The numbers of at most so many pages of all: the newest third, the others evenly over time."""
    if total <= most:
        return set(range(total))
    newest = max(1, most // 3)
    older, count = total - newest, most - newest
    return set(range(older, total)) | {nth * older // count for nth in range(count)}


def _try(declared: type[Declared], pages: CapturedPages, numbers: Iterable[int], tried: dict[int, TriedPage]) -> None:
    for number in numbers:
        if number not in tried and (fetched := pages.page(number)) is not None:
            tried[number] = try_rules(declared, fetched)


def _around(stopped: Sequence[StoppedRule], tried: dict[int, TriedPage]) -> Iterator[int]:
    """The numbers of pages between the last on which a rule matched and the first on which it does not."""
    by_sight = {one.sight: number for number, one in tried.items()}
    for low, high in {(by_sight[rule.last], by_sight[rule.first]) for rule in stopped if rule.last is not None}:
        step = max(1, (high - low) // _BETWEEN)
        yield from range(low + 1, high, step)
