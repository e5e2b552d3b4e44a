"""The passages of an article that are indexed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Literal, NamedTuple

from archive.article import Article
from archive.search.terms.vietnamese import composed

Kind = Literal["title", "kicker", "lead", "body", "caption", "credit", "author", "tag", "section", "source"]
BODY_BLOCKS = frozenset({"paragraph", "heading", "quote", "list", "table"})


class Passage(NamedTuple):
    """A text within which phrases are found."""

    kind: Kind
    text: str


def passages(article: Article) -> tuple[Passage, ...]:
    """The article's passages, the title first, each text once, composed."""
    return _distinct(_every(article, getattr))


def passages_of(values: Mapping[str, Any]) -> tuple[Passage, ...]:
    """The passages of an article's plain JSON values: building the `Article` first would take several times as long."""
    return _distinct(_every(values, dict.get))


def _distinct(every: Iterable[tuple[Kind, str | None]]) -> tuple[Passage, ...]:
    seen: set[str] = set()
    found = []
    for kind, text in every:
        text = composed(text).strip() if text else ""
        if text and text not in seen:
            seen.add(text)
            found.append(Passage(kind, text))
    return tuple(found)


def _every(article: Any, of: Callable[[Any, str], Any]) -> Iterator[tuple[Kind, str | None]]:
    """The article's texts; `of` reads a field of the article or of a part of it, which an old line may lack."""
    yield "title", of(article, "title")
    yield "lead", of(article, "lead")
    for block in of(article, "body") or ():
        kind = of(block, "type")
        if kind in BODY_BLOCKS:
            for line in of(block, "text").split("\n"):
                yield "body", line
        elif kind == "figure":
            yield "caption", of(block, "text")
    for image in of(article, "images") or ():
        yield "caption", of(image, "caption")
        yield "credit", of(image, "credit")
    yield "kicker", of(article, "kicker")
    for name in of(article, "authors") or ():
        yield "author", name
    for contributor in of(article, "contributors") or ():
        yield "author", of(contributor, "name")
    for tag in of(article, "tags") or ():
        yield "tag", tag
    yield "section", of(article, "section")
    yield "source", of(article, "source")
