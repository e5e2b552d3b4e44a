"""A modest reading of a page whose newspaper declares no layout; promises less than a layout and votes on nothing."""

from __future__ import annotations

import html
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from crawler.extract.dates import Instant, read_time
from crawler.extract.fields import Fields
from crawler.extract.page import Page, bare, fold, text_of
from crawler.extract.selection import Element
from crawler.layout import Layout

GENERIC = Layout(
    title="h1, meta[property='og:title']",
    published_at="meta[property='article:published_time'], meta[itemprop=datePublished], time[datetime]",
    body="the densest container of paragraphs",
    lead="[class*=sapo], [class*=Sapo]",
    related="[class*=related], [class*=tinlienquan], [class*=tin-lien-quan], [class*=relate]",
    drop=(
        "aside, footer, header",
        "[class*=comment], [class*=social], [class*=share], [class*=breadcrumb], [class*=banner], [class*=advert]",
        "[class*=widget], [class*=newsletter], [id*=comment], [class*=block-tag], [class*=tags]",
    ),
    unproved=True,
)
_PUBLISHED = (
    "meta[property='article:published_time']::attr(content), meta[itemprop=datePublished]::attr(content), "
    "meta[name=pubdate]::attr(content), [itemprop=datePublished]::attr(datetime), time::attr(datetime)"
)
_MODIFIED = "meta[property='article:modified_time']::attr(content), meta[itemprop=dateModified]::attr(content)"
_VISIBLE_TIME = "time, [class*=date], [class*=time], [class*=ngay], [class*=Date], [class*=Time]"
_ARTICLE_TYPE = re.compile(r"(?:Article|NewsArticle|BlogPosting|ReportageNewsArticle)$")


def generic_fields(page: Page, time_zone: str) -> Fields:
    """What JSON-LD, meta elements and the visible page say; visible words go first for the title, data for times."""
    linked = next(_articles(page), {})
    fields = Fields(title=_title(page, linked))
    if fields.title is None:
        fields.missing["title"] = "no h1, no og:title and no JSON-LD headline"
    stamps = [linked.get("datePublished"), *page.select(_PUBLISHED)]
    visible = (text_of(element)[:300] for element in page.elements(_VISIBLE_TIME)[:40])
    fields.published = _first_time([*stamps, *visible], time_zone)
    if fields.published is None:
        fields.missing["published_at"] = "no time in JSON-LD, meta elements or an element of class date or time"
    elif fields.published.day_only:
        fields.missing["published_at"] = "only the day is given"
    fields.modified = _first_time([linked.get("dateModified"), *page.select(_MODIFIED)], time_zone)
    fields.lead = next((text for text in map(text_of, page.elements(GENERIC.lead)) if text), None)
    fields.byline = _authors(linked.get("author"))
    fields.container = _densest(page.root)
    if fields.container is None:
        fields.missing["body"] = "no element holds paragraphs"
    unread = {"kicker": None, "section": None, "tags": None}
    unread |= {"modified_at": fields.modified, "lead": fields.lead, "byline": fields.byline}  # type: ignore[dict-item]
    fields.missing |= {name: "not found without a layout" for name, value in unread.items() if not value}
    return fields


def plain(value: Any) -> str:
    """Folded text of a JSON-LD value, also where it was escaped once or twice (`Chi&amp;#7871;n`)."""
    return fold(html.unescape(html.unescape(value))) if isinstance(value, str) else ""


def _articles(page: Page) -> Iterator[dict[str, Any]]:
    for script in page.elements("script[type='application/ld+json']"):
        try:
            pending: list[Any] = [json.loads(script.text or "", strict=False)]
        except (ValueError, RecursionError):
            continue
        while pending:
            value = pending.pop(0)
            if isinstance(value, list):
                pending.extend(value)
            elif isinstance(value, dict):
                if any(isinstance(kind, str) and _ARTICLE_TYPE.search(kind) for kind in _as_list(value.get("@type"))):
                    yield value
                pending.extend(_as_list(value.get("@graph")))


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _title(page: Page, linked: dict[str, Any]) -> str | None:
    """The h1 that the page's own title repeats: of two, the first is often the kicker."""
    told = [plain(match) for match in page.select("meta[property='og:title']::attr(content)")]
    told += [plain(linked.get("headline")), plain(linked.get("name"))]
    named = [plain(match) for match in page.select("head title::text")]
    headlines = [text for text in (*told, *named) if text]
    visible = [text for text in map(text_of, page.elements("h1")) if text]
    repeated = [text for text in visible if any(bare(text) in bare(headline) for headline in headlines)]
    otherwise = (text for text in (*told, *visible, *named) if text)
    return max(repeated, key=len, default=None) or next(otherwise, None)


def _first_time(stamps: list[Any], time_zone: str) -> Instant | None:
    by_day: Instant | None = None
    for stamp in stamps:
        found = read_time(fold(stamp)[:300], time_zone) if isinstance(stamp, str) else None
        if found and not found.day_only:
            return found
        by_day = by_day or found
    return by_day


def _authors(value: Any) -> str | None:
    names = [plain(one.get("name") if isinstance(one, dict) else one) for one in _as_list(value)]
    return ", ".join(name for name in names if name)[:300] or None


def _densest(root: Element) -> Element | None:
    """The element that holds most letters in paragraphs, its children's counting whole and its grandchildren's half."""
    letters: defaultdict[Element, float] = defaultdict(float)
    for paragraph in root.iter("p"):
        parent = paragraph.getparent()
        length = len(text_of(paragraph))
        if parent is None or length < 25:
            continue
        letters[parent] += length
        above = parent.getparent()
        if above is not None:
            letters[above] += length / 2
    return max(letters, key=lambda element: letters[element], default=None)
