"""Finds pictures by their captions: those of the articles that a search of captions finds, each judged by its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

import attrs

from archive.catalog import Catalog, Version
from archive.collection import Collection
from archive.pictures.history import caption_of, printed_pictures
from archive.search.parsing.tree import AllOf, AnyOf, Days, Node, Not, Parsed, Scope, Words
from archive.search.query import Order, Results, search
from archive.search.selection import Selection
from archive.search.snippet import MarkedText, Marks, Pattern, patterns_of
from archive.search.terms.document import keys
from archive.search.terms.vietnamese import composed, has_marks

MOST_BEFORE = 240
"""Articles before a page whose pictures are looked at, so that each is found once."""
_OF_CAPTIONS = frozenset({"text", "captions"})


@attrs.frozen(kw_only=True)
class FoundPicture:
    """A picture that the archive holds, and the article that it stands in. `number` counts the article's, from 1."""

    article_id: str
    version: str
    newspaper: str
    section: str | None
    language: str
    title: str
    published_at: datetime
    number: int
    url: str
    record_id: str
    caption: tuple[MarkedText, ...]
    credit: tuple[MarkedText, ...]
    picture: str | None = None
    """The name by which it is known with those that are the same; None where it was not compared yet."""
    articles: int = 1
    """In how many articles it is."""


@attrs.frozen(kw_only=True)
class FoundPictures:
    """The pictures of one page of articles; `results` counts articles in both scopes."""

    results: Results = attrs.field(factory=Results)
    pictures: tuple[FoundPicture, ...] = ()


def find_pictures(
    collection: Collection,
    wanted: Selection,
    *,
    order: Order = "relevance",
    limit: int = 24,
    offset: int = 0,
    once: bool = False,
) -> FoundPictures:
    """The pictures whose caption or credit matches what is wanted, of `limit` articles from `offset` on.

    An article whose captions hold the words only together has none. What a query says of title, writer, newspaper or
    day holds for the article.

    Args:
        once: of pictures that are the same, the first that is found stands for all; of those that are found further
            before the page than `MOST_BEFORE` articles, the first behind.

    Raises:
        BadQuery, UnknownNewspaper, CollectionInconsistent: see `search`.
    """
    before = min(offset, MOST_BEFORE) if once and limit else 0
    results = search(
        collection,
        attrs.evolve(wanted, filters=attrs.evolve(wanted.filters, pictures=True, once=None), within="captions"),
        order=order, limit=limit + before, offset=offset - before, facets=False,
    )  # fmt: skip
    parsed = wanted.parsed
    with collection.catalog() as catalog:
        earlier, found = (
            [picture for hit in hits for picture in _pictures(catalog, hit.found, parsed, results.scope)]
            for hits in (results.hits[:before], results.hits[before:])
        )
    results = attrs.evolve(results, hits=results.hits[before:])
    return FoundPictures(results=results, pictures=tuple(_each_once(found, earlier) if once else found))


def _each_once(found: Iterable[FoundPicture], earlier: Iterable[FoundPicture]) -> Iterator[FoundPicture]:
    seen = {one.picture or one.record_id for one in earlier}
    for one in found:
        name = one.picture or one.record_id
        if name not in seen:
            seen.add(name)
            yield one


def _pictures(catalog: Catalog, version: Version, parsed: Parsed, scope: Scope) -> Iterator[FoundPicture]:
    article = version.article()
    marks = Marks.of(parsed, scope)
    same = printed_pictures(catalog, [version.seq])
    for number, image in enumerate(article.images, 1):
        caption, credit = composed(caption_of(article, image)), composed(image.credit or "")
        held = image.capture or catalog.nearest_success(image.url, version.captured_at)
        if held is None or not _matches(parsed.tree, (caption, credit), scope):
            continue
        shown = marks.in_texts((caption, credit))
        printed = same.get((version.seq, number))
        yield FoundPicture(
            article_id=article.id, version=version.content_hash, newspaper=article.newspaper, section=article.section,
            language=article.language, title=article.title, published_at=article.published_at, number=number,
            url=image.url, record_id=held.record_id, caption=shown.highlight(caption),
            credit=shown.highlight(credit), picture=printed.name if printed else None,
            articles=printed.articles if printed else 1,
        )  # fmt: skip


def _matches(node: Node | None, texts: tuple[str, ...], scope: Scope) -> bool:
    """Whether texts of a picture match a query; what it says of the article is known to hold."""
    if isinstance(node, AllOf):
        return all(_matches(part, texts, scope) for part in node.parts)
    if isinstance(node, AnyOf):
        return any(_matches(part, texts, scope) for part in node.parts)
    if isinstance(node, Not):
        return not _is_of_captions(node.part) or not _matches(node.part, texts, _excluded(node.part, scope))
    if isinstance(node, Words) and _is_of_captions(node):
        patterns = patterns_of(Parsed(node), scope)
        return any(_holds(text, patterns, scope) for text in texts)
    return True


def _is_of_captions(node: Node) -> bool:
    if isinstance(node, (AllOf, AnyOf)):
        return any(map(_is_of_captions, node.parts))
    if isinstance(node, Not):
        return _is_of_captions(node.part)
    return not isinstance(node, Days) and node.field in _OF_CAPTIONS


def _excluded(node: Node, scope: Scope) -> Scope:
    """The scope of an exclusion: words typed with marks are compared as typed in either."""
    return "typed" if isinstance(node, Words) and has_marks(node.typed) else scope


def _holds(text: str, patterns: tuple[Pattern, ...], scope: Scope) -> bool:
    forms = keys(text, "exact" if scope == "typed" else "folded")
    return all(any(pattern.places(forms, at) for at in range(len(forms))) for pattern in patterns)
