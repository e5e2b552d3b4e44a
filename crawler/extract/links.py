"""Where a page leads (links, outlinks, meta refresh) and what it needs to be shown (stylesheets, fonts, pictures)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from archive.identity import names_article
from archive.urls import named_in_css, without_fragment
from crawler.extract.page import LONGEST_PAGE, Page
from crawler.extract.selectors import attributes, linked_pictures

# HTML standard, "shared declarative refresh steps"
_REFRESH = re.compile(
    r"\s*+(?P<seconds>\d++|(?=\.))[\d.]*+(?:\s*+[;,]\s*+|\s++)(?:url\s*+=\s*+)?+"
    r"(?:'(?P<single>[^']*)|\"(?P<double>[^\"]*)|(?P<bare>.+))",
    re.IGNORECASE | re.DOTALL,
)


def requisites(page: Page) -> list[str]:
    """Absolute addresses of the page's stylesheets and of what its inline styles name, in page order, each once."""
    found: list[str | None] = []
    for element in page.root.iter("link", "style"):
        if element.tag == "style":
            found.extend(named_in_css(element.text or "", page.base))
        elif _is_stylesheet(element.get("rel"), element.get("as")) and (address := element.get("href")):
            found.append(page.absolute(address))
    for style in attributes(page.root, "style"):
        if "url(" in style.lower():
            found.extend(named_in_css(style, page.base))
    return _unique(found)


def css_requisites(css: bytes, url: str) -> list[str]:
    """Absolute addresses that a stylesheet names: imports, fonts and background images, in its order, each once.

    Of one that is larger than a page may be the beginning is read.
    """
    return _unique(named_in_css(css[:LONGEST_PAGE].decode("utf-8", "replace"), url))


def links(page: Page, pattern: re.Pattern[str]) -> list[str]:
    """Absolute addresses of the links whose path matches the pattern, without fragments, in page order, each once."""
    addresses = dict.fromkeys(element.get("href") for element in page.root.iter("a"))
    return [address for address in _unique(_resolved(addresses, page)) if names_article(pattern, page.target(address))]


def chosen_links(page: Page, selector: str) -> list[str]:
    """Absolute addresses of the links that a CSS selector chooses, without fragments, in page order, each once."""
    addresses = dict.fromkeys(element.get("href") for element in page.elements(selector))
    return _unique(_resolved(addresses, page))


def boilerplate_pictures(page: Page, pattern: re.Pattern[str]) -> list[str]:
    """Absolute addresses of the pictures that lead to no article, such as the masthead's, in page order, each once."""
    found: list[str | None] = []
    leads_to_article: dict[str, bool] = {"": False}
    for address, href in linked_pictures(page.root):
        if href not in leads_to_article:
            leads_to_article[href] = names_article(pattern, page.target(href))
        if not leads_to_article[href]:
            found.append(page.absolute(address))
    return _unique(found)


# Element, attribute, and the hop that following it is: L link, E embedded.
_OUTLINKS = (
    ("a", "href", "L"), ("area", "href", "L"), ("iframe", "src", "E"), ("img", "src", "E"), ("link", "href", "E"),
    ("script", "src", "E"), ("source", "src", "E"), ("video", "src", "E"),
)  # fmt: skip


def outlinks(page: Page) -> list[tuple[str, str, str]]:
    """Everything that the page leads to: absolute address, hop (L or E), and place such as a/@href; each once."""
    places = {tag: (attribute, hop) for tag, attribute, hop in _OUTLINKS}
    found: dict[tuple[str, str, str], None] = {}
    for element in page.root.iter(*places):
        attribute, hop = places[str(element.tag)]
        address = element.get(attribute)
        if address and not address.startswith("#") and (absolute_one := page.absolute(address)):
            found[without_fragment(absolute_one), hop, f"{element.tag}/@{attribute}"] = None
    return list(found)


def refresh_of(page: Page, ignored: Sequence[str]) -> tuple[int, str] | None:
    """After how many seconds a page's meta element leads on, and where to; None where it leads to no web address.

    Args:
        ignored: elements in which a meta element does not count.
    """
    for meta in page.root.iter("meta"):
        found = refresh_in(meta.get("content") or "")
        if (meta.get("http-equiv") or "").strip().lower() != "refresh" or found is None:
            continue
        if next(meta.iterancestors(*ignored), None) is not None:
            continue
        address = page.absolute(found[1])
        return (found[0], without_fragment(address)) if address else None
    return None


def refresh_in(value: str) -> tuple[int, str] | None:
    """Seconds and target in the value of a meta element or of a Refresh field; None where it names no target."""
    found = _REFRESH.match(value)
    target = (found["single"] or found["double"] or found["bare"]) if found else None
    return (int(found["seconds"] or 0), target) if found and target else None


def _resolved(addresses: Iterable[str | None], page: Page) -> Iterable[str | None]:
    return (page.absolute(address) for address in addresses if address and not address.startswith("#"))


def _is_stylesheet(rel: str | None, kind: str | None) -> bool:
    words = (rel or "").lower().split()
    return "stylesheet" in words or ("preload" in words and kind in ("font", "style"))


def _unique(addresses: Iterable[str | None]) -> list[str]:
    return list(dict.fromkeys(without_fragment(address) for address in addresses if address))
