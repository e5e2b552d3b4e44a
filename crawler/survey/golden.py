"""Golden pages: saved article pages, each with the article that a person accepted as read rightly.

A page has a folder of its own, `<newspaper>/<day of capture>/`, with `page.html`, its bytes, and `expected.json`: the
article's fields, its address, the capture's time, the headers that came with it, and the section in which it was found.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import attrs

from archive.article import Article, to_dict
from archive.errors import NotAnArticle
from archive.printable import json_text
from crawler.declaration.declared import Declared
from crawler.declaration.layout import day_of
from crawler.extract.page import open_page
from crawler.extract.results import read_article
from crawler.survey.page import FetchedPage, section_of

# The one is a crawl's; the other changes with what confidence is measured on.
_NOT_KEPT = ("capture", "confidence")
_HEADERS, _FOUND_IN = "headers", "found_in"


@attrs.frozen
class GoldenPage:
    """A golden page, and in which fields the declaration reads it differently now: field, accepted, read now."""

    day: date
    differences: tuple[tuple[str, Any, Any], ...] = ()


def read_fetched(declared: type[Declared], fetched: FetchedPage) -> Article:
    """The article on a page, as a crawl reads it.

    Raises:
        NotAnArticle: there is none on it.
    """
    opened = open_page(fetched.body, fetched.url, fetched.headers)
    return read_article(opened, fetched.captured_at, section_of(declared, fetched), declared.rules())


def most_telling(pages: Iterable[tuple[FetchedPage, Article]]) -> tuple[FetchedPage, Article] | None:
    """The article page of which most can be judged: with a writer, a lead, pictures and captions; None: no article."""
    found: list[tuple[int, int, FetchedPage, Article]] = []
    for nth, (fetched, article) in enumerate(pages):
        captioned = any(image.caption for image in article.images)
        told = sum(map(bool, (article.authors, article.lead, article.images, captioned, article.section)))
        found.append((told, -nth, fetched, article))
    return max(found, key=lambda one: one[:2])[2:] if found else None


def accept(folder: Path, declared: type[Declared], fetched: FetchedPage, article: Article) -> Path:
    """Keep a page and its article as golden; the page's folder. Another page of that day gives way."""
    place = folder / declared.name / day_of(fetched.captured_at, declared.time_zone).isoformat()
    place.mkdir(parents=True, exist_ok=True)
    values = {name: value for name, value in to_dict(article).items() if name not in _NOT_KEPT}
    values["captured_at"] = fetched.captured_at.isoformat()
    values["url"] = fetched.url
    values[_HEADERS], values[_FOUND_IN] = dict(fetched.headers), fetched.section
    (place / "page.html").write_bytes(fetched.body)
    (place / "expected.json").write_text(json_text(values, indent=2) + "\n", "utf-8")
    return place


def golden_pages(folder: Path, declared: type[Declared]) -> list[GoldenPage]:
    """The golden pages of a newspaper in a folder, oldest first, each read anew by its declaration."""
    found = []
    for place in sorted((folder / declared.name).glob("*/expected.json")):
        expected: dict[str, Any] = json.loads(place.read_text("utf-8"))
        fetched = FetchedPage(
            kind="article", url=expected["url"], body=(place.parent / "page.html").read_bytes(),
            headers=expected.pop(_HEADERS, {}), section=expected.pop(_FOUND_IN, None),
            captured_at=datetime.fromisoformat(expected["captured_at"]),
        )  # fmt: skip
        found.append(GoldenPage(date.fromisoformat(place.parent.name), _differences(declared, fetched, expected)))
    return found


def golden_day(folder: Path, name: str) -> date | None:
    """The day of a newspaper's latest golden page; None where it has none."""
    days = sorted(place.parent.name for place in (folder / name).glob("*/expected.json"))
    return date.fromisoformat(days[-1]) if days else None


def _differences(
    declared: type[Declared], fetched: FetchedPage, expected: Mapping[str, Any]
) -> tuple[tuple[str, Any, Any], ...]:
    try:
        article = to_dict(read_fetched(declared, fetched)) | {"captured_at": expected["captured_at"]}
    except NotAnArticle as error:
        return tuple((field, expected.get(field), None) for field in error.missing)
    return tuple((field, value, article.get(field)) for field, value in expected.items() if article.get(field) != value)
