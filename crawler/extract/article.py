"""Makes an Article from one page; NotAnArticle is the only error raised."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from archive.article import Article, Block, FurtherPage
from archive.errors import NotAnArticle
from archive.identity import are_of_one_site, may_be_same
from archive.printable import without_controls
from archive.reasons import Reason
from crawler.declaration.layout import Layout, choose, day_of
from crawler.extract.bylines.printed import Byline
from crawler.extract.confidence import confidences, doubts
from crawler.extract.dates.parsing import Instant
from crawler.extract.extraction import REQUIRED, Extraction, read_with_rules, read_without_rules
from crawler.extract.page import Page, open_page
from crawler.extract.paging import further_pages
from crawler.extract.rules import canonical_of, same_name
from crawler.extract.sources.evidence import read_metadata
from crawler.extract.template import layout_of
from crawler.extract.vote import FeedEntry


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
    feed: FeedEntry | None = None,
    language: str | None = None,
) -> Article:
    """Read the article of a page.

    Args:
        page: the body, without transfer and content codings.
        layouts: the newspaper's; those valid at `captured_at` are tried, the newest first. With none declared at all, a
            reading without rules is tried.
        section: name of the section through which the page was found, used where the page names none.
        sections: names of the newspaper's sections; what the page prints takes their spelling ("KINH TẾ" is "Kinh tế").
        feed: what a feed says of the article.
        language: of an edition that is declared in another than Vietnamese.

    Raises:
        NotAnArticle: title, time of publication or body cannot be read; no other error, on any bytes.
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
        feed=feed,
        language=language,
    )


def extract_from(
    opened: Page,
    captured_at: datetime,
    layouts: Sequence[Layout],
    *,
    newspaper: str,
    article_id: str | None = None,
    section: str | None = None,
    sections: Sequence[str] = (),
    time_zone: str = "Asia/Ho_Chi_Minh",
    feed: FeedEntry | None = None,
    language: str | None = None,
) -> Article:
    """Read the article of a page that is parsed already, as `extract` does.

    Raises:
        NotAnArticle: as `extract`.
    """
    reading = read_page(
        opened, captured_at, layouts, newspaper=newspaper, time_zone=time_zone, feed=feed, language=language
    )
    return article_of(
        reading, captured_at, newspaper=newspaper, article_id=article_id, section=section, sections=sections
    )


def article_of(
    reading: Extraction,
    captured_at: datetime,
    *,
    newspaper: str,
    article_id: str | None = None,
    section: str | None = None,
    sections: Sequence[str] = (),
) -> Article:
    """The article of a page that is read already, as `extract` gives it.

    Raises:
        NotAnArticle: as `extract`.
    """
    if reading.lacking:
        template = layout_of(reading).template if list(reading.lacking) == ["body"] else None
        raise NotAnArticle(reading.page.url, reading.lacking, template)
    reading.fields.section = _section(reading.fields.section, section, sections)
    return _article(reading, newspaper, article_id, captured_at)


def read_page(
    opened: Page,
    captured_at: datetime,
    layouts: Sequence[Layout],
    *,
    newspaper: str,
    time_zone: str = "Asia/Ho_Chi_Minh",
    feed: FeedEntry | None = None,
    language: str | None = None,
    explaining: bool = False,
) -> Extraction:
    """Read a page, complete article or not: by the first layout that gives one, else the best; without rules where no
    layout finds a body.

    Args:
        explaining: read every source, also those that a page with rules does not need.

    Raises:
        NotAnArticle: layouts are declared, but none for the time of the capture; or the page is too large.
    """
    if opened.is_cut:
        raise NotAnArticle(opened.url, {"page": Reason.PAGE_TOO_LARGE.value})
    valid = choose(layouts, captured_at, time_zone)
    if layouts and not valid:
        reason = f"no layout is declared for captures of {day_of(captured_at, time_zone)}"
        raise NotAnArticle(opened.url, dict.fromkeys(REQUIRED, reason))
    metadata = read_metadata(opened, newspaper, language)
    if not valid:
        return read_without_rules(opened, metadata, captured_at, time_zone, feed)
    best: Extraction | None = None
    for layout in valid:
        reading = read_with_rules(opened, metadata, layout, captured_at, time_zone, feed, explaining=explaining)
        if not reading.lacking and reading.is_by_rules:
            return reading
        if best is None or len(reading.lacking) < len(best.lacking):
            best = reading
    assert best is not None
    if best.is_by_rules:
        return best
    # the layout does not fit: after a redesign, reading without rules is better than half of the rules
    general = read_without_rules(opened, metadata, captured_at, time_zone, feed)
    return best if general.lacking and len(general.lacking) >= len(best.lacking) else general


def _article(reading: Extraction, newspaper: str, article_id: str | None, captured_at: datetime) -> Article:
    page, fields, body = reading.page, reading.fields, reading.body
    canonical = canonical_of(page)
    byline = reading.byline or Byline(printed="")
    published: Instant = reading.value("published_at")
    modified: Instant | None = reading.value("modified_at")
    values: dict[str, Any] = {
        "newspaper": newspaper,
        "article_id": article_id,
        "canonical_url": canonical,
        "section": fields.section,
        "kicker": fields.kicker,
        "title": reading.value("title"),
        "lead": fields.lead,
        "source": byline.source,
        "byline": byline.printed or None,
        "published_at": published.at,
        "modified_at": modified.at if modified else None,
        "captured_at": captured_at,
        "missing": _reasons(reading, byline, canonical),
        "body": tuple(block for block in body.blocks if not _is_own_address(block, page.url)),
        "authors": tuple(byline.authors),
        "contributors": tuple(byline.contributors),
        "images": tuple(body.images),
        "tags": tuple(fields.tags),
        "language": reading.language,
        "dateline": dateline_of(fields.lead or body.first_paragraph),
        "published_text": published.text or None,
        "published_precision": "day" if published.day_only else "minute",
        "modified_text": modified.text or None if modified else None,
        "embeds": tuple(body.embeds),
        "further_pages": tuple(FurtherPage(url=url) for url in further_pages(page)),
        "text_encoding": page.encoding,
        "confidence": confidences(reading),
        "doubts": doubts(reading, captured_at),
        "layout": layout_of(reading),
    }
    # control characters of a page must not reach a terminal
    return Article(url=page.url, **without_controls(values))


_ADDRESS_LINE = re.compile(r"(?:[^:/]{1,40}:\s*)?(?P<url>https?://\S+/\S+?)[.)]?")


def _is_own_address(block: Block, url: str) -> bool:
    """Whether a line is the page's own address, as pages for printing have it: "Nguồn: http://..."."""
    found = _ADDRESS_LINE.fullmatch(block.text) if block.type == "paragraph" else None
    return found is not None and are_of_one_site(found["url"], url) and may_be_same(found["url"], url)


def _section(printed: str | None, found_through: str | None, declared: Sequence[str]) -> str | None:
    """The section's name: what the page prints, in a declared spelling where there is one, else the one given."""
    if printed is None:
        return found_through
    known = [name for name in (found_through, *declared) if name]
    return next((name for name in known if same_name(name, printed)), printed)


def _reasons(reading: Extraction, byline: Byline, canonical: str | None) -> dict[str, str]:
    """Why each field is null or empty, in alphabetical order."""
    fields = reading.fields
    missing = dict(fields.missing)
    if reading.value("title"):
        missing.pop("title", None)
    if reading.body.blocks:
        missing.pop("body", None)
    if not reading.value("published_at").day_only:
        missing.pop("published_at", None)
    if byline.printed:
        missing.pop("byline", None)
    if not byline.authors:
        missing["authors"] = Reason.NO_AUTHOR.of(byline.printed) if byline.printed else Reason.NO_BYLINE.value
    if canonical is None:
        missing["canonical_url"] = Reason.NO_CANONICAL.value
    if fields.section:
        missing.pop("section", None)
    return dict(sorted(missing.items()))


_DATELINE = re.compile(
    r"\(\s*(?P<code>[A-ZĐ]{2,8}(?:[-.][A-Za-zĐđ]{1,10})?|[A-Za-zĐđ]+\.vn|"
    r"TTXVN(?:\s*/\s*[\w+]+)?|Dân [Tt]rí|Tổ [Qq]uốc)\s*\)\s*[-–—:.]?\s*"
    r"|(?P<plain>[A-ZĐ]{2,6}|TTXVN)\s*[-–—]\s+(?=[A-ZĐÂĂÊÔƠƯ])"
    r"|(?P<place>[A-ZĐÀ-Ỹ][\w'.]*(?:\s[A-ZĐÀ-Ỹ][\w'.]*){0,3}),\s*(?:ngày\s+)?\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{4})?\s*[-–—(]"
)


def dateline_of(text: str | None) -> str | None:
    """The dateline that a folded text opens with: "CTO" of "(CTO) - Ngày 8-1, ..."."""
    found = _DATELINE.match(text) if text else None
    return next((part for part in found.groups() if part), None) if found else None
