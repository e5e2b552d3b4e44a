"""What a newspaper declares, as class attributes, and what the catalog keeps of it; crawls and reads nothing."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar

from archive.errors import UnknownSection
from archive.identity import without_session
from crawler.declaration.layout import Layout, Rules, Section


class Declared:
    """A newspaper's declaration. Its schema is checked by `declaration.py`; `docs/add-a-paper.md` explains it."""

    name: str
    title: ClassVar[str]
    province: ClassVar[str | None]
    """The province since July 2025; None: a paper of the whole country."""
    provinces_before: ClassVar[tuple[str, ...]] = ()
    hosts: ClassVar[tuple[str, ...]]
    former_hosts: ClassVar[tuple[str, ...]] = ()
    time_zone: ClassVar[str] = "Asia/Ho_Chi_Minh"
    family: ClassVar[str] = "own"
    sections: ClassVar[tuple[Section, ...]] = ()
    """Empty: nobody knows them, and they are looked for on the home page and in the sitemaps."""
    article_pattern: ClassVar[str]
    section_pages: ClassVar[str | None] = None
    paging: ClassVar[str | None] = None
    """Address of a section's further pages, "{path}?page={page}", for lists that link to none."""
    feeds: ClassVar[tuple[str, ...]] = ()
    """Paths; "{section}" stands for each section's slug."""
    sitemaps: ClassVar[tuple[str, ...]] = ()
    layouts: ClassVar[tuple[Layout, ...]] = ()
    """Empty: no markup is known, and pages are read in the general way."""
    delay: ClassVar[float] = 2.0
    """Seconds between requests, on average."""
    needs_javascript: ClassVar[bool] = False
    """The sections are shown by a script, which is not run here."""
    verified: ClassVar[date | None] = None
    """Day of the saved pages against which the rules were verified; None: they were written without any."""

    @classmethod
    def profile(cls) -> dict[str, Any]:
        """What the catalog keeps of the newspaper, so that whoever reads the archive needs no declaration."""
        return {
            "title": cls.title,
            "province": cls.province,
            "provinces_before": list(cls.provinces_before),
            "hosts": list(cls.hosts),
            "former_hosts": list(cls.former_hosts),
            "time_zone": cls.time_zone,
            "family": cls.family,
            "sections": [{"name": section.name, "path": section.path} for section in cls.sections],
            "article_pattern": cls.article_pattern,
            "feeds": list(cls.feeds),
            "sitemaps": list(cls.sitemaps),
            "layouts": [_span(layout) for layout in cls.layouts],
            "needs_javascript": cls.needs_javascript,
            "verified": cls.verified.isoformat() if cls.verified else None,
            "unproved": cls.verified is None,  # the former name of `verified`, until the next version
        }

    @classmethod
    def sections_called(cls, wanted: Sequence[str]) -> tuple[Section, ...]:
        """The sections of these names or slugs, all where none is wanted; none where nobody declared any.

        Raises:
            UnknownSection: the newspaper declares none of that name.
        """
        if not cls.sections:
            return ()  # they are looked for, and chosen from when they are found
        by_name = {key: section for section in cls.sections for key in (section.name, section.path.strip("/"))}
        for name in wanted:
            if name not in by_name:
                raise UnknownSection(cls.name, name, [section.path.strip("/") for section in cls.sections])
        return tuple(by_name[name] for name in wanted) or cls.sections

    @classmethod
    def article_of(cls, path: str) -> str | None:
        """The paper's own id of the article at an address's path, or None where none stands there."""
        found = re.search(cls.article_pattern, without_session(path))
        return found["id"] if found else None

    @classmethod
    @functools.cache
    def rules(cls) -> Rules:
        """What its pages are read by."""
        return Rules(
            newspaper=cls.name,
            layouts=cls.layouts,
            sections=tuple(section.name for section in cls.sections),
            time_zone=cls.time_zone,
            article_pattern=cls.article_pattern,
            section_pages=cls.section_pages,
        )


def _span(layout: Layout) -> dict[str, Any]:
    """The days for which a layout holds, and the day of the pages that it was verified against."""
    first, last = layout.valid_from, layout.valid_until
    return {
        "valid_from": first.isoformat() if first else None,
        "valid_until": last.isoformat() if last else None,
        "verified": layout.verified.isoformat() if layout.verified else None,
        "unproved": layout.verified is None,  # the former name of `verified`, until the next version
    }
