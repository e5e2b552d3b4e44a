"""Reads the fields of an article page by a layout's selectors; a field without a value is None with a reason."""

from __future__ import annotations

import re
from typing import Any

import attrs

from archive.reasons import Reason
from crawler.declaration.layout import Layout
from crawler.extract.dates.parsing import Instant, read_time
from crawler.extract.page import Page
from crawler.extract.selectors import Element
from crawler.extract.text import bare, fold, text_of

_LONGEST_TIME = 300
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|.)", re.DOTALL)


@attrs.define
class Fields:
    """The fields read from a page, and the reasons for those that were not."""

    title: str | None = None
    published: Instant | None = None
    modified: Instant | None = None
    kicker: str | None = None
    section: str | None = None
    lead: str | None = None
    byline: str | None = None
    tags: tuple[str, ...] = ()
    container: Element | None = None
    missing: dict[str, str] = attrs.field(factory=dict)


def read_fields(page: Page, layout: Layout, time_zone: str) -> Fields:
    """Read every field outside the body, and find the body's container."""
    fields = Fields()
    missing = fields.missing
    fields.title = _first_text(page, layout.title, "title", missing)
    fields.published = _time(page, layout.published_at, "published_at", time_zone, missing)
    fields.modified = _time(page, layout.modified_at, "modified_at", time_zone, missing)
    fields.kicker = _first_text(page, layout.kicker, "kicker", missing)
    fields.section = _first_text(page, layout.section, "section", missing)
    fields.container = _container(page, layout, missing)
    if layout.lead is not None or not layout.lead_opens_body:
        fields.lead = _first_text(page, layout.lead, "lead", missing)
    fields.byline = _byline_outside(page, layout, fields.container, missing)
    fields.tags = _texts(page, layout.tags)
    if not fields.tags:
        missing["tags"] = _nothing(layout.tags)
    return fields


def canonical_of(page: Page) -> str | None:
    """The address that the page calls its own: link rel=canonical, else og:url."""
    for tag, name, value, attribute in (
        ("link", "rel", "canonical", "href"),
        ("meta", "property", "og:url", "content"),
    ):
        for element in page.root.iter(tag):
            address = element.get(attribute) if element.get(name) == value else None
            if address and address.strip() and (found := page.absolute(address)):
                return found
    return None


def same_name(one: str, other: str) -> bool:
    """Whether two names differ in case and diacritics only."""
    return bare(one) == bare(other)


def _nothing(css: str | None) -> str:
    return Reason.NO_ELEMENT.of(css) if css else Reason.NOT_DECLARED.value


def _text(match: Any) -> str:
    if isinstance(match, str):
        return fold(match)
    return fold(match.get("content") or "") if match.tag == "meta" else text_of(match)


def _first_text(page: Page, css: str | None, field: str, missing: dict[str, str]) -> str | None:
    matches = page.select(css) if css else []
    for match in matches:
        if text := _text(match):
            return text
    missing[field] = Reason.EMPTY_ELEMENT.of(css) if matches else _nothing(css)
    return None


def _texts(page: Page, css: str | None) -> tuple[str, ...]:
    texts = [_text(match) for match in page.select(css)] if css else []
    return tuple(dict.fromkeys(text for text in texts if text))


def _time(page: Page, css: str | None, field: str, time_zone: str, missing: dict[str, str]) -> Instant | None:
    matches = page.select(css) if css else []
    reason = _nothing(css)
    by_day: Instant | None = None
    for match in matches:
        printed = [_text(match)]
        if not isinstance(match, str):
            printed = [fold(match.get("datetime") or ""), *printed]
        for text in filter(None, printed):
            found = read_time(text[:_LONGEST_TIME], time_zone, updated=field == "modified_at")
            if found and not found.day_only:
                missing.pop(field, None)
                return found
            reason = (Reason.DAY_ONLY if found else Reason.NO_TIME).of(text[:60])
            by_day = by_day or found
    missing[field] = reason if matches else _nothing(css)
    return by_day


def _container(page: Page, layout: Layout, missing: dict[str, str]) -> Element | None:
    if layout.body_script:
        for script in page.root.iter("script"):
            if found := re.search(layout.body_script, script.text or ""):
                return page.fragment(unquoted(found[1]))
    matches = page.elements(layout.body)
    filled = next((match for match in matches if len(match) or (match.text and match.text.strip())), None)
    if filled is None:
        missing["body"] = Reason.EMPTY_ELEMENT.of(layout.body) if matches else _nothing(layout.body)
    return filled


def unquoted(literal: str) -> str:
    """What a JavaScript string or template literal stands for (ECMA-262, 12.9.4)."""
    plain = _ESCAPE.sub(lambda found: _unescaped(found[1]), literal)
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _unescaped(escape: str) -> str:
    if len(escape) > 1:
        return chr(int(escape[1:], 16))
    return {"n": "\n", "r": "\r", "t": "\t", "\n": ""}.get(escape, escape)


def _byline_outside(page: Page, layout: Layout, container: Element | None, missing: dict[str, str]) -> str | None:
    matches = page.elements(layout.byline)
    for match in matches:
        inside = container is not None and any(around is container for around in match.iterancestors())
        if not inside and (text := _text(match)):
            return text
    missing["byline"] = _nothing(layout.byline) if not matches else Reason.EMPTY_ELEMENT.of(layout.byline)
    return None
