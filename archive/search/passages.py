"""The passages of an article that are indexed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from archive.article import Article
from archive.search.vietnamese import composed

Kind = Literal["title", "kicker", "lead", "body", "caption", "credit", "author", "tag", "section", "source"]
BODY_BLOCKS = frozenset({"paragraph", "heading", "quote", "list", "table"})


class Passage(NamedTuple):
    """A text within which phrases are found."""

    kind: Kind
    text: str


def passages(article: Article) -> tuple[Passage, ...]:
    """The article's passages, the title first, each text once, composed."""
    seen: set[str] = set()
    found = []
    for kind, text in _every(article):
        text = composed(text or "").strip()
        if text and text not in seen:
            seen.add(text)
            found.append(Passage(kind, text))
    return tuple(found)


def _every(article: Article) -> Iterator[tuple[Kind, str | None]]:
    yield "title", article.title
    yield "lead", article.lead
    for block in article.body:
        if block.type in BODY_BLOCKS:
            for line in block.text.split("\n"):
                yield "body", line
        elif block.type == "figure":
            yield "caption", block.text
    for image in article.images:
        yield "caption", image.caption
        yield "credit", image.credit
    yield "kicker", article.kicker
    for name in article.authors:
        yield "author", name
    for contributor in article.contributors:
        yield "author", contributor.name
    for tag in article.tags:
        yield "tag", tag
    yield "section", article.section
    yield "source", article.source
