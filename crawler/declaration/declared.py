"""The base class of declarations: a newspaper's class attributes, and the profile that the catalog keeps."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar, Literal, TypeAlias

from archive.errors import UnknownSection
from archive.identity import article_id, plain_target, with_former, without_session
from crawler.declaration.layout import Layout, Rules, Section

# What of a newspaper scripts draw.
DrawnPart: TypeAlias = Literal["sections", "articles"]


class Declared:
    """A newspaper's declaration. `schema.py` checks it; `docs/add-a-paper.md` explains it."""

    name: str
    title: ClassVar[str]
    province: ClassVar[str | None]
    """The province since July 2025; None: a paper of the whole country."""
    provinces_before: ClassVar[tuple[str, ...]] = ()
    merged_into: ClassVar[str | None] = None
    """Name of the newspaper of which it has been a part since July 2025."""
    edition_of: ClassVar[str | None] = None
    """Name of the newspaper that publishes it as an edition: of a province, or in another language."""
    language: ClassVar[str] = "vi"
    """The language of its articles, as in ISO 639-1: "en", "km"."""
    hosts: ClassVar[tuple[str, ...]]
    former_hosts: ClassVar[tuple[str, ...]] = ()
    paths: ClassVar[tuple[str, ...]] = ()
    """Where its addresses begin, "/en/", if other editions share its hosts; empty: anywhere."""
    other_paths: ClassVar[tuple[str, ...]] = ()
    """Where the addresses of other editions on its hosts begin."""
    unsure: ClassVar[tuple[str, ...]] = ()
    """Names of the attributes, such as "hosts", that no page and no list of sites has confirmed."""
    time_zone: ClassVar[str] = "Asia/Ho_Chi_Minh"
    family: ClassVar[str] = "own"
    sections: ClassVar[tuple[Section, ...]] = ()
    """Empty: unknown; the crawl finds them on the home page and in the sitemaps."""
    article_pattern: ClassVar[str]
    former_article_patterns: ClassVar[tuple[str, ...]] = ()
    """Of addresses of before, in archives and links. A pattern names the article's number `id` where it is that of
    today's address, so that both are one article's; where the numbers are others, `former_id`."""
    section_pages: ClassVar[str | None] = None
    paging: ClassVar[str | None] = None
    """Address of a section's further pages, "{path}?page={page}", for lists that link to none."""
    feeds: ClassVar[tuple[str, ...]] = ()
    """Paths; "{section}" stands for each section's slug."""
    sitemaps: ClassVar[tuple[str, ...]] = ()
    layouts: ClassVar[tuple[Layout, ...]] = ()
    """Empty: the markup is unknown, and pages are read without rules."""
    delay: ClassVar[float] = 2.0
    """Seconds between requests, on average."""
    needs_browser: ClassVar[tuple[DrawnPart, ...]] = ()
    """Which of its pages scripts draw, "sections", "articles" or both: they are opened in a browser."""
    browser_hosts: ClassVar[tuple[str, ...]] = ()
    """Other hosts whose scripts and data its pages are drawn with, "cdn.example.com"."""
    more_button: ClassVar[str | None] = None
    """The element of a section's list that loads more of it when it is clicked; None: it is known by its words."""
    verified: ClassVar[date | None] = None
    """Day of the saved pages against which the rules were verified; None: they were written without any."""

    @classmethod
    def profile(cls) -> dict[str, Any]:
        """The newspaper's profile in the catalog, so that readers of the archive need no declaration."""
        return {
            "title": cls.title,
            "province": cls.province,
            "provinces_before": list(cls.provinces_before),
            "merged_into": cls.merged_into,
            "edition_of": cls.edition_of,
            "language": cls.language,
            "hosts": list(cls.hosts),
            "former_hosts": list(cls.former_hosts),
            "paths": list(cls.paths),
            "other_paths": list(cls.other_paths),
            "unsure": list(cls.unsure),
            "time_zone": cls.time_zone,
            "family": cls.family,
            "sections": [{"name": section.name, "path": section.path} for section in cls.sections],
            "article_pattern": cls.addresses_pattern(),
            "feeds": list(cls.feeds),
            "sitemaps": list(cls.sitemaps),
            "layouts": [_span(layout) for layout in cls.layouts],
            "needs_browser": list(cls.needs_browser),
            "needs_javascript": "sections" in cls.needs_browser,  # the former name, until the next version
            "verified": cls.verified.isoformat() if cls.verified else None,
            "unproved": cls.verified is None,  # the former name of `verified`, until the next version
        }

    @classmethod
    def sections_called(cls, wanted: Sequence[str]) -> tuple[Section, ...]:
        """The sections of these names or slugs; all if none are given; empty if the newspaper declares none.

        Raises:
            UnknownSection: the newspaper declares none of that name.
        """
        if not cls.sections:
            return ()  # the crawl finds them, and then chooses among them
        by_name = {key: section for section in cls.sections for key in (section.name, section.path.strip("/"))}
        for name in wanted:
            if name not in by_name:
                raise UnknownSection(cls.name, name, [section.path.strip("/") for section in cls.sections])
        return tuple(by_name[name] for name in wanted) or cls.sections

    @classmethod
    def host_name(cls) -> str:
        """Whose name its host on this machine bears: of an edition the newspaper's whose host it shares."""
        return cls.edition_of if cls.edition_of and cls.paths else cls.name

    @classmethod
    def foreign_language(cls) -> str | None:
        """The language of its articles where it is not Vietnamese."""
        return cls.language if cls.language != "vi" else None

    @classmethod
    def home_path(cls) -> str:
        """The path of the home page."""
        return cls.paths[0] if cls.paths else "/"

    @classmethod
    def has_path(cls, path: str) -> bool:
        """Whether an address on the newspaper's hosts is its own, and not another edition's."""
        path = without_session(path) + "/"
        return path.startswith(cls.paths or "/") and not path.startswith(cls.other_paths)

    @classmethod
    def article_of(cls, url: str) -> str | None:
        """The article id in an address, or in its path and query; None where there is none."""
        return article_id(cls.addresses_pattern(), plain_target(url))

    @classmethod
    @functools.cache
    def addresses_pattern(cls) -> str:
        """The pattern of its articles' addresses, those of before included."""
        return with_former(cls.article_pattern, cls.former_article_patterns)

    @classmethod
    @functools.cache
    def rules(cls) -> Rules:
        """The rules by which its pages are read."""
        return Rules(
            newspaper=cls.name,
            layouts=cls.layouts,
            sections=tuple(section.name for section in cls.sections),
            time_zone=cls.time_zone,
            article_pattern=cls.addresses_pattern(),
            section_pages=cls.section_pages,
            language=cls.foreign_language(),
        )


def _span(layout: Layout) -> dict[str, Any]:
    """The days on which a layout is valid, and the day of the pages that it was verified against."""
    first, last = layout.valid_from, layout.valid_until
    return {
        "valid_from": first.isoformat() if first else None,
        "valid_until": last.isoformat() if last else None,
        "verified": layout.verified.isoformat() if layout.verified else None,
        "unproved": layout.verified is None,  # the former name of `verified`, until the next version
    }
