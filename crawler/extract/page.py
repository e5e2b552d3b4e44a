"""A parsed page: its tree, its addresses, and lookups that are needed more than once."""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Mapping
from typing import cast

import attrs
import turbohtml
from turbohtml.etree import ElementView

from archive.identity import plain_target
from archive.urls import absolute
from crawler.extract.charsets import read_letters
from crawler.extract.selectors import Element, select

_NO_CONTENT = "//comment()|//processing-instruction()"
# What is read of a page; a tag costs up to 1,300 bytes of memory, a letter of text up to 40
LONGEST_PAGE, MOST_TAGS = 8 * 1024 * 1024, 300_000
# An address below the page's origin that no rule of the URL standard changes.
_PLAIN = re.compile(r"(?:/[A-Za-z0-9_-][A-Za-z0-9_.-]*+)++/?(?:\?[A-Za-z0-9_=&.-]*+)?")


def parse(markup: str | bytes) -> Element:
    """The tree of any text, or of bytes of UTF-8, as a browser makes it (HTML, 13.2), without comments."""
    document = turbohtml.parse(markup, encoding="utf-8", positions=False)
    assert document.root is not None
    for node in cast(list[turbohtml.Node], document.xpath(_NO_CONTENT)):
        node.decompose()  # else the text around it is two
    for template in document.select("template"):
        template.clear()  # what it holds is no part of the page
    document.root.normalize()
    return ElementView(document.root)


@attrs.frozen(eq=False)
class Page:
    """A parsed page.

    `base` is what its relative addresses start from, `repair` what was done to its letters; `is_cut`: it is larger than
    is read of a page, and lacks its end.
    """

    url: str
    root: Element
    base: str
    encoding: str = "utf-8"
    repair: str | None = None
    is_cut: bool = False
    _fragments: dict[str, Element] = attrs.field(init=False, factory=dict)

    @functools.cached_property
    def title(self) -> str | None:
        """The text of the head's title element, as it stands there."""
        return next((str(match) for match in self.select("head title::text")), None)

    def select(self, css: str) -> list[Element | str]:
        """What the selector matches, in document order: elements, or strings where it ends in ::attr or ::text."""
        return select(self.root, css)

    def elements(self, css: str | None) -> list[Element]:
        """The elements that the selector matches; none where there is no selector."""
        return [match for match in self.select(css) if not isinstance(match, str)] if css else []

    def absolute(self, address: str) -> str | None:
        """The address that a link on this page means; None where it means none."""
        origin = self._origin
        if origin is not None and _PLAIN.fullmatch(address):
            return origin + address
        return absolute(address, self.base, self.encoding)

    def target(self, address: str) -> str:
        """Path and query of what a link on this page leads to, without session ids; empty where it leads nowhere."""
        origin = self._origin
        if origin is not None and _PLAIN.fullmatch(own := address.removeprefix(origin)):
            return plain_target(own) if "?" in own else own
        return plain_target(self.absolute(address) or "")

    @functools.cached_property
    def _origin(self) -> str | None:
        root = absolute("/", self.base)
        return root.removesuffix("/") if root else None

    def fragment(self, markup: str) -> Element:
        """The tree of markup that a script of the page holds; each is parsed once, however many layouts ask for it."""
        if markup not in self._fragments:
            self._fragments[markup] = parse(markup)
        return self._fragments[markup]

    def json_ld_scripts(self) -> list[str]:
        """The texts of its JSON-LD scripts."""
        scripts = (script for script in self.root.iter("script") if "ld+json" in (script.get("type") or "").lower())
        return [script.text for script in scripts if script.text]


def open_page(body: bytes, url: str, headers: Mapping[str, str]) -> Page:
    """Decode and parse a page, once; of one with more than `LONGEST_PAGE` bytes or `MOST_TAGS` tags the beginning."""
    text, encoding, repair = read_letters(_beginning(body), headers)
    read = _few_tags(text[:LONGEST_PAGE])
    root = parse(read)
    declared = next((element.get("href") for element in root.iter("base") if element.get("href")), None)
    base = absolute(declared, url, encoding) if declared else None
    is_cut = len(body) > LONGEST_PAGE or len(read) < len(text)
    return Page(url=url, root=root, base=base or url, encoding=encoding, repair=repair, is_cut=is_cut)


def _beginning(body: bytes) -> bytes:
    """What is read of a page's bytes: up to its last tag there, so that no letter is cut in two."""
    if len(body) <= LONGEST_PAGE:
        return body
    return body[: body.rfind(b">", 0, LONGEST_PAGE) + 1 or LONGEST_PAGE]


def _few_tags(text: str) -> str:
    if text.count("<") <= MOST_TAGS:
        return text
    return text[: next(itertools.islice(re.finditer("<", text), MOST_TAGS, None)).start()]
