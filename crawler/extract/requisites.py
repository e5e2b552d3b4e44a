"""What a page needs besides itself (stylesheets, fonts, backgrounds) and what it links to; fetches none of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from crawler.extract.page import Page, absolute, elements, open_page, without_fragment

_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_ADDRESS = re.compile(
    r"@import\s+(?:\"([^\"\n]*)\"|'([^'\n]*)')|url\(\s*(?:\"([^\"\n]*)\"|'([^'\n]*)'|([^\s\"')]+))\s*\)", re.IGNORECASE
)


def requisites(page: bytes, url: str, headers: Mapping[str, str]) -> list[str]:
    """Absolute addresses of the page's stylesheets and of what its inline styles name, in page order, each once."""
    opened = open_page(page, url, headers)
    found: list[str | None] = []
    for element in opened.root.iter("link", "style"):
        if element.tag == "style":
            found.extend(_named_in(element.text or "", opened.base))
        elif _is_stylesheet(element.get("rel"), element.get("as")) and (address := element.get("href")):
            found.append(opened.absolute(address))
    for element in opened.root.iter("*"):
        if "url(" in (style := element.get("style") or "").lower():
            found.extend(_named_in(style, opened.base))
    return _unique(found)


def css_requisites(css: bytes, url: str) -> list[str]:
    """Absolute addresses that a stylesheet names: imports, fonts and background images, in its order, each once."""
    return _unique(_named_in(css.decode("utf-8", "replace"), url))


def links(page: bytes, url: str, headers: Mapping[str, str], pattern: re.Pattern[str]) -> list[str]:
    """Absolute addresses of the links whose path matches the pattern, without fragments, in page order, each once."""
    opened = open_page(page, url, headers)
    addresses = dict.fromkeys(element.get("href") for element in opened.root.iter("a"))
    return [address for address in _unique(_resolved(addresses, opened)) if pattern.search(urlsplit(address).path)]


def chosen_links(page: bytes, url: str, headers: Mapping[str, str], selector: str) -> list[str]:
    """Absolute addresses of the links that a CSS selector chooses, without fragments, in page order, each once."""
    opened = open_page(page, url, headers)
    addresses = dict.fromkeys(element.get("href") for element in elements(opened.root, selector))
    return _unique(_resolved(addresses, opened))


def furniture(page: bytes, url: str, headers: Mapping[str, str], pattern: re.Pattern[str]) -> list[str]:
    """Absolute addresses of the pictures that lead to no article, such as the masthead's, in page order, each once."""
    opened = open_page(page, url, headers)
    found: list[str | None] = []
    for image in opened.root.iter("img"):
        link, address = next(image.iterancestors("a"), None), image.get("src")
        if not address:
            continue  # joined with the page's address it would be the page
        if link is None or not pattern.search(urlsplit(opened.absolute(link.get("href") or "") or "").path):
            found.append(opened.absolute(address))
    return _unique(found)


def _resolved(addresses: Iterable[str | None], page: Page) -> Iterable[str | None]:
    return (page.absolute(address) for address in addresses if address and not address.startswith("#"))


def _is_stylesheet(rel: str | None, kind: str | None) -> bool:
    words = (rel or "").lower().split()
    return "stylesheet" in words or ("preload" in words and kind in ("font", "style"))


def _named_in(css: str, base: str) -> list[str | None]:
    addresses = ("".join(groups).strip() for groups in _ADDRESS.findall(_COMMENT.sub(" ", css)))
    return [absolute(address, base) for address in addresses if address and address[0] != "#"]


def _unique(addresses: Iterable[str | None]) -> list[str]:
    return list(dict.fromkeys(without_fragment(address) for address in addresses if address))
