"""What a newspaper declares about its pages: the layouts of article pages, and sections."""

from __future__ import annotations

import hashlib
import json
import warnings
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import attrs

_NO_ARTICLE = r"(?!)"


def _warn_of_unproved(_layout: Any, _attribute: Any, value: bool | None) -> None:
    if value is not None:
        warnings.warn("Layout(unproved=...) is now Layout(verified=date(...))", DeprecationWarning, stacklevel=3)


@attrs.frozen
class Section:
    """A section of a newspaper: the name that articles bear and the path of its first list page."""

    name: str
    path: str


@attrs.frozen(kw_only=True)
class Layout:
    """Where an article page keeps its fields, as CSS selectors; `None`: unknown.

    A selector may end in `::attr(name)` or `::text`. Of several elements the first that can be read counts. For times
    an element's `datetime` or `content` attribute is read before its text. Without
    selectors title, time of publication and byline are read as on pages without rules.
    """

    body: str
    """The container whose children are the article's blocks."""
    title: str | None = None
    published_at: str | None = None
    body_script: str | None = None
    """Regular expression with one group: the JavaScript string or template literal that holds the body's HTML, for
    pages whose container is empty until a script fills it."""
    kicker: str | None = None
    section: str | None = None
    modified_at: str | None = None
    lead: str | None = None
    """The element of the lead (sapo). Within the body it is removed from it."""
    lead_opens_body: bool = False
    """The lead is the body's first paragraph, and stays there; with a selector in `lead` only if that finds it."""
    byline: str | None = None
    """Outside or within the body; within it the last short match counts."""
    tags: str | None = None
    heading: str | None = None
    """Elements of the body that are headings besides h1 to h6 and short bold paragraphs."""
    quote: str | None = None
    """Elements of the body that are quotations besides blockquote."""
    related: str | None = None
    """Boxes within the body that point to other articles: each becomes one block of that type."""
    drop: tuple[str, ...] = ()
    """Elements of the body that do not belong to the article."""
    valid_from: date | None = None
    valid_until: date | None = None
    """Last day on which pages were seen in this layout."""
    verified: date | None = None
    """Day of the saved pages against which it was verified; None: it was written without any."""
    unproved: bool | None = attrs.field(default=None, validator=_warn_of_unproved, eq=False, repr=False)
    """Deprecated, and without effect: `verified` takes its place."""


@attrs.frozen(kw_only=True)
class Rules:
    """The rules by which a newspaper's pages are read; without layouts articles are read without selectors."""

    newspaper: str
    layouts: tuple[Layout, ...] = ()
    sections: tuple[str, ...] = ()
    time_zone: str = "Asia/Ho_Chi_Minh"
    article_pattern: str = _NO_ARTICLE
    section_pages: str | None = None
    language: str | None = None
    """The language of an edition that is not in Vietnamese; None: what the pages show."""

    def digest(self) -> str:
        """sha256 of the rules: the same for rules that are declared alike."""
        said = json.dumps(attrs.asdict(self), ensure_ascii=False, sort_keys=True, default=str)
        return "sha256:" + hashlib.sha256(said.encode()).hexdigest()


def day_of(captured_at: datetime, time_zone: str) -> date:
    """The day on which a page was captured, where the newspaper is: layouts are valid by the newspaper's days."""
    return captured_at.astimezone(ZoneInfo(time_zone)).date()


def choose(layouts: Iterable[Layout], captured_at: datetime, time_zone: str = "Asia/Ho_Chi_Minh") -> tuple[Layout, ...]:
    """The layouts that are valid for a page captured at that time, newest first; undated ones count as oldest."""
    day = day_of(captured_at, time_zone)
    valid = [
        layout
        for layout in layouts
        if (layout.valid_from is None or layout.valid_from <= day)
        and (layout.valid_until is None or day <= layout.valid_until)
    ]
    return tuple(sorted(valid, key=lambda layout: layout.valid_from or date.min, reverse=True))
