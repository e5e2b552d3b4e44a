"""An Article out of one page: fields, body and byline put together; raises NotAnArticle alone, whatever the bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import attrs

from archive.article import Article
from archive.errors import NotAnArticle
from crawler.extract.body import Body, read_body
from crawler.extract.bylines import Byline, read_byline
from crawler.extract.fields import Fields, canonical_of, read_fields, same_name
from crawler.extract.generic import GENERIC, generic_fields
from crawler.extract.page import Page, bare, open_page
from crawler.extract.pieces import Marks, pieces_of
from crawler.extract.selection import Element, elements_within
from crawler.layout import Layout, choose

_REQUIRED = ("title", "published_at", "body")
_SUFFIXES = ("", "online", "dientu", "vn", "comvn")


@attrs.frozen(kw_only=True)
class _Reading:
    fields: Fields
    body: Body
    byline: Byline | None

    @property
    def lacking(self) -> dict[str, str]:
        """The required fields that could not be read, with reasons."""
        found = (self.fields.title, self.fields.published, self.body.blocks)
        return {
            name: self.fields.missing.get(name, "nothing was found")
            for name, value in zip(_REQUIRED, found, strict=True)
            if not value
        }


def extract(
    page: bytes,
    url: str,
    headers: Mapping[str, str],
    captured_at: datetime,
    layouts: Sequence[Layout],
    *,
    newspaper: str,
    article_id: str | None = None,
    section: str | None = None,
    sections: Sequence[str] = (),
    time_zone: str = "Asia/Ho_Chi_Minh",
) -> Article:
    """Read the article of a page.

    Args:
        page: the body after transfer and content codings were undone.
        layouts: the newspaper's; those valid at `captured_at` are tried, the newest first. With none declared at all, a
            generic reading is tried.
        section: name of the section through which the page was found, used where the page names none.
        sections: names of the newspaper's sections; what the page prints takes their spelling ("KINH TẾ" is "Kinh tế").

    Raises:
        NotAnArticle: title, time of publication or body cannot be read; nothing else is raised, on any bytes.
    """
    return extract_from(
        open_page(page, url, headers),
        captured_at,
        layouts,
        newspaper=newspaper,
        article_id=article_id,
        section=section,
        sections=sections,
        time_zone=time_zone,
    )


def extract_from(
    opened: Page,
    captured_at: datetime,
    layouts: Sequence[Layout],
    *,
    newspaper: str,
    article_id: str | None,
    section: str | None,
    sections: Sequence[str],
    time_zone: str,
) -> Article:
    """Read the article of a page that is parsed already, as `extract` does.

    Raises:
        NotAnArticle: as `extract`.
    """
    valid = choose(layouts, captured_at)
    if layouts and not valid:
        reason = f"no layout is declared for captures of {captured_at.date()}"
        raise NotAnArticle(opened.url, dict.fromkeys(_REQUIRED, reason))
    own_names = _own_names(opened, newspaper)
    best: dict[str, str] | None = None
    for layout in valid or (GENERIC,):
        fields = read_fields(opened, layout, time_zone) if valid else generic_fields(opened, time_zone)
        reading = _read(opened, layout, fields, own_names)
        if not reading.lacking:
            fields.section = _section(fields.section, section, sections)
            return _article(opened, reading, newspaper, article_id, captured_at)
        if best is None or len(reading.lacking) < len(best):
            best = reading.lacking
    raise NotAnArticle(opened.url, best or {})


def _read(page: Page, layout: Layout, fields: Fields, own_names: frozenset[str]) -> _Reading:
    body = Body()
    byline = read_byline(fields.byline, own_names) if fields.byline else None
    if fields.container is not None:
        marks = _marks(fields.container, layout)
        pieces = pieces_of(fields.container, page, marks)
        body = read_body(pieces, fields.title, signed_outside=byline is not None and bool(byline.authors))
        if not body.blocks:
            fields.missing["body"] = f"{layout.body} holds no text"
    if layout.lead_opens_body:
        fields.lead = body.first_paragraph
        if fields.lead is None:
            fields.missing["lead"] = "the body has no paragraph"
    if body.byline:
        byline = read_byline(body.byline, own_names)
    return _Reading(fields=fields, body=body, byline=byline)


def _marks(container: Element, layout: Layout) -> Marks:
    lead = () if layout.lead_opens_body else (layout.lead,)
    return Marks(
        drop={match for css in (*layout.drop, *lead) for match in elements_within(container, css)},
        related=set(elements_within(container, layout.related)),
        heading=set(elements_within(container, layout.heading)),
        quote=set(elements_within(container, layout.quote)),
        byline=set(elements_within(container, layout.byline)),
    )


def _article(
    page: Page,
    reading: _Reading,
    newspaper: str,
    article_id: str | None,
    captured_at: datetime,
) -> Article:
    fields, body, canonical = reading.fields, reading.body, canonical_of(page)
    byline = reading.byline or Byline(printed="")
    # `lacking` was empty
    assert fields.title is not None and fields.published is not None
    return Article(
        newspaper=newspaper,
        article_id=article_id,
        url=page.url,
        canonical_url=canonical,
        section=fields.section,
        kicker=fields.kicker,
        title=fields.title,
        lead=fields.lead,
        source=byline.source,
        byline=byline.printed or None,
        published_at=fields.published.at,
        modified_at=fields.modified.at if fields.modified else None,
        captured_at=captured_at,
        missing=_reasons(fields, byline, canonical),
        body=tuple(body.blocks),
        authors=tuple(byline.authors),
        contributors=tuple(byline.contributors),
        images=tuple(body.images),
        tags=tuple(fields.tags),
    )


def _section(printed: str | None, found_through: str | None, declared: Sequence[str]) -> str | None:
    """The section's name: what the page prints, in a declared spelling where there is one, else the one given."""
    if printed is None:
        return found_through
    known = [name for name in (found_through, *declared) if name]
    return next((name for name in known if same_name(name, printed)), printed)


def _reasons(fields: Fields, byline: Byline, canonical: str | None) -> dict[str, str]:
    """Why each field is null or empty, in alphabetical order."""
    missing = dict(fields.missing)
    if byline.printed:
        missing.pop("byline", None)
    if not byline.authors:
        missing["authors"] = f"{byline.printed!r} names no author" if byline.printed else "no byline"
    if canonical is None:
        missing["canonical_url"] = "no link rel=canonical and no og:url"
    if fields.section:
        missing.pop("section", None)
    return dict(sorted(missing.items()))


def _own_names(page: Page, newspaper: str) -> frozenset[str]:
    """The newspaper's names as `bare` gives them; they are never authors nor sources."""
    site = page.select('meta[property="og:site_name"]::attr(content)')
    names = {newspaper, newspaper.removeprefix("bao"), *(bare(name) for name in site if isinstance(name, str))}
    return frozenset(name + suffix for name in names if name for suffix in _SUFFIXES)
