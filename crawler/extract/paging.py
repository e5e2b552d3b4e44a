"""Articles over several pages: the addresses of the further pages, and joining them to one article."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from typing import TypeVar

import attrs

from archive.article import Article, Block, Embed, FurtherPage, Image
from archive.doubts import Doubt
from archive.urls import without_fragment
from crawler.extract.page import Page
from crawler.extract.selectors import attributes

_Part = TypeVar("_Part", Image, Embed)
_MOST_PAGES = 30
_NUMBER = (
    r"(?:[?&](?:page|p|trang|pg)=(?P<query>\d{1,2})|[/_-](?:page|trang|p)[/_-]?(?P<word>\d{1,2})|/(?P<plain>\d{1,2}))"
)
_ENDING = re.compile(_NUMBER + r"(?P<end>/?(?:\.html?|\.htm)?)$", re.IGNORECASE)


def further_pages(page: Page) -> list[str]:
    """Absolute addresses of the pages behind this first one, in their order; none where this is not a first page.

    A link counts if it leads to this page's own address with a page's number from 2 on, and a link to page 2 is
    there: so lists, which lead to other addresses, and archives of numbered articles do not.
    """
    stem = _stem(page.url)
    if stem is None:
        return []
    found: dict[int, str] = {}
    name = stem.rpartition("/")[2]
    hrefs = itertools.chain(attributes(page.root, "href", "a"), attributes(page.root, "href", "link"))
    if not any(_ENDING.search(href.partition("#")[0]) for href in hrefs if name in href or href[:1] == "?"):
        return []
    for link in page.root.iter("a", "link"):
        href = link.get("href") or ""
        if not (name in href or href[:1] == "?"):
            continue
        if (link.tag == "link" and link.get("rel") != "next") or not _ENDING.search(href.partition("#")[0]):
            continue
        address = page.absolute(href)
        number = _number(without_fragment(address), stem) if address else None
        if number is not None and address:
            found.setdefault(number, without_fragment(address))
    pages: list[str] = []
    for number in range(2, _MOST_PAGES + 1):
        if number not in found:
            break
        pages.append(found[number])
    return pages


def _stem(url: str) -> str | None:
    """The address without its ending; None where it is a further page itself."""
    own = without_fragment(url)
    numbered = _ENDING.search(own)
    if numbered and (numbered["query"] or numbered["word"]):
        return None
    return re.sub(r"/?(?:\.html?|\.htm)?$", "", own)


def _number(address: str, stem: str) -> int | None:
    found = _ENDING.search(address)
    if found is None:
        return None
    before = re.sub(r"/?(?:\.html?|\.htm)?$", "", address[: found.start()])
    if before != stem:
        return None
    number = int(found["query"] or found["word"] or found["plain"])
    return number if number >= 2 else None


def join(first: Article, others: Sequence[Article | str]) -> Article:
    """The article of a first page with the words and pictures of its further ones behind its own.

    Args:
        others: for each of `first.further_pages` the article read from it, or the reason why there is none.
    """
    body, images, embeds, pages = list(first.body), list(first.images), list(first.embeds), []
    for page, other in zip(first.further_pages, others, strict=True):
        if isinstance(other, str):
            pages.append(FurtherPage(url=page.url, capture_missing=other))
            continue
        blocks, shift = _without_repeats(body, other)
        images += [_moved(image, shift, len(body)) for image in other.images if _is_new(image, images)]
        embeds += [
            _moved(embed, shift, len(body)) for embed in other.embeds if embed.url not in {e.url for e in embeds}
        ]
        body += blocks
        pages.append(FurtherPage(url=page.url, capture=other.capture))
    last = next((other for other in reversed(others) if isinstance(other, Article) and other.byline), None)
    signed = {}
    if first.byline is None and last is not None:
        # the byline is the last line of the last page
        signed = {name: getattr(last, name) for name in ("byline", "authors", "contributors", "source")}
    doubts = dict(first.doubts)
    if unread := [page.url for page in pages if page.capture_missing]:
        doubts["body"] = Doubt.PAGES_UNREAD.of(unread=len(unread), pages=len(pages))
    missing = {name: why for name, why in first.missing.items() if name not in signed or not signed[name]}
    return attrs.evolve(
        first,
        body=tuple(body),
        images=tuple(images),
        embeds=tuple(embeds),
        further_pages=tuple(pages),
        doubts=doubts,
        missing=missing,
        **signed,
    )


def _without_repeats(body: Sequence[Block], other: Article) -> tuple[list[Block], list[int | None]]:
    """The other page's blocks that are new, and where each of all stands among them: a lead is printed anew."""
    held = {(block.type, block.text) for block in body}
    blocks: list[Block] = []
    places: list[int | None] = []
    for block in other.body:
        is_repeat = bool(block.text) and (block.type, block.text) in held
        places.append(None if is_repeat else len(blocks))
        if not is_repeat:
            blocks.append(block)
    return blocks, places


def _is_new(image: Image, images: Sequence[Image]) -> bool:
    return all(image.url != other.url for other in images)


def _moved(part: _Part, places: Sequence[int | None], start: int) -> _Part:
    position = part.position
    if position is None:
        return part
    place = places[position] if position < len(places) else len([one for one in places if one is not None])
    return attrs.evolve(part, position=None if place is None else start + place)
