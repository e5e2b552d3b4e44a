"""Choosing elements of a parsed tree by CSS selectors."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import TypeAlias, cast

import turbohtml
from parsel import css2xpath
from turbohtml.etree import ElementView, XPath, tostring

Element: TypeAlias = ElementView

_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_COMBINATOR = re.compile(r"[\s>+~:]")
# of one alternative only: others may mean another attribute
_ATTRIBUTE = re.compile(r"(?P<css>[^,]+)::attr\((?P<name>[a-z-]+)\)")
_NOTHING = turbohtml.parse("")


@functools.lru_cache(maxsize=2048)
def _compiled(path: str) -> XPath:
    return XPath(path)


def select(root: Element, css: str) -> list[Element | str]:
    """What the selector matches, in document order: elements, or strings where it ends in ::attr or ::text."""
    document, plain, attribute = root.node.parent, *_plain(css)
    if plain is None or not isinstance(document, turbohtml.Document):
        return cast(list[Element | str], _compiled(_xpath(css))(root))
    found = map(ElementView, document.select(plain))
    if attribute is None:
        return [*found]
    return [value for element in found if (value := element.get(attribute)) is not None]


@functools.lru_cache(maxsize=1024)
def _plain(css: str) -> tuple[str | None, str | None]:
    """The selector as browsers know it, and the attribute of its elements that is meant.

    The parser's own selectors are ten times as fast as XPath. They lack what cssselect and parsel add: then the first
    is None.
    """
    attributed = _ATTRIBUTE.fullmatch(css)
    plain, attribute = (attributed["css"], attributed["name"]) if attributed else (css, None)
    try:
        _NOTHING.select(plain)
    except turbohtml.SelectorSyntaxError:
        return None, None
    return plain, attribute


_xpath = functools.lru_cache(maxsize=1024)(css2xpath)


def elements(root: Element, css: str | None) -> list[Element]:
    """The elements that the selector matches; none where there is no selector."""
    return [match for match in select(root, css) if not isinstance(match, str)] if css else []


def elements_within(container: Element, css: str | None) -> list[Element]:
    """The elements within a container that the selector matches, the container itself included.

    A selector that names ancestors or siblings is asked of the whole tree: those may stand outside.
    """
    if not css:
        return []
    return elements(container.getroottree().getroot() if _looks_outside(css) else container, css)


@functools.lru_cache(maxsize=1024)
def _looks_outside(css: str) -> bool:
    return any(_COMBINATOR.search(alternative) for alternative in _alternatives(_QUOTED.sub("", css)))


def _alternatives(css: str) -> list[str]:
    return [alternative.strip() for alternative in css.split(",")]


def attributes(root: Element, name: str, tag: str = "*") -> list[str]:
    """The values of an attribute in a tree, in document order; of elements of one tag only, where it is given."""
    return cast(list[str], _compiled(f"descendant-or-self::{tag}/@{name}")(root))


def linked_pictures(root: Element) -> Iterator[tuple[str, str]]:
    """The address of each picture in a tree, and that of the link around it, empty where there is none.

    Of the parser's own nodes: a page has a hundred of them, and a view of each costs ten times as much.
    """
    for image in root.node.select("img[src]"):
        if address := image.attr("src"):
            around = image.parent
            link = around if isinstance(around, turbohtml.Element) and around.tag == "a" else image.closest("a")
            yield address, (link.attr("href") or "") if link is not None else ""


def elements_by_xpath(root: Element, path: str) -> list[Element]:
    """The elements that an XPath finds, in document order."""
    return cast(list[Element], _compiled(path)(root))


def with_attribute(root: Element, name: str, pattern: re.Pattern[str], tag: str = "") -> Iterator[Element]:
    """The elements of a page with an attribute in which the pattern is found, in document order."""
    judged: dict[str, bool] = {}
    for node in nodes(root, f"{tag}[{name}]"):
        value = node.attr(name) or ""
        is_found = judged.get(value)
        if is_found is None:
            is_found = judged[value] = pattern.search(value) is not None
        if is_found:
            yield ElementView(node)


def nodes(root: Element, css: str) -> list[turbohtml.Element]:
    """The parser's own nodes of the elements that a browser's selector matches, the root included, in document order.

    Where few of many are wanted: a view of each costs ten times as much.
    """
    found = root.node.select(css)
    return [root.node, *found] if root.node.matches(css) else found


class Subtree:
    """An element and all within it, to be asked whether it holds another; nothing where there is no element."""

    def __init__(self, root: Element | None) -> None:
        # a set of views would cost ten times as much
        self._nodes = {root.node, *root.node.descendants} if root is not None else frozenset[turbohtml.Node]()

    def __contains__(self, element: object) -> bool:
        return isinstance(element, ElementView) and element.node in self._nodes


def texts(root: Element) -> Iterator[tuple[str, turbohtml.Element, bool]]:
    """The texts of a tree in document order: each with the parser's own node of the element that it stands in, and
    whether it opens that element."""
    for node in root.node.descendants:
        if isinstance(node, turbohtml.Text) and isinstance(around := node.parent, turbohtml.Element):
            yield node.data, around, node.previous_sibling is None


def behind(element: Element) -> set[turbohtml.Node]:
    """The parser's own nodes of all that stands behind an element in document order, and not within it."""
    return set(element.node.following)


def with_ancestors(element: Element | None) -> Iterator[Element]:
    """The element and those around it, the nearest first."""
    while element is not None:
        yield element
        element = element.getparent()


def serialized(root: Element) -> str:
    """The markup of a tree."""
    return tostring(root, "unicode", method="html")
