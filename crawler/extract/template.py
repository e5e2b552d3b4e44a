"""The template of a page: a fingerprint of the markup around its headline, and of the rules that read it."""

from __future__ import annotations

import functools
import hashlib
import json
import re
from collections.abc import Iterator

import attrs

from archive import VERSION
from archive.article import PageLayout
from crawler.declaration.layout import Layout
from crawler.extract.extraction import Extraction
from crawler.extract.generic.boilerplate import headline_of
from crawler.extract.selectors import Element

_LENGTH = 12
# "post-1234", "css-1a2b3c", "is-video": what a class says of one article is no part of the template
_OF_ONE_PAGE = re.compile(r"\d|^(?:is|has)-|^(?:tag|category|cat|author|postid|single)-")


def layout_of(reading: Extraction) -> PageLayout:
    """What a page was made from and read by: the same for all pages of a template, whatever articles they hold."""
    declared = reading.page.elements(reading.layout.title) if reading.layout is not None else []
    anchor = declared[0] if declared else headline_of(reading.page.root, reading.value("title") or "")
    said = "<".join(_around(anchor)) if anchor is not None else ""
    rules = _digest_of(reading.layout) if reading.layout is not None else None
    return PageLayout(template=_short(said), rules=rules)


def _around(anchor: Element) -> Iterator[str]:
    """The element and those around it, each with its classes."""
    yield _name(anchor)
    for around in anchor.iterancestors():
        yield _name(around)


def _name(element: Element) -> str:
    classes = sorted(name for name in (element.get("class") or "").split() if not _OF_ONE_PAGE.search(name))
    return ".".join((str(element.tag), *classes))


@functools.lru_cache(maxsize=256)
def _digest_of(layout: Layout) -> str:
    said = json.dumps(attrs.asdict(layout), ensure_ascii=False, sort_keys=True, default=str)
    return _short(f"{VERSION} {said}")


def _short(said: str) -> str:
    return hashlib.sha256(said.encode()).hexdigest()[:_LENGTH]
