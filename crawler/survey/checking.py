"""Checks a declaration against pages: what each rule matched, and for each page which evidence gave each field."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs

from archive.article import Article
from archive.errors import NotAnArticle
from crawler.declaration.declared import Declared
from crawler.declaration.layout import Layout, choose
from crawler.extract.article import article_of
from crawler.extract.extraction import Extraction
from crawler.extract.page import Page, open_page
from crawler.extract.results import read_any
from crawler.extract.selectors import Element
from crawler.extract.text import fold, text_of
from crawler.survey.feeds import read_addresses
from crawler.survey.field_evidence import FieldEvidence, evidence_of
from crawler.survey.golden import golden_pages
from crawler.survey.page import FetchedPage, section_of

_LONGEST_EXAMPLE = 90
_NO_RULE = {"body_script", "lead_opens_body", "drop", "valid_from", "valid_until", "verified", "unproved"}
_NEEDED = ("title", "published_at", "body")
# The field of an article by the evidence that gives it.
_READ = {
    "title": "title", "published_at": "published_at", "body": "body", "section": "section", "kicker": "kicker",
    "lead": "lead", "byline": "authors", "modified_at": "modified_at", "tags": "tags", "images": "images",
}  # fmt: skip


@attrs.frozen(kw_only=True)
class Verdict:
    """The result of one rule. `is_required`: without a match no article can be read."""

    rule: str
    matched: int
    of: int
    example: str | None = None
    is_required: bool = False

    @property
    def is_failing(self) -> bool:
        """Whether a required rule matched nothing."""
        return self.is_required and self.matched == 0


@attrs.frozen(eq=False)
class _Opened:
    fetched: FetchedPage
    page: Page


@attrs.frozen(kw_only=True, eq=False)
class CheckedPage:
    """An article page as the declaration reads it; `missing` has the reasons where it gives no article."""

    fetched: FetchedPage
    layout: int | None
    """Number of the layout that it was read by; None: without rules."""
    evidence: tuple[FieldEvidence, ...]
    article: Article | None
    missing: Mapping[str, str]


@attrs.frozen(kw_only=True, eq=False)
class Checked:
    """The verdicts on the rules, and the article pages in the order in which they were given."""

    verdicts: tuple[Verdict, ...]
    pages: tuple[CheckedPage, ...]

    def evidence_for(self, verdict: Verdict) -> list[dict[str, Any]]:
        """What each page says of the field that a verdict is about, as values for JSON; empty for other rules."""
        field = _READ.get(verdict.rule.removeprefix("read "))
        if field is None or not verdict.rule.startswith("read "):
            return []
        return [
            {"url": one.fetched.url, "layout": one.layout, "has_losers": said.has_losers, **attrs.asdict(said)}
            for one in self.pages
            for said in one.evidence
            if said.field == field
        ]


def check(declared: type[Declared], pages: Sequence[FetchedPage]) -> Checked:
    """Try each rule of the declaration on the pages of its kind; each page is parsed and read once."""
    opened = [
        _Opened(fetched, open_page(fetched.body, fetched.url, fetched.headers))
        for fetched in pages
        if _is_page(fetched)
    ]
    articles = [one for one in opened if one.fetched.kind == "article"]
    lists = [one for one in opened if one.fetched.kind in ("home", "section", "further", "other")]
    checked = tuple(_checked(declared, one) for one in articles)
    verdicts = (
        *_addresses(declared, lists, articles),
        *_sections(declared, lists),
        *_paging(declared, [one for one in lists if one.fetched.kind == "section"]),
        *_named(declared, pages),
        *_layouts(declared, articles),
        *_read(checked),
    )
    return Checked(verdicts=verdicts, pages=checked)


def _checked(declared: type[Declared], one: _Opened) -> CheckedPage:
    fetched, found_in = one.fetched, section_of(declared, one.fetched)
    try:
        reading = read_any(one.page, fetched.captured_at, declared.rules(), explaining=True)
    except NotAnArticle as error:  # no layout is valid on that day
        return CheckedPage(fetched=fetched, layout=None, evidence=(), article=None, missing=error.missing)
    evidence, number = tuple(evidence_of(reading, found_in)), _number(declared.layouts, reading)
    try:
        article = article_of(
            reading, fetched.captured_at, newspaper=declared.name, section=found_in,
            article_id=declared.article_of(fetched.url),
            sections=[section.name for section in declared.sections],
        )  # fmt: skip
    except NotAnArticle as error:
        return CheckedPage(fetched=fetched, layout=number, evidence=evidence, article=None, missing=error.missing)
    return CheckedPage(fetched=fetched, layout=number, evidence=evidence, article=article, missing=article.missing)


def _number(layouts: Sequence[Layout], reading: Extraction) -> int | None:
    return next((number for number, layout in enumerate(layouts, 1) if layout is reading.layout), None)


def golden_verdicts(folder: Path, declared: type[Declared]) -> Iterator[Verdict]:
    """For each golden page of the newspaper in a folder whether it is read as it was accepted."""
    for page in golden_pages(folder, declared):
        different = "; ".join(f"{field}: {_short(repr(now))}" for field, _, now in page.differences)
        yield Verdict(
            rule=f"golden page {page.day}",
            matched=0 if different else 1,
            of=1,
            example=f"now read otherwise: {different}" if different else "read as accepted",
            is_required=True,
        )


def _is_page(fetched: FetchedPage) -> bool:
    return fetched.kind in ("home", "section", "further", "article", "other")


def _articles_in(declared: type[Declared], page: Page) -> list[str]:
    found = (page.absolute(element.get("href") or "") for element in page.root.iter("a"))
    return [url for url in dict.fromkeys(found) if url and declared.article_of(url) is not None]


def _addresses(declared: type[Declared], lists: Sequence[_Opened], articles: Sequence[_Opened]) -> Iterator[Verdict]:
    naming = [urls for one in lists if (urls := _articles_in(declared, one.page))]
    own = [one.fetched.url for one in articles if declared.article_of(one.fetched.url) is not None]
    example = next(iter([*own, *(urls[0] for urls in naming)]), None)
    yield Verdict(
        rule="article_pattern",
        matched=len(naming) + len(own),
        of=len(lists) + len(articles),
        example=f"{example} is {declared.article_of(example)}" if example else None,
        is_required=True,
    )


def _sections(declared: type[Declared], lists: Sequence[_Opened]) -> Iterator[Verdict]:
    for section in declared.sections:
        there = [one for one in lists if one.fetched.path.rstrip("/") == section.path.rstrip("/")]
        counts = [len(_articles_in(declared, one.page)) for one in there]
        yield Verdict(
            rule=f"section {section.path}",
            matched=sum(count > 0 for count in counts),
            of=len(there),
            example=f"{section.name}: {max(counts)} articles named" if counts else None,
        )


def _paging(declared: type[Declared], sections: Sequence[_Opened]) -> Iterator[Verdict]:
    if declared.section_pages is not None:
        found = [_first(one.page, declared.section_pages) for one in sections]
        examples = [example for example in found if example]
        yield Verdict(rule="section_pages", matched=len(examples), of=len(found), example=next(iter(examples), None))


def _named(declared: type[Declared], pages: Sequence[FetchedPage]) -> Iterator[Verdict]:
    for rule, kind in (("feeds", "feed"), ("sitemaps", "sitemap")):
        if not getattr(declared, rule):
            continue
        named = [
            read_addresses(fetched.body, fetched.url, fetched.headers, declared.rules())
            for fetched in pages
            if fetched.kind == kind
        ]
        naming = [
            urls for one in named
            if (urls := one.urls if one.is_index else [u for u in one.urls if declared.article_of(u)])
        ]  # fmt: skip
        example = f"{len(naming[0])} addresses, such as {naming[0][0]}" if naming else None
        yield Verdict(rule=rule, matched=len(naming), of=len(named), example=example)


def _layouts(declared: type[Declared], articles: Sequence[_Opened]) -> Iterator[Verdict]:
    """Try each selector of each layout. A required selector must match in at least one layout."""
    tried: list[tuple[str, Verdict]] = []
    for number, layout in enumerate(declared.layouts, 1):
        valid = [
            one for one in articles if layout in choose(declared.layouts, one.fetched.captured_at, declared.time_zone)
        ]
        tried += [(field, verdict) for field, verdict in _selectors(number, layout, valid)]
    matched = Counter({field: sum(one.matched for name, one in tried if name == field) for field in _NEEDED})
    for field, verdict in tried:
        yield attrs.evolve(verdict, is_required=field in _NEEDED and (len(declared.layouts) == 1 or not matched[field]))


def _selectors(number: int, layout: Layout, pages: Sequence[_Opened]) -> Iterator[tuple[str, Verdict]]:
    for field in attrs.fields(Layout):
        css = getattr(layout, field.name)
        if isinstance(css, str) and field.name not in _NO_RULE:
            examples = [example for one in pages if (example := _first(one.page, css))]
            rule, example = f"layout {number} {field.name}: {css}", next(iter(examples), None)
            yield field.name, Verdict(rule=rule, matched=len(examples), of=len(pages), example=example)
    if layout.body_script:
        scripts = [any(re.search(layout.body_script, text) for text in _scripts(one.page)) for one in pages]
        yield "body_script", Verdict(rule=f"layout {number} body_script", matched=sum(scripts), of=len(pages))


def _read(pages: Sequence[CheckedPage]) -> Iterator[Verdict]:
    """What was read of each field, with all layouts, or without rules if there are none."""
    texts = [_texts_of(one) for one in pages]
    for field in _READ:
        found = [text[field] for text in texts if field in text]
        yield Verdict(
            rule=f"read {field}",
            matched=len(found),
            of=len(pages),
            example=next(iter(found), None),
            is_required=field in _NEEDED,
        )


def _texts_of(one: CheckedPage) -> dict[str, str]:
    article = one.article
    if article is None:
        return {field: "read, but others were not" for field in _NEEDED if field not in one.missing}
    texts = {
        "title": article.title,
        "published_at": article.published_at.isoformat(timespec="minutes"),
        "body": f"{len(article.body)} blocks",
        "section": article.section,
        "kicker": article.kicker,
        "lead": article.lead,
        "byline": article.byline,
        "modified_at": article.modified_at.isoformat(timespec="minutes") if article.modified_at else None,
        "tags": ", ".join(article.tags),
        "images": f"{count} picture{'s' if count > 1 else ''}" if (count := len(article.images)) else None,
    }
    return {field: _short(value) for field, value in texts.items() if value}


def _first(page: Page, css: str) -> str | None:
    for match in page.select(css):
        if text := _text(match):
            return _short(text)
    return None


def _text(match: Element | str) -> str:
    if isinstance(match, str):
        return fold(match)
    return fold(match.get("content") or match.get("datetime") or "") or text_of(match) or f"<{match.tag}>"


def _scripts(page: Page) -> Iterator[str]:
    return (script.text or "" for script in page.root.iter("script"))


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_EXAMPLE else text[: _LONGEST_EXAMPLE - 3] + "..."
