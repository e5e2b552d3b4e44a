"""Text of a page: folded, reduced for comparison, and gathered from elements in reading order."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Container
from typing import Protocol

from archive.printable import without_ignorable
from crawler.extract.selectors import Element

# fmt: off
SILENT = frozenset((
    "script", "style", "template", "noscript", "iframe", "object", "embed", "audio", "video", "canvas", "svg", "math",
    "form", "button", "select", "textarea", "input", "option", "nav", "ins", "map", "head", "title", "meta", "link",
))
_FEWEST_LINKS = 5
INLINE = frozenset((
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "del", "dfn", "em", "font", "i", "kbd", "label",
    "mark", "picture", "q", "ruby", "s", "samp", "small", "source", "span", "strike", "strong", "sub", "sup", "time",
    "tt", "u", "var", "wbr",
))
# fmt: on
# Ð (eth) and Ɖ are typed for Đ and look like it.
_LETTERS = {0xD0: "Đ", 0x189: "Đ"}
_ODD_LETTER = re.compile(f"[{''.join(map(chr, _LETTERS))}]")
_NO_LETTER = re.compile(r"[\W_]+")
_LONGEST_LINE = 400


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


def holds_most_links(element: Element, page: Element) -> bool:
    """Whether an element holds most links of a page, as the form does in which ASP.NET puts whole pages."""
    return sum(1 for _ in element.iter("a")) > max(_FEWEST_LINKS, sum(1 for _ in page.iter("a"))) / 2


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


# Kana first: Japanese has ideographs too
_LETTERS_OF = (
    ("km", re.compile("[\u1780-\u17d3]")),
    ("lo", re.compile("[\u0e81-\u0ecf]")),
    ("th", re.compile("[\u0e01-\u0e4e]")),
    ("ja", re.compile("[\u3041-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7af]")),
    ("zh", re.compile("[\u3400-\u9fff]")),
)
_FEWEST_LETTERS = 4


def language_of_letters(text: str) -> str | None:
    """The language whose letters most of a text is written in, where a script is one language's; else None."""
    if text.isascii():
        return None
    letters = sum(letter.isalpha() for letter in text)
    for language, pattern in _LETTERS_OF:
        found = len(pattern.findall(text))
        if found >= _FEWEST_LETTERS and (found > letters / 2 or (language == "ja" and found > letters / 5)):
            return language
    return None
