"""What a page's JSON-LD says of its article (schema.org); believes none of it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

import attrs

from crawler.extract.page import Page, fold
from crawler.extract.sources.lenient_json import read_values

_ARTICLE_TYPE = re.compile(r"(?:Article|Posting|Report)$")
_ORGANISATION = re.compile(r"Organi[sz]ation|Corporation|Company|WebSite")
_MOST_NODES = 5000


@attrs.frozen(kw_only=True)
class Linked:
    """The article's node in plain text; what it does not say is empty. `authors` are (name, whether a person)."""

    headline: str = ""
    published: str = ""
    modified: str = ""
    description: str = ""
    section: str = ""
    body: str = ""
    authors: tuple[tuple[str, bool], ...] = ()
    tags: tuple[str, ...] = ()
    publishers: tuple[str, ...] = ()


NOTHING = Linked()


def read_linked(page: Page) -> Linked:
    """The node that is the page's article: of several the one with its address, else the first with a headline."""
    nodes, by_id = _nodes(page)
    articles = [node for node in nodes if _is_article(node)]
    if not articles:
        return NOTHING
    article = next((node for node in articles if _is_of(node, page.url)), None)
    if article is None:
        article = next((node for node in articles if plain(node.get("headline"))), articles[0])
    resolved = [
        by_id.get(str(one["@id"]), one) if _is_reference(one) else one for one in as_list(article.get("author"))
    ]
    publishers = [
        by_id.get(str(one.get("@id")), one) for one in as_list(article.get("publisher")) if isinstance(one, dict)
    ]
    return Linked(
        headline=plain(article.get("headline")) or plain(article.get("name")),
        published=plain(article.get("datePublished")),
        modified=plain(article.get("dateModified")),
        description=plain(article.get("description")),
        section=plain(next(iter(as_list(article.get("articleSection"))), "")),
        body=_body(article),
        authors=tuple(_people(resolved)),
        tags=tuple(_words(article.get("keywords"))),
        publishers=tuple(filter(None, (plain(one.get("name")) for one in publishers))),
    )


def plain(value: Any) -> str:
    """Folded text of a JSON-LD value, also where it was escaped once or twice (`Chi&amp;#7871;n`)."""
    if not isinstance(value, str):
        return ""
    return fold(html.unescape(html.unescape(value)) if "&" in value else value)


def as_list(value: Any) -> list[Any]:
    """The values of a property that may have one or several, also where lists stand in lists."""
    if not isinstance(value, list):
        return [] if value is None else [value]
    flat: list[Any] = []
    pending = value[::-1]
    while pending and len(flat) < _MOST_NODES:
        one = pending.pop()
        if isinstance(one, list):
            pending.extend(one[::-1])
        else:
            flat.append(one)
    return flat


def _nodes(page: Page) -> tuple[list[dict[str, Any]], dict[str, dict[str, Any]]]:
    """Every node of the page, outer ones first, and those with an @id that say more than it."""
    nodes: list[dict[str, Any]] = []
    by_id: dict[str, dict[str, Any]] = {}
    pending: list[Any] = [value for script in page.linked_scripts() for value in read_values(script)]
    at = 0
    while at < len(pending) and at < _MOST_NODES:
        value = pending[at]
        at += 1
        if isinstance(value, list):
            pending.extend(value)
        elif isinstance(value, dict):
            nodes.append(value)
            if isinstance(value.get("@id"), str) and len(value) > 2:
                by_id.setdefault(value["@id"], value)
            pending.extend(part for part in value.values() if isinstance(part, (dict, list)))
    return nodes, by_id


def _is_article(node: dict[str, Any]) -> bool:
    return any(isinstance(kind, str) and _ARTICLE_TYPE.search(kind) for kind in as_list(node.get("@type")))


def _is_of(node: dict[str, Any], url: str) -> bool:
    own = url.partition("#")[0].partition("?")[0].rstrip("/")
    page = node.get("mainEntityOfPage")
    said = [node.get("url"), node.get("@id"), page, page.get("@id") if isinstance(page, dict) else None]
    return any(isinstance(one, str) and one.partition("#")[0].partition("?")[0].rstrip("/") == own for one in said)


def _is_reference(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("@id"), str) and not value.get("name")


def _people(values: list[Any]) -> Iterator[tuple[str, bool]]:
    for value in values:
        if isinstance(value, str):
            if name := plain(value):
                yield name, True
            continue
        if not isinstance(value, dict):
            continue
        kinds = [kind for kind in as_list(value.get("@type")) if isinstance(kind, str)]
        is_person = "Person" in kinds or not any(_ORGANISATION.search(kind) for kind in kinds)
        names = [plain(name) for name in as_list(value.get("name"))]
        if not any(names):
            names = [fold(f"{plain(value.get('givenName'))} {plain(value.get('familyName'))}")]
        yield from ((name, is_person and "logo" not in value) for name in names if name)


def _body(article: dict[str, Any]) -> str:
    said = article.get("articleBody")
    text = html.unescape(said) if isinstance(said, str) else ""
    updates = [_body(one) for one in as_list(article.get("liveBlogUpdate"))[:500] if isinstance(one, dict)]
    return "\n".join(filter(None, (text, *updates)))


def _words(value: Any) -> Iterator[str]:
    for one in as_list(value):
        for word in one.split(",") if isinstance(one, str) else ():
            if text := plain(word):
                yield text
