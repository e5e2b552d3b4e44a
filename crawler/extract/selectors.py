"""Choosing elements of a parsed tree by CSS selectors."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

import attrs
from lxml import etree  # type: ignore[import-untyped]
from parsel import css2xpath

Element: TypeAlias = etree._Element

_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_COMBINATOR = re.compile(r"[\s>+~:]")
# A selector that begins with a class, an id, or the attribute of a tag: what it matches is such an element, or stands
# below one. What cssselect has besides (`!=`) also matches where there is no such attribute.
_SEED = re.compile(
    r"(?:[a-z][a-z0-9]*)?(?:\.(?P<class>[A-Za-z_][\w-]*)|#(?P<id>[A-Za-z_][\w-]*))"
    r"|(?P<tag>[a-z][a-z0-9]*)\[(?P<attribute>[a-z-]+)[~|^$*]?="
)
_ALTERNATIVE = re.compile(r"(?:[^,\"'()]|\"[^\"]*\"|'[^']*'|\([^()]*\))+")
_FROM_ANYWHERE = "descendant-or-self::"
_STEP = re.compile(r"[^\[\]/]*(?:\[(?:[^\[\]'\"]|'[^']*'|\"[^\"]*\"|\[[^\]]*\])*\])*")

_CLASSES, _IDS = etree.XPath("descendant-or-self::*/@class"), etree.XPath("descendant-or-self::*/@id")


@functools.lru_cache(maxsize=2048)
def _compiled(path: str) -> etree.XPath:
    return etree.XPath(path)


def select(root: Element, css: str) -> list[Element | str]:
    """What the selector matches, in document order: elements, or strings where it ends in ::attr or ::text."""
    found = _compiled(_xpath(css))(root)
    return list(found) if isinstance(found, list) else []


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


@attrs.frozen
class _Step:
    """A selector in two: what its matches stand below (or are), and the way from there."""

    class_name: str | None
    id: str | None
    attribute: tuple[str, str] | None
    """A tag, and the attribute that an element of it must have."""
    test: etree.XPath
    way: etree.XPath | None


@functools.lru_cache(maxsize=1024)
def _step(css: str) -> _Step | None:
    seed = _SEED.match(css)
    path = _xpath(css)
    if seed is None or "," in css or not path.startswith(_FROM_ANYWHERE):
        return None
    first = _STEP.match(path, len(_FROM_ANYWHERE))
    assert first is not None
    way = path[first.end() :]
    return _Step(
        seed["class"],
        seed["id"],
        (seed["tag"], seed["attribute"]) if seed["tag"] else None,
        _compiled(f"boolean(self::{first[0]})"),
        _compiled(f".{way}") if way else None,
    )


@functools.lru_cache(maxsize=1024)
def _parted(css: str) -> list[str]:
    return [alternative.strip() for alternative in _ALTERNATIVE.findall(css)]


class Tree:
    """The elements of a tree, found by class and id without going through all of them again.

    Gives what `select` gives, several times as fast where many selectors are asked of one tree.
    """

    def __init__(self, root: Element) -> None:
        self.root = root
        self._with_attribute: dict[tuple[str, str], list[Element]] = {}

    @functools.cached_property
    def _classes(self) -> tuple[list[Any], dict[str, list[str]]]:
        """The values of class attributes in document order, and the names in each different one.

        A value knows the element whose attribute it was.
        """
        values = _CLASSES(self.root)
        return values, {value: value.split() for value in set(values)}

    @functools.cached_property
    def _ids(self) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = {}
        for value in _IDS(self.root):
            found.setdefault(value, []).append(value)
        return found

    def select(self, css: str) -> list[Element | str]:
        """What the selector matches, in document order, as `select`."""
        alternatives = _parted(css)
        if len(alternatives) > 1:
            found = [matches for one in alternatives if (matches := self.select(one))]
            # put together they would be out of order, or twice
            return select(self.root, css) if len(found) > 1 else found[0] if found else []
        step = _step(css)
        if step is None:
            return select(self.root, css)
        seeds = [element for element in self._seeds(step) if step.test(element)]
        if step.way is None:
            return [*seeds]
        if len(seeds) > 1:
            # one may stand within another: their matches would be out of order, or twice
            return select(self.root, css)
        return [match for seed in seeds for match in step.way(seed)]

    def classed(self, pattern: re.Pattern[str]) -> list[Element]:
        """The elements that bear a class in which the pattern is found, each once, in no order."""
        values, names = self._classes
        wanted = {value for value, own in names.items() if any(map(pattern.search, own))}
        return [value.getparent() for value in values if value in wanted] if wanted else []

    def _seeds(self, step: _Step) -> Iterable[Element]:
        if step.class_name:
            values, names = self._classes
            wanted = {value for value, own in names.items() if step.class_name in own}
            return [value.getparent() for value in values if value in wanted] if wanted else []
        if step.attribute:
            if step.attribute not in self._with_attribute:
                tag, attribute = step.attribute
                self._with_attribute[step.attribute] = _compiled(f"descendant-or-self::{tag}[@{attribute}]")(self.root)
            return self._with_attribute[step.attribute]
        return [value.getparent() for value in self._ids.get(step.id or "", ())]


def with_ancestors(element: Element | None) -> Iterator[Element]:
    """The element and those around it, the nearest first."""
    while element is not None:
        yield element
        element = element.getparent()
