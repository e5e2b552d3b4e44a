"""Pictures: their real addresses, and captions parted from credits; opens no picture."""

from __future__ import annotations

import re

from crawler.extract.page import Page
from crawler.extract.selection import Element

LONGEST_CAPTION = 600
LONGEST_CREDIT = 60
_CREDIT = re.compile(
    r"(?:^|(?P<stop>[.!?…”\"])\s*|\s)(?P<open>[(\[])?\s*[-–—]?\s*(?:Nguồn\s+ảnh|(?:Ảnh|ẢNH)(?:\s+(?:minh\s+họa|tư\s+liệu|CTV))?|"
    r"Photo)\s*:\s*(?P<credit>[^:]*?)\s*[)\]]?\s*$"
)
_LAZY = ("data-src", "data-original", "data-lazy-src", "data-lazy", "data-image", "data-url")
_STAND_IN = re.compile(
    r"^\s*(?:data:|about:|javascript:|#|$)|/(?:blank|spacer|pixel|loading|lazy|placeholder|grey|1x1|transparent)[\w.-]*"
    r"\.(?:gif|png|svg|jpe?g|webp)",
    re.IGNORECASE,
)
_BETWEEN_CANDIDATES = re.compile(r"(?<=\d[wx]),\s*|,\s+")
_SIZE = re.compile(r"\s*(\d{1,5})(?:\.\d+)?\s*(?:px)?\s*$")
_INITIALS = re.compile(r"(?:\w{1,2}\.)+")


def part_credit(text: str) -> tuple[str | None, str | None]:
    """Part a folded caption line into caption and credit: "… ngày nay. Ảnh: X.T" is ("… ngày nay.", "X.T")."""
    found = _CREDIT.search(text, max(0, len(text) - LONGEST_CREDIT - 40))
    if found is None or len(found["credit"]) > LONGEST_CREDIT:
        return text or None, None
    caption = text[: found.end("stop") if found["stop"] else found.start()].rstrip(" -–—([")
    credit = found["credit"]
    if credit.endswith(".") and not _INITIALS.fullmatch(credit):
        credit = credit[:-1].rstrip()
    return caption or None, credit or None


def picture_address(image: Element, page: Page) -> str | None:
    """The absolute address of the picture behind an img element; None for stand-ins, icons and counters."""
    if _is_tiny(image):
        return None
    found = _address(image)
    if found is None:
        beside = image.getnext()
        if beside is not None and beside.tag == "noscript":
            inner = next(beside.iter("img"), None)
            found = _address(inner) if inner is not None else None
    return page.absolute(found) if found else None


def _address(image: Element) -> str | None:
    for name in (*_LAZY, "src"):
        value: str | None = image.get(name)
        if value and not _STAND_IN.search(value):
            return value
    for name in ("data-srcset", "srcset"):
        if largest := _largest(image.get(name) or ""):
            return largest
    # libxml2 takes source for an element with content, so that the img lies within it
    picture = next(image.iterancestors("picture"), None)
    for source in picture.iter("source") if picture is not None else ():
        if largest := _largest(source.get("data-srcset") or source.get("srcset") or ""):
            return largest
    return None


def _largest(srcset: str) -> str | None:
    """The candidate of the greatest width or density (HTML, 4.8.4.2.1)."""
    best: tuple[float, str] | None = None
    for candidate in _BETWEEN_CANDIDATES.split(srcset):
        address, _, size = candidate.strip(" ,\t\r\n").partition(" ")
        if _STAND_IN.search(address):
            continue
        try:
            width = float(size.strip()[:-1] or 1)
        except ValueError:
            width = 1.0
        if best is None or width > best[0]:
            best = (width, address)
    return best[1] if best else None


def declared_size(image: Element) -> tuple[int | None, int | None]:
    """Width and height that an img element declares, in CSS pixels."""
    width, height = (_SIZE.match(image.get(name) or "") for name in ("width", "height"))
    return (int(width[1]) if width else None), (int(height[1]) if height else None)


def _is_tiny(image: Element) -> bool:
    return any((image.get(name) or "").strip().removesuffix("px") in ("0", "1", "2") for name in ("width", "height"))
