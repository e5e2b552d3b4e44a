"""What one crawl of a newspaper covers: all of it, some sections or one list page, the articles between two days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import attrs

from archive.errors import BadDay, NoDaysBetween
from crawler.crawl.arguments import is_on
from crawler.declaration.declared import Declared
from crawler.declaration.layout import Section


@attrs.frozen
class Bounds:
    """The days between which articles are wanted, both included; None: no bound on that side."""

    since: date | None = None
    until: date | None = None

    @classmethod
    def read(cls, since: str | None, until: str | None) -> Bounds:
        """The bounds of two days written as 2025-07-01.

        Raises:
            BadDay: one of them is no day.
            NoDaysBetween: the first is later than the last.
        """
        first, last = _day("since", since), _day("until", until)
        if first is not None and last is not None and first > last:
            raise NoDaysBetween(first, last)
        return cls(first, last)

    def is_before(self, day: date) -> bool:
        """Whether a day is earlier than the first that is wanted."""
        return self.since is not None and day < self.since

    def is_behind(self, day: date) -> bool:
        """Whether a day is later than the last that is wanted."""
        return self.until is not None and day > self.until

    def hold(self, day: date | None) -> bool:
        """Whether a day is wanted; an unknown one is."""
        return day is None or not (self.is_before(day) or self.is_behind(day))


@attrs.frozen(kw_only=True)
class CrawlScope:
    """What one crawl covers.

    Args:
        names: the names or slugs of the sections that are wanted; empty: all.
        page: path of a list page that is crawled in place of the sections.
        sections: the declared sections that are crawled; empty: they are looked for.
        limit: so many article pages are requested; None: no limit.
        only_due: first pages, feeds and sitemaps are requested only when they are due.
        recheck: all known articles are requested again.
        backfills: the sections' older list pages are fetched too, as far as `bounds` go.
        is_rereading: an archive is read instead of the network.
    """

    names: tuple[str, ...] = ()
    page: str | None = None
    sections: tuple[Section, ...] = ()
    limit: int | None = None
    bounds: Bounds = Bounds()
    only_due: bool = False
    recheck: bool = False
    backfills: bool = False
    is_rereading: bool = False

    @classmethod
    def read(
        cls,
        declared: type[Declared],
        *,
        section: str | Sequence[str] | None = None,
        page: str | None = None,
        limit: str | int | None = None,
        from_archive: str | None = None,
        due: str | bool = False,
        recheck: str | bool = False,
        full: str | bool = False,
        since: str | None = None,
        until: str | None = None,
    ) -> CrawlScope:
        """The scope that a spider's arguments give.

        Raises:
            UnknownSection: the newspaper declares none of that name.
            BadDay: `since` or `until` is no day.
            NoDaysBetween: `since` is later than `until`.
        """
        wanted = [section] if isinstance(section, str) else list(section or ())
        names = tuple(name for part in wanted for name in part.split(","))
        bounds = Bounds.read(since, until)
        return cls(
            names=names,
            page=page,
            sections=(Section(page.strip("/"), page),) if page else declared.sections_called(names),
            limit=int(limit) if limit else None,
            bounds=bounds,
            only_due=is_on(due),
            recheck=is_on(recheck),
            backfills=(is_on(full) or bounds != Bounds()) and not from_archive,
            is_rereading=bool(from_archive),
        )

    @classmethod
    def take(cls, declared: type[Declared], arguments: dict[str, Any]) -> CrawlScope:
        """The scope that a spider's arguments give, as `read`; what is read is taken out of them."""
        return cls.read(declared, **{name: arguments.pop(name) for name in _ARGUMENTS if name in arguments})


_ARGUMENTS = ("section", "page", "limit", "from_archive", "due", "recheck", "full", "since", "until")


def _day(name: str, text: str | None) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadDay(name, text) from error
