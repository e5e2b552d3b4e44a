"""What a captured page or style sheet embeds: the addresses of pictures, style sheets, fonts, scripts and frames."""

from __future__ import annotations

import re
from collections.abc import Iterator

import turbohtml

from archive.urls import absolute, named_in_css, without_fragment

_MOST = 5000
_LARGEST = 8 * 1024 * 1024
_EMBEDDING = (
    "link[href], script[src], img, source, video, audio, track[src], embed[src], object[data], iframe[src], frame[src],"
    " input[src], image, use, [background], [style], style"
)
_FETCHED_LINKS = frozenset(
    ("stylesheet", "icon", "apple-touch-icon", "preload", "modulepreload", "manifest", "mask-icon")
)
_ATTRIBUTES = ("src", "data", "poster", "background", "xlink:href")
_SETS = ("srcset", "imagesrcset", "data-srcset")
# What scripts put into `src` when a picture comes into view
_LAZY = re.compile(r"data-(?:[a-z-]*-)?(?:src|original|lazy|url|image|img|background|bg|poster)\b")
_DESCRIPTOR = re.compile(r"\d+(?:\.\d+)?[wxh]")


def embedded_in_page(content: bytes, url: str) -> list[str]:
    """The absolute addresses that an HTML page embeds, without fragments, in its order, each once; 5,000 at most."""
    if len(content) > _LARGEST:
        return []
    document = turbohtml.parse(content, detect_encoding=True, positions=False)
    declared = next((one.attr("href") for one in document.select("base[href]")), None)
    base = (absolute(declared, url) if declared else None) or url
    return _unique(found for element in document.select(_EMBEDDING) for found in _of_element(element, base))


def embedded_in_style(content: bytes, url: str) -> list[str]:
    """The absolute addresses that a style sheet names, as `embedded_in_page`."""
    return _unique(iter(named_in_css(content[:_LARGEST].decode("utf-8", "replace"), url)))


def _of_element(element: turbohtml.Element, base: str) -> Iterator[str | None]:
    if element.tag == "style":
        yield from named_in_css(element.text or "", base)
        return
    attributes = {name: value for name, value in element.attrs.items() if isinstance(value, str)}
    if element.tag in ("image", "use") or _FETCHED_LINKS.intersection(_words(element.attrs.get("rel"))):
        yield absolute(attributes.get("href", ""), base)
    for name, value in attributes.items():
        if name in _SETS:
            yield from (absolute(one, base) for one in _candidates(value))
        elif name == "style":
            yield from named_in_css(value, base)
        elif name in _ATTRIBUTES or _LAZY.fullmatch(name):
            yield absolute(value.strip(), base) if value.strip() else None


def _words(value: object) -> list[str]:
    """The words of an attribute, which the parser gives as a text or as a list."""
    return [str(one).lower() for one in value] if isinstance(value, list | tuple) else str(value or "").lower().split()


def _candidates(value: str) -> Iterator[str]:
    """The addresses in a srcset: what stands between white space, without commas and descriptors."""
    for word in value.split():
        address = word.strip(",")
        if address and not _DESCRIPTOR.fullmatch(address):
            yield address


def _unique(found: Iterator[str | None]) -> list[str]:
    addresses: dict[str, None] = {}
    for address in found:
        if address is not None:
            addresses[without_fragment(address)] = None
            if len(addresses) >= _MOST:
                break
    return list(addresses)
