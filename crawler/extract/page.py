"""From bytes to a parsed page: charset, tree, folded text, addresses; knows no article and no field."""

from __future__ import annotations

import codecs
import functools
import re
import unicodedata
from collections.abc import Container, Mapping
from typing import Protocol

import attrs
from lxml import etree, html  # type: ignore[import-untyped]

from archive.identity import plain_path
from archive.ignorable import without_ignorable
from archive.urls import absolute
from archive.warc import codings
from crawler.extract.charsets import from_windows_1258, is_unreadable, repaired
from crawler.extract.selectors import Element, Tree

MAX_UNZIPPED = 64 * 1024 * 1024
# fmt: off
SILENT = frozenset((
    "script", "style", "template", "noscript", "iframe", "object", "embed", "audio", "video", "canvas", "svg", "math",
    "form", "button", "select", "textarea", "input", "option", "nav", "ins", "map", "head", "title", "meta", "link",
))
INLINE = frozenset((
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "del", "dfn", "em", "font", "i", "kbd", "label",
    "mark", "picture", "q", "ruby", "s", "samp", "small", "source", "span", "strike", "strong", "sub", "sup", "time",
    "tt", "u", "var", "wbr",
))
# fmt: on
# What may stand in a head (HTML, 4.2); anything else opens the body.
_OF_THE_HEAD = frozenset(("base", "link", "meta", "noscript", "script", "style", "template", "title"))
# The first bytes of what is zipped, and of a BOM of UTF-8.
_NO_TEXT = (b"\x1f\x8b", b"\xef\xbb")
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_HEADER_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_SINGLE_BYTE = re.compile(r"(?:iso-?8859|latin|windows-125|cp125|us-ascii|ascii)", re.IGNORECASE)
# Ð (eth) and Ɖ are typed for Đ and look like it.
_LETTERS = {0xD0: "Đ", 0x189: "Đ"}
_ODD_LETTER = re.compile(f"[{''.join(map(chr, _LETTERS))}]")
_NO_LETTER = re.compile(r"[\W_]+")
_LONGEST_LINE = 400
_END = re.compile(r"</(?:html|body)\s*>", re.IGNORECASE)
_ENDS = (b"</body", b"</html")
# An address below the page's origin that no rule of the URL standard changes.
_PLAIN = re.compile(r"(?:/[A-Za-z0-9_-][A-Za-z0-9_.-]*)+/?(?:\?[A-Za-z0-9_=&.-]*)?")
_START = re.compile(r"<(?!script|style|noscript|iframe|img|link|meta)[a-z]", re.IGNORECASE)
# elements of lxml.html, which cost nothing more: the generic body reader takes no others
_ELEMENTS = etree.ElementDefaultClassLookup(element=html.HtmlElement)


def fold(text: str) -> str:
    """The text in NFC, Ð as Đ, without signs that show nothing, each run of white space one space, none at the ends."""
    if not text.isascii():
        # first: such a sign keeps a letter and its mark apart
        text = unicodedata.normalize("NFC", without_ignorable(text))
        if _ODD_LETTER.search(text):
            text = text.translate(_LETTERS)
    text = " ".join(text.split())
    return text if text.isprintable() else without_ignorable(text)


def bare(text: str) -> str:
    """The text folded for comparison: lower case, no diacritics, letters and digits only."""
    return _bare_line(text) if len(text) <= _LONGEST_LINE else _bare(text)


def _bare(text: str) -> str:
    apart = unicodedata.normalize("NFD", without_ignorable(text).casefold().replace("đ", "d"))
    return _NO_LETTER.sub("", apart)


# a page says its title several times, and each is compared with each
_bare_line = functools.lru_cache(maxsize=1024)(_bare)


def decode(body: bytes, headers: Mapping[str, str]) -> str:
    """The page as text; see `read_letters`."""
    return read_letters(body, headers)[0]


def read_letters(body: bytes, headers: Mapping[str, str]) -> tuple[str, str, str | None]:
    """The page as text, what its letters were read as, and a word on what had to be repaired.

    The charset is from a BOM, the header, a meta element, else UTF-8; what cannot be read is U+FFFD. A page that is
    still gzipped was compressed twice and is unzipped. Bytes that are valid UTF-8 beyond ASCII are UTF-8 even where a
    single-byte charset is declared: servers send such a header by default.
    """
    text, charset = _decoded(body, headers)
    if charset != "windows-1258" and (charset not in ("utf-8",) or is_unreadable(text)):
        unzipped = _unzipped(body) if body[:2] == b"\x1f\x8b" else body
        if _SINGLE_BYTE.match(charset) or is_unreadable(text):
            western = unzipped.decode("cp1252", "replace")
            repaired_text, legacy = repaired(western)
            if legacy is not None:
                return repaired_text, legacy, f"converted from {legacy}"
            if (vietnamese := from_windows_1258(unzipped)) is not None:
                return vietnamese, "windows-1258", "read as windows-1258, which the page does not declare"
        return text, charset, "holds bytes that its charset cannot read" if is_unreadable(text) else None
    text, legacy = repaired(text)
    return text, legacy or charset, f"converted from {legacy}" if legacy else None


def _decoded(body: bytes, headers: Mapping[str, str]) -> tuple[str, str]:
    """The text and the charset that it was read by."""
    if body[:2] == b"\x1f\x8b":
        body = _unzipped(body)
    for mark, charset in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(charset, "replace"), charset
    declared = _declared(body, headers)
    if declared and not (_SINGLE_BYTE.match(declared) and _is_utf8(body)):
        try:
            return body.decode(declared, "replace"), _canonical(declared)
        except (LookupError, ValueError):
            pass
    return body.decode("utf-8", "replace"), "utf-8"


def _canonical(charset: str) -> str:
    """A charset's usual name: "UTF8" is utf-8, "cp1258" windows-1258."""
    name = codecs.lookup(charset).name
    return f"windows-{name[2:]}" if name.startswith("cp125") else name


def _declared(body: bytes, headers: Mapping[str, str]) -> str | None:
    content_type = next((value for name, value in headers.items() if name.lower() == "content-type"), "")
    if found := _HEADER_CHARSET.search(content_type):
        return found[1]
    in_page = _META_CHARSET.search(body[:4096])
    if in_page is None:
        return None
    charset = in_page[1].decode("ascii", "replace")
    # A meta element that could be read as ASCII cannot stand in UTF-16 (WHATWG, "prescan a byte stream").
    return "utf-8" if charset.lower().startswith("utf-16") else charset


def _is_utf8(body: bytes) -> bool:
    try:
        return not body.decode("utf-8").isascii()
    except UnicodeDecodeError:
        return False


def _unzipped(body: bytes) -> bytes:
    return codings.decode(body, ["gzip"], MAX_UNZIPPED).content


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


class Visitor(Protocol):
    """What `walk` tells of what it meets."""

    def open(self, element: Element) -> bool:
        """Whether to go into the element."""

    def say(self, text: str) -> None:
        """Take a piece of text, in reading order."""

    def close(self, element: Element) -> None:
        """Take note that the element ends."""


def walk(root: Element, visitor: Visitor) -> None:
    """Go through the elements and text below the root in document order; no depth of nesting exhausts the stack."""
    if root.text:
        visitor.say(root.text)
    stack = [(root, iter(root))]
    while stack:
        element, children = stack[-1]
        for child in children:
            if isinstance(child.tag, str) and visitor.open(child):
                if child.text:
                    visitor.say(child.text)
                stack.append((child, iter(child)))
                break
            if child.tail:
                visitor.say(child.tail)
        else:
            stack.pop()
            if stack:
                visitor.close(element)
                if element.tail:
                    visitor.say(element.tail)


class _Words:
    """Collects text; elements that break the line part words."""

    def __init__(self, leave_out: Container[Element]) -> None:
        self.parts: list[str] = []
        self._leave_out = leave_out

    def open(self, element: Element) -> bool:
        if element.tag in SILENT or element in self._leave_out:
            return False
        if element.tag not in INLINE:
            self.parts.append(" ")
        return True

    def say(self, text: str) -> None:
        self.parts.append(text)

    def close(self, element: Element) -> None:
        if element.tag not in INLINE:
            self.parts.append(" ")


def text_of(element: Element, leave_out: Container[Element] = ()) -> str:
    """The folded text below an element, without scripts, forms and the elements left out."""
    if not len(element):
        return fold(element.text or "")
    visitor = _Words(leave_out)
    walk(element, visitor)
    return fold("".join(visitor.parts))


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

    def linked_scripts(self) -> list[str]:
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
