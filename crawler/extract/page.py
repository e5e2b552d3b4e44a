"""A parsed page: its tree, its addresses, and lookups that are needed more than once."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping

import attrs
from lxml import etree, html  # type: ignore[import-untyped]

from archive.identity import plain_path
from archive.urls import absolute
from crawler.extract.charsets import read_letters
from crawler.extract.selectors import Element, Tree

# What may stand in a head (HTML, 4.2); anything else opens the body.
_OF_THE_HEAD = frozenset(("base", "link", "meta", "noscript", "script", "style", "template", "title"))
# The first bytes of what is zipped, and of a BOM of UTF-8.
_NO_TEXT = (b"\x1f\x8b", b"\xef\xbb")
_END = re.compile(r"</(?:html|body)\s*>", re.IGNORECASE)
_ENDS = (b"</body", b"</html")
# An address below the page's origin that no rule of the URL standard changes.
_PLAIN = re.compile(r"(?:/[A-Za-z0-9_-][A-Za-z0-9_.-]*+)++/?(?:\?[A-Za-z0-9_=&.-]*+)?")
_START = re.compile(r"<(?!script|style|noscript|iframe|img|link|meta)[a-z]", re.IGNORECASE)
# elements of lxml.html, which cost nothing more: the generic body reader takes no others
_ELEMENTS = etree.ElementDefaultClassLookup(element=html.HtmlElement)


def parse(markup: str) -> Element:
    """The tree of any text; an empty `html` element where there is nothing to parse."""
    return _parse(_without_early_end(markup.replace("\x00", "\ufffd")).encode("utf-8", "replace"))


def _parse(encoded: bytes) -> Element:
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    parser.set_element_class_lookup(_ELEMENTS)
    try:
        root = etree.fromstring(encoded, parser)
    except etree.XMLSyntaxError:
        root = None
    if root is None:
        return html.Element("html")
    _open_body(root)
    return root


def _open_body(root: Element) -> None:
    """Give a page its body where the first element of it is one that HTML 4 did not know, and no tag opens the body.

    A browser opens it there (HTML, 13.2.6.4.6); libxml2 leaves all that follows in the head.
    """
    head = root.find("head")
    if head is None or root.find("body") is not None:
        return
    first = next((nth for nth, one in enumerate(head) if one.tag not in _OF_THE_HEAD), None)
    if first is not None:
        body = html.Element("body")
        body.extend(head[first:])
        root.append(body)


def _without_early_end(markup: str) -> str:
    """The markup without end tags of html and body where elements follow: a browser goes on (HTML, 13.2.6.4.19)."""
    end = _END.search(markup)
    if end is None or _START.search(markup, end.end()) is None:
        return markup
    return _END.sub(" ", markup)


def _has_early_end(body: bytes) -> bool:
    """Whether elements follow an end tag of html or body (see `_without_early_end`), asked of UTF-8."""
    lower = body.lower()
    ends = [at for at in map(lower.find, _ENDS) if at >= 0]
    if not ends:
        return False
    rest = body[min(ends) :].decode("utf-8")
    end = _END.search(rest)
    return end is not None and _START.search(rest, end.end()) is not None


@attrs.frozen(eq=False)
class Page:
    """A parsed page; `base` is what its relative addresses start from, `repair` what was done to its letters."""

    url: str
    root: Element
    base: str
    encoding: str = "utf-8"
    repair: str | None = None
    tree: Tree = attrs.field(init=False)
    _fragments: dict[str, Element] = attrs.field(init=False, factory=dict)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "tree", Tree(self.root))

    @functools.cached_property
    def title(self) -> str | None:
        """The text of the head's title element, as it stands there."""
        return next((str(match) for match in self.tree.select("head title::text")), None)

    def select(self, css: str) -> list[Element | str]:
        """What the selector matches, in document order: elements, or strings where it ends in ::attr or ::text."""
        return self.tree.select(css)

    def elements(self, css: str | None) -> list[Element]:
        """The elements that the selector matches; none where there is no selector."""
        return [match for match in self.select(css) if not isinstance(match, str)] if css else []

    def absolute(self, address: str) -> str | None:
        """The address that a link on this page means; None where it means none."""
        origin = self._origin
        if origin is not None and _PLAIN.fullmatch(address):
            return origin + address
        return absolute(address, self.base, self.encoding)

    def path(self, address: str) -> str:
        """The path that a link on this page leads to, without session ids; empty where it leads nowhere."""
        origin = self._origin
        if origin is not None and _PLAIN.fullmatch(own := address.removeprefix(origin)):
            return own.partition("?")[0]
        return plain_path(self.absolute(address) or "")

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
    """Decode and parse a page, once."""
    text, encoding, repair = read_letters(body, headers)
    # nothing was repaired, unzipped or replaced: the bytes are the text
    is_plain = encoding == "utf-8" and repair is None and "\ufffd" not in text and body[:2] not in _NO_TEXT
    root = _parse(body) if is_plain and b"\x00" not in body and not _has_early_end(body) else parse(text)
    declared = next((element.get("href") for element in root.iter("base") if element.get("href")), None)
    base = absolute(declared, url, encoding) if declared else None
    return Page(url=url, root=root, base=base or url, encoding=encoding, repair=repair)
